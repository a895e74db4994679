// The files of a port, for programs in C (see mote/mote_wasi.h).
#include <mote/port.hpp>

#include "c_api/table_calls.hpp"

namespace {

mote::FileSystem files_of_port(void*) { return mote::port::file_system(); }

}  // namespace

mote_file_system mote_port_file_system(void) {
  return mote::c_api::c_files<files_of_port>(nullptr);
}

mote_errno mote_port_open_directory(const char* path, mote_file_handle* handle) {
  return mote::port::open_directory(path, handle);
}
