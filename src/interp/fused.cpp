// Which pairs of handlers are one: see fused.hpp.
#include "interp/fused.hpp"

#if MOTE_FUSED

namespace mote::detail {

namespace {

struct Pair {
  Handler first;
  Handler second;
};
constexpr Pair kPairs[] = {
    {Handler::kCount, Handler::kCount},
#define MOTE_FUSED_PAIR(first, second) {Handler::k##first, Handler::k##second},
#include "interp/fused.def"
};
constexpr uint32_t kPairCount = sizeof kPairs / sizeof kPairs[0];
constexpr uint32_t kHandlers = static_cast<uint32_t>(Handler::kCount);

// Firsts and seconds are numbered from 1 in the order in which they occur.
struct Classes {
  uint16_t first[kHandlers];
  uint16_t second[kHandlers];
  uint32_t firsts;
  uint32_t seconds;
};
constexpr Classes make_classes() {
  Classes classes{};
  classes.firsts = classes.seconds = 1;
  for (uint32_t i = 1; i < kPairCount; i++) {
    uint16_t& first = classes.first[static_cast<uint32_t>(kPairs[i].first)];
    if (first == 0) first = static_cast<uint16_t>(classes.firsts++);
    uint16_t& second = classes.second[static_cast<uint32_t>(kPairs[i].second)];
    if (second == 0) second = static_cast<uint16_t>(classes.seconds++);
  }
  return classes;
}
constexpr Classes kClasses = make_classes();

struct Numbers {
  uint16_t number[kClasses.firsts][kClasses.seconds];
};
constexpr Numbers make_numbers() {
  Numbers numbers{};
  for (uint32_t i = 1; i < kPairCount; i++) {
    numbers.number[kClasses.first[static_cast<uint32_t>(kPairs[i].first)]]
                  [kClasses.second[static_cast<uint32_t>(kPairs[i].second)]] =
        static_cast<uint16_t>(i);
  }
  return numbers;
}
constexpr Numbers kNumbers = make_numbers();
static_assert(kPairCount == static_cast<uint32_t>(FusedHandler::kCount), "one list");

// The parts, to find the address of a handler in the table of its part.
enum class Part1 : uint32_t {
#define MOTE_FUSED_PAIR(first, second) k##first##__##second,
#define MOTE_FUSED_ONLY 1
#include "interp/fused.def"
  kCount
};
enum class Part2 : uint32_t {
#define MOTE_FUSED_PAIR(first, second) k##first##__##second,
#define MOTE_FUSED_ONLY 2
#include "interp/fused.def"
  kCount
};
enum class Part3 : uint32_t {
#define MOTE_FUSED_PAIR(first, second) k##first##__##second,
#define MOTE_FUSED_ONLY 3
#include "interp/fused.def"
  kCount
};
enum class Part4 : uint32_t {
#define MOTE_FUSED_PAIR(first, second) k##first##__##second,
#define MOTE_FUSED_ONLY 4
#include "interp/fused.def"
  kCount
};
enum class Part5 : uint32_t {
#define MOTE_FUSED_PAIR(first, second) k##first##__##second,
#define MOTE_FUSED_ONLY 5
#include "interp/fused.def"
  kCount
};

}  // namespace

void write_fused(Unit* at, uint32_t fused) {
  constexpr uint32_t kEnd1 = 1 + static_cast<uint32_t>(Part1::kCount);
  constexpr uint32_t kEnd2 = kEnd1 + static_cast<uint32_t>(Part2::kCount);
  constexpr uint32_t kEnd3 = kEnd2 + static_cast<uint32_t>(Part3::kCount);
  constexpr uint32_t kEnd4 = kEnd3 + static_cast<uint32_t>(Part4::kCount);
  static_assert(kEnd4 + static_cast<uint32_t>(Part5::kCount) == kPairCount, "all parts");
  *at = fused < kEnd1   ? fused_address<1>(fused - 1)
        : fused < kEnd2 ? fused_address<2>(fused - kEnd1)
        : fused < kEnd3 ? fused_address<3>(fused - kEnd2)
        : fused < kEnd4 ? fused_address<4>(fused - kEnd3)
                        : fused_address<5>(fused - kEnd4);
}

uint32_t first_class(Handler handler) { return kClasses.first[static_cast<uint32_t>(handler)]; }

uint32_t find_fused(uint32_t first, Handler second) {
  return kNumbers.number[first][kClasses.second[static_cast<uint32_t>(second)]];
}

}  // namespace mote::detail

#endif
