// Outlined arithmetic: see outlined.hpp.
//
// Here size counts. Values pass through as 64 bits in registers of integers, whatever their type,
// so that most functions are a few instructions, and what is alike is done in one place:
// comparisons, truncations to integers, divisions, rounding, minimum and maximum.
#include "interp/outlined.hpp"

#include "interp/machine.hpp"

namespace mote::detail {

namespace {

// Only numbers have types here: i64 and f64 have even bits.
[[maybe_unused]] constexpr uint32_t bits_of(ValueType type) {
  return static_cast<uint32_t>(type) & 7;
}
constexpr bool is_64(uint32_t type) { return (type & 1) == 0; }
static_assert(is_64(bits_of(ValueType::kI64)) && is_64(bits_of(ValueType::kF64)) &&
                  !is_64(bits_of(ValueType::kI32)) && !is_64(bits_of(ValueType::kF32)),
              "bytes of value types in the binary format");

template <class T>
MOTE_INLINE T from_bits(uint64_t bits) {
  if constexpr (sizeof(T) == 8) {
    return semantics::bit_cast<T>(bits);
  } else {
    return semantics::bit_cast<T>(static_cast<uint32_t>(bits));
  }
}
template <class T>
MOTE_INLINE uint64_t to_bits(T value) {
  if constexpr (sizeof(T) == 8) {
    return semantics::bit_cast<uint64_t>(value);
  } else {
    return semantics::bit_cast<uint32_t>(value);
  }
}

MOTE_INLINE uint64_t load_bits(const uint8_t* at, uint32_t type) {
  return is_64(type) ? load_slot<uint64_t>(at, 0) : load_slot<uint32_t>(at, 0);
}

// ---- One function for each instruction -------------------------------------------------------

// Of two floats.
template <class F>
uint64_t maximum(uint64_t a, uint64_t b);

#if MOTE_FEATURE_FLOATS
template <class F>
[[maybe_unused]] __attribute__((noinline)) uint64_t maximum(uint64_t a, uint64_t b) {
  return to_bits(semantics::extremum(from_bits<F>(a), from_bits<F>(b), true));
}

template <class F, bool kLarger>
constexpr bool is_extremum(const semantics::Extremum<F, kLarger>*) {
  return true;
}
#endif
[[maybe_unused]] constexpr bool is_extremum(const void*) { return false; }

template <class Op>
[[maybe_unused]] uint64_t unary(uint64_t a, uint64_t) {
  return to_bits(Op::apply(from_bits<typename Op::Operand>(a)));
}

template <class Op>
[[maybe_unused]] __attribute__((noinline)) uint64_t binary(uint64_t a, uint64_t b) {
  using T = typename Op::Operand;
  if constexpr (!is_extremum(static_cast<const Op*>(nullptr))) {
    return to_bits(Op::apply(from_bits<T>(a), from_bits<T>(b)));
  } else if constexpr (Op::kIsLarger) {
    return maximum<T>(a, b);
  } else {
    // The minimum is the maximum with all signs turned.
    constexpr uint64_t kSign = uint64_t{1} << (sizeof(T) * 8 - 1);
    return maximum<T>(a ^ kSign, b ^ kSign) ^ kSign;
  }
}

#if MOTE_OUT_I64
// Two shifts make a rotation: the functions that exist anyway.
template <>
[[maybe_unused]] __attribute__((noinline)) uint64_t binary<semantics::I64Rotl>(uint64_t a,
                                                                               uint64_t b) {
  return binary<semantics::I64Shl>(a, b) | binary<semantics::I64ShrU>(a, 0 - b);
}
template <>
[[maybe_unused]] __attribute__((noinline)) uint64_t binary<semantics::I64Rotr>(uint64_t a,
                                                                               uint64_t b) {
  return binary<semantics::I64Rotl>(a, 0 - b);
}
#endif

using Function = uint64_t (*)(uint64_t a, uint64_t b);
const Function kFunctions[] = {
#define MOTE_UNARY(code, name, text, result, operand, feature) \
  MOTE_OUTLINED(operand, result, unary<semantics::name>, )
#define MOTE_UNARY_SATURATING(...)
#define MOTE_ROUND(...)
#define MOTE_TEST(code, name, text, type, feature) \
  MOTE_OUTLINED(type, I32, unary<semantics::name>, )
#define MOTE_BINARY(code, name, text, type, ...) \
  MOTE_OUTLINED(type, type, binary<semantics::name>, )
#define MOTE_F32_ARITHMETIC(...)
#include "loader/instructions.def"
    nullptr,  // the list may be empty
};

// ---- Many instructions in one function -------------------------------------------------------

template <class T>
MOTE_INLINE uint32_t order_of(T a, T b) {
  return a < b ? kLess : a == b ? kEqual : a > b ? kGreater : kUnordered;
}

uint32_t compare(uint64_t a, uint64_t b, uint32_t type, uint32_t way) {
  uint32_t order = 0;
#if MOTE_OUT_F32
  if (type == bits_of(ValueType::kF32)) order = order_of(from_bits<float>(a), from_bits<float>(b));
#endif
#if MOTE_OUT_F64
  if (type == bits_of(ValueType::kF64)) {
    order = order_of(from_bits<double>(a), from_bits<double>(b));
  }
#endif
#if MOTE_OUT_I64
  if (type == bits_of(ValueType::kI64)) {
    // With their signs turned, signed numbers are in the order of unsigned ones.
    const uint64_t sign = (way & kSignedOrder) != 0 ? uint64_t{1} << 63 : 0;
    order = order_of(a ^ sign, b ^ sign);
  }
#endif
  (void)a, (void)b, (void)type;  // the list may be empty
  return (order & way) != 0 ? 1 : 0;
}

#if MOTE_OUT_I64
// On magnitudes: the sign of the quotient is that of the product, the remainder's that of `a`.
ErrorCode divide(uint64_t a, uint64_t b, uint32_t way, uint64_t* result) {
  if (b == 0) return ErrorCode::kDivideByZero;
  bool is_negative = false;
  if ((way & kDivideSigned) != 0) {
    constexpr uint64_t kSign = uint64_t{1} << 63;
    is_negative = (((way & kRemainder) != 0 ? a : a ^ b) & kSign) != 0;
    if ((a & kSign) != 0) a = 0 - a;
    if ((b & kSign) != 0) b = 0 - b;
    // Only -2^63 / -1 has a quotient that is out of range.
    if ((way & kRemainder) == 0 && !is_negative && a == kSign && b == 1) {
      return ErrorCode::kIntegerOverflow;
    }
  }
  const uint64_t value = (way & kRemainder) != 0 ? a % b : a / b;
  *result = is_negative ? 0 - value : value;
  return ErrorCode::kOk;
}
#endif

#if MOTE_FEATURE_FLOATS
// What is left of the number after truncation decides whether it is in range.
ErrorCode truncate(double value, uint32_t type, uint32_t way, uint64_t* result) {
  const uint64_t bits = semantics::bit_cast<uint64_t>(value);
  const bool is_negative = bits >> 63 != 0;
  const int32_t exponent = static_cast<int32_t>(bits >> 52 & 0x7FF) - 1023;
  const uint64_t fraction = bits & ((uint64_t{1} << 52) - 1);
  uint64_t magnitude = 0;
  uint64_t most = is_64(type) ? ~uint64_t{0} : UINT32_MAX;
  if ((way & kToSigned) != 0) most >>= 1;
  if (is_negative) most = (way & kToSigned) != 0 ? most + 1 : 0;
  bool is_in_range = exponent < 64;
  if (exponent == 1024 && fraction != 0) {
    if ((way & kSaturates) == 0) return ErrorCode::kInvalidConversion;
    is_in_range = true;  // NaN: 0
  } else if (is_in_range && exponent >= 0) {
    magnitude = fraction | uint64_t{1} << 52;
    magnitude = exponent > 52 ? magnitude << (exponent - 52) : magnitude >> (52 - exponent);
  }
  if (!is_in_range || magnitude > most) {
    if ((way & kSaturates) == 0) return ErrorCode::kIntegerOverflow;
    magnitude = most;
  }
  *result = is_negative ? 0 - magnitude : magnitude;
  return ErrorCode::kOk;
}

// Every float is a double, so that these need not exist for both.
ErrorCode convert(uint64_t a, uint32_t from, uint32_t to, uint32_t way, uint64_t* result) {
  double value = is_64(from) ? from_bits<double>(a) : from_bits<float>(a);
  if (way < kRoundWay) return truncate(value, to, way, result);
  value = round_float(value, static_cast<Rounding>(way & 3));
  *result = is_64(to) ? to_bits(value) : to_bits(static_cast<float>(value));
  return ErrorCode::kOk;
}
#endif

// What is not a function of its own. Out of line, so that those that are do not pay for its frame.
__attribute__((noinline)) ErrorCode run_way(uint64_t a, uint64_t b, uint32_t number,
                                            uint64_t* result) {
  const uint32_t way = number & 0xFF;
  const uint32_t from = number >> 11;
#if MOTE_FEATURE_FLOATS
  if ((way & kTruncateWay) == kTruncateWay) return convert(a, from, number >> 8 & 7, way, result);
#endif
#if MOTE_OUT_I64
  if (way >= kDivideWay) return divide(a, b, way, result);
#endif
  *result = compare(a, b, from, way);
  return ErrorCode::kOk;
}

}  // namespace

ErrorCode run_outlined(uint32_t number, const uint8_t* a, const uint8_t* b, uint8_t* result) {
  const uint32_t way = number & 0xFF;
  const uint64_t x = load_bits(a, number >> 11);
  const uint64_t y = load_bits(b, number >> 11);
  uint64_t value;
  if (way < kFirstWay) {
    // cppcheck-suppress arrayIndexOutOfBoundsCond  // below kFirstWay: numbers of functions
    value = kFunctions[way](x, y);
  } else {
    const ErrorCode code = run_way(x, y, number, &value);
    if (code != ErrorCode::kOk) return code;
  }
  if (is_64(number >> 8)) {
    store_slot<uint64_t>(result, 0, value);
  } else {
    store_slot<uint32_t>(result, 0, static_cast<uint32_t>(value));
  }
  return ErrorCode::kOk;
}

}  // namespace mote::detail
