// Mixing of i64: xorshift, splitmix, SipHash-2-4, and a division now and then.
#include <string.h>

#include "workload.h"

static uint64_t rotate(uint64_t x, int n) { return x << n | x >> (64 - n); }

static uint64_t splitmix(uint64_t* state) {
  uint64_t z = *state += 0x9E3779B97F4A7C15u;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
  z = (z ^ z >> 27) * 0x94D049BB133111EBu;
  return z ^ z >> 31;
}

struct Sip {
  uint64_t v0, v1, v2, v3;
};

static void sip_round(struct Sip* s) {
  s->v0 += s->v1, s->v1 = rotate(s->v1, 13) ^ s->v0, s->v0 = rotate(s->v0, 32);
  s->v2 += s->v3, s->v3 = rotate(s->v3, 16) ^ s->v2;
  s->v0 += s->v3, s->v3 = rotate(s->v3, 21) ^ s->v0;
  s->v2 += s->v1, s->v1 = rotate(s->v1, 17) ^ s->v2, s->v2 = rotate(s->v2, 32);
}

static uint64_t siphash(const uint8_t* bytes, uint32_t length, uint64_t k0, uint64_t k1) {
  struct Sip s = {k0 ^ 0x736f6d6570736575u, k1 ^ 0x646f72616e646f6du, k0 ^ 0x6c7967656e657261u,
                  k1 ^ 0x7465646279746573u};
  uint32_t at = 0;
  for (; at + 8 <= length; at += 8) {
    uint64_t word;
    memcpy(&word, bytes + at, 8);
    s.v3 ^= word;
    sip_round(&s);
    sip_round(&s);
    s.v0 ^= word;
  }
  uint64_t last = (uint64_t)length << 56;
  for (uint32_t i = 0; at + i < length; i++) last |= (uint64_t)bytes[at + i] << (8 * i);
  s.v3 ^= last;
  sip_round(&s);
  sip_round(&s);
  s.v0 ^= last;
  s.v2 ^= 0xFF;
  for (int i = 0; i < 4; i++) sip_round(&s);
  return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

static uint64_t workload(uint32_t iterations) {
  static uint64_t block[128];
  uint64_t state = 42, sum = 0, shift = 88172645463325252u;
  for (uint32_t i = 0; i < iterations; i++) {
    for (uint32_t k = 0; k < 128; k++) block[k] = splitmix(&state);
    sum ^= siphash((const uint8_t*)block, 1024 - i % 9, block[i % 128], sum);
    for (uint32_t k = 0; k < 200; k++) {
      shift ^= shift << 13;
      shift ^= shift >> 7;
      shift ^= shift << 17;
      sum += (uint64_t)__builtin_popcountll(shift) + rotate(sum, (int)(shift & 31) + 1);
    }
    sum = mix(sum, shift / (sum % 1000003 + 1));
    sum += (uint64_t)((int64_t)shift % (int64_t)(i + 17));
  }
  return sum;
}

WORKLOAD("hash64", 39000)
