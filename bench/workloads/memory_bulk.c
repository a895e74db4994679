// Memory operations as instructions: memory.copy and memory.fill. Compiled with -mbulk-memory.
#include "memory.inc"

static uint64_t workload(uint32_t iterations) {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    sum = small_blocks(20000, sum);
    sum = large_blocks(40, sum);
  }
  return sum;
}

WORKLOAD("memory_bulk", 490)
