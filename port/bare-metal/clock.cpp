// Clocks by semihosting.
#include <mote/port.hpp>

#include "semihosting.hpp"

namespace mote::port {

bool clock_time(uint32_t clock, uint64_t* nanoseconds) {
  if (!clock_resolution(clock, nanoseconds)) return false;
  *nanoseconds *= semihosting_call(clock == 0 ? Semihosting::kTime : Semihosting::kClock, nullptr);
  return true;
}

bool clock_resolution(uint32_t clock, uint64_t* nanoseconds) {
  *nanoseconds = clock == 0 ? 1000000000 : 10000000;
  return clock < 2;
}

}  // namespace mote::port
