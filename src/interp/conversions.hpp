// Numbers become floats, or floats of the other width (specification 4.3.3, promote, demote,
// convert).
//
// On x86-64 the instructions that do that keep the upper half of their destination: they wait for
// whatever wrote that register last. In a handler it is an accumulator, and the next conversion
// would wait for all that was computed since. gcc sets the register to zero first; clang does so
// only where it sees the instruction that it would have to wait for.
#pragma once

#include <stdint.h>

#include <mote/config.hpp>

#if defined(__clang__) && defined(__x86_64__) && !defined(__AVX__)
#define MOTE_CUT_DEPENDENCIES 1
#else
#define MOTE_CUT_DEPENDENCIES 0
#endif

namespace mote::detail::semantics {

template <class To, class From>
inline __attribute__((always_inline)) To convert(From from) {
#if MOTE_CUT_DEPENDENCIES
  To to;
  if constexpr (sizeof(To) == 4) {
    if constexpr (static_cast<From>(0.5) != 0) {
      __asm__("xorps %0, %0\n\tcvtsd2ss %1, %0" : "=&x"(to) : "x"(from));
    } else if constexpr (sizeof(From) == 4) {
      __asm__("xorps %0, %0\n\tcvtsi2ssl %1, %0" : "=x"(to) : "r"(from));
    } else {
      __asm__("xorps %0, %0\n\tcvtsi2ssq %1, %0" : "=x"(to) : "r"(from));
    }
  } else {
    if constexpr (static_cast<From>(0.5) != 0) {
      __asm__("xorps %0, %0\n\tcvtss2sd %1, %0" : "=&x"(to) : "x"(from));
    } else if constexpr (sizeof(From) == 4) {
      __asm__("xorps %0, %0\n\tcvtsi2sdl %1, %0" : "=x"(to) : "r"(from));
    } else {
      __asm__("xorps %0, %0\n\tcvtsi2sdq %1, %0" : "=x"(to) : "r"(from));
    }
  }
  return to;
#else
  return static_cast<To>(from);
#endif
}

// A 32-bit number without a sign is one of 64 bits with one, where there are such registers.
template <class To>
inline __attribute__((always_inline)) To convert_u32(uint32_t from) {
#if MOTE_CUT_DEPENDENCIES
  return convert<To>(static_cast<int64_t>(from));
#else
  return static_cast<To>(from);
#endif
}

}  // namespace mote::detail::semantics
