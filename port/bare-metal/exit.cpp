// Exit by semihosting.
#include <mote/port.hpp>

#include "semihosting.hpp"

namespace mote::port {

void exit(uint32_t code) {
  constexpr uintptr_t kApplicationExit = 0x20026;
  const uintptr_t block[] = {kApplicationExit, code};
  semihosting_call(Semihosting::kExitExtended, block);
  for (;;) {
  }
}

}  // namespace mote::port
