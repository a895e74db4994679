// {fmt}: formats integers, floats (shortest and fixed), text and ranges of them.
#define FMT_HEADER_ONLY
#include <fmt/format.h>

#include "../workload.h"

static uint64_t workload(uint32_t iterations) {
  uint32_t seed = 2022;
  uint64_t sum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    fmt::memory_buffer buffer;
    const auto out = std::back_inserter(buffer);
    for (uint32_t k = 0; k < 10; k++) {
      const uint32_t random = next_random(&seed);
      const double value = static_cast<double>(static_cast<int32_t>(random)) / 777.0;
      fmt::format_to(out, "{:>6} {:<8}|{:^10}|{:#010x} {:b} ", random % 1000,
                     random & 1 ? "on" : "off", "mid", random, random & 255);
      fmt::format_to(out, "{} {:.3f} {:e} {} {:+d}\n", value, value, value * 1e30,
                     static_cast<float>(value), static_cast<int64_t>(random) * -77777);
    }
    for (size_t k = 0; k < buffer.size(); k += 37) {
      sum = mix(sum, static_cast<uint8_t>(buffer.data()[k]));
    }
    sum = mix(sum, buffer.size());
  }
  return sum;
}

WORKLOAD("fmt", 1500)
