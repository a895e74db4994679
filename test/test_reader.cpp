// Reading LEB128 integers and UTF-8, wherever the input is cut.
#include <gtest/gtest.h>

#include <vector>

#include "base/reader.hpp"

namespace mote::detail {
namespace {

struct Case {
  std::vector<uint8_t> bytes;
  ErrorCode code;  // kOk: value and length count
  uint64_t value;
  uint32_t offset;  // of the error, or the length
};

template <class Read>
void check(const Case& c, Read read) {
  Reader reader(Bytes(c.bytes.data(), c.bytes.size()), 0);
  uint64_t value = 0;
  const bool ok = read(reader, &value);
  if (c.code == ErrorCode::kOk) {
    ASSERT_TRUE(ok);
    EXPECT_EQ(value, c.value);
    EXPECT_EQ(reader.position(), c.offset);
  } else {
    ASSERT_FALSE(ok);
    EXPECT_EQ(reader.error().code, c.code);
    EXPECT_EQ(reader.error().offset, c.offset);
  }
}

TEST(Reader, UnsignedLebAcceptsOverlongFormsUpToFiveBytes) {
  const Case cases[] = {
      {{0x00}, ErrorCode::kOk, 0, 1},
      {{0x7F}, ErrorCode::kOk, 127, 1},
      {{0x80, 0x01}, ErrorCode::kOk, 128, 2},
      {{0x80, 0x80, 0x80, 0x80, 0x00}, ErrorCode::kOk, 0, 5},
      {{0xFF, 0xFF, 0xFF, 0xFF, 0x0F}, ErrorCode::kOk, 0xFFFFFFFF, 5},
      {{0xFF, 0xFF, 0xFF, 0xFF, 0x1F}, ErrorCode::kIntegerTooLarge, 0, 4},
      {{0x80, 0x80, 0x80, 0x80, 0x80, 0x00}, ErrorCode::kIntegerTooLong, 0, 4},
  };
  for (const Case& c : cases) {
    check(c, [](Reader& reader, uint64_t* value) {
      const bool ok = reader.u32();
      *value = reader.value();
      return ok;
    });
  }
}

TEST(Reader, SignedLebChecksTheUnusedBits) {
  const Case cases[] = {
      {{0x7F}, ErrorCode::kOk, 0xFFFFFFFF, 1},
      {{0x80, 0x80, 0x80, 0x80, 0x78}, ErrorCode::kOk, 0x80000000, 5},
      {{0xFF, 0xFF, 0xFF, 0xFF, 0x07}, ErrorCode::kOk, 0x7FFFFFFF, 5},
      {{0xFF, 0xFF, 0xFF, 0xFF, 0x0F}, ErrorCode::kIntegerTooLarge, 0, 4},
      {{0x80, 0x80, 0x80, 0x80, 0x70}, ErrorCode::kIntegerTooLarge, 0, 4},
  };
  for (const Case& c : cases) {
    check(c, [](Reader& reader, uint64_t* value) {
      const bool ok = reader.s32();
      *value = reader.value();
      return ok;
    });
  }
}

TEST(Reader, AsksForMoreAtTheEndOfTheChunkButFailsAtTheLimit) {
  const std::vector<uint8_t> bytes = {0x80, 0x80};
  Reader reader(Bytes(bytes.data(), bytes.size()), 100);
  EXPECT_FALSE(reader.u32());
  EXPECT_TRUE(reader.need_more());

  Reader limited(Bytes(bytes.data(), bytes.size()), 100);
  limited.set_limit(102);
  EXPECT_FALSE(limited.u32());
  EXPECT_FALSE(limited.need_more());
  EXPECT_EQ(limited.error().code, ErrorCode::kUnexpectedEndOfSection);
  EXPECT_EQ(limited.error().offset, 102u);
}

bool is_utf8(const std::vector<uint8_t>& bytes) {
  Utf8Checker checker;
  for (const uint8_t byte : bytes) {
    if (!checker.next(byte)) return false;
  }
  return checker.is_complete();
}

TEST(Utf8, AcceptsExactlyTheCodePointsThatHaveAShortestForm) {
  EXPECT_TRUE(is_utf8({}));
  EXPECT_TRUE(is_utf8({'a', 0xC2, 0x80, 0xE0, 0xA0, 0x80, 0xF4, 0x8F, 0xBF, 0xBF}));
  EXPECT_FALSE(is_utf8({0xC0, 0x80}));              // overlong
  EXPECT_FALSE(is_utf8({0xE0, 0x9F, 0xBF}));        // overlong
  EXPECT_FALSE(is_utf8({0xED, 0xA0, 0x80}));        // surrogate
  EXPECT_FALSE(is_utf8({0xF4, 0x90, 0x80, 0x80}));  // above U+10FFFF
  EXPECT_FALSE(is_utf8({0x80}));
  EXPECT_FALSE(is_utf8({0xE2, 0x82}));
}

}  // namespace
}  // namespace mote::detail
