// Translator: choosing handler variants and writing code.
#include "interp/translator.hpp"

namespace mote::detail {

namespace {

uint32_t units_of(Src src, ValueType type) {
  if (src == Src::S) return kSlotUnits;
  if (src == Src::A) return 0;
  return slots_of(type) == 2 ? kU64Units : kU32Units;
}

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

constexpr uint32_t kDirections = MOTE_DIRECTIONS;
#if MOTE_DIRECTIONS == 1
constexpr Handler kFirstBranch = Handler::kBrIf_SX;
#else
constexpr Handler kFirstBranch = Handler::kBrIf_SF;
#endif
uint32_t direction_number(bool backward) { return kDirections == 2 && backward ? 1 : 0; }

}  // namespace

// ---- Code space ------------------------------------------------------------------------------

// Room for an instruction; returns where its operands go. Ends what could still be changed about
// the instruction before.
Unit* Translator::emit(Handler handler, uint32_t operand_units) {
  last_result_at_ = kNoPatch;
  const uint32_t units = kHandlerUnits + operand_units;
  if (units > room_ && !make_room(units)) return unused_;
  room_ -= units;
  Unit* at = code_ + size_;
  size_ += units;
  write_handler(at, handler);
  return at + kHandlerUnits;
}

// Takes memory for `units` more, and for some that will follow.
bool Translator::make_room(uint32_t units) {
  if (out_of_memory_) return false;
  const uint32_t used = static_cast<uint32_t>(code_ - code_block_) + size_;
  const uint64_t needed = (static_cast<uint64_t>(used) + units) * sizeof(Unit);
  // Ask for more than is needed now, but not for more than there is.
  uint64_t wanted = (needed + 128 + block_bytes_ / 8) & ~uint64_t{15};
  if (wanted > UINT32_MAX || !arena_->extend(code_block_, block_bytes_, wanted)) {
    wanted = (needed + 15) & ~uint64_t{15};
    if (wanted > UINT32_MAX || !arena_->extend(code_block_, block_bytes_, wanted)) {
      out_of_memory_ = true;
      room_ = 0;
      return false;
    }
  }
  block_bytes_ = static_cast<uint32_t>(wanted);
  room_ = block_bytes_ / static_cast<uint32_t>(sizeof(Unit)) - used;
  return true;
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

// Notes that the instruction about to be written comes from `offset` in the module. The map is a
// list of pairs (units since the last entry, bytes since the last entry), each as LEB128.
void Translator::note_offset(uint32_t offset) {
#if MOTE_CODE_OFFSETS
  uint32_t numbers[2] = {size_ - map_position_, offset - map_offset_};
  for (uint32_t number : numbers) {
    do {
      const uint8_t byte = static_cast<uint8_t>((number & 0x7F) | (number > 0x7F ? 0x80 : 0));
      if (!map_.push(byte)) {
        out_of_memory_ = true;
        return;
      }
      number >>= 7;
    } while (number != 0);
  }
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
  return operand.src == Src::S && operand.slot == accumulator_slot_ &&
         moved_as(operand.type) == accumulator_type_;
}

// Makes a constant a slot operand, in its home.
void Translator::put_in_slot(Operand* operand) {
  if (operand->src != Src::C || !live_) return;
  emit_copy(operand->type, *operand, operand->home);
  operand->src = Src::S;
  operand->slot = operand->home;
}

// Takes an operand that is in the accumulator from there. Nothing may be written between this and
// the instruction that uses the operand.
void Translator::take_accumulator(Operand* operand) {
  operand->src = Src::A;
  // If nothing else will read it, it needs no slot.
  if (operand->is_temporary && pending_.active && pending_.destination == operand->slot &&
      number_of(pending_, Dst::N) != kNoForm) {
    pending_.kind = Dst::N;
  }
}

void Translator::use(Operand* operand) {
  if (is_in_accumulator(*operand)) take_accumulator(operand);
}

// Chooses classes for two sources such that there is a form for them: first constants that no form
// takes go to slots, then one source comes from the accumulator if it can. Swaps the sources where
// that helps; `swaps` says whether it may. True: they were swapped.
bool Translator::choose(const FormIndex& forms, Operand* a, Operand* b, bool swaps) {
  if (a->src == Src::C && b->src == Src::C) put_in_slot(a);
  if (b->src == Src::C && !forms.has(Src::S, Src::C)) put_in_slot(b);
  if (a->src == Src::C && !forms.has(Src::C, Src::S) && !(swaps && forms.has(Src::S, Src::C))) {
    put_in_slot(a);
  }
  const auto fits = [&](Src first, Src second) {
    return forms.has(first, second) || (swaps && forms.has(second, first));
  };
  if (is_in_accumulator(*a) && fits(Src::A, b->src)) {
    take_accumulator(a);
  } else if (is_in_accumulator(*b) && fits(a->src, Src::A)) {
    take_accumulator(b);
  }
  if (forms.has(a->src, b->src)) return false;
  const Operand first = *a;
  *a = *b;
  *b = first;
  return true;
}

// Number of the form that `pending` takes with a result of class `kind`, or kNoForm.
uint8_t Translator::number_of(const Pending& pending, Dst kind) const {
  return forms_of(detail::instruction(pending.op)).find(pending.a.src, pending.b.src, kind);
}

// The handler of a load or store that need not add its offset, if there is one.
Handler Translator::without_offset(const Instruction& info, Handler handler, Src address,
                                   uint32_t offset) {
  const bool is_near = has_near_forms(info) && offset == 0 && address != Src::C;
  return is_near ? add(handler, forms_of(info).count) : handler;
}

// Writes the waiting instruction.
void Translator::flush() {
  if (!pending_.active) return;
  pending_.active = false;
  const Pending& p = pending_;
  const Instruction& info = detail::instruction(p.op);
  if (info.can_trap) note_offset(p.offset);
  const Handler first = first_handler(p.op);
  Unit* at;
#if MOTE_OUT_I64 || MOTE_OUT_F32 || MOTE_OUT_F64
  if (info.shape != Shape::kLoad && is_outlined(info)) {
    // Outlined instructions have one form: slots only.
    const bool has_two = info.shape == Shape::kBinary || info.shape == Shape::kCompare;
    at = emit(has_two ? Handler::kOutlinedBinary : Handler::kOutlinedUnary,
              (has_two ? 4 : 3) * kSlotUnits);
    write_number(at, static_cast<uint32_t>(first));
    at = emit_source(at + kSlotUnits, p.a);
    if (has_two) at = emit_source(at, p.b);
    write_slot(at, p.destination);
    return;
  }
#endif
  Handler handler = add(first, number_of(p, p.kind));
  if (info.shape == Shape::kLoad) {
    handler = without_offset(info, handler, p.a.src, p.immediate);
    at = emit(handler, address_units(p.a.src) + kOffsetUnits + result_units(p.kind));
    if (p.a.src == Src::S) at = emit_source(at, p.a);
    write_offset(at, p.immediate);
    at += kOffsetUnits;
  } else {
    const bool has_two = info.shape == Shape::kBinary || info.shape == Shape::kCompare;
    at = emit(handler, units_of(p.a.src, p.a.type) + (has_two ? units_of(p.b.src, p.b.type) : 0) +
                           result_units(p.kind));
    at = emit_source(at, p.a);
    if (has_two) at = emit_source(at, p.b);
  }
  if (p.kind == Dst::D) write_slot(at, p.destination);
}

// Writes what waits and makes instruction `in` wait in its place, as `op` with these sources. Its
// result gets the slot that comes next.
void Translator::wait(Op op, const DecodedInstruction& in, const Operand& a, const Operand* b) {
  flush();
  last_result_at_ = kNoPatch;
  Pending& p = pending_;
  p.active = true;
  p.op = op;
  p.kind = Dst::D;
  p.type = detail::instruction(op).result();
  p.destination = height_;
  p.offset = in.offset;
  p.a = a;
  p.b.src = Src::S;
  if (b != nullptr) p.b = *b;
  const Instruction& info = detail::instruction(op);
  if (info.shape != Shape::kLoad && is_outlined(info)) {
    forget_accumulator();
  } else {
    set_accumulator(p.destination, p.type);
  }
}

void Translator::emit_copy(ValueType type, const Operand& from, Slot to) {
  if (!live_) return;
  Operand source = from;
  use(&source);
  // The copy is no last use of a temporary that is not taken from the stack for good.
  flush();
  Unit* at =
      emit(typed(type, Handler::kCopyI32_S, Handler::kCopyI64_S, kCopyF32, kCopyF64, source.src),
           units_of(source.src, type) + kSlotUnits);
  at = emit_source(at, source);
  write_slot(at, to);
  set_accumulator(to, type);
}

// Gives the value `operand`, if it was made just now, another destination.
bool Translator::retarget(const Operand& operand, Slot to) {
  if (!operand.is_temporary || operand.src != Src::S) return false;
  if (pending_.active) {
    if (pending_.destination != operand.slot) return false;
    pending_.destination = to;
    if (accumulator_slot_ == operand.slot) accumulator_slot_ = to;
    return true;
  }
  if (last_result_at_ == kNoPatch || last_result_slot_ != operand.slot || out_of_memory_) {
    return false;
  }
  write_slot(code_ + last_result_at_, to);
  if (accumulator_slot_ == operand.slot) accumulator_slot_ = to;
  last_result_slot_ = to;
  last_result_at_ = kNoPatch;
  return true;
}

// ---- Branches --------------------------------------------------------------------------------

// Branches if `condition` is not zero (when) or zero. `*at_target` is where the target goes.
void Translator::emit_branch_if(Operand condition, bool when, bool backward, uint32_t* at_target) {
  if (!live_) {
    *at_target = kNoPatch;
    return;
  }
  const bool is_fresh = pending_.active && condition.is_temporary && condition.src == Src::S &&
                        pending_.destination == condition.slot;
  Shape shape = is_fresh ? detail::instruction(pending_.op).shape : Shape::kIllegal;
  if (shape == Shape::kTest && pending_.op == Op::kI32Eqz) {
    condition = pending_.a;  // keeps its class: what made it is written already
    pending_.active = false;
    when = !when;
  } else {
    if (shape == Shape::kTest && branch_forms_of(detail::instruction(Op::kI64Eq)).count > 1) {
      // i64.eqz is a comparison with zero.
      pending_.op = Op::kI64Eq;
      pending_.b = {ValueType::kI64, Src::C, false, 0, 0, 0};
      shape = Shape::kCompare;
    }
    // A comparison that waits has chosen its sources for its plain form: there may be no branch
    // that takes them from there.
    if (shape == Shape::kCompare &&
        branch_forms_of(detail::instruction(pending_.op)).has(pending_.a.src, pending_.b.src)) {
      emit_branch_compare(when, backward, at_target);
      return;
    }
    put_in_slot(&condition);
    use(&condition);
    flush();
  }
  // In handlers.def: if, unless; first with a slot, then with the accumulator.
  const uint32_t number = ((condition.src == Src::A ? 2 : 0) + (when ? 0 : 1)) * kDirections +
                          direction_number(backward);
  if (backward) note_offset(instruction_offset_);
  Unit* at =
      emit(add(kFirstBranch, number), units_of(condition.src, ValueType::kI32) + kTargetUnits);
  at = emit_source(at, condition);
  *at_target = out_of_memory_ ? kNoPatch : position_of(at);
}

// Branches on the comparison that waits, instead of writing it.
void Translator::emit_branch_compare(bool when, bool backward, uint32_t* at_target) {
  const Pending p = pending_;
  pending_.active = false;
  forget_accumulator();
  const Instruction& info = detail::instruction(p.op);
  Op op = p.op;
  uint32_t whens = 2;
  if (info.has_inverse()) {
    whens = 1;
    if (!when) op = info.inverse(op);
    when = true;
  }
  // In handlers.def, the branches of a comparison follow its plain forms.
  const uint32_t number =
      forms_of(info).count +
      (branch_forms_of(info).find(p.a.src, p.b.src, Dst::D) * whens + (when ? 0 : 1)) *
          kDirections +
      direction_number(backward);
  if (backward) note_offset(p.offset);
  Unit* at = emit(add(first_handler(op), number),
                  units_of(p.a.src, p.a.type) + units_of(p.b.src, p.b.type) + kTargetUnits);
  at = emit_source(at, p.a);
  at = emit_source(at, p.b);
  *at_target = out_of_memory_ ? kNoPatch : position_of(at);
}

// Returns from the function with the operands on top of the stack, which stay there.
void Translator::emit_return() {
  if (!live_) return;
  const uint32_t count = type_->result_count;
  if (count == 0) {
    flush();
    write_slot(emit(Handler::kReturn, kSlotUnits), link_);
    return;
  }
  if (count == 1) {
    const ValueType type = type_->results[0];
    Operand value;
    operand_at(types_.size() - 1, height_ - slots_of(type), &value);
    use(&value);
    flush();
    Unit* at = emit(typed(type, Handler::kReturnI32_S, Handler::kReturnI64_S, kReturnF32,
                          kReturnF64, value.src),
                    units_of(value.src, type) + kSlotUnits);
    at = emit_source(at, value);
    write_slot(at, link_);
    return;
  }
  materialize_top(count);
  flush();
  const uint32_t slots = slots_of_types({type_->results, count});
  Unit* at = emit(Handler::kReturnMany, 2 * kSlotUnits + kU32Units);
  write_slot(at, height_ - slots);
  write_u32(at + kSlotUnits, slots);
  write_slot(at + kSlotUnits + kU32Units, link_);
}

}  // namespace mote::detail
