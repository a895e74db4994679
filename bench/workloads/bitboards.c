// Boards of 64 bits, as chess programs have them: sliding attacks, populations, moves one by one
// from the lowest bit, and a search over two pieces' moves.
#include "workload.h"

static const uint64_t kNotA = 0xFEFEFEFEFEFEFEFEu;
static const uint64_t kNotH = 0x7F7F7F7F7F7F7F7Fu;

static uint64_t king(uint64_t b) {
  const uint64_t row = (b << 1 & kNotA) | (b >> 1 & kNotH) | b;
  return (row | row << 8 | row >> 8) & ~b;
}

static uint64_t knight(uint64_t b) {
  const uint64_t one = (b << 1 & kNotA) | (b >> 1 & kNotH);
  const uint64_t two = (b << 2 & kNotA & kNotA << 1) | (b >> 2 & kNotH & kNotH >> 1);
  return one << 16 | one >> 16 | two << 8 | two >> 8;
}

// Kogge and Stone's filling, one direction.
static uint64_t slide(uint64_t pieces, uint64_t empty, int shift, uint64_t mask) {
  empty &= mask;
  if (shift > 0) {
    pieces |= empty & pieces << shift;
    empty &= empty << shift;
    pieces |= empty & pieces << 2 * shift;
    empty &= empty << 2 * shift;
    pieces |= empty & pieces << 4 * shift;
    return pieces << shift & mask;
  }
  shift = -shift;
  pieces |= empty & pieces >> shift;
  empty &= empty >> shift;
  pieces |= empty & pieces >> 2 * shift;
  empty &= empty >> 2 * shift;
  pieces |= empty & pieces >> 4 * shift;
  return pieces >> shift & mask;
}

static uint64_t rook(uint64_t b, uint64_t empty) {
  return slide(b, empty, 8, ~0ull) | slide(b, empty, -8, ~0ull) | slide(b, empty, 1, kNotA) |
         slide(b, empty, -1, kNotH);
}
static uint64_t bishop(uint64_t b, uint64_t empty) {
  return slide(b, empty, 9, kNotA) | slide(b, empty, -9, kNotH) | slide(b, empty, 7, kNotH) |
         slide(b, empty, -7, kNotA);
}

struct Board {
  uint64_t own[4];  // king, knights, bishops, rooks
  uint64_t other[4];
};

static uint64_t attacks(const uint64_t* pieces, int kind, uint64_t from, uint64_t empty) {
  (void)pieces;
  switch (kind) {
    case 0: return king(from);
    case 1: return knight(from);
    case 2: return bishop(from, empty);
    default: return rook(from, empty);
  }
}

static int32_t value(const struct Board* board) {
  static const int32_t kWorth[4] = {1000, 3, 3, 5};
  int32_t sum = 0;
  for (int k = 0; k < 4; k++) {
    sum +=
        kWorth[k] * (__builtin_popcountll(board->own[k]) - __builtin_popcountll(board->other[k]));
  }
  return sum;
}

static int32_t search(const struct Board* board, uint32_t depth, uint32_t* nodes) {
  ++*nodes;
  if (depth == 0) return value(board);
  const uint64_t mine = board->own[0] | board->own[1] | board->own[2] | board->own[3];
  const uint64_t theirs = board->other[0] | board->other[1] | board->other[2] | board->other[3];
  const uint64_t empty = ~(mine | theirs);
  int32_t best = -100000;
  for (int kind = 0; kind < 4; kind++) {
    for (uint64_t left = board->own[kind]; left != 0; left &= left - 1) {
      const uint64_t from = left & -left;
      uint64_t targets = attacks(board->own, kind, from, empty) & ~mine;
      for (; targets != 0; targets &= targets - 1) {
        const uint64_t to = targets & -targets;
        struct Board next;
        for (int k = 0; k < 4; k++) {
          next.own[k] = board->other[k] & ~to;
          next.other[k] = board->own[k];
        }
        next.other[kind] ^= from | to;
        const int32_t score = -search(&next, depth - 1, nodes);
        if (score > best) best = score;
      }
    }
  }
  return best;
}

static uint64_t workload(uint32_t iterations) {
  uint32_t seed = 1997;
  uint64_t sum = 0;
  for (uint32_t round = 0; round < iterations; round++) {
    struct Board board = {{0}, {0}};
    uint64_t taken = 0;
    for (int k = 0; k < 8; k++) {
      for (int count = k % 4 == 0 ? 1 : 2; count > 0;) {
        const uint64_t place = 1ull << next_random(&seed) % 64;
        if (taken & place) continue;
        taken |= place;
        (k < 4 ? board.own : board.other)[k % 4] |= place;
        count--;
      }
    }
    uint32_t nodes = 0;
    const int32_t score = search(&board, 3, &nodes);
    sum = mix(sum, (uint64_t)nodes << 32 | (uint32_t)score);
    sum = mix(sum, (uint64_t)__builtin_ctzll(taken) + (uint64_t)__builtin_clzll(taken) * 64);
  }
  return sum;
}

WORKLOAD("bitboards", 54)
