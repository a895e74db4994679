// Start-up of RV32 in machine mode, on hart 0 (the others wait). A firmware that uses interrupts
// sets mtvec to its own handler in main().
#include <mote/port.hpp>

#include "../bare-metal/layout.hpp"

extern "C" {

// The first instruction of the image.
[[gnu::naked, gnu::section(".reset"), gnu::used]] void mote_reset() {
  __asm__ volatile(
      ".option push\n\t"
      ".option norelax\n\t"
      "la gp, __global_pointer$\n\t"
      ".option pop\n\t"
      "la sp, mote_stack_top\n\t"
      ".option push\n\t"
      ".option arch, +zicsr\n\t"
      "la t0, mote_fault\n\t"
      "csrw mtvec, t0\n\t"
      "csrr t0, mhartid\n\t"
      ".option pop\n"
      "1:\n\t"
      "beqz t0, 2f\n\t"
      "wfi\n\t"
      "j 1b\n"
      "2:\n\t"
      "j mote_run_firmware");
}

[[noreturn, gnu::used]] static void report_fault() {
  static const uint8_t kText[] = {'f', 'a', 'u', 'l', 't', '\n'};
  (void)mote::port::write(2, mote::Bytes(kText));
  mote::port::exit(134);
}

// Takes the stack back from its top, as the fault may be that there is none left. mtvec needs an
// address that is a multiple of 4.
[[gnu::naked, gnu::aligned(4), gnu::used]] void mote_fault() {
  __asm__ volatile(
      "la sp, mote_stack_top\n\t"
      "j %0"
      :
      : "i"(report_fault));
}
}
