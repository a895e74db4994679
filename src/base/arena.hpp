// The arena: all memory of a store, handed out from both ends of one buffer.
//
//      low_                                     high_
//   |xxxxx|.........................................|xxxxxx|
//   long-lived: modules, instances,        scratch: the load in progress,
//   linear memory (last one can grow)      stacks of executions
//
// Nothing is freed one by one. What is no longer needed at an end is given back by rolling that
// end back to an earlier mark. There is no free list, so there is no fragmentation.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <mote/config.hpp>
#include <mote/span.hpp>

namespace mote::detail {

class Arena {
 public:
  Arena(MutableBytes buffer, bool buffer_is_zero);

  // Long-lived memory, aligned to `alignment` (a power of two), content undefined. Null when it
  // does not fit.
  [[nodiscard]] void* allocate(size_t size, size_t alignment);
  // Scratch memory from the other end. Null when it does not fit.
  [[nodiscard]] void* allocate_scratch(size_t size, size_t alignment);

  // Array of `count` uninitialized T, or null. Checks the multiplication.
  template <class T>
  [[nodiscard]] T* allocate_array(size_t count) {
    if (count > SIZE_MAX / sizeof(T)) return nullptr;
    return static_cast<T*>(allocate(count * sizeof(T), alignof(T)));
  }
  template <class T>
  [[nodiscard]] T* allocate_scratch_array(size_t count) {
    if (count > SIZE_MAX / sizeof(T)) return nullptr;
    return static_cast<T*>(allocate_scratch(count * sizeof(T), alignof(T)));
  }

  // Grows the long-lived block that ends at `block + old_size` in place. Only the last block can.
  [[nodiscard]] bool extend(const void* block, size_t old_size, size_t new_size);
  // Gives back the tail of the last long-lived block.
  void shrink(const void* block, size_t old_size, size_t new_size);
  // The same for the lowest scratch block, which grows downwards. Returns its new start, with the
  // old content at its beginning, or null.
  [[nodiscard]] void* extend_scratch(void* block, size_t old_size, size_t new_size);
  // Whether `at` points into long-lived memory that is handed out.
  bool has(const void* at) const {
    const uint8_t* const byte = static_cast<const uint8_t*>(at);
    return byte >= begin_ && byte < low_;
  }
  bool is_last(const void* block, size_t size) const {
    return static_cast<const uint8_t*>(block) + size == low_;
  }

  // The same as allocate() and extend(), with the new bytes zero. Bytes that are known to be zero
  // already are not written.
  [[nodiscard]] void* allocate_zeroed(size_t size, size_t alignment);
  [[nodiscard]] bool extend_zeroed(const void* block, size_t old_size, size_t new_size);

  struct Mark {
    uint8_t* low;
    uint8_t* high;
  };
  Mark mark() const { return {low_, high_}; }
  void roll_back_low(const Mark& mark) { low_ = mark.low > floor_ ? mark.low : floor_; }
  // What is long-lived by now stays, also if an older mark is rolled back to.
  void keep_low() { floor_ = low_; }
  void roll_back_high(const Mark& mark) { high_ = mark.high; }

  size_t total() const { return static_cast<size_t>(end_ - begin_); }
  size_t used_low() const { return static_cast<size_t>(low_ - begin_); }
  size_t used_high() const { return static_cast<size_t>(end_ - high_); }
  size_t used_at(const Mark& mark) const {
    return static_cast<size_t>((mark.low - begin_) + (end_ - mark.high));
  }
  size_t free_bytes() const { return static_cast<size_t>(high_ - low_); }
  // What long-lived memory can still take: all that is free, or less (limit_low()).
#if MOTE_FEATURE_QUOTAS
  size_t free_low() const { return static_cast<size_t>((is_limited() ? limit_ : high_) - low_); }
  // Long-lived memory may grow by so much only, until the next call of this.
  void limit_low(size_t bytes) { limit_ = bytes < free_bytes() ? low_ + bytes : end_; }
  bool is_limited() const { return limit_ < high_; }
#else
  size_t free_low() const { return free_bytes(); }
#endif
  size_t peak() const { return peak_; }
  // Starts a new measurement of peak(); returns the old peak.
  size_t restart_peak();
  void raise_peak(size_t at_least) {
    if (peak_ < at_least) peak_ = at_least;
  }

 private:
  void note_use();
  void clear_used(uint8_t* begin, uint8_t* end);

  uint8_t* begin_;
  uint8_t* end_;
  uint8_t* low_;
  uint8_t* high_;
  uint8_t* floor_;
  // Bytes in [clean_low_, clean_high_) were never handed out; they are zero if the buffer was.
  uint8_t* clean_low_;
  uint8_t* clean_high_;
  size_t peak_ = 0;
#if MOTE_FEATURE_QUOTAS
  uint8_t* limit_;  // of long-lived memory, if below high_
#endif
};

}  // namespace mote::detail
