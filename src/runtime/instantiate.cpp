// Instantiation (4.5.4): resolving imports, evaluating constant expressions, copying segments.
#include "runtime/store_data.hpp"

namespace mote::detail {

namespace {

Error import_error(ErrorCode code, const ImportData& import) {
  Error error;
  error.code = code;
  error.module_name = import.module_name;
  error.field_name = import.field_name;
  return error;
}

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
        out = ImportedFunction();
        out.instance = &from;
        out.index = found.index;
      }
      return true;
    }
    case ExternKind::kTable: {
      TableData* table = from.tables[found.index];
      const TableType& wanted = module.tables[import.index];
      if (table->element != wanted.element ||
          !limits_match(table->size, table->has_maximum, table->maximum, wanted.limits)) {
        return false;
      }
      instance.tables[import.index] = table;
      return true;
    }
    case ExternKind::kMemory: {
      MemoryData* memory = from.memories[found.index];
      const MemoryType& wanted = module.memories[import.index];
      if (memory->page_size_log2 != wanted.page_size_log2 ||
          !limits_match(memory->pages, memory->has_maximum, memory->maximum_pages, wanted.limits)) {
        return false;
      }
      instance.memories[import.index] = memory;
      return true;
    }
    case ExternKind::kGlobal: {
      const GlobalData& given = from.module->globals[found.index];
      const GlobalData& wanted = module.globals[import.index];
      if (given.type != wanted.type || given.is_mutable != wanted.is_mutable) return false;
      instance.imported_globals[import.index].cell = from.global_cell(found.index);
      return true;
    }
  }
  return false;
}

// Instances that were named later, and host tables that were provided later, come first.
Error link_import(StoreData& store, InstanceData& instance, const ImportData& import) {
  for (NamedInstance* entry = store.names; entry != nullptr; entry = entry->next) {
    if (entry->name != import.module_name) continue;
    const ExportData* found = entry->instance->module->find_export(import.field_name);
    if (found == nullptr) continue;
    return link_export(instance, import, *entry->instance, *found)
               ? Error()
               : import_error(ErrorCode::kIncompatibleImport, import);
  }
  for (HostTable* table = store.hosts; table != nullptr; table = table->next) {
    for (const HostFunction& function : table->functions) {
      if (import.field_name != StringView(function.field_name) ||
          import.module_name != StringView(function.module_name)) {
        continue;
      }
      if (import.kind != ExternKind::kFunction ||
          function.type != instance.module->function_type(import.index)) {
        return import_error(ErrorCode::kIncompatibleImport, import);
      }
      ImportedFunction& out = instance.imported_functions[import.index];
      out = ImportedFunction();
      out.index = import.index;
      out.host = &function;
      out.context = table->context;
      return {};
    }
  }
  return import_error(ErrorCode::kUnknownImport, import);
}

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
bool run_program(StoreData& store, InstanceData& instance, const ConstExpr& expr, uint64_t* out) {
  const Arena::Mark mark = store.arena.mark();
  uint64_t* stack = store.arena.allocate_scratch_array<uint64_t>(expr.count);
  if (stack == nullptr) return false;
  uint32_t height = 0;
  for (uint32_t i = 0; i < expr.count; i++) {
    const ConstExpr::Operation& operation = expr.program[i];
    switch (operation.op) {
      case Op::kGlobalGet: {
        const uint32_t globalidx = static_cast<uint32_t>(operation.bits);
        stack[height++] =
            load_value(reinterpret_cast<const uint8_t*>(instance.global_cell(globalidx)),
                       instance.module->globals[globalidx].type);
        break;
      }
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
  store.arena.roll_back_high(mark);
  return true;
}

bool evaluate(StoreData& store, InstanceData& instance, const ConstExpr& expr, uint64_t* out) {
  switch (expr.kind) {
    case ConstExpr::kValue: *out = expr.bits; return true;
    case ConstExpr::kGlobal:
      *out = load_value(reinterpret_cast<const uint8_t*>(instance.global_cell(expr.index())),
                        instance.module->globals[expr.index()].type);
      return true;
    case ConstExpr::kFunction: *out = StoreData::reference_to(instance, expr.index()); return true;
    case ConstExpr::kProgram: return run_program(store, instance, expr, out);
  }
  return false;
}

}  // namespace

Reference element_reference(InstanceData& instance, uint32_t item) {
  if (item == ElementSegment::kNullItem) return 0;
  if ((item & ElementSegment::kGlobalItem) != 0) {
    return static_cast<Reference>(*instance.global_cell(item & ~ElementSegment::kGlobalItem));
  }
  return StoreData::reference_to(instance, item);
}

Error link_imports(StoreData& store, InstanceData& instance) {
  const ModuleData& module = *instance.module;
  for (uint32_t i = 0; i < module.import_count; i++) {
    const Error error = link_import(store, instance, module.imports[i]);
    if (!error.ok()) return error;
  }
  return {};
}

Error run_segments(StoreData& store, InstanceData& instance) {
  const ModuleData& module = *instance.module;
  Error error;
  uint64_t bits = 0;
  for (uint32_t i = module.imported_globals; i < module.global_count; i++) {
    const GlobalData& global = module.globals[i];
    if (!evaluate(store, instance, global.init, &bits)) {
      error.code = ErrorCode::kOutOfMemory;
      return error;
    }
    store_value(reinterpret_cast<uint8_t*>(instance.global_cell(i)), global.type, bits);
  }
  for (uint32_t i = 0; i < module.element_count; i++) {
    const ElementSegment& segment = module.elements[i];
    if (segment.mode == SegmentMode::kPassive) continue;
    instance.dropped_elements[i / 8] |= static_cast<uint8_t>(1u << (i % 8));
    if (segment.mode == SegmentMode::kDeclarative) continue;
    if (!evaluate(store, instance, segment.offset, &bits)) {
      error.code = ErrorCode::kOutOfMemory;
      return error;
    }
    TableData& table = *instance.tables[segment.table];
    if (bits > table.size || segment.count > table.size - bits) {
      error.code = ErrorCode::kTableBounds;
      error.index = i;
      return error;
    }
    for (uint32_t k = 0; k < segment.count; k++) {
      table.entries[bits + k] = element_reference(instance, segment.items[k]);
    }
  }
  for (uint32_t i = 0; i < module.data_count; i++) {
    const DataSegment& segment = module.data[i];
    if (segment.mode == SegmentMode::kPassive) continue;
    instance.dropped_data[i / 8] |= static_cast<uint8_t>(1u << (i % 8));
    if (!evaluate(store, instance, segment.offset, &bits)) {
      error.code = ErrorCode::kOutOfMemory;
      return error;
    }
    MemoryData& memory = *instance.memories[segment.memory];
    if (bits > memory.size() || segment.size > memory.size() - bits) {
      error.code = ErrorCode::kMemoryBounds;
      error.index = i;
      return error;
    }
    if (segment.size == 0) continue;
    if (!back_memory(store, memory, static_cast<uint32_t>(bits), segment.size)) {
      error.code = ErrorCode::kMemoryQuota;
      error.index = i;
      return error;
    }
    memcpy(memory.at(bits), segment.bytes, segment.size);
  }
  return error;
}

}  // namespace mote::detail
