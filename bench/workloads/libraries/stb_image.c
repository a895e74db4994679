// stb: draws an image, writes it as PNG (deflate), reads it back (inflate) and resizes it.
#include <stdlib.h>
#include <string.h>

#include "../workload.h"

#define STB_IMAGE_IMPLEMENTATION
#define STBI_ONLY_PNG
#define STBI_NO_STDIO
#define STBI_NO_THREAD_LOCALS
#include <stb/stb_image.h>
#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STBI_WRITE_NO_STDIO
#include <stb/stb_image_write.h>
#define STB_IMAGE_RESIZE_IMPLEMENTATION
#include <stb/stb_image_resize.h>

enum { kWidth = 96, kHeight = 64 };
static uint8_t image[kHeight][kWidth][3], smaller[kHeight / 2][kWidth / 2][3];

static void draw(uint32_t phase) {
  for (uint32_t y = 0; y < kHeight; y++) {
    for (uint32_t x = 0; x < kWidth; x++) {
      image[y][x][0] = (uint8_t)(x * 2 + phase);
      image[y][x][1] = (uint8_t)(x * y / 16);
      image[y][x][2] = (x / 8 + y / 8) % 2 != 0 ? 200 : (uint8_t)(y + phase);
    }
  }
}

static uint64_t workload(uint32_t iterations) {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    draw(i);
    int length = 0, width = 0, height = 0, channels = 0;
    uint8_t* png = stbi_write_png_to_mem(&image[0][0][0], kWidth * 3, kWidth, kHeight, 3, &length);
    uint8_t* pixels = stbi_load_from_memory(png, length, &width, &height, &channels, 3);
    const int same = pixels != NULL && memcmp(pixels, image, sizeof image) == 0;
    sum = mix(sum, (uint64_t)length << 32 | (uint32_t)(width + height + channels + same));
    stbir_resize_uint8(pixels, width, height, 0, &smaller[0][0][0], kWidth / 2, kHeight / 2, 0, 3);
    for (uint32_t y = 0; y < kHeight / 2; y += 5) sum = mix(sum, smaller[y][(y + i) % 48][i % 3]);
    free(pixels);
    free(png);
  }
  return sum;
}

WORKLOAD("stb_image", 52)
