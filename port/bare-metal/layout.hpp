// The symbols that firmware.ld.in defines. Only their addresses mean something.
#pragma once

#include <stddef.h>
#include <stdint.h>

extern "C" {
extern uint8_t mote_stack_bottom[], mote_stack_top[];
extern uint8_t mote_data_begin[], mote_data_end[], mote_data_image[];
extern uint8_t mote_bss_begin[], mote_bss_end[];
extern uint8_t mote_free_begin[], mote_free_end[];
}

namespace mote::port {

// Content of stack words that were never used.
constexpr uint32_t kStackPaint = 0xC5C5C5C5;

// Fills [begin, end), both aligned to 4, without calling anything: it may be the own stack.
inline __attribute__((always_inline)) void paint(uint8_t* begin, uint8_t* end) {
  for (volatile uint32_t* word = reinterpret_cast<uint32_t*>(begin);
       word < reinterpret_cast<uint32_t*>(end); word = word + 1) {
    *word = kStackPaint;
  }
}

inline __attribute__((always_inline)) uint8_t* stack_pointer() {
  uint8_t* sp;
#if defined(__arm__)
  __asm__ volatile("mov %0, sp" : "=r"(sp));
#elif defined(__riscv)
  __asm__ volatile("mv %0, sp" : "=r"(sp));
#else
#error "port/bare-metal does not know this processor"
#endif
  return sp;
}

// What start-up does once there is a stack: paints it, fills .data and .bss, calls main(), exits
// with its result.
extern "C" [[noreturn]] void mote_run_firmware();

}  // namespace mote::port
