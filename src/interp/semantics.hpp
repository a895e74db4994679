// What each arithmetic instruction computes (specification 4.3), one struct per instruction, under
// the name that it has in loader/instructions.def.
//
// Integers are unsigned here; signed instructions convert. An instruction that can trap has
// kTraps = true and returns an error code.
#pragma once

#include <math.h>
#include <stdint.h>
#include <string.h>

#include <mote/config.hpp>
#include <mote/error.hpp>

#include "interp/conversions.hpp"
#include "interp/rounding.hpp"

#define MOTE_INLINE inline __attribute__((always_inline))

namespace mote::detail::semantics {

template <class To, class From>
MOTE_INLINE To bit_cast(From from) {
  static_assert(sizeof(To) == sizeof(From), "");
  To to;
  memcpy(&to, &from, sizeof to);
  return to;
}

template <class R, class T>
struct Pure {
  using Result = R;
  using Operand = T;
  static constexpr bool kTraps = false;
};
template <class R, class T>
struct Trapping {
  using Result = R;
  using Operand = T;
  static constexpr bool kTraps = true;
};

#define MOTE_PURE1(name, R, T, ...)                  \
  struct name : Pure<R, T> {                         \
    static MOTE_INLINE R apply(T a) { __VA_ARGS__; } \
  };
#define MOTE_PURE2(name, R, T, ...)                       \
  struct name : Pure<R, T> {                              \
    static MOTE_INLINE R apply(T a, T b) { __VA_ARGS__; } \
  };
#define MOTE_COMPARISON(name, T, ...)                                      \
  struct name : Pure<uint32_t, T> {                                        \
    static constexpr MOTE_INLINE uint32_t apply(T a, T b) { __VA_ARGS__; } \
  };

// ---- Integers: the same text for both widths -------------------------------------------------

#define MOTE_INTEGER(P, U, S, kBits, kLogBits)                                                    \
  MOTE_PURE1(P##Eqz, uint32_t, U, return a == 0)                                                  \
  MOTE_COMPARISON(P##Eq, U, return a == b)                                                        \
  MOTE_COMPARISON(P##Ne, U, return a != b)                                                        \
  MOTE_COMPARISON(P##LtS, U, return static_cast<S>(a) < static_cast<S>(b))                        \
  MOTE_COMPARISON(P##LtU, U, return a < b)                                                        \
  MOTE_COMPARISON(P##GtS, U, return static_cast<S>(a) > static_cast<S>(b))                        \
  MOTE_COMPARISON(P##GtU, U, return a > b)                                                        \
  MOTE_COMPARISON(P##LeS, U, return static_cast<S>(a) <= static_cast<S>(b))                       \
  MOTE_COMPARISON(P##LeU, U, return a <= b)                                                       \
  MOTE_COMPARISON(P##GeS, U, return static_cast<S>(a) >= static_cast<S>(b))                       \
  MOTE_COMPARISON(P##GeU, U, return a >= b)                                                       \
  MOTE_PURE2(P##Add, U, U, return a + b)                                                          \
  MOTE_PURE2(P##Sub, U, U, return a - b)                                                          \
  MOTE_PURE2(P##Mul, U, U, return a * b)                                                          \
  MOTE_PURE2(P##And, U, U, return a & b)                                                          \
  MOTE_PURE2(P##Or, U, U, return a | b)                                                           \
  MOTE_PURE2(P##Xor, U, U, return a ^ b)                                                          \
  MOTE_PURE2(P##Shl, U, U, return a << (b & (kBits - 1)))                                         \
  MOTE_PURE2(P##ShrS, U, U, return static_cast<U>(static_cast<S>(a) >> (b & (kBits - 1))))        \
  MOTE_PURE2(P##ShrU, U, U, return a >> (b & (kBits - 1)))                                        \
  MOTE_PURE2(P##Rotl, U, U, return a << (b & (kBits - 1)) | a >> ((0 - b) & (kBits - 1)))         \
  MOTE_PURE2(P##Rotr, U, U, return a >> (b & (kBits - 1)) | a << ((0 - b) & (kBits - 1)))         \
  struct P##DivS : Trapping<U, U> {                                                               \
    static constexpr MOTE_INLINE ErrorCode apply(U a, U b, U* out) {                              \
      if (b == 0) return ErrorCode::kDivideByZero;                                                \
      if (b == static_cast<U>(-1)) {                                                              \
        if (a == U{1} << (kBits - 1)) return ErrorCode::kIntegerOverflow;                         \
        *out = 0 - a;                                                                             \
        return ErrorCode::kOk;                                                                    \
      }                                                                                           \
      *out = static_cast<U>(static_cast<S>(a) / static_cast<S>(b));                               \
      return ErrorCode::kOk;                                                                      \
    }                                                                                             \
  };                                                                                              \
  struct P##DivU : Trapping<U, U> {                                                               \
    static constexpr MOTE_INLINE ErrorCode apply(U a, U b, U* out) {                              \
      if (b == 0) return ErrorCode::kDivideByZero;                                                \
      *out = a / b;                                                                               \
      return ErrorCode::kOk;                                                                      \
    }                                                                                             \
  };                                                                                              \
  struct P##RemS : Trapping<U, U> {                                                               \
    static constexpr MOTE_INLINE ErrorCode apply(U a, U b, U* out) {                              \
      if (b == 0) return ErrorCode::kDivideByZero;                                                \
      *out = b == static_cast<U>(-1) ? 0 : static_cast<U>(static_cast<S>(a) % static_cast<S>(b)); \
      return ErrorCode::kOk;                                                                      \
    }                                                                                             \
  };                                                                                              \
  struct P##RemU : Trapping<U, U> {                                                               \
    static constexpr MOTE_INLINE ErrorCode apply(U a, U b, U* out) {                              \
      if (b == 0) return ErrorCode::kDivideByZero;                                                \
      *out = a % b;                                                                               \
      return ErrorCode::kOk;                                                                      \
    }                                                                                             \
  };

MOTE_INTEGER(I32, uint32_t, int32_t, 32, 5)
MOTE_INTEGER(I64, uint64_t, int64_t, 64, 6)

MOTE_PURE1(I32Clz, uint32_t, uint32_t, return a == 0 ? 32 : static_cast<uint32_t>(__builtin_clz(a)))
MOTE_PURE1(I32Ctz, uint32_t, uint32_t, return a == 0 ? 32 : static_cast<uint32_t>(__builtin_ctz(a)))
MOTE_PURE1(I32Popcnt, uint32_t, uint32_t, return static_cast<uint32_t>(__builtin_popcount(a)))
MOTE_PURE1(I64Clz, uint64_t, uint64_t,
           return a == 0 ? 64 : static_cast<uint64_t>(__builtin_clzll(a)))
MOTE_PURE1(I64Ctz, uint64_t, uint64_t,
           return a == 0 ? 64 : static_cast<uint64_t>(__builtin_ctzll(a)))
MOTE_PURE1(I64Popcnt, uint64_t, uint64_t, return static_cast<uint64_t>(__builtin_popcountll(a)))

MOTE_PURE1(I32WrapI64, uint32_t, uint64_t, return static_cast<uint32_t>(a))
MOTE_PURE1(I64ExtendI32S, uint64_t, uint32_t,
           return static_cast<uint64_t>(static_cast<int64_t>(static_cast<int32_t>(a))))
MOTE_PURE1(I64ExtendI32U, uint64_t, uint32_t, return a)
MOTE_PURE1(I32Extend8S, uint32_t, uint32_t,
           return static_cast<uint32_t>(static_cast<int32_t>(static_cast<int8_t>(a))))
MOTE_PURE1(I32Extend16S, uint32_t, uint32_t,
           return static_cast<uint32_t>(static_cast<int32_t>(static_cast<int16_t>(a))))
MOTE_PURE1(I64Extend8S, uint64_t, uint64_t,
           return static_cast<uint64_t>(static_cast<int64_t>(static_cast<int8_t>(a))))
MOTE_PURE1(I64Extend16S, uint64_t, uint64_t,
           return static_cast<uint64_t>(static_cast<int64_t>(static_cast<int16_t>(a))))
MOTE_PURE1(I64Extend32S, uint64_t, uint64_t,
           return static_cast<uint64_t>(static_cast<int64_t>(static_cast<int32_t>(a))))

// ---- Floats ----------------------------------------------------------------------------------
#if MOTE_FEATURE_FLOATS

// Instructions or a C library where that is good at it, else our own. Arm: FPv5 has instructions.
// Functions of a C library may hand a signalling NaN through; 4.3.3 wants it quiet.
#define MOTE_ROUND(F, name, function) \
  MOTE_INLINE F name(F a) { return a != a ? a + a : function; }
#if __SIZEOF_POINTER__ == 8 || (defined(__ARM_FP) && __ARM_ARCH >= 8)
MOTE_ROUND(float, round_even, __builtin_rintf(a))
MOTE_ROUND(float, round_up, __builtin_ceilf(a))
MOTE_ROUND(float, round_down, __builtin_floorf(a))
MOTE_ROUND(float, round_to_zero, __builtin_truncf(a))
#else
MOTE_INLINE float round_even(float a) { return round_float(a, Rounding::kToEven); }
MOTE_INLINE float round_up(float a) { return round_float(a, Rounding::kUp); }
MOTE_INLINE float round_down(float a) { return round_float(a, Rounding::kDown); }
MOTE_INLINE float round_to_zero(float a) { return round_float(a, Rounding::kToZero); }
#endif
#if __SIZEOF_POINTER__ == 8
MOTE_ROUND(double, round_even, __builtin_rint(a))
MOTE_ROUND(double, round_up, __builtin_ceil(a))
MOTE_ROUND(double, round_down, __builtin_floor(a))
MOTE_ROUND(double, round_to_zero, __builtin_trunc(a))
#else
MOTE_INLINE double round_even(double a) { return round_float(a, Rounding::kToEven); }
MOTE_INLINE double round_up(double a) { return round_float(a, Rounding::kUp); }
MOTE_INLINE double round_down(double a) { return round_float(a, Rounding::kDown); }
MOTE_INLINE double round_to_zero(double a) { return round_float(a, Rounding::kToZero); }
#endif
#if defined(__ARM_FP)
MOTE_INLINE float square_root(float a) { return __builtin_sqrtf(a); }  // an instruction
#else
MOTE_ROUND(float, square_root, __builtin_sqrtf(a))
#endif
MOTE_ROUND(double, square_root, __builtin_sqrt(a))
#undef MOTE_ROUND

template <class F>
struct Bits;
template <>
struct Bits<float> {
  using Type = uint32_t;
};
template <>
struct Bits<double> {
  using Type = uint64_t;
};
template <class F>
using BitsOf = typename Bits<F>::Type;

// f.min of two zeros is -0 if either is, f.max +0 if either is: for equal numbers the bits differ
// in the sign of zero only, so "or" and "and" of the bits are what 4.3.3 asks for.
template <class F>
MOTE_INLINE F extremum(F a, F b, bool larger) {
  using U = BitsOf<F>;
  if (a != a || b != b) return a + b;
  if (a == b) {
    const U bits_a = bit_cast<U>(a);
    const U bits_b = bit_cast<U>(b);
    return bit_cast<F>(larger ? bits_a & bits_b : bits_a | bits_b);
  }
  return (a < b) != larger ? a : b;
}
template <class F, bool kLarger>
struct Extremum : Pure<F, F> {
  static constexpr bool kIsLarger = kLarger;
  static MOTE_INLINE F apply(F a, F b) { return extremum(a, b, kLarger); }
};

#define MOTE_FLOAT(P, F, U, kSign)                                                     \
  MOTE_COMPARISON(P##Eq, F, return a == b)                                             \
  MOTE_COMPARISON(P##Ne, F, return a != b)                                             \
  MOTE_COMPARISON(P##Lt, F, return a < b)                                              \
  MOTE_COMPARISON(P##Gt, F, return a > b)                                              \
  MOTE_COMPARISON(P##Le, F, return a <= b)                                             \
  MOTE_COMPARISON(P##Ge, F, return a >= b)                                             \
  MOTE_PURE2(P##Add, F, F, return a + b)                                               \
  MOTE_PURE2(P##Sub, F, F, return a - b)                                               \
  MOTE_PURE2(P##Mul, F, F, return a * b)                                               \
  MOTE_PURE2(P##Div, F, F, return a / b)                                               \
  struct P##Min : Extremum<F, false> {};                                               \
  struct P##Max : Extremum<F, true> {};                                                \
  MOTE_PURE2(P##Copysign, F, F,                                                        \
             return bit_cast<F>((bit_cast<U>(a) & ~kSign) | (bit_cast<U>(b) & kSign))) \
  MOTE_PURE1(P##Abs, F, F, return bit_cast<F>(bit_cast<U>(a) & ~kSign))                \
  MOTE_PURE1(P##Neg, F, F, return bit_cast<F>(bit_cast<U>(a) ^ kSign))                 \
  MOTE_PURE1(P##Ceil, F, F, return round_up(a))                                        \
  MOTE_PURE1(P##Floor, F, F, return round_down(a))                                     \
  MOTE_PURE1(P##Trunc, F, F, return round_to_zero(a))                                  \
  MOTE_PURE1(P##Nearest, F, F, return round_even(a))                                   \
  MOTE_PURE1(P##Sqrt, F, F, return square_root(a))

MOTE_FLOAT(F32, float, uint32_t, uint32_t{0x80000000})
MOTE_FLOAT(F64, double, uint64_t, uint64_t{0x8000000000000000})

MOTE_PURE1(F32ConvertI32S, float, uint32_t, return convert<float>(static_cast<int32_t>(a)))
MOTE_PURE1(F32ConvertI32U, float, uint32_t, return convert_u32<float>(a))
MOTE_PURE1(F32ConvertI64S, float, uint64_t, return convert<float>(static_cast<int64_t>(a)))
MOTE_PURE1(F32ConvertI64U, float, uint64_t, return static_cast<float>(a))
MOTE_PURE1(F64ConvertI32S, double, uint32_t, return convert<double>(static_cast<int32_t>(a)))
MOTE_PURE1(F64ConvertI32U, double, uint32_t, return convert_u32<double>(a))
MOTE_PURE1(F64ConvertI64S, double, uint64_t, return convert<double>(static_cast<int64_t>(a)))
MOTE_PURE1(F64ConvertI64U, double, uint64_t, return static_cast<double>(a))
MOTE_PURE1(F32DemoteF64, float, double, return convert<float>(a))
MOTE_PURE1(F64PromoteF32, double, float, return convert<double>(a))
MOTE_PURE1(I32ReinterpretF32, uint32_t, float, return bit_cast<uint32_t>(a))
MOTE_PURE1(I64ReinterpretF64, uint64_t, double, return bit_cast<uint64_t>(a))
MOTE_PURE1(F32ReinterpretI32, float, uint32_t, return bit_cast<float>(a))
MOTE_PURE1(F64ReinterpretI64, double, uint64_t, return bit_cast<double>(a))

// Float to integer: I is the signed or unsigned C++ type. Truncation is defined for values
// strictly between `below` and `above`; both bounds are exact in F except where one unit below the
// smallest integer cannot be represented, where the smallest integer itself is the bound.
template <class F, class I>
struct TruncationRange;
#define MOTE_TRUNCATION(F, I, below, kBelowIncluded, above)            \
  template <>                                                          \
  struct TruncationRange<F, I> {                                       \
    static MOTE_INLINE bool is_too_small(F a) {                        \
      return kBelowIncluded ? a < (below) : a <= (below);              \
    }                                                                  \
    static MOTE_INLINE bool is_too_large(F a) { return a >= (above); } \
  };
MOTE_TRUNCATION(float, int32_t, -2147483648.0f, true, 2147483648.0f)
MOTE_TRUNCATION(float, uint32_t, -1.0f, false, 4294967296.0f)
MOTE_TRUNCATION(double, int32_t, -2147483649.0, false, 2147483648.0)
MOTE_TRUNCATION(double, uint32_t, -1.0, false, 4294967296.0)
MOTE_TRUNCATION(float, int64_t, -9223372036854775808.0f, true, 9223372036854775808.0f)
MOTE_TRUNCATION(float, uint64_t, -1.0f, false, 18446744073709551616.0f)
MOTE_TRUNCATION(double, int64_t, -9223372036854775808.0, true, 9223372036854775808.0)
MOTE_TRUNCATION(double, uint64_t, -1.0, false, 18446744073709551616.0)
#undef MOTE_TRUNCATION

template <class F, class U, class I>
struct Truncate : Trapping<U, F> {
  static MOTE_INLINE ErrorCode apply(F a, U* out) {
    if (a != a) return ErrorCode::kInvalidConversion;
    if (TruncationRange<F, I>::is_too_small(a) || TruncationRange<F, I>::is_too_large(a)) {
      return ErrorCode::kIntegerOverflow;
    }
    *out = static_cast<U>(static_cast<I>(a));
    return ErrorCode::kOk;
  }
};
template <class F, class U, class I>
struct TruncateSaturating : Pure<U, F> {
  static MOTE_INLINE U apply(F a) {
    constexpr bool kSigned = static_cast<I>(-1) < static_cast<I>(0);
    constexpr U kLowest = kSigned ? U{1} << (sizeof(U) * 8 - 1) : 0;
    if (a != a) return 0;
    if (TruncationRange<F, I>::is_too_small(a)) return kLowest;
    if (TruncationRange<F, I>::is_too_large(a)) return static_cast<U>(~U{0}) - kLowest;
    return static_cast<U>(static_cast<I>(a));
  }
};
#define MOTE_TRUNCATIONS(P, U, I, S)                             \
  struct P##TruncF32##S : Truncate<float, U, I> {};              \
  struct P##TruncF64##S : Truncate<double, U, I> {};             \
  struct P##TruncSatF32##S : TruncateSaturating<float, U, I> {}; \
  struct P##TruncSatF64##S : TruncateSaturating<double, U, I> {};
MOTE_TRUNCATIONS(I32, uint32_t, int32_t, S)
MOTE_TRUNCATIONS(I32, uint32_t, uint32_t, U)
MOTE_TRUNCATIONS(I64, uint64_t, int64_t, S)
MOTE_TRUNCATIONS(I64, uint64_t, uint64_t, U)

#undef MOTE_FLOAT
#undef MOTE_TRUNCATIONS
#endif  // MOTE_FEATURE_FLOATS

#undef MOTE_INTEGER
#undef MOTE_PURE1
#undef MOTE_PURE2
#undef MOTE_COMPARISON

}  // namespace mote::detail::semantics
