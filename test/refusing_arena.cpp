// See refusing_arena.hpp.
#include "refusing_arena.hpp"

namespace mote::test {
namespace {

constexpr uint32_t kNone = 0xFFFFFFFF;
uint32_t refused = kNone;
uint32_t requests = 0;

bool refuses() { return requests++ == refused; }

}  // namespace

void refuse_request(uint32_t nth) {
  requests = 0;
  refused = nth;
}

uint32_t stop_refusing() {
  refused = kNone;
  return requests;
}

}  // namespace mote::test

#define MOTE_ARENA_REFUSES() mote::test::refuses()
#include "base/arena.cpp"  // NOLINT(bugprone-suspicious-include): with what is defined above
