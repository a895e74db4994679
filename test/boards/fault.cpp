// What the processor cannot do ends the firmware with exit code 134, also where there is no stack
// left.
#include "harness.hpp"

int main() {
  boards::Line().text("now a fault").send();
#if defined(__ARM_ARCH_6M__)
  // v6-M cannot load words from unaligned addresses, and what probe.cpp shows rests on that. (v7-M,
  // which may be running this code, can.)
  uintptr_t address = reinterpret_cast<uintptr_t>(mote::port::take_ram(8).data()) + 1;
  __asm__ volatile("" : "+r"(address));
  (void)*reinterpret_cast<volatile uint32_t*>(address);
  constexpr uint32_t kCpuId = 0xE000ED00;
  const uint32_t part = *reinterpret_cast<volatile uint32_t*>(kCpuId) >> 4 & 0xFFF;
  boards::check(part != 0xC20, "unaligned load on a Cortex-M0");
#endif
  __builtin_trap();
}
