// Instructions that the runtime carries out for the engine (see interp/machine.hpp).
#include "runtime/store_data.hpp"

namespace mote::detail {

namespace {

// Large operations pay fuel for what they move, so that fuel bounds the time of a guest. `checks`
// is not negative when one starts (handlers.def lists them with kPays), so it cannot overflow.
void pay_for(ExecutionData& execution, uint64_t bytes) {
  execution.checks -= static_cast<int32_t>(bytes >> 8);
}

}  // namespace

bool reserve_entries(StoreData& store, TableData& table, uint32_t size) {
  if (size <= table.capacity) return true;
  constexpr size_t kEntry = sizeof(Reference);
  if (static_cast<uint64_t>(size) * kEntry > SIZE_MAX) return false;
  Arena& arena = store.arena;
  if (table.capacity != 0 && arena.extend(table.entries, table.capacity * kEntry, size * kEntry)) {
    table.capacity = size;
    return true;
  }
  // Growing by half as well bounds what moves leave behind in the arena.
  const uint64_t roomy = static_cast<uint64_t>(size) + size / 2;
  uint32_t capacity = roomy < table.maximum ? static_cast<uint32_t>(roomy) : table.maximum;
  Reference* moved = arena.allocate_array<Reference>(capacity);
  if (moved == nullptr) {
    capacity = size;
    moved = arena.allocate_array<Reference>(capacity);
  }
  if (moved == nullptr) {
    store.refused_growths++;
    return false;
  }
  if (table.size != 0) memcpy(moved, table.entries, table.size * kEntry);
  table.entries = moved;
  table.capacity = capacity;
  return true;
}

namespace calls {

// ---- Memory (4.4.7) --------------------------------------------------------------------------

ErrorCode memory_size(ExecutionData& execution, uint32_t* operands, uint32_t memidx, uint32_t) {
  operands[0] = execution.instance->memories[memidx]->pages;
  return ErrorCode::kOk;
}

// Refuses to grow beyond what could ever be backed, so that a guest's allocator sees a failure
// that it can handle, instead of a trap later.
ErrorCode memory_grow(ExecutionData& execution, uint32_t* operands, uint32_t memidx, uint32_t) {
  MemoryData& memory = *execution.instance->memories[memidx];
  const Arena& arena = execution.store->arena;
  const uint32_t pages = memory.pages;
  const uint32_t more = operands[0];
  operands[0] = 0xFFFFFFFF;
  if (more > memory.maximum_pages - pages) return ErrorCode::kOk;
  const uint64_t size = (static_cast<uint64_t>(pages) + more) << memory.page_size_log2;
  const size_t usable = memory.usable();
  const bool in_place = arena.is_last(memory.bytes, usable);
  const uint64_t possible = uint64_t{in_place ? usable : 0} + arena.free_bytes();
  if (more != 0 && (size > possible || size > memory.quota)) {
    execution.store->refused_growths++;
    return ErrorCode::kOk;
  }
  memory.pages = pages + more;
  operands[0] = pages;
  return ErrorCode::kOk;
}

ErrorCode memory_init(ExecutionData& execution, uint32_t* operands, uint32_t dataidx,
                      uint32_t memidx) {
  InstanceData& instance = *execution.instance;
  MemoryData& memory = *instance.memories[memidx];
  const DataSegment& segment = instance.module->data[dataidx];
  const uint32_t to = operands[0];
  const uint32_t from = operands[1];
  const uint32_t count = operands[2];
  const uint32_t size = is_dropped(instance.dropped_data, dataidx) ? 0 : segment.size;
  if (!in_range(from, count, size)) return ErrorCode::kMemoryBounds;
  const ErrorCode code = use_memory(*execution.store, memory, to, count);
  if (code != ErrorCode::kOk || count == 0) return code;
  memcpy(memory.at(to), segment.bytes + from, count);
  pay_for(execution, count);
  return code;
}

ErrorCode data_drop(ExecutionData& execution, uint32_t*, uint32_t dataidx, uint32_t) {
  set_dropped(execution.instance->dropped_data, dataidx);
  return ErrorCode::kOk;
}

ErrorCode memory_copy(ExecutionData& execution, uint32_t* operands, uint32_t to_memory,
                      uint32_t from_memory) {
  MemoryData& destination = *execution.instance->memories[to_memory];
  MemoryData& source = *execution.instance->memories[from_memory];
  const uint32_t to = operands[0];
  const uint32_t from = operands[1];
  const uint32_t count = operands[2];
  StoreData& store = *execution.store;
  if (!has_bytes(destination, to, count)) return ErrorCode::kMemoryBounds;
  ErrorCode code = use_memory(store, source, from, count);
  if (code == ErrorCode::kOk) code = use_memory(store, destination, to, count);
  if (code != ErrorCode::kOk || count == 0) return code;
  memmove(destination.at(to), source.at(from), count);
  pay_for(execution, count);
  return code;
}

ErrorCode memory_fill(ExecutionData& execution, uint32_t* operands, uint32_t memidx, uint32_t) {
  MemoryData& memory = *execution.instance->memories[memidx];
  const uint32_t to = operands[0];
  const uint32_t count = operands[2];
  const ErrorCode code = use_memory(*execution.store, memory, to, count);
  if (code != ErrorCode::kOk || count == 0) return code;
  memset(memory.at(to), static_cast<int>(operands[1] & 0xFF), count);
  pay_for(execution, count);
  return ErrorCode::kOk;
}

// ---- Tables (4.4.6) --------------------------------------------------------------------------

ErrorCode table_get(ExecutionData& execution, uint32_t* operands, uint32_t tableidx, uint32_t) {
  const TableData& table = *execution.instance->tables[tableidx];
  if (operands[0] >= table.size) return ErrorCode::kTableBounds;
  operands[0] = table.entries[operands[0]];
  return ErrorCode::kOk;
}

ErrorCode table_set(ExecutionData& execution, uint32_t* operands, uint32_t tableidx, uint32_t) {
  const TableData& table = *execution.instance->tables[tableidx];
  if (operands[0] >= table.size) return ErrorCode::kTableBounds;
  table.entries[operands[0]] = operands[1];
  return ErrorCode::kOk;
}

ErrorCode table_size(ExecutionData& execution, uint32_t* operands, uint32_t tableidx, uint32_t) {
  operands[0] = execution.instance->tables[tableidx]->size;
  return ErrorCode::kOk;
}

ErrorCode table_grow(ExecutionData& execution, uint32_t* operands, uint32_t tableidx, uint32_t) {
  TableData& table = *execution.instance->tables[tableidx];
  const Reference value = operands[0];
  const uint32_t more = operands[1];
  const uint32_t old_size = table.size;
  operands[0] = 0xFFFFFFFF;
  if (more > table.maximum - old_size) return ErrorCode::kOk;
  const uint32_t size = old_size + more;
  if (more != 0 && size > table.quota) return ErrorCode::kOk;
  if (!reserve_entries(*execution.store, table, size)) return ErrorCode::kOk;
  for (uint32_t i = old_size; i < size; i++) table.entries[i] = value;
  pay_for(execution, static_cast<uint64_t>(more) * sizeof(Reference));
  table.size = size;
  operands[0] = old_size;
  return ErrorCode::kOk;
}

ErrorCode table_fill(ExecutionData& execution, uint32_t* operands, uint32_t tableidx, uint32_t) {
  const TableData& table = *execution.instance->tables[tableidx];
  const uint32_t to = operands[0];
  const Reference value = operands[1];
  const uint32_t count = operands[2];
  if (!in_range(to, count, table.size)) return ErrorCode::kTableBounds;
  for (uint32_t i = 0; i < count; i++) table.entries[to + i] = value;
  pay_for(execution, static_cast<uint64_t>(count) * sizeof(Reference));
  return ErrorCode::kOk;
}

ErrorCode table_init(ExecutionData& execution, uint32_t* operands, uint32_t elemidx,
                     uint32_t tableidx) {
  InstanceData& instance = *execution.instance;
  const TableData& table = *instance.tables[tableidx];
  const ElementSegment& segment = instance.module->elements[elemidx];
  const uint32_t to = operands[0];
  const uint32_t from = operands[1];
  const uint32_t count = operands[2];
  const uint32_t size = is_dropped(instance.dropped_elements, elemidx) ? 0 : segment.count;
  if (!in_range(from, count, size) || !in_range(to, count, table.size)) {
    return ErrorCode::kTableBounds;
  }
  for (uint32_t i = 0; i < count; i++) {
    table.entries[to + i] = element_reference(instance, segment.items[from + i]);
  }
  pay_for(execution, static_cast<uint64_t>(count) * sizeof(Reference));
  return ErrorCode::kOk;
}

ErrorCode table_copy(ExecutionData& execution, uint32_t* operands, uint32_t to_index,
                     uint32_t from_index) {
  const TableData& to_table = *execution.instance->tables[to_index];
  const TableData& from_table = *execution.instance->tables[from_index];
  const uint32_t to = operands[0];
  const uint32_t from = operands[1];
  const uint32_t count = operands[2];
  if (!in_range(from, count, from_table.size) || !in_range(to, count, to_table.size)) {
    return ErrorCode::kTableBounds;
  }
  if (count == 0) return ErrorCode::kOk;
  memmove(to_table.entries + to, from_table.entries + from, size_t{count} * sizeof(Reference));
  pay_for(execution, static_cast<uint64_t>(count) * sizeof(Reference));
  return ErrorCode::kOk;
}

ErrorCode elem_drop(ExecutionData& execution, uint32_t*, uint32_t elemidx, uint32_t) {
  set_dropped(execution.instance->dropped_elements, elemidx);
  return ErrorCode::kOk;
}

ErrorCode ref_func(ExecutionData& execution, uint32_t* operands, uint32_t funcidx, uint32_t) {
  operands[0] = StoreData::reference_to(*execution.instance, funcidx);
  return ErrorCode::kOk;
}

}  // namespace calls

// ---- Fuel and interrupts ---------------------------------------------------------------------

bool is_killed(ExecutionData& execution) {
  if (__atomic_load_n(&execution.kill_requested, __ATOMIC_ACQUIRE) == 0) return false;
  execution.trap = ErrorCode::kKilled;
  return true;
}

// `checks` counts down to the next look at the flag; the fuel for those checks was taken from
// `fuel` in advance. What large operations overdrew is paid first.
StopReason refill_checks(ExecutionData& execution) {
  execution.checks++;  // the check that failed was not passed yet
  const uint32_t debt = execution.checks < 0 ? 0 - static_cast<uint32_t>(execution.checks) : 0;
  uint32_t slice = MOTE_INTERRUPT_PERIOD;
  if (execution.fuel != kUnlimitedFuel) {
    execution.fuel = execution.fuel > debt ? execution.fuel - debt : 0;
    if (execution.fuel < slice) slice = static_cast<uint32_t>(execution.fuel);
    execution.fuel -= slice;
  }
  execution.checks = static_cast<int32_t>(slice);
  // Load, then store: no atomic exchange, which v6-M and RV32 have not for bytes. A request between
  // the two asks for the pause that is made right now.
  if (__atomic_load_n(&execution.interrupt_requested, __ATOMIC_ACQUIRE) != 0) {
    __atomic_store_n(&execution.interrupt_requested, uint8_t{0}, __ATOMIC_RELAXED);
    return StopReason::kInterrupt;
  }
  if (is_killed(execution)) return StopReason::kTrap;
  if (slice == 0) return StopReason::kFuel;
  return execution.limited_run == nullptr ? StopReason::kDone
                                          : execution.limited_run->check(execution, debt);
}

// ---- Calls that leave the instance -----------------------------------------------------------

namespace {

CallOutcome trap_call(ExecutionData& execution, ErrorCode code) {
  execution.trap = code;
  return CallOutcome::kTrapped;
}

size_t stack_left(const ExecutionData& execution, const uint8_t* frame) {
  return frame < execution.stack_end ? static_cast<size_t>(execution.stack_end - frame) : 0;
}

CallOutcome call_host(ExecutionData& execution, uint8_t* frame, const ImportedFunction& import,
                      const Unit* return_to) {
  const FunctionType& type = import.host->type;
  const size_t bytes = call_bytes(type);
  if (stack_left(execution, frame) < bytes) {
    return trap_call(execution, ErrorCode::kStackExhausted);
  }
  uint8_t* const outer_top = execution.host_top;
  execution.host_top = frame + bytes;
  execution.host_nesting++;
  Host host = ExecutionData::make_host(execution, import.context);
  const HostStatus status = call_thunk(import.host->thunk, host, frame);
  execution.host_nesting--;
  execution.host_top = outer_top;
  if (is_killed(execution)) return CallOutcome::kTrapped;
  switch (status.kind) {
    case HostStatus::kReturned: break;
    case HostStatus::kTrapped:
      execution.trap_value = status.value;
      return trap_call(execution,
                       status.code == ErrorCode::kOk ? ErrorCode::kHostTrap : status.code);
    case HostStatus::kNotYet:
      execution.pc = return_to;
      execution.waiting_type = &type;
      execution.waiting_results = frame;
      execution.stop = StopReason::kWait;
      return CallOutcome::kStopped;
  }
  return CallOutcome::kReturned;
}

CallOutcome enter_function(ExecutionData& execution, uint8_t* frame, InstanceData& instance,
                           uint32_t funcidx, const Unit* return_to) {
  const FunctionCode& function =
      instance.module->functions[funcidx - instance.module->imported_functions];
  const bool is_switch = &instance != execution.instance;
  const size_t needed = function.frame_bytes + (is_switch ? sizeof(SwitchRecord) : 0);
  if (stack_left(execution, frame) < needed) {
    return trap_call(execution, ErrorCode::kStackExhausted);
  }
  const Unit* link = return_to;
  if (is_switch) {
    const SwitchRecord record = {execution.instance, return_to};
    execution.stack_end -= sizeof record;
    memcpy(execution.stack_end, &record, sizeof record);
    execution.instance = &instance;
    link = execution.switch_stub + kSlotUnits;
  }
  store_link(frame + function.link_bytes, link);
  execution.frame = frame;
  execution.pc = static_cast<const Unit*>(function.code);
  return CallOutcome::kEntered;
}

}  // namespace

CallOutcome call_function(ExecutionData& execution, uint8_t* frame, InstanceData& instance,
                          uint32_t funcidx, const Unit* return_to) {
  if (funcidx >= instance.module->imported_functions) {
    return enter_function(execution, frame, instance, funcidx, return_to);
  }
  const ImportedFunction& import = instance.imported_functions[funcidx];
  if (import.host != nullptr) return call_host(execution, frame, import, return_to);
  return enter_function(execution, frame, *import.instance, import.index, return_to);
}

CallOutcome call_imported(ExecutionData& execution, uint8_t* frame, uint32_t index,
                          const Unit* return_to) {
  return call_function(execution, frame, *execution.instance, index, return_to);
}

CallOutcome call_table_entry(ExecutionData& execution, uint8_t* frame, uint32_t tableidx,
                             uint32_t typeidx, uint32_t entry, const Unit* return_to) {
  const TableData& table = *execution.instance->tables[tableidx];
  if (entry >= table.size) return trap_call(execution, ErrorCode::kUndefinedElement);
  uint32_t funcidx = 0;
  InstanceData* instance = execution.store->find_function(table.entries[entry], &funcidx);
  if (instance == nullptr) return trap_call(execution, ErrorCode::kUninitializedElement);
  if (instance->module->function_type(funcidx) != execution.instance->module->types[typeidx]) {
    return trap_call(execution, ErrorCode::kIndirectCallType);
  }
  return call_function(execution, frame, *instance, funcidx, return_to);
}

}  // namespace mote::detail
