// A growing array in the arena's scratch end, for work that ends with the load.
#pragma once

#include <stdint.h>
#include <string.h>

#include "base/arena.hpp"

namespace mote::detail {

// T must be trivially copyable. Grows by doubling; what it outgrows stays taken until the scratch
// end is rolled back, unless the array is the lowest scratch block.
template <class T>
class ScratchVector {
 public:
  void reset(Arena* arena) {
    arena_ = arena;
    data_ = nullptr;
    size_ = capacity_ = 0;
  }

  [[nodiscard]] bool push(const T& value) {
    if (size_ == capacity_ && !grow(size_ + 1)) return false;
    data_[size_++] = value;
    return true;
  }
  [[nodiscard]] bool append(const T* values, uint32_t count) {
    if (count > capacity_ - size_ && !grow(size_ + count)) return false;
    if (count != 0) memcpy(static_cast<void*>(data_ + size_), values, count * sizeof(T));
    size_ += count;
    return true;
  }
  void copy_to(T* out) const {
    if (size_ != 0) memcpy(static_cast<void*>(out), data_, size_ * sizeof(T));
  }
  void pop() { size_--; }
  void truncate(uint32_t size) { size_ = size; }
  void clear() { size_ = 0; }

  T& operator[](uint32_t index) { return data_[index]; }
  const T& operator[](uint32_t index) const { return data_[index]; }
  T& back() { return data_[size_ - 1]; }
  T* data() { return data_; }
  uint32_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  [[nodiscard]] bool grow(uint32_t needed) {
    // Small at first: most functions are.
    constexpr uint32_t kFirst = sizeof(T) >= 16 ? 4 : 8;
    uint32_t capacity = capacity_ < kFirst ? kFirst : capacity_;
    while (capacity < needed) {
      if (capacity > UINT32_MAX / 2) return false;
      capacity *= 2;
    }
    if (capacity == capacity_) capacity *= 2;
    if (capacity > SIZE_MAX / sizeof(T)) return false;
    if (data_ != nullptr) {
      void* moved = arena_->extend_scratch(data_, capacity_ * sizeof(T), capacity * sizeof(T));
      if (moved != nullptr) {
        data_ = static_cast<T*>(moved);
        capacity_ = capacity;
        return true;
      }
    }
    T* data = static_cast<T*>(arena_->allocate_scratch(capacity * sizeof(T), 8));
    if (data == nullptr) return false;
    if (size_ != 0) memcpy(static_cast<void*>(data), data_, size_ * sizeof(T));
    data_ = data;
    capacity_ = capacity;
    return true;
  }

  Arena* arena_ = nullptr;
  T* data_ = nullptr;
  uint32_t size_ = 0;
  uint32_t capacity_ = 0;
};

}  // namespace mote::detail
