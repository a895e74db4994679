// Reads bytes, LEB128 integers and float constants of a stream that may be cut anywhere.
//
// A reader looks at the bytes that are there. Two things can end them: the end of what was fed so
// far (more may come), and the end of the enclosing section or function (nothing may come). Every
// read either succeeds, or fails and says which: need_more() or error(). A caller that gets
// need_more() starts the whole item again when more bytes are there.
//
// A reader remembers what was read last: value(), and where it began, which is where fail() reports
// an error.
#pragma once

#include <stdint.h>

#include <mote/error.hpp>
#include <mote/span.hpp>

namespace mote::detail {

class Reader {
 public:
  Reader() = default;
  // `offset` is the position of `bytes` in the module.
  Reader(Bytes bytes, uint32_t offset) : origin_(offset) { refill(bytes.data(), bytes.size()); }

  // Goes on with other bytes. Position and limit stay.
  void refill(const uint8_t* bytes, size_t size);

  // Position in the module of the next byte.
  __attribute__((always_inline)) uint32_t position() const { return position_of(cursor_); }
  const uint8_t* cursor() const { return cursor_; }
  void set_cursor(const uint8_t* cursor) { cursor_ = cursor; }
  size_t available() const { return static_cast<size_t>(end_ - cursor_); }
  // What is there, whatever the limit.
  size_t unread() const { return static_cast<size_t>(all_end_ - cursor_); }
  void skip(size_t count) { cursor_ += count; }

  // Makes module offset `limit` the end of the enclosing section or function; kNoIndex: no limit.
  void set_limit(uint32_t limit);
  // Bytes left before the limit, whether they have arrived or not. Only with a limit.
  uint32_t left() const { return limit_ - position(); }
  bool at_limit() const { return position() == limit_; }

  bool need_more() const { return code_ == ErrorCode::kOk; }
  Error error() const;
  void forget_error() { code_ = ErrorCode::kOk; }
  // The function whose body is being read, or kNoIndex: errors tell.
  void set_function(uint32_t funcidx) { function_ = funcidx; }

  // Record an error, of the item that was read last or at `offset`. All return false, for `return
  // reader.fail(...)`. The second tells the item's value as well.
  bool fail(ErrorCode code);
  bool fail_value(ErrorCode code);
  bool fail_feature(Feature feature);
  bool fail(ErrorCode code, uint32_t offset);
  bool fail_index(ErrorCode code, uint32_t offset, uint32_t index);
  bool fail_feature(Feature feature, uint32_t offset);
  bool fail_type(ValueType expected, ValueType actual, uint32_t offset);

  // Notes features that the module needs; what was read twice may note them twice.
  void note_features(uint32_t features) { features_ |= features; }
  uint32_t features() const { return features_; }

  // Integers (5.2.2): the value is in value() and, with zeros above it, in bits(). Those of more
  // than 32 bits are in bits().
  [[nodiscard]] bool byte();
  [[nodiscard]] bool u32();
  [[nodiscard]] bool s32();
  [[nodiscard]] bool s33();
  [[nodiscard]] bool u64();
  [[nodiscard]] bool s64();
  // A byte in the one place where it has to be fast: value() and fail() do not know it.
  [[nodiscard]] __attribute__((always_inline)) bool fast_byte(uint32_t* value) {
    if (cursor_ == end_) {
      out_of_bytes();
      return false;  // which compilers do not know of out_of_bytes()
    }
    *value = *cursor_++;
    return true;
  }
  // Little-endian, as float constants are; `size` bytes, at most 8.
  [[nodiscard]] bool fixed(uint32_t size);

  uint32_t value() const { return static_cast<uint32_t>(bits_); }
  uint64_t bits() const { return bits_; }

  [[nodiscard]] bool u32(uint32_t* value) {
    const bool ok = u32();
    *value = this->value();
    return ok;
  }

  // The bytes ended: an error at the limit, else a request for more.
  bool out_of_bytes();

 private:
  __attribute__((always_inline)) uint32_t position_of(const uint8_t* at) const {
    return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(at)) + origin_;
  }
  [[nodiscard]] bool leb(uint32_t bits, uint32_t sign);
  [[nodiscard]] bool long_leb(uint32_t bits, uint32_t sign);

  const uint8_t* cursor_ = nullptr;
  const uint8_t* end_ = nullptr;
  const uint8_t* all_end_ = nullptr;  // of the bytes that are there, whatever the limit
  const uint8_t* item_;               // where the last read began
  uint32_t origin_ = 0;               // what makes a pointer into the bytes a position
  uint32_t limit_ = kNoIndex;
  uint64_t bits_;
  uint32_t features_ = 0;
  uint32_t function_ = kNoIndex;

  // The error, but for what only linking can tell.
  ErrorCode code_ = ErrorCode::kOk;
  Feature feature_;
  ValueType expected_;
  ValueType actual_;
  uint32_t error_offset_;
  uint32_t index_;
};

// Checks UTF-8 (5.2.4) byte by byte; no overlong forms, surrogates or code points over U+10FFFF.
class Utf8Checker {
 public:
  // False: `byte` cannot follow what came before.
  [[nodiscard]] bool next(uint8_t byte);
  bool is_complete() const { return missing_ == 0; }

 private:
  uint8_t missing_ = 0;
  uint8_t low_;  // bounds of the next byte, if any is missing
  uint8_t high_;
};

}  // namespace mote::detail
