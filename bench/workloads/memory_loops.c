// Memory operations as loops: memcpy, memset, memmove and memcmp of the C library.
#include "memory.inc"

static uint64_t workload(uint32_t iterations) {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    sum = small_blocks(500, sum);
    sum = large_blocks(4, sum);
  }
  return sum;
}

WORKLOAD("memory_loops", 1300)
