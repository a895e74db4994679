// Rounding floats to integers: see rounding.hpp.
#include "interp/rounding.hpp"

#include <string.h>

#include <mote/config.hpp>

namespace mote::detail {

namespace {

// F has the bits of U, kFraction of them for the fraction:  | sign | exponent + kBias | fraction |
template <class F, class U, int kFraction>
F round_bits(F value, Rounding rounding) {
  constexpr U kSign = U{1} << (sizeof(U) * 8 - 1);
  constexpr int kBias = (1 << (sizeof(U) * 8 - 2 - kFraction)) - 1;
  constexpr U kOne = static_cast<U>(kBias) << kFraction;
  constexpr U kHalf = static_cast<U>(kBias - 1) << kFraction;
  U bits;
  memcpy(&bits, &value, sizeof bits);
  const U sign = bits & kSign;
  U magnitude = bits & ~kSign;
  const int exponent = static_cast<int>(magnitude >> kFraction) - kBias;
  // Integers, infinities and NaNs, which become quiet.
  // NOLINTNEXTLINE(misc-redundant-expression): only a NaN differs from itself
  if (exponent >= kFraction) return value != value ? value + value : value;
  const bool is_away = rounding == (sign != 0 ? Rounding::kDown : Rounding::kUp);
  const bool is_even = rounding == Rounding::kToEven;
  if (exponent < 0) {
    const bool is_one = is_away ? magnitude != 0 : is_even && magnitude > kHalf;
    magnitude = is_one ? kOne : 0;
  } else {
    // What is added carries into the integer's part, and from there into the exponent, as it
    // should.
    const U below_one = ((U{1} << kFraction) - 1) >> exponent;
    if (is_away) magnitude += below_one;
    // Half of one, less a bit unless the integer is odd. (Of 1.x it is: kBias is odd.)
    if (is_even) magnitude += (below_one >> 1) + ((magnitude & (below_one + 1)) != 0 ? 1 : 0);
    magnitude &= ~below_one;
  }
  bits = sign | magnitude;
  memcpy(&value, &bits, sizeof value);
  return value;
}

}  // namespace

float round_float(float value, Rounding rounding) {
#if MOTE_HANDLERS == MOTE_HANDLERS_SMALL
  // Every float is a double, and so is what it rounds to. One function is smaller than two.
  return static_cast<float>(round_float(static_cast<double>(value), rounding));
#else
  return round_bits<float, uint32_t, 23>(value, rounding);
#endif
}
double round_float(double value, Rounding rounding) {
  return round_bits<double, uint64_t, 52>(value, rounding);
}

}  // namespace mote::detail
