// Instances (4.2.5): what a guest consists of at run time.
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
  Instance* instance = nullptr;
  uint32_t index = kNoIndex;  // funcidx in `instance`
  // Whether there is a function.
  bool exists() const { return instance != nullptr; }
};

// Lives in its store's buffer until the store is reset.
class Instance {
 public:
  // The module that it is an instance of.
  const Module& module() const;

  // The exported function `name`; exists() is false when there is none. Cost: logarithmic
  // in the number of exports.
  Function function(StringView name);
  // Type of a function of this instance. `funcidx` must be in range.
  FunctionType function_type(uint32_t funcidx) const;

  // Calls the exported function `name` with C++ values: call<int(int, int)>(execution, "add", 2,
  // 40). See mote/typed_call.hpp.
  template <class Signature, class... A>
  auto call(Execution& execution, StringView name, A... arguments);

  // Value of an exported global. Fails with kUnknownGlobal.
  Error global(StringView name, Value* value) const;
  // Sets an exported mutable global. Fails with kUnknownGlobal, kImmutableGlobal or kArguments.
  Error set_global(StringView name, Value value);

  // Whether it has a memory, its own or an imported one.
  bool has_memory() const;
  // Size of memory 0 in bytes, as the guest sees it.
  uint64_t memory_size() const;
  // How many bytes of memory 0 are backed: from the lowest touched one (from 0 without
  // MOTE_MEMORY_WINDOW) to the highest, rounded to both sides.
  uint64_t memory_backed() const;
  // `length` bytes of memory 0 at `address`, backed and readable and writable, or an empty span
  // when they are out of bounds or cannot be backed. Any guest activity or other call on the
  // store may invalidate the span.
  MutableBytes memory(uint32_t address, uint32_t length);

 protected:
  Instance() = default;
  ~Instance() = default;
};

}  // namespace mote
