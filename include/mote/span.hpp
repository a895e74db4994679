// Views of memory that somebody else owns. No allocation, no ownership, no bounds checks; nothing
// here can fail. Takes constant time where no cost is given.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace mote {

// `size()` elements starting at `data()`. Valid as long as the memory it refers to.
template <class T>
class Span {
 public:
  constexpr Span() = default;
  // `size` elements at `data`.
  constexpr Span(T* data, size_t size) : data_(data), size_(size) {}
  // All of an array.
  template <size_t N>
  constexpr Span(T (&array)[N]) : data_(array), size_(N) {}
  // A span of mutable elements converts to a span of constant ones.
  template <class U>
  constexpr Span(const Span<U>& other) : data_(other.data()), size_(other.size()) {}

  // The first element. May be null if there are none.
  constexpr T* data() const { return data_; }
  // Number of elements.
  constexpr size_t size() const { return size_; }
  // Whether there are none.
  constexpr bool empty() const { return size_ == 0; }
  // For loops: the first element. May be null if there are none.
  constexpr T* begin() const { return data_; }
  // For loops: behind the last element. May be null if there are none.
  constexpr T* end() const { return data_ + size_; }
  // `index` must be below size().
  constexpr T& operator[](size_t index) const { return data_[index]; }
  // Elements [first, size()), empty if there are none left. `first` must not exceed size().
  constexpr Span from(size_t first) const { return Span(data_ + first, size_ - first); }

 private:
  T* data_ = nullptr;
  size_t size_ = 0;
};

// Bytes to read.
using Bytes = Span<const uint8_t>;
// Bytes to read and write.
using MutableBytes = Span<uint8_t>;

// UTF-8 text with its length; not terminated by a zero byte.
class StringView {
 public:
  constexpr StringView() = default;
  // `size` bytes at `data`.
  constexpr StringView(const char* data, size_t size) : data_(data), size_(size) {}
  // From a zero-terminated string. Cost: its length.
  constexpr StringView(const char* text) : data_(text), size_(length(text)) {}

  // The first byte. Never null for a text that was made from one, or from nothing.
  constexpr const char* data() const { return data_; }
  // Number of bytes.
  constexpr size_t size() const { return size_; }
  // Whether there are none.
  constexpr bool empty() const { return size_ == 0; }
  // `index` must be below size().
  constexpr char operator[](size_t index) const { return data_[index]; }

  // Whether both have the same bytes. Cost: the length.
  friend constexpr bool operator==(StringView a, StringView b) {
    return a.size_ == b.size_ && __builtin_memcmp(a.data_, b.data_, a.size_) == 0;
  }
  // Whether they differ. Cost: the length.
  friend constexpr bool operator!=(StringView a, StringView b) { return !(a == b); }

 private:
  static constexpr size_t length(const char* text) {
    size_t n = 0;
    while (text[n] != 0) n++;
    return n;
  }

  const char* data_ = "";
  size_t size_ = 0;
};

}  // namespace mote
