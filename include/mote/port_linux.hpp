// The Linux port: memory from the operating system, and a WasiSystem on its system calls.
#pragma once

#include <stddef.h>

#include <mote/span.hpp>
#include <mote/wasi.hpp>

namespace mote::linux_port {

// A range of zeroed memory that the system backs page by page as it is touched: what a Store of a
// large, unknown size is best given, with StoreOptions::buffer_is_zero.
class ReservedMemory {
 public:
  // Reserves `size` bytes. bytes() is empty when the system refuses.
  explicit ReservedMemory(size_t size);
  ~ReservedMemory();
  ReservedMemory(const ReservedMemory&) = delete;
  ReservedMemory& operator=(const ReservedMemory&) = delete;

  MutableBytes bytes() const { return bytes_; }

 private:
  MutableBytes bytes_;
};

// Standard streams, clocks, random numbers and sleep of the process. Constant; needs no context.
WasiSystem wasi_system();

}  // namespace mote::linux_port
