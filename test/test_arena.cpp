// The arena: two ends, growing blocks, and which bytes are zero.
#include <gtest/gtest.h>

#include <vector>

#include "base/arena.hpp"
#include "base/scratch_vector.hpp"

namespace mote::detail {
namespace {

struct Buffer {
  explicit Buffer(size_t size, uint8_t fill) : bytes(size, fill) {}
  MutableBytes view() { return {bytes.data(), bytes.size()}; }
  std::vector<uint8_t> bytes;
};

TEST(Arena, HandsOutFromBothEndsUntilTheyMeet) {
  Buffer buffer(64, 0);
  Arena arena(buffer.view(), true);
  EXPECT_NE(arena.allocate(32, 1), nullptr);
  EXPECT_NE(arena.allocate_scratch(32, 1), nullptr);
  EXPECT_EQ(arena.allocate(1, 1), nullptr);
  EXPECT_EQ(arena.allocate_scratch(1, 1), nullptr);
  EXPECT_EQ(arena.peak(), 64u);
}

TEST(Arena, RollsBackEachEndAlone) {
  Buffer buffer(64, 0);
  Arena arena(buffer.view(), true);
  const Arena::Mark mark = arena.mark();
  ASSERT_NE(arena.allocate(16, 1), nullptr);
  ASSERT_NE(arena.allocate_scratch(48, 1), nullptr);
  arena.roll_back_high(mark);
  EXPECT_EQ(arena.free_bytes(), 48u);
  arena.roll_back_low(mark);
  EXPECT_EQ(arena.free_bytes(), 64u);
}

TEST(Arena, RefusesSizesThatOverflow) {
  Buffer buffer(64, 0);
  Arena arena(buffer.view(), true);
  ASSERT_NE(arena.allocate(1, 1), nullptr);  // so that alignment takes bytes, too
  EXPECT_EQ(arena.allocate(SIZE_MAX, 8), nullptr);
  EXPECT_EQ(arena.allocate_scratch(SIZE_MAX - 3, 8), nullptr);
  EXPECT_EQ(arena.allocate_array<uint64_t>(SIZE_MAX / 4), nullptr);
}

TEST(Arena, AlignmentTakesNothingFromTheOtherEnd) {
  Buffer buffer(64, 0);
  Arena arena(buffer.view(), true);
  ASSERT_NE(arena.allocate(1, 1), nullptr);
  EXPECT_EQ(arena.allocate_scratch(62, 8), nullptr);
  void* const block = arena.allocate_scratch(8, 8);
  ASSERT_NE(block, nullptr);
  EXPECT_EQ(arena.extend_scratch(block, 8, 13), buffer.bytes.data() + 48);
  EXPECT_EQ(arena.allocate(48, 8), nullptr);
}

TEST(Arena, OnlyTheLastBlockGrows) {
  Buffer buffer(64, 0);
  Arena arena(buffer.view(), true);
  void* first = arena.allocate(8, 1);
  EXPECT_TRUE(arena.extend(first, 8, 16));
  void* second = arena.allocate(8, 1);
  EXPECT_FALSE(arena.extend(first, 16, 24));
  EXPECT_TRUE(arena.extend(second, 8, 48));
  EXPECT_FALSE(arena.extend(second, 48, 49));
}

TEST(Arena, ZeroedMemoryIsZeroWhateverWasThereBefore) {
  for (const bool buffer_is_zero : {true, false}) {
    Buffer buffer(256, buffer_is_zero ? 0 : 0xAA);
    Arena arena(buffer.view(), buffer_is_zero);
    const Arena::Mark mark = arena.mark();
    memset(arena.allocate(100, 1), 0x55, 100);
    memset(arena.allocate_scratch(100, 1), 0x55, 100);
    arena.roll_back_low(mark);
    arena.roll_back_high(mark);
    uint8_t* zeroed = static_cast<uint8_t*>(arena.allocate_zeroed(40, 1));
    ASSERT_TRUE(arena.extend_zeroed(zeroed, 40, 256));
    for (size_t i = 0; i < 256; i++) ASSERT_EQ(zeroed[i], 0) << i;
  }
}

TEST(ScratchVector, KeepsItsContentWhileItGrows) {
  Buffer buffer(4096, 0xAA);
  Arena arena(buffer.view(), false);
  ScratchVector<uint32_t> a;
  ScratchVector<uint32_t> b;
  a.reset(&arena);
  b.reset(&arena);
  for (uint32_t i = 0; i < 100; i++) {
    ASSERT_TRUE(a.push(i));
    ASSERT_TRUE(b.push(1000 + i));
  }
  for (uint32_t i = 0; i < 100; i++) {
    EXPECT_EQ(a[i], i);
    EXPECT_EQ(b[i], 1000 + i);
  }
  bool fits = true;
  for (uint32_t i = 0; i < 2000 && fits; i++) fits = a.push(i);
  EXPECT_FALSE(fits);
  EXPECT_EQ(a[99], 99u);
}

}  // namespace
}  // namespace mote::detail
