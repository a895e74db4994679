// Checked little-endian access to the guest's memory.
#pragma once

#include <stdint.h>

#include <mote/host.hpp>
#include <mote/wasi_errno.hpp>

namespace mote::wasi {

// Most buffers, or subscriptions, that one call may name: bounds its time.
constexpr uint32_t kMaxList = 1024;

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

}  // namespace mote::wasi
