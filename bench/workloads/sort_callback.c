// Sorting through callbacks: the C library's qsort and a merge sort, records by several orders.
#include <stdlib.h>
#include <string.h>

#include "workload.h"

struct Record {
  uint32_t key;
  int32_t weight;
  char name[8];
};

typedef int Compare(const void* a, const void* b);

enum { kCount = 2048 };
static struct Record records[kCount], scratch[kCount];

static int by_key(const void* a, const void* b) {
  const uint32_t x = ((const struct Record*)a)->key, y = ((const struct Record*)b)->key;
  return x < y ? -1 : x > y;
}
static int by_weight(const void* a, const void* b) {
  const struct Record *x = a, *y = b;
  return x->weight != y->weight ? (x->weight > y->weight ? -1 : 1) : by_key(a, b);
}
static int by_name(const void* a, const void* b) {
  const int order = memcmp(((const struct Record*)a)->name, ((const struct Record*)b)->name, 8);
  return order != 0 ? order : by_key(a, b);
}

static Compare* const kOrders[] = {by_key, by_weight, by_name};

static void merge_sort(struct Record* v, uint32_t count, Compare* compare) {
  for (uint32_t width = 1; width < count; width *= 2) {
    for (uint32_t at = 0; at < count; at += 2 * width) {
      uint32_t i = at, j = at + width, out = at;
      const uint32_t middle = j < count ? j : count;
      const uint32_t end = at + 2 * width < count ? at + 2 * width : count;
      while (i < middle && j < end) scratch[out++] = compare(&v[i], &v[j]) <= 0 ? v[i++] : v[j++];
      while (i < middle) scratch[out++] = v[i++];
      while (j < end) scratch[out++] = v[j++];
    }
    memcpy(v, scratch, count * sizeof *v);
  }
}

static uint64_t workload(uint32_t iterations) {
  uint32_t seed = 424242;
  uint64_t sum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    for (uint32_t r = 0; r < kCount; r++) {
      records[r].key = next_random(&seed);
      records[r].weight = (int32_t)(next_random(&seed) % 64) - 32;
      for (int c = 0; c < 8; c++) records[r].name[c] = (char)('a' + next_random(&seed) % 4);
    }
    Compare* const first = kOrders[opaque(i) % 3];
    Compare* const second = kOrders[opaque(i + 1) % 3];
    merge_sort(records, kCount, first);
    for (uint32_t r = 0; r < kCount; r += 61) sum = mix(sum, records[r].key);
    qsort(records, kCount, sizeof records[0], second);
    for (uint32_t r = 0; r < kCount; r += 61) sum = mix(sum, records[r].key);
  }
  return sum;
}

WORKLOAD("sort_callback", 60)
