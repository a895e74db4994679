// Error numbers of WASI, and checked little-endian access to the guest's memory.
#pragma once

#include <stdint.h>

#include <mote/host.hpp>

namespace mote::wasi {

constexpr uint32_t kSuccess = 0;
constexpr uint32_t kBadDescriptor = 8;
constexpr uint32_t kFault = 21;
constexpr uint32_t kInvalid = 28;
constexpr uint32_t kInputOutput = 29;
constexpr uint32_t kNotImplemented = 52;
constexpr uint32_t kNotSupported = 58;
constexpr uint32_t kIllegalSeek = 70;
constexpr uint32_t kNotCapable = 76;

inline uint32_t load_u32(const uint8_t* at) {
  return static_cast<uint32_t>(at[0]) | static_cast<uint32_t>(at[1]) << 8 |
         static_cast<uint32_t>(at[2]) << 16 | static_cast<uint32_t>(at[3]) << 24;
}
inline uint64_t load_u64(const uint8_t* at) {
  return load_u32(at) | static_cast<uint64_t>(load_u32(at + 4)) << 32;
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
  for (size_t i = 0; i < 4; i++) bytes[i] = static_cast<uint8_t>(value >> (8 * i));
  return true;
}
inline bool put_u64(Host& host, uint32_t at, uint64_t value) {
  const MutableBytes bytes = host.memory(at, 8);
  if (bytes.empty()) return false;
  store_u64(bytes.data(), value);
  return true;
}

}  // namespace mote::wasi
