// Outlined arithmetic: see outlined.hpp.
//
// Here size counts, so what several instructions have in common is done in one place: comparisons,
// truncations to integers, minimum and maximum.
#include "interp/outlined.hpp"

#include "interp/machine.hpp"

namespace mote::detail {

namespace {

// ---- Comparisons -----------------------------------------------------------------------------

// How two numbers are to each other, one bit for each case.
enum Order : uint32_t { kLess = 1, kEqual = 2, kGreater = 4, kUnordered = 8 };

template <class T>
[[maybe_unused]] __attribute__((noinline)) uint32_t order_of(const uint8_t* a, const uint8_t* b) {
  const T x = load_slot<T>(a, 0);
  const T y = load_slot<T>(b, 0);
  return x < y ? kLess : x == y ? kEqual : x > y ? kGreater : kUnordered;
}

template <class T>
struct Signed {
  using Type = T;
};
template <>
struct Signed<uint64_t> {
  using Type = int64_t;
};

// The cases in which a comparison holds, found by trying it.
template <class Op>
constexpr uint32_t orders_of() {
  using T = typename Op::Operand;
  uint32_t orders = 0;
  if (Op::apply(0, 1) != 0) orders |= kLess;
  if (Op::apply(1, 1) != 0) orders |= kEqual;
  if (Op::apply(1, 0) != 0) orders |= kGreater;
#if MOTE_FEATURE_FLOATS
  if constexpr (static_cast<T>(0.5) != 0) {
    const T nan = static_cast<T>(__builtin_nan(""));
    if (Op::apply(nan, nan) != 0) orders |= kUnordered;
  }
#endif
  return orders;
}

template <class Op>
[[maybe_unused]] ErrorCode compare(const uint8_t* a, const uint8_t* b, uint8_t* result) {
  using T = typename Op::Operand;
  // Whether -1 is below 1.
  constexpr bool kSigned = Op::apply(static_cast<T>(-1), 1) == Op::apply(0, 1);
  const uint32_t order = kSigned ? order_of<typename Signed<T>::Type>(a, b) : order_of<T>(a, b);
  store_slot<uint32_t>(result, 0, (order & orders_of<Op>()) != 0 ? 1 : 0);
  return ErrorCode::kOk;
}

// ---- Truncation of floats to integers --------------------------------------------------------

struct Truncation {
  bool exists;
  bool is_signed;
  bool is_64;
  bool saturates;
  bool is_double;
};

[[maybe_unused]] constexpr Truncation truncation_of(const void*) { return {}; }
#if MOTE_FEATURE_FLOATS
template <class F, class U, class I>
constexpr Truncation truncation_of(const semantics::Truncate<F, U, I>*) {
  return {true, static_cast<I>(-1) < 0, sizeof(U) == 8, false, sizeof(F) == 8};
}
template <class F, class U, class I>
constexpr Truncation truncation_of(const semantics::TruncateSaturating<F, U, I>*) {
  return {true, static_cast<I>(-1) < 0, sizeof(U) == 8, true, sizeof(F) == 8};
}

// Every float is a double. What is left of it after truncation decides whether it is in range.
[[maybe_unused]] __attribute__((noinline)) ErrorCode truncate(const uint8_t* a, Truncation to,
                                                              uint8_t* result) {
  const double value = to.is_double ? load_slot<double>(a, 0) : load_slot<float>(a, 0);
  const uint64_t bits = semantics::bit_cast<uint64_t>(value);
  const bool is_negative = bits >> 63 != 0;
  const int32_t exponent = static_cast<int32_t>(bits >> 52 & 0x7FF) - 1023;
  const uint64_t fraction = bits & ((uint64_t{1} << 52) - 1);
  uint64_t magnitude = 0;
  uint64_t most = to.is_64 ? ~uint64_t{0} : UINT32_MAX;
  if (to.is_signed) most >>= 1;
  if (is_negative) most = to.is_signed ? most + 1 : 0;
  bool is_in_range = exponent < 64;
  if (exponent == 1024 && fraction != 0) {
    if (!to.saturates) return ErrorCode::kInvalidConversion;
    is_in_range = true;  // NaN: 0
  } else if (is_in_range && exponent >= 0) {
    magnitude = fraction | uint64_t{1} << 52;
    magnitude = exponent > 52 ? magnitude << (exponent - 52) : magnitude >> (52 - exponent);
  }
  if (!is_in_range || magnitude > most) {
    if (!to.saturates) return ErrorCode::kIntegerOverflow;
    magnitude = most;
  }
  if (is_negative) magnitude = 0 - magnitude;
  if (to.is_64) {
    store_slot<uint64_t>(result, 0, magnitude);
  } else {
    store_slot<uint32_t>(result, 0, static_cast<uint32_t>(magnitude));
  }
  return ErrorCode::kOk;
}
#endif

// ---- Minimum and maximum ---------------------------------------------------------------------

[[maybe_unused]] constexpr bool is_extremum(const void*) { return false; }
#if MOTE_FEATURE_FLOATS
template <class F, bool kLarger>
constexpr bool is_extremum(const semantics::Extremum<F, kLarger>*) {
  return true;
}
#endif

template <class F>
[[maybe_unused]] __attribute__((noinline)) ErrorCode extremum(const uint8_t* a, const uint8_t* b,
                                                              uint8_t* result, bool larger) {
  const F x = load_slot<F>(a, 0);
  const F y = load_slot<F>(b, 0);
  store_slot<F>(result, 0, semantics::extremum(x, y, larger));
  return ErrorCode::kOk;
}

// ---- One function for each instruction -------------------------------------------------------

template <class Op>
[[maybe_unused]] ErrorCode unary(const uint8_t* a, uint8_t* result) {
  using T = typename Op::Operand;
  using R = typename Op::Result;
  constexpr Truncation kTruncation = truncation_of(static_cast<const Op*>(nullptr));
  if constexpr (kTruncation.exists) {
    return truncate(a, kTruncation, result);
  } else {
    store_slot<R>(result, 0, Op::apply(load_slot<T>(a, 0)));
    return ErrorCode::kOk;
  }
}

template <class Op>
[[maybe_unused]] ErrorCode binary(const uint8_t* a, const uint8_t* b, uint8_t* result) {
  using T = typename Op::Operand;
  using R = typename Op::Result;
  if constexpr (Op::kTraps) {
    R value;
    const ErrorCode code = Op::apply(load_slot<T>(a, 0), load_slot<T>(b, 0), &value);
    if (code == ErrorCode::kOk) store_slot<R>(result, 0, value);
    return code;
  } else if constexpr (is_extremum(static_cast<const Op*>(nullptr))) {
    return extremum<T>(a, b, result, Op::kIsLarger);
  } else {
    store_slot<R>(result, 0, Op::apply(load_slot<T>(a, 0), load_slot<T>(b, 0)));
    return ErrorCode::kOk;
  }
}

}  // namespace

const OutlinedUnary kUnaryFunctions[] = {
#define MOTE_UNARY(code, name, text, result, operand, feature) \
  MOTE_OUTLINED(operand, result, unary<semantics::name>, )
#define MOTE_UNARY_TRAP MOTE_UNARY
#define MOTE_TEST(code, name, text, type, feature) \
  MOTE_OUTLINED(type, I32, unary<semantics::name>, )
#include "loader/instructions.def"
    nullptr,
};

const OutlinedBinary kBinaryFunctions[] = {
#define MOTE_BINARY(code, name, text, type, ...) \
  MOTE_OUTLINED(type, type, binary<semantics::name>, )
#define MOTE_BINARY_TRAP MOTE_BINARY
#define MOTE_COMPARE(code, name, text, type, ...) \
  MOTE_OUTLINED(type, I32, compare<semantics::name>, )
#include "loader/instructions.def"
    nullptr,
};

}  // namespace mote::detail
