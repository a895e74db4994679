// A byte-code loop with a switch (br_table): a small stack machine that runs three programs.
#include "workload.h"

enum Op {
  kPush,
  kDup,
  kSwap,
  kDrop,
  kOver,
  kAdd,
  kSub,
  kMul,
  kXor,
  kShr,
  kLess,
  kEqual,
  kJump,
  kJumpZero,
  kLoad,
  kStore,
  kGet,
  kSet,
  kIncrement,
  kHalt
};

static int32_t cells[64], globals[8];

static int32_t run(const int8_t* program) {
  int32_t stack[32];
  int32_t* top = stack;
  uint32_t pc = 0;
  *top = 0;
  for (;;) {
    switch ((enum Op)program[pc++]) {
      case kPush: *++top = program[pc++]; break;
      case kDup:
        top[1] = top[0];
        top++;
        break;
      case kSwap: {
        const int32_t t = top[0];
        top[0] = top[-1];
        top[-1] = t;
        break;
      }
      case kDrop: top--; break;
      case kOver:
        top[1] = top[-1];
        top++;
        break;
      case kAdd:
        top--;
        top[0] = (int32_t)((uint32_t)top[0] + (uint32_t)top[1]);
        break;
      case kSub:
        top--;
        top[0] = (int32_t)((uint32_t)top[0] - (uint32_t)top[1]);
        break;
      case kMul:
        top--;
        top[0] = (int32_t)((uint32_t)top[0] * (uint32_t)top[1]);
        break;
      case kXor:
        top--;
        top[0] ^= top[1];
        break;
      case kShr:
        top--;
        top[0] = (int32_t)((uint32_t)top[0] >> (top[1] & 31));
        break;
      case kLess:
        top--;
        top[0] = top[0] < top[1];
        break;
      case kEqual:
        top--;
        top[0] = top[0] == top[1];
        break;
      case kJump: pc = (uint32_t)((int32_t)pc + program[pc] + 1); break;
      case kJumpZero: pc = (uint32_t)((int32_t)pc + (*top-- == 0 ? program[pc] : 0) + 1); break;
      case kLoad: top[0] = cells[top[0] & 63]; break;
      case kStore:
        top -= 2;
        cells[top[1] & 63] = top[2];
        break;
      case kGet: *++top = globals[program[pc++]]; break;
      case kSet: globals[program[pc++]] = *top--; break;
      case kIncrement: globals[program[pc++]]++; break;
      case kHalt: return top[0];
    }
  }
}

// sum := (sum * 31) ^ i, for i from 0 while i < 100.
static const int8_t kSumLoop[] = {kPush, 0,          kSet,  0,     kPush, 7,         kSet, 1,
                                  kGet,  0,          kPush, 100,   kLess, kJumpZero, 13,   kGet,
                                  1,     kPush,      31,    kMul,  kGet,  0,         kXor, kSet,
                                  1,     kIncrement, 0,     kJump, -21,   kGet,      1,    kHalt};
// Fills cells with squares mixed with the previous cell.
static const int8_t kFill[] = {kPush,     1,     kSet, 0,     kGet,  0,     kPush, 64,   kLess,
                               kJumpZero, 23,    kGet, 0,     kGet,  0,     kDup,  kMul, kGet,
                               0,         kPush, 1,    kSub,  kLoad, kPush, 3,     kShr, kAdd,
                               kStore,    kGet,  0,    kPush, 1,     kAdd,  kSet,  0,    kJump,
                               -33 + 0,   kPush, 63,   kLoad, kHalt};
// Greatest common divisor by subtraction, of globals 2 and 3.
static const int8_t kGcd[] = {kGet,  2,    kGet, 3,    kEqual, kJumpZero, 3,         kGet, 2,
                              kHalt, kGet, 2,    kGet, 3,      kLess,     kJumpZero, 9,    kGet,
                              3,     kGet, 2,    kSub, kSet,   3,         kJump,     -26,  kGet,
                              2,     kGet, 3,    kSub, kSet,   2,         kJump,     -35};

static uint64_t workload(uint32_t iterations) {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    sum = mix(sum, (uint32_t)run(kSumLoop));
    sum = mix(sum, (uint32_t)run(kFill));
    globals[2] = (int32_t)(1071 + i % 512);
    globals[3] = (int32_t)(462 + i % 77);
    sum = mix(sum, (uint32_t)run(kGcd));
    cells[0] = (int32_t)i;
  }
  return sum;
}

WORKLOAD("bytecode", 7600)
