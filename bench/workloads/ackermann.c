// Deep recursion: Ackermann's function, and the mutual recursion of Hofstadter's F and M.
#include "workload.h"

static __attribute__((noinline)) uint32_t ackermann(uint32_t m, uint32_t n) {
  if (m == 0) return n + 1;
  if (n == 0) return ackermann(m - 1, 1);
  return ackermann(m - 1, ackermann(m, n - 1));
}

static uint32_t male(uint32_t n);
static __attribute__((noinline)) uint32_t female(uint32_t n) {
  return n == 0 ? 1 : n - male(female(n - 1));
}
static __attribute__((noinline)) uint32_t male(uint32_t n) {
  return n == 0 ? 0 : n - female(male(n - 1));
}

static uint64_t workload(uint32_t iterations) {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    sum = mix(sum, ackermann(opaque(2), 200 + i % 16));
    sum = mix(sum, ackermann(opaque(3), 5));
    sum = mix(sum, female(opaque(40)));
  }
  return sum;
}

WORKLOAD("ackermann", 190)
