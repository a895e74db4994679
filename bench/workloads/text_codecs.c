// Text in other shapes: base64 there and back, UTF-8 decoded and checked, numbers written and read.
#include "workload.h"

enum { kBytes = 1536 };
static const char kDigits[65] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static uint8_t values[256];
static uint8_t data[kBytes], decoded[kBytes];
static char text[kBytes * 4 / 3 + 4];
static uint8_t utf8[kBytes * 4];

static uint32_t encode(const uint8_t* from, uint32_t size, char* to) {
  char* at = to;
  for (uint32_t i = 0; i + 3 <= size; i += 3) {
    const uint32_t bits = (uint32_t)from[i] << 16 | (uint32_t)from[i + 1] << 8 | from[i + 2];
    *at++ = kDigits[bits >> 18];
    *at++ = kDigits[bits >> 12 & 63];
    *at++ = kDigits[bits >> 6 & 63];
    *at++ = kDigits[bits & 63];
  }
  return (uint32_t)(at - to);
}

static uint32_t decode(const char* from, uint32_t size, uint8_t* to) {
  uint32_t length = 0, bits = 0;
  for (uint32_t i = 0; i < size; i++) {
    bits = bits << 6 | values[(uint8_t)from[i]];
    if (i % 4 == 3) {
      to[length++] = (uint8_t)(bits >> 16);
      to[length++] = (uint8_t)(bits >> 8);
      to[length++] = (uint8_t)bits;
    }
  }
  return length;
}

static uint32_t put_utf8(uint8_t* to, uint32_t point) {
  if (point < 0x80) {
    to[0] = (uint8_t)point;
    return 1;
  }
  if (point < 0x800) {
    to[0] = (uint8_t)(0xC0 | point >> 6);
    to[1] = (uint8_t)(0x80 | (point & 63));
    return 2;
  }
  if (point < 0x10000) {
    to[0] = (uint8_t)(0xE0 | point >> 12);
    to[1] = (uint8_t)(0x80 | (point >> 6 & 63));
    to[2] = (uint8_t)(0x80 | (point & 63));
    return 3;
  }
  to[0] = (uint8_t)(0xF0 | point >> 18);
  to[1] = (uint8_t)(0x80 | (point >> 12 & 63));
  to[2] = (uint8_t)(0x80 | (point >> 6 & 63));
  to[3] = (uint8_t)(0x80 | (point & 63));
  return 4;
}

// Sum of the code points, or 0 if the bytes are not UTF-8.
static uint32_t check_utf8(const uint8_t* at, const uint8_t* end) {
  uint32_t sum = 0;
  while (at < end) {
    const uint32_t lead = *at++;
    uint32_t more, point;
    if (lead < 0x80) {
      sum += lead;
      continue;
    } else if (lead >= 0xC2 && lead < 0xE0) {
      more = 1, point = lead & 31;
    } else if (lead >= 0xE0 && lead < 0xF0) {
      more = 2, point = lead & 15;
    } else if (lead >= 0xF0 && lead < 0xF5) {
      more = 3, point = lead & 7;
    } else {
      return 0;
    }
    for (; more > 0; more--) {
      if (at == end || (*at & 0xC0) != 0x80) return 0;
      point = point << 6 | (*at++ & 63);
    }
    if (point >> 11 == 27 || point > 0x10FFFF) return 0;
    sum += point;
  }
  return sum;
}

static char* put_decimal(char* at, int32_t value) {
  char digits[12];
  uint32_t count = 0;
  uint32_t rest = value < 0 ? 0u - (uint32_t)value : (uint32_t)value;
  do digits[count++] = (char)('0' + rest % 10);
  while ((rest /= 10) != 0);
  if (value < 0) *at++ = '-';
  while (count > 0) *at++ = digits[--count];
  *at++ = ' ';
  return at;
}

static const char* take_decimal(const char* at, int32_t* value) {
  uint32_t sum = 0;
  const int negative = *at == '-';
  if (negative) at++;
  while (*at >= '0' && *at <= '9') sum = sum * 10 + (uint32_t)(*at++ - '0');
  *value = (int32_t)(negative ? 0u - sum : sum);
  return at + 1;
}

static uint64_t workload(uint32_t iterations) {
  uint32_t seed = 6464;
  for (uint32_t i = 0; i < 64; i++) values[(uint8_t)kDigits[i]] = (uint8_t)i;
  for (uint32_t i = 0; i < kBytes; i++) data[i] = (uint8_t)next_random(&seed);
  uint64_t sum = 0;
  for (uint32_t round = 0; round < iterations; round++) {
    const uint32_t length = encode(data, kBytes, text);
    sum = mix(sum, decode(text, length, decoded) + decoded[round % kBytes]);
    uint32_t size = 0;
    for (uint32_t i = 0; i + 4 <= kBytes; i += 4) {
      const uint32_t point = (data[i] | (uint32_t)data[i + 1] << 8) >> (data[i + 2] & 8);
      size += put_utf8(utf8 + size, point >> 11 == 27 ? 0x1F600u + data[i + 3] % 64 : point);
    }
    sum = mix(sum, check_utf8(utf8, utf8 + size));
    char* end = text;
    for (uint32_t i = 0; i + 4 <= 512; i += 4) {
      const uint32_t word = data[i] | (uint32_t)data[i + 1] << 8 | (uint32_t)data[i + 2] << 16;
      end = put_decimal(end, (int32_t)(word << 8) >> (8 + data[i + 3] % 16));
    }
    uint32_t total = 0;
    for (const char* at = text; at < end;) {
      int32_t value;
      at = take_decimal(at, &value);
      total = total * 5 + (uint32_t)value;
    }
    sum = mix(sum, total);
    data[total % kBytes] ^= (uint8_t)(total >> 8) | 1;
  }
  return sum;
}

WORKLOAD("text_codecs", 4000)
