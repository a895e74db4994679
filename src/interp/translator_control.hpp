// Translator: blocks, branches, calls (specification 3.3.8, 5.4.1). Part of translator.cpp.
#pragma once

#include "interp/translator.hpp"

namespace mote::detail {

namespace {

void Translator::control() {
  switch (in_.op) {
    case Op::kUnreachable:
      flush();
      note_offset(in_.offset);
      finish(start(Handler::kUnreachable));
      return become_unreachable();
    case Op::kNop: return;
    case Op::kBlock:
    case Op::kLoop: return block();
    case Op::kIf: return if_block();
    case Op::kElse: return else_block();
    case Op::kEnd: return end_block();
    case Op::kBr: return br();
    case Op::kBrIf: return br_if();
    case Op::kBrTable: return br_table();
    case Op::kReturn: return return_from_function();
    case Op::kCall: return call();
    case Op::kCallIndirect: return call_indirect();
    case Op::kDrop: return drop();
    case Op::kSelect:
#if MOTE_FEATURE_REFERENCE_TYPES
    case Op::kSelectTyped:
#endif
      return select();
    case Op::kLocalGet: return local_get();
    case Op::kLocalSet: return local_set(false);
    case Op::kLocalTee: return local_set(true);
    case Op::kGlobalGet: return global_get();
    case Op::kGlobalSet: return global_set();
    default: return bulk_instruction();
  }
}

// ---- Blocks ----------------------------------------------------------------------------------

void Translator::block() {
  const uint32_t type = in_.index;
  if (type < kValueBlock) {
    if (type >= module_->type_count) return fail_index(ErrorCode::kUnknownType, type);
    context_->use(Feature::kMultiValue);
  }
  if (frames_.size() >= kMaxNesting) return fail(ErrorCode::kNestingTooDeep);
  const Types parameters = types_of_block(type, true);
  materialize_all();
  // What is there and of the right types stays on the stack, as the block's own.
  const bool stay = are_on_top(parameters);
  if (!stay) pop_types(parameters);
  ControlFrame* const frame = frames_.add();
  if (frame == nullptr) return out_of_memory();
  *frame = {};
  frame->kind = in_.op;
  frame->live_at_entry = live_;
  frame->type = type;
  frame->height = types_.size();
  frame->base = height_;
  frame->target = kNoPatch;
  if (stay) {
    frame->height -= parameters.count;
    frame->base -= slots_of_types(parameters);
  } else {
    push_types(parameters);
  }
  if (in_.op == Op::kLoop) {
    uint32_t nothing = kNoPatch;
    bind(&nothing);
    frame->target = size_;
  }
}

void Translator::if_block() {
  pop(ValueType::kI32, &c_);
  // Operands below go home first; a comparison that is still waiting can be fused only if none
  // has to.
  if (!is_all_home()) {
    put_in_slot(&c_);
    materialize_all();
  }
  const uint32_t else_patch = emit_branch_if(false, false);
  block();
  if (failed_) return;
  frames_.back().else_patch = else_patch;
  if (else_patch != kNoPatch) write_u32(code_ + else_patch, kNoPatch);
}

void Translator::else_block() {
  ControlFrame& frame = frames_.back();
  if (frame.kind != Op::kIf) return fail(ErrorCode::kEndExpected);
  if (!check_end(frame)) return;
  branch_to(frame);
  flush();
  types_.truncate(frame.height);
  height_ = frame.base;
  forget_places();
  frame.kind = Op::kElse;
  frame.unreachable = false;
  live_ = frame.live_at_entry;
  if (live_) bind(&frame.else_patch);
  push_types(types_of_block(frame.type, true));
}

void Translator::end_block() {
  ControlFrame& frame = frames_.back();
  if (!check_end(frame)) return;
  if (frame.kind == Op::kEnd) return end_function();
  const Types results = results_of(frame);
  bool live_after = live_;
  materialize_all();
  flush();
  if (frame.kind == Op::kIf) {
    // Without else: the parameters are the results.
    const Types parameters = types_of_block(frame.type, true);
    if (parameters.count != results.count) {
      return fail_type(results.count > 0 ? results.list[0] : ValueType::kNone, ValueType::kNone);
    }
    for (uint32_t i = 0; i < results.count; i++) {
      if (parameters.list[i] != results.list[i]) {
        return fail_type(results.list[i], parameters.list[i]);
      }
    }
  }
  if (frame.live_at_entry) {
    if (frame.kind == Op::kIf) {
      live_after = true;
      bind(&frame.else_patch);
    }
    if (frame.kind != Op::kLoop) {
      if (frame.target != kNoPatch) live_after = true;
      bind(&frame.target);
    }
  }
  const bool stay = types_.size() - frame.height == results.count && are_on_top(results);
  forget_places();
  if (!stay) {
    types_.truncate(frame.height);
    height_ = frame.base;
  }
  frames_.pop();
  live_ = live_after;
  forget_accumulator();
  if (!stay) push_types(results);
}

// ---- Branches --------------------------------------------------------------------------------

void Translator::br() {
  ControlFrame* const frame = label(in_.index);
  if (frame == nullptr || !check_types(label_types(*frame))) return;
  branch_to(*frame);
  become_unreachable();
}

void Translator::return_from_function() {
  if (!check_types({type_->results, type_->result_count})) return;
  emit_return();
  become_unreachable();
}

void Translator::br_if() {
  pop(ValueType::kI32, &c_);
  ControlFrame* const frame = label(in_.index);
  if (frame == nullptr) return;
  const Types types = label_types(*frame);
  if (!check_types(types)) return;
  if (!live_) {
    // 3.3.8.7: what the branch did not take along now has the label's types.
    pop_types(types);
    return push_types(types);
  }
  if (types.count != 0 || frame->kind == Op::kEnd) {
    bool home = true;
    for (uint32_t i = 0; !is_all_home() && i < types.count && i < kWindow; i++) {
      home = home && window_kinds_[(types_.size() - 1 - i) % kWindow] == PlaceKind::kHome;
    }
    if (!home) {
      put_in_slot(&c_);
      materialize_top(types.count);
    }
  }
  if (is_in_place(*frame)) {
    return write_label(*frame, emit_branch_if(true, frame->kind == Op::kLoop));
  }
  // The values have to move, on the way of the branch only.
  uint32_t at = emit_branch_if(false, false);
  if (at != kNoPatch) write_u32(code_ + at, kNoPatch);
  branch_to(*frame);
  bind(&at);
}

// Whether a branch to `frame` finds what it takes along where the label expects it.
bool Translator::is_in_place(const ControlFrame& frame) const {
  const Slot slots = slots_of_types(label_types(frame));
  return frame.kind != Op::kEnd && (slots == 0 || height_ - slots == frame.base);
}

void Translator::br_table() {
  pop(ValueType::kI32, &c_);
  // Each label takes at least a byte; the default comes on top.
  if (in_.index >= reader_->left()) {
    fail(ErrorCode::kUnexpectedEndOfSection);
    return;
  }
  in_table_ = true;
  table_left_ = in_.index + 1;
  table_number_++;
  put_in_slot(&c_);
  // What the labels take along has to be at home: the stubs find it there.
  materialize_all();
  use(&c_);
  flush();
  note_offset(in_.offset);
  Unit* at = start(accumulated(Handler::kBrTable_S, c_.src == Src::A));
  at = emit_source(at, c_);
  write_u32(at, in_.index);
  at += kU32Units;
  table_first_ = position_of(at);
  finish(at);
  if (!is_writing()) return;
  const uint64_t units = (static_cast<uint64_t>(in_.index) + 1) * kTargetUnits;
  if (units > UINT32_MAX / sizeof(Unit)) return out_of_memory();
  if (units > room_ && !make_room(static_cast<uint32_t>(units))) return;
  size_ += static_cast<uint32_t>(units);
  room_ -= static_cast<uint32_t>(units);
}

// One label of the table. Targets that need moves, or belong to the function itself, get their
// code after the table; until then the target holds the label's depth.
void Translator::br_table_label(uint32_t depth) {
  ControlFrame* const frame = label(depth);
  if (frame == nullptr) return;
  const Types types = label_types(*frame);
  const uint32_t number = in_.index + 1 - table_left_;
  if (number != 0 && types.count != table_arity_) {
    fail_type(ValueType::kNone, ValueType::kNone);
  }
  table_arity_ = types.count;
  if (!check_types(types)) return;
  if (live_) write_u32(code_ + table_first_ + number * kTargetUnits, depth);
  table_left_--;
  if (table_left_ != 0) return;
  in_table_ = false;
  if (live_) br_table_stubs();
  become_unreachable();
}

void Translator::br_table_stubs() {
  for (uint32_t i = 0; i <= in_.index && !failed_; i++) {
    const uint32_t at = table_first_ + i * kTargetUnits;
    ControlFrame& frame = *label(read_u32(code_ + at));
    if (is_in_place(frame)) {
      write_label(frame, at);
      continue;
    }
    if (frame.table != table_number_) {
      frame.table = table_number_;
      frame.stub = size_;
      // Entered from the table: what the stub before left in the accumulator is not there.
      forget_accumulator();
      branch_to(frame);
    }
    if (!failed_) write_target(code_ + at, code_ + frame.stub);
  }
}

// ---- Calls -----------------------------------------------------------------------------------

// `in_accumulator`: the only result is there as well. Pushing it may take what leaves the window
// home, by way of the accumulator.
void Translator::call_results(const FunctionType& type, bool in_accumulator) {
  forget_accumulator();
  if (in_accumulator) set_accumulator(height_, type.results[0]);
  push_types({type.results, type.result_count});
}

// Arguments are staged at home, which is where the callee's frame begins.
void Translator::call() {
  if (in_.index >= module_->function_count()) {
    return fail_index(ErrorCode::kUnknownFunction, in_.index);
  }
  const FunctionType& type = module_->function_type(in_.index);
  const bool imported = in_.index < module_->imported_functions;
  const Types parameters = {type.parameters, type.parameter_count};
  materialize_top(parameters.count);
  pop_types(parameters);
  flush();
  note_offset(in_.offset);
  Unit* at = start(imported ? Handler::kCallImport : Handler::kCall);
  if (imported) {
    write_u32(at, in_.index);
    at += kU32Units;
  } else {
    write_function(at, module_->functions, in_.index - module_->imported_functions);
    at += kFunctionUnits;
  }
  write_slot(at, height_);
  finish(at + kSlotUnits);
  // A function of the module leaves its only result in the accumulator.
  call_results(type, !imported && type.result_count == 1);
}

// The entry of the table is above the arguments; it is taken from the accumulator if none of them
// had to be staged.
void Translator::call_indirect() {
  const uint32_t typeidx = in_.index;
  const uint32_t tableidx = in_.index2;
  if (tableidx >= module_->table_count) {
    return fail_index(ErrorCode::kUnknownTable, tableidx);
  }
  if (module_->tables[tableidx].element != ValueType::kFuncRef) {
    return fail_type(ValueType::kFuncRef, module_->tables[tableidx].element);
  }
  if (typeidx >= module_->type_count) return fail_index(ErrorCode::kUnknownType, typeidx);
  if (tableidx != 0) context_->use(Feature::kReferenceTypes);
  const FunctionType& type = module_->types[typeidx];
  const Types parameters = {type.parameters, type.parameter_count};
  pop(ValueType::kI32, &c_);
  put_in_slot(&c_);
  materialize_top(parameters.count);
  pop_types(parameters);
  use(&c_);
  flush();
  note_offset(in_.offset);
  Unit* at = start(accumulated(Handler::kCallIndirect_S, c_.src == Src::A));
  at = emit_source(at, c_);
  write_u32(at, tableidx);
  write_u32(at + kU32Units, typeidx);
  write_slot(at + 2 * kU32Units, height_);
  finish(at + 2 * kU32Units + kSlotUnits);
  call_results(type, false);
}

}  // namespace

}  // namespace mote::detail
