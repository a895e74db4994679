// Linear memory and references: backing on demand, typed access to slots.
#include "interp/machine.hpp"
#include "runtime/store_data.hpp"

namespace mote::detail {

namespace {
// Granularity of backing. Small machines count bytes, large ones calls.
constexpr size_t kBackingStep = sizeof(void*) == 8 ? 4096 : 64;
// An offset into the window has 32 bits where limits have.
constexpr size_t kMostBacked = MOTE_LIMITS_IN_MEMORY ? UINT32_MAX : SIZE_MAX;
}  // namespace

bool back_memory(StoreData& store, MemoryData& memory, uint32_t address, uint32_t length) {
  Arena& arena = store.arena;
  size_t begin = address;
  size_t end = begin + length;
  if (end < begin) return false;  // all 4 GiB of a 32-bit machine
  const size_t old_bytes = memory.usable();
  const size_t old_first{memory.first};
  size_t more_below = 0;
  if (old_bytes != 0) {
    if (begin >= old_first && end <= memory.backed) return true;
    if (begin < old_first) {
      more_below = old_bytes / 8;
    } else {
      begin = old_first;
    }
    if (end < memory.backed) end = memory.backed;
  }
  uint8_t* const old = memory.bytes;
  const bool is_last = arena.is_last(old, old_bytes);
  // Ask for whole steps, and for more of them where much has to be moved: that keeps the sum of
  // what is moved, and of what moved blocks leave behind, within a small multiple of the size.
  // Then ask for just what is needed.
  for (size_t step = kBackingStep;; step = 16) {
    // NOLINTBEGIN(clang-analyzer-deadcode.DeadStores): without a window the first is 0
    size_t first = begin;
    size_t backed = end;
    if (step == kBackingStep) {
      first = begin > more_below ? begin - more_below : 0;
      if (!is_last && old_bytes != 0) backed += (end - begin) / 2;
      backed = (backed + kBackingStep - 1) & ~(kBackingStep - 1);
      if (backed < end || backed > memory.size()) backed = end;
    }
    // The guest's alignment stays that of the host.
    first = MOTE_MEMORY_WINDOW != 0 ? first & ~(step - 1) : 0;
    // NOLINTEND(clang-analyzer-deadcode.DeadStores)
    const size_t bytes = backed - first;
    if (bytes > memory.quota || bytes > kMostBacked) {
      if (step == kBackingStep) continue;
      return false;
    }
    const bool extended = old_bytes != 0 && arena.extend_zeroed(old, old_bytes, bytes);
    if (!extended) {
      void* const moved = arena.allocate_zeroed(bytes, 16);
      if (moved == nullptr && step == kBackingStep) continue;
      if (moved == nullptr) return false;
      memory.bytes = static_cast<uint8_t*>(moved);
    }
    const size_t below = old_first - first;
    if (old_bytes != 0 && (!extended || below != 0)) {
      memmove(memory.bytes + below, old, old_bytes);
      if (extended) memset(old, 0, below);
    }
#if MOTE_MEMORY_WINDOW
    memory.first = static_cast<uint32_t>(first);
#endif
    memory.backed = backed;
    return true;
  }
}

bool has_bytes(const MemoryData& memory, uint32_t address, uint32_t length) {
  return uint64_t{address} + length <= memory.size();
}

ErrorCode use_memory(StoreData& store, MemoryData& memory, uint32_t address, uint32_t length) {
  if (!has_bytes(memory, address, length)) return ErrorCode::kMemoryBounds;
  return length == 0 || back_memory(store, memory, address, length) ? ErrorCode::kOk
                                                                    : ErrorCode::kMemoryQuota;
}

ErrorCode touch_memory(ExecutionData& execution, uint32_t size) {
  const InstanceData& instance = *execution.instance;
  MemoryData* memory =
      execution.memory_index == 0 ? instance.memory : instance.memories[execution.memory_index];
  if (memory == nullptr || execution.touch_begin > UINT32_MAX) return ErrorCode::kMemoryBounds;
  return use_memory(*execution.store, *memory, static_cast<uint32_t>(execution.touch_begin), size);
}

const uint8_t* load_value(const uint8_t* slots, ValueType type, uint64_t* bits) {
  const uint32_t count = slots_of(type);
  *bits = count == 2 ? load_slot<uint64_t>(slots, 0) : load_slot<uint32_t>(slots, 0);
  return slots + count * kSlotBytes;
}

uint8_t* store_value(uint8_t* slots, ValueType type, uint64_t bits) {
  const uint32_t count = slots_of(type);
  store_slot<uint32_t>(slots, 0, static_cast<uint32_t>(bits));
  if (count == 2) store_slot<uint64_t>(slots, 0, bits);
  return slots + count * kSlotBytes;
}

size_t call_bytes(const FunctionType& type) {
  const uint32_t parameters = slots_of_list(type.parameter_types());
  const uint32_t results = slots_of_list(type.result_types());
  return size_t{parameters > results ? parameters : results} * kSlotBytes;
}

InstanceData* StoreData::find_function(Reference reference, uint32_t* funcidx) {
  for (InstanceData* instance = instances; instance != nullptr; instance = instance->next) {
    const uint32_t index = reference - instance->reference_base;
    if (reference >= instance->reference_base && index < instance->module->function_count()) {
      *funcidx = index;
      return instance;
    }
  }
  return nullptr;
}

Reference StoreData::reference_to(InstanceData& instance, uint32_t funcidx) {
  if (funcidx < instance.module->imported_functions) {
    const ImportedFunction& import = instance.imported_functions[funcidx];
    if (import.instance != nullptr) return import.instance->reference_base + import.index;
  }
  return instance.reference_base + funcidx;
}

}  // namespace mote::detail
