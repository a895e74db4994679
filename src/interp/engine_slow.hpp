// What handlers do when they cannot go on: trap, back memory, look at fuel. Part of the engine's
// source files only (registers.hpp).
#pragma once

#include "interp/handler_bodies.hpp"

namespace mote::detail {

namespace {

// Stores what a stop needs. Out of line: it is never on a fast path.
__attribute__((noinline)) void store_trap(Registers r) {
  save(r);
  r.execution()->stop = StopReason::kTrap;
}

// Backs memory and goes on with the same instruction, or traps. True: go on.
__attribute__((noinline)) bool handle_touch(ExecutionData& execution, uint32_t size) {
  const ErrorCode code = touch_memory(execution, size);
  if (code == ErrorCode::kOk) return true;
  execution.trap = code;
  return false;
}

// True: go on, after restore_checks().
__attribute__((noinline)) bool handle_check(Registers r) {
  save_checks(r);
  const StopReason reason = refill_checks(*r.execution());
  if (reason == StopReason::kDone) return true;
  restore_checks(r);
  save(r);
  r.execution()->stop = reason;
  return false;
}

}  // namespace

}  // namespace mote::detail
