// Digits of pi with big integers: Machin's formula on arrays of 32-bit words.
#include "workload.h"

enum { kWords = 96 };

// Numbers are fixed point: word 0 is the integer, the others are the fraction.
static uint32_t pi[kWords], term[kWords], part[kWords];

static int is_zero(const uint32_t* a) {
  for (uint32_t i = 0; i < kWords; i++) {
    if (a[i] != 0) return 0;
  }
  return 1;
}

static void divide(uint32_t* out, const uint32_t* a, uint32_t by) {
  uint64_t rest = 0;
  for (uint32_t i = 0; i < kWords; i++) {
    rest = rest << 32 | a[i];
    out[i] = (uint32_t)(rest / by);
    rest %= by;
  }
}

static void add(uint32_t* a, const uint32_t* b) {
  uint64_t carry = 0;
  for (uint32_t i = kWords; i-- > 0;) {
    carry += (uint64_t)a[i] + b[i];
    a[i] = (uint32_t)carry;
    carry >>= 32;
  }
}

static void subtract(uint32_t* a, const uint32_t* b) {
  uint32_t borrow = 0;
  for (uint32_t i = kWords; i-- > 0;) {
    const uint64_t take = (uint64_t)b[i] + borrow;
    borrow = a[i] < take;
    a[i] = (uint32_t)(a[i] - take);
  }
}

static void multiply(uint32_t* a, uint32_t by) {
  uint64_t carry = 0;
  for (uint32_t i = kWords; i-- > 0;) {
    carry += (uint64_t)a[i] * by;
    a[i] = (uint32_t)carry;
    carry >>= 32;
  }
}

// pi += sign * factor * arctan(1 / x)
static void add_arctan(uint32_t factor, uint32_t x, int negative) {
  for (uint32_t i = 0; i < kWords; i++) term[i] = 0;
  term[0] = factor;
  divide(term, term, x);
  for (uint32_t k = 1; !is_zero(term); k += 2, negative = !negative) {
    divide(part, term, k);
    if (negative) {
      subtract(pi, part);
    } else {
      add(pi, part);
    }
    divide(term, term, x * x);
  }
}

static uint64_t workload(uint32_t iterations) {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    for (uint32_t k = 0; k < kWords; k++) pi[k] = 0;
    add_arctan(16, opaque(5), 0);
    add_arctan(4, 239, 1);
    sum = mix(sum, pi[0]);
    // The last words are off by rounding.
    for (uint32_t digits = 0; digits < 800; digits += 8) {
      pi[0] = 0;
      multiply(pi, 100000000);
      sum = mix(sum, pi[0]);
    }
  }
  return sum;
}

WORKLOAD("pi_digits", 130)
