// The arena: see arena.hpp.
#include "base/arena.hpp"

#include <string.h>

// A test builds this file with a hook that refuses the n-th request (test/refusing_arena.cpp).
#ifndef MOTE_ARENA_REFUSES
#define MOTE_ARENA_REFUSES() false
#endif
// Fuzz targets build it with a gap between blocks, which they watch (test/fuzz/red_zone_arena.cpp).
#ifndef MOTE_ARENA_GAP
#define MOTE_ARENA_GAP 0
#define MOTE_ARENA_TAKES(begin, end) (void)0
#define MOTE_ARENA_LEAVES(begin, end) (void)0
#endif

namespace mote::detail {

Arena::Arena(MutableBytes buffer, bool buffer_is_zero)
    : begin_(buffer.data()),
      end_(buffer.data() + buffer.size()),
      low_(begin_),
      high_(end_),
      floor_(begin_),
      clean_low_(buffer_is_zero ? begin_ : end_),
      clean_high_(end_) {
#if MOTE_FEATURE_QUOTAS
  limit_ = end_;
#endif
  MOTE_ARENA_LEAVES(begin_, end_);
}

void Arena::note_use() {
  if (clean_low_ < low_) clean_low_ = low_;
  if (clean_high_ > high_) clean_high_ = high_;
  if (clean_high_ < clean_low_) clean_high_ = clean_low_;
  const size_t in_use = used_low() + used_high();
  if (peak_ < in_use) peak_ = in_use;
}

void* Arena::allocate(size_t size, size_t alignment) {
  const size_t padding =
      ((0 - reinterpret_cast<uintptr_t>(low_)) & (alignment - 1)) + MOTE_ARENA_GAP;
  const size_t available = free_low();
  if (MOTE_ARENA_REFUSES() || padding > available || size > available - padding) return nullptr;
  uint8_t* block = low_ + padding;
  low_ = block + size;
  MOTE_ARENA_LEAVES(block - MOTE_ARENA_GAP, block);
  MOTE_ARENA_TAKES(block, low_);
  note_use();
  return block;
}

void* Arena::allocate_scratch(size_t size, size_t alignment) {
  const size_t available = free_bytes();
  const size_t needed = size + MOTE_ARENA_GAP;
  if (MOTE_ARENA_REFUSES() || needed > available) return nullptr;
  uint8_t* block = high_ - needed;
  const size_t padding = reinterpret_cast<uintptr_t>(block) & (alignment - 1);
  if (padding > available - needed) return nullptr;
  block -= padding;
  MOTE_ARENA_LEAVES(block + size, high_);
  MOTE_ARENA_TAKES(block, block + size);
  high_ = block;
  note_use();
  return block;
}

bool Arena::extend(const void* block, size_t old_size, size_t new_size) {
  if (!is_last(block, old_size)) return false;
  if (MOTE_ARENA_REFUSES() || new_size - old_size > free_low()) return false;
  MOTE_ARENA_TAKES(low_, low_ + (new_size - old_size));
  low_ += new_size - old_size;
  note_use();
  return true;
}

void Arena::shrink(const void* block, size_t old_size, size_t new_size) {
  if (is_last(block, old_size)) low_ -= old_size - new_size;
}

void* Arena::extend_scratch(void* block, size_t old_size, size_t new_size) {
  if (block != high_ || block == nullptr) return nullptr;
  const size_t more = (new_size - old_size + 7) & ~size_t{7};
  if (MOTE_ARENA_REFUSES() || more > free_bytes()) return nullptr;
  high_ -= more;
  MOTE_ARENA_TAKES(high_, high_ + more);
  note_use();
  memmove(high_, block, old_size);
  return high_;
}

// Must come before note_use() has moved the clean bounds past the range.
void Arena::clear_used(uint8_t* begin, uint8_t* end) {
  uint8_t* used_end = end < clean_low_ ? end : clean_low_;
  if (begin < used_end) memset(begin, 0, static_cast<size_t>(used_end - begin));
  uint8_t* used_begin = begin > clean_high_ ? begin : clean_high_;
  if (used_begin < used_end) used_begin = used_end;
  if (used_begin < end) memset(used_begin, 0, static_cast<size_t>(end - used_begin));
}

void* Arena::allocate_zeroed(size_t size, size_t alignment) {
  uint8_t* const clean_low = clean_low_;
  uint8_t* const clean_high = clean_high_;
  uint8_t* block = static_cast<uint8_t*>(allocate(size, alignment));
  if (block == nullptr) return nullptr;
  uint8_t* const new_low = clean_low_;
  uint8_t* const new_high = clean_high_;
  clean_low_ = clean_low;
  clean_high_ = clean_high;
  clear_used(block, block + size);
  clean_low_ = new_low;
  clean_high_ = new_high;
  return block;
}

bool Arena::extend_zeroed(const void* block, size_t old_size, size_t new_size) {
  if (!is_last(block, old_size)) return false;
  if (MOTE_ARENA_REFUSES() || new_size - old_size > free_low()) return false;
  MOTE_ARENA_TAKES(low_, low_ + (new_size - old_size));
  clear_used(low_, low_ + (new_size - old_size));
  low_ += new_size - old_size;
  note_use();
  return true;
}

size_t Arena::restart_peak() {
  const size_t old = peak_;
  peak_ = used_low() + used_high();
  return old;
}

}  // namespace mote::detail
