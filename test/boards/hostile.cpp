// Guests that mean harm are stopped, and the board goes on.
#include "endless_loop.wasm.hpp"
#include "endless_recursion.wasm.hpp"
#include "harness.hpp"
#include "out_of_bounds.wasm.hpp"

namespace {

// Runs a guest in a store of its own and says how it ended.
mote::RunState run_guest(mote::Bytes wasm, uint64_t fuel, mote::ErrorCode* trap) {
  boards::BoardStore board;
  mote::Instance& instance = board.instantiate(wasm);
  mote::Execution execution(board.store(), 512);
  boards::check(execution.error(), "stack");
  execution.set_fuel(fuel);
  const mote::RunState state = execution.run(instance.function("run"), {});
  *trap = execution.trap().code;
  board.report();
  return state;
}

}  // namespace

int main() {
  mote::ErrorCode trap;
  boards::check(run_guest(kEndlessLoop, 100000, &trap) == mote::RunState::kOutOfFuel,
                "endless loop", static_cast<uint32_t>(trap));
  boards::check(run_guest(kOutOfBounds, 100000, &trap) == mote::RunState::kTrapped &&
                    trap == mote::ErrorCode::kMemoryBounds,
                "out of bounds", static_cast<uint32_t>(trap));
  boards::check(run_guest(kEndlessRecursion, 100000, &trap) == mote::RunState::kTrapped &&
                    trap == mote::ErrorCode::kStackExhausted,
                "endless recursion", static_cast<uint32_t>(trap));
  return 0;
}
