// Module decoder: names, constant expressions, element and data segments, custom sections.
#include "base/placement_new.hpp"
#include "loader/module_decoder.hpp"

namespace mote::detail {

// ---- Names (5.2.4) ---------------------------------------------------------------------------

bool ModuleDecoder::begin_name(Step next) {
  after_name_ = next;
  step_ = Step::kNameLength;
  return true;
}

bool ModuleDecoder::name_length(Reader& reader) {
  const uint32_t offset = reader.position();
  if (!reader.u32(&name_size_)) return false;
  if (name_size_ > reader.left()) {
    return reader.fail(ErrorCode::kUnexpectedEndOfSection, offset);
  }
  utf8_ = Utf8Checker();
  name_filled_ = 0;
  name_buffer_ = nullptr;
  const bool in_place = stable_ && reader.available() >= name_size_;
  if (name_keep_ && !in_place) {
    name_buffer_ = arena_.allocate_array<char>(name_size_);
    if (name_buffer_ == nullptr) return out_of_memory(reader);
  }
  name_ = StringView(in_place ? reinterpret_cast<const char*>(reader.cursor()) : name_buffer_,
                     name_size_);
  step_ = Step::kNameBytes;
  return true;
}

bool ModuleDecoder::name_bytes(Reader& reader) {
  const bool copy = name_keep_ && name_buffer_ != nullptr;
  const uint32_t filled_before = name_filled_;
  while (name_filled_ < name_size_ && reader.available() != 0) {
    const uint32_t offset = reader.position();
    uint8_t byte;
    if (!reader.byte(&byte)) return false;
    if (!utf8_.next(byte)) return reader.fail(ErrorCode::kUtf8, offset);
    if (copy) name_buffer_[name_filled_] = static_cast<char>(byte);
    if (name_filled_ < sizeof name_seen_) name_seen_[name_filled_] = byte;
    name_filled_++;
  }
  if (name_filled_ < name_size_) {
    // What was taken is taken: only a call that took nothing asks for more.
    return name_filled_ != filled_before || reader.out_of_bytes();
  }
  if (!utf8_.is_complete()) return reader.fail(ErrorCode::kUtf8, reader.position());
  step_ = after_name_;
  return true;
}

// ---- Constant expressions (3.3.10, 5.4.9) ----------------------------------------------------

bool ModuleDecoder::begin_expr(ValueType type, Step next) {
  expr_type_ = type;
  after_expr_ = next;
  expr_ = ConstExpr();
  operations_ = 0;
  expr_stack_.clear();
  step_ = Step::kConstExpr;
  return true;
}

bool ModuleDecoder::const_expr(Reader& reader) {
  DecodedInstruction in = {};
  if (!decode_instruction(reader, &in)) return false;
  const ValueType result = in.info->result();
  switch (in.op) {
    case Op::kI32Const:
    case Op::kI64Const:
#if MOTE_FEATURE_FLOATS
    case Op::kF32Const:
    case Op::kF64Const:
#endif
      return const_expr_operation(reader, in, 0, result);
#if MOTE_FEATURE_EXTENDED_CONST
    case Op::kI32Add:
    case Op::kI32Sub:
    case Op::kI32Mul:
    case Op::kI64Add:
    case Op::kI64Sub:
    case Op::kI64Mul:
      context_.use(Feature::kExtendedConst);
      return const_expr_operation(reader, in, 2, result);
#else
    case Op::kI32Add:
    case Op::kI32Sub:
    case Op::kI32Mul:
    case Op::kI64Add:
    case Op::kI64Sub:
    case Op::kI64Mul: return reader.fail_feature(Feature::kExtendedConst, in.offset);
#endif
#if MOTE_FEATURE_REFERENCE_TYPES
    case Op::kRefNull:
      context_.use(Feature::kReferenceTypes);
      return const_expr_operation(reader, in, 0, in.type);
    case Op::kRefFunc:
      context_.use(Feature::kReferenceTypes);
      if (in.index >= module_.function_count()) {
        return fail_index(reader, ErrorCode::kUnknownFunction, in.offset, in.index);
      }
      if (!declare_function(reader, in.index)) return false;
      in.bits = in.index;
      return const_expr_operation(reader, in, 0, ValueType::kFuncRef);
#endif
    case Op::kGlobalGet: {
      // 1.0 and 2.0 allow imported globals only; any earlier one came with the GC proposal.
      if (in.index >= module_.global_count) {
        return fail_index(reader, ErrorCode::kUnknownGlobal, in.offset, in.index);
      }
      const GlobalData& global = module_.globals[in.index];
      if (global.is_mutable) return reader.fail(ErrorCode::kConstantRequired, in.offset);
      if (in.index >= module_.imported_globals) {
        return reader.fail_feature(Feature::kGc, in.offset);
      }
      in.bits = in.index;
      return const_expr_operation(reader, in, 0, global.type);
    }
    case Op::kEnd: return const_expr_end(reader, in.offset);
    default: return reader.fail(ErrorCode::kConstantRequired, in.offset);
  }
}

bool ModuleDecoder::const_expr_operation(Reader& reader, const DecodedInstruction& in,
                                         uint32_t operands, ValueType result) {
  Error mismatch;
  mismatch.code = ErrorCode::kTypeMismatch;
  mismatch.offset = in.offset;
  mismatch.expected = result;
  for (uint32_t i = 0; i < operands; i++) {
    mismatch.actual = expr_stack_.empty() ? ValueType::kNone : expr_stack_.back();
    if (mismatch.actual != result) return reader.fail(mismatch);
    expr_stack_.pop();
  }
  if (!expr_stack_.push(result)) return out_of_memory(reader);

  ConstExpr::Operation operation = {};
  operation.op = in.op;
  operation.bits = in.bits;
  if (operations_ == 0) {
    // Nearly all constant expressions are one instruction: those need no program.
    first_operation_ = operation;
    expr_.kind = in.op == Op::kGlobalGet ? ConstExpr::kGlobal : ConstExpr::kValue;
#if MOTE_FEATURE_REFERENCE_TYPES
    if (in.op == Op::kRefFunc) expr_.kind = ConstExpr::kFunction;
#endif
    expr_.bits = in.bits;
    expr_.index = in.index;
  } else {
    using Operation = ConstExpr::Operation;
    if (operations_ == 1) {
      Operation* program = arena_.allocate_array<Operation>(1);
      if (program == nullptr) return out_of_memory(reader);
      program[0] = first_operation_;
      expr_.program = program;
      expr_.kind = ConstExpr::kProgram;
    }
    if (!arena_.extend(expr_.program, operations_ * sizeof(Operation),
                       (operations_ + 1) * sizeof(Operation))) {
      // Perhaps others took memory since: it moves behind theirs.
      Operation* moved = arena_.allocate_array<Operation>(operations_ + 1);
      if (moved == nullptr) return out_of_memory(reader);
      memcpy(moved, expr_.program, operations_ * sizeof(Operation));
      expr_.program = moved;
    }
    const_cast<Operation*>(expr_.program)[operations_] = operation;
  }
  operations_++;
  return true;
}

bool ModuleDecoder::const_expr_end(Reader& reader, uint32_t offset) {
  if (expr_stack_.size() != 1 || expr_stack_.back() != expr_type_) {
    Error error;
    error.code = ErrorCode::kTypeMismatch;
    error.offset = offset;
    error.expected = expr_type_;
    error.actual = expr_stack_.empty() ? ValueType::kNone : expr_stack_.back();
    return reader.fail(error);
  }
  expr_.count = operations_;
  step_ = after_expr_;
  return true;
}

// ---- Element segments (5.5.12) ---------------------------------------------------------------

bool ModuleDecoder::element_item(Reader& reader) {
  if (!reader.u32(&segment_flags_)) return false;
  if (segment_flags_ > 7) {
    return fail_index(reader, ErrorCode::kSegmentFlags, item_offset_, segment_flags_);
  }
  ElementSegment segment;
  const bool is_active = (segment_flags_ & 1) == 0;
  const bool has_table = (segment_flags_ & 2) != 0;
  if (segment_flags_ != 0) {
#if MOTE_FEATURE_BULK_MEMORY
    context_.use(Feature::kBulkMemory);
#else
    return reader.fail_feature(Feature::kBulkMemory, item_offset_);
#endif
  }
  segment.mode = is_active   ? SegmentMode::kActive
                 : has_table ? SegmentMode::kDeclarative
                             : SegmentMode::kPassive;
  if (is_active) {
    const uint32_t offset = reader.position();
    if (has_table && !reader.u32(&segment.table)) return false;
    if (segment.table >= module_.table_count) {
      return fail_index(reader, ErrorCode::kUnknownTable, offset, segment.table);
    }
  }
  new (&elements_[item_]) ElementSegment(segment);
  filled_ = 0;
  if (is_active) return begin_expr(ValueType::kI32, Step::kElementKind);
  step_ = Step::kElementKind;
  return true;
}

bool ModuleDecoder::element_kind(Reader& reader) {
  ElementSegment& segment = elements_[item_];
  if (segment.mode == SegmentMode::kActive) segment.offset = expr_;
  const uint32_t offset = reader.position();
  if ((segment_flags_ & 3) != 0) {
    if ((segment_flags_ & 4) != 0) {
      if (!decode_reference_type(reader, &segment.type)) return false;
    } else {
      uint8_t kind;
      if (!reader.byte(&kind)) return false;
      if (kind != 0) return fail_index(reader, ErrorCode::kElementKind, offset, kind);
    }
  }
  if (segment.mode == SegmentMode::kActive &&
      module_.tables[segment.table].element != segment.type) {
    Error error;
    error.code = ErrorCode::kTypeMismatch;
    error.offset = offset;
    error.expected = module_.tables[segment.table].element;
    error.actual = segment.type;
    return reader.fail(error);
  }
  step_ = Step::kElementCount;
  return true;
}

bool ModuleDecoder::element_count(Reader& reader) {
  const uint32_t offset = reader.position();
  ElementSegment& segment = elements_[item_];
  if (!reader.u32(&segment.count)) return false;
  if (segment.count > reader.left()) {
    return reader.fail(ErrorCode::kUnexpectedEndOfSection, offset);
  }
  if (segment.count > kMaxItems) {
    return fail_index(reader, ErrorCode::kTooManyItems, offset, segment.count);
  }
  element_items_ = arena_.allocate_array<uint32_t>(segment.count);
  if (element_items_ == nullptr) return out_of_memory(reader);
  segment.items = element_items_;
  step_ = Step::kElementItems;
  return true;
}

bool ModuleDecoder::element_item_index(Reader& reader) {
  ElementSegment& segment = elements_[item_];
  if (filled_ == segment.count) {
    module_.element_count = ++item_;
    step_ = Step::kItem;
    return true;
  }
  if ((segment_flags_ & 4) != 0) return begin_expr(segment.type, Step::kElementExpr);
  const uint32_t offset = reader.position();
  uint32_t funcidx;
  if (!reader.u32(&funcidx)) return false;
  if (funcidx >= module_.function_count()) {
    return fail_index(reader, ErrorCode::kUnknownFunction, offset, funcidx);
  }
  if (!declare_function(reader, funcidx)) return false;
  element_items_[filled_++] = funcidx;
  return true;
}

bool ModuleDecoder::element_item_expr_done(Reader&) {
  // Only three instructions yield a reference, so the expression is one of them.
  uint32_t item = ElementSegment::kNullItem;
  if (expr_.kind == ConstExpr::kFunction) item = expr_.index;
  if (expr_.kind == ConstExpr::kGlobal) item = ElementSegment::kGlobalItem | expr_.index;
  element_items_[filled_++] = item;
  step_ = Step::kElementItems;
  return true;
}

// ---- Data segments (5.5.14) ------------------------------------------------------------------

bool ModuleDecoder::data_item(Reader& reader) {
  uint32_t flags;
  if (!reader.u32(&flags)) return false;
  if (flags > 2) return fail_index(reader, ErrorCode::kSegmentFlags, item_offset_, flags);
  if (flags != 0) {
#if MOTE_FEATURE_BULK_MEMORY
    context_.use(Feature::kBulkMemory);
#else
    return reader.fail_feature(Feature::kBulkMemory, item_offset_);
#endif
  }
  DataSegment segment;
  segment.mode = flags == 1 ? SegmentMode::kPassive : SegmentMode::kActive;
  filled_ = 0;
  if (segment.mode == SegmentMode::kActive) {
    const uint32_t offset = reader.position();
    if (flags == 2 && !reader.u32(&segment.memory)) return false;
    if (segment.memory >= module_.memory_count) {
      return fail_index(reader, ErrorCode::kUnknownMemory, offset, segment.memory);
    }
    new (&data_[item_]) DataSegment(segment);
    return begin_expr(ValueType::kI32, Step::kDataSize);
  }
  new (&data_[item_]) DataSegment(segment);
  step_ = Step::kDataSize;
  return true;
}

bool ModuleDecoder::data_size(Reader& reader) {
  DataSegment& segment = data_[item_];
  if (segment.mode == SegmentMode::kActive) segment.offset = expr_;
  const uint32_t offset = reader.position();
  if (!reader.u32(&segment.size)) return false;
  if (segment.size > reader.left()) {
    return reader.fail(ErrorCode::kUnexpectedEndOfSection, offset);
  }
  module_.module_info.data_bytes += segment.size;
  if (stable_ && reader.available() >= segment.size) {
    segment.bytes = reader.cursor();
    reader.skip(segment.size);
    module_.data_count = ++item_;
    step_ = Step::kItem;
    return true;
  }
  data_buffer_ = arena_.allocate_array<uint8_t>(segment.size);
  if (data_buffer_ == nullptr) return out_of_memory(reader);
  segment.bytes = data_buffer_;
  step_ = Step::kDataBytes;
  return true;
}

bool ModuleDecoder::data_bytes(Reader& reader) {
  const uint32_t missing = data_[item_].size - filled_;
  const size_t there = reader.available();
  const uint32_t taken = there < missing ? static_cast<uint32_t>(there) : missing;
  if (taken == 0 && missing != 0) return reader.out_of_bytes();
  if (taken != 0) memcpy(data_buffer_ + filled_, reader.cursor(), taken);
  reader.skip(taken);
  filled_ += taken;
  if (filled_ == data_[item_].size) {
    module_.data_count = ++item_;
    step_ = Step::kItem;
  }
  return true;
}

// ---- Custom sections (5.5.3), name section (7.4.1) -------------------------------------------

bool ModuleDecoder::custom_name(Reader& reader) {
  const bool is_names = name_size_ == 4 && memcmp(name_seen_, "name", 4) == 0;
  (void)reader;
  step_ = Step::kCustomSkip;
  // A second name section would shadow the first: ignore it.
  if (is_names && options_.keep_names && module_.names == nullptr && module_.module_name.empty()) {
    in_names_ = true;
    name_keep_ = true;
    names_mark_ = arena_.mark();
    step_ = Step::kNameSection;
  }
  return true;
}

bool ModuleDecoder::custom_skip(Reader& reader) {
  const size_t there = reader.available();
  const uint32_t left = reader.left();
  reader.skip(there < left ? there : left);
  if (!reader.at_limit()) {
    // Progress is made even when more must come; only an empty reader stops here.
    return there != 0 || reader.out_of_bytes();
  }
  step_ = Step::kSection;
  return true;
}

bool ModuleDecoder::name_section(Reader& reader) {
  if (step_ == Step::kNameSectionSkip) {
    if (reader.position() > subsection_end_) {
      return reader.fail(ErrorCode::kSectionSize, subsection_end_);
    }
    const uint32_t left = subsection_end_ - reader.position();
    const size_t there = reader.available();
    const uint32_t taken = there < left ? static_cast<uint32_t>(there) : left;
    reader.skip(taken);
    if (taken < left) return taken != 0 || reader.out_of_bytes();
    step_ = Step::kNameSection;
  }
  if (reader.at_limit()) {
    in_names_ = false;
    step_ = Step::kSection;
    return true;
  }
  uint8_t id;
  uint32_t size;
  if (!reader.byte(&id) || !reader.u32(&size)) return false;
  if (size > reader.left()) return reader.fail(ErrorCode::kUnexpectedEndOfSection, section_end_);
  subsection_end_ = reader.position() + size;
  if (id == 0 && module_.module_name.empty()) return begin_name(Step::kModuleName);
  step_ = id == 1 && module_.names == nullptr ? Step::kNameMap : Step::kNameSectionSkip;
  return true;
}

bool ModuleDecoder::name_map(Reader& reader) {
  if (!reader.u32(&names_count_)) return false;
  if (names_count_ > reader.left()) return reader.fail(ErrorCode::kUnexpectedEndOfSection, 0);
  names_ = arena_.allocate_array<FunctionName>(names_count_);
  if (names_ == nullptr) return out_of_memory(reader);
  module_.names = names_;
  module_.name_count = 0;
  name_size_ = kNoIndex;  // no entry was read yet
  step_ = Step::kNameMapEntry;
  return true;
}

// Runs before the first entry, and after the name of each.
bool ModuleDecoder::name_map_entry(Reader& reader) {
  const bool have_entry = name_size_ != kNoIndex;
  const uint32_t next = module_.name_count + (have_entry ? 1 : 0);
  uint32_t next_index = 0;
  if (next < names_count_ && !reader.u32(&next_index)) return false;
  if (have_entry) {
    new (&names_[module_.name_count]) FunctionName{name_index_, name_};
    module_.name_count = next;
  }
  if (next == names_count_) {
    step_ = Step::kNameSectionSkip;
    return true;
  }
  name_index_ = next_index;
  return begin_name(Step::kNameMapEntry);
}

void ModuleDecoder::drop_names() {
  in_names_ = false;
  module_.names = nullptr;
  module_.name_count = 0;
  module_.module_name = StringView();
  arena_.roll_back_low(names_mark_);
}

}  // namespace mote::detail
