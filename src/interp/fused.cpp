// Which pairs of handlers are one: see fused.hpp.
#include "interp/fused.hpp"

#if MOTE_FUSED

namespace mote::detail {

namespace {

struct Pair {
  uint16_t first;
  uint16_t second;
};
constexpr uint16_t number(Handler handler) { return static_cast<uint16_t>(handler); }
constexpr Pair kPairs[] = {
    {0xFFFF, 0xFFFF},
#define MOTE_FUSED_PAIR(first, second) {number(Handler::k##first), number(Handler::k##second)},
#define MOTE_FUSED_TRIPLE(first, second, third)                                \
  {static_cast<uint16_t>(number_of_fused(FusedHandler::k##first##__##second)), \
   number(Handler::k##third)},
#include "interp/fused.def"
};
constexpr uint32_t kPairCount = sizeof kPairs / sizeof kPairs[0];

// Which handlers are firsts and which are seconds of some pair, and a table of the numbers of pairs
// with open addressing: the translator asks for each instruction that it writes.
constexpr uint32_t kBuckets = 8192;
static_assert(kPairCount < kBuckets * 3 / 4, "so that what is not there is found missing soon");

constexpr uint32_t bucket_of(uint32_t first, uint32_t second) {
  const uint32_t hash = (first * 2048u + second) * 0x9E3779B1u;
  return static_cast<uint32_t>((static_cast<uint64_t>(hash) * kBuckets) >> 32);
}
template <uint32_t kCount>
struct BitSet {
  uint8_t bytes[(kCount + 7) / 8];
  constexpr bool has(uint32_t number) const { return (bytes[number / 8] >> (number % 8) & 1) != 0; }
  constexpr void add(uint32_t number) {
    bytes[number / 8] = static_cast<uint8_t>(bytes[number / 8] | 1u << (number % 8));
  }
};
struct Index {
  BitSet<kFirstFused + kPairCount> firsts;
  BitSet<kFirstFused> seconds;
  uint16_t number[kBuckets];
};
constexpr Index make_index() {
  Index index{};
  for (uint32_t i = 1; i < kPairCount; i++) {
    index.firsts.add(kPairs[i].first);
    index.seconds.add(kPairs[i].second);
    uint32_t bucket = bucket_of(kPairs[i].first, kPairs[i].second);
    while (index.number[bucket] != 0) bucket = (bucket + 1) % kBuckets;
    index.number[bucket] = static_cast<uint16_t>(i);
  }
  return index;
}
constexpr Index kIndex = make_index();
static_assert(kPairCount == static_cast<uint32_t>(FusedHandler::kCount), "one list");

// The parts, to find the address of a handler in the table of its part.
enum class Part1 : uint32_t {
#define MOTE_FUSED_PAIR(first, second) k##first##__##second,
#define MOTE_FUSED_TRIPLE(first, second, third) k##first##__##second##__##third,
#define MOTE_FUSED_ONLY 1
#include "interp/fused.def"
  kCount
};
enum class Part2 : uint32_t {
#define MOTE_FUSED_PAIR(first, second) k##first##__##second,
#define MOTE_FUSED_TRIPLE(first, second, third) k##first##__##second##__##third,
#define MOTE_FUSED_ONLY 2
#include "interp/fused.def"
  kCount
};
enum class Part3 : uint32_t {
#define MOTE_FUSED_PAIR(first, second) k##first##__##second,
#define MOTE_FUSED_TRIPLE(first, second, third) k##first##__##second##__##third,
#define MOTE_FUSED_ONLY 3
#include "interp/fused.def"
  kCount
};
enum class Part4 : uint32_t {
#define MOTE_FUSED_PAIR(first, second) k##first##__##second,
#define MOTE_FUSED_TRIPLE(first, second, third) k##first##__##second##__##third,
#define MOTE_FUSED_ONLY 4
#include "interp/fused.def"
  kCount
};
enum class Part5 : uint32_t {
#define MOTE_FUSED_PAIR(first, second) k##first##__##second,
#define MOTE_FUSED_TRIPLE(first, second, third) k##first##__##second##__##third,
#define MOTE_FUSED_ONLY 5
#include "interp/fused.def"
  kCount
};

}  // namespace

uintptr_t address_of_number(uint32_t number) {
  if (number < kFirstFused) return address_of(static_cast<Handler>(number));
  const uint32_t fused = number - kFirstFused;
  constexpr uint32_t kEnd1 = 1 + static_cast<uint32_t>(Part1::kCount);
  constexpr uint32_t kEnd2 = kEnd1 + static_cast<uint32_t>(Part2::kCount);
  constexpr uint32_t kEnd3 = kEnd2 + static_cast<uint32_t>(Part3::kCount);
  constexpr uint32_t kEnd4 = kEnd3 + static_cast<uint32_t>(Part4::kCount);
  static_assert(kEnd4 + static_cast<uint32_t>(Part5::kCount) == kPairCount, "all parts");
  return fused < kEnd1   ? fused_address<1>(fused - 1)
         : fused < kEnd2 ? fused_address<2>(fused - kEnd1)
         : fused < kEnd3 ? fused_address<3>(fused - kEnd2)
         : fused < kEnd4 ? fused_address<4>(fused - kEnd3)
                         : fused_address<5>(fused - kEnd4);
}

bool is_first(uint32_t number) { return kIndex.firsts.has(number); }

uint32_t find_fused(uint32_t first, Handler second) {
  const uint32_t other = static_cast<uint32_t>(second);
  if (!kIndex.seconds.has(other)) return 0;
  for (uint32_t bucket = bucket_of(first, other);; bucket = (bucket + 1) % kBuckets) {
    const uint32_t found = kIndex.number[bucket];
    if (found == 0) return 0;
    if (kPairs[found].first == first && kPairs[found].second == other) return kFirstFused + found;
  }
}

}  // namespace mote::detail

#endif
