// Fused instructions: two that follow each other, in one handler.
//
//   apart   | handler 1 | operands 1 | handler 2 | operands 2 |
//   fused   | handler F | operands 1 | operands 2 |
//
// A fused handler is the bodies of both, one after the other: nothing is written twice, and between
// them the compiler keeps values in registers. It saves a dispatch, which costs more than what most
// instructions compute. Which pairs exist is a list of families, fused.def: every first of a family
// with every second.
//
// The second half may be one that cannot go on (memory to be backed, fuel to be looked at). The
// first half is done then, so the handler of the second alone takes over: its operands lie as if it
// stood one unit before them (ExecutionData::second_half). A third instruction joins a pair in the
// same way; then the rest of it must be a pair as well.
#pragma once

#include <stdint.h>

#include "interp/handlers.hpp"

#if MOTE_FUSED

namespace mote::detail {

enum class FusedHandler : uint16_t {
  kNone,
#define MOTE_FUSED_PAIR(first, second) k##first##__##second,
#define MOTE_FUSED_TRIPLE(first, second, third) k##first##__##second##__##third,
#include "interp/fused.def"
  kCount,
};

// One row of numbers for all handlers: those of Handler, then those of FusedHandler.
constexpr uint32_t kFirstFused = static_cast<uint32_t>(Handler::kCount);
constexpr uint32_t number_of_fused(FusedHandler fused) {
  return kFirstFused + static_cast<uint32_t>(fused);
}
// Whether anything can be joined to the handler.
bool is_first(uint32_t number);
// The number of the handler that does `first` and then `second`; 0: there is none.
uint32_t find_fused(uint32_t first, Handler second);
uintptr_t address_of_number(uint32_t number);
// Address of a handler by its place in a part of the list.
template <uint32_t kPart>
uintptr_t fused_address(uint32_t index);
template <>
uintptr_t fused_address<1>(uint32_t index);
template <>
uintptr_t fused_address<2>(uint32_t index);
template <>
uintptr_t fused_address<3>(uint32_t index);
template <>
uintptr_t fused_address<4>(uint32_t index);
template <>
uintptr_t fused_address<5>(uint32_t index);

}  // namespace mote::detail

#endif
