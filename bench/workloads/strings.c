// Strings: the C library's functions and the usual loops on words of a text.
#include <string.h>

#include "workload.h"

static const char kText[] =
    "When the module is loaded the bytes arrive one after the other and nobody knows how many "
    "there "
    "will be. A reader that waits for all of them needs memory for all of them; a reader that "
    "works "
    "as they come needs memory only for what it has learnt. Small machines like the second kind. "
    "They have been waiting for it, in cars and kettles and clocks, for a long time, and they will "
    "not mind if the text of this paragraph is a little foolish, as long as it has enough words.";

static char buffer[2048], word[64], reversed[2048];

static uint32_t hash_word(const char* text) {
  uint32_t hash = 5381;
  for (; *text != 0; text++) hash = hash * 33 + (uint8_t)*text;
  return hash;
}

static int is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

static uint32_t count_words(const char* text, uint32_t* hash) {
  uint32_t count = 0;
  while (*text != 0) {
    while (*text != 0 && !is_letter(*text)) text++;
    uint32_t length = 0;
    while (is_letter(*text) && length + 1 < sizeof word) word[length++] = (char)(*text++ | 0x20);
    word[length] = 0;
    if (length > 0) {
      count++;
      *hash += hash_word(word);
    }
  }
  return count;
}

static void reverse_words(const char* text, char* out) {
  const uint32_t length = (uint32_t)strlen(text);
  uint32_t end = length;
  for (uint32_t i = length; i-- > 0;) {
    if (text[i] == ' ' || i == 0) {
      const uint32_t start = text[i] == ' ' ? i + 1 : i;
      for (uint32_t k = start; k < end; k++) *out++ = text[k];
      *out++ = ' ';
      end = i;
    }
  }
  *out = 0;
}

// The distance of Levenshtein, with one row.
static uint32_t edit_distance(const char* a, uint32_t m, const char* b, uint32_t n) {
  uint32_t row[65];
  for (uint32_t j = 0; j <= n; j++) row[j] = j;
  for (uint32_t i = 1; i <= m; i++) {
    uint32_t diagonal = row[0];
    row[0] = i;
    for (uint32_t j = 1; j <= n; j++) {
      const uint32_t change = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      uint32_t best = row[j] + 1 < row[j - 1] + 1 ? row[j] + 1 : row[j - 1] + 1;
      if (change < best) best = change;
      row[j] = best;
    }
  }
  return row[n];
}

static uint64_t workload(uint32_t iterations) {
  static const char* const kNeedles[] = {"memory for", "kettles", "reader that works", "zebra"};
  uint64_t sum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    strcpy(buffer, kText + i % 5);
    strncat(buffer, kText, 40 + i % 30);
    uint32_t hash = 0;
    sum = mix(sum, count_words(buffer, &hash));
    sum = mix(sum, hash);
    reverse_words(buffer, reversed);
    sum = mix(sum, hash_word(reversed));
    for (uint32_t n = 0; n < 4; n++) {
      const char* found = strstr(buffer, kNeedles[n]);
      sum = mix(sum, found == NULL ? 0 : (uint64_t)(found - buffer));
    }
    uint32_t commas = 0;
    for (const char* p = buffer; (p = strchr(p, ',')) != NULL; p++) commas++;
    sum = mix(sum, commas + (uint64_t)(strcmp(buffer, reversed) < 0));
    const uint32_t at = (i * 13) % 200;
    sum = mix(sum, edit_distance(buffer + at, 48, reversed + at / 2, 48));
  }
  return sum;
}

WORKLOAD("strings", 3700)
