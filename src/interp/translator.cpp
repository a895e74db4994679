// Translator: functions, and instructions that are neither control nor bulk.
#include "interp/translator.hpp"

#include "interp/code_map.hpp"

namespace mote::detail {

// ---- Functions -------------------------------------------------------------------------------

bool Translator::begin_code(ModuleContext& context, Reader& reader) {
  context_ = &context;
  module_ = context.module;
  arena_ = context.arena;
  types_.reset(arena_);
  frames_.reset(arena_);
  locals_.reset(arena_);
  map_.reset(arena_);
  code_block_ = static_cast<Unit*>(arena_->allocate(0, 16));
  if (code_block_ == nullptr) return reader.fail(ErrorCode::kOutOfMemory, reader.position());
  code_ = code_block_;
  block_bytes_ = 0;
  room_ = 0;
  size_ = 0;
  module_->code_begin = reinterpret_cast<const uint8_t*>(code_block_);
  module_->code_end = module_->code_begin;
  return true;
}

bool Translator::begin_function(uint32_t funcidx, Reader& reader) {
  funcidx_ = funcidx;
  body_offset_ = reader.position();
  type_ = &module_->function_type(funcidx);
  reader_ = &reader;
  instruction_offset_ = body_offset_;
  out_of_memory_ = false;
  types_.clear();
  frames_.clear();
  locals_.clear();
  map_.clear();
  map_position_ = 0;
  map_offset_ = body_offset_;
  pending_.active = false;
  last_result_at_ = kNoPatch;
  forget_accumulator();
  waiting_ = 0;
  memset(window_kinds_, 0, sizeof window_kinds_);
  table_number_ = 0;
  in_table_ = false;
  size_ = 0;
  height_ = 0;
  peak_ = 0;
  live_ = true;
  local_count_ = 0;
  for (uint32_t i = 0; i < type_->parameter_count; i++) {
    if (!push_locals(1, type_->parameters[i])) return false;
  }
  link_ = height_;
  height_ += kLinkSlots;
  local_slots_ = 0;
  too_many_locals_ = false;
  return true;
}

bool Translator::add_locals(uint32_t count, ValueType type, Reader& reader) {
  reader_ = &reader;
  // A malformed count further on comes first: the limit is reported when all are known.
  if (too_many_locals_ || count > kMaxFrameSlots ||
      height_ + count * slots_of(type) > kMaxFrameSlots) {
    too_many_locals_ = true;
    return true;
  }
  local_slots_ += count * slots_of(type);
  return push_locals(count, type);
}

// A run goes on where its slots do: never across the link, which parts parameters from locals.
bool Translator::push_locals(uint32_t count, ValueType type) {
  if (count == 0) return true;
  bool continues = false;
  if (!locals_.empty()) {
    const LocalRun& last = locals_.back();
    continues =
        last.type == type && last.slot + (local_count_ - last.first) * slots_of(type) == height_;
  }
  if (!continues && !locals_.push({local_count_, height_, type})) return out_of_memory();
  local_count_ += count;
  height_ += count * slots_of(type);
  return true;
}

bool Translator::begin_body(Reader& reader) {
  reader_ = &reader;
  instruction_offset_ = reader.position();
  if (too_many_locals_) return fail(ErrorCode::kFrameTooLarge);
  peak_ = height_;
  ControlFrame frame;
  frame.kind = Op::kEnd;
  frame.live_at_entry = true;
  frame.type = module_->type_of_function(funcidx_);
  frame.base = height_;
  frame.target = kNoPatch;
  if (!frames_.push(frame)) return out_of_memory();
  if (local_slots_ != 0) {
    Unit* at = emit(Handler::kZeroSlots, kSlotUnits + kU32Units);
    write_slot(at, link_ + kLinkSlots);
    write_u32(at + kSlotUnits, local_slots_);
  }
  return !out_of_memory_ || out_of_memory();
}

bool Translator::take_instructions(Reader& reader, bool* done) {
  reader_ = &reader;
  bool took_one = false;
  DecodedInstruction in = {};
  for (;;) {
    const uint8_t* start = reader.cursor();
    if (in_table_) {
      if (!br_table_label(reader)) {
        if (!reader.need_more() || !took_one) return false;
        reader.set_cursor(start);
        return true;
      }
      took_one = true;
      continue;
    }
    if (!decode_instruction(reader, &in)) {
      if (!reader.need_more() || !took_one) return false;
      reader.set_cursor(start);
      return true;
    }
    instruction_offset_ = in.offset;
    context_->use(in.info->feature);
    if (!instruction(in)) return false;
    if (out_of_memory_) return out_of_memory();
    took_one = true;
    if (frames_.empty()) {
      *done = true;
      return true;
    }
  }
}

bool Translator::end_function() {
  emit_return();
  flush();
  if (out_of_memory_) return out_of_memory();
  frames_.pop();
  FunctionCode& function = module_->functions[funcidx_ - module_->imported_functions];
  function.code = code_;
  function.code_bytes = size_ * static_cast<uint32_t>(sizeof(Unit));
  function.frame_bytes = (peak_ > height_ ? peak_ : height_) * kSlotBytes;
  function.link_bytes = link_ * kSlotBytes;
#if MOTE_CODE_OFFSETS
  const uint32_t map_bytes = CodeMap::bytes_for(map_.size(), body_offset_);
  const uint32_t map_units = (map_bytes + sizeof(Unit) - 1) / sizeof(Unit);
  const uint32_t units_before = size_;
  // emit() makes the room; the handler that it writes is overwritten by the map.
  emit(Handler::kUnreachable, map_units - kHandlerUnits);
  if (out_of_memory_) return out_of_memory();
  CodeMap::write(reinterpret_cast<uint8_t*>(code_ + units_before), body_offset_, map_.data(),
                 map_.size());
  module_->module_info.offset_map_bytes += map_units * static_cast<uint32_t>(sizeof(Unit));
#endif
  code_ += size_;
  size_ = 0;
  if (function.frame_bytes > module_->module_info.max_frame_bytes) {
    module_->module_info.max_frame_bytes = function.frame_bytes;
  }
  return true;
}

bool Translator::end_code(Reader&) {
  const uint32_t used = static_cast<uint32_t>(reinterpret_cast<uint8_t*>(code_) -
                                              reinterpret_cast<uint8_t*>(code_block_));
  arena_->shrink(code_block_, block_bytes_, used);
  block_bytes_ = used;
  module_->code_end = module_->code_begin + used;
  module_->module_info.code_bytes = used;
  return true;
}

bool Translator::instruction(const DecodedInstruction& in) {
  switch (in.info->shape) {
    case Shape::kControl: return control(in);
    case Shape::kConst: return constant(in);
    case Shape::kUnary:
    case Shape::kTest: return unary(in);
    case Shape::kBinary:
    case Shape::kCompare: return binary(in);
    case Shape::kLoad: return load(in);
    case Shape::kStore: return store(in);
    case Shape::kIllegal: break;
  }
  return fail(ErrorCode::kIllegalOpcode);
}

// ---- Numeric ---------------------------------------------------------------------------------

bool Translator::constant(const DecodedInstruction& in) {
  return push(in.info->result(), PlaceKind::kConstant, in.bits);
}

bool Translator::unary(const DecodedInstruction& in) {
  Operand a;
  if (!pop(in.info->operand(), &a)) return false;
  if (live_) {
    put_in_slot(&a);
    if (forms_of(*in.info).has(Src::A, Src::S)) use(&a);
    wait(in.op, in, a, nullptr);
  }
  return push_home(in.info->result());
}

// Two sources: arithmetic and comparisons.
bool Translator::binary(const DecodedInstruction& in) {
  Operand a;
  Operand b;
  if (!pop(in.info->operand(), &b) || !pop(in.info->operand(), &a)) return false;
  if (live_) {
    const bool compares = in.info->shape == Shape::kCompare;
    const bool swapped = choose(forms_of(*in.info), &a, &b, compares || in.info->commutes != 0);
    wait(swapped && compares ? in.info->swapped(in.op) : in.op, in, a, &b);
  }
  return push_home(in.info->result());
}

// ---- Memory ----------------------------------------------------------------------------------

// The address of a load or store and its offset. A constant address becomes part of the offset, if
// the instruction takes one; what the encoding has no room for is added before.
void Translator::fold_address(Operand* address, uint32_t* offset, bool takes_constant) {
  if (address->src == Src::C && takes_constant) {
    const uint64_t sum = address->bits + *offset;
    if (sum <= kMaxOffset) {
      *offset = static_cast<uint32_t>(sum);
      return;
    }
  }
  if (*offset > kMaxOffset) {
    flush();
    note_offset(instruction_offset_);
    const bool constant = address->src == Src::C;
    Unit* at = emit(constant ? Handler::kFarAddress_C : Handler::kFarAddress_S,
                    (constant ? kU32Units : kSlotUnits) + kU32Units + kSlotUnits);
    at = emit_source(at, *address);
    write_u32(at, *offset);
    write_slot(at + kU32Units, address->home);
    set_accumulator(address->home, ValueType::kI32);
    address->src = Src::S;
    address->slot = address->home;
    address->is_temporary = true;
    *offset = 0;
  }
  put_in_slot(address);
}

bool Translator::load(const DecodedInstruction& in) {
  if (!check_memory(in.index2)) return false;
  Operand address;
  if (!pop(ValueType::kI32, &address)) return false;
  if (live_) {
    const FormIndex& forms = forms_of(*in.info);
    uint32_t offset = static_cast<uint32_t>(in.bits);
    fold_address(&address, &offset, forms.has(Src::C, Src::S));
    if (forms.has(Src::A, Src::S)) use(&address);
    if (in.index2 != 0) {
      flush();
      emit_use_memory(in.index2);
    }
    wait(in.op, in, address, nullptr);
    pending_.immediate = offset;
    if (in.index2 != 0) {
      flush();
      emit_use_memory(0);
    }
  }
  return push_home(in.info->result());
}

// Loads and stores go to memory 0 but for what stands between a pair of these.
void Translator::emit_use_memory(uint32_t memidx) {
#if MOTE_FEATURE_MULTI_MEMORY
  write_u32(emit(Handler::kUseMemory, kU32Units), memidx);
#else
  (void)memidx;
#endif
}

bool Translator::check_memory(uint32_t memidx) {
  if (memidx < module_->memory_count) return true;
  return fail_index(ErrorCode::kUnknownMemory, memidx);
}

bool Translator::store(const DecodedInstruction& in) {
  if (!check_memory(in.index2)) return false;
  Operand value;
  Operand address;
  if (!pop(in.info->result(), &value) || !pop(ValueType::kI32, &address)) return false;
  if (!live_) return true;
  const FormIndex& forms = forms_of(*in.info);
  uint32_t offset = static_cast<uint32_t>(in.bits);
  fold_address(&address, &offset, forms.has(Src::C, Src::S));
  // No form takes a constant but together with any other class.
  if (value.src == Src::C && !forms.has(Src::S, Src::C)) put_in_slot(&value);
  if (is_in_accumulator(value) && forms.has(address.src, Src::A)) {
    take_accumulator(&value);
  } else if (is_in_accumulator(address) && forms.has(Src::A, value.src)) {
    take_accumulator(&address);
  }
  flush();
  if (in.index2 != 0) emit_use_memory(in.index2);
  note_offset(in.offset);
  const uint32_t value_units = value.src == Src::S         ? kSlotUnits
                               : value.src == Src::A       ? 0
                               : slots_of(value.type) == 2 ? kU64Units
                                                           : kU32Units;
  const Handler handler = static_cast<Handler>(static_cast<uint32_t>(first_handler(in.op)) +
                                               forms.find(address.src, value.src, Dst::D));
  Unit* at = emit(without_offset(*in.info, handler, address.src, offset),
                  address_units(address.src) + value_units + kOffsetUnits);
  if (address.src == Src::S) at = emit_source(at, address);
  at = emit_source(at, value);
  write_offset(at, offset);
  if (in.index2 != 0) emit_use_memory(0);
  return true;
}

// ---- Parametric ------------------------------------------------------------------------------

bool Translator::drop() {
  Operand unused;
  if (!pop(ValueType::kNone, &unused)) return false;
  // What made the value and does nothing else need not be done.
  if (live_ && pending_.active && unused.is_temporary && unused.src == Src::S &&
      pending_.destination == unused.slot && !detail::instruction(pending_.op).can_trap) {
    pending_.active = false;
    forget_accumulator();
  }
  return true;
}

bool Translator::select(const DecodedInstruction& in) {
  Operand condition;
  Operand b;
  Operand a;
  const ValueType wanted = in.op == Op::kSelect ? ValueType::kNone : in.type;
  if (!pop(ValueType::kI32, &condition) || !pop(wanted, &b)) return false;
  if (!pop(wanted == ValueType::kNone ? b.type : wanted, &a)) return false;
  const ValueType type = a.type != ValueType::kNone ? a.type : b.type;
  if (wanted == ValueType::kNone && is_reference(type)) {
    return fail_type(ValueType::kI32, type);
  }
  if (live_) {
    put_in_slot(&condition);
    put_in_slot(&a);
    put_in_slot(&b);
    use(&condition);
    flush();
    const bool wide = slots_of(type) == 2;
    const bool accumulator = condition.src == Src::A;
    const Handler first = wide ? Handler::kSelect64_S : Handler::kSelect32_S;
    Unit* at =
        emit(accumulated(first, accumulator), 3 * kSlotUnits + (accumulator ? 0 : kSlotUnits));
    write_slot(at, a.slot);
    write_slot(at + kSlotUnits, b.slot);
    at = emit_source(at + 2 * kSlotUnits, condition);
    finish_result(at, type);
  }
  return push_home(type);
}

// Writes the destination of an instruction that was emitted at once: its home, for now.
void Translator::finish_result(Unit* at, ValueType type) {
  write_slot(at, height_);
  last_result_at_ = out_of_memory_ ? kNoPatch : position_of(at);
  last_result_slot_ = height_;
  // The handlers move bits, through the accumulator of the integer.
  if (is_moved_as_integer(type)) {
    set_accumulator(height_, type);
  } else {
    forget_accumulator();
  }
}

// ---- Variables -------------------------------------------------------------------------------

bool Translator::find_local(uint32_t localidx, Local* out) {
  if (localidx >= local_count_) return fail_index(ErrorCode::kUnknownLocal, localidx);
  uint32_t low = 0;
  uint32_t high = locals_.size();
  while (high - low > 1) {
    const uint32_t middle = low + (high - low) / 2;
    if (locals_[middle].first <= localidx) {
      low = middle;
    } else {
      high = middle;
    }
  }
  const LocalRun& run = locals_[low];
  *out = {run.slot + (localidx - run.first) * slots_of(run.type), run.type};
  return true;
}

bool Translator::local_get(const DecodedInstruction& in) {
  Local local;
  if (!find_local(in.index, &local)) return false;
  return push(local.type, PlaceKind::kLocal, local.slot);
}

bool Translator::local_set(const DecodedInstruction& in, bool tee) {
  Local local;
  if (!find_local(in.index, &local)) return false;
  Operand value;
  if (!pop(local.type, &value)) return false;
  if (live_) {
    const bool is_same = value.src == Src::S && value.slot == local.slot;
    if (!is_same && has_reads_of(local.slot)) {
      spill_reads_of(local.slot);
      emit_copy(local.type, value, local.slot);
    } else if (!is_same && !retarget(value, local.slot)) {
      emit_copy(local.type, value, local.slot);
    }
  }
  if (!tee) return true;
  return push(local.type, live_ ? PlaceKind::kLocal : PlaceKind::kHome, local.slot);
}

bool Translator::global_get(const DecodedInstruction& in) {
  if (in.index >= module_->global_count) return fail_index(ErrorCode::kUnknownGlobal, in.index);
  const GlobalData& global = module_->globals[in.index];
  if (live_) {
    flush();
    const bool wide = slots_of(global.type) == 2;
    const bool imported = in.index < module_->imported_globals;
    Unit* at = emit(imported ? wide ? Handler::kImportedGlobalGet64 : Handler::kImportedGlobalGet32
                    : wide   ? Handler::kGlobalGet64
                             : Handler::kGlobalGet32,
                    kU32Units + kSlotUnits);
    write_u32(at, global.cell);
    finish_result(at + kU32Units, global.type);
  }
  return push_home(global.type);
}

bool Translator::global_set(const DecodedInstruction& in) {
  if (in.index >= module_->global_count) return fail_index(ErrorCode::kUnknownGlobal, in.index);
  const GlobalData& global = module_->globals[in.index];
  if (!global.is_mutable) return fail_index(ErrorCode::kImmutableGlobal, in.index);
  Operand value;
  if (!pop(global.type, &value)) return false;
  if (!live_) return true;
  put_in_slot(&value);
  const bool wide = slots_of(global.type) == 2;
  const bool imported = in.index < module_->imported_globals;
  // Handlers take bits, from the accumulator of the integer.
  if (!imported && is_moved_as_integer(global.type)) use(&value);
  flush();
  const Handler first = imported
                            ? wide ? Handler::kImportedGlobalSet64 : Handler::kImportedGlobalSet32
                        : wide ? Handler::kGlobalSet64_S
                               : Handler::kGlobalSet32_S;
  const bool accumulator = value.src == Src::A;
  Unit* at = emit(accumulated(first, accumulator), kU32Units + (accumulator ? 0 : kSlotUnits));
  write_u32(at, global.cell);
  emit_source(at + kU32Units, value);
  return true;
}

}  // namespace mote::detail
