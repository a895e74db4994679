// CRC-32 bit by bit: a short loop of shifts and masks, no memory but one load in eight steps.
#include "workload.h"

static uint8_t data[4096];

static uint32_t crc32(uint32_t crc, const uint8_t* bytes, uint32_t length) {
  crc = ~crc;
  for (uint32_t i = 0; i < length; i++) {
    crc ^= bytes[i];
#pragma clang loop unroll(disable)
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (0xEDB88320u & -(crc & 1));
  }
  return ~crc;
}

static uint64_t workload(uint32_t iterations) {
  uint32_t seed = 77773;
  for (uint32_t i = 0; i < sizeof data; i++) data[i] = (uint8_t)next_random(&seed);
  uint32_t crc = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    crc = crc32(crc, data, (uint32_t)sizeof data);
    data[i % sizeof data] ^= (uint8_t)crc;
  }
  return mix(0, crc);
}

WORKLOAD("crc32_bitwise", 1500)
