// Checked little-endian access to the guest's memory, and lists of buffers in it.
#pragma once

#include <stdint.h>

#include <mote/host.hpp>
#include <mote/wasi_errno.hpp>

namespace mote::wasi {

// Most buffers, or subscriptions, that one call may name: bounds its time.
constexpr uint32_t kMaxList = 1024;

// Bytes that a call moves before it looks whether the guest is to stop.
constexpr uint32_t kSlice = 65536;

// The first `size` of `bytes`, or all.
inline MutableBytes at_most(MutableBytes bytes, uint32_t size) {
  return bytes.size() > size ? MutableBytes(bytes.data(), size) : bytes;
}

inline uint32_t load_u32(const uint8_t* at) {
  return static_cast<uint32_t>(at[0]) | static_cast<uint32_t>(at[1]) << 8 |
         static_cast<uint32_t>(at[2]) << 16 | static_cast<uint32_t>(at[3]) << 24;
}
inline uint64_t load_u64(const uint8_t* at) {
  return load_u32(at) | static_cast<uint64_t>(load_u32(at + 4)) << 32;
}
inline void store_u32(uint8_t* at, uint32_t value) {
  for (int i = 0; i < 4; i++) at[i] = static_cast<uint8_t>(value >> (8 * i));
}
inline void store_u64(uint8_t* at, uint64_t value) {
  for (int i = 0; i < 8; i++) at[i] = static_cast<uint8_t>(value >> (8 * i));
}

// False: the range is not in the guest's memory.
inline bool get_u32(Host& host, uint32_t at, uint32_t* value) {
  const MutableBytes bytes = host.memory(at, 4);
  if (bytes.empty()) return false;
  *value = load_u32(bytes.data());
  return true;
}
inline bool put_u32(Host& host, uint32_t at, uint32_t value) {
  const MutableBytes bytes = host.memory(at, 4);
  if (bytes.empty()) return false;
  store_u32(bytes.data(), value);
  return true;
}
inline bool put_u64(Host& host, uint32_t at, uint64_t value) {
  const MutableBytes bytes = host.memory(at, 8);
  if (bytes.empty()) return false;
  store_u64(bytes.data(), value);
  return true;
}

// Moves one buffer, `slice` bytes at a time, and adds to `sum`. False: nothing follows in this
// call.
template <class Transfer>
bool transfer_buffer(Host& host, MutableBytes bytes, uint32_t slice, Transfer& transfer,
                     uint32_t* sum, Errno* error) {
  while (!bytes.empty()) {
    if (*sum != 0 && host.is_asked_to_stop()) return false;
    const MutableBytes next = at_most(bytes, slice);
    size_t moved = 0;
    *error = transfer(next, &moved);
    if (*error != kSuccess) return false;
    *sum += static_cast<uint32_t>(moved);
    if (moved < next.size()) return false;
    bytes = bytes.from(moved);
  }
  return true;
}

// Moves bytes between buffers that the guest lists (iovec: address and length, 4 bytes each) and
// whatever `transfer` stands for: Errno(MutableBytes bytes, size_t* count). Ends with the first
// slice that is not used up, when the guest is to stop, and when the sum would not fit 32 bits:
// buffers may overlap. What was moved before a failure counts. The sum goes to `sum_at` in the
// guest's memory.
template <class Transfer>
Errno transfer_list(Host& host, uint32_t list, uint32_t count, uint32_t sum_at, uint32_t slice,
                    Transfer transfer) {
  if (count > kMaxList) return kInvalid;
  if (host.memory(sum_at, 4).empty()) return kFault;
  uint32_t sum = 0;
  for (uint32_t i = 0; i < count; i++) {
    const uint64_t at = uint64_t{list} + uint64_t{i} * 8;
    if (at > UINT32_MAX) return kFault;
    const MutableBytes entry = host.memory(static_cast<uint32_t>(at), 8);
    if (entry.empty()) return kFault;
    const uint32_t address = load_u32(entry.data());
    const uint32_t length = load_u32(entry.data() + 4);
    if (length == 0) continue;
    if (length > UINT32_MAX - sum) break;
    const MutableBytes bytes = host.memory(address, length);
    if (bytes.empty()) return kFault;
    Errno error = kSuccess;
    if (!transfer_buffer(host, bytes, slice, transfer, &sum, &error)) {
      if (sum == 0 && error != kSuccess) return error;
      break;
    }
  }
  return put_u32(host, sum_at, sum) ? kSuccess : kFault;
}

}  // namespace mote::wasi
