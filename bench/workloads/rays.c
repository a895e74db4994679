// Rays against spheres and a plane in f64: square roots, structures passed by value, recursion.
#include <string.h>

#include "workload.h"

struct Vector {
  double x, y, z;
};
struct Sphere {
  struct Vector centre;
  double radius, mirror;
};
enum { kSpheres = 6, kWidth = 32 };
static struct Sphere spheres[kSpheres];

static struct Vector plus(struct Vector a, struct Vector b) {
  return (struct Vector){a.x + b.x, a.y + b.y, a.z + b.z};
}
static struct Vector times(struct Vector a, double f) {
  return (struct Vector){a.x * f, a.y * f, a.z * f};
}
static double dot(struct Vector a, struct Vector b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
static struct Vector unit(struct Vector a) { return times(a, 1 / __builtin_sqrt(dot(a, a))); }

static double hit(const struct Sphere* s, struct Vector from, struct Vector along) {
  const struct Vector to = plus(from, times(s->centre, -1));
  const double b = dot(to, along);
  const double c = dot(to, to) - s->radius * s->radius;
  const double d = b * b - c;
  if (d < 0) return -1;
  const double root = __builtin_sqrt(d);
  if (-b - root > 1e-6) return -b - root;
  return -b + root > 1e-6 ? -b + root : -1;
}

static double light(struct Vector from, struct Vector along, int depth) {
  double nearest = 1e30;
  const struct Sphere* what = 0;
  for (int i = 0; i < kSpheres; i++) {
    const double d = hit(&spheres[i], from, along);
    if (d > 0 && d < nearest) {
      nearest = d;
      what = &spheres[i];
    }
  }
  if (!what) {
    if (along.y >= 0) return 0.2 + 0.5 * along.y;
    const double d = (from.y + 2) / -along.y;
    const struct Vector at = plus(from, times(along, d));
    const int odd = (int)__builtin_floor(at.x) + (int)__builtin_floor(at.z);
    return (odd & 1) ? 0.7 : 0.1;
  }
  const struct Vector at = plus(from, times(along, nearest));
  const struct Vector normal = unit(plus(at, times(what->centre, -1)));
  const struct Vector lamp = {0.577, 0.577, -0.577};
  double sum = dot(normal, lamp);
  if (sum < 0) sum = 0;
  if (depth > 0) {
    const struct Vector back = plus(along, times(normal, -2 * dot(along, normal)));
    sum = sum * (1 - what->mirror) + what->mirror * light(at, back, depth - 1);
  }
  return sum;
}

static uint64_t workload(uint32_t iterations) {
  uint32_t seed = 640480;
  for (int i = 0; i < kSpheres; i++) {
    spheres[i].centre.x = (double)(next_random(&seed) % 400) / 100 - 2;
    spheres[i].centre.y = (double)(next_random(&seed) % 300) / 100 - 1.5;
    spheres[i].centre.z = 3 + (double)(next_random(&seed) % 400) / 100;
    spheres[i].radius = 0.4 + (double)(next_random(&seed) % 100) / 150;
    spheres[i].mirror = (double)(next_random(&seed) % 10) / 12;
  }
  uint64_t sum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    double total = 0;
    for (int x = 0; x < kWidth; x++) {
      const struct Vector along = {(x - kWidth / 2) * 0.05, ((int)(i % kWidth) - kWidth / 2) * 0.05,
                                   1};
      total += light((struct Vector){0, 0, -1}, unit(along), 3);
    }
    uint64_t bits;
    memcpy(&bits, &total, sizeof bits);
    sum = mix(sum, bits);
    spheres[i % kSpheres].centre.x += i & 1 ? 0.01 : -0.01;
  }
  return sum;
}

WORKLOAD("rays", 30000)
