// Product of two 16 x 16 matrices of f32, four times. All numbers are small integers, so that the
// checksum is exact.
#include "guest.h"

#define N 16
#define ROUNDS 4

static float a[N][N], b[N][N], c[N][N];

static __attribute__((noinline)) void multiply(void) {
  for (int32_t i = 0; i < N; ++i) {
    for (int32_t j = 0; j < N; ++j) {
      float sum = 0;
#ifdef __clang__
#pragma clang loop unroll(disable)
#endif
      for (int32_t k = 0; k < N; ++k) sum += a[i][k] * b[k][j];
      c[i][j] = sum;
    }
  }
}

GUEST_RUN {
  for (int32_t i = 0; i < N; ++i) {
    for (int32_t j = 0; j < N; ++j) {
      a[i][j] = (float)((i + j) & 7);
      b[i][j] = (float)((i * 3 + j) & 7);
    }
  }
  float checksum = 0;
  for (int32_t round = 0; round < ROUNDS; ++round) {
    multiply();
    a[round][0] += 1;
    for (int32_t i = 0; i < N; ++i) checksum += c[i][i] * (float)(i + 1);
  }
  return (int32_t)checksum;
}
