// The reader: see reader.hpp.
#include "base/reader.hpp"

namespace mote::detail {

void Reader::refill(const uint8_t* bytes, size_t size) {
  origin_ = position() - static_cast<uint32_t>(reinterpret_cast<uintptr_t>(bytes));
  cursor_ = bytes;
  all_end_ = bytes + size;
  set_limit(limit_);
}

void Reader::set_limit(uint32_t limit) {
  limit_ = limit;
  end_ = left() < unread() ? cursor_ + left() : all_end_;
}

// ---- Errors ----------------------------------------------------------------------------------

Error Reader::error() const {
  Error error;
  error.code = code_;
  error.feature = feature_;
  error.expected = expected_;
  error.actual = actual_;
  error.offset = error_offset_;
  error.function = function_;
  error.index = index_;
  return error;
}

bool Reader::fail_index(ErrorCode code, uint32_t offset, uint32_t index) {
  code_ = code;
  feature_ = Feature::kNone;
  expected_ = actual_ = ValueType::kNone;
  error_offset_ = offset;
  index_ = index;
  return false;
}

bool Reader::fail(ErrorCode code, uint32_t offset) { return fail_index(code, offset, kNoIndex); }
bool Reader::fail(ErrorCode code) { return fail(code, position_of(item_)); }
bool Reader::fail_value(ErrorCode code) { return fail_index(code, position_of(item_), value()); }

bool Reader::fail_feature(Feature feature, uint32_t offset) {
  fail(ErrorCode::kFeatureOff, offset);
  feature_ = feature;
  return false;
}

bool Reader::fail_feature(Feature feature) { return fail_feature(feature, position_of(item_)); }

bool Reader::fail_type(ValueType expected, ValueType actual, uint32_t offset) {
  fail(ErrorCode::kTypeMismatch, offset);
  expected_ = expected;
  actual_ = actual;
  return false;
}

bool Reader::out_of_bytes() {
  return at_limit() && fail(ErrorCode::kUnexpectedEndOfSection, limit_);
}

// ---- Values ----------------------------------------------------------------------------------

bool Reader::byte() {
  item_ = cursor_;
  if (cursor_ == end_) return out_of_bytes();
  bits_ = *cursor_++;
  return true;
}

// The last byte of a signed integer.
static int32_t signed_value(uint32_t byte) { return static_cast<int32_t>(byte << 25) >> 25; }

bool Reader::u32() { return leb(32, 0); }
bool Reader::s32() {
  const bool ok = leb(32, 1);
  bits_ = value();
  return ok;
}
bool Reader::s33() { return leb(33, 1); }
bool Reader::u64() { return leb(64, 0); }
bool Reader::s64() { return leb(64, 1); }

// Nearly all integers are one byte. `sign`: 1 for signed integers.
bool Reader::leb(uint32_t bits, uint32_t sign) {
  item_ = cursor_;
  if (cursor_ == end_ || *cursor_ >= 0x80) return long_leb(bits, sign);
  const uint32_t byte = *cursor_++;
  bits_ = sign == 0 ? byte : static_cast<uint64_t>(int64_t{signed_value(byte)});
  return true;
}

// 5.2.2: at most ceil(bits / 7) bytes, and no value bits outside of `bits` in the last one. In two
// halves: small processors have no shifts of 64 bits.
__attribute__((noinline)) bool Reader::long_leb(uint32_t bits, uint32_t sign) {
  uint32_t low = 0;
  uint32_t high = 0;
  for (uint32_t shift = 0;; shift += 7) {
    if (cursor_ == end_) return out_of_bytes();
    const uint32_t byte = *cursor_;
    const int32_t part = sign != 0 && byte < 0x80 ? signed_value(byte) : byte & 0x7F;
    const uint32_t allowed = bits - shift;
    if (allowed <= 7) {
      if (byte >= 0x80) return fail(ErrorCode::kIntegerTooLong, position());
      // What does not count, with the sign if there is one: all zeros, or all ones.
      const uint32_t rest = static_cast<uint32_t>(part >> (allowed - sign));
      if (rest + sign > sign) return fail(ErrorCode::kIntegerTooLarge, position());
    }
    cursor_++;
    if (shift <= 28) {
      low |= static_cast<uint32_t>(part) << shift;
      high = static_cast<uint32_t>(part >> (shift == 28 ? 4 : 31));
    } else {
      high |= static_cast<uint32_t>(part) << (shift - 32);
    }
    if (byte < 0x80) {
      bits_ = static_cast<uint64_t>(high) << 32 | low;
      return true;
    }
  }
}

// If the bytes do not fit before the limit, waiting is pointless, however the input is cut. The
// limit is only a claim of the module and may lie behind its end: the error is at the item.
bool Reader::fixed(uint32_t size) {
  item_ = cursor_;
  if (available() < size) {
    return left() < size && fail(ErrorCode::kUnexpectedEndOfSection);
  }
  bits_ = 0;
  for (uint32_t i = size; i > 0; i--) bits_ = bits_ << 8 | cursor_[i - 1];
  cursor_ += size;
  return true;
}

bool Utf8Checker::next(uint8_t byte) {
  if (missing_ != 0) {
    if (byte < low_ || byte > high_) return false;
    missing_--;
  } else {
    if (byte < 0x80) return true;
    if (byte < 0xC2 || byte > 0xF4) return false;
    missing_ = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
  }
  // Of the second byte, some are overlong forms, surrogates, or code points that do not exist.
  low_ = byte == 0xE0 ? 0xA0 : byte == 0xF0 ? 0x90 : 0x80;
  high_ = byte == 0xED ? 0x9F : byte == 0xF4 ? 0x8F : 0xBF;
  return true;
}

}  // namespace mote::detail
