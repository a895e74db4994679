// Numbers of handlers: see handlers.hpp.
#include "interp/handlers.hpp"

namespace mote::detail {

Handler first_handler(Op op) {
  static constexpr Handler kFirst[] = {
      Handler::kCount,  // illegal
#define MOTE_CONTROL(...) Handler::kCount,
#define MOTE_CONST(...) Handler::kCount,
#define MOTE_UNARY(code, name, ...) Handler::k##name##_SD,
#define MOTE_UNARY_TRAP MOTE_UNARY
#define MOTE_TEST MOTE_UNARY
#define MOTE_BINARY(code, name, ...) Handler::k##name##_SSD,
#define MOTE_BINARY_TRAP MOTE_BINARY
#define MOTE_COMPARE MOTE_BINARY
#define MOTE_LOAD(code, name, ...) Handler::k##name##_SD,
#define MOTE_STORE(code, name, ...) Handler::k##name##_SS,
#include "loader/instructions.def"
  };
  return kFirst[static_cast<uint8_t>(op)];
}

const char* name_of(Handler handler) {
  static constexpr const char* kNames[] = {
#define MOTE_HANDLER(name, ...) #name,
#include "interp/handlers.def"
      "?",
  };
  return kNames[static_cast<uint16_t>(handler)];
}

}  // namespace mote::detail
