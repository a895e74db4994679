// What the tests of refused memory share: the world in which paths through the public API run, and
// the list of those paths. A path is run once to see what it asks for, once for each of its
// requests with that one refused, and once in stores of many sizes (test_no_memory.cpp).
//
// Who asks for memory, by header. Only these functions do; for the others see
// NoMemory.FunctionsThatPromiseItTakeNoMemory, which calls them all:
//
//   execution.hpp   Execution(); whatever runs a guest, for what the guest touches and grows
//   extern.hpp      make_memory, make_table, make_global, make_function, bytes, grow_memory,
//   grow_table host.hpp        Host::memory, touch, call, and spans as parameters image.hpp
//   open_image instance.hpp    Instance::memory; call, as above module.hpp      Loader(), feed,
//   finish; load snapshot.hpp    restore_snapshot store.hpp       provide, name_instance,
//   instantiate, for names and by position wasi*.hpp       functions that guests call, for the
//   guest's memory that they write to mote.h          the same under other names; wasm.h: the same,
//   and malloc (c/test_wasm_no_memory.c)
#pragma once

#include <mote/mote.h>

#include <functional>
#include <memory>
#include <mote/ram_disk.hpp>
#include <mote/wasi.hpp>
#include <mote/wasi_files.hpp>

#include "wasm_file.hpp"

namespace mote::test {

// What a path ended with.
struct Outcome {
  Error error;
  int32_t value = 0;  // of a guest's function; -1: it was told that there is no memory
};

// The bytes of a module, read once.
const std::vector<uint8_t>& file(const std::string& name);
// Copies a piece of a snapshot or of an image to a std::vector.
bool append_bytes(void* vector, Bytes bytes);

struct World {
  explicit World(size_t size = 1 << 18);
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  Error provide();
  Error load_module(const char* name, LoadOptions options = {});
  Error add(const char* name);
  // All that "needs" imports from; "needs" itself and an execution for it.
  Error add_guest();
  Error add_needs();
  // A guest with a directory, in which there are a file and a directory.
  Error add_files();
  Error make_execution();
  // Starts a function of the instance, and runs it.
  Outcome call(const char* name, int32_t argument);
  // What became of the call that the execution has.
  Outcome outcome() const;
  // After a reset nothing of the store may be used.
  Error reset();

  // The state that a refusal must not change.
  struct Taken {
    size_t used;
    size_t scratch;
    size_t others;  // descriptors and blocks of the disk
    bool operator==(const Taken& other) const {
      return used == other.used && scratch == other.scratch && others == other.others;
    }
  };
  Taken taken() const;

  std::vector<std::vector<uint8_t>> bytes;
  std::vector<uint8_t> buffer;
  Store store;
  Wasi wasi;
  std::vector<uint8_t> disk_memory;
  RamDisk disk;
  WasiDescriptor descriptors[8];
  std::unique_ptr<WasiFiles> files;
  const Module* module = nullptr;
  Instance* instance = nullptr;
  std::unique_ptr<Execution> execution;

  // The same for the interface for C, in a buffer of its own.
  std::vector<uint8_t> c_buffer;
  mote_store c_store;
  const mote_module* c_module = nullptr;
  mote_instance* c_instance = nullptr;
  std::unique_ptr<mote_execution, void (*)(mote_execution*)> c_execution;
};

// What a path leaves when it was refused something.
enum class Leaves : uint8_t {
  kNothing,  // all is as before
  kSome,     // guests keep what they touched, an instance stays that has written to what it imports
  kRubbish,  // the store has to be reset: restore_snapshot() says so
};

struct Path {
  std::string name;
  std::function<Error(World&)> prepare;  // not refused anything
  std::function<Outcome(World&)> act;
  Leaves leaves = Leaves::kNothing;
};

// Through mote/*.hpp; no_memory_paths.cpp.
std::vector<Path> core_paths();
// Through WASI and the interfaces for C; no_memory_interfaces.cpp.
std::vector<Path> interface_paths();

// Whether `error` is one of those that tell of too little memory.
inline bool is_for_want_of_memory(const Error& error) {
  return error.code == ErrorCode::kOutOfMemory || error.code == ErrorCode::kMemoryQuota ||
         error.code == ErrorCode::kModuleQuota;
}
inline Outcome failed(ErrorCode code) {
  Outcome outcome;
  outcome.error.code = code;
  return outcome;
}

}  // namespace mote::test
