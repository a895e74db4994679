// The handlers of this build: their names, and what the units behind each of them are.
#pragma once

#include <cstdint>
#include <vector>

#include "interp/handlers.hpp"

namespace mote::tool {

using detail::Handler;
using detail::Unit;

enum class OperandKind : uint8_t {
  // Values
  kSlot,
  kConstant,
  kAccumulator,        // no unit
  kResult,             // the slot that it goes to
  kAccumulatorResult,  // no unit: it goes to the accumulator only
  // Others
  kOffset,   // of a load or store
  kFirst,    // slot: the first of a run
  kTo,       // slot: the first of a run that is written
  kLink,     // slot: where the return address is
  kFrame,    // slot: where the frame of a callee begins
  kCount,    // of slots
  kTarget,   // of a branch
  kTargets,  // of br_table: their number but for the last, and all of them
  kFunction,
  kImport,  // an imported function, by its funcidx
  kGlobal,  // its cell
  kTable,
  kType,
  kMemory,
  kIndex,        // an immediate of the instruction
  kWay,          // what an outlined instruction does
  kRuntimeCall,  // which of runtime_calls.def
};

struct HandlerOperand {
  OperandKind kind;
  ValueType type;  // of a value
};

struct HandlerLayout {
  static constexpr uint32_t kMost = 5;

  const char* name;
  uint32_t count;
  HandlerOperand operands[kMost];  // in the order of their units
};

const HandlerLayout& layout_of(Handler handler);

// Units of an operand that begins at `at`: those of a table of targets stand there.
uint32_t units_of(OperandKind kind, ValueType type, const Unit* at);
// Units of the instruction, without that of its handler, whose operands begin at `at`.
uint32_t operand_units(Handler handler, const Unit* at);

// What a handler does: itself, or the handlers that are fused in it. `count` is 0 for none.
struct HandlerParts {
  uint32_t count;
  Handler handlers[3];
};

// Finds handlers by the unit that stands for them in code.
class HandlerIndex {
 public:
  HandlerIndex();
  // All that have this unit: a compiler can make one of two that do the same.
  std::vector<HandlerParts> find(Unit unit) const;

 private:
  struct Entry {
    Unit unit;
    HandlerParts parts;
  };
  std::vector<Entry> entries_;  // by unit
};

}  // namespace mote::tool
