// The store (4.2.3): all memory that guests and their modules may use, and what lives in it.
//
// Calls take constant time where no cost is given. "Long-lived" memory of the buffer comes back
// with reset(), "scratch" memory when what uses it is destroyed.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <mote/config.hpp>
#include <mote/error.hpp>
#include <mote/host.hpp>
#include <mote/module.hpp>
#include <mote/span.hpp>

namespace mote {

class Instance;
class Execution;
struct Extern;

namespace detail {
struct StoreData;
}

// What a store may assume of its buffer.
struct StoreOptions {
  // The buffer holds zeros (fresh pages of an operating system, .bss): Mote then clears only what
  // it has used before.
  bool buffer_is_zero = false;
};

#if MOTE_FEATURE_QUOTAS
// How much of the store's buffer each module and instance may take. Guests' stacks have a size of
// their own (Execution). What is used: ModuleInfo::arena_bytes, Instance::memory_backed(),
// Execution::stack_peak().
struct Quota {
  static constexpr size_t kUnlimited = SIZE_MAX;  // no limit but the buffer

  // Long-lived memory of one module: its translated code and all that it consists of. A module that
  // needs more is refused with kModuleQuota.
  size_t module_bytes = kUnlimited;
  // Bytes that one linear memory may have backed. Touching more traps with kMemoryQuota, and
  // memory.grow fails when the memory would become larger.
  size_t memory_bytes = kUnlimited;
  // Entries that one table may grow to; table.grow fails beyond. A table that is larger from the
  // start is allowed, but does not grow.
  uint32_t table_entries = 0xFFFFFFFF;
};
#endif

// How the store's buffer is used, in bytes.
struct MemoryReport {
  size_t total = 0;    // the buffer as given
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
  // `buffer` must stay valid and untouched by others as long as the store lives (7.1 store_init).
  // Any size and alignment is allowed; a buffer that is too small shows as kOutOfMemory later. The
  // store's own record lies in it.
  explicit Store(MutableBytes buffer, StoreOptions options = {});
  // Nothing is done: what was made in the store must not be used any more.
  ~Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Offers host functions to modules that are instantiated from now on. `functions` (typically a
  // constant table) must outlive the store; `context` is what the functions get from
  // Host::context(). Tables added later come first in the search for an import. Fails with
  // kOutOfMemory. Takes a few words of long-lived memory.
  Error provide(Span<const HostFunction> functions, void* context = nullptr);

  // Offers all exports of `instance` for import under `name` (the test suite's "register"). The
  // name is copied. A name given twice: the later instance counts. Fails with kNotInStore
  // (`instance` is null or not of this store) or kOutOfMemory. Cost: the number of instances, and
  // the length of the name, that also in long-lived memory.
  Error name_instance(StringView name, Instance* instance);

  // Makes an instance (4.5.4; 7.1 module_instantiate, without its last step): resolves and checks
  // imports, allocates tables, memory and globals, copies element and data segments. Does
  // not run the start function: Execution::start_instance does, and must be called next when the
  // module has one. Fails with a link error (kUnknownImport, kIncompatibleImport), kNotInStore
  // (`module` is null or not of this store; one from before a reset may not be noticed),
  // kOutOfMemory, kTooManyFunctions (2^32 in all instances), or a trap: a
  // segment out of bounds (kMemoryBounds, kTableBounds) or kMemoryQuota; what earlier segments
  // wrote to imported tables and memories stays, as the specification demands. `*instance` is null
  // then. A failure gives all memory back, but for that of a module that imports a table or a
  // memory and whose segments fail. Cost: the tables and segments, and for each import the number
  // of names and host functions that are searched; takes long-lived memory for what the instance
  // consists of.
  Error instantiate(const Module* module, Instance** instance);

  // The same with imports by position: number i of `imports`, which is not kept, is for import i of
  // the module. Neither names count nor what was provided to the store. Fails also with
  // kUnknownImport if there are too few, kIncompatibleImport if one does not match, names what its
  // instance does not have, or is of another store or from before a reset. Cost: the same without
  // the search, and for each import the number of instances. See mote/extern.hpp.
  Error instantiate(const Module* module, Span<const Extern> imports, Instance** instance);

#if MOTE_FEATURE_QUOTAS
  // Limits the modules that are loaded and the instances that are made from now on, each to the
  // whole of `quota`, which is copied. Other limits for another guest: set them before it is
  // loaded. reset() forgets them.
  void set_quota(const Quota& quota);
#endif

  // How much of the buffer is in use, in bytes.
  MemoryReport memory() const;

  // Forgets everything that was made in the store: this is how apps are unloaded, each from a store
  // of its own. Executions and loaders made before refuse to work (kStoreReset); modules, instances
  // and spans of their memory must not be used. Paused calls are gone. Fails with kBusy, and does
  // nothing, while a guest of the store runs: within a host function. Cost: constant; what is used
  // again is cleared then.
  Error reset();

 private:
  friend struct detail::StoreData;
  detail::StoreData* data_ = nullptr;
  MutableBytes buffer_;
};

}  // namespace mote
