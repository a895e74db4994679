// Linear memory: backed as it is touched, bounded by the store's buffer.
#include "wasm_file.hpp"

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

}  // namespace
}  // namespace mote::test
