// Stores: memory, names, and making instances (see mote/store.hpp).
#include <mote/store.hpp>

#include "base/placement_new.hpp"
#include "runtime/store_data.hpp"

namespace mote {

using detail::StoreData;

Store::Store(MutableBytes buffer, StoreOptions options) : buffer_(buffer) {
  const size_t padding = (0 - reinterpret_cast<uintptr_t>(buffer.data())) & 15;
  const size_t head = padding + ((sizeof(StoreData) + 15) & ~size_t{15});
  if (buffer.size() < head) return;
  data_ = new (buffer.data() + padding) StoreData(buffer.from(head), options.buffer_is_zero, 0);
}

void Store::reset() {
  if (data_ == nullptr) return;
  // What was used is no longer zero.
  const size_t padding = (0 - reinterpret_cast<uintptr_t>(buffer_.data())) & 15;
  const size_t head = padding + ((sizeof(StoreData) + 15) & ~size_t{15});
  new (data_) StoreData(buffer_.from(head), false, data_->epoch + 1);
}

namespace {
Error make_error(ErrorCode code) {
  Error error;
  error.code = code;
  return error;
}
}  // namespace

void detail::ScratchOwner::acquire(StoreData& store, const Arena::Mark& mark) {
  older_ = store.scratch_owners;
  high_ = mark.high;
  store.scratch_owners = this;
}

void detail::ScratchOwner::release(StoreData& store) {
  has_ended_ = true;
  if (store.is_loading) return;
  while (store.scratch_owners != nullptr && store.scratch_owners->has_ended_) {
    store.arena.roll_back_high({nullptr, store.scratch_owners->high_});
    store.scratch_owners = store.scratch_owners->older_;
  }
}

Error Store::provide(Span<const HostFunction> functions, void* context) {
  if (data_ == nullptr) return make_error(ErrorCode::kOutOfMemory);
  detail::HostTable* table = data_->arena.allocate_array<detail::HostTable>(1);
  if (table == nullptr) return make_error(ErrorCode::kOutOfMemory);
  data_->hosts = new (table) detail::HostTable{data_->hosts, functions, context};
  return {};
}

Error Store::name_instance(StringView name, Instance* instance) {
  if (data_ == nullptr) return make_error(ErrorCode::kOutOfMemory);
  const detail::Arena::Mark mark = data_->arena.mark();
  char* copy = data_->arena.allocate_array<char>(name.size());
  detail::NamedInstance* entry = data_->arena.allocate_array<detail::NamedInstance>(1);
  if (copy == nullptr || entry == nullptr) {
    data_->arena.roll_back_low(mark);
    return make_error(ErrorCode::kOutOfMemory);
  }
  if (name.size() != 0) memcpy(copy, name.data(), name.size());
  data_->names = new (entry) detail::NamedInstance{data_->names, StringView(copy, name.size()),
                                                   &detail::InstanceData::of(*instance)};
  return {};
}

MemoryReport Store::memory() const {
  MemoryReport report;
  report.total = buffer_.size();
  if (data_ == nullptr) return report;
  const size_t head = buffer_.size() - data_->arena.total();
  report.used = head + data_->arena.used_low();
  report.scratch = data_->arena.used_high();
  report.peak = head + data_->arena.peak();
  report.refused_growths = data_->refused_growths;
  return report;
}

Error Store::instantiate(const Module* module, Instance** instance) {
  *instance = nullptr;
  if (data_ == nullptr || module == nullptr) return make_error(ErrorCode::kOutOfMemory);
  const detail::ModuleData& m = detail::ModuleData::of(*module);
  detail::Arena& arena = data_->arena;
  const detail::Arena::Mark mark = arena.mark();
  detail::InstanceData* made = arena.allocate_array<detail::InstanceData>(1);
  if (made == nullptr) return make_error(ErrorCode::kOutOfMemory);
  new (made) detail::InstanceData();
  made->module = &m;
  made->store = data_;
  const uint32_t own_tables = m.table_count - m.imported_tables;
  made->tables = arena.allocate_array<detail::TableData*>(m.table_count);
  made->memories = arena.allocate_array<detail::MemoryData*>(m.memory_count);
  made->imported_globals = arena.allocate_array<detail::ImportedGlobal>(m.imported_globals);
  made->imported_functions = arena.allocate_array<detail::ImportedFunction>(m.imported_functions);
  detail::TableData* tables = arena.allocate_array<detail::TableData>(own_tables);
  const size_t element_bits = (m.element_count + 7) / 8;
  const size_t data_bits = (m.data_count + 7) / 8;
  made->dropped_elements = static_cast<uint8_t*>(arena.allocate_zeroed(element_bits, 1));
  made->dropped_data = static_cast<uint8_t*>(arena.allocate_zeroed(data_bits, 1));
  made->globals = static_cast<uint32_t*>(
      arena.allocate_zeroed(size_t{m.global_slots} * detail::kSlotBytes, detail::kSlotBytes));
  const bool ok = made->tables != nullptr && made->memories != nullptr &&
                  made->imported_globals != nullptr && made->imported_functions != nullptr &&
                  tables != nullptr && made->dropped_elements != nullptr &&
                  made->dropped_data != nullptr && made->globals != nullptr;
  Error error = ok ? detail::link_imports(*data_, *made) : make_error(ErrorCode::kOutOfMemory);

  for (uint32_t i = 0; i < own_tables && error.ok(); i++) {
    const detail::TableType& type = m.tables[m.imported_tables + i];
    detail::TableData* table = new (&tables[i]) detail::TableData();
    made->tables[m.imported_tables + i] = table;
    table->element = type.element;
    table->size = table->capacity = type.limits.minimum;
    table->maximum = type.limits.maximum;
    table->has_maximum = type.limits.has_maximum;
    if (static_cast<uint64_t>(table->size) * sizeof(Reference) <= SIZE_MAX) {
      table->entries = static_cast<Reference*>(
          arena.allocate_zeroed(size_t{table->size} * sizeof(Reference), alignof(Reference)));
    }
    if (table->entries == nullptr) error.code = ErrorCode::kOutOfMemory;
  }
  for (uint32_t i = m.imported_memories; i < m.memory_count && error.ok(); i++) {
    const detail::MemoryType& type = m.memories[i];
    detail::MemoryData* memory = arena.allocate_array<detail::MemoryData>(1);
    if (memory == nullptr) {
      error.code = ErrorCode::kOutOfMemory;
      break;
    }
    new (memory) detail::MemoryData();
    memory->pages = type.limits.minimum;
    memory->maximum_pages = type.limits.maximum;
    memory->has_maximum = type.limits.has_maximum;
    memory->page_size_log2 = type.page_size_log2;
    made->memories[i] = memory;
  }
  if (m.memory_count != 0 && error.ok()) made->memory = made->memories[0];
  if (error.ok() && m.function_count() > ~Reference{0} - data_->next_reference) {
    error.code = ErrorCode::kTooManyFunctions;
  }
  if (!error.ok()) {
    arena.roll_back_low(mark);
    return error;
  }
  made->reference_base = data_->next_reference;
  data_->next_reference += m.function_count();
  made->next = data_->instances;
  data_->instances = made;
  // From here on, others may hold references to the instance's functions: it stays even if a
  // segment traps.
  error = detail::run_segments(*data_, *made);
  if (error.ok()) *instance = made;
  return error;
}

}  // namespace mote
