// Backtracking: eight to ten queens over bit masks, and a knight's tour by Warnsdorff's rule.
#include "workload.h"

static uint32_t queens(uint32_t all, uint32_t columns, uint32_t left, uint32_t right) {
  if (columns == all) return 1;
  uint32_t count = 0;
  for (uint32_t open = all & ~(columns | left | right); open != 0; open &= open - 1) {
    const uint32_t bit = open & -open;
    count += queens(all, columns | bit, (left | bit) << 1, (right | bit) >> 1);
  }
  return count;
}

static const int8_t kMoves[8][2] = {{1, 2},   {2, 1},   {2, -1}, {1, -2},
                                    {-1, -2}, {-2, -1}, {-2, 1}, {-1, 2}};
static uint8_t board[8][8];

static int is_free(int32_t x, int32_t y) {
  return x >= 0 && x < 8 && y >= 0 && y < 8 && board[y][x] == 0;
}

static uint32_t tour(int32_t x, int32_t y) {
  for (uint32_t i = 0; i < 64; i++) board[i / 8][i % 8] = 0;
  uint32_t steps = 0;
  for (;;) {
    board[y][x] = (uint8_t)++steps;
    int32_t best = -1, fewest = 9;
    for (int32_t m = 0; m < 8; m++) {
      const int32_t nx = x + kMoves[m][0], ny = y + kMoves[m][1];
      if (!is_free(nx, ny)) continue;
      int32_t exits = 0;
      for (int32_t k = 0; k < 8; k++) exits += is_free(nx + kMoves[k][0], ny + kMoves[k][1]);
      if (exits < fewest) {
        fewest = exits;
        best = m;
      }
    }
    if (best < 0) return steps;
    x += kMoves[best][0];
    y += kMoves[best][1];
  }
}

static uint64_t workload(uint32_t iterations) {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    sum = mix(sum, queens((1u << opaque(8 + i % 3)) - 1, 0, 0, 0));
    for (uint32_t k = 0; k < 16; k++) sum = mix(sum, tour((int32_t)(k % 8), (int32_t)(i + k) % 8));
    sum = mix(sum, board[i % 8][3]);
  }
  return sum;
}

WORKLOAD("queens", 400)
