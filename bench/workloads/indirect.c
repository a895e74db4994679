// Indirect calls: objects with tables of functions, and a pipeline of function pointers.
#include "workload.h"

struct Shape;
struct Methods {
  int32_t (*area)(const struct Shape* shape);
  void (*scale)(struct Shape* shape, int32_t by);
  int32_t (*kind)(void);
};
struct Shape {
  const struct Methods* methods;
  int32_t a, b;
};

static int32_t square_area(const struct Shape* s) { return s->a * s->a; }
static void square_scale(struct Shape* s, int32_t by) { s->a = ((s->a * by) & 1023) + 1; }
static int32_t square_kind(void) { return 1; }
static int32_t box_area(const struct Shape* s) { return s->a * s->b; }
static void box_scale(struct Shape* s, int32_t by) {
  s->a = ((s->a + by) & 1023) + 1;
  s->b = ((s->b * by) & 1023) + 1;
}
static int32_t box_kind(void) { return 2; }
static int32_t triangle_area(const struct Shape* s) { return s->a * s->b / 2; }
static void triangle_scale(struct Shape* s, int32_t by) { s->b = ((s->b ^ by) & 1023) + 1; }
static int32_t triangle_kind(void) { return 3; }
static int32_t dot_area(const struct Shape* s) { return s->a & 1; }
static void dot_scale(struct Shape* s, int32_t by) { s->a += by; }
static int32_t dot_kind(void) { return 4; }

static const struct Methods kKinds[] = {{square_area, square_scale, square_kind},
                                        {box_area, box_scale, box_kind},
                                        {triangle_area, triangle_scale, triangle_kind},
                                        {dot_area, dot_scale, dot_kind}};

typedef uint32_t Step(uint32_t x);
static uint32_t add_seven(uint32_t x) { return x + 7; }
static uint32_t triple(uint32_t x) { return x * 3; }
static uint32_t fold(uint32_t x) { return x ^ x >> 15; }
static uint32_t swap(uint32_t x) { return x << 16 | x >> 16; }
static uint32_t invert(uint32_t x) { return ~x; }
static Step* const kSteps[] = {add_seven, triple, fold, swap, invert, triple, fold, add_seven};

enum { kShapes = 64 };
static struct Shape shapes[kShapes];

static uint64_t workload(uint32_t iterations) {
  uint32_t seed = 8675309;
  for (uint32_t i = 0; i < kShapes; i++) {
    shapes[i].methods = &kKinds[next_random(&seed) % 4];
    shapes[i].a = (int32_t)(next_random(&seed) % 100);
    shapes[i].b = (int32_t)(next_random(&seed) % 100);
  }
  uint64_t sum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    uint32_t total = 0;
    for (uint32_t k = 0; k < kShapes; k++) {
      struct Shape* shape = &shapes[k];
      total += (uint32_t)shape->methods->area(shape) * (uint32_t)shape->methods->kind();
      shape->methods->scale(shape, (int32_t)(i & 15) + 1);
    }
    uint32_t x = total;
    for (uint32_t k = 0; k < 64; k++) x = kSteps[(x ^ k) & 7](x);
    sum = mix(sum, x);
  }
  return sum;
}

WORKLOAD("indirect", 97000)
