// Forms: which variants of each instruction exist, and how the translator finds one.
//
// A form says where the sources of an instruction come from and what becomes of its result. Every
// form is a handler of its own, made by a template, so their number decides how large the engine
// is. MOTE_HANDLERS chooses a level for each value type:
//
//   0  slots only
//   1  also a constant as the second source
//   2  also the accumulator, as a source and as the only place of a result
//
// Float types of the full set have an accumulator apart, in a register of the FPU. Others share
// that of the integer type of their size, if there is one: loads, stores and copies of them are
// those of the integer.
//
// The lists are macros, so that handlers.def makes the handlers and this file the index of the
// same list.
#pragma once

#include <stdint.h>

#include <mote/config.hpp>
#include <mote/value.hpp>

#include "loader/instruction.hpp"

namespace mote::detail {

// Where a source comes from: a slot of the frame, the code, or the accumulator.
enum class Src : uint8_t { S, C, A };
// D: the result goes to a slot and to the accumulator. N: to the accumulator only, because the
// next instruction uses it up.
enum class Dst : uint8_t { D, N };
// F: forward branch. B: backward branch, which pays fuel. X: the sign of its distance tells.
enum class Direction : uint8_t { F, B, X };

// ---- Levels ----------------------------------------------------------------------------------
// OWN: whether the type is ever taken from an accumulator; APART: whether that is not the
// integer's. TRAP: level of instructions that divide.

#if MOTE_HANDLERS == MOTE_HANDLERS_SMALL
#define MOTE_LEVEL_I32 1
#define MOTE_LEVEL_I64 0
#define MOTE_LEVEL_F32 0
#define MOTE_LEVEL_F64 0
#define MOTE_TRAP_LEVEL_I32 0
#define MOTE_TRAP_LEVEL_I64 0
#define MOTE_OWN_I32 0
#define MOTE_OWN_I64 0
#define MOTE_OWN_F32 0
#define MOTE_OWN_F64 0
#define MOTE_APART_F32 0
#define MOTE_APART_F64 0
#define MOTE_OUT_I64 1
#define MOTE_OUT_F32 1
#define MOTE_OUT_F64 1
#elif MOTE_HANDLERS == MOTE_HANDLERS_FAST
#define MOTE_LEVEL_I32 2
#define MOTE_LEVEL_I64 0
// Without an FPU the work is done by functions: a form saves little.
#if defined(__ARM_FP) || defined(__riscv_flen) || defined(__SSE2__) || defined(__aarch64__)
#define MOTE_LEVEL_F32 2
#define MOTE_OWN_F32 1
#define MOTE_OUT_F32 0
#else
#define MOTE_LEVEL_F32 0
#define MOTE_OWN_F32 0
#define MOTE_OUT_F32 1
#endif
#define MOTE_LEVEL_F64 0
// What is a function has no branches; with an FPU, those on floats take slots only.
#define MOTE_BRANCH_LEVEL_F32 MOTE_OWN_F32
#define MOTE_TRAP_LEVEL_I32 1
#define MOTE_TRAP_LEVEL_I64 0
#define MOTE_OWN_I32 1
#define MOTE_OWN_I64 0
#define MOTE_OWN_F64 0
#define MOTE_APART_F32 0
#define MOTE_APART_F64 0
#define MOTE_OUT_I64 0
#define MOTE_OUT_F64 1
#else
#define MOTE_LEVEL_I32 2
#define MOTE_LEVEL_I64 2
#define MOTE_LEVEL_F32 2
#define MOTE_LEVEL_F64 2
#define MOTE_TRAP_LEVEL_I32 2
#define MOTE_TRAP_LEVEL_I64 2
#define MOTE_OWN_I32 1
#define MOTE_OWN_I64 1
#define MOTE_OWN_F32 1
#define MOTE_OWN_F64 1
#define MOTE_APART_F32 1
#define MOTE_APART_F64 1
#endif

// NEAR: whether loads and stores have forms without an offset.
#if MOTE_HANDLERS == MOTE_HANDLERS_FAST
#define MOTE_NEAR_I32 1
#else
#define MOTE_NEAR_I32 0
#endif
#define MOTE_NEAR_I64 0
#define MOTE_NEAR_F32 0
#define MOTE_NEAR_F64 0

// Pairs of instructions in one handler (fused.hpp): a luxury of the largest engine.
#ifndef MOTE_FUSED
#if MOTE_HANDLERS == MOTE_HANDLERS_FULL && MOTE_ENCODING == MOTE_ENCODING_WIDE && \
    MOTE_DISPATCH == MOTE_DISPATCH_TAIL
#define MOTE_FUSED 1
#else
#define MOTE_FUSED 0
#endif
#endif

// Constants as the values of select.
#define MOTE_SELECT_CONSTANTS (MOTE_HANDLERS == MOTE_HANDLERS_FULL)

#define MOTE_OUT_I32 0
// Comparisons that branch are as many as their level says, but for floats of the fast set.
#define MOTE_BRANCH_LEVEL_I32 MOTE_LEVEL_I32
#define MOTE_BRANCH_LEVEL_I64 MOTE_LEVEL_I64
#define MOTE_BRANCH_LEVEL_F64 MOTE_LEVEL_F64
#ifndef MOTE_BRANCH_LEVEL_F32
#define MOTE_BRANCH_LEVEL_F32 MOTE_LEVEL_F32
#endif
#ifndef MOTE_OUT_I64
#define MOTE_OUT_I64 0
#define MOTE_OUT_F32 0
#define MOTE_OUT_F64 0
#endif

#define MOTE_FORMS_PASTE(a, b, c) MOTE_FORMS_PASTE_(a, b, c)
#define MOTE_FORMS_PASTE_(a, b, c) a##b##c

// ---- Lists -----------------------------------------------------------------------------------
// X(name, source, result): one source. The digits: whether its type and that of the result own an
// accumulator.
#define MOTE_UNARY_FORMS(X, name, operand, result) \
  MOTE_FORMS_PASTE(MOTE_UNARY_FORMS_, MOTE_OWN_##operand, MOTE_OWN_##result)(X, name)
#define MOTE_UNARY_FORMS_00(X, name) X(name, S, D)
#define MOTE_UNARY_FORMS_10(X, name) X(name, S, D) X(name, A, D)
#define MOTE_UNARY_FORMS_01(X, name) X(name, S, D) X(name, S, N)
#define MOTE_UNARY_FORMS_11(X, name) X(name, S, D) X(name, S, N) X(name, A, D) X(name, A, N)

// X(name, a, b, result): two sources, which can be swapped (1) or not (0).
#define MOTE_BINARY_FORMS(X, name, type, commutes) \
  MOTE_FORMS_PASTE(MOTE_BINARY_FORMS_, MOTE_LEVEL_##type, commutes)(X, name)
#define MOTE_TRAP_FORMS(X, name, type) \
  MOTE_FORMS_PASTE(MOTE_BINARY_FORMS_, MOTE_TRAP_LEVEL_##type, 0)(X, name)
#define MOTE_BINARY_FORMS_00(X, name) X(name, S, S, D)
#define MOTE_BINARY_FORMS_01(X, name) X(name, S, S, D)
#define MOTE_BINARY_FORMS_10(X, name) X(name, S, S, D) X(name, S, C, D)
#define MOTE_BINARY_FORMS_11(X, name) X(name, S, S, D) X(name, S, C, D)
#define MOTE_BINARY_FORMS_21(X, name) \
  X(name, S, S, D)                    \
  X(name, S, S, N)                    \
  X(name, S, C, D)                    \
  X(name, S, C, N) X(name, A, S, D) X(name, A, S, N) X(name, A, C, D) X(name, A, C, N)
#define MOTE_BINARY_FORMS_20(X, name) \
  MOTE_BINARY_FORMS_21(X, name)       \
  X(name, S, A, D)                    \
  X(name, S, A, N) X(name, C, S, D) X(name, C, S, N) X(name, C, A, D) X(name, C, A, N)
// What subtracts integers never has a constant second: the translator adds its negative instead.
#define MOTE_BINARY_FORMS_02(X, name) X(name, S, S, D)
#define MOTE_BINARY_FORMS_12(X, name) X(name, S, S, D)
#define MOTE_BINARY_FORMS_22(X, name) \
  X(name, S, S, D)                    \
  X(name, S, S, N)                    \
  X(name, A, S, D)                    \
  X(name, A, S, N)                    \
  X(name, S, A, D)                    \
  X(name, S, A, N) X(name, C, S, D) X(name, C, S, N) X(name, C, A, D) X(name, C, A, N)

// X(name, a, b, result): a comparison; its second source is never the accumulator, its first never
// a constant, because its mirror image is a comparison, too.
#define MOTE_COMPARE_FORMS(X, name, type) \
  MOTE_FORMS_PASTE(MOTE_COMPARE_FORMS_, MOTE_LEVEL_##type, )(X, name)
#define MOTE_COMPARE_FORMS_0(X, name) X(name, S, S, D)
#define MOTE_COMPARE_FORMS_1(X, name) X(name, S, S, D) X(name, S, C, D)
#define MOTE_COMPARE_FORMS_2(X, name) \
  X(name, S, S, D) X(name, S, C, D) X(name, A, S, D) X(name, A, C, D)

// X(name, a, b): a comparison that branches. Integers only branch if it holds (the opposite is a
// comparison, too); floats also unless it does.
#define MOTE_BRANCH_FORMS(X, name, type) \
  MOTE_FORMS_PASTE(MOTE_BRANCH_FORMS_, MOTE_KIND_##type, MOTE_BRANCH_LEVEL_##type)(X, name)
#define MOTE_KIND_I32 I
#define MOTE_KIND_I64 I
#define MOTE_KIND_F32 F
#define MOTE_KIND_F64 F
#define MOTE_BRANCH_FORMS_I0(X, name)
#define MOTE_BRANCH_FORMS_I1(X, name) X(name, S, S) X(name, S, C)
#define MOTE_BRANCH_FORMS_I2(X, name) X(name, S, S) X(name, S, C) X(name, A, S) X(name, A, C)
#define MOTE_BRANCH_FORMS_F0(X, name)
#define MOTE_BRANCH_FORMS_F1(X, name) X(name, S, S)
#define MOTE_BRANCH_FORMS_F2(X, name) X(name, S, S) X(name, S, C) X(name, A, S) X(name, A, C)

// X(name, address, result): loads. A constant address is part of the offset.
#define MOTE_LOAD_FORMS(X, name, type) \
  MOTE_FORMS_PASTE(MOTE_LOAD_FORMS_, MOTE_OWN_I32, MOTE_OWN_##type)(X, name)
#define MOTE_LOAD_FORMS_00(X, name) X(name, S, D)
#define MOTE_LOAD_FORMS_10(X, name) X(name, S, D) X(name, A, D) X(name, C, D)
#define MOTE_LOAD_FORMS_11(X, name) \
  X(name, S, D) X(name, S, N) X(name, A, D) X(name, A, N) X(name, C, D) X(name, C, N)

// Those without an offset, in the same order: they save its sum with the address.
#define MOTE_LOAD_FORMS_NEAR(X, name, type) \
  MOTE_FORMS_PASTE(MOTE_LOAD_FORMS_NEAR_, MOTE_NEAR_##type, )(X, name)
#define MOTE_LOAD_FORMS_NEAR_0(X, name)
#define MOTE_LOAD_FORMS_NEAR_1(X, name) X(name, S, D) X(name, S, N) X(name, A, D) X(name, A, N)

// X(name, address, value): stores.
#define MOTE_STORE_FORMS(X, name, type) \
  MOTE_FORMS_PASTE(MOTE_STORE_FORMS_, MOTE_OWN_I32, MOTE_OWN_##type)(X, name)
#define MOTE_STORE_FORMS_00(X, name) X(name, S, S)
#define MOTE_STORE_FORMS_10(X, name) X(name, S, S) X(name, A, S) X(name, C, S)
#define MOTE_STORE_FORMS_11(X, name) \
  X(name, S, S)                      \
  X(name, S, C) X(name, S, A) X(name, A, S) X(name, A, C) X(name, C, S) X(name, C, C) X(name, C, A)
#define MOTE_STORE_FORMS_NEAR(X, name, type) \
  MOTE_FORMS_PASTE(MOTE_STORE_FORMS_NEAR_, MOTE_NEAR_##type, )(X, name)
#define MOTE_STORE_FORMS_NEAR_0(X, name)
#define MOTE_STORE_FORMS_NEAR_1(X, name) \
  X(name, S, S) X(name, S, C) X(name, S, A) X(name, A, S) X(name, A, C)

// Handlers that move values of a type. A type without an accumulator apart has none: it is moved
// as the integer of its size.
#define MOTE_MOVES(type, ...) MOTE_FORMS_PASTE(MOTE_MOVES_, MOTE_MOVED_##type, )(__VA_ARGS__)
#define MOTE_MOVES_0(...)
#define MOTE_MOVES_1(...) __VA_ARGS__
#define MOTE_MOVED_I32 1
#define MOTE_MOVED_I64 1
#define MOTE_MOVED_F32 MOTE_APART_F32
#define MOTE_MOVED_F64 MOTE_APART_F64

// What is made a handler (MOTE_INLINED) or a function (MOTE_OUTLINED), by the types of operands and
// result.
#define MOTE_INLINED(operand, result, ...) \
  MOTE_FORMS_PASTE(MOTE_INLINED_, MOTE_OUT_##operand, MOTE_OUT_##result)(__VA_ARGS__)
#define MOTE_INLINED_00(...) __VA_ARGS__
#define MOTE_INLINED_01(...)
#define MOTE_INLINED_10(...)
#define MOTE_INLINED_11(...)
#define MOTE_OUTLINED(operand, result, ...) \
  MOTE_FORMS_PASTE(MOTE_OUTLINED_, MOTE_OUT_##operand, MOTE_OUT_##result)(__VA_ARGS__)
#define MOTE_OUTLINED_00(...)
#define MOTE_OUTLINED_01(...) __VA_ARGS__
#define MOTE_OUTLINED_10(...) __VA_ARGS__
#define MOTE_OUTLINED_11(...) __VA_ARGS__

// Where f32 is outlined, its arithmetic has a handler of its own: calls would be most of the work.
#define MOTE_OUT_FLOAT (MOTE_OUT_F32 && MOTE_FEATURE_FLOATS)

// ---- Types -----------------------------------------------------------------------------------

constexpr bool is_outlined(ValueType type) {
  switch (type) {
    case ValueType::kI64: return MOTE_OUT_I64 != 0;
    case ValueType::kF32: return MOTE_OUT_F32 != 0;
    case ValueType::kF64: return MOTE_OUT_F64 != 0;
    default: return false;
  }
}
// For instructions with one or two sources and a result.
inline bool is_outlined(const Instruction& info) {
  return is_outlined(info.operand()) || is_outlined(info.result());
}

constexpr bool kHasAccumulator =
    // NOLINTNEXTLINE(misc-redundant-expression): macros that can have the same value
    MOTE_OWN_I32 != 0 || MOTE_OWN_I64 != 0 || MOTE_OWN_F32 != 0 || MOTE_OWN_F64 != 0;
// Whether there are forms that take values of the type from an accumulator.
__attribute__((always_inline)) constexpr bool owns_accumulator(ValueType type) {
  // NOLINTNEXTLINE(misc-redundant-expression): macros that can have the same value
  if (MOTE_OWN_I32 == MOTE_OWN_I64 && MOTE_OWN_I32 == MOTE_OWN_F32 &&
      MOTE_OWN_I32 == MOTE_OWN_F64) {
    return MOTE_OWN_I32 != 0;
  }
  if (type == ValueType::kI64) return MOTE_OWN_I64 != 0;
  if (type == ValueType::kF32) return MOTE_OWN_F32 != 0;
  if (type == ValueType::kF64) return MOTE_OWN_F64 != 0;
  return MOTE_OWN_I32 != 0;
}
// The type as which values are moved, and which names the accumulator that they are left in.
__attribute__((always_inline)) constexpr ValueType moved_as(ValueType type) {
  if (type == ValueType::kI64) return ValueType::kI64;
  if (type == ValueType::kF64) return MOTE_APART_F64 != 0 ? ValueType::kF64 : ValueType::kI64;
  if (MOTE_APART_F32 != 0 && type == ValueType::kF32) return ValueType::kF32;
  return ValueType::kI32;
}
constexpr bool is_moved_as_integer(ValueType type) {
  return moved_as(type) == ValueType::kI32 || moved_as(type) == ValueType::kI64;
}

// ---- Index -----------------------------------------------------------------------------------

constexpr uint8_t kNoForm = 0xFF;

// Number of each form in its list. For one source, `b` is S; for stores and branches, `d` is D.
#if MOTE_HANDLERS == MOTE_HANDLERS_SMALL
// Slots only, then the one with a constant as the second source, if there is one: the index need
// not be kept, and without accumulators the compiler drops what the translator does for them.
struct FormIndex {
  uint8_t count;

  constexpr uint8_t find(Src a, Src b, Dst d) const {
    static_assert(static_cast<int>(Src::S) == 0 && static_cast<int>(Src::C) == 1, "order of forms");
    const uint8_t number = static_cast<uint8_t>(b);
    return a == Src::S && d == Dst::D && number < count ? number : kNoForm;
  }
  constexpr bool has(Src a, Src b) const { return find(a, b, Dst::D) != kNoForm; }
};
#else
struct FormIndex {
  uint8_t number[3][3][2];
  uint8_t count;

  constexpr uint8_t find(Src a, Src b, Dst d) const {
    return number[static_cast<int>(a)][static_cast<int>(b)][static_cast<int>(d)];
  }
  constexpr bool has(Src a, Src b) const { return find(a, b, Dst::D) != kNoForm; }
};
#endif

// The forms of an instruction: its plain ones.
const FormIndex& forms_of(const Instruction& info);
// Whether the forms of a load or store are followed by those without an offset.
constexpr bool has_near_forms(const Instruction& info) {
  return MOTE_NEAR_I32 != 0 && moved_as(info.result()) == ValueType::kI32;
}
// The forms of a comparison that branch. count 0: there are none.
const FormIndex& branch_forms_of(const Instruction& info);

#if MOTE_HANDLERS == MOTE_HANDLERS_SMALL
inline constexpr FormIndex kNoForms = {0};
inline constexpr FormIndex kSlotsForms = {1};
inline constexpr FormIndex kConstantForms = {2};
// Only i32 has levels above 0, and only where nothing traps.
inline const FormIndex& forms_of(const Instruction& info) {
  static_assert(MOTE_LEVEL_I32 == 1 && MOTE_TRAP_LEVEL_I32 == 0, "levels of the small set");
  const bool has_two = info.shape == Shape::kBinary || info.shape == Shape::kCompare;
  const bool takes_constant = has_two && info.operand() == ValueType::kI32 && !info.can_trap;
  return takes_constant ? kConstantForms : kSlotsForms;
}
inline const FormIndex& branch_forms_of(const Instruction& info) {
  return info.operand() == ValueType::kI32 ? kConstantForms : kNoForms;
}
#endif

}  // namespace mote::detail
