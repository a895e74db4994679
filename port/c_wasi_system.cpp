// What a port has for WASI, for programs in C (see mote/mote_wasi.h).
#include <mote/port.hpp>

#include "c_api/table_calls.hpp"

namespace {

mote::WasiSystem system_of_port(void*) { return mote::port::wasi_system(); }

}  // namespace

mote_wasi_system mote_port_wasi_system(void) {
  return mote::c_api::c_system<system_of_port>(nullptr);
}
