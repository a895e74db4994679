// Module decoder: names, constant expressions, element and data segments, custom sections.
// Part of module_decoder.cpp.
#pragma once

#include "base/placement_new.hpp"
#include "loader/decoder.hpp"

namespace mote::detail {

namespace {

// ---- Names (5.2.4) ---------------------------------------------------------------------------

bool Decoder::begin_name(Step next) {
  after_name_ = next;
  step_ = Step::kNameLength;
  return true;
}

bool Decoder::name_length() {
  if (!take_count()) return false;
  utf8_ = Utf8Checker();
  buffer_ = nullptr;
  if (stable_ && in_.available() >= size_) {
    name_ = in_.cursor();
  } else if (keeps_name_) {
    if (!allocate(1)) return false;
    name_ = buffer_;
  } else {
    name_ = name_start_;
  }
  step_ = Step::kNameBytes;
  return true;
}

bool Decoder::name_bytes() {
  const uint32_t filled_before = filled_;
  while (filled_ < size_) {
    // What was taken is taken: only a call that took nothing asks for more.
    if (!in_.byte()) return filled_ != filled_before;
    const uint8_t byte = static_cast<uint8_t>(in_.value());
    if (!utf8_.next(byte)) return in_.fail(ErrorCode::kUtf8);
    if (buffer_ != nullptr) {
      static_cast<uint8_t*>(buffer_)[filled_] = byte;
    } else if (filled_ < sizeof name_start_) {
      name_start_[filled_] = byte;
    }
    filled_++;
  }
  if (!utf8_.is_complete()) return in_.fail(ErrorCode::kUtf8, in_.position());
  step_ = after_name_;
  return true;
}

// ---- Constant expressions (3.3.10, 5.4.9) ----------------------------------------------------

bool Decoder::begin_expr(ValueType type, Step next) {
  expr_type_ = type;
  after_expr_ = next;
  expr_ = ConstExpr();
  expr_stack_.clear();
  step_ = Step::kConstExpr;
  return true;
}

bool Decoder::const_expr() {
  DecodedInstruction in;
  if (!decode_instruction(in_, &in)) return false;
  switch (in.op) {
    case Op::kI32Const:
    case Op::kI64Const:
#if MOTE_FEATURE_FLOATS
    case Op::kF32Const:
    case Op::kF64Const:
#endif
      return const_expr_operation(in, in.info->result());
    case Op::kI32Add:
    case Op::kI32Sub:
    case Op::kI32Mul:
    case Op::kI64Add:
    case Op::kI64Sub:
    case Op::kI64Mul: return const_expr_operator(in);
#if MOTE_FEATURE_REFERENCE_TYPES
    case Op::kRefNull:
      in_.note_features(feature_bit(Feature::kReferenceTypes));
      in.bits = 0;
      return const_expr_operation(in, in.type);
    case Op::kRefFunc:
      in_.note_features(feature_bit(Feature::kReferenceTypes));
      if (!check_index(kFunction, in.index, in.offset) || !declare_function(in.index)) return false;
      in.bits = in.index;
      return const_expr_operation(in, ValueType::kFuncRef);
#endif
    case Op::kGlobalGet: {
      // 1.0 and 2.0 allow imported globals only; any earlier one came with the GC proposal.
      if (!check_index(kGlobal, in.index, in.offset)) return false;
      const GlobalData& global = module_.globals[in.index];
      if (global.is_mutable) return in_.fail(ErrorCode::kConstantRequired, in.offset);
      if (in.index >= module_.imported_globals) return in_.fail_feature(Feature::kGc, in.offset);
      in.bits = in.index;
      return const_expr_operation(in, global.type);
    }
    case Op::kEnd: return const_expr_end(in.offset);
    default: return in_.fail(ErrorCode::kConstantRequired, in.offset);
  }
}

#if MOTE_FEATURE_EXTENDED_CONST

bool Decoder::const_expr_operator(const DecodedInstruction& in) {
  const ValueType type = in.info->result();
  in_.note_features(feature_bit(Feature::kExtendedConst));
  for (int i = 0; i < 2; i++) {
    const ValueType actual = expr_stack_.empty() ? ValueType::kNone : expr_stack_.back();
    if (actual != type) return in_.fail_type(type, actual, in.offset);
    expr_stack_.pop();
  }
  return const_expr_operation(in, type);
}

// Nearly all constant expressions are one instruction: those need no program. The others get one
// with their second.
bool Decoder::extend_program(const DecodedInstruction& in) {
  using Operation = ConstExpr::Operation;
  const size_t old_size = expr_.count * sizeof(Operation);
  const bool is_second = expr_.kind != ConstExpr::kProgram;
  if (is_second || !arena_.extend(expr_.program, old_size, old_size + sizeof(Operation))) {
    // Perhaps others took memory since: it moves behind theirs.
    Operation* moved = arena_.allocate_array<Operation>(expr_.count + 1);
    if (moved == nullptr) return out_of_memory();
    memcpy(static_cast<void*>(moved), is_second ? &first_operation_ : expr_.program, old_size);
    expr_.program = moved;
    expr_.kind = ConstExpr::kProgram;
  }
  const_cast<Operation*>(expr_.program)[expr_.count] = {in.op, in.bits};
  return true;
}

#else

bool Decoder::const_expr_operator(const DecodedInstruction& in) {
  return in_.fail_feature(Feature::kExtendedConst, in.offset);
}

bool Decoder::extend_program(const DecodedInstruction&) { return true; }

#endif

bool Decoder::const_expr_operation(const DecodedInstruction& in, ValueType result) {
  if (!expr_stack_.push(result)) return out_of_memory();
  if (expr_.count == 0) {
    expr_.bits = in.bits;
    if (in.op == Op::kGlobalGet) expr_.kind = ConstExpr::kGlobal;
#if MOTE_FEATURE_REFERENCE_TYPES
    if (in.op == Op::kRefFunc) expr_.kind = ConstExpr::kFunction;
#endif
#if MOTE_FEATURE_EXTENDED_CONST
    first_operation_ = {in.op, in.bits};
#endif
  } else if (!extend_program(in)) {
    return false;
  }
  expr_.count++;
  return true;
}

bool Decoder::const_expr_end(uint32_t offset) {
  const ValueType actual = expr_stack_.empty() ? ValueType::kNone : expr_stack_.back();
  if (expr_stack_.size() != 1 || actual != expr_type_) {
    return in_.fail_type(expr_type_, actual, offset);
  }
  step_ = after_expr_;
  return true;
}

// ---- Element segments (5.5.12) ---------------------------------------------------------------

// Which table or memory an active segment goes to. Its offset follows.
bool Decoder::active_segment(SectionId space, bool has_index, uint32_t* index, Step next) {
  const uint32_t offset = in_.position();
  uint32_t number = 0;
  if (has_index && !in_.u32(&number)) return false;
  *index = number;
  return check_index(space, number, offset) && begin_expr(ValueType::kI32, next);
}

bool Decoder::element_item() {
  if (!in_.u32()) return false;
  segment_flags_ = in_.value();
  if (segment_flags_ > 7) return in_.fail_value(ErrorCode::kSegmentFlags);
  if (segment_flags_ != 0 && !use(Feature::kBulkMemory)) return false;
  ElementSegment& segment = current<ElementSegment>();
  const bool has_table = (segment_flags_ & 2) != 0;
  segment.type = ValueType::kFuncRef;
  if ((segment_flags_ & 1) == 0) {
    segment.mode = SegmentMode::kActive;
    return active_segment(kTable, has_table, &segment.table, Step::kElementKind);
  }
  segment.mode = has_table ? SegmentMode::kDeclarative : SegmentMode::kPassive;
  step_ = Step::kElementKind;
  return true;
}

bool Decoder::element_kind() {
  ElementSegment& segment = current<ElementSegment>();
  const uint32_t offset = in_.position();
  if ((segment_flags_ & 4) != 0) {
    if ((segment_flags_ & 3) != 0 && !decode_reference_type(in_, &segment.type)) return false;
  } else if ((segment_flags_ & 3) != 0) {
    if (!in_.byte()) return false;
    if (in_.value() != 0) return in_.fail_value(ErrorCode::kElementKind);
  }
  if (segment.mode == SegmentMode::kActive) {
    segment.offset = expr_;
    const ValueType element = module_.tables[segment.table].element;
    if (element != segment.type) return in_.fail_type(element, segment.type, offset);
  }
  step_ = Step::kElementCount;
  return true;
}

bool Decoder::element_count() {
  if (!take_count()) return false;
  if (size_ > kMaxItems) return in_.fail_value(ErrorCode::kTooManyItems);
  if (!allocate(sizeof(uint32_t))) return false;
  ElementSegment& segment = current<ElementSegment>();
  segment.count = size_;
  segment.items = static_cast<uint32_t*>(buffer_);
  step_ = Step::kElementItems;
  return true;
}

bool Decoder::element_item_index() {
  if (filled_ == size_) return end_item();
  if ((segment_flags_ & 4) != 0) {
    return begin_expr(current<ElementSegment>().type, Step::kElementExpr);
  }
  if (!take_index(kFunction)) return false;
  const uint32_t funcidx = in_.value();
  if (!declare_function(funcidx)) return false;
  static_cast<uint32_t*>(buffer_)[filled_++] = funcidx;
  return true;
}

bool Decoder::element_item_expr_done() {
  // Only three instructions yield a reference, so the expression is one of them.
  uint32_t item = ElementSegment::kNullItem;
  if (expr_.kind == ConstExpr::kFunction) item = expr_.index();
  if (expr_.kind == ConstExpr::kGlobal) item = ElementSegment::kGlobalItem | expr_.index();
  static_cast<uint32_t*>(buffer_)[filled_++] = item;
  step_ = Step::kElementItems;
  return true;
}

// ---- Data segments (5.5.14) ------------------------------------------------------------------

bool Decoder::data_item() {
  if (!in_.u32()) return false;
  const uint32_t flags = in_.value();
  if (flags > 2) return in_.fail_value(ErrorCode::kSegmentFlags);
  if (flags != 0 && !use(Feature::kBulkMemory)) return false;
  DataSegment& segment = current<DataSegment>();
  if (flags != 1) {
    segment.mode = SegmentMode::kActive;
    return active_segment(kMemory, flags == 2, &segment.memory, Step::kDataSize);
  }
  segment.mode = SegmentMode::kPassive;
  step_ = Step::kDataSize;
  return true;
}

bool Decoder::data_size() {
  if (!take_count()) return false;
  DataSegment& segment = current<DataSegment>();
  if (segment.mode == SegmentMode::kActive) segment.offset = expr_;
  segment.size = size_;
  module_.module_info.data_bytes += size_;
  if (stable_ && in_.available() >= size_) {
    segment.bytes = in_.cursor();
    in_.skip(size_);
    return end_item();
  }
  if (!allocate(1)) return false;
  segment.bytes = static_cast<uint8_t*>(buffer_);
  step_ = Step::kDataBytes;
  return true;
}

bool Decoder::data_bytes() {
  const uint32_t missing = size_ - filled_;
  const size_t there = in_.available();
  const uint32_t taken = there < missing ? static_cast<uint32_t>(there) : missing;
  if (missing == 0) return end_item();
  if (taken == 0) return in_.out_of_bytes();
  memcpy(static_cast<uint8_t*>(buffer_) + filled_, in_.cursor(), taken);
  in_.skip(taken);
  filled_ += taken;
  return true;
}

// ---- Custom sections (5.5.3), name section (7.4.1) -------------------------------------------

bool Decoder::custom_name() {
  step_ = Step::kSkip;
  skip_end_ = section_end_;
  // A second name section would shadow the first: ignore it.
  if (name() == StringView("name", 4) && options_.keep_names && module_.names == nullptr &&
      module_.module_name.empty()) {
    in_names_ = true;
    keeps_name_ = true;
    names_begin_ = arena_.mark().low;
    step_ = Step::kNameSection;
  }
  return true;
}

// Skips what is left of a section, or of a part of the name section.
bool Decoder::skip() {
  if (in_.position() > skip_end_) return in_.fail(ErrorCode::kSectionSize);
  const uint32_t left = skip_end_ - in_.position();
  const size_t there = in_.available();
  const uint32_t taken = there < left ? static_cast<uint32_t>(there) : left;
  in_.skip(taken);
  // Progress is made even when more must come.
  if (taken < left) return taken != 0 || in_.out_of_bytes();
  if (!in_names_) return end_of_section();
  step_ = Step::kNameSection;
  return true;
}

bool Decoder::name_section() {
  if (in_.at_limit()) {
    in_names_ = false;
    return end_of_section();
  }
  if (!in_.byte()) return false;
  const uint32_t id = in_.value();
  if (!take_count()) return false;
  skip_end_ = in_.position() + size_;
  if (id == 0 && module_.module_name.empty()) return begin_name(Step::kModuleName);
  step_ = id == 1 && module_.names == nullptr ? Step::kNameMap : Step::kSkip;
  return true;
}

bool Decoder::module_name() {
  module_.module_name = name();
  step_ = Step::kSkip;
  return true;
}

bool Decoder::name_map() {
  if (!take_count() || !allocate(sizeof(FunctionName))) return false;
  names_count_ = size_;
  module_.names = static_cast<FunctionName*>(buffer_);
  module_.name_count = 0;
  size_ = kNoIndex;  // no entry was read yet
  step_ = Step::kNameMapEntry;
  return true;
}

// Runs before the first entry, and after the name of each.
bool Decoder::name_map_entry() {
  const bool have_entry = size_ != kNoIndex;
  const uint32_t next = module_.name_count + (have_entry ? 1 : 0);
  if (next < names_count_ && !in_.u32()) return false;
  if (have_entry) {
    new (&module_.names[module_.name_count]) FunctionName{name_index_, name()};
    module_.name_count = next;
  }
  if (next == names_count_) {
    step_ = Step::kSkip;
    return true;
  }
  name_index_ = in_.value();
  return begin_name(Step::kNameMapEntry);
}

void Decoder::drop_names() {
  in_names_ = false;
  in_.forget_error();
  module_.names = nullptr;
  module_.name_count = 0;
  module_.module_name = StringView();
  arena_.roll_back_low({names_begin_, nullptr});
  skip_end_ = section_end_;
  step_ = Step::kSkip;
}

}  // namespace

}  // namespace mote::detail
