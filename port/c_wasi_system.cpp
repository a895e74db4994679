// What a port has for WASI, for programs in C (see mote/mote_wasi.h). Its layout is compared in
// src/c_api.
#include <mote/mote.h>
#include <string.h>

#include <mote/port.hpp>

mote_wasi_system mote_port_wasi_system(void) {
  const mote::WasiSystem system = mote::port::wasi_system();
  mote_wasi_system out;
  static_assert(sizeof out == sizeof system, "WasiSystem");
  memcpy(&out, static_cast<const void*>(&system), sizeof out);
  return out;
}
