// What the command and the device model tell each other: see model.cpp. Both sides include this;
// the model's side is a 32-bit machine, so that everything here is a 32-bit number. Addresses are
// those of the model's memory.
#pragma once

#include <stdint.h>

namespace mote::device {

// How the module comes to the device, and where its code is.
enum Way : uint32_t {
  kStream,  // in chunks, nothing of it is kept: names and data are copied
  kFlash,   // the module lies in flash; its code is translated into RAM
  kSaved,   // an image of saved code lies in flash, and runs there
};

// How far a trial came.
enum Step : uint32_t { kStart, kLoaded, kLinked, kReady, kRan };

// What a guest with files gets: an empty disk in RAM, as "/".
constexpr uint32_t kDiskBytes = 32 * 1024;
constexpr uint32_t kDescriptors = 8;  // three of them are streams, one is "/"
constexpr uint32_t kLinkBytes = 256;  // for walking through symbolic links

// Every field is a word, in this order.
struct Trial {
  // Asked for.
  uint32_t module_at = 0;  // the module, or for kSaved the image
  uint32_t module_bytes = 0;
  uint32_t ram_at = 0;  // the store's buffer
  uint32_t ram_bytes = 0;
  uint32_t way = kFlash;
  uint32_t keep_names = 0;
  uint32_t guest_stack = 0;
  uint32_t calls_at = 0;  // names of exports to call, each ended by a zero byte
  uint32_t calls_bytes = 0;
  uint32_t fuel = 0;  // for each of them

  // Found by prepare().
  uint32_t image_at = 0;  // the image of saved code
  uint32_t image_bytes = 0;
  uint32_t uses_wasi = 0;
  uint32_t uses_files = 0;   // imports path_open
  uint32_t wasi_bytes = 0;   // sizeof(Wasi)
  uint32_t files_bytes = 0;  // WasiFiles, its descriptors and its room for links; not the disk

  // Found by run().
  uint32_t step = kStart;
  uint32_t error = 0;  // these of mote::Error
  uint32_t feature = 0;
  uint32_t offset = 0;
  uint32_t function = 0;
  uint32_t index = 0;
  uint32_t import = 0xFFFFFFFF;  // that could not be linked
  uint32_t store_bytes = 0;      // the store and its tables of host functions
  uint32_t module_ram = 0;
  uint32_t load_peak = 0;  // most of the buffer in use while it was loaded
  uint32_t code_bytes = 0;
  uint32_t map_bytes = 0;
  uint32_t data_bytes = 0;
  uint32_t instance_bytes = 0;  // without linear memory
  uint32_t table_bytes = 0;
  uint32_t global_bytes = 0;
  uint32_t memory_at_start = 0;  // backed after instantiation
  uint32_t memory_backed = 0;    // backed at the end
  uint32_t memory_declared = 0;  // by all memories, at most 4 GiB - 1
  uint32_t page_size = 0;        // of memory 0; 0: no memory
  uint32_t stack_pointer = 0;    // where the C stack seems to begin in linear memory, or 0
  uint32_t data_begin = 0;       // of active segments
  uint32_t data_end = 0;
  uint32_t execution_bytes = 0;  // beside the guest's stack
  uint32_t largest_frame = 0;
  uint32_t stack_peak = 0;
  uint32_t arena_peak = 0;
  uint32_t calls_done = 0;  // how many of the exports came to their end
  uint32_t run_error = 0;   // of the latest call
  uint32_t run_state = 0;
  uint32_t exit_code = 0;
  uint32_t stub_calls = 0;  // calls of imports that do nothing here
  uint32_t fuel_used = 0;   // by all calls, at most 2^32 - 1
};
constexpr uint32_t kTrialWords = sizeof(Trial) / 4;

}  // namespace mote::device
