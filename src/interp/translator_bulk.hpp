// Translator: instructions that the runtime carries out (memories, tables, references). Part of
// translator.cpp.
#pragma once

#include "interp/translator.hpp"

namespace mote::detail {

namespace {

namespace {
constexpr ValueType kI32 = ValueType::kI32;
constexpr ValueType kNothing = ValueType::kNone;
constexpr ValueType kI32s[] = {kI32, kI32, kI32};
}  // namespace

// An instruction whose operands are in a run of slots, and whose result replaces them.
void Translator::runtime_instruction(RuntimeOp op, Types parameters, ValueType result) {
  materialize_top(parameters.count);
  pop_types(parameters);
  flush();
  note_offset(in_.offset);
#if MOTE_HANDLERS == MOTE_HANDLERS_SMALL
  Unit* const at = start(Handler::kRuntimeCall);
#else
  Unit* const at = start(static_cast<Handler>(static_cast<uint32_t>(Handler::kMemorySize) +
                                              static_cast<uint32_t>(op)));
#endif
  write_slot(at, height_);
  write_u32(at + kSlotUnits, in_.index);
  write_u32(at + kSlotUnits + kU32Units,
            in_.info->immediates == Immediates::kTwoIndices ? in_.index2 : 0);
#if MOTE_HANDLERS == MOTE_HANDLERS_SMALL
  write_number(at + kSlotUnits + 2 * kU32Units, static_cast<uint32_t>(op));
  finish(at + 2 * kSlotUnits + 2 * kU32Units);
#else
  finish(at + kSlotUnits + 2 * kU32Units);
#endif
  forget_accumulator();
  if (result != kNothing) push_home(result);
}

void Translator::bulk_instruction() {
  const uint32_t index = in_.index;
  [[maybe_unused]] const uint32_t index2 = in_.index2;  // only bulk operations have one
  switch (in_.op) {
    case Op::kMemorySize:
      check_memory(index);
      return runtime_instruction(RuntimeOp::kMemorySize, {kI32s, 0}, kI32);
    case Op::kMemoryGrow:
      check_memory(index);
      return runtime_instruction(RuntimeOp::kMemoryGrow, {kI32s, 1}, kI32);
#if MOTE_FEATURE_BULK_MEMORY
    case Op::kMemoryFill:
      check_memory(index);
      return runtime_instruction(RuntimeOp::kMemoryFill, {kI32s, 3}, kNothing);
    case Op::kMemoryCopy:
      check_memory(index);
      check_memory(index2);
      return runtime_instruction(RuntimeOp::kMemoryCopy, {kI32s, 3}, kNothing);
    case Op::kMemoryInit: check_memory(index2); [[fallthrough]];
    case Op::kDataDrop:
      if (!context_->has_data_count) fail(ErrorCode::kDataCountRequired);
      if (index >= context_->data_count) fail_index(ErrorCode::kUnknownData, index);
      if (in_.op == Op::kDataDrop) {
        return runtime_instruction(RuntimeOp::kDataDrop, {kI32s, 0}, kNothing);
      }
      return runtime_instruction(RuntimeOp::kMemoryInit, {kI32s, 3}, kNothing);
    case Op::kTableInit: {
      if (index2 >= module_->table_count) return fail_index(ErrorCode::kUnknownTable, index2);
      if (index >= module_->element_count) return fail_index(ErrorCode::kUnknownElement, index);
      const ValueType table = module_->tables[index2].element;
      const ValueType segment = module_->elements[index].type;
      if (table != segment) fail_type(table, segment);
      return runtime_instruction(RuntimeOp::kTableInit, {kI32s, 3}, kNothing);
    }
    case Op::kElemDrop:
      if (index >= module_->element_count) fail_index(ErrorCode::kUnknownElement, index);
      return runtime_instruction(RuntimeOp::kElemDrop, {kI32s, 0}, kNothing);
    case Op::kTableCopy: {
      if (index >= module_->table_count) return fail_index(ErrorCode::kUnknownTable, index);
      if (index2 >= module_->table_count) return fail_index(ErrorCode::kUnknownTable, index2);
      const ValueType to = module_->tables[index].element;
      const ValueType from = module_->tables[index2].element;
      if (to != from) fail_type(to, from);
      return runtime_instruction(RuntimeOp::kTableCopy, {kI32s, 3}, kNothing);
    }
#endif
#if MOTE_FEATURE_REFERENCE_TYPES
    case Op::kRefNull: return push(in_.type, PlaceKind::kConstant, 0);
    case Op::kRefIsNull:
      pop(kNothing, &a_);
      if (a_.type != kNothing && !is_reference(a_.type)) fail_type(ValueType::kFuncRef, a_.type);
      // References are 32-bit numbers and null is 0.
      put_in_slot(&a_);
      b_.src = Src::S;
      use(&a_);
      wait(Op::kI32Eqz, forms_of(detail::instruction(Op::kI32Eqz)));
      return push_home(kI32);
    case Op::kRefFunc:
      if (index >= module_->function_count()) return fail_index(ErrorCode::kUnknownFunction, index);
      if (!context_->is_declared(index)) fail_index(ErrorCode::kUndeclaredReference, index);
      return runtime_instruction(RuntimeOp::kRefFunc, {kI32s, 0}, ValueType::kFuncRef);
    default: return table_instruction();
#else
    default: return fail(ErrorCode::kIllegalOpcode);
#endif
  }
}

#if MOTE_FEATURE_REFERENCE_TYPES
void Translator::table_instruction() {
  if (in_.index >= module_->table_count) {
    return fail_index(ErrorCode::kUnknownTable, in_.index);
  }
  const ValueType element = module_->tables[in_.index].element;
  const ValueType types[] = {kI32, element, kI32};
  switch (in_.op) {
    case Op::kTableGet: return runtime_instruction(RuntimeOp::kTableGet, {types, 1}, element);
    case Op::kTableSet: return runtime_instruction(RuntimeOp::kTableSet, {types, 2}, kNothing);
    case Op::kTableGrow: return runtime_instruction(RuntimeOp::kTableGrow, {types + 1, 2}, kI32);
    case Op::kTableSize: return runtime_instruction(RuntimeOp::kTableSize, {types, 0}, kI32);
    case Op::kTableFill: return runtime_instruction(RuntimeOp::kTableFill, {types, 3}, kNothing);
    default: return fail(ErrorCode::kIllegalOpcode);
  }
}
#endif

}  // namespace

}  // namespace mote::detail
