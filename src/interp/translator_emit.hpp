// Translator: choosing handler variants and writing code. Part of translator.cpp.
#pragma once

#include "interp/translator.hpp"

namespace mote::detail {

namespace {

Handler add(Handler first, uint32_t number) {
  return static_cast<Handler>(static_cast<uint32_t>(first) + number);
}

// The handler that moves a value of `type`; those of one type stand together: S, C, A.
Handler typed(ValueType type, Handler i32, Handler i64, Handler f32, Handler f64, Src src) {
  Handler first = i32;
  if (moved_as(type) == ValueType::kI64) first = i64;
  if (moved_as(type) == ValueType::kF32) first = f32;
  if (moved_as(type) == ValueType::kF64) first = f64;
  return add(first, static_cast<uint32_t>(src));
}

#if MOTE_APART_F32
constexpr Handler kCopyF32 = Handler::kCopyF32_S;
constexpr Handler kReturnF32 = Handler::kReturnF32_S;
#else
constexpr Handler kCopyF32 = Handler::kCount;
constexpr Handler kReturnF32 = Handler::kCount;
#endif
#if MOTE_APART_F64
constexpr Handler kCopyF64 = Handler::kCopyF64_S;
constexpr Handler kReturnF64 = Handler::kReturnF64_S;
#else
constexpr Handler kCopyF64 = Handler::kCount;
constexpr Handler kReturnF64 = Handler::kCount;
#endif
static_assert(static_cast<int>(Src::S) == 0 && static_cast<int>(Src::C) == 1 &&
                  static_cast<int>(Src::A) == 2,
              "the order of MOTE_H_MOVE in handlers.def");

#if MOTE_DIRECTIONS == 1
constexpr Handler kFirstBranch = Handler::kBrIf_SX;
#else
constexpr Handler kFirstBranch = Handler::kBrIf_SF;
#endif

// ---- Code space ------------------------------------------------------------------------------

// Begins an instruction; returns where its operands go. Ends what could still be changed about the
// instruction before.
Unit* Translator::start(Handler handler) {
  last_result_at_ = kNoPatch;
  if (!is_writing() || (kMostUnits > room_ && !make_room(kMostUnits))) return unused_;
  Unit* const at = code_ + size_;
#if MOTE_TRANSLATION_NOTES
  notes_->write(funcidx_, size_, handler,
                flushed_offset_ != kNoIndex ? flushed_offset_ : in_.offset);
#endif
#if MOTE_FUSED
  if (fuse(handler)) return at;
#endif
  write_handler(at, handler);
  return at + kHandlerUnits;
}

// Ends the instruction, whose last operand ends at `at`.
void Translator::finish(const Unit* at) {
  if (!is_writing()) return;
  const uint32_t size = static_cast<uint32_t>(at - code_);
  room_ -= size - size_;
  size_ = size;
}

// Where `at`, in the instruction that is being written, lies in the code of the function.
uint32_t Translator::position_of(const Unit* at) const {
  return is_writing() ? static_cast<uint32_t>(at - code_) : kNoPatch;
}

// Takes memory for `units` more, and for some that will follow.
bool Translator::make_room(uint32_t units) {
  const size_t used = code_bytes() + size_t{size_} * sizeof(Unit);
  const size_t needed = used + size_t{units} * sizeof(Unit);
  // Ask for more than is needed now, but not for more than there is.
  for (uint32_t more = 128 + block_bytes_ / 8;; more = 15) {
    const size_t wanted = (needed + more) & ~size_t{15};
    if (wanted > used && wanted <= UINT32_MAX &&
        context_->arena->extend(module_->code_begin, block_bytes_, wanted)) {
      block_bytes_ = static_cast<uint32_t>(wanted);
      room_ = static_cast<uint32_t>((wanted - used) / sizeof(Unit));
      return true;
    }
    if (more == 15) break;
  }
  out_of_memory();
  return false;
}

Unit* Translator::emit_source(Unit* at, const Operand& operand) {
  if (operand.src == Src::S) {
    write_slot(at, operand.slot);
    return at + kSlotUnits;
  }
  if (operand.src == Src::A) return at;
  if (slots_of(operand.type) == 2) {
    write_u64(at, operand.bits);
    return at + kU64Units;
  }
  write_u32(at, static_cast<uint32_t>(operand.bits));
  return at + kU32Units;
}

#if MOTE_CODE_OFFSETS
// Adds a number to the map.
void Translator::note_number(uint32_t number) {
  do {
    uint8_t* const at = map_.add();
    if (at == nullptr) return out_of_memory();
    *at = static_cast<uint8_t>(number > 0x7F ? number | 0x80 : number);
    number >>= 7;
  } while (number != 0);
}
#endif

// Notes that the instruction about to be written comes from `offset` in the module. The map is a
// list of pairs (units since the last entry, bytes since the last entry), each as LEB128.
void Translator::note_offset(uint32_t offset) {
#if MOTE_CODE_OFFSETS
  if (!is_writing()) return;
  note_number(size_ - map_position_);
  note_number(offset - map_offset_);
  map_position_ = size_;
  map_offset_ = offset;
#else
  (void)offset;
#endif
}

// ---- Operands --------------------------------------------------------------------------------

void Translator::set_accumulator(Slot slot, ValueType type) {
  accumulator_type_ = moved_as(type);
  accumulator_slot_ = owns_accumulator(accumulator_type_) ? slot : kNoSlot;
}

bool Translator::is_in_accumulator(const Operand& operand) const {
  if (!kHasAccumulator) return false;
  return operand.src == Src::S && operand.slot == accumulator_slot_ &&
         moved_as(operand.type) == accumulator_type_;
}

// Makes a constant a slot operand, in its home.
void Translator::put_in_slot(Operand* operand) {
  if (operand->src != Src::C) return;
  emit_copy(operand, operand->home);
  operand->src = Src::S;
  operand->slot = operand->home;
}

// Whether the operand is the result of the instruction that waits, and nothing else reads it.
bool Translator::is_pending(const Operand& operand) const {
  return pending_.active && operand.is_temporary && operand.src == Src::S &&
         pending_.destination == operand.slot;
}

// Takes an operand that is in the accumulator from there. Nothing may be written between this and
// the instruction that uses the operand.
void Translator::take_accumulator(Operand* operand) {
  // If nothing else will read it, it needs no slot.
  if (is_pending(*operand) && number_of_pending(Dst::N) != kNoForm) pending_.kind = Dst::N;
  operand->src = Src::A;
}

void Translator::use(Operand* operand) {
  if (is_in_accumulator(*operand)) take_accumulator(operand);
}

// Chooses classes for a_ and b_ such that there is a form for them: first constants that no form
// takes go to slots, then one source comes from the accumulator if it can. Swaps the sources where
// that helps; `swaps` says whether it may. True: they were swapped.
bool Translator::choose(const FormIndex& forms, bool swaps) {
  const bool takes_constant = forms.has(Src::S, Src::C);
  if (a_.src == Src::C &&
      (b_.src == Src::C || !(forms.has(Src::C, Src::S) || (swaps && takes_constant)))) {
    put_in_slot(&a_);
  }
  if (!takes_constant) put_in_slot(&b_);
  const auto fits = [&](Src first, Src second) {
    return forms.has(first, second) || (swaps && forms.has(second, first));
  };
  if (is_in_accumulator(a_) && fits(Src::A, b_.src)) {
    take_accumulator(&a_);
  } else if (is_in_accumulator(b_) && fits(a_.src, Src::A)) {
    take_accumulator(&b_);
  }
  if (forms.has(a_.src, b_.src)) return false;
  const Operand first = a_;
  a_ = b_;
  b_ = first;
  return true;
}

// Number of the form that the waiting instruction takes with a result of class `kind`, or kNoForm.
uint8_t Translator::number_of_pending(Dst kind) const {
  return pending_forms_->find(pending_.a.src, pending_.b.src, kind);
}

// The handler of the instruction that waits.
Handler Translator::handler_of_pending() const {
  const Pending& p = pending_;
  const Instruction& info = detail::instruction(p.op);
  uint32_t number = number_of_pending(p.kind);
  // The forms without an offset follow the others.
  const bool is_memory = info.shape == Shape::kStore || info.shape == Shape::kLoad;
  if (is_memory && has_near_forms(info) && p.immediate == 0 && p.a.src != Src::C) {
    number += pending_forms_->count;
  }
  return add(first_handler(p.op), number);
}

// Writes the waiting instruction.
void Translator::flush() {
  if (!pending_.active) return;
  pending_.active = false;
  const Pending& p = pending_;
#if MOTE_TRANSLATION_NOTES
  flushed_offset_ = p.offset;
#endif
  const Instruction& info = detail::instruction(p.op);
  const bool is_store = info.shape == Shape::kStore;
  const bool is_memory = is_store || info.shape == Shape::kLoad;
  const bool has_two = is_store || info.shape == Shape::kBinary || info.shape == Shape::kCompare;
  if (info.can_trap) note_offset(p.offset);
  Unit* at;
#if MOTE_OUT_I64 || MOTE_OUT_F32 || MOTE_OUT_F64
  if (!is_memory && is_outlined(info)) {
    // Outlined instructions have one form: slots only.
    const uint32_t way = static_cast<uint32_t>(first_handler(p.op));
    Handler handler = has_two ? Handler::kOutlinedBinary : Handler::kOutlinedUnary;
#if MOTE_OUT_FLOAT
    if ((way & ~3u) == kFloatWay) handler = Handler::kOutlinedFloat;
#endif
    at = start(handler);
    write_number(at, outlined_number(info, way));
    at += kSlotUnits;
  } else
#endif
  {
    at = start(handler_of_pending());
  }
  // A constant address is part of the offset.
  if (!is_memory || p.a.src == Src::S) at = emit_source(at, p.a);
  if (has_two) at = emit_source(at, p.b);
  if (is_memory) {
    write_offset(at, p.immediate);
    at += kOffsetUnits;
  }
  if (!is_store && p.kind == Dst::D) {
    write_slot(at, p.destination);
    at += kSlotUnits;
  }
  finish(at);
#if MOTE_TRANSLATION_NOTES
  flushed_offset_ = kNoIndex;
#endif
}

// Writes what waits and makes the current instruction wait in its place, as `op` with sources a_
// and b_, in one of `forms`. Its result gets the slot that comes next.
void Translator::wait(Op op, const FormIndex& forms) {
  flush();
  last_result_at_ = kNoPatch;
  Pending& p = pending_;
  p.active = true;
  p.op = op;
  p.kind = Dst::D;
  pending_forms_ = &forms;
  p.destination = height_;
  p.offset = in_.offset;
  p.a = a_;
  p.b = b_;
  const Instruction& info = detail::instruction(op);
  if (info.shape == Shape::kStore) return;
  if (info.shape != Shape::kLoad && is_outlined(info)) return forget_accumulator();
  set_accumulator(p.destination, info.result());
}

// Copies an operand, which may be taken from the accumulator then.
void Translator::emit_copy(Operand* from, Slot to) {
  use(from);
  // The copy is no last use of a temporary that is not taken from the stack for good.
  flush();
  Unit* at = start(
      typed(from->type, Handler::kCopyI32_S, Handler::kCopyI64_S, kCopyF32, kCopyF64, from->src));
  at = emit_source(at, *from);
  write_slot(at, to);
  finish(at + kSlotUnits);
  set_accumulator(to, from->type);
}

// Gives the value `operand`, if it was made just now, another destination.
bool Translator::retarget(const Operand& operand, Slot to) {
  if (is_pending(operand)) {
    pending_.destination = to;
  } else {
    if (pending_.active || last_result_at_ == kNoPatch || operand.src != Src::S ||
        !operand.is_temporary || last_result_slot_ != operand.slot || !is_writing()) {
      return false;
    }
    write_slot(code_ + last_result_at_, to);
    last_result_slot_ = to;
    last_result_at_ = kNoPatch;
  }
  if (accumulator_slot_ == operand.slot) accumulator_slot_ = to;
  return true;
}

// ---- Branches --------------------------------------------------------------------------------

// Writes a branch: form `number`, counted without directions, of those that begin with `first`.
// Where its target goes.
uint32_t Translator::emit_branch(Handler first, uint32_t number, bool backward, const Operand* a,
                                 const Operand* b) {
  if (backward) note_offset(in_.offset);
  if (MOTE_DIRECTIONS == 2) number = 2 * number + (backward ? 1 : 0);
  Unit* at = start(add(first, number));
  if (a != nullptr) at = emit_source(at, *a);
  if (b != nullptr) at = emit_source(at, *b);
  const uint32_t target = position_of(at);
  finish(at + kTargetUnits);
  return target;
}

// Branches if c_ is not zero (when) or zero. Where its target goes.
uint32_t Translator::emit_branch_if(bool when, bool backward) {
  const Shape shape = is_pending(c_) ? detail::instruction(pending_.op).shape : Shape::kIllegal;
  if (shape == Shape::kTest) {
    if (pending_.op == Op::kI32Eqz) {
      c_ = pending_.a;  // keeps its class: what made it is written already
      pending_.active = false;
      when = !when;
      return emit_branch(kFirstBranch, (c_.src == Src::A ? 2 : 0) + (when ? 0 : 1), backward, &c_,
                         nullptr);
    }
    if (MOTE_BRANCH_LEVEL_I64 > 0) {
      // i64.eqz is a comparison with zero.
      pending_.op = Op::kI64Eq;
      pending_.b.type = ValueType::kI64;
      pending_.b.src = Src::C;
      pending_.b.bits = 0;
    }
  }
  // A comparison that waits has chosen its sources for its plain form: there may be no branch that
  // takes them from there.
  if (is_pending(c_) && detail::instruction(pending_.op).shape == Shape::kCompare &&
      branch_forms_of(detail::instruction(pending_.op)).has(pending_.a.src, pending_.b.src)) {
    return emit_branch_compare(when, backward);
  }
  put_in_slot(&c_);
  use(&c_);
  flush();
  // In handlers.def: if, unless; first with a slot, then with the accumulator.
  return emit_branch(kFirstBranch, (c_.src == Src::A ? 2 : 0) + (when ? 0 : 1), backward, &c_,
                     nullptr);
}

// Branches on the comparison that waits, instead of writing it.
uint32_t Translator::emit_branch_compare(bool when, bool backward) {
  const Pending& p = pending_;
  pending_.active = false;
  accumulator_slot_ = kNoSlot;
  const Instruction& info = detail::instruction(p.op);
  uint32_t number = branch_forms_of(info).find(p.a.src, p.b.src, Dst::D);
  Op op = p.op;
  if (info.has_inverse()) {
    if (!when) op = info.inverse(op);
  } else {
    number = 2 * number + (when ? 0 : 1);
  }
  // In handlers.def, the branches of a comparison follow its plain forms.
  return emit_branch(add(first_handler(op), forms_of(info).count), number, backward, &p.a, &p.b);
}

// Returns from the function with the operands on top of the stack, which stay there.
void Translator::emit_return() {
  const uint32_t count = type_->result_count;
  Unit* at;
  if (count == 0 || failed_) {
    flush();
    at = start(Handler::kReturn);
  } else if (count == 1 && !types_.empty()) {
    const ValueType type = type_->results[0];
    operand_at(types_.size() - 1, height_ - slots_of(type), &a_);
    use(&a_);
    flush();
    at = start(
        typed(type, Handler::kReturnI32_S, Handler::kReturnI64_S, kReturnF32, kReturnF64, a_.src));
    at = emit_source(at, a_);
  } else {
    materialize_top(count);
    flush();
    const uint32_t slots = slots_of_types({type_->results, count});
    at = start(Handler::kReturnMany);
    write_slot(at, height_ - slots);
    write_u32(at + kSlotUnits, slots);
    at += kSlotUnits + kU32Units;
  }
  write_slot(at, link_);
  finish(at + kSlotUnits);
}

}  // namespace

}  // namespace mote::detail
