// What firmware with a WASI program has in common.
#pragma once

#include <mote/wasi.hpp>

#include "harness.hpp"

namespace boards {

// Runs a program, for which WASI was provided, until it exits with code 7.
inline void run_program(BoardStore& board, mote::Bytes wasm) {
  mote::Instance& instance = board.instantiate(wasm);
  mote::Execution execution(board.store(), 512);
  check(execution.error(), "stack");
  check(execution.run(instance.function("_start"), {}) == mote::RunState::kTrapped, "run");
  const mote::Error trap = execution.trap();
  if (trap.code != mote::ErrorCode::kHostExit) check(trap, "run");
  check(trap.index == 7, "exit code", trap.index);
}

}  // namespace boards
