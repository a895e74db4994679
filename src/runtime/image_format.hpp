// The format of an image of saved code (see mote/image.hpp). Numbers are little-endian.
//
//   | header | 0xFF... | module up to its code | module after it | functions | code | 0xFF... |
//   0        64        first page that follows                    |           |      |       size
//                                                                 a code section     |
//                                                                             4-aligned
//
// Together, the parts of the module with the list of functions between them are a module in the
// binary format whose bodies are not Wasm: each tells the frame and the code of a function, as
// LEB128. So the loader's decoder reads all of an image but its header, with all of its checks:
//
//   size, 0 (no locals), slots of the frame, units of code, units of code and map for backtraces
//
// The code is that of all functions in a row, as it lay in the store.
#pragma once

#include <stdint.h>

#include <mote/config.hpp>
#include <mote/span.hpp>

namespace mote::detail {

constexpr uint32_t kImageFormat = 1;
constexpr uint8_t kImageMagic[4] = {0x00, 'm', 'o', 't'};

// Where the fields of the header are. Four bytes each, but for the fingerprint.
enum ImageField : uint32_t {
  kFieldMagic = 0,
  kFieldFormat = 4,
  kFieldFingerprint = 8,
  kFieldSize = 16,         // of the image
  kFieldModuleAt = 20,     // offset of the module
  kFieldBeforeCode = 24,   // its bytes up to the code section
  kFieldAfterCode = 28,    // and after it
  kFieldFunctions = 32,    // bytes of the list of functions
  kFieldCode = 36,         // bytes of code
  kFieldModuleBytes = 40,  // ModuleInfo of the module that was saved
  kFieldFunctionBytes = 44,
  kFieldMapBytes = 48,
  kFieldFeatures = 52,  // ModuleData::features
  kFieldReserved = 56,  // 0
  kFieldCrc = 60,       // of all that follows the header, then of the header up to here
};
constexpr uint32_t kImageHeaderBytes = 64;
constexpr uint8_t kImagePadding = 0xFF;  // erased flash

inline uint32_t read_field(const uint8_t* at) {
  return static_cast<uint32_t>(at[0]) | static_cast<uint32_t>(at[1]) << 8 |
         static_cast<uint32_t>(at[2]) << 16 | static_cast<uint32_t>(at[3]) << 24;
}
inline void write_field(uint8_t* at, uint32_t value) {
  for (uint32_t i = 0; i < 4; i++) at[i] = static_cast<uint8_t>(value >> (8 * i));
}

// CRC-32 (IEEE 802.3): finds every damage of up to 32 bits in a row, whatever the length. `crc` is
// kCrcStart at first; the value for the header is its complement.
constexpr uint32_t kCrcStart = 0xFFFFFFFF;
uint32_t crc32(uint32_t crc, Bytes bytes);

// What the meaning of code depends on, in one number: see image_fingerprint.cpp.
uint64_t engine_fingerprint();

}  // namespace mote::detail
