// Reads bytes, LEB128 integers and strings of a stream that may be cut anywhere.
//
// A reader looks at the bytes that are there. Two things can end them: the end of what was fed so
// far (more may come), and the end of the enclosing section or function (nothing may come). Every
// read either succeeds, or fails and says which: need_more() or error(). A caller that gets
// need_more() starts the whole item again when more bytes are there.
#pragma once

#include <stdint.h>
#include <string.h>

#include <mote/error.hpp>
#include <mote/span.hpp>

namespace mote::detail {

class Reader {
 public:
  // `offset` is the position of `bytes` in the module.
  Reader(Bytes bytes, uint32_t offset)
      : begin_(bytes.data()),
        cursor_(bytes.data()),
        end_(bytes.end()),
        all_end_(bytes.end()),
        offset_(offset) {}

  // Position in the module of the next byte.
  __attribute__((always_inline)) uint32_t position() const {
    return offset_ + static_cast<uint32_t>(cursor_ - begin_);
  }
  const uint8_t* cursor() const { return cursor_; }
  void set_cursor(const uint8_t* cursor) { cursor_ = cursor; }
  size_t consumed() const { return static_cast<size_t>(cursor_ - begin_); }
  size_t available() const { return static_cast<size_t>(end_ - cursor_); }
  void skip(size_t count) { cursor_ += count; }

  // Makes module offset `limit` the end of the enclosing section or function; kNoIndex: no limit.
  void set_limit(uint32_t limit) {
    limit_ = limit;
    const uint64_t here = static_cast<uint64_t>(offset_);
    const uint64_t all = here + static_cast<uint64_t>(all_end_ - begin_);
    end_ = limit != kNoIndex && limit < all ? begin_ + (limit - here) : all_end_;
  }
  // Bytes left before the limit, whether they have arrived or not. Only with a limit.
  uint32_t left() const { return limit_ - position(); }
  bool at_limit() const { return limit_ != kNoIndex && position() == limit_; }

  bool need_more() const { return error_.code == ErrorCode::kOk; }
  const Error& error() const { return error_; }

  // Records an error at `offset`. Returns false, for `return reader.fail(...)`.
  bool fail(ErrorCode code, uint32_t offset) {
    error_ = Error{};
    error_.code = code;
    error_.offset = offset;
    return false;
  }
  bool fail(const Error& error) {
    error_ = error;
    return false;
  }
  bool fail_feature(Feature feature, uint32_t offset) {
    fail(ErrorCode::kFeatureOff, offset);
    error_.feature = feature;
    return false;
  }

  // Notes features that an encoding needs; what was read twice may note them twice.
  void note_features(uint32_t features) { features_ |= features; }
  uint32_t features() const { return features_; }

  [[nodiscard]] __attribute__((always_inline)) bool byte(uint8_t* value) {
    *value = 0;  // compilers do not see that it is not used after a failure
    if (cursor_ == end_) return out_of_bytes();
    *value = *cursor_++;
    return true;
  }

  [[nodiscard]] bool u32(uint32_t* value) {
    if (cursor_ != end_ && *cursor_ < 0x80) {
      *value = *cursor_++;
      return true;
    }
    uint64_t wide = 0;
    if (!leb(32, false, &wide)) return false;
    *value = static_cast<uint32_t>(wide);
    return true;
  }
  [[nodiscard]] bool u64(uint64_t* value) { return leb(64, false, value); }
  [[nodiscard]] bool s32(uint32_t* value) {
    uint64_t wide = 0;
    if (!leb(32, true, &wide)) return false;
    *value = static_cast<uint32_t>(wide);
    return true;
  }
  [[nodiscard]] bool s33(int64_t* value) {
    uint64_t wide;
    if (!leb(33, true, &wide)) return false;
    *value = static_cast<int64_t>(wide);
    return true;
  }
  [[nodiscard]] bool s64(uint64_t* value) { return leb(64, true, value); }

  // Little-endian, as float constants are.
  [[nodiscard]] bool fixed32(uint32_t* value) {
    if (available() < 4) return out_of_bytes_within(4);
    *value = static_cast<uint32_t>(cursor_[0]) | static_cast<uint32_t>(cursor_[1]) << 8 |
             static_cast<uint32_t>(cursor_[2]) << 16 | static_cast<uint32_t>(cursor_[3]) << 24;
    cursor_ += 4;
    return true;
  }
  [[nodiscard]] bool fixed64(uint64_t* value) {
    if (available() < 8) return out_of_bytes_within(8);
    uint32_t low, high;
    if (!fixed32(&low) || !fixed32(&high)) return false;
    *value = static_cast<uint64_t>(high) << 32 | low;
    return true;
  }

  // The bytes ended: an error at the limit, else a request for more.
  bool out_of_bytes() {
    if (limit_ != kNoIndex && position() == limit_) {
      return fail(ErrorCode::kUnexpectedEndOfSection, limit_);
    }
    error_ = Error{};
    return false;
  }

 private:
  // An item of `size` bytes does not fit in what is there. If it does not fit before the limit
  // either, waiting is pointless, however the input is cut. The limit is only a claim of the module
  // and may lie behind its end: the error is at the item.
  bool out_of_bytes_within(uint32_t size) {
    if (limit_ != kNoIndex && left() < size) {
      return fail(ErrorCode::kUnexpectedEndOfSection, position());
    }
    error_ = Error{};
    return false;
  }

  // 5.2.2: at most ceil(bits / 7) bytes, and no value bits outside of `bits` in the last one.
  [[nodiscard]] bool leb(uint32_t bits, bool is_signed, uint64_t* value) {
    uint64_t result = 0;
    uint32_t shift = 0;
    for (;;) {
      if (cursor_ == end_) return out_of_bytes();
      const uint8_t b = *cursor_;
      if (shift + 7 >= bits) {
        // Last allowed byte: `used` value bits, the rest must be the sign or zero.
        const uint32_t used = bits - shift;
        if ((b & 0x80) != 0) return fail(ErrorCode::kIntegerTooLong, position());
        const uint32_t rest_mask = (0x7Fu << used) & 0x7Fu;
        const uint32_t rest = b & rest_mask;
        const bool negative = is_signed && (b >> (used - 1) & 1) != 0;
        if (rest != (negative ? rest_mask : 0)) {
          return fail(ErrorCode::kIntegerTooLarge, position());
        }
      }
      cursor_++;
      result |= static_cast<uint64_t>(b & 0x7F) << shift;
      shift += 7;
      if ((b & 0x80) == 0) {
        if (is_signed && shift < 64 && (b & 0x40) != 0) result |= ~uint64_t{0} << shift;
        *value = result;
        return true;
      }
    }
  }

  const uint8_t* begin_;
  const uint8_t* cursor_;
  const uint8_t* end_;
  const uint8_t* all_end_;
  uint32_t offset_;
  uint32_t limit_ = kNoIndex;
  uint32_t features_ = 0;
  Error error_;
};

// Checks UTF-8 (5.2.4) byte by byte; no overlong forms, surrogates or code points over U+10FFFF.
class Utf8Checker {
 public:
  // False: `byte` cannot follow what came before.
  [[nodiscard]] bool next(uint8_t byte) {
    if (missing_ == 0) {
      if (byte < 0x80) return true;
      low_ = 0x80;
      high_ = 0xBF;
      if (byte >= 0xC2 && byte <= 0xDF) {
        missing_ = 1;
      } else if (byte >= 0xE0 && byte <= 0xEF) {
        missing_ = 2;
        if (byte == 0xE0) low_ = 0xA0;
        if (byte == 0xED) high_ = 0x9F;
      } else if (byte >= 0xF0 && byte <= 0xF4) {
        missing_ = 3;
        if (byte == 0xF0) low_ = 0x90;
        if (byte == 0xF4) high_ = 0x8F;
      } else {
        return false;
      }
      return true;
    }
    if (byte < low_ || byte > high_) return false;
    low_ = 0x80;
    high_ = 0xBF;
    missing_--;
    return true;
  }
  bool is_complete() const { return missing_ == 0; }

 private:
  uint8_t missing_ = 0;
  uint8_t low_ = 0x80;
  uint8_t high_ = 0xBF;
};

}  // namespace mote::detail
