// CRC-32 with a table of 256 entries: a dependent load for each byte.
#include "workload.h"

static uint32_t table[256];
static uint8_t data[16384];

static uint32_t crc32(uint32_t crc, const uint8_t* bytes, uint32_t length) {
  crc = ~crc;
  while (length-- > 0) crc = table[(crc ^ *bytes++) & 0xFF] ^ crc >> 8;
  return ~crc;
}

static uint64_t workload(uint32_t iterations) {
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; bit++) value = value & 1 ? 0xEDB88320u ^ value >> 1 : value >> 1;
    table[i] = value;
  }
  uint32_t seed = 99991;
  for (uint32_t i = 0; i < sizeof data; i++) data[i] = (uint8_t)next_random(&seed);
  uint32_t crc = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    crc = crc32(crc, data + i % 8, (uint32_t)sizeof data - 8);
    data[i % sizeof data] ^= (uint8_t)crc;
  }
  return mix(0, crc);
}

WORKLOAD("crc32_table", 3200)
