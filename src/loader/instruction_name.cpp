// Names of instructions in the text format; only tools and tests need them.
#include "loader/instruction.hpp"

namespace mote::detail {

const char* name_of(Op op) {
  static constexpr const char* kNames[] = {
      "illegal",
#define MOTE_CONTROL(code, name, text, ...) text,
#define MOTE_CONST MOTE_CONTROL
#define MOTE_UNARY MOTE_CONTROL
#define MOTE_UNARY_TRAP MOTE_CONTROL
#define MOTE_BINARY MOTE_CONTROL
#define MOTE_BINARY_TRAP MOTE_CONTROL
#define MOTE_COMPARE MOTE_CONTROL
#define MOTE_TEST MOTE_CONTROL
#define MOTE_LOAD MOTE_CONTROL
#define MOTE_STORE MOTE_CONTROL
#include "loader/instructions.def"
  };
  return kNames[static_cast<uint8_t>(op)];
}

}  // namespace mote::detail
