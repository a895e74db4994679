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

// Which handlers are firsts and which are seconds of some pair, and a table of the numbers of pairs
// with open addressing: the translator asks for each instruction that it writes.
constexpr uint32_t kBuckets = 8192;
static_assert(kPairCount < kBuckets * 3 / 4, "so that what is not there is found missing soon");

constexpr uint32_t bucket_of(Handler first, Handler second) {
  return ((static_cast<uint32_t>(first) * 2048u + static_cast<uint32_t>(second)) * 0x9E3779B1u) >>
         19;
}
struct Index {
  bool is_first[kHandlers];
  bool is_second[kHandlers];
  uint16_t number[kBuckets];
};
constexpr Index make_index() {
  Index index{};
  for (uint32_t i = 1; i < kPairCount; i++) {
    index.is_first[static_cast<uint32_t>(kPairs[i].first)] = true;
    index.is_second[static_cast<uint32_t>(kPairs[i].second)] = true;
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

bool is_first(Handler handler) { return kIndex.is_first[static_cast<uint32_t>(handler)]; }

uint32_t find_fused(Handler first, Handler second) {
  if (!kIndex.is_second[static_cast<uint32_t>(second)]) return 0;
  for (uint32_t bucket = bucket_of(first, second);; bucket = (bucket + 1) % kBuckets) {
    const uint32_t number = kIndex.number[bucket];
    if (number == 0 || (kPairs[number].first == first && kPairs[number].second == second)) {
      return number;
    }
  }
}

}  // namespace mote::detail

#endif
