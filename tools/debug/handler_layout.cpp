// Handlers and their operands: see handler_layout.hpp. Nothing is listed by hand: the lists of the
// engine are included with templates that say, for each body, which units it reads. Their names and
// parameters are those of handler_bodies.hpp.
#include "handler_layout.hpp"

#include <algorithm>

#include "interp/code.hpp"
#include "interp/fused.hpp"
#include "interp/machine.hpp"
#include "interp/semantics.hpp"

namespace mote::detail::layout {

using tool::HandlerLayout;
using tool::HandlerOperand;
using tool::OperandKind;

namespace {

[[maybe_unused]] constexpr ValueType type_of(uint32_t) { return ValueType::kI32; }
[[maybe_unused]] constexpr ValueType type_of(uint64_t) { return ValueType::kI64; }
[[maybe_unused]] constexpr ValueType type_of(float) { return ValueType::kF32; }
[[maybe_unused]] constexpr ValueType type_of(double) { return ValueType::kF64; }

template <class T>
constexpr HandlerOperand source(Src src) {
  const OperandKind kind = src == Src::S   ? OperandKind::kSlot
                           : src == Src::C ? OperandKind::kConstant
                                           : OperandKind::kAccumulator;
  return {kind, type_of(T{})};
}
template <class T>
constexpr HandlerOperand result(Dst dst) {
  return {dst == Dst::D ? OperandKind::kResult : OperandKind::kAccumulatorResult, type_of(T{})};
}
constexpr HandlerOperand other(OperandKind kind) { return {kind, ValueType::kNone}; }

template <class... Operands>
constexpr HandlerLayout list(Operands... operands) {
  static_assert(sizeof...(operands) <= HandlerLayout::kMost, "room for all operands");
  return {nullptr, sizeof...(operands), {operands...}};
}
constexpr HandlerLayout list() { return {nullptr, 0, {}}; }

// ---- Arithmetic
template <class Op, Src kA, Dst kDst>
constexpr HandlerLayout unary() {
  return list(source<typename Op::Operand>(kA), result<typename Op::Result>(kDst));
}
template <class Op, Src kA, Src kB, Dst kDst>
constexpr HandlerLayout binary() {
  using T = typename Op::Operand;
  return list(source<T>(kA), source<T>(kB), result<typename Op::Result>(kDst));
}
// Of any types: what they do says which.
[[maybe_unused]] constexpr HandlerLayout outlined_unary() {
  return list(other(OperandKind::kWay), other(OperandKind::kFirst), other(OperandKind::kTo));
}
[[maybe_unused]] constexpr HandlerLayout outlined_binary() {
  return list(other(OperandKind::kWay), other(OperandKind::kFirst), other(OperandKind::kFirst),
              other(OperandKind::kTo));
}
[[maybe_unused]] constexpr HandlerLayout outlined_float() {
  return list(other(OperandKind::kWay), source<float>(Src::S), source<float>(Src::S),
              result<float>(Dst::D));
}

// ---- Moves
template <class T, Src kA>
constexpr HandlerLayout copy() {
  return list(source<T>(kA), result<T>(Dst::D));
}
template <class T, Src kA, Src kB, Src kCondition>
constexpr HandlerLayout select() {
  return list(source<T>(kA), source<T>(kB), source<uint32_t>(kCondition), result<T>(Dst::D));
}
constexpr HandlerLayout zero_slots() {
  return list(other(OperandKind::kTo), other(OperandKind::kCount));
}
constexpr HandlerLayout move_slots() {
  return list(other(OperandKind::kFirst), other(OperandKind::kTo), other(OperandKind::kCount));
}
enum Cell { own_global, imported_global };
template <class T, Cell>
constexpr HandlerLayout global_get() {
  return list(other(OperandKind::kGlobal), result<T>(Dst::D));
}
template <class T, Cell, Src kA>
constexpr HandlerLayout global_set() {
  return list(other(OperandKind::kGlobal), source<T>(kA));
}

// ---- Memory
namespace access {
#define MOTE_VALUE_I32 uint32_t
#define MOTE_VALUE_I64 uint64_t
#define MOTE_VALUE_F32 float
#define MOTE_VALUE_F64 double
#define MOTE_LOAD(code, name, text, type, ...) \
  struct name {                                \
    using Value = MOTE_VALUE_##type;           \
  };
#define MOTE_STORE MOTE_LOAD
#include "loader/instructions.def"
}  // namespace access

template <class Access, Src kAddress, Dst kDst, bool kHasOffset>
constexpr HandlerLayout load() {
  const HandlerOperand value = result<typename Access::Value>(kDst);
  // A constant address is part of the offset.
  if (kAddress == Src::C) return list(other(OperandKind::kOffset), value);
  return list(source<uint32_t>(kAddress), other(OperandKind::kOffset), value);
}
template <class Access, Src kAddress, Src kValue, bool kHasOffset>
constexpr HandlerLayout store() {
  const HandlerOperand value = source<typename Access::Value>(kValue);
  if (kAddress == Src::C) return list(value, other(OperandKind::kOffset));
  return list(source<uint32_t>(kAddress), value, other(OperandKind::kOffset));
}
template <Src kAddress>
constexpr HandlerLayout far_address() {
  return list(source<uint32_t>(kAddress), source<uint32_t>(Src::C), result<uint32_t>(Dst::D));
}
[[maybe_unused]] constexpr HandlerLayout use_memory() { return list(other(OperandKind::kMemory)); }

// ---- Control
template <Direction>
constexpr HandlerLayout branch() {
  return list(other(OperandKind::kTarget));
}
template <class Op, Src kA, Src kB, bool kWhen, Direction>
constexpr HandlerLayout branch_compare() {
  using T = typename Op::Operand;
  return list(source<T>(kA), source<T>(kB), other(OperandKind::kTarget));
}
template <Src kA, bool kWhen, Direction>
constexpr HandlerLayout branch_test() {
  return list(source<uint32_t>(kA), other(OperandKind::kTarget));
}
template <Src kA>
constexpr HandlerLayout branch_table() {
  return list(source<uint32_t>(kA), other(OperandKind::kTargets));
}
constexpr HandlerLayout unreachable() { return list(); }
constexpr HandlerLayout call() {
  return list(other(OperandKind::kFunction), other(OperandKind::kFrame));
}
constexpr HandlerLayout call_import() {
  return list(other(OperandKind::kImport), other(OperandKind::kFrame));
}
template <Src kIndex>
constexpr HandlerLayout call_indirect() {
  return list(source<uint32_t>(kIndex), other(OperandKind::kTable), other(OperandKind::kType),
              other(OperandKind::kFrame));
}
constexpr HandlerLayout return_nothing() { return list(other(OperandKind::kLink)); }
template <class T, Src kA>
constexpr HandlerLayout return_one() {
  return list(source<T>(kA), other(OperandKind::kLink));
}
constexpr HandlerLayout return_many() {
  return list(other(OperandKind::kFirst), other(OperandKind::kCount), other(OperandKind::kLink));
}
constexpr HandlerLayout exit_engine() { return list(); }
constexpr HandlerLayout switch_back() { return list(); }

// ---- Everything else
template <RuntimeCall kCall, bool kPays>
constexpr HandlerLayout runtime_call() {
  return list(other(OperandKind::kFirst), other(OperandKind::kIndex), other(OperandKind::kIndex));
}
template <RuntimeCall kCall, bool kCopies>
constexpr HandlerLayout bulk() {
  return runtime_call<kCall, true>();
}
[[maybe_unused]] constexpr HandlerLayout numbered_call() {
  return list(other(OperandKind::kFirst), other(OperandKind::kIndex), other(OperandKind::kIndex),
              other(OperandKind::kRuntimeCall));
}

constexpr HandlerLayout named(const char* name, HandlerLayout layout) {
  layout.name = name;
  return layout;
}

constexpr HandlerLayout kLayouts[] = {
#define MOTE_HANDLER(name, ...) named(#name, __VA_ARGS__()),
#include "interp/handlers.def"
};

#if MOTE_FUSED
// In the order of FusedHandler.
constexpr tool::HandlerParts kFused[] = {
    {0, {}},
#define MOTE_FUSED_PAIR(first, second) {2, {Handler::k##first, Handler::k##second, {}}},
#define MOTE_FUSED_TRIPLE(first, second, third) \
  {3, {Handler::k##first, Handler::k##second, Handler::k##third}},
#include "interp/fused.def"
};
static_assert(sizeof kFused / sizeof kFused[0] == static_cast<uint32_t>(FusedHandler::kCount),
              "one list");
#endif

}  // namespace

}  // namespace mote::detail::layout

namespace mote::tool {

const HandlerLayout& layout_of(Handler handler) {
  return detail::layout::kLayouts[static_cast<uint32_t>(handler)];
}

uint32_t units_of(OperandKind kind, ValueType type, const Unit* at) {
  switch (kind) {
    case OperandKind::kAccumulator:
    case OperandKind::kAccumulatorResult: return 0;
    case OperandKind::kConstant:
      return type == ValueType::kI64 || type == ValueType::kF64 ? detail::kU64Units
                                                                : detail::kU32Units;
    case OperandKind::kOffset: return detail::kOffsetUnits;
    case OperandKind::kTarget: return detail::kTargetUnits;
    case OperandKind::kTargets:
      return detail::kU32Units + (detail::read_u32(at) + 1) * detail::kTargetUnits;
    case OperandKind::kFunction: return detail::kFunctionUnits;
    case OperandKind::kCount:
    case OperandKind::kImport:
    case OperandKind::kGlobal:
    case OperandKind::kTable:
    case OperandKind::kType:
    case OperandKind::kMemory:
    case OperandKind::kIndex: return detail::kU32Units;
    default: return detail::kSlotUnits;
  }
}

uint32_t operand_units(Handler handler, const Unit* at) {
  const HandlerLayout& layout = layout_of(handler);
  uint32_t units = 0;
  for (uint32_t i = 0; i < layout.count; i++) {
    units += units_of(layout.operands[i].kind, layout.operands[i].type, at + units);
  }
  return units;
}

HandlerIndex::HandlerIndex() {
  for (uint32_t i = 0; i < static_cast<uint32_t>(Handler::kCount); i++) {
    const Handler handler = static_cast<Handler>(i);
    Unit unit;
    detail::write_handler(&unit, handler);
    entries_.push_back({unit, {1, {handler, {}, {}}}});
  }
#if MOTE_FUSED
  for (uint32_t i = 1; i < static_cast<uint32_t>(detail::FusedHandler::kCount); i++) {
    const uint32_t number = detail::number_of_fused(static_cast<detail::FusedHandler>(i));
    entries_.push_back({detail::address_of_number(number), detail::layout::kFused[i]});
  }
#endif
  std::sort(entries_.begin(), entries_.end(),
            [](const Entry& a, const Entry& b) { return a.unit < b.unit; });
}

std::vector<HandlerParts> HandlerIndex::find(Unit unit) const {
  std::vector<HandlerParts> found;
  auto at = std::lower_bound(entries_.begin(), entries_.end(), unit,
                             [](const Entry& entry, Unit wanted) { return entry.unit < wanted; });
  for (; at != entries_.end() && at->unit == unit; at++) found.push_back(at->parts);
  return found;
}

}  // namespace mote::tool
