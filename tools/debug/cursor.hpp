// Reads little-endian numbers, LEB128 and strings of bytes that nobody has checked. A read beyond
// the end gives zeros and makes the cursor fail for good: whoever reads a lot asks at the end.
#pragma once

#include <cstdint>
#include <cstring>
#include <mote/span.hpp>
#include <string_view>

namespace mote::tool {

class Cursor {
 public:
  explicit Cursor(Bytes bytes, size_t at = 0) : bytes_(bytes) { seek(at); }

  bool ok() const { return ok_; }
  size_t position() const { return at_; }
  size_t left() const { return bytes_.size() - at_; }
  bool at_end() const { return left() == 0; }
  void fail() {
    ok_ = false;
    at_ = bytes_.size();
  }
  void seek(size_t at) {
    at_ = at;
    if (at > bytes_.size()) fail();
  }
  void skip(uint64_t count) {
    if (count > left()) return fail();
    at_ += static_cast<size_t>(count);
  }

  // `size`: 1 to 8 bytes.
  uint64_t fixed(uint32_t size) {
    if (size > left()) {
      fail();
      return 0;
    }
    uint64_t value = 0;
    for (uint32_t i = 0; i < size; i++) value |= uint64_t{bytes_[at_ + i]} << (8 * i);
    at_ += size;
    return value;
  }
  uint8_t u8() { return static_cast<uint8_t>(fixed(1)); }
  uint16_t u16() { return static_cast<uint16_t>(fixed(2)); }
  uint32_t u32() { return static_cast<uint32_t>(fixed(4)); }

  // Bits beyond the 64th are dropped.
  uint64_t uleb() {
    uint32_t bits;
    return leb(&bits);
  }
  int64_t sleb() {
    uint32_t bits;
    uint64_t value = leb(&bits);
    if (bits < 64 && bits != 0 && (value >> (bits - 1) & 1) != 0) value |= ~uint64_t{0} << bits;
    return static_cast<int64_t>(value);
  }

  // Up to a zero byte, which must be there.
  std::string_view string() {
    const char* const from = reinterpret_cast<const char*>(bytes_.data()) + at_;
    const void* const end = left() == 0 ? nullptr : std::memchr(from, 0, left());
    if (end == nullptr) {
      fail();
      return {};
    }
    const std::string_view text(from, static_cast<size_t>(static_cast<const char*>(end) - from));
    at_ += text.size() + 1;
    return text;
  }

  // The next `count` bytes, as a cursor of their own.
  Bytes take(uint64_t count) {
    const size_t from = at_;
    skip(count);
    return ok_ ? Bytes(bytes_.data() + from, static_cast<size_t>(count)) : Bytes();
  }

 private:
  uint64_t leb(uint32_t* bits) {
    uint64_t value = 0;
    uint8_t byte = 0x80;
    uint32_t shift = 0;
    while ((byte & 0x80) != 0 && ok_) {
      byte = u8();
      if (shift < 64) {
        value |= static_cast<uint64_t>(byte & 0x7F) << shift;
        shift += 7;
      }
    }
    *bits = shift;
    return value;
  }

  Bytes bytes_;
  size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace mote::tool
