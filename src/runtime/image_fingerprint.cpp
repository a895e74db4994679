// The fingerprint of the engine's build, which ties images and snapshots to it; and the checksum of
// images.
#include "interp/code.hpp"
#include "runtime/image_format.hpp"

#if __has_include("mote_engine_sources.hpp")
// Made when building: MOTE_ENGINE_SOURCES, a hash of the sources of loader and engine.
#include "mote_engine_sources.hpp"
#elif !defined(MOTE_ENGINE_SOURCES) && (MOTE_FEATURE_SAVED_CODE || MOTE_FEATURE_SNAPSHOTS)
#error \
    "define MOTE_ENGINE_SOURCES as a text that changes with every change of src/, or MOTE_FEATURE_SAVED_CODE and MOTE_FEATURE_SNAPSHOTS as 0"
#endif

namespace mote::detail {

#if MOTE_FEATURE_SAVED_CODE || MOTE_FEATURE_SNAPSHOTS

namespace {

// FNV-1a, 64 bits.
constexpr uint64_t kHashStart = 0xCBF29CE484222325;
constexpr uint64_t kHashPrime = 0x00000100000001B3;

constexpr uint64_t hash_number(uint64_t hash, uint64_t number) {
  for (uint32_t i = 0; i < 8; i++) hash = (hash ^ (number >> (8 * i) & 0xFF)) * kHashPrime;
  return hash;
}
constexpr uint64_t hash_text(uint64_t hash, const char* text, size_t size) {
  for (size_t i = 0; i < size; i++) hash = (hash ^ static_cast<uint8_t>(text[i])) * kHashPrime;
  return hash;
}
template <size_t N>
constexpr uint64_t hash_text(uint64_t hash, const char (&text)[N]) {
  return hash_text(hash, text, N);
}

constexpr uint64_t fingerprint() {
  uint64_t hash = hash_text(kHashStart, MOTE_ENGINE_SOURCES);
  // The numbers of handlers: their names in order.
#define MOTE_HANDLER(name, ...) hash = hash_text(hash, #name);
#include "interp/handlers.def"
#define MOTE_FEATURE(name, text, level, built_in) \
  hash = hash_number(hash_text(hash, text), (built_in) != 0);
#include <mote/features.def>
#undef MOTE_FEATURE
  constexpr uint32_t kNumbers[] = {
      kImageFormat, MOTE_ENCODING, MOTE_HANDLERS, MOTE_FUSED, MOTE_DIRECTIONS, MOTE_CODE_OFFSETS,
      // Frames, and the units of operands.
      sizeof(void*), kSlotBytes, kLinkSlots, sizeof(Unit), kHandlerUnits, kSlotUnits, kU32Units,
      kU64Units, kOffsetUnits, kTargetUnits, kFunctionUnits, __BYTE_ORDER__};
  for (const uint32_t number : kNumbers) hash = hash_number(hash, number);
  return hash;
}

constexpr uint64_t kFingerprint = fingerprint();

}  // namespace

uint64_t engine_fingerprint() { return kFingerprint; }

#endif

// Four bits at a time: a table of 64 bytes, a quarter of the time of single bits.
uint32_t crc32(uint32_t crc, Bytes bytes) {
  static constexpr uint32_t kTable[16] = {0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC,
                                          0x76DC4190, 0x6B6B51F4, 0x4DB26158, 0x5005713C,
                                          0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C,
                                          0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C};
  for (const uint8_t byte : bytes) {
    crc ^= byte;
    crc = crc >> 4 ^ kTable[crc & 0xF];
    crc = crc >> 4 ^ kTable[crc & 0xF];
  }
  return crc;
}

}  // namespace mote::detail
