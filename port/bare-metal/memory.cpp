// RAM for stores, and measuring the native stack. The layout of RAM (see firmware.ld.in):
//
//   | stack, grows down | .data | .bss | free: take_ram() from its beginning ... |
//   ^ origin of RAM                                                             end of RAM ^
//
// A stack that overflows leaves RAM at the bottom: a fault on most parts, instead of overwritten
// variables.
#include <string.h>

#include <mote/port.hpp>

#include "layout.hpp"

namespace mote::port {

namespace {

size_t taken = 0;

size_t align(size_t size) { return (size + 7) & ~size_t{7}; }

}  // namespace

MutableBytes take_ram(size_t wanted) {
  const size_t left = static_cast<size_t>(mote_free_end - mote_free_begin) - taken;
  if (wanted > left) wanted = left;
  uint8_t* const ram = mote_free_begin + taken;
  taken += align(wanted) < left ? align(wanted) : left;
  memset(ram, 0, wanted);
  return MutableBytes(ram, wanted);
}

void give_back_ram(MutableBytes ram) {
  if (!ram.empty()) taken = static_cast<size_t>(ram.data() - mote_free_begin);
}

size_t native_stack_size() { return static_cast<size_t>(mote_stack_top - mote_stack_bottom); }

size_t native_stack_used() { return static_cast<size_t>(mote_stack_top - stack_pointer()); }

size_t native_stack_peak() {
  const uint32_t* word = reinterpret_cast<const uint32_t*>(mote_stack_bottom);
  while (word < reinterpret_cast<const uint32_t*>(mote_stack_top) && *word == kStackPaint) word++;
  return static_cast<size_t>(mote_stack_top - reinterpret_cast<const uint8_t*>(word));
}

void restart_native_stack_peak() { paint(mote_stack_bottom, stack_pointer()); }

}  // namespace mote::port
