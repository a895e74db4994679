// JSON: parses a text into a tree, changes it and prints it again, all by hand.
#include <stddef.h>

#include "workload.h"

enum Kind { kNull, kFalse, kTrue, kNumber, kString, kArray, kObject };

struct Value {
  enum Kind kind;
  double number;
  const char* text;  // kString: not terminated
  uint32_t length;   // kString
  const char* key;   // in an object
  uint32_t key_length;
  struct Value *first, *next;  // kArray, kObject; siblings
};

static struct Value pool[1024];
static uint32_t used;

struct Parser {
  const char* at;
  int failed;
};

static void skip_space(struct Parser* p) {
  while (*p->at == ' ' || *p->at == '\n' || *p->at == '\t' || *p->at == '\r') p->at++;
}

static int take(struct Parser* p, char c) {
  skip_space(p);
  if (*p->at != c) return 0;
  p->at++;
  return 1;
}

static int take_word(struct Parser* p, const char* word) {
  const char* at = p->at;
  while (*word != 0) {
    if (*at++ != *word++) return 0;
  }
  p->at = at;
  return 1;
}

static const char* parse_string(struct Parser* p, uint32_t* length) {
  if (!take(p, '"')) p->failed = 1;
  const char* start = p->at;
  while (*p->at != '"' && *p->at != 0) {
    if (*p->at == '\\' && p->at[1] != 0) p->at++;
    p->at++;
  }
  *length = (uint32_t)(p->at - start);
  if (*p->at == '"') {
    p->at++;
  } else {
    p->failed = 1;
  }
  return start;
}

static double parse_number(struct Parser* p) {
  const int negative = *p->at == '-';
  if (negative) p->at++;
  double value = 0;
  while (*p->at >= '0' && *p->at <= '9') value = value * 10 + (*p->at++ - '0');
  if (*p->at == '.') {
    p->at++;
    double scale = 1;
    for (; *p->at >= '0' && *p->at <= '9'; scale *= 10) value = value * 10 + (*p->at++ - '0');
    value /= scale;
  }
  if (*p->at == 'e' || *p->at == 'E') {
    p->at++;
    const int down = *p->at == '-';
    if (*p->at == '-' || *p->at == '+') p->at++;
    int exponent = 0;
    while (*p->at >= '0' && *p->at <= '9') exponent = exponent * 10 + (*p->at++ - '0');
    while (exponent-- > 0) value = down ? value / 10 : value * 10;
  }
  return negative ? -value : value;
}

static struct Value* parse_value(struct Parser* p) {
  skip_space(p);
  if (used == sizeof pool / sizeof pool[0]) {
    p->failed = 1;
    return NULL;
  }
  struct Value* value = &pool[used++];
  *value = (struct Value){kNull, 0, NULL, 0, NULL, 0, NULL, NULL};
  switch (*p->at) {
    case '{':
    case '[': {
      const int is_object = *p->at++ == '{';
      const char end = is_object ? '}' : ']';
      value->kind = is_object ? kObject : kArray;
      struct Value** link = &value->first;
      if (take(p, end)) break;
      do {
        const char* key = NULL;
        uint32_t key_length = 0;
        if (is_object) {
          key = parse_string(p, &key_length);
          if (!take(p, ':')) p->failed = 1;
        }
        struct Value* member = parse_value(p);
        if (p->failed) return value;
        member->key = key;
        member->key_length = key_length;
        *link = member;
        link = &member->next;
      } while (take(p, ','));
      if (!take(p, end)) p->failed = 1;
      break;
    }
    case '"':
      value->kind = kString;
      value->text = parse_string(p, &value->length);
      break;
    case 't':
      value->kind = kTrue;
      p->failed |= !take_word(p, "true");
      break;
    case 'f':
      value->kind = kFalse;
      p->failed |= !take_word(p, "false");
      break;
    case 'n': p->failed |= !take_word(p, "null"); break;
    default: value->kind = kNumber; value->number = parse_number(p);
  }
  return value;
}

// ---- Printing ----------------------------------------------------------------------------------

static char out[16384];
static uint32_t out_length;

static void put(char c) {
  if (out_length < sizeof out) out[out_length++] = c;
}
static void put_text(const char* text, uint32_t length) {
  for (uint32_t i = 0; i < length; i++) put(text[i]);
}
static void put_string(const char* text, uint32_t length) {
  put('"');
  put_text(text, length);
  put('"');
}

static void put_number(double value) {
  if (value < 0) {
    put('-');
    value = -value;
  }
  // Thousandths, without trailing zeros.
  const uint64_t scaled = (uint64_t)(value * 1000 + 0.5);
  char digits[24];
  uint32_t count = 0;
  for (uint64_t rest = scaled / 1000; rest != 0 || count == 0; rest /= 10) {
    digits[count++] = (char)('0' + rest % 10);
  }
  while (count > 0) put(digits[--count]);
  uint32_t fraction = (uint32_t)(scaled % 1000);
  if (fraction == 0) return;
  put('.');
  for (uint32_t place = 100; fraction != 0; place /= 10) {
    put((char)('0' + fraction / place));
    fraction %= place;
  }
}

static void print(const struct Value* value) {
  switch (value->kind) {
    case kNull: put_text("null", 4); break;
    case kFalse: put_text("false", 5); break;
    case kTrue: put_text("true", 4); break;
    case kNumber: put_number(value->number); break;
    case kString: put_string(value->text, value->length); break;
    case kArray:
    case kObject:
      put(value->kind == kArray ? '[' : '{');
      for (const struct Value* m = value->first; m != NULL; m = m->next) {
        if (m != value->first) put(',');
        if (value->kind == kObject) {
          put_string(m->key, m->key_length);
          put(':');
        }
        print(m);
      }
      put(value->kind == kArray ? ']' : '}');
  }
}

// ---- The document ------------------------------------------------------------------------------

static void change(struct Value* value, uint32_t by) {
  if (value->kind == kNumber) value->number += by % 8;
  if (value->kind == kTrue || value->kind == kFalse) value->kind = by & 1 ? kTrue : kFalse;
  for (struct Value* m = value->first; m != NULL; m = m->next) change(m, by + 1);
}

static const char kDocument[] =
    "{ \"device\": \"kettle-17\", \"firmware\": {\"version\": [1, 4, 12], \"signed\": true},\n"
    "  \"sensors\": [\n"
    "    {\"name\": \"water temperature\", \"unit\": \"celsius\", \"value\": 83.25, \"ok\": "
    "true},\n"
    "    {\"name\": \"lid\", \"unit\": null, \"value\": 0, \"ok\": true},\n"
    "    {\"name\": \"heater current\", \"unit\": \"ampere\", \"value\": 9.125e0, \"ok\": false},\n"
    "    {\"name\": \"scale \\\"hard\\\" water\", \"unit\": \"mm\", \"value\": -1.5e-1, \"ok\": "
    "true}],\n"
    "  \"schedule\": [[6, 30], [7, 15], [16, 0], [21, 45]], \"empty\": {}, \"none\": [],\n"
    "  \"history\": [20.5, 21.25, 25.0, 31.75, 40.125, 52.5, 66.0, 78.875, 89.5, 97.25, 99.875, "
    "100,\n"
    "    99.5, 98.25, 97.125, 95.5, 94.25, 93, 91.5, 90.25, 88.875, 87.5, 86.125, 84.75, 83.25],\n"
    "  \"text\": \"Boiled water. Poured water. Waited for somebody to come back with a cup.\" }";

static uint64_t workload(uint32_t iterations) {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    used = 0;
    out_length = 0;
    struct Parser parser = {kDocument, 0};
    struct Value* document = parse_value(&parser);
    change(document, i);
    print(document);
    sum = mix(sum, out_length + (uint32_t)parser.failed);
    for (uint32_t k = 0; k < out_length; k += 53) sum = mix(sum, (uint8_t)out[k]);
  }
  return sum;
}

WORKLOAD("json", 17000)
