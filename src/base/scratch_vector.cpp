// Growing arrays in the arena's scratch end: see scratch_vector.hpp.
#include "base/scratch_vector.hpp"

namespace mote::detail {

void* ScratchStorage::add(uint32_t count, uint32_t element_size) {
  if (count > capacity_ - size_) {
    const uint32_t most = static_cast<uint32_t>(UINT32_MAX) / element_size;
    if (count > most - size_) return nullptr;
    // Small at first: most functions are.
    uint32_t capacity = capacity_ != 0 ? capacity_ : element_size >= 12 ? 2 : 8;
    while (capacity < size_ + count) capacity = capacity > most / 2 ? most : capacity * 2;
    const size_t old_bytes = size_t{capacity_} * element_size;
    const size_t bytes = size_t{capacity} * element_size;
    void* data = arena_->extend_scratch(data_, old_bytes, bytes);
    if (data == nullptr) {
      data = arena_->allocate_scratch(bytes, 8);
      if (data == nullptr) return nullptr;
      if (size_ != 0) memcpy(data, data_, size_t{size_} * element_size);
    }
    data_ = data;
    capacity_ = capacity;
  }
  void* const at = static_cast<uint8_t*>(data_) + size_t{size_} * element_size;
  size_ += count;
  return at;
}

}  // namespace mote::detail
