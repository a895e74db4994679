// A matcher of regular expressions that backtracks: literals, sets, . * + ? | ( ) ^ $.
#include <stddef.h>

#include "workload.h"

enum Kind { kChar, kAny, kSet, kSplit, kJump, kStart, kEnd, kMatch };

struct Node {
  uint8_t kind, c;
  int16_t x, y;     // kSplit: first and second choice; kJump: target
  uint32_t set[4];  // kSet: one bit for each of 128 characters
};

enum { kNodes = 96 };
static struct Node program[kNodes];
static int16_t length;

// ---- Compiler: recursive descent that shifts code when an operator comes after its operand ------
static const char* at;

static struct Node* emit(uint8_t kind) {
  struct Node* node = &program[length++];
  *node = (struct Node){kind, 0, 0, 0, {0, 0, 0, 0}};
  return node;
}

// Makes room for one node at `where`; the code from there moves up, and its targets with it.
static struct Node* insert(int16_t where, uint8_t kind) {
  for (int16_t i = length; i > where; i--) program[i] = program[i - 1];
  length++;
  for (int16_t i = (int16_t)(where + 1); i < length; i++) {
    if (program[i].kind == kSplit || program[i].kind == kJump) {
      program[i].x++;
      program[i].y++;
    }
  }
  program[where] = (struct Node){kind, 0, 0, 0, {0, 0, 0, 0}};
  return &program[where];
}

static void parse_choice(void);

static void parse_set(void) {
  struct Node* node = emit(kSet);
  const int negated = *at == '^';
  if (negated) at++;
  while (*at != ']' && *at != 0) {
    const uint8_t low = (uint8_t)*at++;
    uint8_t high = low;
    if (at[0] == '-' && at[1] != ']') {
      high = (uint8_t)at[1];
      at += 2;
    }
    for (uint32_t c = low; c <= high; c++) node->set[c / 32] |= 1u << c % 32;
  }
  if (*at == ']') at++;
  if (negated) {
    for (int i = 0; i < 4; i++) node->set[i] = ~node->set[i];
  }
}

static void parse_atom(void) {
  const char c = *at++;
  switch (c) {
    case '(':
      parse_choice();
      if (*at == ')') at++;
      break;
    case '[': parse_set(); break;
    case '.': emit(kAny); break;
    case '^': emit(kStart); break;
    case '$': emit(kEnd); break;
    default: emit(kChar)->c = (uint8_t)c;
  }
}

static void parse_repeat(void) {
  const int16_t start = length;
  parse_atom();
  for (; *at == '*' || *at == '+' || *at == '?'; at++) {
    if (*at == '+') {
      struct Node* split = emit(kSplit);
      split->x = start;
      split->y = length;
    } else {
      struct Node* split = insert(start, kSplit);
      split->x = (int16_t)(start + 1);
      if (*at == '*') emit(kJump)->x = start;
      program[start].y = length;
    }
  }
}

static void parse_sequence(void) {
  while (*at != 0 && *at != '|' && *at != ')') parse_repeat();
}

static void parse_choice(void) {
  const int16_t start = length;
  parse_sequence();
  while (*at == '|') {
    at++;
    struct Node* split = insert(start, kSplit);
    split->x = (int16_t)(start + 1);
    const int16_t jump = length;
    emit(kJump);
    program[start].y = length;
    parse_sequence();
    program[jump].x = length;
  }
}

static void compile(const char* pattern) {
  at = pattern;
  length = 0;
  parse_choice();
  emit(kMatch);
}

// ---- Matcher
// ---------------------------------------------------------------------------------------
static const char* text_start;

static const char* match(int16_t pc, const char* text) {
  for (;;) {
    const struct Node* node = &program[pc];
    switch (node->kind) {
      case kChar:
        if ((uint8_t)*text != node->c) return NULL;
        text++, pc++;
        break;
      case kAny:
        if (*text == 0) return NULL;
        text++, pc++;
        break;
      case kSet: {
        const uint8_t c = (uint8_t)*text;
        if (c == 0 || c > 127 || (node->set[c / 32] >> c % 32 & 1) == 0) return NULL;
        text++, pc++;
        break;
      }
      case kSplit: {
        const char* end = match(node->x, text);
        if (end != NULL) return end;
        pc = node->y;
        break;
      }
      case kJump: pc = node->x; break;
      case kStart:
        if (text != text_start) return NULL;
        pc++;
        break;
      case kEnd:
        if (*text != 0) return NULL;
        pc++;
        break;
      default: return text;
    }
  }
}

static uint32_t search(const char* text) {
  text_start = text;
  for (const char* from = text;; from++) {
    const char* end = match(0, from);
    if (end != NULL) return (uint32_t)(from - text) << 16 | (uint32_t)(end - from) | 1u << 31;
    if (*from == 0) return 0;
  }
}

static const char* const kPatterns[] = {"[a-z]+@[a-z]+(.[a-z]+)+",
                                        "^(GET|POST|PUT) /[^ ]*",
                                        "(a|aa)*b",
                                        "[0-9]+:[0-9]+:[0-9]+",
                                        "(x+x+)+y",
                                        "error|warning|failed",
                                        "0x[0-9a-f]?[0-9a-f]+$"};
static const char* const kTexts[] = {
    "from: someone at nowhere, reply to boiler.room@cellar.house.example or leave a note",
    "POST /kettle/heat?to=96 HTTP/1.1",
    "aaaaaaaaaaaaaac",
    "12 Mar 07:42:59 cellar pump: started",
    "xxxxxxxxxxxz",
    "pump 3: pressure low, warning sent, valve 4 failed to close",
    "registers: pc=0x08001f3c lr=0x0800aa01 sp=0x2000ff80"};

static uint64_t workload(uint32_t iterations) {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    const uint32_t p = opaque(i % 7);
    compile(kPatterns[p]);
    for (uint32_t t = 0; t < 7; t++) {
      // Two patterns take exponential time on some texts; that is the point, but once is enough.
      if ((p == 2 || p == 4) && t != p) continue;
      sum = mix(sum, search(kTexts[t]));
    }
  }
  return sum;
}

WORKLOAD("regex", 2500)
