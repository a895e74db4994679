// Linear memory and references: backing on demand, typed access to slots.
#include "interp/machine.hpp"
#include "runtime/store_data.hpp"

namespace mote::detail {

namespace {
// Granularity of backing. Small machines count bytes, large ones calls.
constexpr uint64_t kBackingStep = sizeof(void*) == 8 ? 4096 : 64;
}  // namespace

bool back_memory(StoreData& store, MemoryData& memory, uint64_t end) {
  if (end <= memory.backed) return true;
  Arena& arena = store.arena;
  uint64_t wanted = (end + kBackingStep - 1) & ~(kBackingStep - 1);
  if (wanted > memory.size()) wanted = memory.size();
  // Ask for a whole step, then for just what is needed.
  const uint64_t sizes[] = {wanted, end};
  for (const uint64_t size : sizes) {
    if (size > SIZE_MAX) continue;
    const size_t backed = static_cast<size_t>(memory.backed);
    const size_t bytes = static_cast<size_t>(size);
    if (memory.bytes == nullptr) {
      memory.bytes = static_cast<uint8_t*>(arena.allocate_zeroed(bytes, 16));
      if (memory.bytes == nullptr) continue;
    } else if (!arena.extend_zeroed(memory.bytes, backed, bytes)) {
      if (arena.is_last(memory.bytes, backed)) continue;
      // Something else lies behind it: move. Growing by half as well keeps the sum of what moves
      // leave behind within a small multiple of the memory's size.
      uint64_t roomy = size + size / 2;
      if (roomy > memory.size()) roomy = memory.size();
      uint8_t* moved = nullptr;
      uint64_t got = roomy;
      if (roomy <= SIZE_MAX) {
        moved = static_cast<uint8_t*>(arena.allocate_zeroed(static_cast<size_t>(roomy), 16));
      }
      if (moved == nullptr) {
        moved = static_cast<uint8_t*>(arena.allocate_zeroed(bytes, 16));
        got = size;
      }
      if (moved == nullptr) continue;
      memcpy(moved, memory.bytes, backed);
      memory.bytes = moved;
      memory.backed = got;
      return true;
    }
    memory.backed = size;
    return true;
  }
  return false;
}

ErrorCode touch_memory(ExecutionData& execution, uint32_t size) {
  const InstanceData& instance = *execution.instance;
  MemoryData* memory =
      execution.memory_index == 0 ? instance.memory : instance.memories[execution.memory_index];
  const uint64_t end = static_cast<uint64_t>(execution.touch_begin) + size;
  if (memory == nullptr || end > memory->size()) return ErrorCode::kMemoryBounds;
  return back_memory(*execution.store, *memory, end) ? ErrorCode::kOk : ErrorCode::kMemoryQuota;
}

uint64_t load_value(const uint8_t* slots, ValueType type) {
  return slots_of(type) == 2 ? load_slot<uint64_t>(slots, 0) : load_slot<uint32_t>(slots, 0);
}

void store_value(uint8_t* slots, ValueType type, uint64_t bits) {
  if (slots_of(type) == 2) {
    store_slot<uint64_t>(slots, 0, bits);
  } else {
    store_slot<uint32_t>(slots, 0, static_cast<uint32_t>(bits));
  }
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
