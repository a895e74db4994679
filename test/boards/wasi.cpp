// A WASI program on the port's console and clock.
#include "wasi.wasm.hpp"
#include "wasi_program.hpp"

int main() {
  mote::Wasi wasi(mote::port::wasi_system());
  boards::BoardStore board;
  boards::check(board.store().provide(mote::Wasi::functions(), &wasi), "provide");
  boards::run_program(board, mote::Bytes(kWasi));
  board.report();
  return 0;
}
