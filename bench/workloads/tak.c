// Recursion with three parameters: Takeuchi's function.
#include "workload.h"

static __attribute__((noinline)) int32_t tak(int32_t x, int32_t y, int32_t z) {
  if (y >= x) return z;
  return tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y));
}

static uint64_t workload(uint32_t iterations) {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    sum = mix(sum, (uint64_t)tak((int32_t)opaque(18), 12, (int32_t)(i % 3 + 5)));
  }
  return sum;
}

WORKLOAD("tak", 330)
