// The instruction table and the decoder for one instruction.
#pragma once

#include <stdint.h>

#include <mote/config.hpp>
#include <mote/error.hpp>

#include "base/reader.hpp"

namespace mote::detail {

// What follows an opcode in the binary format.
enum class Immediates : uint8_t {
  kNothing,
  kBlockType,
  kIndex,
  kTwoIndices,
  kMemArg,
  kI32,
  kI64,
  kF32,
  kF64,
  kReferenceType,
  kSelectType,  // a vector of value types, which must have one element
};

// How an instruction is validated and translated; one per macro of instructions.def.
enum class Shape : uint8_t {
  kIllegal,
  kControl,
  kConst,
  kUnary,
  kBinary,
  kCompare,
  kTest,
  kLoad,
  kStore,
};

// Every instruction, in table order.
enum class Op : uint8_t {
  kIllegal,
#define MOTE_CONTROL(code, name, ...) k##name,
#define MOTE_CONST MOTE_CONTROL
#define MOTE_UNARY MOTE_CONTROL
#define MOTE_UNARY_TRAP MOTE_CONTROL
#define MOTE_BINARY MOTE_CONTROL
#define MOTE_BINARY_TRAP MOTE_CONTROL
#define MOTE_COMPARE MOTE_CONTROL
#define MOTE_TEST MOTE_CONTROL
#define MOTE_LOAD MOTE_CONTROL
#define MOTE_STORE MOTE_CONTROL
#include "loader/instructions.def"
  kCount,
};

struct Instruction {
  Op op;
  Shape shape;
  Immediates immediates;
  Feature feature;
  ValueType result;   // type of the result, or of the value to store
  ValueType operand;  // type of the operands
  Op swapped;         // comparisons: see instructions.def
  Op inverse;
  uint8_t align_log2 : 5;
  uint8_t can_trap : 1;
  uint8_t commutes : 1;
};

extern const Instruction kInstructions[static_cast<int>(Op::kCount)];
inline const Instruction& instruction(Op op) { return kInstructions[static_cast<uint8_t>(op)]; }
// Opcode with its prefix byte above it, and the name in the text format: for tools and tests.
uint16_t code_of(Op op);
const char* name_of(Op op);

// One instruction as it stands in the module.
struct DecodedInstruction {
  const Instruction* info;
  uint32_t offset;  // of its opcode, in the module
  uint32_t index;   // first index; alignment of a memarg
  uint32_t index2;  // second index; memidx of a memarg
  uint64_t bits;    // constant, offset of a memarg, or block type (see block_type below)
  ValueType type;   // reference type, or type of a typed select
};

// Block types as `bits`: kEmptyBlock, kValueBlock | value type byte, or a typeidx.
constexpr uint64_t kEmptyBlock = uint64_t{1} << 40;
constexpr uint64_t kValueBlock = uint64_t{1} << 41;

// Reads one instruction. False: see Reader.
[[nodiscard]] bool decode_instruction(Reader& reader, DecodedInstruction* out);

// Reads a value type (5.3.4), or only a reference type (5.3.3).
[[nodiscard]] bool decode_value_type(Reader& reader, ValueType* type);
[[nodiscard]] bool decode_reference_type(Reader& reader, ValueType* type);

// Set of features, one bit each.
constexpr uint32_t feature_bit(Feature feature) { return uint32_t{1} << static_cast<int>(feature); }
// What using a value of this type needs.
constexpr uint32_t features_of(ValueType type) {
  return type == ValueType::kF32 || type == ValueType::kF64 ? feature_bit(Feature::kFloats)
         : is_reference(type)                               ? feature_bit(Feature::kReferenceTypes)
                                                            : 0;
}

}  // namespace mote::detail
