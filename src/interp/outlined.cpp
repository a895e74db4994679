// Outlined arithmetic: see outlined.hpp.
#include "interp/outlined.hpp"

#include "interp/machine.hpp"

namespace mote::detail {

namespace {

template <class Op>
[[maybe_unused]] ErrorCode unary(const uint8_t* a, uint8_t* result) {
  using T = typename Op::Operand;
  using R = typename Op::Result;
  if constexpr (Op::kTraps) {
    R value;
    const ErrorCode code = Op::apply(load_slot<T>(a, 0), &value);
    if (code == ErrorCode::kOk) store_slot<R>(result, 0, value);
    return code;
  } else {
    store_slot<R>(result, 0, Op::apply(load_slot<T>(a, 0)));
    return ErrorCode::kOk;
  }
}

template <class Op>
[[maybe_unused]] ErrorCode binary(const uint8_t* a, const uint8_t* b, uint8_t* result) {
  using T = typename Op::Operand;
  using R = typename Op::Result;
  if constexpr (Op::kTraps) {
    R value;
    const ErrorCode code = Op::apply(load_slot<T>(a, 0), load_slot<T>(b, 0), &value);
    if (code == ErrorCode::kOk) store_slot<R>(result, 0, value);
    return code;
  } else {
    store_slot<R>(result, 0, Op::apply(load_slot<T>(a, 0), load_slot<T>(b, 0)));
    return ErrorCode::kOk;
  }
}

}  // namespace

const OutlinedUnary kUnaryFunctions[] = {
#define MOTE_UNARY(code, name, text, result, operand, feature) \
  MOTE_OUTLINED(operand, result, unary<semantics::name>, )
#define MOTE_UNARY_TRAP MOTE_UNARY
#define MOTE_TEST(code, name, text, type, feature) \
  MOTE_OUTLINED(type, I32, unary<semantics::name>, )
#include "loader/instructions.def"
    nullptr,
};

const OutlinedBinary kBinaryFunctions[] = {
#define MOTE_BINARY(code, name, text, type, ...) \
  MOTE_OUTLINED(type, type, binary<semantics::name>, )
#define MOTE_BINARY_TRAP MOTE_BINARY
#define MOTE_COMPARE(code, name, text, type, ...) \
  MOTE_OUTLINED(type, I32, binary<semantics::name>, )
#include "loader/instructions.def"
    nullptr,
};

}  // namespace mote::detail
