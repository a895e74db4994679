// A mixture of what control programs do: linked lists, 16-bit matrices, a state machine that reads
// numbers, a CRC over everything.
#include <stddef.h>

#include "workload.h"

static uint16_t crc16(uint16_t crc, uint16_t value) {
  for (int bit = 0; bit < 16; bit++) {
    const uint16_t mask = (crc ^ value) & 1 ? 0xA001 : 0;
    crc = (uint16_t)(crc >> 1 ^ mask);
    value >>= 1;
  }
  return crc;
}

// ---- Part 1: a list that is searched, reversed and sorted by two orders -------------------------
struct Item {
  struct Item* next;
  int16_t data, index;
};
enum { kItems = 200 };
static struct Item items[kItems];

typedef int32_t Order(const struct Item* a, const struct Item* b, uint16_t* calls);

static int32_t by_data(const struct Item* a, const struct Item* b, uint16_t* calls) {
  *calls = (uint16_t)(*calls + 1);
  return (a->data & 0x7F) - (b->data & 0x7F);
}
static int32_t by_index(const struct Item* a, const struct Item* b, uint16_t* calls) {
  (void)calls;
  return a->index - b->index;
}

static struct Item* list_find(struct Item* list, int16_t data) {
  while (list != NULL && (list->data & 0xFF) != data) list = list->next;
  return list;
}

static struct Item* list_reverse(struct Item* list) {
  struct Item* done = NULL;
  while (list != NULL) {
    struct Item* next = list->next;
    list->next = done;
    done = list;
    list = next;
  }
  return done;
}

// Bottom-up merge sort in place.
static struct Item* list_sort(struct Item* list, Order* order, uint16_t* calls) {
  for (uint32_t width = 1;; width *= 2) {
    struct Item *rest = list, *last = NULL;
    uint32_t merges = 0;
    list = NULL;
    while (rest != NULL) {
      merges++;
      struct Item* second = rest;
      uint32_t left = 0;
      while (left < width && second != NULL) {
        left++;
        second = second->next;
      }
      uint32_t right = width;
      while (left > 0 || (right > 0 && second != NULL)) {
        struct Item* item;
        if (left > 0 && (right == 0 || second == NULL || order(rest, second, calls) <= 0)) {
          item = rest;
          rest = rest->next;
          left--;
        } else {
          item = second;
          second = second->next;
          right--;
        }
        if (last != NULL) {
          last->next = item;
        } else {
          list = item;
        }
        last = item;
      }
      rest = second;
    }
    last->next = NULL;
    if (merges <= 1) return list;
  }
}

static uint16_t list_part(uint16_t crc, uint16_t seed) {
  for (uint32_t i = 0; i < kItems; i++) {
    items[i].data = (int16_t)((seed + i * 37) % 509);
    items[i].index = (int16_t)i;
    items[i].next = i + 1 < kItems ? &items[i + 1] : NULL;
  }
  struct Item* list = items;
  uint16_t calls = 0, found = 0;
  for (int16_t wanted = 0; wanted < 16; wanted++) {
    struct Item* item = list_find(list, wanted);
    if (item != NULL) found = (uint16_t)(found + item->data);
    list = list_reverse(list);
  }
  list = list_sort(list, by_data, &calls);
  crc = crc16(crc16(crc, (uint16_t)list->data), (uint16_t)(calls + found));
  list = list_sort(list, by_index, &calls);
  for (const struct Item* item = list; item != NULL; item = item->next) {
    if (item->index % 16 == 0) crc = crc16(crc, (uint16_t)item->data);
  }
  return crc;
}

// ---- Part 2: matrices of 16-bit numbers, products of 32 bits -----------------------------------
enum { kSize = 12 };
static int16_t matrix_a[kSize * kSize], matrix_b[kSize * kSize];
static int32_t matrix_c[kSize * kSize];

static uint16_t matrix_part(uint16_t crc, uint16_t seed) {
  for (uint32_t i = 0; i < kSize * kSize; i++) {
    matrix_a[i] = (int16_t)(seed * (i + 3) % 251);
    matrix_b[i] = (int16_t)((seed + i * 7) % 127);
  }
  for (uint32_t i = 0; i < kSize; i++) {
    for (uint32_t j = 0; j < kSize; j++) {
      int32_t sum = 0;
      for (uint32_t k = 0; k < kSize; k++) {
        const int32_t product = matrix_a[i * kSize + k] * matrix_b[k * kSize + j];
        sum += (product >> 2 & 0xF) * (product >> 5 & 0x7F);
      }
      matrix_c[i * kSize + j] = sum;
    }
  }
  int32_t total = 0, previous = 0;
  for (uint32_t i = 0; i < kSize * kSize; i++) {
    total += matrix_c[i] > previous ? 10 : (int16_t)matrix_c[i];
    previous = matrix_c[i];
    if (total > 20000) total = 0;
  }
  return crc16(crc, (uint16_t)total);
}

// ---- Part 3: a state machine that classifies words
// -----------------------------------------------
enum State { kStart, kSign, kInteger, kPoint, kFraction, kExponent, kPower, kBad, kStates };

static enum State next_state(enum State state, char c) {
  const int digit = c >= '0' && c <= '9';
  switch (state) {
    case kStart: return digit ? kInteger : c == '+' || c == '-' ? kSign : c == '.' ? kPoint : kBad;
    case kSign: return digit ? kInteger : c == '.' ? kPoint : kBad;
    case kInteger: return digit ? kInteger : c == '.' ? kPoint : c == 'e' ? kExponent : kBad;
    case kPoint: return digit ? kFraction : kBad;
    case kFraction: return digit ? kFraction : c == 'e' ? kExponent : kBad;
    case kExponent: return digit || c == '-' || c == '+' ? kPower : kBad;
    case kPower: return digit ? kPower : kBad;
    default: return kBad;
  }
}

static char words[] =
    "5012,874,-12,+1.5,3.25e4,.75,1e-9,12a4,-.5e+3,99999,--1,7.,0.0001,65535,+123456,8e8,hello,3.3."
    "3,";

static uint16_t state_part(uint16_t crc, uint16_t seed) {
  uint32_t finals[kStates] = {0}, visits[kStates] = {0};
  for (uint32_t pass = 0; pass < 2; pass++) {
    enum State state = kStart;
    for (const char* at = words; *at != 0; at++) {
      if (*at == ',') {
        finals[state]++;
        state = kStart;
        continue;
      }
      state = next_state(state, *at);
      visits[state]++;
    }
    // Damage some letters; the second pass repairs them.
    for (uint32_t i = seed % 7; i + 1 < sizeof words; i += 11) {
      if (words[i] != ',' && words[i] != '-') words[i] ^= 1;
    }
  }
  for (uint32_t s = 0; s < kStates; s++)
    crc = crc16(crc16(crc, (uint16_t)finals[s]), (uint16_t)visits[s]);
  return crc;
}

static uint64_t workload(uint32_t iterations) {
  uint64_t sum = 0;
  uint16_t crc = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    crc = list_part(crc, (uint16_t)i);
    crc = matrix_part(crc, (uint16_t)(i ^ crc));
    crc = state_part(crc, (uint16_t)(i + 3));
    sum = mix(sum, crc);
  }
  return sum;
}

WORKLOAD("mixture", 2400)
