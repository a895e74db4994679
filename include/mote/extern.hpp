// External values (4.2.13): what can be imported and exported, and what the host does with them.
//
//   Extern memory;
//   Error error = make_memory(store, pages(1, 4), &memory);         // made by the host
//   Extern given[] = {memory, Extern::of(kApi[0], &board)};
//   error = store.instantiate(module, given, &instance);             // imports by position
//   Extern table = Extern::of(*instance, module->export_at(0));
//
// In files of their own: a firmware that resolves its imports by name does not pay for this.
//
// Takes constant time and no memory where nothing else is said.
#pragma once

#include <stdint.h>

#include <mote/error.hpp>
#include <mote/host.hpp>
#include <mote/instance.hpp>
#include <mote/module.hpp>
#include <mote/span.hpp>
#include <mote/value.hpp>

namespace mote {

class Store;

// What two externs have in common exactly when they are the same: to compare, or as a key.
struct ExternIdentity {
  const void* owner = nullptr;  // an address that only this kind of thing has
  const void* part = nullptr;   // for functions: of which instance, or with which context
  // Whether both name the same thing of the store.
  bool operator==(const ExternIdentity& other) const {
    return owner == other.owner && part == other.part;
  }
};

// Names one function, table, memory or global: number `index` in the index space of `kind` of
// `instance`, or a host function. Cheap to copy; owns nothing; valid as long as the store and, for
// a host function, `host`, its type lists and `context`. All calls take constant time unless said
// otherwise. exists() must be true for all but itself.
struct Extern {
  ExternKind kind = ExternKind::kFunction;  // which of the four
  Instance* instance = nullptr;             // whose index space `index` is of
  uint32_t index = 0;                       // in the index space of `kind`
  const HostFunction* host = nullptr;       // then there is no instance
  void* context = nullptr;                  // what `host` gets

  // An export of `instance`, as Module::export_at of its module gives it (7.1 instance_export).
  static Extern of(Instance& instance, const ExportInfo& exported) {
    return {exported.type.kind, &instance, exported.index, nullptr, nullptr};
  }
  // A guest's function.
  static Extern of(Function function) {
    return {ExternKind::kFunction, function.instance, function.index, nullptr, nullptr};
  }
  // A host function; `host` must outlive the instances that import it. `context`: see
  // Host::context().
  static Extern of(const HostFunction& host, void* context = nullptr) {
    return {ExternKind::kFunction, nullptr, 0, &host, context};
  }

  // Whether it names anything.
  bool exists() const { return instance != nullptr || host != nullptr; }
  // Whether it can be used: it exists, and its instance, which must be one that still is, has such
  // a thing. Always true for one that Mote made, or of() made of an export of the instance's own
  // module; this is for those that come from elsewhere.
  bool is_there() const;
  // The type as it is now: limits begin with the present size of a table or memory (7.1 func_type,
  // table_type, mem_type, global_type).
  ExternType type() const;
  // The same for whatever instance it was reached through.
  ExternIdentity identity() const;
  // Only for functions: where it is defined. For a host function that an instance imports, `host`
  // and `context` instead of the instance.
  Extern definition() const;

  // ---- Only for functions of an instance
  // The function; of kind kFunction only. Does not exist if a host function is meant.
  Function function() const { return {instance, index}; }
  // The funcref that guests know it by (4.2.1). Valid until the store is reset.
  Value reference() const;

  // ---- Only for globals
  // The value as it is now (7.1 global_read).
  Value get() const;
  // Sets it (7.1 global_write). Fails with kImmutableGlobal or kArguments (another type).
  Error set(Value value) const;

  // ---- Only for memories
  // Its size in bytes, as the guest sees it (7.1 mem_size); `type().limits.minimum` has pages.
  uint64_t byte_size() const;
  // `length` bytes at `address`, backed, readable and writable, or an empty span (7.1 mem_read,
  // mem_write). Cost, and how long it is valid: see Instance::memory. A memory of which all bytes
  // were asked for stays where it is until it grows.
  MutableBytes bytes(uint32_t address, uint32_t length) const;

  // ---- Only for tables
  // Number of elements as it is now (7.1 table_size).
  uint32_t table_size() const;
  // Reads an element (7.1 table_read). False: out of bounds; `*value` is as before then.
  bool table_get(uint32_t element, Value* value) const;
  // Sets an element (7.1 table_write). False: out of bounds, or `value` is of another type than the
  // elements.
  bool table_set(uint32_t element, Value value) const;

  // Grows a memory by pages (4.5.3; 7.1 mem_grow). False: beyond the maximum or
  // Quota::memory_bytes, or the store has no room for so many bytes. They take memory of it when
  // they are touched.
  bool grow_memory(uint32_t pages) const;
  // Grows a table by elements, which become `fill` (4.5.3; 7.1 table_grow). False: beyond the
  // maximum or Quota::table_entries, out of memory, or `fill` is of another type. Cost: linear in
  // what is new, in all elements if the table has to move; takes long-lived memory for what is new.
  bool grow_table(uint32_t elements, Value fill) const;
};

// The function that a funcref names; exists() is false for null, for other values, and for a number
// that no function of the store has. Cost: the number of instances.
Extern function_of(Store& store, Value funcref);

// A memory that the host makes (4.5.3; 7.1 mem_alloc) of so many pages, all bytes zero; they take
// memory of the store when they are touched. These four fail with kOutOfMemory; kArguments for a
// type that the specification does not allow, that `fill` or `value` is not of, or with pages of
// one byte where the build has none; kFeatureOff for a value type that this build does not have.
// `*made` does not exist then. Of `type` only what belongs to the kind counts, not the kind. Cost:
// a few hundred bytes of the store, long-lived.
Error make_memory(Store& store, const ExternType& type, Extern* made);
// A table (4.5.3; 7.1 table_alloc): all elements are `fill`, a reference of the table's type. Fails
// as above. Cost: that, and linear in the number of elements, also in memory.
Error make_table(Store& store, const ExternType& type, Value fill, Extern* made);
// A global (4.5.3; 7.1 global_alloc) that begins with `value`. Fails as above. Cost: that.
Error make_global(Store& store, const ExternType& type, Value value, Extern* made);
// A host function (4.5.3; 7.1 func_alloc) as a function of an instance: it can be called by an
// Execution and has a reference. `host` and its type lists must outlive the store; its names do not
// count. Fails as above. Cost: that.
Error make_function(Store& store, const HostFunction& host, void* context, Extern* made);

}  // namespace mote
