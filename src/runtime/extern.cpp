// External values (see mote/extern.hpp).
#include <mote/extern.hpp>
#include <mote/store.hpp>

#include "base/placement_new.hpp"
#include "runtime/store_data.hpp"

namespace mote {

using detail::Arena;
using detail::GlobalData;
using detail::InstanceData;
using detail::make_error;
using detail::MemoryData;
using detail::ModuleData;
using detail::StoreData;
using detail::TableData;

namespace {

// NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): null only in one that is not there
InstanceData& instance_of(const Extern& value) { return InstanceData::of(*value.instance); }

TableData& table_of(const Extern& value) { return *instance_of(value).tables[value.index]; }
MemoryData& memory_of(const Extern& value) { return *instance_of(value).memories[value.index]; }

const GlobalData& global_of(const Extern& value) {
  return instance_of(value).module->globals[value.index];
}
uint8_t* cell_of(const Extern& value) {
  return reinterpret_cast<uint8_t*>(instance_of(value).global_cell(value.index));
}

// An instruction that the runtime carries out for guests, for the host.
using detail::RuntimeCall;
void run(RuntimeCall call, const Extern& value, uint32_t* operands) {
  detail::ExecutionData execution;
  execution.instance = &instance_of(value);
  execution.store = execution.instance->store;
  // memory.grow and table.grow do not trap: they answer with -1.
  (void)call(execution, operands, value.index, 0);
}

Limits limits_of(uint32_t size, uint32_t maximum, bool has_maximum) {
  Limits limits;
  limits.minimum = size;
  limits.maximum = maximum;
  limits.has_maximum = has_maximum;
  return limits;
}

}  // namespace

bool Extern::is_there() const {
  if (instance == nullptr) return kind == ExternKind::kFunction && host != nullptr;
  return index < detail::count_of(*instance_of(*this).module, kind);
}

ExternType Extern::type() const {
  ExternType type;
  type.kind = kind;
  switch (kind) {
    case ExternKind::kFunction:
      type.function =
          host != nullptr ? host->type : instance_of(*this).module->function_type(index);
      break;
    case ExternKind::kTable: {
      const TableData& table = table_of(*this);
      type.value = table.element;
      type.limits = limits_of(table.size, table.maximum, table.has_maximum);
      break;
    }
    case ExternKind::kMemory: {
      const MemoryData& memory = memory_of(*this);
      type.limits = limits_of(memory.pages, memory.maximum_pages, memory.has_maximum);
      type.page_size_log2 = memory.page_size_log2;
      break;
    }
    case ExternKind::kGlobal:
      type.value = global_of(*this).type;
      type.is_mutable = global_of(*this).is_mutable;
      break;
  }
  return type;
}

Extern Extern::definition() const {
  if (kind != ExternKind::kFunction || instance == nullptr) return *this;
  const InstanceData& from = instance_of(*this);
  if (index >= from.module->imported_functions) return *this;
  const detail::ImportedFunction& import = from.imported_functions[index];
  if (import.host != nullptr) return of(*import.host, import.context);
  return of(Function{import.instance, import.index});
}

ExternIdentity Extern::identity() const {
  switch (kind) {
    case ExternKind::kFunction: {
      const Extern defined = definition();
      if (defined.host != nullptr) return {defined.host, defined.context};
      const InstanceData& from = instance_of(defined);
      return {from.module->functions + (defined.index - from.module->imported_functions), &from};
    }
    case ExternKind::kTable: return {&table_of(*this), nullptr};
    case ExternKind::kMemory: return {&memory_of(*this), nullptr};
    case ExternKind::kGlobal: break;
  }
  return {cell_of(*this), nullptr};
}

// ---- Functions -------------------------------------------------------------------------------

Value Extern::reference() const {
  return {ValueType::kFuncRef, StoreData::reference_to(instance_of(*this), index)};
}

Extern function_of(Store& store, Value funcref) {
  StoreData* data = StoreData::of(store);
  uint32_t funcidx = 0;
  if (data == nullptr || funcref.type != ValueType::kFuncRef || funcref.is_null()) return {};
  InstanceData* found = data->find_function(static_cast<Reference>(funcref.bits), &funcidx);
  return Extern::of(Function{found, funcidx});
}

// ---- Globals ---------------------------------------------------------------------------------

Value Extern::get() const {
  Value value;
  value.type = global_of(*this).type;
  detail::load_value(cell_of(*this), value.type, &value.bits);
  return value;
}

Error Extern::set(Value value) const {
  if (!global_of(*this).is_mutable) return make_error(ErrorCode::kImmutableGlobal);
  if (global_of(*this).type != value.type) return make_error(ErrorCode::kArguments);
  detail::store_value(cell_of(*this), value.type, value.bits);
  return {};
}

// ---- Memories --------------------------------------------------------------------------------

uint64_t Extern::byte_size() const { return memory_of(*this).size(); }

MutableBytes Extern::bytes(uint32_t address, uint32_t length) const {
  MemoryData& memory = memory_of(*this);
  if (length == 0 ||
      detail::use_memory(*instance_of(*this).store, memory, address, length) != ErrorCode::kOk) {
    return {};
  }
  return {memory.at(address), length};
}

bool Extern::grow_memory(uint32_t pages) const {
  uint32_t operands[1] = {pages};
  run(&detail::calls::memory_grow, *this, operands);
  return operands[0] != 0xFFFFFFFF;
}

// ---- Tables ----------------------------------------------------------------------------------

uint32_t Extern::table_size() const { return table_of(*this).size; }

bool Extern::table_get(uint32_t element, Value* value) const {
  const TableData& table = table_of(*this);
  if (element >= table.size) return false;
  *value = {table.element, table.entries[element]};
  return true;
}

bool Extern::table_set(uint32_t element, Value value) const {
  const TableData& table = table_of(*this);
  if (element >= table.size || value.type != table.element) return false;
  table.entries[element] = static_cast<Reference>(value.bits);
  return true;
}

bool Extern::grow_table(uint32_t elements, Value fill) const {
  if (fill.type != table_of(*this).element) return false;
  uint32_t operands[2] = {static_cast<Reference>(fill.bits), elements};
  run(&detail::calls::table_grow, *this, operands);
  return operands[0] != 0xFFFFFFFF;
}

// ---- Made by the host ------------------------------------------------------------------------

namespace {

// A module with one definition, or one import for `import`, and its only instance.
class Maker {
 public:
  explicit Maker(Store& store) : store_(store), data_(StoreData::of(store)) {
    if (data_ == nullptr) return;
    mark_ = data_->arena.mark();
    module_ = take<ModuleData>();
  }
  Maker(const Maker&) = delete;
  Maker& operator=(const Maker&) = delete;

  // Null: out of memory. The module is not there either then.
  ModuleData* module() const { return failed_ ? nullptr : module_; }
  template <class T>
  T* take() {
    T* place = data_->arena.allocate_array<T>(1);
    if (place == nullptr) {
      failed_ = true;
      return nullptr;
    }
    return new (place) T();
  }

  Error finish(ExternKind kind, Span<const Extern> imports, Extern* made) {
    Instance* instance = nullptr;
    Error error = make_error(ErrorCode::kOutOfMemory);
    if (module() != nullptr) error = store_.instantiate(module_, imports, &instance);
    if (error.ok()) {
      *made = Extern{kind, instance, 0, nullptr, nullptr};
    } else if (data_ != nullptr) {
      data_->arena.roll_back_low(mark_);
    }
    return error;
  }

 private:
  Store& store_;
  StoreData* data_;
  Arena::Mark mark_ = {};
  ModuleData* module_ = nullptr;
  bool failed_ = false;
};

// Whether this build has values of `type`.
Error check_type(ValueType type) {
  Error error;
  switch (type) {
    case ValueType::kI32:
    case ValueType::kI64:
    case ValueType::kFuncRef: return error;
    case ValueType::kF32:
    case ValueType::kF64:
      if (MOTE_FEATURE_FLOATS) return error;
      error.feature = Feature::kFloats;
      break;
    case ValueType::kExternRef:
      if (MOTE_FEATURE_REFERENCE_TYPES) return error;
      error.feature = Feature::kReferenceTypes;
      break;
    default: error.code = ErrorCode::kArguments; return error;
  }
  error.code = ErrorCode::kFeatureOff;
  return error;
}

// 3.2.1: limits within `most`.
bool limits_are_valid(const Limits& limits, uint32_t most) {
  return limits.minimum <= most &&
         (!limits.has_maximum || (limits.minimum <= limits.maximum && limits.maximum <= most));
}

}  // namespace

Error make_memory(Store& store, const ExternType& type, Extern* made) {
  *made = {};
  uint32_t most = 0xFFFFFFFF;
  if (type.page_size_log2 == 16) {
    most = 65536;
  } else if (type.page_size_log2 != 0 || !MOTE_FEATURE_CUSTOM_PAGE_SIZES) {
    return make_error(ErrorCode::kArguments);
  }
  if (!limits_are_valid(type.limits, most)) return make_error(ErrorCode::kArguments);
  Maker maker(store);
  if (ModuleData* module = maker.module()) {
    module->memories = maker.take<detail::MemoryType>();
    if (module->memories != nullptr) {
      module->memory_count = 1;
      module->memories->limits = type.limits;
      if (!type.limits.has_maximum) module->memories->limits.maximum = most;
      module->memories->page_size_log2 = type.page_size_log2;
    }
  }
  return maker.finish(ExternKind::kMemory, {}, made);
}

Error make_table(Store& store, const ExternType& type, Value fill, Extern* made) {
  *made = {};
  Error error = check_type(type.value);
  if (!error.ok()) return error;
  if (!is_reference(type.value) || fill.type != type.value ||
      !limits_are_valid(type.limits, 0xFFFFFFFF)) {
    return make_error(ErrorCode::kArguments);
  }
  Maker maker(store);
  if (ModuleData* module = maker.module()) {
    module->tables = maker.take<detail::TableType>();
    if (module->tables != nullptr) {
      module->table_count = 1;
      module->tables->element = type.value;
      module->tables->limits = type.limits;
      if (!type.limits.has_maximum) module->tables->limits.maximum = 0xFFFFFFFF;
    }
  }
  error = maker.finish(ExternKind::kTable, {}, made);
  if (!error.ok() || fill.is_null()) return error;
  for (uint32_t i = 0; i < type.limits.minimum; i++) made->table_set(i, fill);
  return error;
}

Error make_global(Store& store, const ExternType& type, Value value, Extern* made) {
  *made = {};
  Error error = check_type(type.value);
  if (!error.ok()) return error;
  if (value.type != type.value) return make_error(ErrorCode::kArguments);
  Maker maker(store);
  if (ModuleData* module = maker.module()) {
    module->globals = maker.take<GlobalData>();
    if (module->globals != nullptr) {
      module->global_count = 1;
      module->global_slots = detail::slots_of(type.value);
      module->globals->type = type.value;
      module->globals->is_mutable = type.is_mutable;
      module->globals->init.bits = value.bits;
    }
  }
  return maker.finish(ExternKind::kGlobal, {}, made);
}

Error make_function(Store& store, const HostFunction& host, void* context, Extern* made) {
  *made = {};
  Maker maker(store);
  if (ModuleData* module = maker.module()) {
    module->types = maker.take<FunctionType>();
    module->imports = maker.take<detail::ImportData>();
    module->imported_function_types = maker.take<uint32_t>();
    if (maker.module() != nullptr) {
      *module->types = host.type;
      module->type_count = module->import_count = module->imported_functions = 1;
    }
  }
  const Extern imports[] = {Extern::of(host, context)};
  return maker.finish(ExternKind::kFunction, imports, made);
}

}  // namespace mote
