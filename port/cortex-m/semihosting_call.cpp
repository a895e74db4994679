// The semihosting call of M-profile processors: BKPT 0xAB. Without a debugger it is a fault.
#include "../bare-metal/semihosting.hpp"

namespace mote::port {

uintptr_t semihosting_call(Semihosting operation, const uintptr_t* argument) {
  register uintptr_t r0 __asm__("r0") = static_cast<uintptr_t>(operation);
  register const uintptr_t* r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

}  // namespace mote::port
