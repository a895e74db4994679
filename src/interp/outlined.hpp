// Arithmetic that is a function instead of a handler, on targets that count their flash: one
// handler for one source and one for two call it through a table. Which instructions: MOTE_OUT in
// forms.hpp.
//
//   handler | number of the function | slot a | slot b (if two) | slot of the result
#pragma once

#include <stdint.h>

#include "interp/forms.hpp"

namespace mote::detail {

// Operands and result are in slots. Anything but kOk traps.
using OutlinedUnary = ErrorCode (*)(const uint8_t* a, uint8_t* result);
using OutlinedBinary = ErrorCode (*)(const uint8_t* a, const uint8_t* b, uint8_t* result);

// Numbers of the functions.
enum class OutlinedUnaryOp : uint16_t {
#define MOTE_UNARY(code, name, text, result, operand, feature) \
  MOTE_OUTLINED(operand, result, k##name, )
#define MOTE_UNARY_TRAP MOTE_UNARY
#define MOTE_TEST(code, name, text, type, feature) MOTE_OUTLINED(type, I32, k##name, )
#include "loader/instructions.def"
  kCount,
};
enum class OutlinedBinaryOp : uint16_t {
#define MOTE_BINARY(code, name, text, type, ...) MOTE_OUTLINED(type, type, k##name, )
#define MOTE_BINARY_TRAP MOTE_BINARY
#define MOTE_COMPARE(code, name, text, type, ...) MOTE_OUTLINED(type, I32, k##name, )
#include "loader/instructions.def"
  kCount,
};

// One more than the numbers say, so that neither is empty where nothing is outlined.
extern const OutlinedUnary kUnaryFunctions[static_cast<int>(OutlinedUnaryOp::kCount) + 1];
extern const OutlinedBinary kBinaryFunctions[static_cast<int>(OutlinedBinaryOp::kCount) + 1];

}  // namespace mote::detail
