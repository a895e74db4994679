// The Mandelbrot set in f64, and a Julia set in f32: float compares in a tight loop.
#include "workload.h"

static uint32_t mandelbrot(double cx, double cy, uint32_t limit) {
  double x = 0, y = 0;
  uint32_t n = 0;
  while (n < limit && x * x + y * y <= 4.0) {
    const double next = x * x - y * y + cx;
    y = 2.0 * x * y + cy;
    x = next;
    n++;
  }
  return n;
}

static uint32_t julia(float x, float y, float cx, float cy, uint32_t limit) {
  uint32_t n = 0;
  for (; n < limit; n++) {
    const float xx = x * x, yy = y * y;
    if (xx + yy > 4.0f) break;
    y = 2.0f * x * y + cy;
    x = xx - yy + cx;
  }
  return n;
}

static uint64_t workload(uint32_t iterations) {
  uint64_t sum = 0;
  for (uint32_t line = 0; line < iterations; line++) {
    const double cy = (double)(line % 96) / 40.0 - 1.2;
    uint32_t steps = 0;
    for (uint32_t column = 0; column < 128; column++) {
      steps += mandelbrot((double)column / 48.0 - 2.0, cy, opaque(200));
      steps += julia((float)column / 40.0f - 1.6f, (float)cy, -0.8f, 0.156f, opaque(100));
    }
    sum = mix(sum, steps);
  }
  return sum;
}

WORKLOAD("mandelbrot", 4500)
