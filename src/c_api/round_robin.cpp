// Many guests on one native stack in the C API (see mote/mote.h).
#include "c_api/c_api.hpp"

using namespace mote;

namespace {

using Guest = RoundRobin::Guest;
MOTE_SAME_LAYOUT(mote_guest, Guest);
MOTE_SAME_MEMBER(mote_guest, share, Guest, share);
MOTE_SAME_MEMBER(mote_guest, is_paused, Guest, is_paused);
MOTE_SAME_MEMBER(mote_guest, limits, Guest, limits);

}  // namespace

uint32_t mote_round_robin_turn(mote_guest* guests, size_t count) {
  return RoundRobin(Span<Guest>(reinterpret_cast<Guest*>(guests), count)).turn();
}
