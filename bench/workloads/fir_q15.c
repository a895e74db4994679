// Fixed-point filters on 16-bit samples: FIR, a biquad cascade and a moving level, with saturation.
#include "workload.h"

enum { kTaps = 32, kBlock = 256, kStages = 3 };
static int16_t taps[kTaps], history[kTaps + kBlock], output[kBlock];

static int16_t saturate(int32_t value) {
  return (int16_t)(value > 32767 ? 32767 : value < -32768 ? -32768 : value);
}

static void fir(const int16_t* input, int16_t* out) {
  for (uint32_t n = 0; n < kBlock; n++) {
    int32_t sum = 1 << 14;
    for (uint32_t k = 0; k < kTaps; k++) sum += (int32_t)taps[k] * input[n + kTaps - k];
    out[n] = saturate(sum >> 15);
  }
}

struct Stage {
  int16_t b0, b1, b2, a1, a2;
  int16_t x1, x2, y1, y2;
};
static struct Stage stages[kStages] = {{2000, 4000, 2000, 20000, -9000, 0, 0, 0, 0},
                                       {9000, -7000, 9000, 12000, -14000, 0, 0, 0, 0},
                                       {16000, 100, -15900, 8000, -3000, 0, 0, 0, 0}};

static int16_t biquad(struct Stage* s, int16_t x) {
  const int64_t sum = (int64_t)s->b0 * x + (int64_t)s->b1 * s->x1 + (int64_t)s->b2 * s->x2 +
                      (int64_t)s->a1 * s->y1 + (int64_t)s->a2 * s->y2;
  const int16_t y = saturate((int32_t)(sum >> 14));
  s->x2 = s->x1, s->x1 = x;
  s->y2 = s->y1, s->y1 = y;
  return y;
}

static uint64_t workload(uint32_t iterations) {
  uint32_t seed = 48000;
  for (uint32_t k = 0; k < kTaps; k++)
    taps[k] = (int16_t)((int32_t)(next_random(&seed) % 4000) - 1800);
  uint64_t sum = 0;
  int32_t level = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    for (uint32_t n = 0; n < kTaps; n++) history[n] = history[n + kBlock];
    for (uint32_t n = 0; n < kBlock; n++) history[kTaps + n] = (int16_t)next_random(&seed);
    fir(history, output);
    for (uint32_t n = 0; n < kBlock; n++) {
      int16_t y = output[n];
      for (uint32_t s = 0; s < kStages; s++) y = biquad(&stages[s], y);
      const int32_t magnitude = y < 0 ? -y : y;
      level += (magnitude * 256 - level) >> 5;
      output[n] = y;
    }
    sum = mix(sum, (uint32_t)level ^ (uint32_t)(uint16_t)output[i % kBlock] << 16);
  }
  return sum;
}

WORKLOAD("fir_q15", 5400)
