// A module of about 7 KB of code with the mix of work of processor benchmarks: a linked list
// (search, reversal, merge sort through function pointers), integer matrices, a state machine over
// text, and a CRC over all results. Written from scratch.
#include "guest.h"

#define ROUNDS 1

// ---- CRC-16 (polynomial 0x8005, reflected), bit by bit ---------------------------------------

static uint16_t crc_bits(uint16_t crc, uint32_t value, int32_t bits) {
  for (int32_t i = 0; i < bits; ++i) {
    const uint32_t different = (crc ^ value) & 1;
    crc >>= 1;
    value >>= 1;
    if (different) crc ^= 0xA001;
  }
  return crc;
}
static __attribute__((noinline)) uint16_t crc16(uint16_t crc, int16_t value) {
  return crc_bits(crc, (uint16_t)value, 16);
}
static __attribute__((noinline)) uint16_t crc32(uint16_t crc, int32_t value) {
  return crc_bits(crc, (uint32_t)value, 32);
}

static uint32_t random_state;
static uint32_t random_number(void) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 17;
  random_state ^= random_state << 5;
  return random_state;
}

// ---- Linked list -----------------------------------------------------------------------------

#define NODES 80

struct node {
  struct node* next;
  int16_t key;    // the low byte is a value, the high byte its cached result
  int16_t index;  // the original place
};
typedef int32_t (*compare_function)(struct node* a, struct node* b);

static struct node nodes[NODES];

static __attribute__((noinline)) struct node* make_list(uint32_t seed) {
  random_state = seed;
  struct node* head = 0;
  for (int32_t i = 0; i < NODES; ++i) {
    struct node* node = &nodes[(i * 37) % NODES];
    node->key = (int16_t)(random_number() & 0x7F);
    node->index = (int16_t)i;
    node->next = head;
    head = node;
  }
  return head;
}

static __attribute__((noinline)) struct node* find_index(struct node* at, int16_t index) {
  while (at && at->index != index) at = at->next;
  return at;
}
static __attribute__((noinline)) struct node* find_key(struct node* at, int16_t key) {
  while (at && (at->key & 0xFF) != key) at = at->next;
  return at;
}
static __attribute__((noinline)) struct node* reverse(struct node* at) {
  struct node* reversed = 0;
  while (at) {
    struct node* next = at->next;
    at->next = reversed;
    reversed = at;
    at = next;
  }
  return reversed;
}

static int32_t by_index(struct node* a, struct node* b) { return a->index - b->index; }

static int32_t matrix_result(int16_t seed);
static int32_t machine_result(int16_t seed);

// The value of a node is dear the first time, then kept in its high byte.
static int32_t value_of(struct node* node) {
  if ((node->key & 0x8000) == 0) {
    const int16_t low = node->key & 0x7F;
    const int32_t value = low & 1 ? matrix_result(low) : machine_result(low);
    node->key = (int16_t)(0x8000 | (value & 0x7F) << 8 | low);
  }
  return node->key >> 8 & 0x7F;
}
static int32_t by_value(struct node* a, struct node* b) {
  const int32_t difference = value_of(a) - value_of(b);
  return difference != 0 ? difference : a->index - b->index;
}

// Merge sort from the bottom up: runs of 1, 2, 4 ... nodes.
static __attribute__((noinline)) struct node* sort(struct node* list, compare_function compare) {
  for (int32_t run = 1;; run *= 2) {
    struct node* left = list;
    struct node* tail = 0;
    int32_t merges = 0;
    list = 0;
    while (left) {
      struct node* right = left;
      int32_t left_length = 0, right_length = run;
      ++merges;
      while (left_length < run && right) {
        ++left_length;
        right = right->next;
      }
      while (left_length > 0 || (right_length > 0 && right)) {
        struct node* taken;
        if (left_length > 0 && (right_length == 0 || !right || compare(left, right) <= 0)) {
          taken = left;
          left = left->next;
          --left_length;
        } else {
          taken = right;
          right = right->next;
          --right_length;
        }
        if (tail)
          tail->next = taken;
        else
          list = taken;
        tail = taken;
      }
      left = right;
    }
    if (tail) tail->next = 0;
    if (merges <= 1) return list;
  }
}

static uint16_t list_work(uint32_t seed) {
  struct node* list = make_list(seed);
  uint16_t crc = 0;
  int32_t found = 0;
  for (int16_t i = 0; i < 40; ++i) {
    struct node* node = i & 1 ? find_key(list, (int16_t)(i * 3)) : find_index(list, i);
    list = reverse(list);
    if (node) {
      ++found;
      crc = crc16(crc, node->key);
      // The found node's successor becomes the head.
      if (node->next) {
        struct node* moved = node->next;
        node->next = moved->next;
        if (moved != list) {
          moved->next = list;
          list = moved;
        }
      }
    }
  }
  list = sort(list, by_value);
  for (struct node* at = list; at; at = at->next) crc = crc16(crc, at->key);
  list = sort(list, by_index);
  for (struct node* at = list; at; at = at->next) crc = crc16(crc, at->key);
  return crc16(crc, (int16_t)found);
}

// ---- Matrices --------------------------------------------------------------------------------

#define N 9

static int16_t a[N][N], b[N][N];
static int32_t c[N][N];

static void matrix_make(uint32_t seed) {
  random_state = seed * 2654435761u + 1;
  for (int32_t i = 0; i < N; ++i) {
    for (int32_t j = 0; j < N; ++j) {
      a[i][j] = (int16_t)(random_number() % 201 - 100);
      b[i][j] = (int16_t)(random_number() % 201 - 100);
    }
  }
}
static __attribute__((noinline)) void matrix_add(int16_t value) {
  for (int32_t i = 0; i < N; ++i)
    for (int32_t j = 0; j < N; ++j) a[i][j] = (int16_t)(a[i][j] + value);
}
static __attribute__((noinline)) void matrix_scale(int16_t value) {
  for (int32_t i = 0; i < N; ++i)
    for (int32_t j = 0; j < N; ++j) c[i][j] = a[i][j] * value;
}
static __attribute__((noinline)) void matrix_by_vector(int32_t row) {
  for (int32_t i = 0; i < N; ++i) {
    int32_t sum = 0;
    for (int32_t j = 0; j < N; ++j) sum += a[i][j] * b[row][j];
    c[row][i] = sum;
  }
}
static __attribute__((noinline)) void matrix_by_matrix(void) {
  for (int32_t i = 0; i < N; ++i) {
    for (int32_t j = 0; j < N; ++j) {
      int32_t sum = 0;
      for (int32_t k = 0; k < N; ++k) sum += a[i][k] * b[k][j];
      c[i][j] = sum;
    }
  }
}
static __attribute__((noinline)) void matrix_by_bits(void) {
  for (int32_t i = 0; i < N; ++i) {
    for (int32_t j = 0; j < N; ++j) {
      int32_t sum = 0;
      for (int32_t k = 0; k < N; ++k) {
        const int32_t product = a[i][k] * b[k][j];
        sum += (product >> 2 & 15) * (product >> 5 & 127);
      }
      c[i][j] = sum;
    }
  }
}

// How often the running sum passes a limit, plus how often the numbers rise.
static __attribute__((noinline)) int16_t matrix_sum(int32_t limit) {
  int32_t sum = 0, previous = 0, result = 0;
  for (int32_t i = 0; i < N; ++i) {
    for (int32_t j = 0; j < N; ++j) {
      const int32_t current = c[i][j];
      sum += current;
      if (sum > limit) {
        result += 10;
        sum = 0;
      } else {
        result += current > previous ? 1 : 0;
      }
      previous = current;
    }
  }
  return (int16_t)result;
}

static __attribute__((noinline)) int32_t matrix_result(int16_t seed) {
  uint16_t crc = 0;
  matrix_make((uint32_t)seed);
  const int32_t limit = seed * 100 - 3000;
  matrix_add(seed);
  matrix_scale(seed);
  crc = crc16(crc, matrix_sum(limit));
  for (int32_t row = 0; row < N; ++row) matrix_by_vector(row);
  crc = crc16(crc, matrix_sum(limit));
  matrix_by_matrix();
  crc = crc16(crc, matrix_sum(limit));
  matrix_by_bits();
  crc = crc16(crc, matrix_sum(limit));
  matrix_add((int16_t)-seed);
  return crc;
}

// ---- State machine ---------------------------------------------------------------------------

enum state {
  START,
  SIGN,
  INTEGER,
  HEX_PREFIX,
  HEX,
  POINT,
  FRACTION,
  EXPONENT,
  EXPONENT_SIGN,
  EXPONENT_DIGITS,
  WORD,
  BAD,
  STATES
};

static uint8_t text[160];
static uint32_t visited[STATES], ended[STATES];

static uint32_t put_text(uint32_t at, const char* token) {
  while (*token) text[at++] = (uint8_t)*token++;
  text[at++] = ',';
  return at;
}

static __attribute__((noinline)) void make_text(uint32_t seed) {
  static const char* const tokens[16] = {
      "5012",     "-874",     "0x1F",     "+122",     "35.54400", ".1234500", "-110.700", "0xBEEF",
      "5.500e+3", "-.123e-2", "-87e+832", "+0.6e-12", "T0.3e-1F", "word",     "1..2",     "0xfoo",
  };
  random_state = seed * 40503u + 7;
  uint32_t at = 0;
  while (at < sizeof text - 12) at = put_text(at, tokens[random_number() >> 4 & 15]);
  text[at] = 0;
}

static int32_t is_digit(uint8_t c) { return c >= '0' && c <= '9'; }
static int32_t is_hex(uint8_t c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
static int32_t is_letter(uint8_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Reads one token up to the comma; returns where the next begins.
static __attribute__((noinline)) const uint8_t* next_token(const uint8_t* at, enum state* last) {
  enum state state = START;
  for (; *at && *at != ','; ++at) {
    const uint8_t c = *at;
    ++visited[state];
    switch (state) {
      case START:
        if (c == '+' || c == '-')
          state = SIGN;
        else if (c == '0')
          state = HEX_PREFIX;
        else if (is_digit(c))
          state = INTEGER;
        else if (c == '.')
          state = POINT;
        else
          state = is_letter(c) ? WORD : BAD;
        break;
      case SIGN: state = is_digit(c) ? INTEGER : c == '.' ? POINT : BAD; break;
      case HEX_PREFIX:
        if (c == 'x' || c == 'X') {
          state = HEX;
          break;
        }
        // A plain number that begins with 0.
        // fallthrough
      case INTEGER:
        if (c == '.')
          state = POINT;
        else if (c == 'e' || c == 'E')
          state = EXPONENT;
        else
          state = is_digit(c) ? INTEGER : BAD;
        break;
      case HEX: state = is_hex(c) ? HEX : BAD; break;
      case POINT:
      case FRACTION:
        if (is_digit(c))
          state = FRACTION;
        else
          state = (c == 'e' || c == 'E') && state == FRACTION ? EXPONENT : BAD;
        break;
      case EXPONENT:
        state = c == '+' || c == '-' ? EXPONENT_SIGN : is_digit(c) ? EXPONENT_DIGITS : BAD;
        break;
      case EXPONENT_SIGN:
      case EXPONENT_DIGITS: state = is_digit(c) ? EXPONENT_DIGITS : BAD; break;
      case WORD: state = is_letter(c) ? WORD : BAD; break;
      default: break;
    }
  }
  *last = state;
  return *at ? at + 1 : at;
}

// ---- Hash table: how often each word occurred -------------------------------------------------

#define SLOTS 64

struct word {
  uint32_t hash;
  uint16_t length;
  uint16_t count;
  uint8_t characters[12];
};
static struct word words[SLOTS];

static __attribute__((noinline)) struct word* count_word(const uint8_t* at, uint32_t length) {
  if (length > sizeof words[0].characters) length = sizeof words[0].characters;
  uint32_t hash = 2166136261u;
  for (uint32_t i = 0; i < length; ++i) hash = (hash ^ at[i]) * 16777619u;
  for (uint32_t probe = 0; probe < SLOTS; ++probe) {
    struct word* word = &words[(hash + probe) % SLOTS];
    if (word->count == 0) {
      word->hash = hash;
      word->length = (uint16_t)length;
      word->count = 1;
      for (uint32_t i = 0; i < length; ++i) word->characters[i] = at[i];
      return word;
    }
    if (word->hash != hash || word->length != length) continue;
    uint32_t same = 0;
    while (same < length && word->characters[same] == at[same]) ++same;
    if (same == length) {
      ++word->count;
      return word;
    }
  }
  return 0;
}

static __attribute__((noinline)) int32_t machine_result(int16_t seed) {
  for (int32_t i = 0; i < STATES; ++i) visited[i] = ended[i] = 0;
  for (int32_t i = 0; i < SLOTS; ++i) words[i].count = 0;
  uint16_t crc = 0;
  make_text((uint32_t)seed);
  for (int32_t pass = 0; pass < 2; ++pass) {
    for (const uint8_t* at = text; *at;) {
      enum state last;
      const uint8_t* next = next_token(at, &last);
      ++ended[last];
      const struct word* word = count_word(at, (uint32_t)(next - at));
      if (word) crc = crc16(crc, (int16_t)(word->hash ^ word->count));
      at = next;
    }
    // Damage some characters, and mend them after the second pass.
    for (uint32_t i = (uint32_t)seed & 7; text[i] && i < sizeof text - 9; i += 9)
      if (text[i] != ',') text[i] ^= 0x11;
  }
  for (int32_t i = 0; i < STATES; ++i) {
    crc = crc32(crc, (int32_t)visited[i]);
    crc = crc32(crc, (int32_t)ended[i]);
  }
  return crc;
}

GUEST_RUN {
  uint16_t crc = 0xFFFF;
  for (uint32_t round = 0; round < ROUNDS; ++round)
    crc = crc16(crc, (int16_t)list_work(0x3415 + round));
  return crc;
}
