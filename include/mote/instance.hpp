// Instances (4.2.5): what a guest consists of at run time. Store::instantiate makes them.
//
// Calls take constant time and no memory where nothing else is said.
#pragma once

#include <stdint.h>

#include <mote/error.hpp>
#include <mote/module.hpp>
#include <mote/span.hpp>
#include <mote/value.hpp>

namespace mote {

class Execution;
class Instance;
// Names one function of one instance. Cheap to copy; valid as long as the instance.
struct Function {
  Instance* instance = nullptr;  // null: there is none
  uint32_t index = kNoIndex;     // funcidx in `instance`
  // Whether there is a function.
  bool exists() const { return instance != nullptr; }
};

// Lives in its store's buffer until the store is reset; must not be used afterwards.
class Instance {
 public:
  // The module that it is an instance of; it lives as long.
  const Module& module() const;

  // The exported function `name` (7.1 instance_export); exists() is false when there is none. Cost:
  // logarithmic in the number of exports, each step a comparison of names.
  Function function(StringView name);
  // Type of a function of this instance (7.1 func_type), imported ones included; empty if it has no
  // such function. The lists of types live as long as the module.
  FunctionType function_type(uint32_t funcidx) const;

  // Calls the exported function `name` with C++ values: call<int(int, int)>(execution, "add", 2,
  // 40). Returns a CallResult, which tells how the call failed, if it did. Cost: function(), and
  // the call. See mote/typed_call.hpp.
  template <class Signature, class... A>
  auto call(Execution& execution, StringView name, A... arguments);

  // Value of an exported global (7.1 global_read). Fails with kUnknownGlobal; `*value` is as before
  // then. Cost: that of function().
  Error global(StringView name, Value* value) const;
  // Sets an exported mutable global (7.1 global_write). Fails with kUnknownGlobal, kImmutableGlobal
  // or kArguments (the value has another type). Cost: that of function().
  Error set_global(StringView name, Value value);

  // Whether it has a memory, its own or an imported one.
  bool has_memory() const;
  // Size of memory 0 in bytes, as the guest sees it (7.1 mem_size): a multiple of its page size, up
  // to 4 GiB. 0 without a memory.
  uint64_t memory_size() const;
  // How many bytes of memory 0 are backed: from the lowest touched one (from 0 without
  // MOTE_MEMORY_WINDOW) to the highest, rounded to both sides. 0 without a memory.
  uint64_t memory_backed() const;
  // `length` bytes of memory 0 at `address`, backed and readable and writable, or an empty span
  // when they are out of bounds or cannot be backed, or `length` is 0. Any guest activity or other
  // call on the store may invalidate the span. Cost: constant if they are backed; else it takes
  // memory of the store, within Quota::memory_bytes, and clears it, and moves what was backed
  // unless that lies last in the store.
  MutableBytes memory(uint32_t address, uint32_t length);

 protected:
  Instance() = default;
  ~Instance() = default;
};

}  // namespace mote
