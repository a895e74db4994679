// The store's own data, at the start of its buffer.
#pragma once

#include <mote/store.hpp>

#include "base/arena.hpp"
#include "base/make_error.hpp"
#include "interp/machine.hpp"

namespace mote::detail {

struct NamedInstance {
  NamedInstance* next;
  StringView name;
  InstanceData* instance;
};

struct HostTable {
  HostTable* next;
  Span<const HostFunction> functions;
  void* context;
};

struct StoreData;

// Scratch memory that lives as long as an object: an execution or a loader. They may end in any
// order: what lies above the memory of a later one comes back with it. A loader takes scratch
// memory until its end, so nothing comes back while there is one.
//
//     free  | latest          | ended    | first   |
//   ........|xxxxxxxxxxxxxxxxx|----------|xxxxxxxxx|
//           high_             comes back with the latest
class ScratchOwner {
 public:
  // Owns what was taken from the scratch end since `mark`.
  void acquire(StoreData& store, const Arena::Mark& mark);
  void release(StoreData& store);

 private:
  ScratchOwner* older_ = nullptr;
  uint8_t* high_ = nullptr;  // of the arena, before
  bool has_ended_ = false;
};

struct StoreData {
  StoreData(MutableBytes rest, bool is_zero, uint32_t number)
      : arena(rest, is_zero), epoch(number) {}

  Arena arena;
  InstanceData* instances = nullptr;  // latest first
  NamedInstance* names = nullptr;     // latest first
  HostTable* hosts = nullptr;         // latest first
  Reference next_reference = 1;
  uint32_t refused_growths = 0;            // see MemoryReport
  ScratchOwner* scratch_owners = nullptr;  // latest first
  uint32_t epoch;                          // counts reset(): what was made before is gone
  bool is_loading = false;                 // a loader is alive
  uint16_t running = 0;                    // executions that are within resume()
#if MOTE_FEATURE_QUOTAS
  Quota quota;
#endif

  static StoreData* of(Store& store) { return store.data_; }

  // Whether `wanted`, which may be null, is an instance of this store: an embedder can mix up
  // stores, and hold what a reset took away.
  bool has(const Instance* wanted) const;
  // The instance that a funcref points into, and the function's index in it. Null: none (the
  // reference is null, or its instance is gone).
  InstanceData* find_function(Reference reference, uint32_t* funcidx);
  // The funcref to function `funcidx` of `instance`: the same for all who import it.
  static Reference reference_to(InstanceData& instance, uint32_t funcidx);
};

// Backs `length` bytes of `memory` at `address`: at least one, all within its size. False: no
// memory left.
[[nodiscard]] bool back_memory(StoreData& store, MemoryData& memory, uint32_t address,
                               uint32_t length);
// Whether `length` bytes at `address` lie within its size.
bool has_bytes(const MemoryData& memory, uint32_t address, uint32_t length);
// Makes sure that they can be used: kOk, kMemoryBounds or kMemoryQuota.
ErrorCode use_memory(StoreData& store, MemoryData& memory, uint32_t address, uint32_t length);

// Makes room for `size` entries. False: no memory left.
[[nodiscard]] bool reserve_entries(StoreData& store, TableData& table, uint32_t size);

// Calls a function of `instance`, imported or not: see call_imported().
CallOutcome call_function(ExecutionData& execution, uint8_t* frame, InstanceData& instance,
                          uint32_t funcidx, const Unit* return_to);

// Typed values in slots. Both return where the next one is.
const uint8_t* load_value(const uint8_t* slots, ValueType type, uint64_t* bits);
uint8_t* store_value(uint8_t* slots, ValueType type, uint64_t bits);
// What a call of a function of this type needs at least of the guest's stack: its parameters, which
// its results replace.
size_t call_bytes(const FunctionType& type);

// How an element segment's item becomes a reference.
Reference element_reference(InstanceData& instance, uint32_t item);
// Whether [begin, begin + length) lies within [0, size).
inline bool in_range(uint32_t begin, uint32_t length, uint32_t size) {
  return begin <= size && length <= size - begin;
}

// How many of a kind there are in its index space; 0 of what is no kind.
inline uint32_t count_of(const ModuleData& module, ExternKind kind) {
  switch (kind) {
    case ExternKind::kFunction: return module.function_count();
    case ExternKind::kTable: return module.table_count;
    case ExternKind::kMemory: return module.memory_count;
    case ExternKind::kGlobal: return module.global_count;
  }
  return 0;
}

// Segments that were dropped (4.2.11, 4.2.12), one bit each.
inline bool is_dropped(const uint8_t* bits, uint32_t index) {
  return (bits[index / 8] >> (index % 8) & 1) != 0;
}
inline void set_dropped(uint8_t* bits, uint32_t index) {
  bits[index / 8] = static_cast<uint8_t>(bits[index / 8] | 1u << (index % 8));
}

// Whether there is no call that could go on.
inline bool is_idle(const ExecutionData& execution) {
  switch (execution.state) {
    case RunState::kIdle:
    case RunState::kDone:
    case RunState::kTrapped: return true;
    default: return false;
  }
}

// Whether somebody asked to kill the call; then that is its trap.
bool is_killed(ExecutionData& execution);

// Fills `frames` from the place where the guest is outwards; returns how many there are.
uint32_t backtrace(const ExecutionData& execution, Span<FrameInfo> frames);

// The host side of Host::call.
Error call_nested(ExecutionData& execution, Function function, Span<const Value> arguments,
                  Span<Value> results);

}  // namespace mote::detail
