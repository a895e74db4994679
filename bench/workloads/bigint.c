// Big integers of 32-bit limbs: schoolbook and Karatsuba products, division by a small number, and
// printing in decimal.
#include <string.h>

#include "workload.h"

enum { kLimbs = 64, kSchool = 16 };

// r[0..2n) = a[0..n) * b[0..n)
static void multiply_school(uint32_t* r, const uint32_t* a, const uint32_t* b, uint32_t n) {
  memset(r, 0, 2 * n * sizeof *r);
  for (uint32_t i = 0; i < n; i++) {
    uint64_t carry = 0;
    for (uint32_t j = 0; j < n; j++) {
      carry += (uint64_t)a[i] * b[j] + r[i + j];
      r[i + j] = (uint32_t)carry;
      carry >>= 32;
    }
    r[i + n] = (uint32_t)carry;
  }
}

static uint32_t add_to(uint32_t* r, const uint32_t* a, uint32_t n) {
  uint64_t carry = 0;
  for (uint32_t i = 0; i < n; i++) {
    carry += (uint64_t)r[i] + a[i];
    r[i] = (uint32_t)carry;
    carry >>= 32;
  }
  return (uint32_t)carry;
}

static uint32_t subtract_from(uint32_t* r, const uint32_t* a, uint32_t n) {
  uint32_t borrow = 0;
  for (uint32_t i = 0; i < n; i++) {
    const uint64_t difference = (uint64_t)r[i] - a[i] - borrow;
    r[i] = (uint32_t)difference;
    borrow = (uint32_t)(difference >> 63);
  }
  return borrow;
}

static void propagate(uint32_t* r, uint32_t carry) {
  while (carry != 0) {
    const uint32_t sum = *r + carry;
    carry = sum < carry;
    *r++ = sum;
  }
}

// |a - b|; whether a is less.
static uint32_t distance(uint32_t* r, const uint32_t* a, const uint32_t* b, uint32_t n) {
  uint32_t i = n;
  while (i > 0 && a[i - 1] == b[i - 1]) i--;
  const uint32_t less = i > 0 && a[i - 1] < b[i - 1];
  memcpy(r, less ? b : a, n * sizeof *r);
  subtract_from(r, less ? a : b, n);
  return less;
}

// Karatsuba's product; `free` is memory for 4n limbs.
static void multiply(uint32_t* r, const uint32_t* a, const uint32_t* b, uint32_t n,
                     uint32_t* free) {
  if (n <= kSchool) {
    multiply_school(r, a, b, n);
    return;
  }
  const uint32_t h = n / 2;
  multiply(r, a, b, h, free);
  multiply(r + n, a + h, b + h, h, free);
  uint32_t* const middle = free;
  const uint32_t sign = distance(r + 2 * n, a, a + h, h) ^ distance(r + 2 * n + h, b, b + h, h);
  multiply(middle, r + 2 * n, r + 2 * n + h, h, free + 2 * n);
  uint32_t* const both = free + n;
  memcpy(both, r, n * sizeof *both);
  both[n] = 0;
  both[n] += add_to(both, r + n, n);
  if (sign) {
    both[n] += add_to(both, middle, n);
  } else {
    both[n] -= subtract_from(both, middle, n);
  }
  propagate(r + h + n, add_to(r + h, both, n) + both[n]);
}

static uint32_t divide_small(uint32_t* a, uint32_t n, uint32_t by) {
  uint64_t rest = 0;
  for (uint32_t i = n; i > 0; i--) {
    rest = rest << 32 | a[i - 1];
    a[i - 1] = (uint32_t)(rest / by);
    rest %= by;
  }
  return (uint32_t)rest;
}

static uint64_t workload(uint32_t iterations) {
  // A product is followed by the room that its factors' differences take.
  static uint32_t a[kLimbs], b[kLimbs], product[3 * kLimbs], free[4 * kLimbs];
  uint32_t seed = 271828;
  for (uint32_t i = 0; i < kLimbs; i++) {
    a[i] = next_random(&seed);
    b[i] = next_random(&seed);
  }
  uint64_t sum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    multiply(product, a, b, kLimbs, free);
    memcpy(a, product + i % kLimbs, sizeof a);
    b[i % kLimbs] ^= product[kLimbs];
    a[0] |= 1;
    uint32_t digits = 0;
    for (uint32_t k = 0; k < 4; k++) {
      digits = digits * 31 + divide_small(product, 2 * kLimbs, 1000000000);
    }
    sum = mix(sum, digits);
  }
  return sum;
}

WORKLOAD("bigint", 8000)
