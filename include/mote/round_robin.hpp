// Many guests on one native stack: each in turn runs for its share.
//
//   RoundRobin::Guest guests[] = {{&sensor, 2000}, {&display, 500}};
//   RoundRobin round_robin(guests);
//   while (round_robin.turn() != 0) {
//     // between turns: complete() who waits, kill() who misbehaves, sleep
//   }
#pragma once

#include <mote/execution.hpp>

namespace mote {

// Takes turns: see above. Owns nothing but a view of the guests.
class RoundRobin {
 public:
  // What takes part. All members may be changed between turns, and by host functions.
  struct Guest {
    Execution* execution = nullptr;  // null: nobody
    // Checks (see RunLimits) in each turn. Below 1: the guest does not run.
    int64_t share = 1000;
    // Does not run while this is set. (What Execution::interrupt() pauses goes on in the next
    // turn.)
    bool is_paused = false;
    // `limits.share` is set in each turn; a deadline is yours.
    RunLimits limits = {};
  };

  // `guests` must stay valid as long as this is used. Cannot fail.
  // Cost: constant.
  explicit RoundRobin(Span<Guest> guests) : guests_(guests) {}

  // Runs each guest that can go on (kReady, kInterrupted) for its share, once. What one used beyond
  // its share before (see RunLimits) is taken from this one. Returns how many can go on, paused
  // ones not counted: 0 means that all are done, trapped, waiting, paused, or out of fuel or time.
  // Not from within a host function of one of them. Cost: the guests' work and the number of
  // guests.
  uint32_t turn() {
    uint32_t runnable = 0;
    for (Guest& guest : guests_) {
      if (!can_run(guest)) continue;
      const int64_t debt = guest.limits.share < 0 ? guest.limits.share : 0;
      guest.limits.share = guest.share + debt;
      if (guest.limits.share > 0) guest.execution->resume(guest.limits);
      if (can_run(guest)) runnable++;
    }
    return runnable;
  }

 private:
  static bool can_run(const Guest& guest) {
    if (guest.execution == nullptr || guest.is_paused || guest.share < 1) return false;
    const RunState state = guest.execution->state();
    return state == RunState::kReady || state == RunState::kInterrupted;
  }

  Span<Guest> guests_;
};

}  // namespace mote
