// The store's own data, at the start of its buffer.
#pragma once

#include <mote/store.hpp>

#include "base/arena.hpp"
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

struct StoreData {
  StoreData(MutableBytes rest, bool is_zero) : arena(rest, is_zero) {}

  Arena arena;
  InstanceData* instances = nullptr;  // latest first
  NamedInstance* names = nullptr;     // latest first
  HostTable* hosts = nullptr;         // latest first
  Reference next_reference = 1;
  uint32_t scratch_users = 0;  // executions and loaders alive
  uint32_t refused_growths = 0;  // see MemoryReport
  bool buffer_is_zero = false;

  static StoreData* of(Store& store) { return store.data_; }

  // The instance that a funcref points into, and the function's index in it. Null: none (the
  // reference is null, or its instance is gone).
  InstanceData* find_function(Reference reference, uint32_t* funcidx);
  // The funcref to function `funcidx` of `instance`: the same for all who import it.
  static Reference reference_to(InstanceData& instance, uint32_t funcidx);
};

// Scratch memory that lives as long as an object. Objects normally end in the reverse order of
// their making; if they do not, their memory comes back when the last one ends.
class ScratchOwner {
 public:
  void acquire(StoreData& store) {
    mark_ = store.arena.mark();
    store.scratch_users++;
  }
  // Says that the owner has taken all it will take.
  void settle(StoreData& store) { top_ = store.arena.mark().high; }
  void release(StoreData& store) {
    store.scratch_users--;
    if (store.arena.mark().high == top_ || store.scratch_users == 0) {
      store.arena.roll_back_high(mark_);
    }
  }
  // For an owner that took more and more until its end: nothing else was made meanwhile.
  void release_all(StoreData& store) {
    settle(store);
    release(store);
  }

 private:
  Arena::Mark mark_ = {};
  uint8_t* top_ = nullptr;
};

// Backs `memory` up to byte `end`, which must not exceed its size. False: no memory left.
[[nodiscard]] bool back_memory(StoreData& store, MemoryData& memory, uint64_t end);

// Typed values in slots.
uint64_t load_value(const uint8_t* slots, ValueType type);
void store_value(uint8_t* slots, ValueType type, uint64_t bits);

// Parts of instantiation (4.5.4).
Error link_imports(StoreData& store, InstanceData& instance);
Error run_segments(StoreData& store, InstanceData& instance);

// The host side of Host::call.
Error call_nested(ExecutionData& execution, Function function, Span<const Value> arguments,
                  Span<Value> results);

}  // namespace mote::detail
