// Snapshots of paused guests (see mote/snapshot.hpp). Numbers are little-endian; what guests see as
// bytes (memories, globals, tables, stacks) is as it lies in memory.
//
//   header: magic, format, fingerprint of the build, size, checksum of what follows and of the rest
//   of the header
//   number of instances; for each: module, references, globals, memories, tables, dropped segments
//   number of executions; for each: state, fuel, place in the code, records of calls between
//   instances, frames
//
// Frames hold return addresses. They are written from the top of the stack down, each as the bytes
// above its link, and the link as a place: the exit, a switch between instances, or an offset in
// the code of the frame's instance. So no memory is needed, and no address gets into a snapshot.
#include <mote/snapshot.hpp>

#if MOTE_FEATURE_SNAPSHOTS

#include "runtime/frames.hpp"
#include "runtime/image_format.hpp"
#include "runtime/store_data.hpp"

namespace mote {

namespace detail {
namespace {

constexpr uint8_t kMagic[4] = {0x00, 'm', 'o', 's'};
constexpr uint32_t kFormat = 1;
constexpr uint32_t kHeaderBytes = 24;
constexpr uint32_t kCrcAt = 20;

// ---- Bytes -----------------------------------------------------------------------------------

// Counts and sums what is put; with `write`, also writes it.
class Output {
 public:
  Output(WriteSnapshot write, void* context) : write_(write), context_(context) {}

  void bytes(const void* data, size_t size) {
    if (size == 0 || failed_) return;
    const Bytes span(static_cast<const uint8_t*>(data), size);
    crc_ = crc32(crc_, span);
    size_ += size;
    if (write_ != nullptr) failed_ = !write_(context_, span);
  }
  void u32(uint32_t value) {
    uint8_t field[4];
    write_field(field, value);
    bytes(field, sizeof field);
  }
  void u64(uint64_t value) {
    u32(static_cast<uint32_t>(value));
    u32(static_cast<uint32_t>(value >> 32));
  }

  size_t size() const { return size_; }
  uint32_t crc() const { return ~crc_; }
  bool failed() const { return failed_; }

 private:
  WriteSnapshot write_;
  void* context_;
  uint32_t crc_ = kCrcStart;
  size_t size_ = 0;
  bool failed_ = false;
};

// Once something is missing, everything is zero.
class Input {
 public:
  explicit Input(Bytes bytes) : left_(bytes) {}

  // Null: there are not so many.
  const uint8_t* bytes(size_t size) {
    if (size > left_.size()) {
      failed_ = true;
      left_ = {};
      return nullptr;
    }
    const uint8_t* at = left_.data();
    left_ = left_.from(size);
    return at;
  }
  uint32_t u32() {
    const uint8_t* at = bytes(4);
    return at == nullptr ? 0 : read_field(at);
  }
  uint64_t u64() {
    const uint32_t low = u32();
    return low | static_cast<uint64_t>(u32()) << 32;
  }
  void copy(void* to, size_t size) {
    const uint8_t* from = bytes(size);
    if (from != nullptr && size != 0) memcpy(to, from, size);
  }
  bool failed() const { return failed_; }
  bool at_end() const { return left_.empty(); }

 private:
  Bytes left_;
  bool failed_ = false;
};

// ---- Instances -------------------------------------------------------------------------------

// Numbers count from the latest.
uint32_t count_instances(const StoreData& store) {
  uint32_t count = 0;
  for (const InstanceData* at = store.instances; at != nullptr; at = at->next) count++;
  return count;
}
uint32_t number_of(const StoreData& store, const InstanceData* instance) {
  uint32_t number = 0;
  for (const InstanceData* at = store.instances; at != nullptr && at != instance; at = at->next) {
    number++;
  }
  return number;
}
InstanceData* instance_at(const StoreData& store, uint32_t number) {
  InstanceData* at = store.instances;
  for (; at != nullptr && number != 0; number--) at = at->next;
  return at;
}

// What has to be the same for code and segments to be the same. Code that holds addresses is
// represented by the shape of its functions and their offset maps.
uint32_t hash_of(const ModuleData& module) {
  uint32_t crc = kCrcStart;
  const auto add = [&crc](const void* data, size_t size) {
    crc = crc32(crc, Bytes(static_cast<const uint8_t*>(data), size));
  };
  const auto add_number = [&](uint32_t value) {
    uint8_t field[4];
    write_field(field, value);
    add(field, sizeof field);
  };
  add_number(module.module_info.module_bytes);
  add_number(module.module_info.code_bytes);
  add_number(module.function_count());
  add_number(module.global_count);
#if MOTE_ENCODING == MOTE_ENCODING_COMPACT
  add(module.code_begin, static_cast<size_t>(module.code_end - module.code_begin));
#endif
  for (uint32_t i = 0; i < module.defined_functions; i++) {
    const FunctionCode& function = module.functions[i];
    add_number(function.code_bytes);
    add_number(function.frame_bytes);
    add_number(function.type);
#if MOTE_ENCODING != MOTE_ENCODING_COMPACT
    const uint8_t* map = static_cast<const uint8_t*>(function.code) + function.code_bytes;
    const uint8_t* end = i + 1 < module.defined_functions
                             ? static_cast<const uint8_t*>(module.functions[i + 1].code)
                             : module.code_end;
    if (map < end) add(map, static_cast<size_t>(end - map));
#endif
  }
  for (uint32_t i = 0; i < module.data_count; i++) {
    if (module.data[i].size != 0) add(module.data[i].bytes, module.data[i].size);
  }
  for (uint32_t i = 0; i < module.element_count; i++) add_number(module.elements[i].count);
  return crc;
}

size_t dropped_bytes(uint32_t segments) { return (segments + 7) / 8; }

void save_instance(Output& out, InstanceData& instance) {
  const ModuleData& module = *instance.module;
  out.u32(hash_of(module));
  out.u32(instance.reference_base);
  out.bytes(instance.globals, size_t{module.global_slots} * kSlotBytes);
  for (uint32_t i = module.imported_memories; i < module.memory_count; i++) {
    const MemoryData& memory = *instance.memories[i];
    out.u32(memory.pages);
    out.u64(memory.first);
    out.u64(memory.usable());
    out.bytes(memory.bytes, memory.usable());
  }
  for (uint32_t i = module.imported_tables; i < module.table_count; i++) {
    const TableData& table = *instance.tables[i];
    out.u32(table.size);
    out.bytes(table.entries, size_t{table.size} * sizeof(Reference));
  }
  out.bytes(instance.dropped_elements, dropped_bytes(module.element_count));
  out.bytes(instance.dropped_data, dropped_bytes(module.data_count));
}

// False: no memory.
bool restore_memory(StoreData& store, MemoryData& memory, uint32_t pages, uint64_t first,
                    const uint8_t* bytes, size_t size) {
  const uint64_t new_size = static_cast<uint64_t>(pages) << memory.page_size_log2;
  const size_t usable = memory.usable();
  if (memory.backed > new_size) {
    // Nothing beyond the end may stay.
    store.arena.shrink(memory.bytes, usable, 0);
    memory.bytes = nullptr;
    memory.backed = 0;
#if MOTE_MEMORY_WINDOW
    memory.first = 0;
#endif
  } else if (usable != 0) {
    memset(memory.bytes, 0, usable);
  }
  memory.pages = pages;
  if (size == 0) return true;
  const uint32_t address = static_cast<uint32_t>(first);
  if (!back_memory(store, memory, address, static_cast<uint32_t>(size))) return false;
  memcpy(memory.at(address), bytes, size);
  return true;
}

// Checks, and with `apply` does. What is checked cannot fail any more when it is applied, but for
// memory.
ErrorCode restore_instance(Input& in, InstanceData& instance, bool apply) {
  const ModuleData& module = *instance.module;
  StoreData& store = *instance.store;
  if (in.u32() != hash_of(module) || in.u32() != instance.reference_base) {
    return in.failed() ? ErrorCode::kImageDamaged : ErrorCode::kOtherInstances;
  }
  const auto copy = [&](void* to, size_t size) {
    if (apply) {
      in.copy(to, size);
    } else {
      in.bytes(size);
    }
  };
  copy(instance.globals, size_t{module.global_slots} * kSlotBytes);
  for (uint32_t i = module.imported_memories; i < module.memory_count; i++) {
    MemoryData& memory = *instance.memories[i];
    const uint32_t pages = in.u32();
    const uint64_t first = in.u64();
    const uint64_t usable = in.u64();
    const uint64_t size = static_cast<uint64_t>(pages) << memory.page_size_log2;
    if (pages > memory.maximum_pages || usable > size || first > size - usable ||
        usable > UINT32_MAX) {
      return ErrorCode::kImageDamaged;
    }
    const uint8_t* bytes = in.bytes(static_cast<size_t>(usable));
    if (bytes == nullptr) return ErrorCode::kImageDamaged;
    if (apply && !restore_memory(store, memory, pages, first, bytes, static_cast<size_t>(usable))) {
      return ErrorCode::kOutOfMemory;
    }
  }
  for (uint32_t i = module.imported_tables; i < module.table_count; i++) {
    TableData& table = *instance.tables[i];
    const uint32_t size = in.u32();
    if (size > table.maximum || static_cast<uint64_t>(size) * sizeof(Reference) > SIZE_MAX) {
      return ErrorCode::kImageDamaged;
    }
    const uint8_t* entries = in.bytes(size * sizeof(Reference));
    if (entries == nullptr) return ErrorCode::kImageDamaged;
    if (!apply) continue;
    if (!reserve_entries(store, table, size)) return ErrorCode::kOutOfMemory;
    table.size = size;
    if (size != 0) memcpy(table.entries, entries, size * sizeof(Reference));
  }
  copy(instance.dropped_elements, dropped_bytes(module.element_count));
  copy(instance.dropped_data, dropped_bytes(module.data_count));
  return in.failed() ? ErrorCode::kImageDamaged : ErrorCode::kOk;
}

// ---- Executions ------------------------------------------------------------------------------

// Where code goes on. Links lead behind a call: who walks frames reads the unit before them.
enum Place : uint32_t { kExit, kSwitch, kCode, kNowhere };

void save_place(Output& out, const ExecutionData& execution, const InstanceData& instance,
                const Unit* place) {
  if (place == nullptr) {
    out.u32(kNowhere);
  } else if (place == exit_point(execution)) {
    out.u32(kExit);
  } else if (place == switch_point(execution)) {
    out.u32(kSwitch);
  } else {
    out.u32(kCode);
    out.u32(static_cast<uint32_t>(reinterpret_cast<const uint8_t*>(place) -
                                  instance.module->code_begin));
  }
}

// False: there is no such place.
bool restore_place(Input& in, const ExecutionData& execution, const InstanceData& instance,
                   const Unit** place) {
  *place = nullptr;
  switch (in.u32()) {
    case kExit: *place = exit_point(execution); return true;
    case kSwitch: *place = switch_point(execution); return true;
    case kNowhere: return true;
    case kCode: break;
    default: return false;
  }
  const ModuleData& module = *instance.module;
  const uint32_t offset = in.u32();
  if (offset % sizeof(Unit) != 0 ||
      offset >= static_cast<size_t>(module.code_end - module.code_begin)) {
    return false;
  }
  *place = reinterpret_cast<const Unit*>(module.code_begin + offset);
  return true;
}

// The host function that a guest waits for, as an import: its type has to be found again.
struct WaitingFor {
  uint32_t instance;
  uint32_t import;
};
const FunctionType* type_of_import(const InstanceData& instance, uint32_t import) {
  if (import >= instance.module->imported_functions) return nullptr;
  const HostFunction* host = instance.imported_functions[import].host;
  return host == nullptr ? nullptr : &host->type;
}
WaitingFor find_waiting(const StoreData& store, const FunctionType* type) {
  WaitingFor found = {0, 0};
  for (const InstanceData* at = store.instances; at != nullptr; at = at->next) {
    for (uint32_t i = 0; i < at->module->imported_functions; i++) {
      if (type_of_import(*at, i) == type) return {found.instance, i};
    }
    found.instance++;
  }
  return found;
}

// End of the part of the stack that the guest uses.
const uint8_t* top_of_stack(const ExecutionData& execution) {
  const FunctionCode* function = find_code(*execution.instance->module, execution.pc);
  // Without code to go on in there are the arguments of a call that was not made yet, or the
  // results of a host function that was called directly.
  const uint8_t* top =
      execution.frame +
      (function != nullptr
           ? function->frame_bytes
           : call_bytes(execution.function.instance->function_type(execution.function.index)));
  if (execution.state == RunState::kWaiting) {
    const uint8_t* results = execution.waiting_results + call_bytes(*execution.waiting_type);
    if (results > top) top = results;
  }
  return top;
}

void save_frames(Output& out, const ExecutionData& execution) {
  const uint8_t* end = top_of_stack(execution);
  out.u32(static_cast<uint32_t>(end - execution.stack_begin));
  walk_frames(execution, [&](InstanceData& instance, const FunctionCode& function, const Unit*,
                             const uint8_t* frame) {
    (void)instance;
    const uint8_t* const link = frame + function.link_bytes;
    const uint8_t* const rest = link + kLinkSlots * kSlotBytes;
    out.u32(static_cast<uint32_t>(link - execution.stack_begin));
    out.bytes(rest, static_cast<size_t>(end - rest));
    end = link;
  });
  out.u32(kNoIndex);
  out.bytes(execution.stack_begin, static_cast<size_t>(end - execution.stack_begin));
}

// Links, innermost first. A frame's link leads into code of its own instance, or to the stub that
// switches to the next record's.
void save_links(Output& out, const ExecutionData& execution) {
  walk_frames(execution, [&](InstanceData& instance, const FunctionCode& function, const Unit*,
                             const uint8_t* frame) {
    save_place(out, execution, instance, load_link(frame + function.link_bytes));
  });
  const uint8_t* at = execution.stack_end;
  const size_t records = static_cast<size_t>(execution.stack_limit - at) / sizeof(SwitchRecord);
  out.u32(static_cast<uint32_t>(records));
  for (; at < execution.stack_limit; at += sizeof(SwitchRecord)) {
    SwitchRecord record;
    memcpy(&record, at, sizeof record);
    out.u32(number_of(*execution.store, record.instance));
    save_place(out, execution, *record.instance, record.return_to);
  }
}

void save_execution(Output& out, const ExecutionData& execution) {
  const StoreData& store = *execution.store;
  out.u32(!is_idle(execution) ? static_cast<uint32_t>(execution.state) : 0);
  out.u64(execution.fuel);
  out.u32(static_cast<uint32_t>(execution.checks));
  if (is_idle(execution)) return;
  out.u32(number_of(store, &InstanceData::of(*execution.function.instance)));
  out.u32(execution.function.index);
  out.u32(number_of(store, execution.instance));
  save_place(out, execution, *execution.instance, execution.pc);
  out.u32(static_cast<uint32_t>(execution.frame - execution.stack_begin));
  out.u64(execution.accumulator);
#if MOTE_APART_F32
  out.bytes(&execution.accumulator_f32, sizeof execution.accumulator_f32);
#endif
#if MOTE_APART_F64
  out.bytes(&execution.accumulator_f64, sizeof execution.accumulator_f64);
#endif
#if MOTE_FUSED
  out.u32(execution.second_half);
  out.u32(execution.paused_pc != nullptr && execution.paused_pc == execution.pc);
#endif
  if (execution.state == RunState::kWaiting) {
    const WaitingFor waiting = find_waiting(store, execution.waiting_type);
    out.u32(waiting.instance);
    out.u32(waiting.import);
    out.u32(static_cast<uint32_t>(execution.waiting_results - execution.stack_begin));
  }
  save_frames(out, execution);
  save_links(out, execution);
}

// Reads what save_frames() and save_links() wrote. Frames are read first, so links are put into
// them afterwards, at the places that a second reading of the frames tells.
class FrameReader {
 public:
  FrameReader(Input& in, ExecutionData& execution, bool apply)
      : in_(in), execution_(execution), apply_(apply) {}

  ErrorCode frames(InstanceData& innermost) {
    const uint32_t top = in_.u32();
    Input links_of = in_;  // reads the places of the links again
    const ErrorCode code = pieces(top);
    return code == ErrorCode::kOk ? links(links_of, top, innermost) : code;
  }

 private:
  // Bytes between links, from the top down.
  ErrorCode pieces(uint32_t top) {
    if (top > room()) return ErrorCode::kStackExhausted;
    uint32_t end = top;
    for (;;) {
      const uint32_t link = in_.u32();
      if (link == kNoIndex) break;
      if (!is_link(link, end)) return ErrorCode::kImageDamaged;
      piece(link + kLinkBytes, end);
      end = link;
    }
    piece(0, end);
    return in_.failed() ? ErrorCode::kImageDamaged : ErrorCode::kOk;
  }

  ErrorCode links(Input places, uint32_t top, InstanceData& innermost) {
    // Records follow the links: they tell the instances of the frames, so they are read ahead.
    Input records = in_;
    uint32_t end = top;
    Input counting = places;
    uint32_t count = 0;
    for (uint32_t at; (at = counting.u32()) != kNoIndex && !counting.failed(); count++) {
      counting.bytes(end - at - kLinkBytes);
      end = at;
    }
    const Unit* place;
    for (uint32_t i = 0; i < count; i++) {
      // Skips a place, whatever its instance.
      if (records.u32() == kCode) records.u32();
    }
    const uint32_t record_count = records.u32();
    if (record_count > room() / sizeof(SwitchRecord) ||
        top > room() - record_count * sizeof(SwitchRecord)) {
      return ErrorCode::kStackExhausted;
    }
    InstanceData* instance = &innermost;
    uint8_t* record_at = execution_.stack_limit - record_count * sizeof(SwitchRecord);
    if (apply_) execution_.stack_end = record_at;
    uint32_t used = 0;
    end = top;
    for (uint32_t i = 0; i < count; i++) {
      const uint32_t at = places.u32();
      places.bytes(end - at - kLinkBytes);
      end = at;
      if (!restore_place(in_, execution_, *instance, &place) || !follows_a_call(*instance, place)) {
        return ErrorCode::kImageDamaged;
      }
      if (apply_) store_link(execution_.stack_begin + at, place);
      if (place != switch_point(execution_)) continue;
      // The next record.
      if (used++ == record_count) return ErrorCode::kImageDamaged;
      instance = instance_at(*execution_.store, records.u32());
      const Unit* return_to;
      if (instance == nullptr || !restore_place(records, execution_, *instance, &return_to) ||
          !follows_a_call(*instance, return_to)) {
        return ErrorCode::kImageDamaged;
      }
      const SwitchRecord record = {instance, return_to};
      if (apply_) memcpy(record_at, &record, sizeof record);
      record_at += sizeof record;
    }
    in_ = records;
    return used == record_count && !in_.failed() ? ErrorCode::kOk : ErrorCode::kImageDamaged;
  }

  static bool follows_a_call(const InstanceData& instance, const Unit* place) {
    return place != nullptr &&
           reinterpret_cast<const uint8_t*>(place) != instance.module->code_begin;
  }
  void piece(uint32_t begin, uint32_t end) {
    if (apply_) {
      in_.copy(execution_.stack_begin + begin, end - begin);
    } else {
      in_.bytes(end - begin);
    }
  }
  static bool is_link(uint32_t at, uint32_t end) {
    return at % kSlotBytes == 0 && at <= end && end - at >= kLinkBytes;
  }
  size_t room() const {
    return static_cast<size_t>(execution_.stack_limit - execution_.stack_begin);
  }

  static constexpr uint32_t kLinkBytes = kLinkSlots * kSlotBytes;
  Input& in_;
  ExecutionData& execution_;
  bool apply_;
};

// Checks, and with `apply` does.
ErrorCode restore_execution(Input& in, ExecutionData& execution, bool apply) {
  constexpr ErrorCode kDamaged = ErrorCode::kImageDamaged;
  const StoreData& store = *execution.store;
  // What is restored while checking goes into a copy.
  ExecutionData copy = execution;
  ExecutionData& to = apply ? execution : copy;
  const uint32_t state = in.u32();
  if (state > static_cast<uint32_t>(RunState::kDeadline)) return kDamaged;
  to.fuel = in.u64();
  to.checks = static_cast<int32_t>(in.u32());
  to.state = static_cast<RunState>(state);
  if (to.state == RunState::kIdle) return in.failed() ? kDamaged : ErrorCode::kOk;
  if (is_idle(to)) return kDamaged;

  InstanceData* const started = instance_at(store, in.u32());
  const uint32_t funcidx = in.u32();
  InstanceData* const instance = instance_at(store, in.u32());
  if (started == nullptr || instance == nullptr || funcidx >= started->module->function_count()) {
    return kDamaged;
  }
  to.function = Function{started, funcidx};
  to.instance = instance;
  // Places are compared with the stubs of the execution itself.
  if (!restore_place(in, execution, *instance, &to.pc)) return kDamaged;
  const uint32_t frame = in.u32();
  if (frame > static_cast<size_t>(execution.stack_limit - execution.stack_begin)) {
    return ErrorCode::kStackExhausted;
  }
  to.frame = execution.stack_begin + frame;
  to.accumulator = static_cast<Accumulator>(in.u64());
#if MOTE_APART_F32
  in.copy(&to.accumulator_f32, sizeof to.accumulator_f32);
#endif
#if MOTE_APART_F64
  in.copy(&to.accumulator_f64, sizeof to.accumulator_f64);
#endif
#if MOTE_FUSED
  to.second_half = in.u32();
  to.paused_pc = in.u32() != 0 ? to.pc : nullptr;
#endif
  if (to.state == RunState::kWaiting) {
    const InstanceData* const caller = instance_at(store, in.u32());
    const uint32_t import = in.u32();
    const uint32_t results = in.u32();
    to.waiting_type = caller == nullptr ? nullptr : type_of_import(*caller, import);
    if (to.waiting_type == nullptr) return kDamaged;
    const size_t size = static_cast<size_t>(execution.stack_limit - execution.stack_begin);
    if (results > size || call_bytes(*to.waiting_type) > size - results) {
      return ErrorCode::kStackExhausted;
    }
    to.waiting_results = execution.stack_begin + results;
  }
  to.interrupt_requested = 0;
  to.kill_requested = 0;
  to.stack_end = to.stack_limit;
  return FrameReader(in, execution, apply).frames(*instance);
}

// ---- All -------------------------------------------------------------------------------------

void save_body(Output& out, const StoreData& store, Span<Execution* const> executions) {
  out.u32(count_instances(store));
  for (InstanceData* at = store.instances; at != nullptr; at = at->next) save_instance(out, *at);
  out.u32(static_cast<uint32_t>(executions.size()));
  for (const Execution* execution : executions) save_execution(out, *ExecutionData::of(*execution));
}

ErrorCode restore_body(Input in, StoreData& store, Span<Execution* const> executions, bool apply) {
  if (in.u32() != count_instances(store)) return ErrorCode::kOtherInstances;
  for (InstanceData* at = store.instances; at != nullptr; at = at->next) {
    const ErrorCode code = restore_instance(in, *at, apply);
    if (code != ErrorCode::kOk) return code;
  }
  if (in.u32() != executions.size()) return ErrorCode::kOtherInstances;
  for (const Execution* execution : executions) {
    const ErrorCode code = restore_execution(in, *ExecutionData::of(*execution), apply);
    if (code != ErrorCode::kOk) return code;
  }
  return in.at_end() && !in.failed() ? ErrorCode::kOk : ErrorCode::kImageDamaged;
}

void put_header(uint8_t* header, uint32_t size) {
  const uint64_t fingerprint = engine_fingerprint();
  memcpy(header, kMagic, sizeof kMagic);
  write_field(header + 4, kFormat);
  write_field(header + 8, static_cast<uint32_t>(fingerprint));
  write_field(header + 12, static_cast<uint32_t>(fingerprint >> 32));
  write_field(header + 16, size);
}

// Whether all executions are of this store and may be looked at.
ErrorCode check_executions(const StoreData* store, Span<Execution* const> executions,
                           bool must_be_idle) {
  if (store == nullptr) return ErrorCode::kOutOfMemory;
  if (store->running != 0 || store->is_loading) return ErrorCode::kBusy;
  for (const Execution* execution : executions) {
    const ExecutionData* data = execution == nullptr ? nullptr : ExecutionData::of(*execution);
    if (data == nullptr || data->store != store) return ErrorCode::kArguments;
    if (must_be_idle && !is_idle(*data)) return ErrorCode::kBusy;
  }
  return ErrorCode::kOk;
}

}  // namespace
}  // namespace detail

Error save_snapshot(Store& store, Span<Execution* const> executions, WriteSnapshot write,
                    void* context, size_t* size) {
  using namespace detail;
  *size = 0;
  const StoreData* data = StoreData::of(store);
  const ErrorCode code = check_executions(data, executions, false);
  if (code != ErrorCode::kOk) return make_error(code);

  // The header, which comes first, tells what the body sums to.
  Output sum(nullptr, nullptr);
  save_body(sum, *data, executions);
  const size_t whole = kHeaderBytes + sum.size();
  if (whole > UINT32_MAX) return make_error(ErrorCode::kImageWrite);
  uint8_t header[kHeaderBytes];
  put_header(header, static_cast<uint32_t>(whole));
  sum.bytes(header, kCrcAt);
  write_field(header + kCrcAt, sum.crc());
  *size = whole;
  if (write == nullptr) return {};

  Output out(write, context);
  out.bytes(header, kHeaderBytes);
  save_body(out, *data, executions);
  return make_error(out.failed() ? ErrorCode::kImageWrite : ErrorCode::kOk);
}

Error restore_snapshot(Store& store, Span<Execution* const> executions, Bytes snapshot) {
  using namespace detail;
  StoreData* data = StoreData::of(store);
  ErrorCode code = check_executions(data, executions, true);
  if (code != ErrorCode::kOk) return make_error(code);

  if (snapshot.size() < sizeof kMagic || memcmp(snapshot.data(), kMagic, sizeof kMagic) != 0) {
    return make_error(ErrorCode::kNotAnImage, 0);
  }
  const uint8_t* header = snapshot.data();
  if (snapshot.size() < kHeaderBytes) {
    return make_error(ErrorCode::kImageDamaged, static_cast<uint32_t>(snapshot.size()));
  }
  const uint32_t size = read_field(header + 16);
  if (size < kHeaderBytes || size > snapshot.size()) {
    return make_error(ErrorCode::kImageDamaged, 16);
  }
  const Bytes body(header + kHeaderBytes, size - kHeaderBytes);
  const uint32_t crc = ~crc32(crc32(kCrcStart, body), Bytes(header, kCrcAt));
  if (crc != read_field(header + kCrcAt)) return make_error(ErrorCode::kImageDamaged, kCrcAt);
  uint8_t expected[kHeaderBytes];
  put_header(expected, size);
  if (memcmp(header, expected, 16) != 0) return make_error(ErrorCode::kImageOfOtherBuild);

  code = restore_body(Input(body), *data, executions, false);
  if (code == ErrorCode::kOk) code = restore_body(Input(body), *data, executions, true);
  return make_error(code);
}

}  // namespace mote

#endif
