// Recursion: Fibonacci numbers by the textbook's double recursion. Calls and little else.
#include "workload.h"

static __attribute__((noinline)) uint32_t fib(uint32_t n) {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

static uint64_t workload(uint32_t iterations) {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < iterations; i++) sum = mix(sum, fib(opaque(27)));
  return sum;
}

WORKLOAD("fib", 98)
