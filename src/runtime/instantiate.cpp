// Instantiation (4.5.4): resolving imports, evaluating constant expressions, copying segments.
// Compiled twice: imports are resolved by name here, by position in instantiate_by_position.cpp.
// Each is in one piece: a microcontroller has only the former, and pays nothing for a choice.
#include <mote/extern.hpp>
#include <mote/store.hpp>

#include "runtime/store_data.hpp"

namespace mote {

namespace detail {
namespace {

// ---- Imports (4.5.3) -------------------------------------------------------------------------

// 3.5.10: limits of what is given against limits that are wanted.
bool limits_match(uint32_t size, bool has_maximum, uint32_t maximum, const Limits& wanted) {
  if (size < wanted.minimum) return false;
  return !wanted.has_maximum || (has_maximum && maximum <= wanted.maximum);
}

bool link_export(InstanceData& instance, const ImportData& import, InstanceData& from,
                 const ExportData& found) {
  const ModuleData& module = *instance.module;
  if (found.kind != import.kind) return false;
  switch (import.kind) {
    case ExternKind::kFunction: {
      if (from.module->function_type(found.index) != module.function_type(import.index)) {
        return false;
      }
      ImportedFunction& out = instance.imported_functions[import.index];
      if (found.index < from.module->imported_functions) {
        out = from.imported_functions[found.index];
      } else {
        out.instance = &from;
        out.index = found.index;
      }
      return true;
    }
    case ExternKind::kTable: {
      TableData* table = from.tables[found.index];
      const TableType& wanted = module.tables[import.index];
      instance.tables[import.index] = table;
      return table->element == wanted.element &&
             limits_match(table->size, table->has_maximum, table->maximum, wanted.limits);
    }
    case ExternKind::kMemory: {
      MemoryData* memory = from.memories[found.index];
      const MemoryType& wanted = module.memories[import.index];
      instance.memories[import.index] = memory;
      return memory->page_size_log2 == wanted.page_size_log2 &&
             limits_match(memory->pages, memory->has_maximum, memory->maximum_pages, wanted.limits);
    }
    case ExternKind::kGlobal: {
      const GlobalData& given = from.module->globals[found.index];
      const GlobalData& wanted = module.globals[import.index];
      instance.imported_globals[import.index].cell = from.global_cell(found.index);
      return given.type == wanted.type && given.is_mutable == wanted.is_mutable;
    }
  }
  return false;
}

bool link_host_function(InstanceData& instance, const ImportData& import,
                        const HostFunction& function, void* context) {
  if (import.kind != ExternKind::kFunction ||
      function.type != instance.module->function_type(import.index)) {
    return false;
  }
  ImportedFunction& out = instance.imported_functions[import.index];
  out.index = import.index;
  out.host = &function;
  out.context = context;
  return true;
}

#ifdef MOTE_IMPORTS_BY_POSITION

using Imports = Span<const Extern>;

ErrorCode link_import(StoreData& store, InstanceData& instance, const ImportData& import,
                      const Imports& imports) {
  const Extern& given = imports[static_cast<size_t>(&import - instance.module->imports)];
  bool matches = false;
  if (given.host != nullptr) {
    matches = given.host->thunk != nullptr &&
              link_host_function(instance, import, *given.host, given.context);
  } else if (store.has(given.instance)) {
    InstanceData& from = InstanceData::of(*given.instance);
    matches = given.index < count_of(*from.module, given.kind) &&
              link_export(instance, import, from, {{}, given.kind, given.index});
  }
  return matches ? ErrorCode::kOk : ErrorCode::kIncompatibleImport;
}

#else

struct Imports {};  // what the store has by name

__attribute__((noinline)) bool is_named(const char* text, StringView name) {
  return StringView(text) == name;
}

// Instances that were named later, and host tables that were provided later, come first.
ErrorCode link_import(const StoreData& store, InstanceData& instance, const ImportData& import,
                      const Imports&) {
  bool matches = false;
  for (NamedInstance* entry = store.names; entry != nullptr; entry = entry->next) {
    if (entry->name != import.module_name) continue;
    const ExportData* found = entry->instance->module->find_export(import.field_name);
    if (found == nullptr) continue;
    matches = link_export(instance, import, *entry->instance, *found);
    return matches ? ErrorCode::kOk : ErrorCode::kIncompatibleImport;
  }
  for (HostTable* table = store.hosts; table != nullptr; table = table->next) {
    for (const HostFunction& function : table->functions) {
      if (!is_named(function.field_name, import.field_name) ||
          !is_named(function.module_name, import.module_name)) {
        continue;
      }
      matches = link_host_function(instance, import, function, table->context);
      return matches ? ErrorCode::kOk : ErrorCode::kIncompatibleImport;
    }
  }
  return ErrorCode::kUnknownImport;
}

#endif

// ---- Constant expressions (3.3.10) -----------------------------------------------------------

uint64_t value_of_global(InstanceData& instance, uint32_t globalidx) {
  uint64_t bits;
  load_value(reinterpret_cast<const uint8_t*>(instance.global_cell(globalidx)),
             instance.module->globals[globalidx].type, &bits);
  return bits;
}

#if MOTE_FEATURE_EXTENDED_CONST

uint64_t apply(Op op, uint64_t a, uint64_t b) {
  switch (op) {
    case Op::kI32Add: return static_cast<uint32_t>(a + b);
    case Op::kI32Sub: return static_cast<uint32_t>(a - b);
    case Op::kI32Mul: return static_cast<uint32_t>(a * b);
    case Op::kI64Add: return a + b;
    case Op::kI64Sub: return a - b;
    default: return a * b;
  }
}

// Runs a constant expression of several instructions on a stack in scratch memory.
bool run_program(InstanceData& instance, const ConstExpr& expr, uint64_t* out) {
  Arena& arena = instance.store->arena;
  const Arena::Mark mark = arena.mark();
  uint64_t* stack = arena.allocate_scratch_array<uint64_t>(expr.count);
  if (stack == nullptr) return false;
  uint32_t height = 0;
  for (uint32_t i = 0; i < expr.count; i++) {
    const ConstExpr::Operation& operation = expr.program[i];
    switch (operation.op) {
      case Op::kGlobalGet:
        stack[height++] = value_of_global(instance, static_cast<uint32_t>(operation.bits));
        break;
      case Op::kI32Add:
      case Op::kI32Sub:
      case Op::kI32Mul:
      case Op::kI64Add:
      case Op::kI64Sub:
      case Op::kI64Mul:
        height--;
        stack[height - 1] = apply(operation.op, stack[height - 1], stack[height]);
        break;
      default: stack[height++] = operation.bits; break;  // a constant
    }
  }
  *out = stack[0];
  arena.roll_back_high(mark);
  return true;
}

#endif

// False: out of memory.
bool evaluate(InstanceData& instance, const ConstExpr& expr, uint64_t* out) {
  *out = expr.bits;
  switch (expr.kind) {
    case ConstExpr::kGlobal: *out = value_of_global(instance, expr.index()); break;
    case ConstExpr::kFunction: *out = StoreData::reference_to(instance, expr.index()); break;
#if MOTE_FEATURE_EXTENDED_CONST
    case ConstExpr::kProgram: return run_program(instance, expr, out);
#endif
    default: break;
  }
  return true;
}

// ---- Segments --------------------------------------------------------------------------------

ErrorCode fill_globals(InstanceData& instance) {
  const ModuleData& module = *instance.module;
  for (uint32_t i = module.imported_globals; i < module.global_count; i++) {
    uint64_t bits;
    if (!evaluate(instance, module.globals[i].init, &bits)) return ErrorCode::kOutOfMemory;
    store_value(reinterpret_cast<uint8_t*>(instance.global_cell(i)), module.globals[i].type, bits);
  }
  return ErrorCode::kOk;
}

ErrorCode fill_table(InstanceData& instance, const ElementSegment& segment) {
  uint64_t offset;
  if (!evaluate(instance, segment.offset, &offset)) return ErrorCode::kOutOfMemory;
  const TableData& table = *instance.tables[segment.table];
  const uint32_t begin = static_cast<uint32_t>(offset);
  if (!in_range(begin, segment.count, table.size)) return ErrorCode::kTableBounds;
  for (uint32_t i = 0; i < segment.count; i++) {
    table.entries[begin + i] = element_reference(instance, segment.items[i]);
  }
  return ErrorCode::kOk;
}

ErrorCode fill_memory(InstanceData& instance, const DataSegment& segment) {
  uint64_t offset;
  if (!evaluate(instance, segment.offset, &offset)) return ErrorCode::kOutOfMemory;
  MemoryData& memory = *instance.memories[segment.memory];
  const uint32_t begin = static_cast<uint32_t>(offset);
  const ErrorCode code = use_memory(*instance.store, memory, begin, segment.size);
  if (code != ErrorCode::kOk || segment.size == 0) return code;
  memcpy(memory.at(begin), segment.bytes, segment.size);
  return code;
}

// Active segments are dropped when they were copied. `*number`: of the segment that failed.
ErrorCode run_segments(InstanceData& instance, uint32_t* number) {
  const ModuleData& module = *instance.module;
  ErrorCode code = fill_globals(instance);
  for (uint32_t i = 0; i < module.element_count && code == ErrorCode::kOk; i++) {
    const ElementSegment& segment = module.elements[i];
    if (segment.mode == SegmentMode::kPassive) continue;
    set_dropped(instance.dropped_elements, i);
    if (segment.mode == SegmentMode::kActive) code = fill_table(instance, segment);
    *number = i;
  }
  for (uint32_t i = 0; i < module.data_count && code == ErrorCode::kOk; i++) {
    const DataSegment& segment = module.data[i];
    if (segment.mode == SegmentMode::kPassive) continue;
    set_dropped(instance.dropped_data, i);
    code = fill_memory(instance, segment);
    *number = i;
  }
  return code;
}

// ---- Instances -------------------------------------------------------------------------------

// Memory for the parts of an instance, zeroed, which is how they begin.
class Parts {
 public:
  explicit Parts(Arena& arena) : arena_(arena) {}

  template <class T>
  void take(T** out, uint32_t count) {
    // NOLINTNEXTLINE(bugprone-sizeof-expression): some parts are arrays of pointers
    *out = static_cast<T*>(take(count, sizeof(T), alignof(T)));
  }
  // False: something did not fit.
  bool ok() const { return ok_; }

 private:
  __attribute__((noinline)) void* take(uint32_t count, size_t size, size_t alignment) {
    size_t bytes;
    void* part = __builtin_mul_overflow(count, size, &bytes)
                     ? nullptr
                     : arena_.allocate_zeroed(bytes, alignment);
    if (part == nullptr) ok_ = false;
    return part;
  }

  Arena& arena_;
  bool ok_ = true;
};

// `*import`: the import that could not be resolved.
ErrorCode make_instance(StoreData& store, const ModuleData& module, const Imports& imports,
                        InstanceData** out, const ImportData** import) {
  Parts parts(store.arena);
  InstanceData* made;
  TableData* tables;
  MemoryData* memories;
  parts.take(&made, 1);
  if (!parts.ok()) return ErrorCode::kOutOfMemory;
  *out = made;
  made->module = &module;
  made->store = &store;
  parts.take(&made->tables, module.table_count);
  parts.take(&made->memories, module.memory_count);
  parts.take(&made->imported_globals, module.imported_globals);
  parts.take(&made->imported_functions, module.imported_functions);
  parts.take(&tables, module.table_count - module.imported_tables);
  parts.take(&memories, module.memory_count - module.imported_memories);
  parts.take(&made->dropped_elements, (module.element_count + 7) / 8);
  parts.take(&made->dropped_data, (module.data_count + 7) / 8);
  parts.take(&made->globals, module.global_slots);
  if (!parts.ok()) return ErrorCode::kOutOfMemory;

  for (uint32_t i = 0; i < module.import_count; i++) {
    *import = &module.imports[i];
    const ErrorCode code = link_import(store, *made, **import, imports);
    if (code != ErrorCode::kOk) return code;
  }
  for (uint32_t i = module.imported_tables; i < module.table_count; i++) {
    const TableType& type = module.tables[i];
    TableData* table = tables++;
    made->tables[i] = table;
    table->element = type.element;
    table->size = table->capacity = type.limits.minimum;
    table->maximum = type.limits.maximum;
    table->has_maximum = type.limits.has_maximum;
#if MOTE_FEATURE_QUOTAS
    table->quota = store.quota.table_entries;
#endif
    parts.take(&table->entries, table->size);
  }
  for (uint32_t i = module.imported_memories; i < module.memory_count; i++) {
    const MemoryType& type = module.memories[i];
    MemoryData* memory = memories++;
    made->memories[i] = memory;
    memory->pages = type.limits.minimum;
    memory->maximum_pages = type.limits.maximum;
    memory->has_maximum = type.limits.has_maximum;
    memory->page_size_log2 = type.page_size_log2;
#if MOTE_FEATURE_QUOTAS
    memory->quota = store.quota.memory_bytes;
#endif
  }
  if (!parts.ok()) return ErrorCode::kOutOfMemory;
  if (module.memory_count != 0) made->memory = made->memories[0];
  if (module.function_count() > ~Reference{0} - store.next_reference) {
    return ErrorCode::kTooManyFunctions;
  }
  made->reference_base = store.next_reference;
  store.next_reference += module.function_count();
  made->next = store.instances;
  store.instances = made;
  return ErrorCode::kOk;
}

}  // namespace

#ifndef MOTE_IMPORTS_BY_POSITION
Reference element_reference(InstanceData& instance, uint32_t item) {
  if (item == ElementSegment::kNullItem) return 0;
  if ((item & ElementSegment::kGlobalItem) != 0) {
    return static_cast<Reference>(*instance.global_cell(item & ~ElementSegment::kGlobalItem));
  }
  return StoreData::reference_to(instance, item);
}
#endif

}  // namespace detail

#ifdef MOTE_IMPORTS_BY_POSITION
Error Store::instantiate(const Module* module, Span<const Extern> imports, Instance** instance) {
  using namespace detail;
#else
Error Store::instantiate(const Module* module, Instance** instance) {
  using namespace detail;
  const Imports imports{};
#endif
  *instance = nullptr;
  Error error;
  error.code = ErrorCode::kOutOfMemory;
  if (data_ == nullptr) return error;
  if (!data_->arena.has(module)) return make_error(ErrorCode::kNotInStore);
#ifdef MOTE_IMPORTS_BY_POSITION
  if (imports.size() < module->import_count()) {
    const ImportInfo info = module->import(static_cast<uint32_t>(imports.size()));
    error.code = ErrorCode::kUnknownImport;
    error.module_name = info.module_name;
    error.field_name = info.field_name;
    return error;
  }
#endif
  const Arena::Mark mark = data_->arena.mark();
  InstanceData* made = nullptr;
  const ImportData* import = nullptr;
  error.code = make_instance(*data_, ModuleData::of(*module), imports, &made, &import);
  if (!error.ok()) {
    data_->arena.roll_back_low(mark);
    if (error.code == ErrorCode::kUnknownImport || error.code == ErrorCode::kIncompatibleImport) {
      error.module_name = import->module_name;
      error.field_name = import->field_name;
    }
    return error;
  }
  uint32_t segment = 0;
  error.code = run_segments(*made, &segment);
  if (error.ok()) {
    *instance = made;
    return error;
  }
  if (error.code != ErrorCode::kOutOfMemory) error.index = segment;
  // With an imported table, others may hold references to the instance's functions; with an
  // imported memory, that may lie behind the instance by now: then it stays.
  if (made->module->imported_tables == 0 && made->module->imported_memories == 0) {
    data_->instances = made->next;
    data_->arena.roll_back_low(mark);
  }
  return error;
}

}  // namespace mote
