// What every workload shares: its iteration count and the checksum that it prints.
//
// A workload is one file with `uint64_t workload(uint32_t iterations)` and two lines that name it
// and its default. The program takes the iteration count as its only argument ("/20" stands for a
// twentieth of the default), so that the same .wasm file serves a desktop, a slow board and an
// instruction counter. It uses nothing of the C library but main's arguments and write(), so that
// what is measured is the workload.
#pragma once

#include <stdint.h>
#include <unistd.h>

// Defined by the workload.
static uint64_t workload(uint32_t iterations);

// Keeps the compiler from computing the answer at build time.
static inline uint32_t opaque(uint32_t value) {
  volatile uint32_t place = value;
  return place;
}

// The workloads' source of numbers: xorshift32, the same everywhere.
static inline uint32_t next_random(uint32_t* state) {
  uint32_t x = *state;
  x ^= x << 13;
  x ^= x >> 17;
  x ^= x << 5;
  return *state = x;
}

// One step of a checksum: FNV-1a over the eight bytes of `value`, as two words.
static inline uint64_t mix(uint64_t sum, uint64_t value) {
  sum = (sum ^ (value & 0xFFFFFFFFu)) * 0x100000001B3u;
  return (sum ^ (value >> 32)) * 0x100000001B3u;
}

static uint32_t parse_count(const char* text) {
  uint32_t value = 0;
  while (*text >= '0' && *text <= '9') value = value * 10 + (uint32_t)(*text++ - '0');
  return value;
}

static uint32_t chosen_count(const char* text, uint32_t iterations) {
  if (text[0] != '/') return parse_count(text);
  const uint32_t divisor = parse_count(text + 1);
  return divisor <= 1 ? iterations : divisor >= iterations ? 1 : iterations / divisor;
}

static int run_workload(int argc, char** argv, const char* name, uint32_t iterations) {
  if (argc > 1) iterations = chosen_count(argv[1], iterations);
  const uint64_t sum = workload(opaque(iterations));
  char line[96];
  uint32_t length = 0;
  while (*name != 0 && length < 70) line[length++] = *name++;
  line[length++] = ' ';
  for (int shift = 60; shift >= 0; shift -= 4)
    line[length++] = "0123456789abcdef"[sum >> shift & 15];
  line[length++] = '\n';
  return write(1, line, length) == (ssize_t)length ? 0 : 1;
}

#define WORKLOAD(name, default_iterations) \
  int main(int argc, char** argv) { return run_workload(argc, argv, name, (default_iterations)); }
