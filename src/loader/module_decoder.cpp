// Module decoder: the state machine, and the sections without one of their own. See
// decoder.hpp; sections with const expressions and segments are in module_segments.hpp.
#include "loader/module_decoder.hpp"

#include "base/placement_new.hpp"
#include "loader/decoder.hpp"
#include "loader/module_segments.hpp"

namespace mote::detail {

namespace {

Decoder::Decoder(Arena& arena, ModuleData& module, CodeSink& sink, const LoadOptions& options)
    : module_(module), arena_(arena), sink_(sink), options_(options) {
  context_.module = &module;
  context_.arena = &arena;
#if MOTE_FEATURE_EXTENDED_CONST
  expr_stack_.reset(&arena);
#endif
}

bool Decoder::out_of_memory() { return in_.fail(ErrorCode::kOutOfMemory, in_.position()); }

// ---- Chunks ----------------------------------------------------------------------------------

bool Decoder::feed(const uint8_t* bytes, size_t size) {
  if (!in_.need_more()) return false;
  const uint8_t* next = bytes;
  const uint8_t* const end = bytes + size;
  if (size >= kNoIndex - in_.position() - carry_size_) {
    return in_.fail(ErrorCode::kModuleTooLarge, kNoIndex);
  }
  while (next != end) {
    size_t taken = static_cast<size_t>(end - next);
    if (carry_size_ == 0) {
      in_.refill(next, taken);
    } else {
      if (taken > kCarrySize - carry_size_) taken = kCarrySize - carry_size_;
      memcpy(carry_ + carry_size_, next, taken);
      in_.refill(carry_, carry_size_ + taken);
    }
    next += taken;
    stable_ = carry_size_ == 0 && options_.bytes_stay;
    if (!run()) return false;
    size_t left = in_.unread();
    if (carry_size_ != 0 && left <= taken) {
      // What waited is done: the rest can be read where it is.
      next -= left;
      left = 0;
    }
    memmove(carry_, in_.cursor(), left);
    carry_size_ = static_cast<uint8_t>(left);
  }
  return true;
}

bool Decoder::finish() {
  if (!in_.need_more()) return false;
  ErrorCode code = ErrorCode::kOk;
  ModuleInfo& info = module_.module_info;
  if (step_ != Step::kSection || carry_size_ != 0) {
    code = ErrorCode::kUnexpectedEnd;
  } else if (info.functions != module_.defined_functions) {
    code = ErrorCode::kFunctionCodeMismatch;
  } else if (context_.has_data_count && context_.data_count != module_.data_count) {
    code = ErrorCode::kDataCountMismatch;
  }
  info.module_bytes = in_.position() + carry_size_;
  in_.set_function(kNoIndex);
  if (code != ErrorCode::kOk) return in_.fail(code, info.module_bytes);
  info.types = module_.type_count;
  module_.features |= in_.features();
  return true;
}

// Takes all items that are complete. False: failed.
bool Decoder::run() {
  for (;;) {
    const uint8_t* item = in_.cursor();
    if (step_ == Step::kFunctionBody ? function_body() : step()) continue;
    const bool failed = !in_.need_more();
    if (failed && !in_names_) return false;
    in_.set_cursor(item);
    if (!failed) return true;
    drop_names();  // a custom section cannot make a module malformed
  }
}

bool Decoder::step() {
  switch (step_) {
    case Step::kHeader: return header();
    case Step::kSection: return section();
    case Step::kSectionCount: return section_count();
    case Step::kItem: return item();
    case Step::kStart: return start_section();
    case Step::kDataCount: return data_count_section();
    case Step::kNameLength: return name_length();
    case Step::kNameBytes: return name_bytes();
    case Step::kTypeCount: return type_count();
    case Step::kTypeList: return type_list();
    case Step::kImportField: return import_field();
    case Step::kImportType: return import_type();
    case Step::kGlobalExpr: return global_value();
    case Step::kExportTarget: return export_target();
    case Step::kConstExpr: return const_expr();
    case Step::kElementKind: return element_kind();
    case Step::kElementCount: return element_count();
    case Step::kElementItems: return element_item_index();
    case Step::kElementExpr: return element_item_expr_done();
    case Step::kDataSize: return data_size();
    case Step::kDataBytes: return data_bytes();
    case Step::kLocalGroups: return local_groups();
    case Step::kLocals: return locals();
    case Step::kFunctionBody: return function_body();
    case Step::kCustomName: return custom_name();
    case Step::kSkip: return skip();
    case Step::kNameSection: return name_section();
    case Step::kModuleName: return module_name();
    case Step::kNameMap: return name_map();
    case Step::kNameMapEntry: return name_map_entry();
  }
  return false;
}

// ---- Sections --------------------------------------------------------------------------------

// What a section fills, by its id: an array of ModuleData and its count.
struct Decoder::Section {
  uint8_t order;  // position that 5.5.2 demands; 0: any
  uint8_t item_size;
  uint16_t items;  // offset of the pointer in ModuleData
  uint16_t count;  // offset of the number in ModuleData
};

#define MOTE_SECTION(order, type, items, count) \
  { order, sizeof(type), offsetof(ModuleData, items), offsetof(ModuleData, count) }
const Decoder::Section Decoder::kSections[kTag] = {
    MOTE_SECTION(0, uint32_t, imported_function_types, imported_functions),
    MOTE_SECTION(1, FunctionType, types, type_count),
    MOTE_SECTION(2, ImportData, imports, import_count),
    MOTE_SECTION(3, FunctionCode, functions, defined_functions),
    MOTE_SECTION(4, TableType, tables, table_count),
    MOTE_SECTION(5, MemoryType, memories, memory_count),
    MOTE_SECTION(7, GlobalData, globals, global_count),
    MOTE_SECTION(8, ExportData, exports, export_count),
    {9, 0, 0, 0},  // start
    MOTE_SECTION(10, ElementSegment, elements, element_count),
    // Bodies are counted only.
    {12, 0, 0, offsetof(ModuleData, module_info) + offsetof(ModuleInfo, functions)},
    MOTE_SECTION(13, DataSegment, data, data_count),
    {11, 0, 0, 0},  // data count
};
#undef MOTE_SECTION

void* Decoder::items_of(SectionId id) {
  const uint8_t* at = reinterpret_cast<uint8_t*>(&module_) + kSections[id].items;
  void* items;
  // NOLINTNEXTLINE(bugprone-bitwise-pointer-cast): the array's own type is lost here (kSections)
  memcpy(&items, reinterpret_cast<void* const*>(at), sizeof items);
  return items;
}

void* Decoder::item_at(SectionId id, uint32_t index) {
  return static_cast<uint8_t*>(items_of(id)) + index * kSections[id].item_size;
}

inline uint32_t& Decoder::count_of(SectionId id) {
  return *reinterpret_cast<uint32_t*>(reinterpret_cast<uint8_t*>(&module_) + kSections[id].count);
}

// The magic and the version are compared as four bytes each.
bool Decoder::header() {
  if (!in_.fixed(4)) return false;
  if (in_.value() != 0x6D736100) return in_.fail(ErrorCode::kMagic);
  if (!in_.fixed(4)) return false;
  if (in_.value() != 1) return in_.fail(ErrorCode::kVersion);
  step_ = Step::kSection;
  return true;
}

bool Decoder::section() {
  const uint32_t offset = in_.position();
  if (!in_.byte()) return false;
  const uint32_t id = in_.value();
  if (id > kTag) return in_.fail_value(ErrorCode::kSectionId);
  if (id == kTag) return in_.fail_feature(Feature::kExceptions);
  const uint8_t order = kSections[id].order;
  if (id != kCustom && order <= last_order_) return in_.fail_value(ErrorCode::kSectionOrder);
  if (!in_.u32()) return false;
  const uint32_t size = in_.value();
  if (size >= kNoIndex - in_.position()) return in_.fail(ErrorCode::kModuleTooLarge, offset);
  if (id == kDataCount && !is_on(Feature::kBulkMemory)) {
    return in_.fail_feature(Feature::kBulkMemory, offset);
  }
  section_ = static_cast<SectionId>(id);
  section_end_ = in_.position() + size;
  in_.set_limit(section_end_);
  keeps_name_ = id != kCustom;
  if (id == kCustom) return begin_name(Step::kCustomName);
  last_order_ = order;
  step_ = id == SectionId::kStart       ? Step::kStart
          : id == SectionId::kDataCount ? Step::kDataCount
                                        : Step::kSectionCount;
  return true;
}

bool Decoder::section_count() {
  if (!take_count()) return false;
  items_left_ = size_;
  if (size_ > kMaxItems) return in_.fail_value(ErrorCode::kTooManyItems);
  step_ = Step::kItem;
  switch (section_) {
    case kType:
      if (size_ > kMaxTypes) return in_.fail_value(ErrorCode::kTooManyTypes);
      break;
    case kImport:
      import_types_ = arena_.allocate_scratch_array<ImportType>(size_);
      if (import_types_ == nullptr) return out_of_memory();
      break;
    case kFunction:
      if (size_ > kMaxFunctions - module_.imported_functions) {
        return in_.fail_value(ErrorCode::kTooManyFunctions);
      }
      break;
    case kExport:
      export_offsets_ = arena_.allocate_scratch_array<uint32_t>(size_);
      if (export_offsets_ == nullptr) return out_of_memory();
      break;
    case kCode:
      if (size_ != module_.defined_functions) {
        return in_.fail_value(ErrorCode::kFunctionCodeMismatch);
      }
      return sink_.begin_code(context_, in_);
    case kData:
      if (context_.has_data_count && context_.data_count != size_) {
        return in_.fail_value(ErrorCode::kDataCountMismatch);
      }
      break;
    default: break;
  }
  return make_room(section_, size_);
}

// No type here has a stricter alignment than what divides its size, up to 8.
static size_t alignment_for(size_t size) { return (size | 8) & (0 - (size | 8)); }

// Makes room for `more` items behind those that section `id` has, zeroed.
bool Decoder::make_room(SectionId id, uint32_t more) {
  const Section& section = kSections[id];
  static_assert(2 * kMaxItems < UINT32_MAX / sizeof(ElementSegment), "sizes below fit 32 bits");
  const size_t size = section.item_size;
  const size_t used = count_of(id) * size;
  const size_t all = used + more * size;
  void** items = reinterpret_cast<void**>(reinterpret_cast<uint8_t*>(&module_) + section.items);
  void* moved = arena_.allocate(all, alignment_for(size));
  if (moved == nullptr) return out_of_memory();
  memset(moved, 0, all);
  void* const old = items_of(id);
  if (old != nullptr) memcpy(moved, old, used);
  // NOLINTNEXTLINE(bugprone-bitwise-pointer-cast): as in items_of()
  memcpy(items, &moved, sizeof moved);
  return true;
}

bool Decoder::item() {
  if (items_left_ == 0) return end_of_section();
  item_offset_ = in_.position();
  at_ = item_at(section_, count_of(section_));
  switch (section_) {
    case kType: return type_item();
    case kImport: return begin_name(Step::kImportField);
    case kFunction: return function_item();
    case kTable: return table_item();
    case kMemory: return memory_item();
    case kGlobal: return global_item();
    case kExport: return begin_name(Step::kExportTarget);
    case kElement: return element_item();
    case kCode: return code_item();
    default: return data_item();
  }
}

bool Decoder::end_item() {
  items_left_--;
  step_ = Step::kItem;
  return add_to(section_, item_offset_);
}

bool Decoder::end_of_section() {
  if (!in_.at_limit()) return in_.fail(ErrorCode::kSectionSize, in_.position());
  if (section_ == kImport && !imports_done()) return false;
  if (section_ == kExport && !exports_done()) return false;
  if (section_ == kCode && !sink_.end_code(in_)) return false;
  in_.set_limit(kNoIndex);
  step_ = Step::kSection;
  return true;
}

// ---- Index spaces ----------------------------------------------------------------------------

// Counts the item that was just read, which began at `offset`.
bool Decoder::add_to(SectionId id, uint32_t offset) {
  uint32_t& count = count_of(id);
  count++;
  if (count < 2 || (id != kTable && id != kMemory)) return true;
  const Feature feature = id == kTable ? Feature::kReferenceTypes : Feature::kMultiMemory;
  if (!is_on(feature)) return in_.fail_feature(feature, offset);
  in_.note_features(feature_bit(feature));
  return true;
}

bool Decoder::check_index(SectionId space, uint32_t index, uint32_t offset) {
  const uint32_t count = space == kFunction ? module_.function_count() : count_of(space);
  if (index < count) return true;
  // The codes follow each other as the sections do, but for the imports.
  const int number = space == kType ? 0 : space - kFunction + 1;
  return in_.fail_index(static_cast<ErrorCode>(static_cast<int>(ErrorCode::kUnknownType) + number),
                        offset, index);
}
static_assert(static_cast<int>(ErrorCode::kUnknownGlobal) -
                      static_cast<int>(ErrorCode::kUnknownType) ==
                  4,
              "check_index");

bool Decoder::take_index(SectionId space) {
  const uint32_t offset = in_.position();
  return in_.u32() && check_index(space, in_.value(), offset);
}

// ---- Lists -----------------------------------------------------------------------------------

// Reads how many items or bytes follow. Every item takes at least one byte.
bool Decoder::take_count() {
  if (!in_.u32()) return false;
  size_ = in_.value();
  filled_ = 0;
  return size_ <= in_.left() || in_.fail_value(ErrorCode::kUnexpectedEndOfSection);
}

// Makes room for them.
bool Decoder::allocate(size_t item_size) {
  size_t bytes;
  buffer_ = __builtin_mul_overflow(size_, item_size, &bytes)
                ? nullptr
                : arena_.allocate(bytes, alignment_for(item_size));
  return buffer_ != nullptr || out_of_memory();
}

// ---- Types, imports, functions ---------------------------------------------------------------

bool Decoder::type_item() {
  if (!in_.byte()) return false;
  const uint32_t form = in_.value();
  if (form != 0x60) {
    if (form == 0x4E || form == 0x4F || form == 0x50 || form == 0x5E || form == 0x5F) {
      return in_.fail_feature(Feature::kGc);
    }
    return in_.fail(ErrorCode::kFunctionTypeForm);
  }
  in_results_ = false;
  step_ = Step::kTypeCount;
  return true;
}

bool Decoder::type_count() {
  if (!take_count()) return false;
  if (size_ > kMaxParameters) return in_.fail_value(ErrorCode::kTooManyParameters);
  if (in_results_ && size_ > 1 && !use(Feature::kMultiValue)) return false;
  if (!allocate(1)) return false;
  FunctionType& type = current<FunctionType>();
  const ValueType* list = static_cast<ValueType*>(buffer_);
  if (in_results_) {
    type.results = list;
    type.result_count = static_cast<uint16_t>(size_);
  } else {
    type.parameters = list;
    type.parameter_count = static_cast<uint16_t>(size_);
  }
  step_ = Step::kTypeList;
  return true;
}

bool Decoder::type_list() {
  if (filled_ < size_) {
    ValueType& type = static_cast<ValueType*>(buffer_)[filled_];
    if (!decode_value_type(in_, &type)) return false;
    in_.note_features(features_of(type));
    filled_++;
    return true;
  }
  if (in_results_) return end_item();
  in_results_ = true;
  step_ = Step::kTypeCount;
  return true;
}

Decoder::SectionId Decoder::space_of_imports(ExternKind kind) {
  return kind == ExternKind::kFunction ? kImportedFunctions
                                       : static_cast<SectionId>(kFunction + static_cast<int>(kind));
}

bool Decoder::import_field() {
  current<ImportData>().module_name = name();
  return begin_name(Step::kImportType);
}

// The index spaces can be allocated only when all imports are known: types wait in scratch memory.
bool Decoder::import_type() {
  ImportData& import = current<ImportData>();
  ImportType& type = import_types_[module_.import_count];
  import.field_name = name();
  const uint32_t offset = in_.position();
  if (!extern_kind(ErrorCode::kImportKind, &import.kind)) return false;
  const SectionId space = space_of_imports(import.kind);
  memset(static_cast<void*>(&type), 0, sizeof type);
  switch (import.kind) {
    case ExternKind::kFunction:
      if (!take_index(kType)) return false;
      if (module_.imported_functions == kMaxFunctions) {
        return in_.fail(ErrorCode::kTooManyFunctions, offset);
      }
      type.function = in_.value();
      break;
    case ExternKind::kTable:
      if (!table_type(&type.table)) return false;
      break;
    case ExternKind::kMemory:
      if (!memory_type(&type.memory)) return false;
      break;
    case ExternKind::kGlobal:
      if (!global_type(&type.global)) return false;
      if (type.global.is_mutable && !use(Feature::kMutableGlobals)) return false;
      type.global.cell = module_.global_count;
      break;
  }
  import.index = count_of(space);
  return add_to(space, offset) && end_item();
}

// All imports are known: makes the imported part of each index space.
bool Decoder::imports_done() {
  if (!make_room(kImportedFunctions, 0) || !make_room(kTable, 0) || !make_room(kMemory, 0) ||
      !make_room(kGlobal, 0)) {
    return false;
  }
  for (uint32_t i = 0; i < module_.import_count; i++) {
    const ImportData& import = module_.imports[i];
    const SectionId space = space_of_imports(import.kind);
    memcpy(item_at(space, import.index), &import_types_[i], kSections[space].item_size);
  }
  module_.imported_tables = module_.table_count;
  module_.imported_memories = module_.memory_count;
  module_.imported_globals = module_.global_count;
  return true;
}

bool Decoder::function_item() {
  if (!take_index(kType)) return false;
  current<FunctionCode>().type = in_.value();
  return end_item();
}

// ---- Tables, memories, globals ---------------------------------------------------------------

bool Decoder::extern_kind(ErrorCode unknown, ExternKind* kind) {
  if (!in_.byte()) return false;
  const uint32_t byte = in_.value();
  if (byte == 4) return in_.fail_feature(Feature::kExceptions);
  if (byte == 0x20 && unknown == ErrorCode::kImportKind) {
    return in_.fail_feature(Feature::kCustomDescriptors);
  }
  if (byte > 4) return in_.fail_value(unknown);
  *kind = static_cast<ExternKind>(byte);
  return true;
}

// What is malformed comes first: the numbers are read twice, to check them when all are known.
bool Decoder::limits(bool is_memory, Limits* limits, uint8_t* page_size_log2) {
  const uint32_t offset = in_.position();
  if (!in_.byte()) return false;
  const uint32_t flags = in_.value();
  if (flags > (is_memory ? 0x0F : 0x07)) return in_.fail(ErrorCode::kLimitsFlags);
  const bool has_maximum = (flags & 0x01) != 0;
  const uint8_t* const numbers = in_.cursor();
  if (!in_.u64() || (has_maximum && !in_.u64())) return false;
  uint32_t page_log2 = 16;
  if ((flags & 0x08) != 0) {
    if (!in_.u32()) return false;
    page_log2 = in_.value();
    if (page_log2 >= 64) return in_.fail(ErrorCode::kPageSizeMalformed);
    if (page_log2 != 0 && page_log2 != 16) return in_.fail(ErrorCode::kPageSizeInvalid);
    if (!is_on(Feature::kCustomPageSizes)) {
      return in_.fail_feature(Feature::kCustomPageSizes, offset);
    }
    in_.note_features(feature_bit(Feature::kCustomPageSizes));
  }
  const uint8_t* const end = in_.cursor();
  in_.set_cursor(numbers);
  // 3.2.7: a memory has at most 2^32 bytes; one byte less with byte pages, to fit 32 bits.
  // Refusing what is invalid anyway comes before refusing what needs a feature.
  const bool is_64 = (flags & 0x04) != 0;
  uint64_t most = is_64 ? UINT64_MAX : UINT32_MAX;
  if (is_memory && page_log2 == 16) most = (most >> 16) + 1;
  uint64_t minimum = 0;
  for (int i = 0; i < (has_maximum ? 2 : 1); i++) {
    if (!in_.u64()) return false;
    if (in_.bits() > most) {
      return in_.fail(is_memory ? ErrorCode::kMemorySize : ErrorCode::kTableSize);
    }
    if (in_.bits() < minimum) return in_.fail(ErrorCode::kLimitsOrder);
    if (i == 0) minimum = in_.bits();
  }
  in_.set_cursor(end);
  if (is_64) return in_.fail_feature(Feature::kMemory64, offset);
  if ((flags & 0x02) != 0) return in_.fail_feature(Feature::kThreads, offset);
  limits->minimum = static_cast<uint32_t>(minimum);
  limits->maximum = has_maximum ? in_.value() : static_cast<uint32_t>(most);
  limits->has_maximum = has_maximum;
  *page_size_log2 = static_cast<uint8_t>(page_log2);
  return true;
}

bool Decoder::table_type(TableType* type) {
  uint8_t unused;
  if (!decode_reference_type(in_, &type->element)) return false;
  if (type->element != ValueType::kFuncRef) {
    in_.note_features(feature_bit(Feature::kReferenceTypes));
  }
  return limits(false, &type->limits, &unused);
}

bool Decoder::memory_type(MemoryType* type) {
  return limits(true, &type->limits, &type->page_size_log2);
}

bool Decoder::global_type(GlobalData* type) {
  if (!decode_value_type(in_, &type->type)) return false;
  in_.note_features(features_of(type->type));
  if (!in_.byte()) return false;
  if (in_.value() > 1) return in_.fail(ErrorCode::kMutability);
  type->is_mutable = in_.value() != 0;
  return true;
}

bool Decoder::table_item() {
  if (in_.available() != 0 && *in_.cursor() == 0x40) {
    return in_.fail_feature(Feature::kFunctionReferences, item_offset_);
  }
  return table_type(&current<TableType>()) && end_item();
}

bool Decoder::memory_item() { return memory_type(&current<MemoryType>()) && end_item(); }

bool Decoder::global_item() {
  GlobalData& global = current<GlobalData>();
  if (!global_type(&global)) return false;
  global.cell = module_.global_slots;
  module_.global_slots += slots_of(global.type);
  return begin_expr(global.type, Step::kGlobalExpr);
}

bool Decoder::global_value() {
  current<GlobalData>().init = expr_;
  return end_item();
}

// ---- Exports, start --------------------------------------------------------------------------

bool Decoder::export_target() {
  ExportData& entry = current<ExportData>();
  entry.name = name();
  if (!extern_kind(ErrorCode::kExportKind, &entry.kind)) return false;
  const int kind = static_cast<int>(entry.kind);
  if (!take_index(static_cast<SectionId>(kFunction + kind))) return false;
  entry.index = in_.value();
  if (entry.kind == ExternKind::kFunction && !declare_function(entry.index)) return false;
  if (entry.kind == ExternKind::kGlobal && module_.globals[entry.index].is_mutable) {
    in_.note_features(feature_bit(Feature::kMutableGlobals));
  }
  export_offsets_[module_.export_count] = item_offset_;
  return end_item();
}

namespace {

__attribute__((noinline)) int compare(StringView a, StringView b) {
  const size_t common = a.size() < b.size() ? a.size() : b.size();
  const int order = common == 0 ? 0 : memcmp(a.data(), b.data(), common);
  if (order != 0) return order;
  return a.size() < b.size() ? -1 : a.size() > b.size() ? 1 : 0;
}

void swap(uint32_t* a, uint32_t* b) {
  const uint32_t old = *a;
  *a = *b;
  *b = old;
}

// Sorts exports by name. Heap sort: no input makes it slow or recursive.
struct ExportOrder {
  const ExportData* exports;
  uint32_t* order;
  // The first export whose name an earlier one has: a sort compares all neighbours of the result.
  uint32_t duplicate = kNoIndex;

  bool is_less(uint32_t a, uint32_t b) {
    const int names = compare(exports[a].name, exports[b].name);
    if (names != 0) return names < 0;
    const uint32_t later = a < b ? b : a;
    if (later < duplicate) duplicate = later;
    return a < b;
  }

  // Restores the heap property of order[0..count) below `root`; the largest name is on top.
  void sift_down(uint32_t root, uint32_t count) {
    for (;;) {
      uint32_t largest = root;
      for (uint32_t child = 2 * root + 1; child <= 2 * root + 2 && child < count; child++) {
        if (is_less(order[largest], order[child])) largest = child;
      }
      if (largest == root) return;
      swap(&order[root], &order[largest]);
      root = largest;
    }
  }

  // First the heap grows downwards, from its last inner node; then it gives up its top, again and
  // again.
  void sort(uint32_t count) {
    for (uint32_t i = 0; i < count; i++) order[i] = i;
    uint32_t root = count / 2;
    while (count > 1) {
      if (root > 0) {
        root--;
      } else {
        swap(&order[0], &order[--count]);
      }
      sift_down(root, count);
    }
  }
};

}  // namespace

// 3.4.15: export names are different.
bool Decoder::exports_done() {
  const uint32_t count = module_.export_count;
  uint32_t* order = count > kFewExports ? arena_.allocate_array<uint32_t>(count)
                                        : arena_.allocate_scratch_array<uint32_t>(count);
  if (order == nullptr) return out_of_memory();
  ExportOrder sorted = {module_.exports, order};
  sorted.sort(count);
  if (sorted.duplicate != kNoIndex) {
    return in_.fail_index(ErrorCode::kDuplicateExport, export_offsets_[sorted.duplicate],
                          sorted.duplicate);
  }
  if (count > kFewExports) module_.export_order = order;
  return true;
}

}  // namespace

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

namespace {

bool Decoder::start_section() {
  if (!take_index(kFunction)) return false;
  module_.start_function = in_.value();
  const FunctionType& type = module_.function_type(in_.value());
  if (type.parameter_count != 0 || type.result_count != 0) {
    return in_.fail_value(ErrorCode::kStartFunction);
  }
  return end_of_section();
}

bool Decoder::data_count_section() {
  if (!in_.u32(&context_.data_count)) return false;
  context_.has_data_count = true;
  return use(Feature::kBulkMemory) && end_of_section();
}

bool Decoder::declare_function(uint32_t funcidx) {
  if (context_.declared_functions == nullptr) {
    const uint32_t size = module_.function_count() / 8 + 1;
    context_.declared_functions = arena_.allocate_scratch_array<uint8_t>(size);
    if (context_.declared_functions == nullptr) return out_of_memory();
    memset(context_.declared_functions, 0, size);
  }
  context_.declared_functions[funcidx / 8] =
      static_cast<uint8_t>(context_.declared_functions[funcidx / 8] | 1u << (funcidx % 8));
  return true;
}

// ---- Function bodies -------------------------------------------------------------------------

bool Decoder::code_item() {
  if (!take_count()) return false;
  in_.set_limit(in_.position() + size_);
  module_.module_info.function_bytes += size_;
  step_ = Step::kLocalGroups;
  local_count_ = 0;
  const uint32_t funcidx = module_.imported_functions + module_.module_info.functions;
  in_.set_function(funcidx);
  return sink_.begin_function(funcidx, in_);
}

bool Decoder::local_groups() {
  if (!in_.u32()) return false;
  local_groups_ = in_.value();
  step_ = Step::kLocals;
  return true;
}

bool Decoder::locals() {
  if (local_groups_ == 0) {
    step_ = Step::kFunctionBody;
    return sink_.begin_body(in_);
  }
  ValueType type;
  if (!in_.u32()) return false;
  const uint32_t count = in_.value();
  if (count > UINT32_MAX - local_count_) return in_.fail(ErrorCode::kTooManyLocals);
  if (!decode_value_type(in_, &type)) return false;
  in_.note_features(features_of(type));
  local_count_ += count;
  local_groups_--;
  return sink_.add_locals(count, type, in_);
}

bool Decoder::function_body() {
  body_done_ = false;
  if (!sink_.take_instructions(in_, &body_done_)) return false;
  if (!body_done_) return true;
  if (!in_.at_limit()) return in_.fail(ErrorCode::kSectionSize, in_.position());
  in_.set_limit(section_end_);
  in_.set_function(kNoIndex);
  return end_item();
}

}  // namespace

// ---- What the loader calls -------------------------------------------------------------------

ModuleDecoder* ModuleDecoder::make(Arena& arena, ModuleData& module, CodeSink& sink,
                                   const LoadOptions& options) {
  void* const memory = arena.allocate_scratch(sizeof(Decoder), alignof(Decoder));
  return memory == nullptr ? nullptr : new (memory) Decoder(arena, module, sink, options);
}

bool ModuleDecoder::feed(const uint8_t* bytes, size_t size) {
  return static_cast<Decoder*>(this)->feed(bytes, size);
}

bool ModuleDecoder::finish() { return static_cast<Decoder*>(this)->finish(); }

Error ModuleDecoder::error() const { return static_cast<const Decoder*>(this)->error(); }

}  // namespace mote::detail
