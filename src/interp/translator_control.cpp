// Translator: blocks, branches, calls (specification 3.3.8, 5.4.1).
#include "interp/translator.hpp"

namespace mote::detail {

bool Translator::control(const DecodedInstruction& in) {
  switch (in.op) {
    case Op::kUnreachable:
      if (live_) {
        flush();
        note_offset(in.offset);
        emit(Handler::kUnreachable, 0);
      }
      become_unreachable();
      return true;
    case Op::kNop: return true;
    case Op::kBlock:
    case Op::kLoop: return block(in);
    case Op::kIf: return if_block(in);
    case Op::kElse: return else_block();
    case Op::kEnd: return end_block();
    case Op::kBr: return br(in);
    case Op::kBrIf: return br_if(in);
    case Op::kBrTable: return br_table(in);
    case Op::kReturn: return return_from_function();
    case Op::kCall: return call(in);
    case Op::kCallIndirect: return call_indirect(in);
    case Op::kDrop: return drop();
    case Op::kSelect:
#if MOTE_FEATURE_REFERENCE_TYPES
    case Op::kSelectTyped:
#endif
      return select(in);
    case Op::kLocalGet: return local_get(in);
    case Op::kLocalSet: return local_set(in, false);
    case Op::kLocalTee: return local_set(in, true);
    case Op::kGlobalGet: return global_get(in);
    case Op::kGlobalSet: return global_set(in);
    default: return bulk_instruction(in);
  }
}

// ---- Blocks ----------------------------------------------------------------------------------

bool Translator::block(const DecodedInstruction& in) {
  if (in.bits < kEmptyBlock) {
    if (in.bits >= module_->type_count) {
      return fail_index(ErrorCode::kUnknownType, static_cast<uint32_t>(in.bits));
    }
    context_->use(Feature::kMultiValue);
  }
  if (frames_.size() >= kMaxNesting) return fail(ErrorCode::kNestingTooDeep);
  const Types parameters = block_parameters(in.bits);
  if (live_) materialize_all();
  // What is there and of the right types stays on the stack, as the block's own.
  const bool stay = is_all_home() && are_on_top(parameters);
  if (!stay && !pop_types(parameters)) return false;
  ControlFrame frame;
  frame.kind = in.op;
  frame.live_at_entry = live_;
  frame.type = in.bits;
  frame.height = types_.size() - (stay ? parameters.count : 0);
  frame.base = height_ - (stay ? slots_of_types(parameters) : 0);
  frame.target = kNoPatch;
  if (frame.kind == Op::kLoop) {
    flush();
    last_result_at_ = kNoPatch;
    forget_accumulator();
    frame.target = size_;
  }
  if (!frames_.push(frame)) return out_of_memory();
  return stay || push_types(parameters);
}

bool Translator::if_block(const DecodedInstruction& in) {
  Operand condition;
  if (!pop(ValueType::kI32, &condition)) return false;
  // Operands below go home first; a comparison that is still waiting can be fused only if none
  // has to.
  if (live_ && !is_all_home()) {
    put_in_slot(&condition);
    materialize_all();
  }
  uint32_t else_patch = kNoPatch;
  emit_branch_if(condition, false, false, &else_patch);
  if (!block(in)) return false;
  frames_.back().else_patch = else_patch;
  if (else_patch != kNoPatch) write_u32(code_ + else_patch, kNoPatch);
  return true;
}

bool Translator::else_block() {
  ControlFrame& frame = frames_.back();
  if (frame.kind != Op::kIf) return fail(ErrorCode::kEndExpected);
  const Types results = block_results(frame.type);
  if (!check_types(results)) return false;
  const uint32_t there = types_.size() - frame.height;
  if (there > results.count) return fail_type(ValueType::kNone, types_.back());
  branch_to(frame);
  flush();
  types_.truncate(frame.height);
  height_ = frame.base;
  forget_places();
  frame.kind = Op::kElse;
  frame.unreachable = false;
  live_ = frame.live_at_entry;
  if (live_) bind(&frame.else_patch);
  return push_types(block_parameters(frame.type));
}

bool Translator::end_block() {
  ControlFrame& frame = frames_.back();
  const Types results = block_results(frame.type);
  if (!check_types(results)) return false;
  if (types_.size() - frame.height > results.count) {
    return fail_type(ValueType::kNone, types_.back());
  }
  if (frame.kind == Op::kEnd) return end_function();
  bool live_after = live_;
  if (live_) {
    materialize_all();
    flush();
  }
  if (frame.kind == Op::kIf) {
    // Without else: the parameters are the results.
    const Types parameters = block_parameters(frame.type);
    bool same = parameters.count == results.count;
    for (uint32_t i = 0; same && i < results.count; i++) {
      if (parameters.list[i] != results.list[i]) {
        return fail_type(results.list[i], parameters.list[i]);
      }
    }
    if (!same) {
      return fail_type(results.count > 0 ? results.list[0] : ValueType::kNone, ValueType::kNone);
    }
    live_after = live_after || frame.live_at_entry;
    if (frame.live_at_entry) bind(&frame.else_patch);
  }
  if (frame.kind != Op::kLoop && frame.live_at_entry) {
    if (frame.target != kNoPatch) live_after = true;
    bind(&frame.target);
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
  return stay || push_types(results);
}

// ---- Branches --------------------------------------------------------------------------------

bool Translator::br(const DecodedInstruction& in) {
  uint32_t index;
  if (!label(in.index, &index)) return false;
  if (!check_types(label_types(frames_[index]))) return false;
  branch_to(frames_[index]);
  frames_[index].is_targeted = true;
  become_unreachable();
  return true;
}

bool Translator::return_from_function() {
  if (!check_types({type_->results, type_->result_count})) return false;
  emit_return();
  become_unreachable();
  return true;
}

bool Translator::br_if(const DecodedInstruction& in) {
  Operand condition;
  uint32_t index;
  if (!pop(ValueType::kI32, &condition)) return false;
  if (!label(in.index, &index)) return false;
  ControlFrame& frame = frames_[index];
  const Types types = label_types(frame);
  if (!check_types(types)) return false;
  if (!live_) {
    // 3.3.8.7: what the branch did not take along now has the label's types.
    return pop_types(types) && push_types(types);
  }
  bool in_place = frame.kind != Op::kEnd;
  if (types.count != 0 || frame.kind == Op::kEnd) {
    bool home = true;
    for (uint32_t i = 0; !is_all_home() && i < types.count && i < kWindow; i++) {
      home = home && window_kinds_[(types_.size() - 1 - i) % kWindow] == PlaceKind::kHome;
    }
    if (!home) {
      put_in_slot(&condition);
      materialize_top(types.count);
    }
    in_place = in_place && height_ - slots_of_types(types) == frame.base;
  }
  uint32_t at;
  if (in_place) {
    emit_branch_if(condition, true, frame.kind == Op::kLoop, &at);
    write_label(frame, at);
    return true;
  }
  // The values have to move, on the way of the branch only.
  emit_branch_if(condition, false, false, &at);
  if (at != kNoPatch) write_u32(code_ + at, kNoPatch);
  branch_to(frame);
  bind(&at);
  return true;
}

bool Translator::br_table(const DecodedInstruction& in) {
  Operand index;
  if (!pop(ValueType::kI32, &index)) return false;
  // Each label takes at least a byte; the default comes on top.
  if (in.index >= reader_->left()) {
    return reader_->fail(ErrorCode::kUnexpectedEndOfSection, in.offset);
  }
  in_table_ = true;
  table_left_ = in.index + 1;
  table_count_ = in.index + 1;
  table_has_arity_ = false;
  table_needs_stubs_ = false;
  table_number_++;
  if (!live_) return true;
  put_in_slot(&index);
  // What the labels take along has to be at home: the stubs find it there.
  if (!is_all_home()) materialize_all();
  use(&index);
  flush();
  const uint64_t units =
      static_cast<uint64_t>(table_count_) * kTargetUnits + kSlotUnits + kU32Units;
  if (units > UINT32_MAX / sizeof(Unit)) return out_of_memory();
  note_offset(in.offset);
  const bool accumulator = index.src == Src::A;
  Unit* at = emit(accumulated(Handler::kBrTable_S, accumulator),
                  (accumulator ? 0 : kSlotUnits) + kU32Units + table_count_ * kTargetUnits);
  if (out_of_memory_) return out_of_memory();
  at = emit_source(at, index);
  write_u32(at, in.index);
  table_first_ = position_of(at) + kU32Units;
  return true;
}

// One label of the table. Targets that need moves, or belong to the function itself, get their
// code after the table; until then the target holds the label's depth.
bool Translator::br_table_label(Reader& reader) {
  uint32_t depth;
  uint32_t index;
  if (!reader.u32(&depth)) return false;
  if (!label(depth, &index)) return false;
  ControlFrame& frame = frames_[index];
  const Types types = label_types(frame);
  if (table_has_arity_ && types.count != table_arity_) {
    return fail_type(ValueType::kNone, ValueType::kNone);
  }
  table_has_arity_ = true;
  table_arity_ = types.count;
  if (!check_types(types)) return false;
  frame.is_targeted = true;
  if (live_) {
    const uint32_t at = table_first_ + (table_count_ - table_left_) * kTargetUnits;
    write_u32(code_ + at, depth);
    table_needs_stubs_ = true;
  }
  table_left_--;
  if (table_left_ != 0) return true;
  in_table_ = false;
  if (live_ && !br_table_stubs()) return false;
  become_unreachable();
  return true;
}

bool Translator::br_table_stubs() {
  for (uint32_t i = 0; i < table_count_; i++) {
    const uint32_t at = table_first_ + i * kTargetUnits;
    ControlFrame& frame = frames_[frames_.size() - 1 - read_u32(code_ + at)];
    const Types types = label_types(frame);
    const bool in_place = frame.kind != Op::kEnd &&
                          (types.count == 0 || height_ - slots_of_types(types) == frame.base);
    if (in_place) {
      write_label(frame, at);
      continue;
    }
    if (frame.table != table_number_) {
      frame.table = table_number_;
      frame.stub = size_;
      // Entered from the table: what the stub before left in the accumulator is not there.
      forget_accumulator();
      branch_to(frame);
      if (out_of_memory_) return out_of_memory();
    }
    write_target(code_ + at, code_ + frame.stub);
  }
  return true;
}

// ---- Calls -----------------------------------------------------------------------------------

// Stages the arguments: they are at home, which is where the callee's frame begins. `entry`, if not
// null, was above them; it is taken from the accumulator if nothing had to be staged.
bool Translator::call_arguments(const FunctionType& type, Operand* entry) {
  const Types types = {type.parameters, type.parameter_count};
  if (entry != nullptr) put_in_slot(entry);
  if (live_) materialize_top(types.count);
  if (!pop_types(types)) return false;
  if (entry != nullptr) use(entry);
  flush();
  return true;
}

bool Translator::call_results(const FunctionType& type) {
  forget_accumulator();
  return push_types({type.results, type.result_count});
}

bool Translator::call(const DecodedInstruction& in) {
  if (in.index >= module_->function_count()) {
    return fail_index(ErrorCode::kUnknownFunction, in.index);
  }
  const FunctionType& type = module_->function_type(in.index);
  if (!call_arguments(type, nullptr)) return false;
  if (live_) {
    note_offset(in.offset);
    if (in.index < module_->imported_functions) {
      Unit* at = emit(Handler::kCallImport, kU32Units + kSlotUnits);
      write_u32(at, in.index);
      write_slot(at + kU32Units, height_);
    } else {
      Unit* at = emit(Handler::kCall, kFunctionUnits + kSlotUnits);
      write_function(at, module_->functions, in.index - module_->imported_functions);
      write_slot(at + kFunctionUnits, height_);
    }
  }
  const Slot result = height_;
  if (!call_results(type)) return false;
  // A function of the module leaves its only result in the accumulator as well.
  if (live_ && in.index >= module_->imported_functions && type.result_count == 1) {
    set_accumulator(result, type.results[0]);
  }
  return true;
}

bool Translator::call_indirect(const DecodedInstruction& in) {
  const uint32_t typeidx = in.index;
  const uint32_t tableidx = in.index2;
  if (tableidx >= module_->table_count) {
    return fail_index(ErrorCode::kUnknownTable, tableidx);
  }
  if (module_->tables[tableidx].element != ValueType::kFuncRef) {
    return fail_type(ValueType::kFuncRef, module_->tables[tableidx].element);
  }
  if (typeidx >= module_->type_count) return fail_index(ErrorCode::kUnknownType, typeidx);
  if (tableidx != 0) context_->use(Feature::kReferenceTypes);
  const FunctionType& type = module_->types[typeidx];
  Operand entry;
  if (!pop(ValueType::kI32, &entry)) return false;
  if (!call_arguments(type, &entry)) return false;
  if (live_) {
    note_offset(in.offset);
    Unit* at = emit(accumulated(Handler::kCallIndirect_S, entry.src == Src::A),
                    (entry.src == Src::A ? 0 : kSlotUnits) + 2 * kU32Units + kSlotUnits);
    at = emit_source(at, entry);
    write_u32(at, tableidx);
    write_u32(at + kU32Units, typeidx);
    write_slot(at + 2 * kU32Units, height_);
  }
  return call_results(type);
}

}  // namespace mote::detail
