// stb: Perlin noise (f32), connected components of a map, packing of rectangles, DXT compression.
#include <stdlib.h>
#include <string.h>

#include "../workload.h"

#define STB_PERLIN_IMPLEMENTATION
#include <stb/stb_perlin.h>
#define STBCC_GRID_COUNT_X_LOG2 6
#define STBCC_GRID_COUNT_Y_LOG2 6
#define STB_CONNECTED_COMPONENTS_IMPLEMENTATION
#include <stb/stb_connected_components.h>
#define STB_RECT_PACK_IMPLEMENTATION
#include <stb/stb_rect_pack.h>
#define STB_DXT_IMPLEMENTATION
#include <stb/stb_dxt.h>

enum { kSize = 64, kRectangles = 100 };
static uint8_t map[kSize * kSize];
static stbcc_grid grid;

static uint64_t workload(uint32_t iterations) {
  uint32_t seed = 80085;
  uint64_t sum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    for (uint32_t y = 0; y < kSize; y++) {
      for (uint32_t x = 0; x < kSize; x++) {
        const float n =
            stb_perlin_fbm_noise3((float)x / 9.0f, (float)y / 9.0f, (float)i / 3.0f, 2.0f, 0.5f, 3);
        map[y * kSize + x] = n > 0.05f;
      }
    }
    stbcc_init_grid(&grid, map, kSize, kSize);
    uint32_t connected = 0;
    for (uint32_t k = 0; k < 64; k++) {
      const uint32_t random = next_random(&seed);
      connected += (uint32_t)stbcc_query_grid_node_connection(
          &grid, (int)(random & 63), (int)(random >> 6 & 63), (int)(random >> 12 & 63),
          (int)(random >> 18 & 63));
    }
    sum = mix(sum, connected);

    stbrp_context context;
    static stbrp_node nodes[256];
    static stbrp_rect rectangles[kRectangles];
    stbrp_init_target(&context, 256, 256, nodes, 256);
    for (int k = 0; k < kRectangles; k++) {
      const uint32_t random = next_random(&seed);
      rectangles[k].id = k;
      rectangles[k].w = (stbrp_coord)(random % 30 + 2);
      rectangles[k].h = (stbrp_coord)(random / 64 % 30 + 2);
    }
    stbrp_pack_rects(&context, rectangles, kRectangles);
    for (uint32_t k = 0; k < kRectangles; k += 9) {
      sum = mix(sum, (uint32_t)rectangles[k].x << 16 | (uint32_t)rectangles[k].y);
    }

    uint8_t block[64], packed[8];
    for (uint32_t k = 0; k + 64 <= sizeof map; k += 64) {
      for (uint32_t b = 0; b < 64; b++) block[b] = (uint8_t)(map[k + b] * 90 + b * 2 + i);
      stb_compress_dxt_block(packed, block, 0, STB_DXT_NORMAL);
      sum = mix(sum, packed[k / 64 % 8]);
    }
  }
  return sum;
}

WORKLOAD("stb_noise", 84)
