// Opcodes and names of instructions; only tools and tests need them.
#include "loader/instruction.hpp"

namespace mote::detail {

uint16_t code_of(Op op) {
  static constexpr uint16_t kCodes[] = {
      0xFFFF,  // illegal
#define MOTE_INSTRUCTION(code, ...) code,
#include "loader/instructions.def"
  };
  return kCodes[static_cast<uint8_t>(op)];
}

const char* name_of(Op op) {
  static constexpr const char* kNames[] = {
      "illegal",
#define MOTE_INSTRUCTION(code, name, text, ...) text,
#include "loader/instructions.def"
  };
  return kNames[static_cast<uint8_t>(op)];
}

}  // namespace mote::detail
