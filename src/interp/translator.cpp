// Translator: functions, and instructions that are neither control nor bulk.
#include "interp/translator.hpp"

#include "base/placement_new.hpp"
#include "interp/code_map.hpp"
#include "interp/make_translator.hpp"
#include "interp/translator_bulk.hpp"
#include "interp/translator_control.hpp"
#include "interp/translator_emit.hpp"
#include "interp/translator_fuse.hpp"
#include "interp/translator_quick.hpp"
#include "interp/translator_stack.hpp"

namespace mote::detail {

namespace {

// ---- Functions -------------------------------------------------------------------------------

bool Translator::begin_code(ModuleContext& context, Reader& reader) {
  context_ = &context;
  module_ = context.module;
  Arena* const arena = context.arena;
  types_.reset(arena);
  frames_.reset(arena);
  locals_.reset(arena);
  map_.reset(arena);
  code_ = static_cast<Unit*>(arena->allocate(0, 16));
  if (code_ == nullptr) return reader.fail(ErrorCode::kOutOfMemory, reader.position());
  block_bytes_ = 0;
  room_ = 0;
  size_ = 0;
  module_->code_begin = reinterpret_cast<const uint8_t*>(code_);
  module_->code_end = module_->code_begin;
  return true;
}

bool Translator::begin_function(uint32_t funcidx, Reader& reader) {
  funcidx_ = funcidx;
  body_offset_ = reader.position();
  type_ = &module_->function_type(funcidx);
  reader_ = &reader;
  in_.offset = body_offset_;
  failed_ = false;
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
  return push_locals(count, type);
}

// A run goes on where its slots do: never across the link, which parts parameters from locals.
bool Translator::push_locals(uint32_t count, ValueType type) {
  if (count == 0) return true;
  const uint32_t slots = slots_of(type);
  const LocalRun* const last = locals_.empty() ? nullptr : &locals_.back();
  if (last == nullptr || last->type != type ||
      last->slot + (local_count_ - last->first) * slots != height_) {
    LocalRun* const run = locals_.add();
    if (run == nullptr) {
      out_of_memory();
      return false;
    }
    *run = {local_count_, height_, type};
  }
#if MOTE_QUICK_DECODER
  for (uint32_t i = local_count_; i < local_count_ + count && i < kQuickLocals; i++) {
    quick_locals_[i] = {height_ + (i - local_count_) * slots, type};
  }
#endif
  local_count_ += count;
  height_ += count * slots;
  return true;
}

bool Translator::begin_body(Reader& reader) {
  reader_ = &reader;
  in_.offset = reader.position();
  peak_ = height_;
  ControlFrame* const frame = frames_.add();
  if (frame == nullptr) out_of_memory();
  if (too_many_locals_) fail(ErrorCode::kFrameTooLarge);
  if (failed_) return false;
  *frame = {};
  frame->kind = Op::kEnd;
  frame->live_at_entry = true;
  frame->type = module_->type_of_function(funcidx_);
  frame->base = height_;
  frame->target = kNoPatch;
  const Slot first = link_ + kLinkSlots;
  if (height_ != first) {
    Unit* const at = start(Handler::kZeroSlots);
    write_slot(at, first);
    write_u32(at + kSlotUnits, height_ - first);
    finish(at + kSlotUnits + kU32Units);
  }
  return !failed_;
}

bool Translator::take_instructions(Reader& reader, bool* done) {
  reader_ = &reader;
  for (bool took_one = false;; took_one = true) {
    const uint8_t* const start = reader.cursor();
#if MOTE_QUICK_DECODER
    if (!in_table_) {
      if (push_quickly(reader)) {
        if (failed_) return false;
        continue;
      }
      if (decode_quickly(reader)) {
        instruction();
        if (failed_) return false;
        if (!frames_.empty()) continue;
        *done = true;
        return true;
      }
    }
#endif
    if (!(in_table_ ? reader.u32() : decode_instruction(reader, &in_))) {
      if (reader.need_more()) {
        reader.set_cursor(start);
        return took_one;
      }
      return false;
    }
    if (in_table_) {
      br_table_label(reader.value());
    } else {
      instruction();
    }
    if (failed_) return false;
    if (frames_.empty()) {
      *done = true;
      return true;
    }
  }
}

void Translator::end_function() {
  emit_return();
  flush();
  if (failed_) return;
  frames_.pop();
  FunctionCode& function = module_->functions[funcidx_ - module_->imported_functions];
  function.code = code_;
  function.code_bytes = size_ * static_cast<uint32_t>(sizeof(Unit));
  function.frame_bytes = (peak_ > height_ ? peak_ : height_) * kSlotBytes;
  function.link_bytes = link_ * kSlotBytes;
#if MOTE_CODE_OFFSETS
  const uint32_t map_bytes = CodeMap::bytes_for(map_.size(), body_offset_);
  const uint32_t map_units = (map_bytes + sizeof(Unit) - 1) / sizeof(Unit);
  if (map_units > room_ && !make_room(map_units)) return;
  // No stale byte of the buffer behind a map of odd size: code may be saved.
  code_[size_ + map_units - 1] = 0;
  CodeMap::write(reinterpret_cast<uint8_t*>(code_ + size_), body_offset_, map_.data(), map_.size());
  module_->module_info.offset_map_bytes += map_units * static_cast<uint32_t>(sizeof(Unit));
  size_ += map_units;
  room_ -= map_units;
#endif
  code_ += size_;
  size_ = 0;
  if (function.frame_bytes > module_->module_info.max_frame_bytes) {
    module_->module_info.max_frame_bytes = function.frame_bytes;
  }
}

bool Translator::end_code(Reader&) {
  const uint32_t used = code_bytes();
  context_->arena->shrink(module_->code_begin, block_bytes_, used);
  block_bytes_ = used;
  module_->code_end = module_->code_begin + used;
  module_->module_info.code_bytes = used;
  return true;
}

void Translator::instruction() {
  if (!MOTE_QUICK_DECODER || in_.info->feature != Feature::kNone) {
    context_->use(in_.info->feature);
  }
  switch (in_.info->shape) {
    case Shape::kConst: return push(in_.info->result(), PlaceKind::kConstant, in_.bits);
    case Shape::kUnary:
    case Shape::kTest: return unary();
    case Shape::kBinary:
    case Shape::kCompare: return binary();
    case Shape::kLoad: return load();
    case Shape::kStore: return store();
    default: return control();
  }
}

// ---- Numeric ---------------------------------------------------------------------------------

void Translator::unary() {
  pop(in_.info->operand(), &a_);
  put_in_slot(&a_);
  b_.src = Src::S;
  const FormIndex& forms = forms_of(*in_.info);
  if (forms.has(Src::A, Src::S)) use(&a_);
  wait(in_.op, forms);
  push_home(in_.info->result());
}

// Two sources: arithmetic and comparisons.
void Translator::binary() {
  pop(in_.info->operand(), &b_);
  pop(in_.info->operand(), &a_);
  // x - c is x + -c: one instruction for both, which compilers of all kinds mix.
  if (in_.info->subtracts && b_.src == Src::C) {
    b_.bits =
        in_.info->operand() == ValueType::kI32 ? static_cast<uint32_t>(0 - b_.bits) : 0 - b_.bits;
    in_.op = static_cast<Op>(static_cast<int>(in_.op) - 1);
    in_.info = &detail::instruction(in_.op);
  }
  const bool compares = in_.info->shape == Shape::kCompare;
  const FormIndex& forms = forms_of(*in_.info);
  const bool swapped = choose(forms, compares || in_.info->commutes != 0);
  // Instructions that are each other's mirror image have the same forms.
  wait(swapped && compares ? in_.info->swapped(in_.op) : in_.op, forms);
  push_home(in_.info->result());
}

// ---- Memory ----------------------------------------------------------------------------------

// The address, a_, and the offset, in_.bits. A constant address becomes part of the offset, if the
// instruction takes one; what the encoding has no room for is added before.
void Translator::fold_address(bool takes_constant) {
  if (a_.src == Src::C && takes_constant && a_.bits + in_.bits <= kMaxOffset) {
    in_.bits += a_.bits;
    return;
  }
  if (in_.bits > kMaxOffset) {
    flush();
    note_offset(in_.offset);
    Unit* at = start(a_.src == Src::C ? Handler::kFarAddress_C : Handler::kFarAddress_S);
    at = emit_source(at, a_);
    write_u32(at, static_cast<uint32_t>(in_.bits));
    write_slot(at + kU32Units, a_.home);
    finish(at + kU32Units + kSlotUnits);
    set_accumulator(a_.home, ValueType::kI32);
    a_.src = Src::S;
    a_.slot = a_.home;
    a_.is_temporary = true;
    in_.bits = 0;
  }
  put_in_slot(&a_);
}

void Translator::load() {
  check_memory(in_.index2);
  pop(ValueType::kI32, &a_);
  b_.src = Src::S;
  const FormIndex& forms = forms_of(*in_.info);
  fold_address(forms.has(Src::C, Src::S));
  if (forms.has(Src::A, Src::S)) use(&a_);
  use_memory(in_.index2);
  wait(in_.op, forms);
  pending_.immediate = static_cast<uint32_t>(in_.bits);
  use_memory(0);
  push_home(in_.info->result());
}

void Translator::store() {
  check_memory(in_.index2);
  pop(in_.info->result(), &b_);
  pop(ValueType::kI32, &a_);
  const FormIndex& forms = forms_of(*in_.info);
  fold_address(forms.has(Src::C, Src::S));
  // No form takes a constant but together with any other class.
  if (!forms.has(Src::S, Src::C)) put_in_slot(&b_);
  if (is_in_accumulator(b_) && forms.has(a_.src, Src::A)) {
    take_accumulator(&b_);
  } else if (is_in_accumulator(a_) && forms.has(Src::A, b_.src)) {
    take_accumulator(&a_);
  }
  use_memory(in_.index2);
  wait(in_.op, forms);
  pending_.immediate = static_cast<uint32_t>(in_.bits);
  flush();
  use_memory(0);
}

// Loads and stores go to memory 0 but for what stands between a pair of these.
void Translator::use_memory(uint32_t memidx) {
#if MOTE_FEATURE_MULTI_MEMORY
  if (in_.index2 == 0) return;
  flush();
  Unit* const at = start(Handler::kUseMemory);
  write_u32(at, memidx);
  finish(at + kU32Units);
#else
  (void)memidx;
#endif
}

void Translator::check_memory(uint32_t memidx) {
  if (memidx >= module_->memory_count) fail_index(ErrorCode::kUnknownMemory, memidx);
}

// ---- Parametric ------------------------------------------------------------------------------

void Translator::drop() {
  pop(ValueType::kNone, &a_);
  // What made the value and does nothing else need not be done.
  if (is_pending(a_) && !detail::instruction(pending_.op).can_trap) {
    pending_.active = false;
    forget_accumulator();
  }
}

void Translator::select() {
  const ValueType wanted = in_.op == Op::kSelect ? ValueType::kNone : in_.type;
  pop(ValueType::kI32, &c_);
  pop(wanted, &b_);
  pop(wanted == ValueType::kNone ? b_.type : wanted, &a_);
  const ValueType type = a_.type != ValueType::kNone ? a_.type : b_.type;
  if (wanted == ValueType::kNone && is_reference(type)) fail_type(ValueType::kI32, type);
  put_in_slot(&c_);
  uint32_t number = 0;
  if (MOTE_SELECT_CONSTANTS) {
    // In handlers.def: a constant second, then first.
    number = ((a_.src == Src::C ? 2 : 0) + (b_.src == Src::C ? 1 : 0)) * (kHasAccumulator ? 2 : 1);
  } else {
    put_in_slot(&a_);
    put_in_slot(&b_);
  }
  use(&c_);
  flush();
  const Handler first = slots_of(type) == 2 ? Handler::kSelect64_SSS : Handler::kSelect32_SSS;
  Unit* at = start(accumulated(add(first, number), c_.src == Src::A));
  at = emit_source(emit_source(at, a_), b_);
  finish_result(emit_source(at, c_), type);
}

// Ends an instruction that is written at once with its destination: its home, for now.
void Translator::finish_result(Unit* at, ValueType type) {
  write_slot(at, height_);
  last_result_at_ = position_of(at);
  last_result_slot_ = height_;
  finish(at + kSlotUnits);
  // The handlers move bits, through the accumulator of the integer.
  if (is_moved_as_integer(type)) {
    set_accumulator(height_, type);
  } else {
    forget_accumulator();
  }
  push_home(type);
}

// ---- Variables -------------------------------------------------------------------------------

bool Translator::find_local(Local* out) {
  const uint32_t localidx = in_.index;
  if (localidx >= local_count_) {
    fail_index(ErrorCode::kUnknownLocal, localidx);
    return false;
  }
#if MOTE_QUICK_DECODER
  if (localidx < kQuickLocals) {
    *out = quick_locals_[localidx];
    return true;
  }
#endif
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

void Translator::local_get() {
  Local local;
  if (find_local(&local)) push(local.type, PlaceKind::kLocal, local.slot);
}

void Translator::local_set(bool tee) {
  Local local;
  if (!find_local(&local)) return;
  pop(local.type, &a_);
  if (a_.src != Src::S || a_.slot != local.slot) {
    const bool is_read = has_reads_of(local.slot);
    if (is_read) spill_reads_of(local.slot);
    if (is_read || !retarget(a_, local.slot)) emit_copy(&a_, local.slot);
  }
  if (tee) push(local.type, PlaceKind::kLocal, local.slot);
}

void Translator::global_get() {
  if (in_.index >= module_->global_count) {
    return fail_index(ErrorCode::kUnknownGlobal, in_.index);
  }
  const GlobalData& global = module_->globals[in_.index];
  flush();
  const bool wide = slots_of(global.type) == 2;
  const bool imported = in_.index < module_->imported_globals;
  Unit* const at =
      start(imported ? wide ? Handler::kImportedGlobalGet64 : Handler::kImportedGlobalGet32
            : wide   ? Handler::kGlobalGet64
                     : Handler::kGlobalGet32);
  write_u32(at, global.cell);
  finish_result(at + kU32Units, global.type);
}

void Translator::global_set() {
  if (in_.index >= module_->global_count) {
    return fail_index(ErrorCode::kUnknownGlobal, in_.index);
  }
  const GlobalData& global = module_->globals[in_.index];
  if (!global.is_mutable) fail_index(ErrorCode::kImmutableGlobal, in_.index);
  pop(global.type, &a_);
  put_in_slot(&a_);
  const bool wide = slots_of(global.type) == 2;
  const bool imported = in_.index < module_->imported_globals;
  // Handlers take bits, from the accumulator of the integer.
  if (!imported && is_moved_as_integer(global.type)) use(&a_);
  flush();
  const Handler handler = imported
                              ? wide ? Handler::kImportedGlobalSet64 : Handler::kImportedGlobalSet32
                          : wide ? Handler::kGlobalSet64_S
                                 : Handler::kGlobalSet32_S;
  Unit* const at = start(accumulated(handler, a_.src == Src::A));
  write_u32(at, global.cell);
  finish(emit_source(at + kU32Units, a_));
}

}  // namespace

#if MOTE_TRANSLATION_NOTES
CodeSink* make_noting_translator(Arena& arena, TranslationNotes& notes) {
  void* const memory = arena.allocate_scratch(sizeof(Translator), alignof(Translator));
  return memory == nullptr ? nullptr : new (memory) Translator(notes);
}
#else
CodeSink* make_translator(Arena& arena) {
  void* const memory = arena.allocate_scratch(sizeof(Translator), alignof(Translator));
  return memory == nullptr ? nullptr : new (memory) Translator();
}
#endif

}  // namespace mote::detail
