// The engine: handlers and the dispatch between them (see handler_bodies.hpp, handlers.def).
//
// Three styles of dispatch around the same bodies, chosen by MOTE_DISPATCH:
//   tail    every handler is a function that tail-calls the next; registers are arguments
//   goto    all handlers are labels in one function; each ends in an indirect jump
//   switch  all handlers are cases in a loop; for compilers that have neither
#include <mote/config.hpp>

#include "interp/engine_slow.hpp"
#include "interp/handler_bodies.hpp"
#include "interp/handlers.hpp"

#if MOTE_DISPATCH == MOTE_DISPATCH_TAIL
#include "interp/newer_instructions.hpp"
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
