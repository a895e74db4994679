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
#if MOTE_FEATURE_REFERENCE_TYPES
  kReferenceType,
  kSelectType,  // a vector of value types, which must have one element
#endif
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
#define MOTE_INSTRUCTION(code, name, ...) k##name,
#include "loader/instructions.def"
  kCount,
};

// Packed: four bytes for each instruction.
struct Instruction {
  Shape shape : 4;
  Immediates immediates : 4;
  Feature feature : 5;
  // Comparisons: how far the instructions are for which b op a = a op b, and which holds if this
  // one does not (0: there is none). See instructions.def.
  int8_t to_swapped : 3;
  uint8_t result_bits : 3;
  uint8_t operand_bits : 3;
  uint8_t can_trap : 1;
  uint8_t commutes : 1;
  uint8_t subtracts : 1;  // integers; the instruction before it adds
  uint8_t align_log2 : 2;
  int8_t to_inverse : 4;

  // Type of the result, or of the value to store; type of the operands.
  constexpr ValueType result() const { return type_of(result_bits); }
  constexpr ValueType operand() const { return type_of(operand_bits); }
  // `op` is the instruction itself.
  constexpr Op swapped(Op op) const { return static_cast<Op>(static_cast<int>(op) + to_swapped); }
  constexpr Op inverse(Op op) const { return static_cast<Op>(static_cast<int>(op) + to_inverse); }
  constexpr bool has_inverse() const { return to_inverse != 0; }

  // Numbers are the only types here: 0x7C to 0x7F, or none.
  static constexpr ValueType type_of(uint32_t bits) {
    return static_cast<ValueType>(bits == 0 ? 0 : 0x78 | bits);
  }
};
static_assert(sizeof(Instruction) == 4, "Instruction");

extern const Instruction kInstructions[static_cast<int>(Op::kCount)];
inline const Instruction& instruction(Op op) { return kInstructions[static_cast<uint8_t>(op)]; }
// Opcode with its prefix byte above it, and the name in the text format: for tools and tests.
uint16_t code_of(Op op);
const char* name_of(Op op);

// One instruction as it stands in the module.
struct DecodedInstruction {
  const Instruction* info;  // of `op`
  uint32_t offset;          // of its opcode, in the module
  uint32_t index;           // first index; alignment of a memarg; block type (see below)
  uint32_t index2;          // second index; memidx of a memarg
  uint64_t bits;            // constant, or offset of a memarg
  Op op;
  ValueType type;  // reference type, or type of a typed select
};

// Block types as `index`: a typeidx, kValueBlock | byte of the value type, or kEmptyBlock.
constexpr uint32_t kValueBlock = 0xFFFFFF00;
constexpr uint32_t kEmptyBlock = 0xFFFFFFFF;

// Reads one instruction. False: see Reader.
[[nodiscard]] bool decode_instruction(Reader& reader, DecodedInstruction* out);

// Reads a value type (5.3.4), or only a reference type (5.3.3; funcref is part of 1.0 there).
[[nodiscard]] bool decode_value_type(Reader& reader, ValueType* type);
[[nodiscard]] bool decode_reference_type(Reader& reader, ValueType* type);

// Set of features, one bit each.
constexpr uint32_t feature_bit(Feature feature) { return uint32_t{1} << static_cast<int>(feature); }
// Whether the build has the feature, for the compiler.
inline constexpr bool kIsBuiltIn[] = {
    true,
#define MOTE_FEATURE(name, text, level, built_in) (built_in) != 0,
#include <mote/features.def>
#undef MOTE_FEATURE
};
__attribute__((always_inline)) constexpr bool is_on(Feature feature) {
  return kIsBuiltIn[static_cast<int>(feature)];
}
// What using a value of this type needs.
constexpr uint32_t features_of(ValueType type) {
  return type == ValueType::kF32 || type == ValueType::kF64 ? feature_bit(Feature::kFloats)
         : is_reference(type)                               ? feature_bit(Feature::kReferenceTypes)
                                                            : 0;
}

}  // namespace mote::detail
