// Handler bodies: what each kind of instruction does, written once. A body is a template over the
// instruction's semantics, the classes of its sources and what happens to its result; handlers.def
// lists the variants that exist, engine.cpp puts a dispatch around them.
//
// Rules for bodies:
// - `r` holds the machine registers. A body moves r.pc past its instruction only as its last act,
//   so that an instruction that did not finish (kTouch*, kCheck) can be run again.
// - Nothing is written before everything that can fail has been checked.
// - Never let the address of `r` escape to a function that is not inlined: copy it instead.
#pragma once

#include "interp/forms.hpp"
#include "interp/machine.hpp"
#include "interp/outlined.hpp"
#include "interp/registers.hpp"
#include "interp/semantics.hpp"

namespace mote::detail {

// What comes after a body.
enum class Flow : uint8_t {
  kNext,    // the instruction at r.pc(); frame and memory are where they were
  kTaken,   // the same, but not the one that follows (MOTE_FUSED)
  kMoved,   // the instruction at r.pc(); frame or memory may be elsewhere
  kTrap,    // execution.trap says which
  kTouch1,  // back memory from execution.touch_begin for 1 byte, then run the instruction again
  kTouch2,
  kTouch4,
  kTouch8,
  kCheck,  // look at fuel and the interrupt flag, then run the instruction again
  kStop,   // leave the engine; state and reason are stored already
  kJump1,  // go to the target that stands one unit behind the handler's (MOTE_SHARED_ENDS)
  kJump2,
  kJump3,
  kJump4,
  kResult2,  // store a result of one slot, whose operand is the third unit, and end the instruction
  kResult3,
  kResult4,
  kResult5,
  kWideResult2,  // the same with two slots
  kWideResult3,
  kWideResult4,
  kWideResult5,
  kLeave,  // return to r.link
};

// Ends a body that is done: the next instruction is kUnits further on.
template <uint32_t kUnits>
MOTE_INLINE Flow next(Registers& r) {
#if MOTE_JUMPS_AT_ONCE
  (void)r;
  jump_to_next<kUnits>();
#else
  r.set_pc(r.pc() + kUnits);
  return Flow::kNext;
#endif
}

MOTE_INLINE Flow trap(Registers& r, ErrorCode code) {
  r.execution()->trap = code;
  return Flow::kTrap;
}

// ---- Operands --------------------------------------------------------------------------------

template <class T>
inline constexpr bool kIsFloat = false;
template <>
inline constexpr bool kIsFloat<float> = true;
template <>
inline constexpr bool kIsFloat<double> = true;

template <class T>
MOTE_INLINE T get_accumulator(const Registers& r) {
  if constexpr (!kIsFloat<T>) {
    return static_cast<T>(r.accumulator());
  } else if constexpr (sizeof(T) == 4) {
    if constexpr (MOTE_APART_F32 != 0) return accumulator_f32(r);
    return semantics::bit_cast<T>(static_cast<uint32_t>(r.accumulator()));
  } else {
    return accumulator_f64(r);
  }
}
// Leaves the value where moved_as() says, if there is such an accumulator.
template <class T>
MOTE_INLINE void set_accumulator(Registers& r, T value) {
  if constexpr (!kIsFloat<T>) {
    if constexpr (sizeof(T) == 8 ? MOTE_OWN_I64 != 0 : MOTE_OWN_I32 != 0) {
      r.set_accumulator(static_cast<Accumulator>(value));
    }
  } else if constexpr (sizeof(T) == 4) {
    if constexpr (MOTE_APART_F32 != 0) {
      set_accumulator_f32(r, value);
    } else {
      set_accumulator<uint32_t>(r, semantics::bit_cast<uint32_t>(value));
    }
  } else if constexpr (MOTE_APART_F64 != 0) {
    set_accumulator_f64(r, value);
  } else {
    set_accumulator<uint64_t>(r, semantics::bit_cast<uint64_t>(value));
  }
}

template <class T>
inline constexpr uint32_t kConstantUnits = sizeof(T) == 8 ? kU64Units : kU32Units;

template <class T>
constexpr uint32_t source_units(Src src) {
  return src == Src::S ? kSlotUnits : src == Src::C ? kConstantUnits<T> : 0;
}

// The source of class kSrc whose operand is at r.pc()[kAt].
template <class T, Src kSrc, uint32_t kAt>
MOTE_INLINE T source(const Registers& r) {
  if constexpr (kSrc == Src::S) {
    return load_slot<T>(r.frame(), read_slot(r.pc() + kAt));
  } else if constexpr (kSrc == Src::C) {
    if constexpr (sizeof(T) == 8) {
      return semantics::bit_cast<T>(read_u64(r.pc() + kAt));
    } else {
      return semantics::bit_cast<T>(read_u32(r.pc() + kAt));
    }
  } else {
    return get_accumulator<T>(r);
  }
}

// Ends a body with its result, whose operand is the last one.
template <class T, Dst kDst, uint32_t kAt>
MOTE_INLINE Flow result(Registers& r, T value) {
#if MOTE_SHARED_ENDS
  static_assert(kDst == Dst::D && !kIsFloat<T> && kAt >= 2 && kAt <= 5, "no such end");
  constexpr Flow kFirst = sizeof(T) == 8 ? Flow::kWideResult2 : Flow::kResult2;
  r.result = static_cast<uint32_t>(value);
  if constexpr (sizeof(T) == 8) r.result_high = static_cast<uint32_t>(value >> 32);
  return static_cast<Flow>(static_cast<uint32_t>(kFirst) + kAt - 2);
#else
  if constexpr (kDst == Dst::D) store_slot<T>(r.frame(), read_slot(r.pc() + kAt), value);
  set_accumulator<T>(r, value);
  return next<kAt + result_units(kDst)>(r);
#endif
}

// ---- Arithmetic ------------------------------------------------------------------------------

template <class Op, Src kA, Dst kDst>
MOTE_INLINE Flow unary(Registers& r) {
  using T = typename Op::Operand;
  using R = typename Op::Result;
  constexpr uint32_t kAtResult = kHandlerUnits + source_units<T>(kA);
  const T a = source<T, kA, kHandlerUnits>(r);
  R value;
  if constexpr (Op::kTraps) {
    const ErrorCode code = Op::apply(a, &value);
    if (code != ErrorCode::kOk) return trap(r, code);
  } else {
    value = Op::apply(a);
  }
  return result<R, kDst, kAtResult>(r, value);
}

template <class Op, Src kA, Src kB, Dst kDst>
MOTE_INLINE Flow binary(Registers& r) {
  using T = typename Op::Operand;
  using R = typename Op::Result;
  constexpr uint32_t kAtB = kHandlerUnits + source_units<T>(kA);
  constexpr uint32_t kAtResult = kAtB + source_units<T>(kB);
  const T a = source<T, kA, kHandlerUnits>(r);
  const T b = source<T, kB, kAtB>(r);
  R value;
  if constexpr (Op::kTraps) {
    const ErrorCode code = Op::apply(a, b, &value);
    if (code != ErrorCode::kOk) return trap(r, code);
  } else {
    value = Op::apply(a, b);
  }
  return result<R, kDst, kAtResult>(r, value);
}

// Arithmetic that is a function (outlined.hpp). What to do stands before the operands.
MOTE_INLINE Flow outlined_unary(Registers& r) {
  constexpr uint32_t kAtA = kHandlerUnits + kSlotUnits;
  const uint8_t* const a = r.frame() + read_slot(r.pc() + kAtA);
  const ErrorCode code = run_outlined(read_number(r.pc() + kHandlerUnits), a, a,
                                      r.frame() + read_slot(r.pc() + kAtA + kSlotUnits));
  if (code != ErrorCode::kOk) return trap(r, code);
  return next<kAtA + 2 * kSlotUnits>(r);
}

MOTE_INLINE Flow outlined_binary(Registers& r) {
  constexpr uint32_t kAtA = kHandlerUnits + kSlotUnits;
  const ErrorCode code =
      run_outlined(read_number(r.pc() + kHandlerUnits), r.frame() + read_slot(r.pc() + kAtA),
                   r.frame() + read_slot(r.pc() + kAtA + kSlotUnits),
                   r.frame() + read_slot(r.pc() + kAtA + 2 * kSlotUnits));
  if (code != ErrorCode::kOk) return trap(r, code);
  return next<kAtA + 3 * kSlotUnits>(r);
}

#if MOTE_OUT_FLOAT
MOTE_INLINE Flow outlined_float(Registers& r) {
  constexpr uint32_t kAtA = kHandlerUnits + kSlotUnits;
  const float a = load_slot<float>(r.frame(), read_slot(r.pc() + kAtA));
  const float b = load_slot<float>(r.frame(), read_slot(r.pc() + kAtA + kSlotUnits));
  float value;
  switch (static_cast<FloatOp>(read_number(r.pc() + kHandlerUnits) & 3)) {
    case FloatOp::kF32Add: value = a + b; break;
    case FloatOp::kF32Sub: value = a - b; break;
    case FloatOp::kF32Mul: value = a * b; break;
    default: value = a / b; break;
  }
  return result<uint32_t, Dst::D, kAtA + 2 * kSlotUnits>(r, semantics::bit_cast<uint32_t>(value));
}
#endif

// ---- Moves -----------------------------------------------------------------------------------

template <class T, Src kA>
MOTE_INLINE Flow copy(Registers& r) {
  constexpr uint32_t kAtResult = kHandlerUnits + source_units<T>(kA);
  return result<T, Dst::D, kAtResult>(r, source<T, kA, kHandlerUnits>(r));
}

template <class T, Src kA, Src kB, Src kCondition>
MOTE_INLINE Flow select(Registers& r) {
  constexpr uint32_t kAtB = kHandlerUnits + source_units<T>(kA);
  constexpr uint32_t kAtCondition = kAtB + source_units<T>(kB);
  constexpr uint32_t kAtResult = kAtCondition + source_units<uint32_t>(kCondition);
  const uint32_t condition = source<uint32_t, kCondition, kAtCondition>(r);
#if MOTE_SHARED_ENDS
  static_assert(kA == Src::S && kB == Src::S, "the small set has no others");
  const Unit* const chosen = r.pc() + kHandlerUnits + (condition != 0 ? 0 : kSlotUnits);
  return result<T, Dst::D, kAtResult>(r, load_slot<T>(r.frame(), read_slot(chosen)));
#else
  T a = source<T, kA, kHandlerUnits>(r);
  T b = source<T, kB, kAtB>(r);
#if defined(__clang__) && MOTE_FUSED
  // Both are loaded before the condition is known. Clang would choose between their places, and the
  // load would wait for the comparison.
  __asm__("" : "+r"(a), "+r"(b));
#endif
  return result<T, Dst::D, kAtResult>(r, condition != 0 ? a : b);
#endif
}

// Sets a run of slots to zero: the locals of a function.
MOTE_INLINE Flow zero_slots(Registers& r) {
#if MOTE_FUSED
  // Most functions have few locals: a call of memset() would cost more than the rest.
  uint8_t* at = r.frame() + read_slot(r.pc() + kHandlerUnits);
  const size_t bytes =
      static_cast<size_t>(read_u32(r.pc() + kHandlerUnits + kSlotUnits)) * kSlotBytes;
  if (bytes < 16) {
    if (bytes >= 8) store_slot<uint64_t>(at, 0, 0);
    store_slot<uint32_t>(at, bytes - kSlotBytes, 0);
    return next<kHandlerUnits + kSlotUnits + kU32Units>(r);
  }
  if (bytes <= 64) {
    // The last two words may be zeroed twice.
    for (size_t i = 0; i + 16 < bytes; i += 16) {
      store_slot<uint64_t>(at, i, 0);
      store_slot<uint64_t>(at, i + 8, 0);
    }
    store_slot<uint64_t>(at, bytes - 16, 0);
    store_slot<uint64_t>(at, bytes - 8, 0);
    return next<kHandlerUnits + kSlotUnits + kU32Units>(r);
  }
#endif
  memset(r.frame() + read_slot(r.pc() + kHandlerUnits), 0,
         static_cast<size_t>(read_u32(r.pc() + kHandlerUnits + kSlotUnits)) * kSlotBytes);
  return next<kHandlerUnits + kSlotUnits + kU32Units>(r);
}

// Moves a run of slots: the values that a branch takes along.
MOTE_INLINE Flow move_slots(Registers& r) {
  constexpr uint32_t kAtCount = kHandlerUnits + 2 * kSlotUnits;
  memmove(r.frame() + read_slot(r.pc() + kHandlerUnits + kSlotUnits),
          r.frame() + read_slot(r.pc() + kHandlerUnits),
          static_cast<size_t>(read_u32(r.pc() + kAtCount)) * kSlotBytes);
  return next<kAtCount + kU32Units>(r);
}

MOTE_INLINE uint32_t* own_global(Registers& r) {
  return r.execution()->instance->globals + read_u32(r.pc() + kHandlerUnits);
}
MOTE_INLINE uint32_t* imported_global(Registers& r) {
  return r.execution()->instance->imported_globals[read_u32(r.pc() + kHandlerUnits)].cell;
}

template <class T, uint32_t* (*kCell)(Registers&)>
MOTE_INLINE Flow global_get(Registers& r) {
  constexpr uint32_t kAtResult = kHandlerUnits + kU32Units;
  const T value = load_slot<T>(reinterpret_cast<const uint8_t*>(kCell(r)), 0);
  return result<T, Dst::D, kAtResult>(r, value);
}

template <class T, uint32_t* (*kCell)(Registers&), Src kA>
MOTE_INLINE Flow global_set(Registers& r) {
  constexpr uint32_t kAtA = kHandlerUnits + kU32Units;
  const T value = source<T, kA, kAtA>(r);
  store_slot<T>(reinterpret_cast<uint8_t*>(kCell(r)), 0, value);
  return next<kAtA + source_units<T>(kA)>(r);
}

// ---- Memory ----------------------------------------------------------------------------------

// Guest memory is little-endian whatever the machine is.
template <class T>
MOTE_INLINE T to_little_endian(T value) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  uint8_t bytes[sizeof(T)];
  uint8_t swapped[sizeof(T)];
  memcpy(bytes, &value, sizeof value);
  for (size_t i = 0; i < sizeof(T); i++) swapped[i] = bytes[sizeof(T) - 1 - i];
  memcpy(&value, swapped, sizeof value);
#endif
  return value;
}

constexpr Flow touch(uint32_t size) {
  return size == 1   ? Flow::kTouch1
         : size == 2 ? Flow::kTouch2
         : size == 4 ? Flow::kTouch4
                     : Flow::kTouch8;
}
constexpr uint32_t log2_of(uint32_t size) {
  return size == 1 ? 0 : size == 2 ? 1 : size == 4 ? 2 : 3;
}

#if MOTE_LIMITS_IN_MEMORY
template <uint32_t kLog2>
MOTE_INLINE void read_window(const Registers& r, uint32_t* limit, uint32_t* first) {
#if MOTE_JUMPS_AT_ONCE && MOTE_MEMORY_WINDOW
  // Not through the compiler: it would copy the pinned register, for use after the comparison.
  __asm__("ldrd %0, %1, [%2, %3]"
          : "=r"(*limit), "=r"(*first)
          : "r"(pinned_execution),
            "i"(offsetof(ExecutionData, windows) + kLog2 * sizeof(MemoryWindow))
          : "memory");
  (void)r;
#else
  *limit = r.execution()->windows[kLog2].limit;
  *first = r.execution()->windows[kLog2].first;
#endif
}
#endif

// Where the kSize bytes at the guest's `address` + `offset` are. Anything but kNext: they are not
// all usable, return it.
template <uint32_t kSize>
MOTE_INLINE Flow memory_at(Registers& r, uint32_t address, uintptr_t offset, uint8_t** at) {
#if MOTE_LIMITS_IN_MEMORY
  uint32_t begin;
  if (__builtin_expect(__builtin_add_overflow(address, static_cast<uint32_t>(offset), &begin), 0)) {
    return trap(r, ErrorCode::kMemoryBounds);
  }
  uint32_t limit, first;
  read_window<log2_of(kSize)>(r, &limit, &first);
  const uint32_t distance = begin - first;
  if (__builtin_expect(distance >= limit, 0)) {
    r.execution()->touch_begin = begin;
    return touch(kSize);
  }
  *at = r.memory() + distance;
#else
  uint64_t begin = static_cast<uint64_t>(address) + offset;
  // Else clang adds twice, to get the end by a sum of its own.
  __asm__("" : "+r"(begin));
  if (__builtin_expect(begin + kSize > r.memory_size(), 0)) {
    r.execution()->touch_begin = begin;
    return touch(kSize);
  }
  *at = r.memory() + begin;
#endif
  return Flow::kNext;
}

// What each load and store moves: the type of the value, and the type in memory.
namespace access {
#define MOTE_VALUE_I32 uint32_t
#define MOTE_VALUE_I64 uint64_t
#define MOTE_VALUE_F32 float
#define MOTE_VALUE_F64 double
#define MOTE_LOAD(code, name, text, type, M, ...) \
  struct name {                                   \
    using Value = MOTE_VALUE_##type;              \
    using Memory = M;                             \
  };
#define MOTE_STORE MOTE_LOAD
#include "loader/instructions.def"
}  // namespace access

template <Src kAddress>
MOTE_INLINE uint32_t address(const Registers& r) {
  if constexpr (kAddress == Src::C) {
    return 0;
  } else {
    return source<uint32_t, kAddress, kHandlerUnits>(r);
  }
}

// Without kHasOffset, the offset is zero and need not be looked at.
template <class Access, Src kAddress, Dst kDst, bool kHasOffset>
MOTE_INLINE Flow load(Registers& r) {
  using V = typename Access::Value;
  using M = typename Access::Memory;
  constexpr uint32_t kAtOffset = kHandlerUnits + address_units(kAddress);
  constexpr uint32_t kAtResult = kAtOffset + kOffsetUnits;
  uint8_t* at;
  const uintptr_t offset = kHasOffset ? read_offset(r.pc() + kAtOffset) : 0;
  const Flow flow = memory_at<sizeof(M)>(r, address<kAddress>(r), offset, &at);
  if (flow != Flow::kNext) return flow;
  M raw;
  memcpy(&raw, at, sizeof raw);
  raw = to_little_endian(raw);
  V value;
  if constexpr (kIsFloat<V>) {
    value = raw;
  } else if constexpr (static_cast<M>(-1) < static_cast<M>(0)) {
    value = static_cast<V>(static_cast<int64_t>(raw));
  } else {
    value = static_cast<V>(raw);
  }
  return result<V, kDst, kAtResult>(r, value);
}

template <class Access, Src kAddress, Src kValue, bool kHasOffset>
MOTE_INLINE Flow store(Registers& r) {
  using V = typename Access::Value;
  using M = typename Access::Memory;
  constexpr uint32_t kAtValue = kHandlerUnits + address_units(kAddress);
  constexpr uint32_t kAtOffset = kAtValue + source_units<V>(kValue);
  uint8_t* at;
  const uintptr_t offset = kHasOffset ? read_offset(r.pc() + kAtOffset) : 0;
  const Flow flow = memory_at<sizeof(M)>(r, address<kAddress>(r), offset, &at);
  if (flow != Flow::kNext) return flow;
  const M raw = to_little_endian(static_cast<M>(source<V, kValue, kAtValue>(r)));
  memcpy(at, &raw, sizeof raw);
  return next<kAtOffset + kOffsetUnits>(r);
}

// Adds an offset that does not fit the encoding of loads and stores. A sum beyond 32 bits is out of
// the bounds of any memory.
template <Src kAddress>
MOTE_INLINE Flow far_address(Registers& r) {
  constexpr uint32_t kAtOffset = kHandlerUnits + source_units<uint32_t>(kAddress);
  constexpr uint32_t kAtResult = kAtOffset + kU32Units;
  uint32_t sum;
  if (__builtin_add_overflow(source<uint32_t, kAddress, kHandlerUnits>(r),
                             read_u32(r.pc() + kAtOffset), &sum)) {
    return trap(r, ErrorCode::kMemoryBounds);
  }
  return result<uint32_t, Dst::D, kAtResult>(r, sum);
}

// ---- Control ---------------------------------------------------------------------------------

// Pays for a backward branch or a call. False: return Flow::kCheck.
MOTE_INLINE bool pay_check(Registers& r) {
#if MOTE_JUMPS_AT_ONCE
  // Subtract and test in one: the compiler does not, for a pinned register.
  bool is_left;
  __asm__ volatile("subs %0, %0, #1" : "+r"(pinned_checks), "=@ccpl"(is_left));
  (void)r;
  return is_left;
#elif MOTE_CHECKS_IN_REGISTER && defined(__x86_64__)
  // In place, as above. With the count in another register until the end, clang lets both sides of
  // a branch end in one jump, which is harder to predict.
  int32_t checks = r.checks();
  bool is_left;
  __asm__("subl $1, %0" : "+r"(checks), "=@ccns"(is_left));
  r.set_checks(checks);
  return is_left;
#elif MOTE_CHECKS_IN_REGISTER
  const int32_t left = static_cast<int32_t>(r.checks()) - 1;
  r.set_checks(left);
  return left >= 0;
#else
  return --r.execution()->checks >= 0;
#endif
}
// For what was longer than one check is for; whoever pays next finds out if that was too much.
[[maybe_unused]] MOTE_INLINE void pay_more(Registers& r, uint32_t checks) {
#if MOTE_CHECKS_IN_REGISTER
  r.set_checks(r.checks() - static_cast<int32_t>(checks));
#else
  r.execution()->checks -= static_cast<int32_t>(checks);
#endif
}
// Where the runtime reads or changes the count.
MOTE_INLINE void save_checks(const Registers& r) {
#if MOTE_CHECKS_IN_REGISTER
  r.execution()->checks = static_cast<int32_t>(r.checks());
#else
  (void)r;
#endif
}
MOTE_INLINE void restore_checks(Registers& r) {
#if MOTE_CHECKS_IN_REGISTER
  r.set_checks(r.execution()->checks);
#else
  (void)r;
#endif
}

// Goes to the target that stands at kAtTarget.
template <Direction kDirection, uint32_t kAtTarget>
MOTE_INLINE Flow jump(Registers& r) {
#if MOTE_SHARED_ENDS
  (void)r;
  static_assert(kAtTarget >= 1 && kAtTarget <= 4, "");
  return static_cast<Flow>(static_cast<uint32_t>(Flow::kJump1) + kAtTarget - 1);
#else
  if constexpr (kDirection == Direction::B) {
    if (__builtin_expect(!pay_check(r), 0)) return Flow::kCheck;
  }
#if MOTE_ENCODING == MOTE_ENCODING_COMPACT
  const int32_t distance = read_distance(r.pc() + kAtTarget);
  if constexpr (kDirection == Direction::X) {
    if (distance < 0 && __builtin_expect(!pay_check(r), 0)) return Flow::kCheck;
  }
  r.set_pc(r.pc() + distance);
  return next<kAtTarget>(r);
#else
  r.set_pc(read_target(r.pc() + kAtTarget));
  return next<0>(r);
#endif
#endif
}

template <Direction kDirection>
MOTE_INLINE Flow branch(Registers& r) {
  return jump<kDirection, kHandlerUnits>(r);
}

// The end of a conditional branch that is taken.
template <Direction kDirection, uint32_t kAtTarget>
MOTE_INLINE Flow jump_if(Registers& r) {
  const Flow flow = jump<kDirection, kAtTarget>(r);
#if MOTE_FUSED
  // Fused handlers may do what follows a forward branch that is not taken.
  if constexpr (kDirection == Direction::F) return Flow::kTaken;
#endif
  return flow;
}

// Branches when the comparison yields kWhen.
template <class Op, Src kA, Src kB, bool kWhen, Direction kDirection>
MOTE_INLINE Flow branch_compare(Registers& r) {
  using T = typename Op::Operand;
  constexpr uint32_t kAtB = kHandlerUnits + source_units<T>(kA);
  constexpr uint32_t kAtTarget = kAtB + source_units<T>(kB);
  const T a = source<T, kA, kHandlerUnits>(r);
  const T b = source<T, kB, kAtB>(r);
  if ((Op::apply(a, b) != 0) == kWhen) return jump_if<kDirection, kAtTarget>(r);
  return next<kAtTarget + kTargetUnits>(r);
}

// Branches when the i32 is not zero (kWhen), or when it is.
template <Src kA, bool kWhen, Direction kDirection>
MOTE_INLINE Flow branch_test(Registers& r) {
  constexpr uint32_t kAtTarget = kHandlerUnits + source_units<uint32_t>(kA);
  if ((source<uint32_t, kA, kHandlerUnits>(r) != 0) == kWhen) {
    return jump_if<kDirection, kAtTarget>(r);
  }
  return next<kAtTarget + kTargetUnits>(r);
}

// The targets follow the count; the last one is the default.
template <Src kA>
MOTE_INLINE Flow branch_table(Registers& r) {
  constexpr uint32_t kAtCount = kHandlerUnits + source_units<uint32_t>(kA);
  const uint32_t index = source<uint32_t, kA, kHandlerUnits>(r);
  const uint32_t count = read_u32(r.pc() + kAtCount);
  if (__builtin_expect(!pay_check(r), 0)) return Flow::kCheck;
  const uint32_t chosen = index < count ? index : count;
  r.set_pc(read_target(r.pc() + kAtCount + kU32Units + static_cast<size_t>(chosen) * kTargetUnits));
  return next<0>(r);
}

MOTE_INLINE Flow unreachable(Registers& r) { return trap(r, ErrorCode::kUnreachable); }

// ---- Calls -----------------------------------------------------------------------------------
//
// The callee's frame begins at the caller's staged arguments, and its results replace them:
//
//   caller's frame
//   | parameters | link | locals | operands ... a b |
//                                                | | callee's frame
//                                                | parameters a b | link | locals | operands |
//
// The last operand of every call instruction is the distance between the two frames, so a return
// finds it just before the return address.

// Enters a function of the running instance.
MOTE_INLINE Flow enter(Registers& r, const FunctionCode& function, uint8_t* frame,
                       const Unit* return_to) {
  if (__builtin_expect(static_cast<size_t>(r.execution()->stack_end - frame) < function.frame_bytes,
                       0)) {
    return trap(r, ErrorCode::kStackExhausted);
  }
  if (__builtin_expect(!pay_check(r), 0)) return Flow::kCheck;
  store_link(frame + function.link_bytes, return_to);
  r.set_frame(frame);
  r.set_pc(static_cast<const Unit*>(function.code));
  return next<0>(r);
}

MOTE_INLINE Flow call(Registers& r) {
  constexpr uint32_t kUnits = kHandlerUnits + kFunctionUnits + kSlotUnits;
  const FunctionCode& function =
      read_function(r.pc() + kHandlerUnits, r.execution()->instance->module->functions);
  return enter(r, function, r.frame() + call_distance(r.pc() + kUnits), r.pc() + kUnits);
}

// Pinned registers need no address, so that there this can be one function.
#if MOTE_PINNED_REGISTERS
#define MOTE_OUT_OF_LINE __attribute__((noinline)) inline
#else
#define MOTE_OUT_OF_LINE MOTE_INLINE
#endif
MOTE_OUT_OF_LINE void show_memory(Registers& r, const MemoryData* memory) {
  r.set_memory(memory != nullptr ? memory->bytes : nullptr);
  const size_t usable = memory != nullptr ? memory->usable() : 0;
#if MOTE_LIMITS_IN_MEMORY
  for (uint32_t i = 0; i < 4; i++) {
    const uint32_t size = 1u << i;
    MemoryWindow& window = r.execution()->windows[i];
    window.limit = usable >= size ? static_cast<uint32_t>(usable - size + 1) : 0;
#if MOTE_MEMORY_WINDOW
    window.first = memory != nullptr ? memory->first : 0;
#endif
  }
#else
  r.set_memory_size(usable);
#endif
}

// Memory 0 is in registers at all times but between two use_memory.
MOTE_INLINE void reload_memory(Registers& r) { show_memory(r, r.execution()->instance->memory); }

// After touch_memory.
MOTE_INLINE void reload_touched(Registers& r) {
  const uint32_t index = r.execution()->memory_index;
  const InstanceData& instance = *r.execution()->instance;
  show_memory(r, index == 0 ? instance.memory : instance.memories[index]);
}

// Makes a memory the one that loads and stores go to: before and after an access to another one
// than memory 0.
MOTE_INLINE Flow use_memory(Registers& r) {
  r.execution()->memory_index = read_u32(r.pc() + kHandlerUnits);
  reload_touched(r);
  return next<kHandlerUnits + kU32Units>(r);
}

MOTE_INLINE void save(const Registers& r) {
  save_checks(r);
  r.execution()->pc = r.pc();
  r.execution()->frame = r.frame();
  r.execution()->accumulator = r.accumulator();
#if MOTE_APART_F32
  r.execution()->accumulator_f32 = r.accumulator_f32();
#endif
#if MOTE_APART_F64
  r.execution()->accumulator_f64 = r.accumulator_f64();
#endif
}

MOTE_INLINE void restore(Registers& r) {
  restore_checks(r);
  r.set_pc(r.execution()->pc);
  r.set_frame(r.execution()->frame);
  r.set_accumulator(r.execution()->accumulator);
#if MOTE_APART_F32
  r.set_accumulator_f32(r.execution()->accumulator_f32);
#endif
#if MOTE_APART_F64
  r.set_accumulator_f64(r.execution()->accumulator_f64);
#endif
  r.execution()->memory_index = 0;
  reload_memory(r);
}

// Goes on after a call that the runtime made.
MOTE_INLINE Flow after_call(Registers& r, CallOutcome outcome, const Unit* return_to) {
  restore_checks(r);
  switch (outcome) {
    case CallOutcome::kEntered:
      r.set_pc(r.execution()->pc);
      r.set_frame(r.execution()->frame);
      reload_memory(r);
      return next<0>(r);
    case CallOutcome::kReturned:
      reload_memory(r);
      r.set_pc(return_to);
      return next<0>(r);
    case CallOutcome::kTrapped: return Flow::kTrap;
    case CallOutcome::kStopped: break;
  }
  return Flow::kStop;
}

MOTE_INLINE Flow call_import(Registers& r) {
  constexpr uint32_t kUnits = kHandlerUnits + kU32Units + kSlotUnits;
  if (__builtin_expect(!pay_check(r), 0)) return Flow::kCheck;
  const Unit* return_to = r.pc() + kUnits;
  save(r);
  const CallOutcome outcome = call_imported(*r.execution(), r.frame() + call_distance(return_to),
                                            read_u32(r.pc() + kHandlerUnits), return_to);
  return after_call(r, outcome, return_to);
}

template <Src kIndex>
MOTE_INLINE Flow call_indirect(Registers& r) {
  constexpr uint32_t kAtTable = kHandlerUnits + source_units<uint32_t>(kIndex);
  constexpr uint32_t kAtType = kAtTable + kU32Units;
  constexpr uint32_t kUnits = kAtType + kU32Units + kSlotUnits;
  const Unit* return_to = r.pc() + kUnits;
  uint8_t* frame = r.frame() + call_distance(return_to);
  const uint32_t entry = source<uint32_t, kIndex, kHandlerUnits>(r);
  const uint32_t typeidx = read_u32(r.pc() + kAtType);
  // The usual case, without leaving the engine: a function of this instance, declared with the
  // very type that the instruction names.
  const InstanceData& instance = *r.execution()->instance;
  const TableData& table = *instance.tables[read_u32(r.pc() + kAtTable)];
  if (__builtin_expect(entry < table.size, 1)) {
    const uint32_t defined =
        table.entries[entry] - instance.reference_base - instance.module->imported_functions;
    if (__builtin_expect(defined < instance.module->defined_functions &&
                             instance.module->functions[defined].type == typeidx,
                         1)) {
      return enter(r, instance.module->functions[defined], frame, return_to);
    }
  }
  if (__builtin_expect(!pay_check(r), 0)) return Flow::kCheck;
  save(r);
  const CallOutcome outcome = call_table_entry(*r.execution(), frame, read_u32(r.pc() + kAtTable),
                                               typeidx, entry, return_to);
  return after_call(r, outcome, return_to);
}

MOTE_INLINE Flow leave(Registers& r, const Unit* link) {
#if MOTE_SHARED_ENDS
  r.link = link;
  return Flow::kLeave;
#else
  r.set_frame(r.frame() - (call_distance(link)));
  r.set_pc(link);
  return next<0>(r);
#endif
}

MOTE_INLINE Flow return_nothing(Registers& r) {
  return leave(r, load_link(r.frame() + read_slot(r.pc() + kHandlerUnits)));
}

template <class T, Src kA>
MOTE_INLINE Flow return_one(Registers& r) {
  constexpr uint32_t kAtLink = kHandlerUnits + source_units<T>(kA);
  const Unit* link = load_link(r.frame() + read_slot(r.pc() + kAtLink));
  const T value = source<T, kA, kHandlerUnits>(r);
  store_slot<T>(r.frame(), 0, value);
  set_accumulator<T>(r, value);
  return leave(r, link);
}

// The results are a run of slots.
MOTE_INLINE Flow return_many(Registers& r) {
  const size_t from = read_slot(r.pc() + kHandlerUnits);
  const uint32_t slots = read_u32(r.pc() + kHandlerUnits + kSlotUnits);
  const Unit* link =
      load_link(r.frame() + read_slot(r.pc() + kHandlerUnits + kSlotUnits + kU32Units));
  memmove(r.frame(), r.frame() + from, static_cast<size_t>(slots) * kSlotBytes);
  return leave(r, link);
}

// The outermost call has returned; r.frame() is where its results are.
MOTE_INLINE Flow exit_engine(Registers& r) {
  save(r);
  r.execution()->stop = StopReason::kDone;
  return Flow::kStop;
}

// A call from another instance has returned.
MOTE_INLINE Flow switch_back(Registers& r) {
  SwitchRecord record;
  memcpy(&record, r.execution()->stack_end, sizeof record);
  r.execution()->stack_end += sizeof record;
  r.execution()->instance = record.instance;
  reload_memory(r);
  return leave(r, record.return_to);
}

// ---- Everything else -------------------------------------------------------------------------

// kPays: the instruction moves as much as the guest likes, and pays for it afterwards (pay_for).
// Before the next one starts, that debt is settled: straight-line code is metered, too.
template <bool kPays, uint32_t kUnits>
MOTE_INLINE Flow call_runtime(Registers& r, RuntimeCall call) {
  if constexpr (kPays) {
    if (__builtin_expect(!pay_check(r), 0)) return Flow::kCheck;
  }
  const size_t operands = read_slot(r.pc() + kHandlerUnits);
  const uint32_t a = read_u32(r.pc() + kHandlerUnits + kSlotUnits);
  const uint32_t b = read_u32(r.pc() + kHandlerUnits + kSlotUnits + kU32Units);
  if constexpr (kPays) save_checks(r);
  const ErrorCode code =
      call(*r.execution(), static_cast<uint32_t*>(static_cast<void*>(r.frame() + operands)), a, b);
  if constexpr (kPays) restore_checks(r);
  if (code != ErrorCode::kOk) return trap(r, code);
  reload_memory(r);
  return next<kUnits>(r);
}

constexpr uint32_t kRuntimeCallUnits = kHandlerUnits + kSlotUnits + 2 * kU32Units;

template <RuntimeCall kCall, bool kPays = false>
MOTE_INLINE Flow runtime_call(Registers& r) {
  return call_runtime<kPays, kRuntimeCallUnits>(r, kCall);
}

// One handler for all of them, where size counts. The number of the call follows the operands.
MOTE_INLINE Flow numbered_call(Registers& r) {
  static constexpr RuntimeCall kCalls[] = {
#define MOTE_RUNTIME_CALL(name, function, pays) calls::function,
#include "interp/runtime_calls.def"
  };
  return call_runtime<true, kRuntimeCallUnits + kSlotUnits>(
      r, kCalls[read_number(r.pc() + kRuntimeCallUnits)]);
}

#if MOTE_FUSED && MOTE_FEATURE_BULK_MEMORY
// Bytes that may overlap. Small numbers, which are most, need no call.
MOTE_INLINE void move_bytes(uint8_t* to, const uint8_t* from, uint32_t count) {
  const auto move = [&](auto word) {
    auto last = word;
    memcpy(&word, from, sizeof word);
    memcpy(&last, from + count - sizeof last, sizeof last);
    memcpy(to, &word, sizeof word);
    memcpy(to + count - sizeof last, &last, sizeof last);
  };
  struct Sixteen {
    uint64_t words[2];
  };
  if (count > 32) {
    memmove(to, from, count);
  } else if (count >= 16) {
    move(Sixteen{});
  } else if (count >= 8) {
    move(uint64_t{});
  } else if (count >= 4) {
    move(uint32_t{});
  } else if (count >= 2) {
    move(uint16_t{});
  } else if (count != 0) {
    *to = *from;
  }
}

// memory.copy and memory.fill within what is backed of memory 0; the runtime does all others.
template <RuntimeCall kCall, bool kCopies>
MOTE_INLINE Flow bulk(Registers& r) {
  const size_t slot = read_slot(r.pc() + kHandlerUnits);
  const uint32_t to = load_slot<uint32_t>(r.frame(), slot);
  const uint32_t from = load_slot<uint32_t>(r.frame(), slot + kSlotBytes);
  const uint32_t count = load_slot<uint32_t>(r.frame(), slot + 2 * kSlotBytes);
  const uint32_t memories = read_u32(r.pc() + kHandlerUnits + kSlotUnits) |
                            read_u32(r.pc() + kHandlerUnits + kSlotUnits + kU32Units);
  const uint64_t end = static_cast<uint64_t>(kCopies && from > to ? from : to) + count;
  if (__builtin_expect(end > r.memory_size() || memories != 0, 0)) {
    return runtime_call<kCall, true>(r);
  }
  if (__builtin_expect(!pay_check(r), 0)) return Flow::kCheck;
  if constexpr (kCopies) {
    move_bytes(r.memory() + to, r.memory() + from, count);
  } else if (count != 0) {  // else there may be no memory yet, and memset() wants an address
    memset(r.memory() + to, static_cast<int>(from & 0xFF), count);
  }
  pay_more(r, count >> 8);
  return next<kHandlerUnits + kSlotUnits + 2 * kU32Units>(r);
}
#endif

}  // namespace mote::detail
