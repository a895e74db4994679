// Signals in f32: a radix-2 FFT, a biquad filter, and a clipped polynomial.
#include <string.h>

#include "workload.h"

enum { kBits = 8, kPoints = 1 << kBits };
static float real[kPoints], imaginary[kPoints], cosines[kPoints / 2], sines[kPoints / 2];

// cos and sin of the turn's fractions, by repeated multiplication with a constant rotation.
static void prepare(void) {
  const double c = 0.99969881869620425, s = 0.024541228522912288;  // of 2 pi / 256
  double x = 1, y = 0;
  for (uint32_t i = 0; i < kPoints / 2; i++) {
    cosines[i] = (float)x;
    sines[i] = (float)y;
    const double next = x * c - y * s;
    y = x * s + y * c;
    x = next;
  }
}

static void fft(void) {
  for (uint32_t i = 0, j = 0; i < kPoints; i++) {
    if (i < j) {
      const float r = real[i], m = imaginary[i];
      real[i] = real[j], imaginary[i] = imaginary[j];
      real[j] = r, imaginary[j] = m;
    }
    uint32_t bit = kPoints >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j |= bit;
  }
  for (uint32_t size = 2; size <= kPoints; size *= 2) {
    const uint32_t half = size / 2, step = kPoints / size;
    for (uint32_t start = 0; start < kPoints; start += size) {
      for (uint32_t k = 0; k < half; k++) {
        const uint32_t a = start + k, b = a + half;
        const float c = cosines[k * step], s = sines[k * step];
        const float r = real[b] * c + imaginary[b] * s, m = imaginary[b] * c - real[b] * s;
        real[b] = real[a] - r, imaginary[b] = imaginary[a] - m;
        real[a] += r, imaginary[a] += m;
      }
    }
  }
}

static float filter(float x, float state[2]) {
  const float y = 0.2f * x + state[0];
  state[0] = 0.3f * x + 0.4f * y + state[1];
  state[1] = 0.2f * x - 0.25f * y;
  return y;
}

static float shape(float x) {
  if (x > 1.0f) x = 1.0f;
  if (x < -1.0f) x = -1.0f;
  return x * (1.5f - 0.5f * x * x);
}

static uint64_t workload(uint32_t iterations) {
  prepare();
  uint32_t seed = 44100;
  float state[2] = {0, 0}, loudest = 0;
  uint64_t sum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    for (uint32_t n = 0; n < kPoints; n++) {
      real[n] = shape(filter((float)(int32_t)(next_random(&seed) % 4096 - 2048) / 1024.0f, state));
      imaginary[n] = 0;
    }
    fft();
    for (uint32_t n = 0; n < kPoints / 2; n++) {
      const float power = real[n] * real[n] + imaginary[n] * imaginary[n];
      if (power > loudest) loudest = power;
    }
    uint32_t bits;
    memcpy(&bits, &real[i % kPoints], sizeof bits);
    sum = mix(sum, bits);
    memcpy(&bits, &loudest, sizeof bits);
    sum = mix(sum, bits);
    loudest *= 0.99f;
  }
  return sum;
}

WORKLOAD("dsp_f32", 6600)
