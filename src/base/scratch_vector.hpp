// A growing array in the arena's scratch end, for work that ends with the load.
#pragma once

#include <stdint.h>
#include <string.h>

#include "base/arena.hpp"

namespace mote::detail {

// What all arrays share, whatever their elements are. reset() comes first.
class ScratchStorage {
 public:
  void reset(Arena* arena) {
    arena_ = arena;
    data_ = nullptr;
    size_ = capacity_ = 0;
  }
  void pop() { size_--; }
  void truncate(uint32_t size) { size_ = size; }
  void clear() { size_ = 0; }
  uint32_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 protected:
  // Makes room for `count` more elements and counts them in. Where they are, or null.
  [[nodiscard]] void* add(uint32_t count, uint32_t element_size);

  // Set by reset().
  Arena* arena_;
  void* data_;
  uint32_t size_;
  uint32_t capacity_;
};

// T must be trivially copyable. Grows by doubling; what it outgrows stays taken until the scratch
// end is rolled back, unless the array is the lowest scratch block.
template <class T>
class ScratchVector : public ScratchStorage {
 public:
  [[nodiscard]] bool push(const T& value) {
    T* const at = add();
    if (at == nullptr) return false;
    memcpy(static_cast<void*>(at), &value, sizeof(T));
    return true;
  }
  // A new last element, uninitialized, or null.
  [[nodiscard]] T* add() {
    // Where code size matters little, the common case is no call.
    if (sizeof(void*) == 8 && size_ < capacity_) return data() + size_++;
    return static_cast<T*>(ScratchStorage::add(1, sizeof(T)));
  }
  // `count` must not be 0.
  [[nodiscard]] bool append(const T* values, uint32_t count) {
    void* const at = ScratchStorage::add(count, sizeof(T));
    if (at == nullptr) return false;
    memcpy(at, values, count * sizeof(T));
    return true;
  }
  void copy_to(T* out) const {
    if (size_ != 0) memcpy(static_cast<void*>(out), data_, size_ * sizeof(T));
  }

  T& operator[](uint32_t index) { return data()[index]; }
  const T& operator[](uint32_t index) const { return static_cast<const T*>(data_)[index]; }
  T& back() { return data()[size_ - 1]; }
  T* data() { return static_cast<T*>(data_); }
};

}  // namespace mote::detail
