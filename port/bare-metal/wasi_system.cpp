// The port's functions as WASI takes them. No random numbers, no sleep, no yield.
#include <mote/port.hpp>

namespace mote::port {

WasiSystem wasi_system() {
  WasiSystem system;
  system.write = [](void*, uint32_t stream, Bytes bytes) { return write(stream, bytes); };
  system.read = [](void*, MutableBytes bytes) { return read(bytes); };
  system.clock_time = [](void*, uint32_t clock, uint64_t* time) { return clock_time(clock, time); };
  system.clock_resolution = [](void*, uint32_t clock, uint64_t* time) {
    return clock_resolution(clock, time);
  };
  return system;
}

}  // namespace mote::port
