// Compression in the manner of LZ77 with a hash of three bytes, and its reverse.
#include "workload.h"

enum { kBytes = 16384, kHashBits = 12, kLeast = 3, kMost = 130, kWindow = 8192 };
static uint8_t text[kBytes], packed[kBytes + kBytes / 64 + 16], unpacked[kBytes];
static uint16_t last[1 << kHashBits];

static uint32_t hash_at(const uint8_t* p) {
  const uint32_t three = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16;
  return three * 2654435761u >> (32 - kHashBits);
}

// Tokens: 0..127: that many literals plus one follow; 128..255: a match of (token - 128 + kLeast)
// bytes, its distance in two bytes.
static uint32_t pack(const uint8_t* in, uint32_t length, uint8_t* out) {
  for (uint32_t i = 0; i < 1 << kHashBits; i++) last[i] = 0;
  uint32_t at = 0, start = 0, size = 0;
  while (at < length) {
    uint32_t best = 0, distance = 0;
    if (at + kLeast < length) {
      uint16_t* slot = &last[hash_at(in + at)];
      const uint32_t candidate = *slot;
      *slot = (uint16_t)at;
      if (candidate < at && at - candidate < kWindow) {
        const uint32_t limit = length - at < kMost ? length - at : kMost;
        while (best < limit && in[candidate + best] == in[at + best]) best++;
        distance = at - candidate;
      }
    }
    const int is_match = best >= kLeast;
    if (at > start && (is_match || at - start == 128)) {
      out[size++] = (uint8_t)(at - start - 1);
      while (start < at) out[size++] = in[start++];
    }
    if (is_match) {
      out[size++] = (uint8_t)(128 + best - kLeast);
      out[size++] = (uint8_t)distance;
      out[size++] = (uint8_t)(distance >> 8);
      at += best;
      start = at;
    } else {
      at++;
    }
  }
  if (at > start) {
    for (; at - start > 128;) {
      out[size++] = 127;
      for (uint32_t k = 0; k < 128; k++) out[size++] = in[start++];
    }
    out[size++] = (uint8_t)(at - start - 1);
    while (start < at) out[size++] = in[start++];
  }
  return size;
}

static uint32_t unpack(const uint8_t* in, uint32_t length, uint8_t* out) {
  uint32_t size = 0;
  for (uint32_t at = 0; at < length;) {
    const uint32_t token = in[at++];
    if (token < 128) {
      for (uint32_t k = 0; k <= token; k++) out[size++] = in[at++];
    } else {
      const uint32_t distance = in[at] | (uint32_t)in[at + 1] << 8;
      at += 2;
      for (uint32_t k = 0; k < token - 128 + kLeast; k++, size++) out[size] = out[size - distance];
    }
  }
  return size;
}

static uint64_t workload(uint32_t iterations) {
  static const char* const kWords[] = {"interrupt ", "timer ", "of ", "the ", "port ", "and ",
                                       "register ",  "clock ", "is ", "set ", "to ",   "0x4000"};
  uint32_t seed = 31415;
  uint32_t length = 0;
  while (length < kBytes) {
    const uint32_t random = next_random(&seed);
    const char* word = kWords[random % 12];
    while (*word != 0 && length < kBytes) text[length++] = (uint8_t)*word++;
    if ((random >> 8) % 5 == 0 && length < kBytes) text[length++] = (uint8_t)(random >> 16);
  }
  uint64_t sum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    text[next_random(&seed) % kBytes] = (uint8_t)i;
    const uint32_t size = pack(text, kBytes, packed);
    uint32_t wrong = unpack(packed, size, unpacked) != kBytes;
    for (uint32_t k = 0; k < kBytes; k++) wrong += text[k] != unpacked[k];
    sum = mix(sum, size + ((uint64_t)wrong << 32));
  }
  return sum;
}

WORKLOAD("compress", 500)
