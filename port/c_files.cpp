// The files of a port, for programs in C (see mote/mote_wasi.h). Their layout is compared in
// src/c_api.
#include <mote/mote.h>
#include <string.h>

#include <mote/port.hpp>

mote_file_system mote_port_file_system(void) {
  const mote::FileSystem files = mote::port::file_system();
  mote_file_system out;
  static_assert(sizeof out == sizeof files, "FileSystem");
  memcpy(&out, static_cast<const void*>(&files), sizeof out);
  return out;
}

mote_errno mote_port_open_directory(const char* path, mote_file_handle* handle) {
  return mote::port::open_directory(path, handle);
}
