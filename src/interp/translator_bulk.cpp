// Translator: instructions that the runtime carries out (memories, tables, references).
#include "interp/translator.hpp"

namespace mote::detail {

namespace {
constexpr ValueType kI32s[] = {ValueType::kI32, ValueType::kI32, ValueType::kI32};
}

// An instruction whose operands are in a run of slots, and whose result replaces them. `a` and `b`
// are its immediates.
bool Translator::runtime_instruction(Handler handler, const ValueType* parameters,
                                     uint32_t parameter_count, ValueType result, uint32_t a,
                                     uint32_t b) {
  const Types types = {parameters, parameter_count};
  if (live_) materialize_top(parameter_count);
  if (!pop_types(types)) return false;
  if (live_) {
    flush();
    note_offset(instruction_offset_);
    Unit* at = emit(handler, kSlotUnits + 2 * kU32Units);
    write_slot(at, height_);
    write_u32(at + kSlotUnits, a);
    write_u32(at + kSlotUnits + kU32Units, b);
    forget_accumulator();
  }
  return result == ValueType::kNone || push_home(result);
}

bool Translator::bulk_instruction(const DecodedInstruction& in) {
  const ValueType i32 = ValueType::kI32;
  const ValueType nothing = ValueType::kNone;
  switch (in.op) {
    case Op::kMemorySize:
      return check_memory(in.index) &&
             runtime_instruction(Handler::kMemorySize, nullptr, 0, i32, in.index, 0);
    case Op::kMemoryGrow:
      return check_memory(in.index) &&
             runtime_instruction(Handler::kMemoryGrow, kI32s, 1, i32, in.index, 0);
#if MOTE_FEATURE_BULK_MEMORY
    case Op::kMemoryFill:
      return check_memory(in.index) &&
             runtime_instruction(Handler::kMemoryFill, kI32s, 3, nothing, in.index, 0);
    case Op::kMemoryCopy:
      return check_memory(in.index) && check_memory(in.index2) &&
             runtime_instruction(Handler::kMemoryCopy, kI32s, 3, nothing, in.index, in.index2);
    case Op::kMemoryInit:
    case Op::kDataDrop:
      if (in.op == Op::kMemoryInit && !check_memory(in.index2)) return false;
      if (!context_->has_data_count) return fail(ErrorCode::kDataCountRequired);
      if (in.index >= context_->data_count) return fail_index(ErrorCode::kUnknownData, in.index);
      if (in.op == Op::kDataDrop) {
        return runtime_instruction(Handler::kDataDrop, nullptr, 0, nothing, in.index, 0);
      }
      return runtime_instruction(Handler::kMemoryInit, kI32s, 3, nothing, in.index, in.index2);
    case Op::kTableInit: {
      if (in.index2 >= module_->table_count) {
        return fail_index(ErrorCode::kUnknownTable, in.index2);
      }
      if (in.index >= module_->element_count) {
        return fail_index(ErrorCode::kUnknownElement, in.index);
      }
      const ValueType table = module_->tables[in.index2].element;
      const ValueType segment = module_->elements[in.index].type;
      if (table != segment) return fail_type(table, segment);
      return runtime_instruction(Handler::kTableInit, kI32s, 3, nothing, in.index, in.index2);
    }
    case Op::kElemDrop:
      if (in.index >= module_->element_count) {
        return fail_index(ErrorCode::kUnknownElement, in.index);
      }
      return runtime_instruction(Handler::kElemDrop, nullptr, 0, nothing, in.index, 0);
    case Op::kTableCopy: {
      if (in.index >= module_->table_count) return fail_index(ErrorCode::kUnknownTable, in.index);
      if (in.index2 >= module_->table_count) {
        return fail_index(ErrorCode::kUnknownTable, in.index2);
      }
      const ValueType to = module_->tables[in.index].element;
      const ValueType from = module_->tables[in.index2].element;
      if (to != from) return fail_type(to, from);
      return runtime_instruction(Handler::kTableCopy, kI32s, 3, nothing, in.index, in.index2);
    }
#endif
#if MOTE_FEATURE_REFERENCE_TYPES
    case Op::kRefNull: return push(in.type, PlaceKind::kConstant, 0);
    case Op::kRefIsNull: {
      Operand a;
      if (!pop(ValueType::kNone, &a)) return false;
      if (a.type != ValueType::kNone && !is_reference(a.type)) {
        return fail_type(ValueType::kFuncRef, a.type);
      }
      if (live_) {
        // References are 32-bit numbers and null is 0.
        put_in_slot(&a);
        use(&a);
        wait(Op::kI32Eqz, in, a, nullptr);
      }
      return push_home(i32);
    }
    case Op::kRefFunc:
      if (in.index >= module_->function_count()) {
        return fail_index(ErrorCode::kUnknownFunction, in.index);
      }
      if (!context_->is_declared(in.index)) {
        return fail_index(ErrorCode::kUndeclaredReference, in.index);
      }
      return runtime_instruction(Handler::kRefFunc, nullptr, 0, ValueType::kFuncRef, in.index, 0);
    default: return table_instruction(in);
#else
    default: return fail(ErrorCode::kIllegalOpcode);
#endif
  }
}

bool Translator::table_instruction(const DecodedInstruction& in) {
#if MOTE_FEATURE_REFERENCE_TYPES
  if (in.index >= module_->table_count) return fail_index(ErrorCode::kUnknownTable, in.index);
  const ValueType i32 = ValueType::kI32;
  const ValueType nothing = ValueType::kNone;
  const ValueType element = module_->tables[in.index].element;
  const ValueType set[] = {i32, element};
  const ValueType grow[] = {element, i32};
  const ValueType fill[] = {i32, element, i32};
  switch (in.op) {
    case Op::kTableGet:
      return runtime_instruction(Handler::kTableGet, kI32s, 1, element, in.index, 0);
    case Op::kTableSet:
      return runtime_instruction(Handler::kTableSet, set, 2, nothing, in.index, 0);
    case Op::kTableGrow: return runtime_instruction(Handler::kTableGrow, grow, 2, i32, in.index, 0);
    case Op::kTableSize:
      return runtime_instruction(Handler::kTableSize, nullptr, 0, i32, in.index, 0);
    case Op::kTableFill:
      return runtime_instruction(Handler::kTableFill, fill, 3, nothing, in.index, 0);
    default: break;
  }
#else
  (void)in;
#endif
  return fail(ErrorCode::kIllegalOpcode);
}

}  // namespace mote::detail
