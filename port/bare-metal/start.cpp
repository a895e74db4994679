// From a stack to main(): the part of start-up that is the same for all processors. Static
// constructors are not run; firmware.ld.in refuses a firmware that has any.
#include <string.h>

#include <mote/port.hpp>

#include "layout.hpp"

int main();

namespace mote::port {

extern "C" [[noreturn]] void mote_run_firmware() {
  paint(mote_stack_bottom, stack_pointer());
  memcpy(mote_data_begin, mote_data_image, static_cast<size_t>(mote_data_end - mote_data_begin));
  memset(mote_bss_begin, 0, static_cast<size_t>(mote_bss_end - mote_bss_begin));
  exit(static_cast<uint32_t>(main()));
}

}  // namespace mote::port
