// Distances between words: Levenshtein's with two rows of 16 bits, and the longest common
// subsequence in a whole table.
#include "workload.h"

enum { kWords = 24, kLongest = 40 };
static char words[kWords][kLongest + 1];
static uint32_t lengths[kWords];

static uint32_t least(uint32_t a, uint32_t b) { return a < b ? a : b; }

static uint32_t levenshtein(const char* a, uint32_t n, const char* b, uint32_t m) {
  static uint16_t rows[2][kLongest + 1];
  for (uint32_t j = 0; j <= m; j++) rows[0][j] = (uint16_t)j;
  for (uint32_t i = 1; i <= n; i++) {
    const uint16_t* above = rows[(i - 1) & 1];
    uint16_t* row = rows[i & 1];
    row[0] = (uint16_t)i;
    for (uint32_t j = 1; j <= m; j++) {
      const uint32_t change = above[j - 1] + (a[i - 1] != b[j - 1]);
      row[j] = (uint16_t)least(change, least(above[j], row[j - 1]) + 1u);
    }
  }
  return rows[n & 1][m];
}

static uint32_t common(const char* a, uint32_t n, const char* b, uint32_t m) {
  static uint8_t table[kLongest + 1][kLongest + 1];
  for (uint32_t i = 1; i <= n; i++) {
    for (uint32_t j = 1; j <= m; j++) {
      if (a[i - 1] == b[j - 1]) {
        table[i][j] = (uint8_t)(table[i - 1][j - 1] + 1);
      } else if (table[i - 1][j] >= table[i][j - 1]) {
        table[i][j] = table[i - 1][j];
      } else {
        table[i][j] = table[i][j - 1];
      }
    }
  }
  return table[n][m];
}

static uint64_t workload(uint32_t iterations) {
  uint32_t seed = 5551212;
  for (uint32_t i = 0; i < kWords; i++) {
    lengths[i] = 8 + next_random(&seed) % (kLongest - 7);
    for (uint32_t k = 0; k < lengths[i]; k++) words[i][k] = (char)('a' + next_random(&seed) % 6);
  }
  uint64_t sum = 0;
  for (uint32_t round = 0; round < iterations; round++) {
    const uint32_t one = round % kWords;
    uint32_t total = 0;
    for (uint32_t other = 0; other < kWords; other++) {
      total += levenshtein(words[one], lengths[one], words[other], lengths[other]);
      total = total * 3 + common(words[one], lengths[one], words[other], lengths[other]);
    }
    words[one][round % lengths[one]] = (char)('a' + (total + round) % 6);
    sum = mix(sum, total);
  }
  return sum;
}

WORKLOAD("levenshtein", 520)
