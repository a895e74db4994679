// The smallest firmware: loads a module from flash and calls its add(2, 40).
#include "add.wasm.hpp"
#include "harness.hpp"

int main() {
  boards::BoardStore board;
  mote::Instance& instance = board.instantiate(mote::Bytes(kAdd));
  mote::Execution execution(board.store(), 256);
  boards::check(execution.error(), "stack");
  const mote::Function add = instance.function("add");
  boards::check(add.exists(), "export");
  const mote::Value arguments[] = {mote::Value::i32(2), mote::Value::i32(40)};
  boards::check(execution.run(add, arguments) == mote::RunState::kDone, "run",
                static_cast<uint32_t>(execution.trap().code));
  boards::check(execution.result(0).as_i32() == 42, "result",
                static_cast<uint32_t>(execution.result(0).as_i32()));
  board.report();
  return 0;
}
