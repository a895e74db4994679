// Numbers of handlers, and how the translator finds the right variant of an instruction.
#pragma once

#include <stdint.h>

#include <mote/config.hpp>

#include "interp/code.hpp"
#include "interp/forms.hpp"
#include "loader/instruction.hpp"

namespace mote::detail {

enum class Handler : uint16_t {
#define MOTE_HANDLER(name, ...) k##name,
#include "interp/handlers.def"
  kCount,
};

// Instructions that the runtime carries out.
enum class RuntimeOp : uint8_t {
#define MOTE_RUNTIME_CALL(name, ...) k##name,
#include "interp/runtime_calls.def"
};

// The handler that takes its value from the accumulator follows the one that takes it from a slot.
constexpr Handler accumulated(Handler from_slot, bool accumulator) {
  return static_cast<Handler>(static_cast<uint32_t>(from_slot) + (accumulator ? 1 : 0));
}
// First variant of each arithmetic, load or store instruction; for one that is outlined, its way
// (outlined.hpp). kCount for others.
Handler first_handler(Op op);
// Name of a handler, for the disassembler and tests.
const char* name_of(Handler handler);

// Writes the handler's unit.
void write_handler(Unit* at, Handler handler);
#if MOTE_FUSED
uintptr_t address_of(Handler handler);
#endif

}  // namespace mote::detail
