// External values (4.2.13): what can be imported and exported, and what the host does with them.
//
//   Extern memory;
//   Error error = make_memory(store, pages(1, 4), &memory);         // made by the host
//   Extern given[] = {memory, Extern::of(kApi[0], &board)};
//   error = store.instantiate(module, given, &instance);             // imports by position
//   Extern table = Extern::of(*instance, module->export_at(0));
//
// In files of their own: a firmware that resolves its imports by name does not pay for this.
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
  const void* owner = nullptr;
  const void* part = nullptr;
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
  ExternKind kind = ExternKind::kFunction;
  Instance* instance = nullptr;
  uint32_t index = 0;
  const HostFunction* host = nullptr;  // then there is no instance
  void* context = nullptr;             // what `host` gets

  // An export of `instance`, as Module::export_at gives it.
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
  // The type as it is now: limits begin with the present size of a table or memory.
  ExternType type() const;
  // The same for whatever instance it was reached through.
  ExternIdentity identity() const;
  // Only for functions: where it is defined. For a host function that an instance imports, `host`
  // and `context` instead of the instance.
  Extern definition() const;

  // ---- Only for functions of an instance
  // The function; of kind kFunction only. Does not exist if a host function is meant.
  Function function() const { return {instance, index}; }
  // The funcref that guests know it by.
  Value reference() const;

  // ---- Only for globals
  // The value as it is now.
  Value get() const;
  // Fails with kImmutableGlobal or kArguments (another type).
  Error set(Value value) const;

  // ---- Only for memories
  // Bytes, as the guest sees it; `type().limits.minimum` has pages.
  uint64_t byte_size() const;
  // `length` bytes at `address`, backed, readable and writable, or an empty span: see
  // Instance::memory. A memory of which all bytes were asked for stays where it is until it grows.
  MutableBytes bytes(uint32_t address, uint32_t length) const;

  // ---- Only for tables
  // Number of elements as it is now.
  uint32_t table_size() const;
  // False: out of bounds, or `value` is of another type than the elements.
  bool table_get(uint32_t element, Value* value) const;
  // False: out of bounds, or `value` is of another type than the elements.
  bool table_set(uint32_t element, Value value) const;

  // Grows a memory by pages. False: beyond the maximum, or out of memory. Cost: linear in what is
  // new.
  bool grow_memory(uint32_t pages) const;
  // Grows a table by elements, which become `fill`. False: beyond the maximum, out of memory, or
  // `fill` is of another type. Cost: linear in what is new.
  bool grow_table(uint32_t elements, Value fill) const;
};

// The function that a funcref names; exists() is false for null and for other values. Cost: the
// number of instances.
Extern function_of(Store& store, Value funcref);

// What the host makes for guests to import. Each takes a few hundred bytes of the store besides
// what it is. Fail with kOutOfMemory; kArguments for a type that the specification does not allow;
// kFeatureOff for one that this build does not have. Of `type` only what belongs to the kind
// counts, not the kind.
Error make_memory(Store& store, const ExternType& type, Extern* made);
// All elements are `fill`, which must be a reference of the table's type.
Error make_table(Store& store, const ExternType& type, Value fill, Extern* made);
// `value` must be of the type.
Error make_global(Store& store, const ExternType& type, Value value, Extern* made);
// A host function as a function of an instance: it can be called by an Execution and has a
// reference. `host` and its type lists must outlive the store; its names do not count.
Error make_function(Store& store, const HostFunction& host, void* context, Extern* made);

}  // namespace mote
