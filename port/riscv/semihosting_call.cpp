// The semihosting call of RISC-V: an EBREAK between two shifts that do nothing, all three of them
// uncompressed and in one page. Without a debugger it is a trap.
#include "../bare-metal/semihosting.hpp"

namespace mote::port {

uintptr_t semihosting_call(Semihosting operation, const uintptr_t* argument) {
  register uintptr_t a0 __asm__("a0") = static_cast<uintptr_t>(operation);
  register const uintptr_t* a1 __asm__("a1") = argument;
  __asm__ volatile(
      ".option push\n\t"
      ".option norvc\n\t"
      ".balign 16\n\t"
      "slli x0, x0, 0x1f\n\t"
      "ebreak\n\t"
      "srai x0, x0, 7\n\t"
      ".option pop"
      : "+r"(a0)
      : "r"(a1)
      : "memory");
  return a0;
}

}  // namespace mote::port
