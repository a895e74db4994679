// The engine: handlers and the dispatch between them (see handler_bodies.hpp, handlers.def).
//
// Three styles of dispatch around the same bodies, chosen by MOTE_DISPATCH:
//   tail    every handler is a function that tail-calls the next; registers are arguments
//   goto    all handlers are labels in one function; each ends in an indirect jump
//   switch  all handlers are cases in a loop; for compilers that have neither
#include <mote/config.hpp>

#include "interp/handler_bodies.hpp"
#include "interp/handlers.hpp"

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

#if MOTE_DISPATCH == MOTE_DISPATCH_TAIL
#include "interp/dispatch_tail.hpp"
#else
#include "interp/dispatch_loop.hpp"
#endif

namespace mote::detail {

void write_stubs(ExecutionData& execution) {
  write_slot(execution.exit_stub, 0);
  write_handler(execution.exit_stub + kSlotUnits, Handler::kExit);
  write_slot(execution.switch_stub, 0);
  write_handler(execution.switch_stub + kSlotUnits, Handler::kSwitchBack);
}

}  // namespace mote::detail
