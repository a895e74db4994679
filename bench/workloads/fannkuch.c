// Fannkuch: permutations of small arrays and reversals of their heads.
#include "workload.h"

enum { kMost = 12 };

// Largest number of flips, and a checksum, over the first `count` permutations of n elements.
static uint64_t fannkuch(uint32_t n, uint32_t count) {
  uint32_t permutation[kMost], copy[kMost], rotations[kMost];
  int32_t checksum = 0;
  uint32_t most = 0;
  for (uint32_t i = 0; i < n; i++) {
    permutation[i] = i;
    rotations[i] = 0;
  }
  for (uint32_t p = 0; p < count; p++) {
    for (uint32_t i = 0; i < n; i++) copy[i] = permutation[i];
    uint32_t flips = 0;
    for (uint32_t first; (first = copy[0]) != 0; flips++) {
      for (uint32_t low = 0, high = first; low < high; low++, high--) {
        const uint32_t swap = copy[low];
        copy[low] = copy[high];
        copy[high] = swap;
      }
    }
    if (flips > most) most = flips;
    checksum += p % 2 == 0 ? (int32_t)flips : -(int32_t)flips;
    // Next: rotate the first k + 1 elements, for the smallest k that is not through.
    uint32_t k = 1;
    for (; k < n; k++) {
      const uint32_t first = permutation[0];
      for (uint32_t i = 0; i < k; i++) permutation[i] = permutation[i + 1];
      permutation[k] = first;
      if (++rotations[k] <= k) break;
      rotations[k] = 0;
    }
    if (k == n) break;
  }
  return (uint64_t)(uint32_t)checksum << 32 | most;
}

static uint64_t workload(uint32_t iterations) {
  uint64_t sum = mix(0, fannkuch(opaque(7), 5040));
  for (uint32_t i = 0; i < iterations; i++) sum = mix(sum, fannkuch(9 + i % 2, 10000));
  return sum;
}

WORKLOAD("fannkuch", 120)
