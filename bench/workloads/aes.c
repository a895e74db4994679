// AES-128 (FIPS 197) by bytes, in counter mode, and Base64 of what comes out.
#include <string.h>

#include "workload.h"

static uint8_t box[256], round_keys[176];

static uint8_t twice(uint8_t x) { return (uint8_t)(x << 1 ^ (x >> 7) * 0x1B); }

// The substitution box: multiplicative inverse by walking the field with a generator, then affine.
static void make_box(void) {
  uint8_t p = 1, q = 1;
  do {
    p = (uint8_t)(p ^ twice(p));
    q ^= (uint8_t)(q << 1);
    q ^= (uint8_t)(q << 2);
    q ^= (uint8_t)(q << 4);
    if (q & 0x80) q ^= 0x09;
    const uint32_t spread = q * 0x0101u;
    box[p] = (uint8_t)(q ^ spread >> 7 ^ spread >> 6 ^ spread >> 5 ^ spread >> 4 ^ 0x63);
  } while (p != 1);
  box[0] = 0x63;
}

static void expand_key(const uint8_t key[16]) {
  memcpy(round_keys, key, 16);
  uint8_t constant = 1;
  for (uint32_t i = 16; i < 176; i += 4) {
    uint8_t t[4];
    memcpy(t, round_keys + i - 4, 4);
    if (i % 16 == 0) {
      const uint8_t first = t[0];
      t[0] = (uint8_t)(box[t[1]] ^ constant);
      t[1] = box[t[2]];
      t[2] = box[t[3]];
      t[3] = box[first];
      constant = twice(constant);
    }
    for (uint32_t k = 0; k < 4; k++) round_keys[i + k] = round_keys[i + k - 16] ^ t[k];
  }
}

static void encrypt_block(uint8_t state[16]) {
  uint8_t moved[16];
  for (uint32_t i = 0; i < 16; i++) state[i] ^= round_keys[i];
  for (uint32_t round = 1; round <= 10; round++) {
    for (uint32_t i = 0; i < 16; i++) moved[i] = box[state[(i + 4 * (i % 4)) % 16]];
    for (uint32_t c = 0; c < 16; c += 4) {
      const uint8_t* m = moved + c;
      const uint8_t all = m[0] ^ m[1] ^ m[2] ^ m[3];
      for (uint32_t r = 0; r < 4; r++) {
        const uint8_t mixed =
            round == 10 ? m[r] : (uint8_t)(m[r] ^ all ^ twice((uint8_t)(m[r] ^ m[(r + 1) % 4])));
        state[c + r] = mixed ^ round_keys[16 * round + c + r];
      }
    }
  }
}

static uint32_t base64(const uint8_t* bytes, uint32_t length, char* out) {
  static const char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  uint32_t size = 0;
  for (uint32_t i = 0; i + 2 < length; i += 3) {
    const uint32_t three = (uint32_t)bytes[i] << 16 | (uint32_t)bytes[i + 1] << 8 | bytes[i + 2];
    for (int shift = 18; shift >= 0; shift -= 6) out[size++] = kDigits[three >> shift & 63];
  }
  return size;
}

static uint64_t workload(uint32_t iterations) {
  static const uint8_t kKey[16] = {0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6,
                                   0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c};
  static uint8_t stream[768];
  static char text[1024];
  make_box();
  expand_key(kKey);
  uint64_t sum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    for (uint32_t at = 0; at < sizeof stream; at += 16) {
      uint8_t block[16] = {0};
      memcpy(block, &i, 4);
      block[15] = (uint8_t)(at / 16);
      encrypt_block(block);
      memcpy(stream + at, block, 16);
    }
    const uint32_t size = base64(stream, sizeof stream, text);
    for (uint32_t k = i % 7; k < size; k += 41) sum = mix(sum, (uint8_t)text[k]);
  }
  return sum;
}

WORKLOAD("aes", 1800)
