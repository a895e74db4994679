// Start-up of M-profile processors: v6-M, v7-M, v7E-M and v8-M, with and without a floating-point
// unit. Only the system's own vectors. A firmware that uses interrupts defines mote_vectors itself
// (section .vectors; mote_reset and mote_fault can be used in it), or brings its own start-up and
// jumps to mote_run_firmware().
#include <mote/port.hpp>

#include "../bare-metal/layout.hpp"

extern "C" {

using Vector = void (*)();

[[noreturn]] void mote_reset();
[[noreturn]] void mote_fault();

struct Vectors {
  uint8_t* stack_top;
  Vector handlers[15];
};

[[gnu::weak]] extern const Vectors mote_vectors;

// 1 reset, 2 NMI, 3 HardFault, 4 MemManage, 5 BusFault, 6 UsageFault, 7 SecureFault, 11 SVCall,
// 12 DebugMonitor, 14 PendSV, 15 SysTick.
[[gnu::section(".vectors"), gnu::used]] const Vectors mote_vectors = {
    mote_stack_top,
    {mote_reset, mote_fault, mote_fault, mote_fault, mote_fault, mote_fault, mote_fault, nullptr,
     nullptr, nullptr, mote_fault, mote_fault, nullptr, mote_fault, mote_fault}};

void mote_reset() {
#if defined(__ARM_ARCH_8M_MAIN__)
  // A stack that grows below its end is a UsageFault (escalated to HardFault) from now on.
  __asm__ volatile("msr msplim, %0" : : "r"(mote_stack_bottom));
#endif
#if defined(__ARM_FP)
  // Full access to CP10 and CP11 (CPACR) before the first float instruction. With lazy stacking,
  // which is the reset state, exceptions reserve room on the stack for 17 float registers more.
  *reinterpret_cast<volatile uint32_t*>(0xE000ED88) |= 0xFu << 20;
  __asm__ volatile("dsb\n\tisb" ::: "memory");
#endif
  mote::port::mote_run_firmware();
}

// Takes the stack back from its top, as the fault may be that there is none left.
[[noreturn, gnu::used]] static void report_fault() {
  static const uint8_t kText[] = {'f', 'a', 'u', 'l', 't', '\n'};
  (void)mote::port::write(2, mote::Bytes(kText));
  mote::port::exit(134);
}

[[gnu::naked]] void mote_fault() {
  __asm__ volatile(
      "msr msp, %0\n\t"
      "bl %c1"
      :
      : "r"(mote_stack_top), "i"(report_fault));
  __builtin_unreachable();
}
}
