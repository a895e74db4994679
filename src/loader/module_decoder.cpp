// Module decoder: the state machine, and the sections without one of their own. See
// module_decoder.hpp; sections with const expressions and segments are in module_segments.cpp.
#include "loader/module_decoder.hpp"

#include "base/placement_new.hpp"

namespace mote::detail {

namespace {

constexpr uint8_t kMagicAndVersion[8] = {0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00};

// Position of each section id in the order that 5.5.2 demands; 0: custom.
constexpr uint8_t kSectionOrder[] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 11, 6};

}  // namespace

ModuleDecoder::ModuleDecoder(Arena& arena, ModuleData& module, CodeSink& sink,
                             const LoadOptions& options)
    : arena_(arena), module_(module), sink_(sink), options_(options) {
  context_.module = &module;
  context_.arena = &arena;
  expr_stack_.reset(&arena);
  import_functions_.reset(&arena);
  import_tables_.reset(&arena);
  import_memories_.reset(&arena);
  import_globals_.reset(&arena);
}

bool ModuleDecoder::out_of_memory(Reader& reader) {
  return reader.fail(ErrorCode::kOutOfMemory, reader.position());
}

bool ModuleDecoder::fail_index(Reader& reader, ErrorCode code, uint32_t offset, uint32_t index) {
  Error error;
  error.code = code;
  error.offset = offset;
  error.index = index;
  return reader.fail(error);
}

bool ModuleDecoder::feed(Bytes bytes) {
  if (!error_.ok()) return false;
  const uint64_t total = static_cast<uint64_t>(offset_) + carry_size_ + bytes.size();
  if (total >= kNoIndex) {
    error_.code = ErrorCode::kModuleTooLarge;
    return false;
  }
  while (carry_size_ != 0 && !bytes.empty()) {
    const uint32_t room = kCarrySize - carry_size_;
    const uint32_t taken = bytes.size() < room ? static_cast<uint32_t>(bytes.size()) : room;
    memcpy(carry_ + carry_size_, bytes.data(), taken);
    stable_ = false;
    Reader reader({carry_, carry_size_ + taken}, offset_);
    run(reader);
    if (!error_.ok()) return false;
    const uint32_t consumed = static_cast<uint32_t>(reader.cursor() - carry_);
    offset_ += consumed;
    if (consumed >= carry_size_) {
      bytes = bytes.from(consumed - carry_size_);
      carry_size_ = 0;
    } else {
      bytes = bytes.from(taken);
      carry_size_ += taken - consumed;
      memmove(carry_, carry_ + consumed, carry_size_);
    }
  }
  if (bytes.empty()) return true;
  stable_ = options_.bytes_stay;
  Reader reader(bytes, offset_);
  run(reader);
  if (!error_.ok()) return false;
  const size_t consumed = static_cast<size_t>(reader.cursor() - bytes.data());
  offset_ += static_cast<uint32_t>(consumed);
  carry_size_ = static_cast<uint32_t>(bytes.size() - consumed);
  memcpy(carry_, bytes.end() - carry_size_, carry_size_);
  return true;
}

bool ModuleDecoder::finish() {
  if (!error_.ok()) return false;
  Reader reader({carry_, 0}, offset_);
  if (last_order_ < kSectionOrder[kFunction] && !imports_done(reader)) {
    error_ = reader.error();
    return false;
  }
  if (step_ != Step::kSection || carry_size_ != 0) {
    error_.code = ErrorCode::kUnexpectedEnd;
  } else if (!has_code_ && module_.defined_functions != 0) {
    error_.code = ErrorCode::kFunctionCodeMismatch;
  } else if (!has_data_ && context_.has_data_count && context_.data_count != 0) {
    error_.code = ErrorCode::kDataCountMismatch;
  }
  if (!error_.ok()) {
    error_.offset = offset_ + carry_size_;
    return false;
  }
  module_.module_info.module_bytes = offset_;
  module_.module_info.types = module_.type_count;
  module_.module_info.functions = module_.defined_functions;
  return true;
}

void ModuleDecoder::run(Reader& reader) {
  for (;;) {
    const uint8_t* item = reader.cursor();
    if (step(reader)) continue;
    if (reader.need_more()) {
      reader.set_cursor(item);
      module_.features |= reader.features();
      return;
    }
    if (in_names_) {  // a custom section cannot make a module malformed
      drop_names();
      reader.set_cursor(item);
      step_ = Step::kCustomSkip;
      continue;
    }
    error_ = reader.error();
    return;
  }
}

bool ModuleDecoder::step(Reader& reader) {
  reader.set_limit(step_ == Step::kHeader || step_ == Step::kSection ? kNoIndex : section_end_);
  switch (step_) {
    case Step::kHeader: return header(reader);
    case Step::kSection: return section(reader);
    case Step::kSectionCount: return section_count(reader);
    case Step::kItem: return item(reader);
    case Step::kItemsDone: return items_done(reader);
    case Step::kNameLength: return name_length(reader);
    case Step::kNameBytes: return name_bytes(reader);
    case Step::kTypeParameters: return type_list(reader, Step::kTypeResultCount);
    case Step::kTypeResultCount: return type_result_count(reader);
    case Step::kTypeResults: return type_list(reader, Step::kItem);
    case Step::kImportField:
      imports_[item_].module_name = name_;
      return begin_name(Step::kImportType);
    case Step::kImportType: return import_type(reader);
    case Step::kGlobalExpr:
      module_.globals[module_.global_count++].init = expr_;
      step_ = Step::kItem;
      return true;
    case Step::kExportTarget: return export_target(reader);
    case Step::kConstExpr: return const_expr(reader);
    case Step::kElementKind: return element_kind(reader);
    case Step::kElementCount: return element_count(reader);
    case Step::kElementItems: return element_item_index(reader);
    case Step::kElementExpr: return element_item_expr_done(reader);
    case Step::kDataSize: return data_size(reader);
    case Step::kDataBytes: return data_bytes(reader);
    case Step::kFunctionLocals: return function_locals(reader);
    case Step::kFunctionBody: return function_body(reader);
    case Step::kCustomName: return custom_name(reader);
    case Step::kCustomSkip: return custom_skip(reader);
    case Step::kNameSection:
    case Step::kNameSectionSkip: return name_section(reader);
    case Step::kModuleName:
      module_.module_name = name_;
      step_ = Step::kNameSectionSkip;
      return true;
    case Step::kNameMap: return name_map(reader);
    case Step::kNameMapEntry: return name_map_entry(reader);
  }
  return false;
}

// ---- Sections --------------------------------------------------------------------------------

bool ModuleDecoder::header(Reader& reader) {
  for (uint32_t i = 0; i < 8; i++) {
    uint8_t byte;
    if (!reader.byte(&byte)) return false;
    if (byte != kMagicAndVersion[i]) {
      // The magic and the version are compared as four bytes each: wait for all of them.
      const uint32_t group_end = i < 4 ? 4 : 8;
      while (reader.position() < group_end) {
        if (!reader.byte(&byte)) return false;
      }
      return reader.fail(i < 4 ? ErrorCode::kMagic : ErrorCode::kVersion, i < 4 ? 0 : 4);
    }
  }
  step_ = Step::kSection;
  return true;
}

bool ModuleDecoder::section(Reader& reader) {
  const uint32_t offset = reader.position();
  uint8_t id;
  uint32_t size;
  if (!reader.byte(&id)) return false;
  if (id > kTag) return fail_index(reader, ErrorCode::kSectionId, offset, id);
  if (id == kTag) return reader.fail_feature(Feature::kExceptions, offset);
  if (id != kCustom && kSectionOrder[id] <= last_order_) {
    return fail_index(reader, ErrorCode::kSectionOrder, offset, id);
  }
  if (!reader.u32(&size)) return false;
  if (size >= kNoIndex - reader.position()) {
    return reader.fail(ErrorCode::kModuleTooLarge, offset);
  }
#if !MOTE_FEATURE_BULK_MEMORY
  if (id == kDataCount) return reader.fail_feature(Feature::kBulkMemory, offset);
#endif
  section_ = id;
  section_end_ = reader.position() + size;
  if (id == kCustom) {
    name_keep_ = false;
    return begin_name(Step::kCustomName);
  }
  name_keep_ = true;
  // Imports come before the index spaces that later sections add to: fix them once, on the way.
  if (last_order_ < kSectionOrder[kFunction] && kSectionOrder[id] >= kSectionOrder[kFunction]) {
    if (!imports_done(reader)) return false;
  }
  last_order_ = kSectionOrder[id];
  item_ = 0;
  count_ = 0;
  step_ = id == kStart || id == kDataCount ? Step::kItem : Step::kSectionCount;
  return true;
}

bool ModuleDecoder::section_count(Reader& reader) {
  const uint32_t offset = reader.position();
  if (!reader.u32(&count_)) return false;
  // Every item takes at least one byte.
  if (count_ > reader.left()) {
    return fail_index(reader, ErrorCode::kUnexpectedEndOfSection, offset, count_);
  }
  if (count_ > kMaxItems) return fail_index(reader, ErrorCode::kTooManyItems, offset, count_);
  if (!allocate_items(reader, offset)) return false;
  step_ = count_ == 0 ? Step::kItemsDone : Step::kItem;
  return true;
}

// Makes room for `count_` items of the section.
bool ModuleDecoder::allocate_items(Reader& reader, uint32_t offset) {
  bool ok = true;
  switch (section_) {
    case kType:
      if (count_ > kMaxTypes) return fail_index(reader, ErrorCode::kTooManyTypes, offset, count_);
      types_ = arena_.allocate_array<FunctionType>(count_);
      ok = types_ != nullptr;
      module_.types = types_;
      break;
    case kImport:
      imports_ = arena_.allocate_array<ImportData>(count_);
      ok = imports_ != nullptr;
      module_.imports = imports_;
      break;
    case kFunction:
      if (count_ > kMaxFunctions - module_.imported_functions) {
        return fail_index(reader, ErrorCode::kTooManyFunctions, offset, count_);
      }
      module_.functions = arena_.allocate_array<FunctionCode>(count_);
      ok = module_.functions != nullptr;
      break;
    case kTable: {
      TableType* all = arena_.allocate_array<TableType>(module_.table_count + count_);
      ok = all != nullptr;
      if (ok && module_.table_count != 0) {
        memcpy(static_cast<void*>(all), tables_, module_.table_count * sizeof(TableType));
      }
      module_.tables = tables_ = all;
      break;
    }
    case kMemory: {
      MemoryType* all = arena_.allocate_array<MemoryType>(module_.memory_count + count_);
      ok = all != nullptr;
      if (ok && module_.memory_count != 0) {
        memcpy(static_cast<void*>(all), memories_, module_.memory_count * sizeof(MemoryType));
      }
      module_.memories = memories_ = all;
      break;
    }
    case kGlobal: {
      GlobalData* all = arena_.allocate_array<GlobalData>(module_.global_count + count_);
      ok = all != nullptr;
      if (ok && module_.global_count != 0) {
        memcpy(static_cast<void*>(all), module_.globals, module_.global_count * sizeof(GlobalData));
      }
      module_.globals = all;
      break;
    }
    case kExport:
      exports_ = arena_.allocate_array<ExportData>(count_);
      export_offsets_ = arena_.allocate_scratch_array<uint32_t>(count_);
      ok = exports_ != nullptr && export_offsets_ != nullptr;
      module_.exports = exports_;
      break;
    case kElement:
      elements_ = arena_.allocate_array<ElementSegment>(count_);
      ok = elements_ != nullptr;
      module_.elements = elements_;
      break;
    case kCode:
      has_code_ = true;
      if (count_ != module_.defined_functions) {
        return fail_index(reader, ErrorCode::kFunctionCodeMismatch, offset, count_);
      }
      return sink_.begin_code(context_, reader);
    case kData:
      has_data_ = true;
      if (context_.has_data_count && context_.data_count != count_) {
        return fail_index(reader, ErrorCode::kDataCountMismatch, offset, count_);
      }
      data_ = arena_.allocate_array<DataSegment>(count_);
      ok = data_ != nullptr;
      module_.data = data_;
      break;
    default: break;
  }
  return ok || out_of_memory(reader);
}

bool ModuleDecoder::item(Reader& reader) {
  if (section_ == kStart) return start_section(reader);
  if (section_ == kDataCount) {
    if (!reader.u32(&context_.data_count)) return false;
    context_.has_data_count = true;
    context_.use(Feature::kBulkMemory);
    return end_of_section(reader);
  }
  if (item_ == count_) {
    step_ = Step::kItemsDone;
    return true;
  }
  item_offset_ = reader.position();
  switch (section_) {
    case kType: return type_item(reader);
    case kImport: return begin_name(Step::kImportField);
    case kFunction: return function_item(reader);
    case kTable: return table_item(reader);
    case kMemory: return memory_item(reader);
    case kGlobal: return global_item(reader);
    case kExport: return begin_name(Step::kExportTarget);
    case kElement: return element_item(reader);
    case kCode: return code_item(reader);
    default: return data_item(reader);
  }
}

bool ModuleDecoder::items_done(Reader& reader) {
  if (!reader.at_limit()) return reader.fail(ErrorCode::kSectionSize, reader.position());
  if (section_ == kExport && !exports_done(reader)) return false;
  if (section_ == kCode && !sink_.end_code(reader)) return false;
  return end_of_section(reader);
}

bool ModuleDecoder::end_of_section(Reader& reader) {
  if (!reader.at_limit()) return reader.fail(ErrorCode::kSectionSize, reader.position());
  step_ = Step::kSection;
  return true;
}

// ---- Types, imports, functions ---------------------------------------------------------------

bool ModuleDecoder::type_item(Reader& reader) {
  uint8_t form;
  if (!reader.byte(&form)) return false;
  if (form != 0x60) {
    if (form == 0x4E || form == 0x4F || form == 0x50 || form == 0x5E || form == 0x5F) {
      return reader.fail_feature(Feature::kGc, item_offset_);
    }
    return reader.fail(ErrorCode::kFunctionTypeForm, item_offset_);
  }
  const uint32_t offset = reader.position();
  if (!reader.u32(&list_size_)) return false;
  if (list_size_ > reader.left()) {
    return reader.fail(ErrorCode::kUnexpectedEndOfSection, offset);
  }
  if (list_size_ > kMaxParameters) {
    return fail_index(reader, ErrorCode::kTooManyParameters, offset, list_size_);
  }
  list_ = arena_.allocate_array<ValueType>(list_size_);
  if (list_ == nullptr) return out_of_memory(reader);
  new (&types_[item_]) FunctionType();
  types_[item_].parameters = list_;
  types_[item_].parameter_count = static_cast<uint16_t>(list_size_);
  list_filled_ = 0;
  step_ = Step::kTypeParameters;
  return true;
}

bool ModuleDecoder::type_list(Reader& reader, Step next) {
  if (list_filled_ < list_size_) {
    ValueType type;
    if (!decode_value_type(reader, &type)) return false;
    module_.features |= features_of(type);
    list_[list_filled_++] = type;
    return true;
  }
  step_ = next;
  if (next == Step::kItem) {
    item_++;
    module_.type_count = item_;
  }
  return true;
}

bool ModuleDecoder::type_result_count(Reader& reader) {
  const uint32_t offset = reader.position();
  if (!reader.u32(&list_size_)) return false;
  if (list_size_ > reader.left()) {
    return reader.fail(ErrorCode::kUnexpectedEndOfSection, offset);
  }
  if (list_size_ > kMaxParameters) {
    return fail_index(reader, ErrorCode::kTooManyParameters, offset, list_size_);
  }
  if (list_size_ > 1) {
#if MOTE_FEATURE_MULTI_VALUE
    context_.use(Feature::kMultiValue);
#else
    return reader.fail_feature(Feature::kMultiValue, offset);
#endif
  }
  list_ = arena_.allocate_array<ValueType>(list_size_);
  if (list_ == nullptr) return out_of_memory(reader);
  types_[item_].results = list_;
  types_[item_].result_count = static_cast<uint16_t>(list_size_);
  list_filled_ = 0;
  step_ = Step::kTypeResults;
  return true;
}

bool ModuleDecoder::import_type(Reader& reader) {
  ImportData import;
  import.module_name = imports_[item_].module_name;
  import.field_name = name_;
  const uint32_t offset = reader.position();
  uint8_t kind;
  if (!reader.byte(&kind)) return false;
  if (kind == 4) return reader.fail_feature(Feature::kExceptions, offset);
  if (kind == 0x20) return reader.fail_feature(Feature::kCustomDescriptors, offset);
  if (kind > 4) return fail_index(reader, ErrorCode::kImportKind, offset, kind);
  import.kind = static_cast<ExternKind>(kind);
  // The index spaces can be allocated only when all imports are known: types wait in scratch.
  bool ok = true;
  switch (import.kind) {
    case ExternKind::kFunction: {
      const uint32_t type_offset = reader.position();
      uint32_t type;
      if (!reader.u32(&type)) return false;
      if (type >= module_.type_count) {
        return fail_index(reader, ErrorCode::kUnknownType, type_offset, type);
      }
      import.index = import_functions_.size();
      if (import.index == kMaxFunctions) return reader.fail(ErrorCode::kTooManyFunctions, offset);
      ok = import_functions_.push(type);
      break;
    }
    case ExternKind::kTable: {
      TableType type;
      if (!decode_table_type(reader, &type)) return false;
      import.index = import_tables_.size();
      ok = import_tables_.push(type);
      if (!check_table_count(reader, import_tables_.size(), offset)) return false;
      break;
    }
    case ExternKind::kMemory: {
      MemoryType type;
      if (!decode_memory_type(reader, &type)) return false;
      import.index = import_memories_.size();
      ok = import_memories_.push(type);
      if (!check_memory_count(reader, import_memories_.size(), offset)) return false;
      break;
    }
    case ExternKind::kGlobal: {
      GlobalData type;
      if (!decode_global_type(reader, &type)) return false;
      if (type.is_mutable) context_.use(Feature::kMutableGlobals);
      import.index = type.cell = import_globals_.size();
      ok = import_globals_.push(type);
      break;
    }
  }
  if (!ok) return out_of_memory(reader);
  imports_[item_] = import;
  item_++;
  module_.import_count = item_;
  step_ = Step::kItem;
  return true;
}

// All imports are known: makes the imported part of each index space.
bool ModuleDecoder::imports_done(Reader& reader) {
  module_.imported_functions = import_functions_.size();
  module_.imported_tables = module_.table_count = import_tables_.size();
  module_.imported_memories = module_.memory_count = import_memories_.size();
  module_.imported_globals = module_.global_count = import_globals_.size();
  uint32_t* types = arena_.allocate_array<uint32_t>(import_functions_.size());
  tables_ = arena_.allocate_array<TableType>(import_tables_.size());
  memories_ = arena_.allocate_array<MemoryType>(import_memories_.size());
  module_.globals = arena_.allocate_array<GlobalData>(import_globals_.size());
  if (types == nullptr || tables_ == nullptr || memories_ == nullptr ||
      module_.globals == nullptr) {
    return out_of_memory(reader);
  }
  import_functions_.copy_to(types);
  import_tables_.copy_to(tables_);
  import_memories_.copy_to(memories_);
  import_globals_.copy_to(module_.globals);
  module_.imported_function_types = types;
  module_.tables = tables_;
  module_.memories = memories_;
  return true;
}

bool ModuleDecoder::function_item(Reader& reader) {
  uint32_t type;
  if (!reader.u32(&type)) return false;
  if (type >= module_.type_count) {
    return fail_index(reader, ErrorCode::kUnknownType, item_offset_, type);
  }
  FunctionCode function;
  function.type = type;
  module_.functions[item_++] = function;
  module_.defined_functions = item_;
  return true;
}

// ---- Tables, memories, globals ---------------------------------------------------------------

bool ModuleDecoder::decode_limits(Reader& reader, bool is_memory, Limits* limits,
                                  uint8_t* page_size_log2) {
  const uint32_t offset = reader.position();
  uint8_t flags;
  if (!reader.byte(&flags)) return false;
  if (flags > (is_memory ? 0x0F : 0x07)) return reader.fail(ErrorCode::kLimitsFlags, offset);
  const uint32_t minimum_offset = reader.position();
  uint64_t minimum;
  uint64_t maximum = UINT32_MAX;
  if (!reader.u64(&minimum)) return false;
  const uint32_t maximum_offset = reader.position();
  limits->has_maximum = (flags & 0x01) != 0;
  if (limits->has_maximum && !reader.u64(&maximum)) return false;
  uint32_t page_log2 = 16;
  if ((flags & 0x08) != 0) {
    const uint32_t page_offset = reader.position();
    if (!reader.u32(&page_log2)) return false;
    if (page_log2 >= 64) return reader.fail(ErrorCode::kPageSizeMalformed, page_offset);
    if (page_log2 != 0 && page_log2 != 16) {
      return reader.fail(ErrorCode::kPageSizeInvalid, page_offset);
    }
#if !MOTE_FEATURE_CUSTOM_PAGE_SIZES
    return reader.fail_feature(Feature::kCustomPageSizes, offset);
#endif
    context_.use(Feature::kCustomPageSizes);
  }
  // 3.2.7: a memory has at most 2^32 bytes; one byte less with byte pages, to fit 32 bits.
  // Refusing what is invalid anyway comes before refusing what needs a feature.
  const bool is_64 = (flags & 0x04) != 0;
  uint64_t most = is_memory && page_log2 == 16 ? 65536 : UINT32_MAX;
  if (is_64) most = !is_memory || page_log2 == 0 ? UINT64_MAX : uint64_t{1} << 48;
  const ErrorCode too_large = is_memory ? ErrorCode::kMemorySize : ErrorCode::kTableSize;
  if (minimum > most) return reader.fail(too_large, minimum_offset);
  if (limits->has_maximum && maximum > most) return reader.fail(too_large, maximum_offset);
  if (limits->has_maximum && maximum < minimum) {
    return reader.fail(ErrorCode::kLimitsOrder, maximum_offset);
  }
  if (is_64) return reader.fail_feature(Feature::kMemory64, offset);
  if ((flags & 0x02) != 0) return reader.fail_feature(Feature::kThreads, offset);
  limits->minimum = static_cast<uint32_t>(minimum);
  limits->maximum =
      limits->has_maximum ? static_cast<uint32_t>(maximum) : static_cast<uint32_t>(most);
  *page_size_log2 = static_cast<uint8_t>(page_log2);
  return true;
}

bool ModuleDecoder::decode_table_type(Reader& reader, TableType* type) {
  uint8_t unused;
  if (!decode_reference_type(reader, &type->element)) return false;
  if (type->element != ValueType::kFuncRef) context_.use(Feature::kReferenceTypes);
  return decode_limits(reader, false, &type->limits, &unused);
}

bool ModuleDecoder::decode_memory_type(Reader& reader, MemoryType* type) {
  return decode_limits(reader, true, &type->limits, &type->page_size_log2);
}

bool ModuleDecoder::decode_global_type(Reader& reader, GlobalData* type) {
  if (!decode_value_type(reader, &type->type)) return false;
  module_.features |= features_of(type->type);
  const uint32_t offset = reader.position();
  uint8_t mutability;
  if (!reader.byte(&mutability)) return false;
  if (mutability > 1) return reader.fail(ErrorCode::kMutability, offset);
  type->is_mutable = mutability == 1;
  return true;
}

bool ModuleDecoder::check_table_count(Reader& reader, uint32_t count, uint32_t offset) {
  if (count < 2) return true;
#if MOTE_FEATURE_REFERENCE_TYPES
  (void)reader;
  (void)offset;
  context_.use(Feature::kReferenceTypes);
  return true;
#else
  return reader.fail_feature(Feature::kReferenceTypes, offset);
#endif
}

bool ModuleDecoder::check_memory_count(Reader& reader, uint32_t count, uint32_t offset) {
  if (count < 2) return true;
#if MOTE_FEATURE_MULTI_MEMORY
  (void)reader;
  (void)offset;
  context_.use(Feature::kMultiMemory);
  return true;
#else
  return reader.fail_feature(Feature::kMultiMemory, offset);
#endif
}

bool ModuleDecoder::table_item(Reader& reader) {
  uint8_t form;
  const uint8_t* start = reader.cursor();
  if (!reader.byte(&form)) return false;
  if (form == 0x40) return reader.fail_feature(Feature::kFunctionReferences, item_offset_);
  reader.set_cursor(start);
  TableType type;
  if (!decode_table_type(reader, &type)) return false;
  if (!check_table_count(reader, module_.table_count + 1, item_offset_)) return false;
  new (&tables_[module_.table_count++]) TableType(type);
  item_++;
  return true;
}

bool ModuleDecoder::memory_item(Reader& reader) {
  MemoryType type;
  if (!decode_memory_type(reader, &type)) return false;
  if (!check_memory_count(reader, module_.memory_count + 1, item_offset_)) return false;
  new (&memories_[module_.memory_count++]) MemoryType(type);
  item_++;
  return true;
}

bool ModuleDecoder::global_item(Reader& reader) {
  GlobalData type;
  if (!decode_global_type(reader, &type)) return false;
  type.cell = module_.global_slots;
  module_.global_slots += slots_of(type.type);
  new (&module_.globals[module_.global_count]) GlobalData(type);
  item_++;
  return begin_expr(type.type, Step::kGlobalExpr);
}

// ---- Exports, start --------------------------------------------------------------------------

bool ModuleDecoder::export_target(Reader& reader) {
  const uint32_t offset = reader.position();
  uint8_t kind;
  uint32_t index;
  if (!reader.byte(&kind)) return false;
  if (kind == 4) return reader.fail_feature(Feature::kExceptions, offset);
  if (kind > 4) return fail_index(reader, ErrorCode::kExportKind, offset, kind);
  const uint32_t index_offset = reader.position();
  if (!reader.u32(&index)) return false;
  ExportData entry;
  entry.name = name_;
  entry.kind = static_cast<ExternKind>(kind);
  entry.index = index;
  switch (entry.kind) {
    case ExternKind::kFunction:
      if (index >= module_.function_count()) {
        return fail_index(reader, ErrorCode::kUnknownFunction, index_offset, index);
      }
      if (!declare_function(reader, index)) return false;
      break;
    case ExternKind::kTable:
      if (index >= module_.table_count) {
        return fail_index(reader, ErrorCode::kUnknownTable, index_offset, index);
      }
      break;
    case ExternKind::kMemory:
      if (index >= module_.memory_count) {
        return fail_index(reader, ErrorCode::kUnknownMemory, index_offset, index);
      }
      break;
    case ExternKind::kGlobal:
      if (index >= module_.global_count) {
        return fail_index(reader, ErrorCode::kUnknownGlobal, index_offset, index);
      }
      if (module_.globals[index].is_mutable) context_.use(Feature::kMutableGlobals);
      break;
  }
  export_offsets_[item_] = item_offset_;
  new (&exports_[item_]) ExportData(entry);
  module_.export_count = ++item_;
  step_ = Step::kItem;
  return true;
}

namespace {

int compare(StringView a, StringView b) {
  const size_t common = a.size() < b.size() ? a.size() : b.size();
  const int order = common == 0 ? 0 : memcmp(a.data(), b.data(), common);
  if (order != 0) return order;
  return a.size() < b.size() ? -1 : a.size() > b.size() ? 1 : 0;
}

// Restores the heap property of order[0..count) below `root`; the largest name is on top. Equal
// names order by their position, so that the later one of a pair of equals is known.
void sift_down(const ExportData* exports, uint32_t* order, uint32_t root, uint32_t count) {
  const auto is_less = [exports](uint32_t a, uint32_t b) {
    const int names = compare(exports[a].name, exports[b].name);
    return names != 0 ? names < 0 : a < b;
  };
  for (;;) {
    uint32_t largest = root;
    const uint32_t left = 2 * root + 1;
    if (left < count && is_less(order[largest], order[left])) largest = left;
    if (left + 1 < count && is_less(order[largest], order[left + 1])) largest = left + 1;
    if (largest == root) return;
    const uint32_t swapped = order[root];
    order[root] = order[largest];
    order[largest] = swapped;
    root = largest;
  }
}

}  // namespace

// 3.4.15: export names are different. Heap sort: no input makes it slow or recursive.
bool ModuleDecoder::exports_done(Reader& reader) {
  uint32_t* order = count_ > kFewExports ? arena_.allocate_array<uint32_t>(count_)
                                         : arena_.allocate_scratch_array<uint32_t>(count_);
  if (order == nullptr) return out_of_memory(reader);
  for (uint32_t i = 0; i < count_; i++) order[i] = i;
  for (uint32_t i = count_ / 2; i > 0; i--) sift_down(exports_, order, i - 1, count_);
  for (uint32_t end = count_; end > 1; end--) {
    const uint32_t top = order[0];
    order[0] = order[end - 1];
    order[end - 1] = top;
    sift_down(exports_, order, 0, end - 1);
  }
  uint32_t first_duplicate = kNoIndex;
  for (uint32_t i = 1; i < count_; i++) {
    if (exports_[order[i]].name == exports_[order[i - 1]].name && order[i] < first_duplicate) {
      first_duplicate = order[i];
    }
  }
  if (first_duplicate == kNoIndex) {
    if (count_ > kFewExports) module_.export_order = order;
    return true;
  }
  return fail_index(reader, ErrorCode::kDuplicateExport, export_offsets_[first_duplicate],
                    first_duplicate);
}

const ExportData* ModuleData::find_export(StringView name) const {
  uint32_t low = 0;
  uint32_t high = export_count;
  if (export_order == nullptr) {
    while (low < high && exports[low].name != name) low++;
    return low < high ? &exports[low] : nullptr;
  }
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    const ExportData& candidate = exports[export_order[middle]];
    const int order = compare(name, candidate.name);
    if (order == 0) return &candidate;
    if (order < 0) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return nullptr;
}

bool ModuleDecoder::start_section(Reader& reader) {
  const uint32_t offset = reader.position();
  uint32_t index;
  if (!reader.u32(&index)) return false;
  if (index >= module_.function_count()) {
    return fail_index(reader, ErrorCode::kUnknownFunction, offset, index);
  }
  const FunctionType& type = module_.function_type(index);
  if (type.parameter_count != 0 || type.result_count != 0) {
    return fail_index(reader, ErrorCode::kStartFunction, offset, index);
  }
  module_.start_function = index;
  return end_of_section(reader);
}

bool ModuleDecoder::declare_function(Reader& reader, uint32_t funcidx) {
  if (context_.declared_functions == nullptr) {
    const uint32_t size = module_.function_count() / 8 + 1;
    context_.declared_functions = arena_.allocate_scratch_array<uint8_t>(size);
    if (context_.declared_functions == nullptr) return out_of_memory(reader);
    memset(context_.declared_functions, 0, size);
  }
  context_.declared_functions[funcidx / 8] =
      static_cast<uint8_t>(context_.declared_functions[funcidx / 8] | 1u << (funcidx % 8));
  return true;
}

// ---- Function bodies -------------------------------------------------------------------------

bool ModuleDecoder::code_item(Reader& reader) {
  uint32_t size;
  if (!reader.u32(&size)) return false;
  if (size > reader.left()) {
    return reader.fail(ErrorCode::kUnexpectedEndOfSection, item_offset_);
  }
  function_end_ = reader.position() + size;
  reader.set_limit(function_end_);
  module_.module_info.function_bytes += size;
  if (!sink_.begin_function(module_.imported_functions + item_, reader)) return false;
  local_groups_ = 0;
  local_count_read_ = false;
  local_count_ = 0;
  step_ = Step::kFunctionLocals;
  return true;
}

bool ModuleDecoder::function_locals(Reader& reader) {
  reader.set_limit(function_end_);
  if (!local_count_read_) {
    if (!reader.u32(&local_groups_)) return false;
    local_count_read_ = true;
    return true;
  }
  if (local_groups_ == 0) {
    step_ = Step::kFunctionBody;
    return sink_.begin_body(reader);
  }
  const uint32_t offset = reader.position();
  uint32_t count;
  ValueType type;
  if (!reader.u32(&count)) return false;
  if (local_count_ + count > UINT32_MAX) return reader.fail(ErrorCode::kTooManyLocals, offset);
  if (!decode_value_type(reader, &type)) return false;
  module_.features |= features_of(type);
  local_count_ += count;
  local_groups_--;
  return sink_.add_locals(count, type, reader);
}

bool ModuleDecoder::function_body(Reader& reader) {
  reader.set_limit(function_end_);
  bool done = false;
  if (!sink_.take_instructions(reader, &done)) return false;
  if (done) {
    if (!reader.at_limit()) return reader.fail(ErrorCode::kSectionSize, reader.position());
    item_++;
    step_ = Step::kItem;
  }
  return true;
}

}  // namespace mote::detail
