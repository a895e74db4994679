// Fast Fourier transform in f32: radix 2, in place, there and back, and a convolution of two
// signals.
#include <string.h>

#include "workload.h"

enum { kBits = 9, kPoints = 1 << kBits };
struct Complex {
  float re, im;
};
static struct Complex twiddles[kPoints / 2];
static struct Complex x[kPoints], y[kPoints];

static struct Complex multiply(struct Complex a, struct Complex b) {
  return (struct Complex){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

static void make_twiddles(void) {
  // exp(-2 pi i / kPoints), again and again; its parts from the half angle's series.
  const double angle = -6.283185307179586 / kPoints;
  double sine = 0, cosine = 0, term = 1;
  for (int k = 0; k < 20; k++) {
    if (k % 2 == 0) {
      cosine += k % 4 == 0 ? term : -term;
    } else {
      sine += k % 4 == 1 ? term : -term;
    }
    term *= angle / (k + 1);
  }
  double re = 1, im = 0;
  for (uint32_t i = 0; i < kPoints / 2; i++) {
    twiddles[i] = (struct Complex){(float)re, (float)im};
    const double next = re * cosine - im * sine;
    im = re * sine + im * cosine;
    re = next;
  }
}

static void transform(struct Complex* v, int inverse) {
  for (uint32_t i = 1, j = 0; i < kPoints; i++) {
    uint32_t bit = kPoints / 2;
    for (; j & bit; bit /= 2) j ^= bit;
    j ^= bit;
    if (i < j) {
      const struct Complex t = v[i];
      v[i] = v[j];
      v[j] = t;
    }
  }
  for (uint32_t half = 1; half < kPoints; half *= 2) {
    const uint32_t step = kPoints / (2 * half);
    for (uint32_t at = 0; at < kPoints; at += 2 * half) {
      for (uint32_t k = 0; k < half; k++) {
        struct Complex w = twiddles[k * step];
        if (inverse) w.im = -w.im;
        const struct Complex a = v[at + k];
        const struct Complex b = multiply(w, v[at + k + half]);
        v[at + k] = (struct Complex){a.re + b.re, a.im + b.im};
        v[at + k + half] = (struct Complex){a.re - b.re, a.im - b.im};
      }
    }
  }
}

static uint64_t workload(uint32_t iterations) {
  make_twiddles();
  uint32_t seed = 44100;
  for (uint32_t i = 0; i < kPoints; i++) {
    x[i].re = (float)(next_random(&seed) % 2000) / 1000 - 1;
    y[i].re = i < 16 ? 1.0f / 16 : 0;
  }
  transform(y, 0);
  uint64_t sum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    transform(x, 0);
    for (uint32_t k = 0; k < kPoints; k++) x[k] = multiply(x[k], y[k]);
    transform(x, 1);
    for (uint32_t k = 0; k < kPoints; k++) {
      x[k].re /= kPoints;
      x[k].im = 0;
    }
    x[i % kPoints].re += 1;
    uint32_t bits;
    memcpy(&bits, &x[(i * 37) % kPoints].re, sizeof bits);
    sum = mix(sum, bits);
  }
  return sum;
}

WORKLOAD("fft_f32", 1800)
