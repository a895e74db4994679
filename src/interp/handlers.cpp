// Numbers of handlers: see handlers.hpp.
#include "interp/handlers.hpp"

#include "interp/outlined.hpp"

namespace mote::detail {

namespace {
// A number of a handler or function, in one byte if all fit.
template <bool kIsSmall>
struct Number {
  uint8_t value;
};
template <>
struct Number<false> {
  uint16_t value;
};
using HandlerNumber = Number<static_cast<uint32_t>(Handler::kCount) < 256>;

template <class T>
constexpr HandlerNumber number(T value) {
  return {static_cast<decltype(HandlerNumber::value)>(value)};
}
}  // namespace

Handler first_handler(Op op) {
  static constexpr HandlerNumber kFirst[] = {
      number(Handler::kCount),  // illegal
#define MOTE_CONTROL(...) number(Handler::kCount),
#define MOTE_CONST(...) number(Handler::kCount),
// What is outlined has its way here (outlined.hpp).
#define MOTE_FIRST(operand, result, name, form, way)              \
  MOTE_INLINED(operand, result, number(Handler::k##name##form), ) \
  MOTE_OUTLINED(operand, result, number(way), )
#define MOTE_UNARY(code, name, text, result, operand, feature) \
  MOTE_FIRST(operand, result, name, _SD, OutlinedFunction::k##name)
#define MOTE_UNARY_TRAP(code, name, text, result, operand, feature) \
  MOTE_FIRST(operand, result, name, _SD, truncate_way(static_cast<const semantics::name*>(nullptr)))
#define MOTE_UNARY_SATURATING MOTE_UNARY_TRAP
#define MOTE_ROUND(code, name, text, type, rounding, feature) \
  MOTE_FIRST(type, type, name, _SD, kRoundWay | static_cast<uint8_t>(Rounding::rounding))
#define MOTE_TEST(code, name, text, type, feature) \
  MOTE_FIRST(type, I32, name, _SD, OutlinedFunction::k##name)
#define MOTE_BINARY(code, name, text, type, ...) \
  MOTE_FIRST(type, type, name, _SSD, OutlinedFunction::k##name)
#define MOTE_F32_ARITHMETIC(code, name, ...) \
  MOTE_FIRST(F32, F32, name, _SSD, kFloatWay | static_cast<uint8_t>(FloatOp::k##name))
#define MOTE_BINARY_TRAP(code, name, text, type, ...) \
  MOTE_FIRST(type, type, name, _SSD, divide_way<semantics::name>())
#define MOTE_COMPARE(code, name, text, type, ...) \
  MOTE_FIRST(type, I32, name, _SSD, compare_way<semantics::name>())
// A type that is moved as an integer has no loads and stores of its own.
#define MOTE_MOVED_HANDLER(type, moved, as_integer) \
  MOTE_FORMS_PASTE(MOTE_MOVED_HANDLER_, MOTE_MOVED_##type, )(moved, as_integer)
#define MOTE_MOVED_HANDLER_0(moved, as_integer) number(Handler::k##as_integer),
#define MOTE_MOVED_HANDLER_1(moved, as_integer) number(Handler::k##moved),
#define MOTE_INTEGER_F32 I32
#define MOTE_INTEGER_F64 I64
#define MOTE_INTEGER_I32 I32
#define MOTE_INTEGER_I64 I64
#define MOTE_LOAD(code, name, text, type, ...) \
  MOTE_MOVED_HANDLER(type, name##_SD, MOTE_FORMS_PASTE(MOTE_INTEGER_##type, Load_SD, ))
#define MOTE_STORE(code, name, text, type, ...) \
  MOTE_MOVED_HANDLER(type, name##_SS, MOTE_FORMS_PASTE(MOTE_INTEGER_##type, Store_SS, ))
#include "loader/instructions.def"
  };
  return static_cast<Handler>(kFirst[static_cast<uint8_t>(op)].value);
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
