// Bodies under gravity: f64 multiply, add, divide and square root on small arrays.
#include <string.h>

#include "workload.h"

struct Body {
  double position[3], velocity[3], mass;
};

enum { kBodies = 6 };
static struct Body bodies[kBodies];

static void place_bodies(void) {
  uint32_t seed = 20021;
  for (uint32_t b = 0; b < kBodies; b++) {
    for (int axis = 0; axis < 3; axis++) {
      bodies[b].position[axis] = (double)(next_random(&seed) % 2000) / 50.0 - 20.0;
      bodies[b].velocity[axis] = (double)(next_random(&seed) % 2000) / 4000.0 - 0.25;
    }
    bodies[b].mass = b == 0 ? 40.0 : (double)(next_random(&seed) % 100 + 1) / 1000.0;
  }
}

static void advance(double step) {
  for (uint32_t i = 0; i < kBodies; i++) {
    struct Body* a = &bodies[i];
    for (uint32_t j = i + 1; j < kBodies; j++) {
      struct Body* b = &bodies[j];
      const double dx = a->position[0] - b->position[0];
      const double dy = a->position[1] - b->position[1];
      const double dz = a->position[2] - b->position[2];
      const double square = dx * dx + dy * dy + dz * dz + 0.01;
      const double force = step / (square * __builtin_sqrt(square));
      const double on_a = b->mass * force, on_b = a->mass * force;
      a->velocity[0] -= dx * on_a, b->velocity[0] += dx * on_b;
      a->velocity[1] -= dy * on_a, b->velocity[1] += dy * on_b;
      a->velocity[2] -= dz * on_a, b->velocity[2] += dz * on_b;
    }
  }
  for (uint32_t i = 0; i < kBodies; i++) {
    for (int axis = 0; axis < 3; axis++) {
      bodies[i].position[axis] += step * bodies[i].velocity[axis];
    }
  }
}

static double energy(void) {
  double sum = 0;
  for (uint32_t i = 0; i < kBodies; i++) {
    double square = 0;
    for (int axis = 0; axis < 3; axis++) {
      square += bodies[i].velocity[axis] * bodies[i].velocity[axis];
    }
    sum += 0.5 * bodies[i].mass * square;
  }
  return sum;
}

static uint64_t workload(uint32_t iterations) {
  place_bodies();
  uint64_t sum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    for (uint32_t k = 0; k < 100; k++) advance(0.001);
    const double value = energy();
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    sum = mix(sum, bits);
  }
  return sum;
}

WORKLOAD("nbody", 3600)
