// Rounding floats to integers without a C library, compared with the C library of this machine.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <random>

#include "interp/rounding.hpp"

namespace mote::detail {
namespace {

template <class F, class U>
F from_bits(U bits) {
  F value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

template <class F, class U>
U to_bits(F value) {
  U bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

// RISC-V makes any NaN that it computes with the canonical one, which 4.3.3 allows.
#if defined(__riscv)
constexpr bool kKeepsNaNs = false;
#else
constexpr bool kKeepsNaNs = true;
#endif

// Checks all four ways for one pattern of bits. NaNs come back quiet.
template <class F, class U>
void check(U bits) {
  const F value = from_bits<F>(bits);
  const bool is_nan = value != value;
  const U quiet = U{1} << (sizeof(U) == 8 ? 51 : 22);
  const auto expect = [&](F libm, Rounding rounding) {
    const U exponent =
        sizeof(U) == 8 ? static_cast<U>(0x7FF0000000000000) : static_cast<U>(0x7F800000);
    const U nan = kKeepsNaNs ? bits | quiet : exponent | quiet;
    const U expected = is_nan ? nan : to_bits<F, U>(libm);
    ASSERT_EQ((to_bits<F, U>(round_float(value, rounding))), expected)
        << std::hexfloat << value << " rounding " << static_cast<int>(rounding);
  };
  expect(std::ceil(value), Rounding::kUp);
  expect(std::floor(value), Rounding::kDown);
  expect(std::trunc(value), Rounding::kToZero);
  expect(std::nearbyint(value), Rounding::kToEven);
}

// Every exponent, with the fractions where carries begin and end.
template <class F, class U>
void check_edges(int fraction_bits) {
  const U exponents = U{1} << (sizeof(U) * 8 - 1 - fraction_bits);
  for (U exponent = 0; exponent < exponents; exponent++) {
    for (int bit = 0; bit <= fraction_bits; bit++) {
      const U one = (U{1} << bit) & ((U{1} << fraction_bits) - 1);
      const U fractions[] = {one, one - 1, one + 1, static_cast<U>(0 - one), static_cast<U>(~one)};
      for (U fraction : fractions) {
        const U magnitude = exponent << fraction_bits | (fraction & ((U{1} << fraction_bits) - 1));
        check<F, U>(magnitude);
        check<F, U>(magnitude | U{1} << (sizeof(U) * 8 - 1));
      }
    }
  }
}

TEST(Rounding, EdgesOfF32) { check_edges<float, uint32_t>(23); }
TEST(Rounding, EdgesOfF64) { check_edges<double, uint64_t>(52); }

TEST(Rounding, RandomBits) {
  std::mt19937_64 generator(1);
  for (int i = 0; i < 100000; i++) {
    const uint64_t bits = generator();
    check<float, uint32_t>(static_cast<uint32_t>(bits));
    check<double, uint64_t>(bits);
    // Exponents near one, where there is something to round.
    check<double, uint64_t>((bits & 0x803FFFFFFFFFFFFF) | 0x4000000000000000);
    check<double, uint64_t>((bits & 0x800FFFFFFFFFFFFF) | 0x3FE0000000000000);
  }
}

}  // namespace
}  // namespace mote::detail
