// What was measured on an emulated board, for one preset: see bench/README.md. Bytes.
#pragma once

#include <cstdint>

namespace mote::tool {

struct MeasuredTarget {
  const char* name;       // of the preset
  const char* profile;    // "tiny" or "standard"
  const char* handlers;   // "small" or "fast"
  const char* toolchain;  // with which it was measured
  uint32_t flash_vm;
  uint32_t flash_vm_libraries;  // the same with libc, libm and libgcc
  uint32_t flash_wasi;          // what WASI adds, with its part of port and libraries
  uint32_t flash_wasi_files;    // what files add to that, without the file port
  uint32_t stack_load;          // native, below who calls Mote
  uint32_t stack_run;
  uint32_t static_firmware;  // .data and .bss
  uint32_t hello_ram;        // all RAM of a firmware with an app that prints one line
  uint32_t hello_arena;      // how much of that is the store's buffer
};

}  // namespace mote::tool
