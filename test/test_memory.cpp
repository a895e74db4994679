// Linear memory: backed as it is touched, bounded by the store's buffer.
#include <string.h>

#include "wasm_file.hpp"
#include "wasm_writer.hpp"

namespace mote::test {
namespace {

// A 64 KiB page in a buffer of 40 KB: it loads, and traps where the buffer ends.
struct Small : TestStore {
  Small() : TestStore(40 * 1024), execution(store, 1024), instance(*add("guest")) {}
  Execution execution;
  Instance& instance;
};

TEST(Memory, IsBackedOnlyAsFarAsItWasTouched) {
  Small small;
  EXPECT_EQ(call(small.execution, small.instance, "size", {}), 1);
  EXPECT_EQ(small.instance.memory_size(), 65536u);
  EXPECT_LE(small.instance.memory_backed(), 4096u);
  EXPECT_EQ(call(small.execution, small.instance, "load", {6000}), 0);
  call(small.execution, small.instance, "store", {6000, 99});
  EXPECT_EQ(call(small.execution, small.instance, "load", {6000}), 99);
  EXPECT_LE(small.instance.memory_backed(), 8192u);
}

TEST(Memory, TrapsWithItsOwnReasonBeyondTheQuota) {
  Small small;
  EXPECT_EQ(trap_of(small.execution, small.instance, "load", {65000}).code,
            ErrorCode::kMemoryQuota);
  EXPECT_EQ(trap_of(small.execution, small.instance, "load", {65536}).code,
            ErrorCode::kMemoryBounds);
  EXPECT_EQ(trap_of(small.execution, small.instance, "fill", {0, 65536}).code,
            ErrorCode::kMemoryQuota);
  EXPECT_EQ(call(small.execution, small.instance, "load", {8}), 0x6C6C6568);  // "hell"
}

#if MOTE_FEATURE_BULK_MEMORY
// Undefined behaviour once (preset fuzz-fused): memset() of nothing, at no address.
TEST(Memory, NothingCanBeFilledAndCopiedBeforeAnythingIsBacked) {
  WasmWriter module;
  module.header();
  module.section(1, {0x01, 0x60, 0x00, 0x00});
  module.section(3, {0x01, 0x00});
  module.section(5, {0x01, 0x00, 0x01});
  module.section(7, {0x01, 0x01, 'f', 0x00, 0x00});
  module.section(10, {0x01, 0x15, 0x00, 0x41, 0x00, 0x41, 0x01, 0x41, 0x00, 0xFC, 0x0B, 0x00,
                      0x41, 0x00, 0x41, 0x00, 0x41, 0x00, 0xFC, 0x0A, 0x00, 0x00, 0x0B});
  TestStore test;
  Instance& instance = *test.add(module.data());
  Execution execution(test.store, 1024);
  EXPECT_EQ(execution.run(instance.function("f"), {}), RunState::kDone);
  EXPECT_EQ(instance.memory_backed(), 0u);
}
#endif

TEST(Memory, GrowsOnlyAsFarAsItCouldBeBacked) {
  Small small;
  EXPECT_EQ(call(small.execution, small.instance, "grow", {1}), -1);
  EXPECT_EQ(call(small.execution, small.instance, "grow", {0}), 1);
  TestStore large;
  Execution execution(large.store, 1024);
  Instance& instance = *large.add("guest");
  EXPECT_EQ(call(execution, instance, "grow", {1}), 1);
  EXPECT_EQ(call(execution, instance, "size", {}), 2);
  EXPECT_EQ(call(execution, instance, "grow", {3}), -1);  // maximum 4
  EXPECT_EQ(call(execution, instance, "load", {131068}), 0);
}

TEST(Memory, TwoInstancesInOneBufferKeepTheirContents) {
  TestStore test;
  Execution execution(test.store, 1024);
  Instance& a = *test.add("guest");
  Instance& b = *test.add("guest");
  for (int32_t at = 0; at < 65536; at += 5000) {
    call(execution, a, "store", {at, at + 1});
    call(execution, b, "store", {at, at + 2});
  }
  for (int32_t at = 0; at < 65536; at += 5000) {
    EXPECT_EQ(call(execution, a, "load", {at}), at + 1);
    EXPECT_EQ(call(execution, b, "load", {at}), at + 2);
  }
}

TEST(Memory, TheHostSeesOnlyRangesThatExist) {
  Small small;
  EXPECT_EQ(small.instance.memory(8, 5)[0], 'h');
  EXPECT_TRUE(small.instance.memory(65532, 8).empty());
  EXPECT_TRUE(small.instance.memory(0xFFFFFFFF, 0xFFFFFFFF).empty());
}

// How much of the module window.wat is backed for what was touched.
constexpr uint64_t backed_for(uint64_t first, uint64_t end) {
  return MOTE_MEMORY_WINDOW != 0 ? end - first : end;
}

TEST(Memory, IsBackedFromTheLowestTouchedByte) {
  TestStore test;
  Execution execution(test.store, 1024);
  Instance& instance = *test.add("window");
  const uint64_t slack = 2 * 4096;
  EXPECT_LE(instance.memory_backed(), backed_for(40000, 40004) + slack);
  call(execution, instance, "store32", {50000, 7});
  EXPECT_LE(instance.memory_backed(), backed_for(40000, 50004) + slack);
  call(execution, instance, "store32", {30000, 8});
  EXPECT_LE(instance.memory_backed(), backed_for(30000, 50004) + slack + 20000 / 8);
  EXPECT_EQ(call(execution, instance, "load32", {40000}), 0x61746164);  // "data"
  EXPECT_EQ(call(execution, instance, "load32", {50000}), 7);
  EXPECT_EQ(call(execution, instance, "load32", {30000}), 8);
  EXPECT_EQ(call(execution, instance, "load32", {25000}), 0);
  EXPECT_EQ(call(execution, instance, "load32_up", {25000}), 8);
}

TEST(Memory, AccessesAroundItsEndsTrapWhateverIsBacked) {
  TestStore test;
  Execution execution(test.store, 1024);
  Instance& instance = *test.add("window");
  const auto traps = [&](const char* name, const std::vector<int32_t>& arguments) {
    return trap_of(execution, instance, name, arguments).code == ErrorCode::kMemoryBounds;
  };
  // A sum that leaves 32 bits must not come back to where something is.
  for (const int32_t beyond : {-1, -4, -5000, -5000 + 40000, -70000 + 40000, 65533, 65536}) {
    EXPECT_TRUE(traps("load32_far", {beyond})) << beyond;
  }
  for (const int32_t beyond : {-1, -4, -4999}) EXPECT_TRUE(traps("load32_up", {beyond})) << beyond;
  for (const char* name : {"load8", "load16", "load32", "load64"}) {
    EXPECT_TRUE(traps(name, {-1})) << name;
    EXPECT_TRUE(traps(name, {65536})) << name;
  }
  EXPECT_TRUE(traps("load16", {65535}));
  EXPECT_TRUE(traps("load32", {65533}));
  EXPECT_TRUE(traps("load64", {65529}));
  EXPECT_TRUE(traps("fill", {65530, 1, 7}));
  EXPECT_TRUE(traps("copy", {0, 65530, 7}));
  EXPECT_EQ(call(execution, instance, "load8", {65535}), 0);
  EXPECT_EQ(call(execution, instance, "load32_sum", {-40000, 80000}), 0x61746164);
  EXPECT_EQ(call(execution, instance, "load8", {0}), 0);
  EXPECT_EQ(call(execution, instance, "load32", {40000}), 0x61746164);
}

// Two instances in one buffer, so that their memories move, against plain arrays.
TEST(Memory, HoldsWhatAPlainArrayHolds) {
  constexpr uint32_t kSize = 2 * 65536;
  TestStore test(4 << 20);
  Execution execution(test.store, 1024);
  Instance* instances[] = {test.add("window"), test.add("window")};
  std::vector<uint8_t> models[] = {std::vector<uint8_t>(kSize), std::vector<uint8_t>(kSize)};
  for (int i = 0; i < 2; i++) {
    memcpy(&models[i][40000], "data", 4);
    ASSERT_EQ(call(execution, *instances[i], "grow", {1}), 1);
  }
  uint32_t state = 1;
  const auto random = [&state](uint32_t below) {
    state = state * 1664525 + 1013904223;
    return static_cast<uint32_t>(uint64_t{state} * below >> 32);
  };
  constexpr const char* kLoads[] = {"load8", "load16", "load32"};
  constexpr const char* kStores[] = {"store8", "store16", "store32", "store64"};
  for (uint32_t step = 0; step < 3000; step++) {
    // What is used spreads from the middle, so that both ends grow often.
    const uint32_t reach = 16 + step * 21;
    const auto address = [&] { return kSize / 2 - reach + random(2 * reach - 8); };
    const uint32_t which = random(2);
    Instance& instance = *instances[which];
    std::vector<uint8_t>& model = models[which];
    const uint32_t at = address();
    const uint32_t log2 = random(4);
    const int32_t value = static_cast<int32_t>(random(0xFFFFFFFF));
    switch (random(4)) {
      case 0: {
        call(execution, instance, kStores[log2], {static_cast<int32_t>(at), value});
        // Little-endian, whatever the machine is; store64 stores the value twice.
        for (uint32_t i = 0; i < 1u << log2; i++) {
          model[at + i] = static_cast<uint8_t>(static_cast<uint32_t>(value) >> (i % 4 * 8));
        }
        break;
      }
      case 1: {
        if (log2 == 3) break;
        uint32_t expected = 0;
        for (uint32_t i = 0; i < 1u << log2; i++) expected |= uint32_t{model[at + i]} << (i * 8);
        ASSERT_EQ(static_cast<uint32_t>(
                      call(execution, instance, kLoads[log2], {static_cast<int32_t>(at)})),
                  expected)
            << "step " << step;
        break;
      }
      case 2: {
        const uint32_t count = random(8);
        call(execution, instance, "fill",
             {static_cast<int32_t>(at), value, static_cast<int32_t>(count)});
        memset(&model[at], value & 0xFF, count);
        break;
      }
      default: {
        const uint32_t from = address();
        const uint32_t count = random(8);
        call(execution, instance, "copy",
             {static_cast<int32_t>(at), static_cast<int32_t>(from), static_cast<int32_t>(count)});
        memmove(&model[at], &model[from], count);
        break;
      }
    }
  }
  for (int i = 0; i < 2; i++) {
    const MutableBytes all = instances[i]->memory(0, kSize);
    ASSERT_EQ(all.size(), kSize);
    EXPECT_EQ(memcmp(all.data(), models[i].data(), kSize), 0) << i;
  }
}

}  // namespace
}  // namespace mote::test
