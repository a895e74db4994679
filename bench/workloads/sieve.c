// The sieve of Eratosthenes over bytes: loops with a stride, byte loads and stores.
#include "workload.h"

enum { kLimit = 65536 };
static uint8_t composite[kLimit];

static uint32_t count_primes(uint32_t limit) {
  for (uint32_t i = 0; i < limit; i++) composite[i] = 0;
  uint32_t count = 0;
  for (uint32_t i = 2; i < limit; i++) {
    if (composite[i]) continue;
    count++;
    for (uint32_t j = i + i; j < limit; j += i) composite[j] = 1;
  }
  return count;
}

static uint64_t workload(uint32_t iterations) {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    sum = mix(sum, count_primes(opaque(kLimit) - i % 64));
    sum = mix(sum, composite[(i * 7919) % kLimit]);
  }
  return sum;
}

WORKLOAD("sieve", 300)
