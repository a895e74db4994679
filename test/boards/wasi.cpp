// A WASI program on the port's console and clock.
#include <mote/wasi.hpp>

#include "harness.hpp"
#include "wasi.wasm.hpp"

int main() {
  mote::Wasi wasi(mote::port::wasi_system());
  boards::BoardStore board;
  boards::check(board.store().provide(mote::Wasi::functions(), &wasi), "provide");
  mote::Instance& instance = board.instantiate(mote::Bytes(kWasi));
  mote::Execution execution(board.store(), 512);
  boards::check(execution.error(), "stack");
  boards::check(execution.run(instance.function("_start"), {}) == mote::RunState::kTrapped, "run");
  const mote::Error trap = execution.trap();
  if (trap.code != mote::ErrorCode::kHostExit) boards::check(trap, "run");
  boards::check(trap.index == 7, "exit code", trap.index);
  board.report();
  return 0;
}
