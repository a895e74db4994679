// The console by semihosting.
#include <mote/port.hpp>

#include "semihosting.hpp"

namespace mote::port {

namespace {

constexpr uintptr_t kError = ~uintptr_t{0};

// Handles of standard input, output and error, plus one; 0 is "not open yet".
uintptr_t handles[3];

// The console is opened as ":tt"; the mode says which stream is meant: "r", "w" or "a".
uintptr_t handle_of(uint32_t stream) {
  static const uint8_t kModes[3] = {0, 4, 8};
  if (handles[stream] == 0) {
    const uintptr_t block[] = {reinterpret_cast<uintptr_t>(":tt"), kModes[stream], 3};
    handles[stream] = semihosting_call(Semihosting::kOpen, block) + 1;
  }
  return handles[stream] - 1;
}

}  // namespace

int64_t write(uint32_t stream, Bytes bytes) {
  const uintptr_t handle = stream == 1 || stream == 2 ? handle_of(stream) : kError;
  if (handle == kError) return -1;
  const uintptr_t block[] = {handle, reinterpret_cast<uintptr_t>(bytes.data()), bytes.size()};
  const uintptr_t left = semihosting_call(Semihosting::kWrite, block);
  if (left >= bytes.size() && !bytes.empty()) return -1;
  return static_cast<int64_t>(bytes.size() - left);
}

int64_t read(MutableBytes bytes) {
  const uintptr_t handle = handle_of(0);
  if (handle == kError) return -1;
  const uintptr_t block[] = {handle, reinterpret_cast<uintptr_t>(bytes.data()), bytes.size()};
  const uintptr_t left = semihosting_call(Semihosting::kRead, block);
  if (left > bytes.size()) return -1;
  return static_cast<int64_t>(bytes.size() - left);
}

}  // namespace mote::port
