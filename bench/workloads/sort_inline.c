// Sorting with the comparison inlined: quicksort with insertion sort, heapsort, and a radix sort.
#include "workload.h"

enum { kCount = 8192 };
static uint32_t numbers[kCount], scratch[kCount];

static void insertion_sort(uint32_t* v, int32_t low, int32_t high) {
  for (int32_t i = low + 1; i <= high; i++) {
    const uint32_t x = v[i];
    int32_t j = i - 1;
    for (; j >= low && v[j] > x; j--) v[j + 1] = v[j];
    v[j + 1] = x;
  }
}

static void quicksort(uint32_t* v, int32_t low, int32_t high) {
  while (high - low > 12) {
    const uint32_t a = v[low], b = v[low + (high - low) / 2], c = v[high];
    const uint32_t pivot = a < b ? (b < c ? b : a < c ? c : a) : (a < c ? a : b < c ? c : b);
    int32_t i = low, j = high;
    while (i <= j) {
      while (v[i] < pivot) i++;
      while (v[j] > pivot) j--;
      if (i <= j) {
        const uint32_t swap = v[i];
        v[i++] = v[j];
        v[j--] = swap;
      }
    }
    if (j - low < high - i) {
      quicksort(v, low, j);
      low = i;
    } else {
      quicksort(v, i, high);
      high = j;
    }
  }
  insertion_sort(v, low, high);
}

static void sift_down(uint32_t* v, uint32_t root, uint32_t count) {
  const uint32_t x = v[root];
  for (uint32_t child; (child = 2 * root + 1) < count; root = child) {
    if (child + 1 < count && v[child] < v[child + 1]) child++;
    if (x >= v[child]) break;
    v[root] = v[child];
  }
  v[root] = x;
}

static void heapsort_numbers(uint32_t* v, uint32_t count) {
  for (uint32_t i = count / 2; i-- > 0;) sift_down(v, i, count);
  for (uint32_t last = count; --last > 0;) {
    const uint32_t swap = v[0];
    v[0] = v[last];
    v[last] = swap;
    sift_down(v, 0, last);
  }
}

static void radix_sort(uint32_t* v, uint32_t* other, uint32_t count) {
  for (uint32_t shift = 0; shift < 32; shift += 8) {
    uint32_t starts[257] = {0};
    for (uint32_t i = 0; i < count; i++) starts[(v[i] >> shift & 255) + 1]++;
    for (uint32_t i = 0; i < 256; i++) starts[i + 1] += starts[i];
    for (uint32_t i = 0; i < count; i++) other[starts[v[i] >> shift & 255]++] = v[i];
    uint32_t* swap = v;
    v = other;
    other = swap;
  }
}

static void fill(uint32_t* seed) {
  for (uint32_t i = 0; i < kCount; i++) numbers[i] = next_random(seed);
}

static uint64_t sum_of_some(uint64_t sum) {
  for (uint32_t i = 0; i < kCount; i += 97) sum = mix(sum, numbers[i]);
  return sum;
}

static uint64_t workload(uint32_t iterations) {
  uint32_t seed = 1234567;
  uint64_t sum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    fill(&seed);
    quicksort(numbers, 0, kCount - 1);
    sum = sum_of_some(sum);
    fill(&seed);
    heapsort_numbers(numbers, kCount);
    sum = sum_of_some(sum);
    fill(&seed);
    radix_sort(numbers, scratch, kCount);
    sum = sum_of_some(sum);
  }
  return sum;
}

WORKLOAD("sort_inline", 100)
