// Moving bytes between the guest's memory and the system, as long as nobody wants the guest to
// stop.
#pragma once

#include "wasi/memory.hpp"

namespace mote::wasi {

// Bytes that a call moves before it looks whether the guest is to stop.
constexpr uint32_t kSlice = 65536;

// The first `size` of `bytes`, or all.
inline MutableBytes at_most(MutableBytes bytes, uint32_t size) {
  return bytes.size() > size ? MutableBytes(bytes.data(), size) : bytes;
}

// Moves bytes to or from the system. `*count` becomes how many, which can be less than all.
using Mover = Errno (*)(void* context, MutableBytes bytes, size_t* count);

// Moves the buffers that the guest lists (iovec: address and length, 4 bytes each), `slice` bytes
// at a time. Ends with the first slice that is not used up, when the guest is to stop, and when the
// sum would not fit 32 bits: buffers may overlap. What was moved before a failure counts. The sum
// goes to `sum_at` in the guest's memory.
Errno move_list(Host& host, uint32_t list, uint32_t count, uint32_t sum_at, uint32_t slice,
                Mover mover, void* context);

// The same with a callable object: Errno(MutableBytes bytes, size_t* count).
template <class Transfer>
Errno transfer_list(Host& host, uint32_t list, uint32_t count, uint32_t sum_at, uint32_t slice,
                    Transfer transfer) {
  const Mover mover = [](void* self, MutableBytes bytes, size_t* moved) {
    return (*static_cast<Transfer*>(self))(bytes, moved);
  };
  return move_list(host, list, count, sum_at, slice, mover, &transfer);
}

}  // namespace mote::wasi
