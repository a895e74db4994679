// How translated code is stored: the encoding policy.
//
// Code is a sequence of units. An instruction is its handler followed by its operands:
//
//   handler | source a | source b | immediates | destination
//
// Each operand takes a fixed number of units that depends on its kind only:
//
//                  compact (uint16_t)              wide (one pointer-sized cell each)
//   handler        number of the handler           address of the handler
//   slot           number of the 32-bit slot       byte offset of the slot from the frame
//   u32, u64       2 or 4 units                    the value (u64: two cells on 32-bit hosts)
//   offset         0 to 65535                      the value: offset of a load or store
//   target         signed distance in units, 2     address of the instruction
//   function       index, 2 units                  address of its FunctionCode
//
// Compact code holds no addresses: it can be moved, saved, and run from read-only memory.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <mote/config.hpp>

#include "interp/forms.hpp"
#include "interp/semantics.hpp"
#include "loader/module_data.hpp"

namespace mote::detail {

constexpr uint32_t kSlotBytes = 4;

#if MOTE_ENCODING == MOTE_ENCODING_WIDE

using Unit = uintptr_t;
constexpr uint32_t kHandlerUnits = 1;
constexpr uint32_t kSlotUnits = 1;
constexpr uint32_t kU32Units = 1;
constexpr uint32_t kU64Units = 8 / sizeof(Unit);
constexpr uint32_t kOffsetUnits = 1;
constexpr uint32_t kMaxOffset = 0xFFFFFFFF;
constexpr uint32_t kTargetUnits = 1;
constexpr uint32_t kFunctionUnits = 1;

// Byte offset from the frame.
MOTE_INLINE size_t read_slot(const Unit* at) { return *at; }
MOTE_INLINE void write_slot(Unit* at, uint32_t slot) { *at = slot * kSlotBytes; }
// A small number in the place of a slot.
MOTE_INLINE uint32_t read_number(const Unit* at) { return static_cast<uint32_t>(*at); }
MOTE_INLINE void write_number(Unit* at, uint32_t number) { *at = number; }
MOTE_INLINE uint32_t read_u32(const Unit* at) { return static_cast<uint32_t>(*at); }
MOTE_INLINE void write_u32(Unit* at, uint32_t value) { *at = value; }
// As wide as the unit, so that it can be added where it lies.
MOTE_INLINE uintptr_t read_offset(const Unit* at) { return *at; }
MOTE_INLINE void write_offset(Unit* at, uint32_t offset) { *at = offset; }
MOTE_INLINE const Unit* read_target(const Unit* at) { return reinterpret_cast<const Unit*>(*at); }
MOTE_INLINE void write_target(Unit* at, const Unit* target) {
  *at = reinterpret_cast<uintptr_t>(target);
}
MOTE_INLINE const FunctionCode& read_function(const Unit* at, const FunctionCode*) {
  return *reinterpret_cast<const FunctionCode*>(*at);
}
MOTE_INLINE void write_function(Unit* at, const FunctionCode* functions, uint32_t index) {
  *at = reinterpret_cast<uintptr_t>(&functions[index]);
}

#else

using Unit = uint16_t;
constexpr uint32_t kHandlerUnits = 1;
constexpr uint32_t kSlotUnits = 1;
constexpr uint32_t kU32Units = 2;
constexpr uint32_t kU64Units = 4;
constexpr uint32_t kOffsetUnits = 1;
constexpr uint32_t kMaxOffset = 0xFFFF;
constexpr uint32_t kTargetUnits = 2;
constexpr uint32_t kFunctionUnits = 2;

MOTE_INLINE size_t read_slot(const Unit* at) { return static_cast<size_t>(*at) * kSlotBytes; }
MOTE_INLINE void write_slot(Unit* at, uint32_t slot) { *at = static_cast<Unit>(slot); }
MOTE_INLINE uint32_t read_number(const Unit* at) { return *at; }
MOTE_INLINE void write_number(Unit* at, uint32_t number) { *at = static_cast<Unit>(number); }
MOTE_INLINE uint32_t read_u32(const Unit* at) { return at[0] | static_cast<uint32_t>(at[1]) << 16; }
MOTE_INLINE void write_u32(Unit* at, uint32_t value) {
#if defined(__ARM_FEATURE_UNALIGNED) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  memcpy(at, &value,
         sizeof value);  // one instruction, for which compilers take two stores otherwise
#else
  at[0] = static_cast<Unit>(value);
  at[1] = static_cast<Unit>(value >> 16);
#endif
}
MOTE_INLINE uint32_t read_offset(const Unit* at) { return *at; }
MOTE_INLINE void write_offset(Unit* at, uint32_t offset) { *at = static_cast<Unit>(offset); }
MOTE_INLINE int32_t read_distance(const Unit* at) { return static_cast<int32_t>(read_u32(at)); }
MOTE_INLINE const Unit* read_target(const Unit* at) { return at + read_distance(at); }
MOTE_INLINE void write_target(Unit* at, const Unit* target) {
  write_u32(at, static_cast<uint32_t>(static_cast<int32_t>(target - at)));
}
MOTE_INLINE const FunctionCode& read_function(const Unit* at, const FunctionCode* functions) {
  return functions[read_u32(at)];
}
MOTE_INLINE void write_function(Unit* at, const FunctionCode*, uint32_t index) {
  write_u32(at, index);
}

#endif

// Whether a branch has a handler for each direction, or one that looks at the distance.
#if MOTE_ENCODING == MOTE_ENCODING_COMPACT && MOTE_HANDLERS == MOTE_HANDLERS_SMALL
#define MOTE_DIRECTIONS 1
#else
#define MOTE_DIRECTIONS 2
#endif

MOTE_INLINE uint64_t read_u64(const Unit* at) {
  if constexpr (kU64Units == 1) {
    return static_cast<uint64_t>(*at);
  } else {
    return read_u32(at) | static_cast<uint64_t>(read_u32(at + kU64Units / 2)) << 32;
  }
}
MOTE_INLINE void write_u64(Unit* at, uint64_t value) {
  if constexpr (kU64Units == 1) {
    *at = static_cast<Unit>(value);
  } else {
    write_u32(at, static_cast<uint32_t>(value));
    write_u32(at + kU64Units / 2, static_cast<uint32_t>(value >> 32));
  }
}

// Units of a result, and of an address: that of class C is part of the offset.
constexpr uint32_t result_units(Dst dst) { return dst == Dst::D ? kSlotUnits : 0; }
constexpr uint32_t address_units(Src src) { return src == Src::S ? kSlotUnits : 0; }

// A link is the return address of a call, kept in the frame of the callee.
constexpr uint32_t kLinkSlots = sizeof(void*) / kSlotBytes;

}  // namespace mote::detail
