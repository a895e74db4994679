// Conway's game of life: cell by cell over bytes, and 64 cells at a time over i64 words.
#include "workload.h"

enum { kWidth = 64, kHeight = 64 };
static uint8_t cells[kHeight][kWidth], next[kHeight][kWidth];
static uint64_t rows[kHeight], next_rows[kHeight];

static void step_bytes(void) {
  for (uint32_t y = 0; y < kHeight; y++) {
    const uint8_t* above = cells[(y + kHeight - 1) % kHeight];
    const uint8_t* here = cells[y];
    const uint8_t* below = cells[(y + 1) % kHeight];
    for (uint32_t x = 0; x < kWidth; x++) {
      const uint32_t w = (x + kWidth - 1) % kWidth, e = (x + 1) % kWidth;
      const uint32_t count = (uint32_t)above[w] + above[x] + above[e] + here[w] + here[e] +
                             below[w] + below[x] + below[e];
      next[y][x] = count == 3 || (count == 2 && here[x]);
    }
  }
  for (uint32_t y = 0; y < kHeight; y++) {
    for (uint32_t x = 0; x < kWidth; x++) cells[y][x] = next[y][x];
  }
}

static uint64_t turn(uint64_t row, int by) { return row << by | row >> (64 - by); }

// Adds three bits at each place: sum and carry.
static uint64_t add3(uint64_t a, uint64_t b, uint64_t c, uint64_t* carry) {
  *carry = (a & b) | (a & c) | (b & c);
  return a ^ b ^ c;
}

static void step_words(void) {
  for (uint32_t y = 0; y < kHeight; y++) {
    const uint64_t up = rows[(y + kHeight - 1) % kHeight], down = rows[(y + 1) % kHeight];
    const uint64_t here = rows[y];
    uint64_t c1, c2, c3, c4;
    const uint64_t s1 = add3(turn(up, 1), up, turn(up, 63), &c1);
    const uint64_t s2 = add3(turn(down, 1), down, turn(down, 63), &c2);
    const uint64_t ones = add3(s1, s2, turn(here, 1) ^ turn(here, 63), &c3);
    const uint64_t sides = turn(here, 1) & turn(here, 63);
    const uint64_t twos = add3(c1, c2, c3, &c4) ^ sides;
    const uint64_t fours = c4 | ((c1 ^ c2 ^ c3) & sides);
    next_rows[y] = ~fours & twos & (ones | here);
  }
  for (uint32_t y = 0; y < kHeight; y++) rows[y] = next_rows[y];
}

static uint64_t workload(uint32_t iterations) {
  uint32_t seed = 19701970;
  for (uint32_t y = 0; y < kHeight; y++) {
    for (uint32_t x = 0; x < kWidth; x++) {
      cells[y][x] = next_random(&seed) % 3 == 0;
      rows[y] |= (uint64_t)cells[y][x] << x;
    }
  }
  uint64_t sum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    step_bytes();
    for (uint32_t k = 0; k < 8; k++) step_words();
    const uint32_t y = i % kHeight;
    sum = mix(sum, rows[y]);
    for (uint32_t x = 0; x < kWidth; x += 5) sum += cells[y][x] << (x % 8);
    if (i % 64 == 63) {
      // Life dies out; stir it.
      cells[y][i % kWidth] ^= 1;
      rows[y] ^= next_random(&seed);
    }
  }
  return sum;
}

WORKLOAD("life", 1900)
