// Translator: the operand stack (types and places), control frames and labels.
#include "interp/translator.hpp"

namespace mote::detail {

// ---- Errors ----------------------------------------------------------------------------------

bool Translator::fail(ErrorCode code) { return reader_->fail(code, instruction_offset_); }

bool Translator::fail_index(ErrorCode code, uint32_t index) {
  return reader_->fail_index(code, instruction_offset_, index);
}

bool Translator::fail_type(ValueType expected, ValueType actual) {
  return reader_->fail_type(expected, actual, instruction_offset_);
}

bool Translator::out_of_memory() { return fail(ErrorCode::kOutOfMemory); }

// ---- Operands --------------------------------------------------------------------------------

void Translator::set_place(uint32_t index, PlaceKind kind, uint64_t bits) {
  PlaceKind& old = window_kinds_[index % kWindow];
  if (old != PlaceKind::kHome) waiting_--;
  if (kind != PlaceKind::kHome) waiting_++;
  old = kind;
  window_bits_[index % kWindow] = bits;
}

void Translator::forget_places() {
  if (waiting_ != 0) memset(window_kinds_, 0, sizeof window_kinds_);
  waiting_ = 0;
}

bool Translator::push(ValueType type, PlaceKind kind, uint64_t bits) {
  const uint32_t index = types_.size();
  // The place that leaves the window must be at home.
  if (index >= kWindow) spill(index - kWindow);
  if (!types_.push(type)) return out_of_memory();
  if (kind != PlaceKind::kHome) set_place(index, kind, bits);
  height_ += slots_of(type);
  if (height_ > kMaxFrameSlots) return fail(ErrorCode::kFrameTooLarge);
  if (height_ > peak_) peak_ = height_;
  return true;
}

// Operand `index`, whose home is `home`.
void Translator::operand_at(uint32_t index, Slot home, Operand* out) {
  out->type = types_[index];
  out->home = home;
  out->slot = home;
  out->src = Src::S;
  out->is_temporary = true;
  if (waiting_ == 0 || types_.size() - index > kWindow) return;
  const PlaceKind kind = window_kinds_[index % kWindow];
  if (kind == PlaceKind::kHome) return;
  out->is_temporary = false;
  if (kind == PlaceKind::kLocal) {
    out->slot = static_cast<Slot>(window_bits_[index % kWindow]);
  } else {
    out->src = Src::C;
    out->bits = window_bits_[index % kWindow];
  }
}

// Takes the top operand. `expected` kNone: any type. In unreachable code, what is not there has
// any type that is asked for, and type kNone if none is.
bool Translator::pop(ValueType expected, Operand* out) {
  const ControlFrame& frame = frames_.back();
  if (types_.size() == frame.height) {
    if (!frame.unreachable) return fail_type(expected, ValueType::kNone);
    *out = {expected, Src::S, false, height_, height_, 0};
    return true;
  }
  const uint32_t index = types_.size() - 1;
  const ValueType type = types_[index];
  if (type != expected && type != ValueType::kNone && expected != ValueType::kNone) {
    return fail_type(expected, type);
  }
  height_ -= slots_of(type);
  operand_at(index, height_, out);
  if (type == ValueType::kNone) out->type = expected;
  types_.pop();
  // The same cell of the window now stands for an operand further down, which is at home.
  if (!out->is_temporary) set_place(index, PlaceKind::kHome, 0);
  return true;
}

// Whether the top operands are there and have just these types. Cost: a comparison of memory.
bool Translator::are_on_top(Types types) {
  const uint32_t size = types_.size();
  return size - frames_.back().height >= types.count &&
         (types.count == 0 ||
          memcmp(types_.data() + (size - types.count), types.list, types.count) == 0);
}

bool Translator::pop_types(Types types) {
  if (is_all_home() && are_on_top(types)) {
    types_.truncate(types_.size() - types.count);
    height_ -= slots_of_types(types);
    return true;
  }
  Operand unused;
  for (uint32_t i = types.count; i > 0; i--) {
    if (!pop(types.list[i - 1], &unused)) return false;
  }
  return true;
}

bool Translator::push_types(Types types) {
  if (types.count == 1) return push_home(types.list[0]);
  if (types.count == 0) return true;
  // What leaves the window has to be at home: all that was there, if many come.
  if (!is_all_home()) materialize_all();
  if (!types_.append(types.list, types.count)) return out_of_memory();
  height_ += slots_of_types(types);
  if (height_ > kMaxFrameSlots) return fail(ErrorCode::kFrameTooLarge);
  if (height_ > peak_) peak_ = height_;
  return true;
}

// Checks the top operands against `types` without taking them. In unreachable code, operands that
// are missing come into being.
bool Translator::check_types(Types types) {
  if (are_on_top(types)) return true;
  const ControlFrame& frame = frames_.back();
  const uint32_t there = types_.size() - frame.height;
  for (uint32_t i = 0; i < types.count; i++) {
    const ValueType expected = types.list[types.count - 1 - i];
    if (i >= there) {
      if (!frame.unreachable) return fail_type(expected, ValueType::kNone);
      continue;
    }
    const ValueType actual = types_[types_.size() - 1 - i];
    if (actual != expected && actual != ValueType::kNone) return fail_type(expected, actual);
  }
  return true;
}

// Moves operand `index`, which is in the window, home.
void Translator::spill(uint32_t index) {
  if (window_kinds_[index % kWindow] == PlaceKind::kHome) return;
  Slot home = height_;
  for (uint32_t i = types_.size(); i > index; i--) home -= slots_of(types_[i - 1]);
  Operand from;
  operand_at(index, home, &from);
  set_place(index, PlaceKind::kHome, 0);
  emit_copy(from.type, from, home);
}

void Translator::materialize_top(uint32_t count) {
  if (is_all_home()) return;
  const uint32_t size = types_.size();
  if (count > size) count = size;
  if (count > kWindow) count = kWindow;
  for (uint32_t i = size - count; i < size; i++) spill(i);
}

bool Translator::has_reads_of(Slot local) const {
  if (is_all_home()) return false;
  for (uint32_t i = 0; i < kWindow; i++) {
    if (window_kinds_[i] == PlaceKind::kLocal && window_bits_[i] == local) return true;
  }
  return false;
}

void Translator::spill_reads_of(Slot local) {
  const uint32_t size = types_.size();
  for (uint32_t i = size > kWindow ? size - kWindow : 0; i < size; i++) {
    if (window_kinds_[i % kWindow] == PlaceKind::kLocal && window_bits_[i % kWindow] == local) {
      spill(i);
    }
  }
}

// 3.3.8: after an unconditional branch the operand stack is whatever is needed.
void Translator::become_unreachable() {
  ControlFrame& frame = frames_.back();
  flush();
  last_result_at_ = kNoPatch;
  forget_accumulator();
  types_.truncate(frame.height);
  height_ = frame.base;
  forget_places();
  frame.unreachable = true;
  live_ = false;
}

// ---- Labels ----------------------------------------------------------------------------------

namespace {
// Block types of one result need a list to point to.
constexpr ValueType kSingle[] = {ValueType::kI32, ValueType::kI64,     ValueType::kF32,
                                 ValueType::kF64, ValueType::kFuncRef, ValueType::kExternRef,
                                 ValueType::kV128};
}  // namespace

Translator::Types Translator::block_parameters(uint64_t type) const {
  if (type >= kEmptyBlock) return {nullptr, 0};
  const FunctionType& function = module_->types[type];
  return {function.parameters, function.parameter_count};
}

Translator::Types Translator::block_results(uint64_t type) const {
  if (type == kEmptyBlock) return {nullptr, 0};
  if (type >= kValueBlock) {
    const ValueType value = static_cast<ValueType>(type & 0xFF);
    for (const ValueType& single : kSingle) {
      if (single == value) return {&single, 1};
    }
  }
  const FunctionType& function = module_->types[type];
  return {function.results, function.result_count};
}

Translator::Types Translator::label_types(const ControlFrame& frame) const {
  return frame.kind == Op::kLoop ? block_parameters(frame.type) : block_results(frame.type);
}

bool Translator::label(uint32_t depth, uint32_t* index) {
  if (depth >= frames_.size()) return fail_index(ErrorCode::kUnknownLabel, depth);
  *index = frames_.size() - 1 - depth;
  return true;
}

uint32_t Translator::slots_of_types(Types types) {
  uint32_t slots = 0;
  for (uint32_t i = 0; i < types.count; i++) slots += slots_of(types.list[i]);
  return slots;
}

// Makes the target at position `at` the label of `frame`: at once for a loop, else when its end
// is reached; until then, targets of one label form a chain.
void Translator::write_label(ControlFrame& frame, uint32_t at) {
  frame.is_targeted = true;
  if (at == kNoPatch) return;
  if (frame.kind == Op::kLoop) {
    write_target(code_ + at, code_ + frame.target);
  } else {
    write_u32(code_ + at, frame.target);
    frame.target = at;
  }
}

// The code that comes next is the target of all branches in the chain.
void Translator::bind(uint32_t* chain) {
  flush();
  last_result_at_ = kNoPatch;
  forget_accumulator();
  for (uint32_t at = *chain; at != kNoPatch && !out_of_memory_;) {
    const uint32_t next = read_u32(code_ + at);
    write_target(code_ + at, code_ + size_);
    at = next;
  }
  *chain = kNoPatch;
}

// Moves the values that a branch to `frame` takes along from the top of the stack to where the
// label expects them. The operand stack stays as it is.
void Translator::move_to_label(const ControlFrame& frame) {
  if (!live_) return;
  const Types types = label_types(frame);
  if (types.count == 0) return;
  const Slot slots = slots_of_types(types);
  Slot from = height_ - slots;
  Slot to = frame.base;
  if (types.count > kMostCopies) {
    materialize_all();
    if (from == to) return;
    flush();
    Unit* at = emit(Handler::kMoveSlots, 2 * kSlotUnits + kU32Units);
    write_slot(at, from);
    write_slot(at + kSlotUnits, to);
    write_u32(at + 2 * kSlotUnits, slots);
    forget_accumulator();
    return;
  }
  // Upwards: a value's new slots never overlap the old ones of a value above it.
  for (uint32_t i = types_.size() - types.count; i < types_.size(); i++) {
    Operand value;
    operand_at(i, from, &value);
    const ValueType type = value.type;
    const bool is_there = value.src == Src::S && value.slot == to;
    if (!is_there && !(types.count == 1 && retarget(value, to))) emit_copy(type, value, to);
    from += slots_of(type);
    to += slots_of(type);
  }
}

// Branches with the values on top of the stack, which stay there.
void Translator::branch_to(ControlFrame& frame) {
  if (!live_) return;
  if (frame.kind == Op::kEnd) {
    emit_return();
    return;
  }
  move_to_label(frame);
  flush();
  const bool backward = frame.kind == Op::kLoop;
  if (backward) note_offset(instruction_offset_);
#if MOTE_DIRECTIONS == 1
  constexpr Handler kForward = Handler::kBr_X;
  constexpr Handler kBackward = Handler::kBr_X;
#else
  constexpr Handler kForward = Handler::kBr_F;
  constexpr Handler kBackward = Handler::kBr_B;
#endif
  Unit* at = emit(backward ? kBackward : kForward, kTargetUnits);
  write_label(frame, out_of_memory_ ? kNoPatch : position_of(at));
}

}  // namespace mote::detail
