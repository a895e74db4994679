// Arithmetic that is done by a function instead of a handler, on targets that count their flash:
// one handler for one source and one for two call it. Which instructions: MOTE_OUT in forms.hpp.
//
//   handler | what to do | slot a | slot b (if two) | slot of the result
//
// What to do, in one unit: the types of result and operands above its way.
//
//   bits      13-11       10-8       7-0
//           | operands  | result   | way
//
// The way, which first_handler() gives for an outlined instruction, is a number of
// OutlinedFunction, or it describes one of many that are alike:
//
//   0x7C | FloatOp       arithmetic of f32, which has a handler of its own
//   0x80 | orders        comparison: it holds in these cases; signed integers (kSignedOrder) or not
//   0xA0 | Truncation    float to integer
//   0xC0 | Division      integers
//   0xE0 | Rounding      float to float; 0xA0 is set for floats only
#pragma once

#include <stdint.h>

#include "interp/forms.hpp"
#include "interp/semantics.hpp"

namespace mote::detail {

// Instructions that have a function of their own.
enum class OutlinedFunction : uint8_t {
#define MOTE_UNARY(code, name, text, result, operand, feature) \
  MOTE_OUTLINED(operand, result, k##name, )
#define MOTE_UNARY_SATURATING(...)
#define MOTE_ROUND(...)
#define MOTE_TEST(code, name, text, type, feature) MOTE_OUTLINED(type, I32, k##name, )
#define MOTE_BINARY(code, name, text, type, ...) MOTE_OUTLINED(type, type, k##name, )
#define MOTE_F32_ARITHMETIC(...)
#include "loader/instructions.def"
  kCount,
};

enum class FloatOp : uint8_t {
#define MOTE_F32_ARITHMETIC(code, name, ...) k##name,
#include "loader/instructions.def"
};

constexpr uint8_t kFloatWay = 0x7C;
constexpr uint8_t kFirstWay = 0x80;
constexpr uint8_t kCompareWay = 0x80;
constexpr uint8_t kTruncateWay = 0xA0;
constexpr uint8_t kDivideWay = 0xC0;
constexpr uint8_t kRoundWay = 0xE0;
static_assert(static_cast<uint8_t>(OutlinedFunction::kCount) <= kFloatWay, "numbers of functions");

// How two numbers are to each other, one bit for each case.
enum Order : uint8_t { kLess = 1, kEqual = 2, kGreater = 4, kUnordered = 8, kSignedOrder = 16 };
enum Truncation : uint8_t { kToSigned = 1, kSaturates = 2 };
enum Division : uint8_t { kDivideSigned = 1, kRemainder = 2 };

// The cases in which a comparison holds, found by trying it.
template <class Op>
constexpr uint8_t compare_way() {
  using T = typename Op::Operand;
  uint8_t way = kCompareWay;
  if (Op::apply(0, 1) != 0) way |= kLess;
  if (Op::apply(1, 1) != 0) way |= kEqual;
  if (Op::apply(1, 0) != 0) way |= kGreater;
  if (Op::apply(static_cast<T>(-1), 1) == Op::apply(0, 1)) way |= kSignedOrder;
#if MOTE_FEATURE_FLOATS
  if constexpr (static_cast<T>(0.5) != 0) {
    const T nan = static_cast<T>(__builtin_nan(""));
    if (Op::apply(nan, nan) != 0) way |= kUnordered;
  }
#endif
  return way;
}

template <class Op>
constexpr uint8_t divide_way() {
  using T = typename Op::Operand;
  T one_by_one = 0;
  T minus_one_by_two = 0;
  (void)Op::apply(1, 1, &one_by_one);
  (void)Op::apply(static_cast<T>(-1), 2, &minus_one_by_two);
  const bool is_remainder = one_by_one == 0;
  // -1 / 2 = 0, and -1 is what is left; as an unsigned number, it is large and odd.
  const bool is_signed = minus_one_by_two == (is_remainder ? static_cast<T>(-1) : 0);
  return static_cast<uint8_t>(kDivideWay | (is_signed ? kDivideSigned : 0) |
                              (is_remainder ? kRemainder : 0));
}

#if MOTE_FEATURE_FLOATS
template <class F, class U, class I>
constexpr uint8_t truncate_way(const semantics::Truncate<F, U, I>*) {
  return kTruncateWay | (static_cast<I>(-1) < 0 ? kToSigned : 0);
}
template <class F, class U, class I>
constexpr uint8_t truncate_way(const semantics::TruncateSaturating<F, U, I>*) {
  return kTruncateWay | kSaturates | (static_cast<I>(-1) < 0 ? kToSigned : 0);
}
#endif

// What the unit behind the handler says.
inline uint32_t outlined_number(const Instruction& info, uint32_t way) {
  return static_cast<uint32_t>(info.operand_bits << 11 | info.result_bits << 8) | way;
}

// Operands and result are in slots; of one source, `b` is not looked at. Anything but kOk traps.
ErrorCode run_outlined(uint32_t number, const uint8_t* a, const uint8_t* b, uint8_t* result);

}  // namespace mote::detail
