// The store (4.2.3): all memory that guests and their modules may use, and what lives in it.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <mote/error.hpp>
#include <mote/host.hpp>
#include <mote/module.hpp>
#include <mote/span.hpp>

namespace mote {

class Instance;
class Execution;

namespace detail {
struct StoreData;
}

struct StoreOptions {
  // The buffer holds zeros (fresh pages of an operating system, .bss): Mote then clears only what
  // it has used before.
  bool buffer_is_zero = false;
};

// How the store's buffer is used, in bytes.
struct MemoryReport {
  size_t total = 0;    // the buffer
  size_t used = 0;     // long-lived: modules, instances, linear memory that was touched
  size_t scratch = 0;  // other end: loads in progress, stacks of executions
  size_t peak = 0;     // most that was in use at one time, both ends
  // How often memory.grow or table.grow was refused because the buffer is too small, although the
  // type's maximum allows it. Counts from the last reset().
  uint32_t refused_growths = 0;
};

// A store owns nothing but the buffer it was given. It must outlive all modules, instances and
// executions made in it. Not thread safe: one thread at a time, except Execution::interrupt().
class Store {
 public:
  // `buffer` must stay valid and untouched by others as long as the store lives. Any size is
  // allowed; a buffer that is too small shows as kOutOfMemory later.
  explicit Store(MutableBytes buffer, StoreOptions options = {});
  ~Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Offers host functions to modules that are instantiated from now on. `functions` (typically a
  // constant table) must outlive the store; `context` is what the functions get from
  // Host::context(). Tables added later come first in the search for an import.
  Error provide(Span<const HostFunction> functions, void* context = nullptr);

  // Offers all exports of `instance` for import under `name` (the test suite's "register"). The
  // name is copied. A name given twice: the later instance counts.
  Error name_instance(StringView name, Instance* instance);

  // Makes an instance (4.5.4): resolves and checks imports, allocates tables, memory and globals,
  // copies element and data segments. Does not run the start function: Execution::start_instance
  // does, and must be called next when the module has one. Fails with a link error, kOutOfMemory,
  // or a trap (a segment out of bounds; what earlier segments wrote to imported tables and
  // memories stays, as the specification demands, and then the instance's memory stays taken, too).
  Error instantiate(const Module* module, Instance** instance);

  MemoryReport memory() const;

  // Forgets everything that was made in the store. Nothing made in it may be used afterwards,
  // except that executions and loaders can still be destroyed. Not from within a host function.
  void reset();

 private:
  friend struct detail::StoreData;
  detail::StoreData* data_ = nullptr;
  MutableBytes buffer_;
};

}  // namespace mote
