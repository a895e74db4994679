// The same for modules of 2.5 and 7 KB, for boards that have the room.
#include "coremark_class.wasm.hpp"
#include "medium.wasm.hpp"
#include "saved.hpp"

int main() {
  const auto run_guest = [](mote::Execution& execution, mote::Instance& instance) {
    boards::run(execution, instance, "run");
    return static_cast<uint32_t>(execution.result(0).as_i32());
  };
  boards::SavedCode saved;
  saved.check_module("medium", mote::Bytes(kMedium), run_guest);
  saved.check_module("coremark_class", mote::Bytes(kCoremarkClass), run_guest);
  return 0;
}
