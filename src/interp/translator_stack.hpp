// Translator: the operand stack (types and places), control frames and labels. Part of
// translator.cpp.
#pragma once

#include "interp/translator.hpp"

namespace mote::detail {

namespace {

// ---- Errors ----------------------------------------------------------------------------------

void Translator::fail_index(ErrorCode code, uint32_t index) {
  if (!failed_) reader_->fail_index(code, in_.offset, index);
  failed_ = true;
}

void Translator::fail_type(ValueType expected, ValueType actual) {
  if (!failed_) reader_->fail_type(expected, actual, in_.offset);
  failed_ = true;
}

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

void Translator::push(ValueType type, PlaceKind kind, uint64_t bits) {
  const uint32_t index = types_.size();
  // The place that leaves the window must be at home.
  if (index >= kWindow) spill(index - kWindow);
  if (!types_.push(type)) return out_of_memory();
  if (kind != PlaceKind::kHome) set_place(index, kind, bits);
  raise_height(slots_of(type));
}

void Translator::raise_height(uint32_t slots) {
  height_ += slots;
  if (height_ > kMaxFrameSlots) fail(ErrorCode::kFrameTooLarge);
  if (height_ > peak_) peak_ = height_;
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
void Translator::pop(ValueType expected, Operand* out) {
  const ControlFrame& frame = frames_.back();
  if (types_.size() == frame.height) {
    if (!frame.unreachable) fail_type(expected, ValueType::kNone);
    out->type = expected;
    out->src = Src::S;
    out->is_temporary = false;
    out->home = out->slot = height_;
    return;
  }
  const uint32_t index = types_.size() - 1;
  const ValueType type = types_[index];
  if (type != expected && type != ValueType::kNone && expected != ValueType::kNone) {
    fail_type(expected, type);
  }
  height_ -= slots_of(type);
  operand_at(index, height_, out);
  if (type == ValueType::kNone) out->type = expected;
  types_.pop();
  // The same cell of the window now stands for an operand further down, which is at home.
  if (!out->is_temporary) set_place(index, PlaceKind::kHome, 0);
}

// Whether the top operands are there and have just these types. Cost: a comparison of memory.
bool Translator::are_on_top(Types types) {
  const uint32_t size = types_.size();
  return size - frames_.back().height >= types.count &&
         (types.count == 0 ||
          memcmp(types_.data() + (size - types.count), types.list, types.count) == 0);
}

// Those of `types` that are to be on the stack: in unreachable code, what is missing is whatever is
// asked for.
Translator::Types Translator::types_here(Types types) {
  const ControlFrame& frame = frames_.back();
  const uint32_t there = types_.size() - frame.height;
  if (!frame.unreachable || there >= types.count) return types;
  return {types.list + (types.count - there), there};
}

void Translator::pop_types(Types types) {
  types = types_here(types);
  if (is_all_home() && are_on_top(types)) {
    types_.truncate(types_.size() - types.count);
    height_ -= slots_of_types(types);
    return;
  }
  Operand unused;
  for (uint32_t i = types.count; i > 0; i--) pop(types.list[i - 1], &unused);
}

void Translator::push_types(Types types) {
  if (types.count == 0) return;
  if (types.count == 1) return push_home(types.list[0]);
  // What leaves the window has to be at home: all that was there, if many come.
  if (!is_all_home()) materialize_all();
  if (!types_.append(types.list, types.count)) return out_of_memory();
  raise_height(slots_of_types(types));
}

// Checks the top operands against `types` without taking them.
bool Translator::check_types(Types types) {
  types = types_here(types);
  if (are_on_top(types)) return !failed_;
  const uint32_t there = types_.size() - frames_.back().height;
  for (uint32_t i = 0; i < types.count; i++) {
    const ValueType expected = types.list[types.count - 1 - i];
    const ValueType actual = i < there ? types_[types_.size() - 1 - i] : ValueType::kNone;
    if (i >= there || (actual != expected && actual != ValueType::kNone)) {
      fail_type(expected, actual);
    }
  }
  return !failed_;
}

// Moves operand `index`, which is in the window, home.
void Translator::spill(uint32_t index) {
  if (window_kinds_[index % kWindow] == PlaceKind::kHome) return;
  Slot home = height_;
  for (uint32_t i = types_.size(); i > index; i--) home -= slots_of(types_[i - 1]);
  Operand from;
  operand_at(index, home, &from);
  set_place(index, PlaceKind::kHome, 0);
  emit_copy(&from, home);
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

Translator::Types Translator::types_of_block(uint32_t type, bool parameters) const {
  // Block types of one result need a list to point to: here is each type, from 0x7F down.
  static constexpr uint8_t kSingles[] = {0x7F, 0x7E, 0x7D, 0x7C, 0x7B, 0x7A, 0x79, 0x78, 0x77,
                                         0x76, 0x75, 0x74, 0x73, 0x72, 0x71, 0x70, 0x6F};
  static_assert(static_cast<uint8_t>(ValueType::kI32) == kSingles[0] &&
                    static_cast<uint8_t>(ValueType::kExternRef) == kSingles[0x7F - 0x6F],
                "value types are their bytes in the binary format");
  if (type == kEmptyBlock || (type >= kValueBlock && parameters)) return {nullptr, 0};
  if (type >= kValueBlock) {
    return {reinterpret_cast<const ValueType*>(&kSingles[0x7F - (type & 0x7F)]), 1};
  }
  const FunctionType& function = module_->types[type];
  if (parameters) return {function.parameters, function.parameter_count};
  return {function.results, function.result_count};
}

// Checks that a block ends with its results and nothing else on the stack.
bool Translator::check_end(const ControlFrame& frame) {
  const Types results = results_of(frame);
  if (!check_types(results)) return false;
  if (types_.size() - frame.height > results.count) fail_type(ValueType::kNone, types_.back());
  return !failed_;
}

Translator::ControlFrame* Translator::label(uint32_t depth) {
  if (depth < frames_.size()) return &frames_[frames_.size() - 1 - depth];
  fail_index(ErrorCode::kUnknownLabel, depth);
  return nullptr;
}

uint32_t Translator::slots_of_types(Types types) {
  return slots_of_list({types.list, types.count});
}

// Makes the target at position `at` the label of `frame`: at once for a loop, else when its end
// is reached; until then, targets of one label form a chain.
void Translator::write_label(ControlFrame& frame, uint32_t at) {
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
  for (uint32_t at = *chain; at != kNoPatch && !failed_;) {
    const uint32_t next = read_u32(code_ + at);
    write_target(code_ + at, code_ + size_);
    at = next;
  }
  *chain = kNoPatch;
}

// Moves the values that a branch to `frame` takes along from the top of the stack to where the
// label expects them. The operand stack stays as it is.
void Translator::move_to_label(const ControlFrame& frame) {
  const Types types = label_types(frame);
  const Slot slots = slots_of_types(types);
  Slot from = height_ - slots;
  Slot to = frame.base;
  if (types.count > kMostCopies) {
    // Not what lies below: whoever does not branch goes on with it where it was.
    materialize_top(types.count);
    if (from == to) return;
    flush();
    Unit* const at = start(Handler::kMoveSlots);
    write_slot(at, from);
    write_slot(at + kSlotUnits, to);
    write_u32(at + 2 * kSlotUnits, slots);
    finish(at + 2 * kSlotUnits + kU32Units);
    forget_accumulator();
    return;
  }
  // Upwards: a value's new slots never overlap the old ones of a value above it.
  for (uint32_t i = types_.size() - types.count; i < types_.size(); i++) {
    operand_at(i, from, &a_);
    const uint32_t size = slots_of(a_.type);
    const bool is_there = a_.src == Src::S && a_.slot == to;
    if (!is_there && !(types.count == 1 && retarget(a_, to))) emit_copy(&a_, to);
    from += size;
    to += size;
  }
}

// Branches with the values on top of the stack, which stay there.
void Translator::branch_to(ControlFrame& frame) {
  if (!is_writing()) return;
  if (frame.kind == Op::kEnd) return emit_return();
  move_to_label(frame);
  flush();
#if MOTE_DIRECTIONS == 1
  constexpr Handler kBranch = Handler::kBr_X;
#else
  constexpr Handler kBranch = Handler::kBr_F;
#endif
  write_label(frame, emit_branch(kBranch, 0, frame.kind == Op::kLoop, nullptr, nullptr));
}

}  // namespace

}  // namespace mote::detail
