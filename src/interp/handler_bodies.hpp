// Handler bodies: what each kind of instruction does, written once. A body is a template over the
// instruction's semantics, the classes of its sources and what happens to its result; handlers.def
// lists the variants that exist, engine.cpp puts a dispatch around them.
//
// Rules for bodies:
// - `r` holds the machine registers. A body moves r.pc past its instruction only as its last act,
//   so that an instruction that did not finish (kTouch, kCheck) can be run again.
// - Nothing is written before everything that can fail has been checked.
// - Never let the address of `r` escape to a function that is not inlined: copy it instead.
#pragma once

#include "interp/machine.hpp"
#include "interp/semantics.hpp"

namespace mote::detail {

// Where a source comes from: a slot of the frame, the code, or the accumulator.
enum class Src : uint8_t { S, C, A };
// D: the result goes to a slot and to the accumulator. N: to the accumulator only, because the
// next instruction uses it up.
enum class Dst : uint8_t { D, N };
// F: forward branch. B: backward branch, which pays fuel.
enum class Direction : uint8_t { F, B };

struct Registers {
  const Unit* pc;
  uint8_t* frame;
  uint8_t* memory;
  uint64_t memory_size;  // bytes that can be used without asking
  ExecutionData* execution;
  Accumulator accumulator;
  float accumulator_f32;
  double accumulator_f64;
};

// What comes after a body.
enum class Flow : uint8_t {
  kNext,   // the instruction at r.pc
  kTrap,   // execution.trap says which
  kTouch,  // back memory up to execution.touch_end, then run the instruction again
  kCheck,  // look at fuel and the interrupt flag, then run the instruction again
  kStop,   // leave the engine; state and reason are stored already
};

MOTE_INLINE Flow trap(Registers& r, ErrorCode code) {
  r.execution->trap = code;
  return Flow::kTrap;
}

// ---- Operands --------------------------------------------------------------------------------

template <class T>
MOTE_INLINE T load_slot(const uint8_t* frame, size_t offset) {
  T value;
  memcpy(&value, __builtin_assume_aligned(frame + offset, kSlotBytes), sizeof value);
  return value;
}
template <class T>
MOTE_INLINE void store_slot(uint8_t* frame, size_t offset, T value) {
  memcpy(__builtin_assume_aligned(frame + offset, kSlotBytes), &value, sizeof value);
}

template <class T>
inline constexpr bool kIsFloat = false;
template <>
inline constexpr bool kIsFloat<float> = true;
template <>
inline constexpr bool kIsFloat<double> = true;

template <class T>
MOTE_INLINE T get_accumulator(const Registers& r) {
  if constexpr (kIsFloat<T>) {
    if constexpr (sizeof(T) == 4) {
      return r.accumulator_f32;
    } else {
      return r.accumulator_f64;
    }
  } else {
    return static_cast<T>(r.accumulator);
  }
}
template <class T>
MOTE_INLINE void set_accumulator(Registers& r, T value) {
  if constexpr (kIsFloat<T>) {
    if constexpr (sizeof(T) == 4) {
      r.accumulator_f32 = value;
    } else {
      r.accumulator_f64 = value;
    }
  } else {
    r.accumulator = static_cast<Accumulator>(value);
  }
}

template <class T>
inline constexpr uint32_t kConstantUnits = sizeof(T) == 8 ? kU64Units : kU32Units;

template <class T>
constexpr uint32_t source_units(Src src) {
  return src == Src::S ? kSlotUnits : src == Src::C ? kConstantUnits<T> : 0;
}
constexpr uint32_t result_units(Dst dst) { return dst == Dst::D ? kSlotUnits : 0; }

// The source of class kSrc whose operand is at r.pc[kAt].
template <class T, Src kSrc, uint32_t kAt>
MOTE_INLINE T source(const Registers& r) {
  if constexpr (kSrc == Src::S) {
    return load_slot<T>(r.frame, read_slot(r.pc + kAt));
  } else if constexpr (kSrc == Src::C) {
    if constexpr (sizeof(T) == 8) {
      return semantics::bit_cast<T>(read_u64(r.pc + kAt));
    } else {
      return semantics::bit_cast<T>(read_u32(r.pc + kAt));
    }
  } else {
    return get_accumulator<T>(r);
  }
}

template <class T, Dst kDst, uint32_t kAt>
MOTE_INLINE void result(Registers& r, T value) {
  if constexpr (kDst == Dst::D) store_slot<T>(r.frame, read_slot(r.pc + kAt), value);
  set_accumulator<T>(r, value);
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
  result<R, kDst, kAtResult>(r, value);
  r.pc += kAtResult + result_units(kDst);
  return Flow::kNext;
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
  result<R, kDst, kAtResult>(r, value);
  r.pc += kAtResult + result_units(kDst);
  return Flow::kNext;
}

// ---- Moves -----------------------------------------------------------------------------------

template <class T, Src kA>
MOTE_INLINE Flow copy(Registers& r) {
  constexpr uint32_t kAtResult = kHandlerUnits + source_units<T>(kA);
  result<T, Dst::D, kAtResult>(r, source<T, kA, kHandlerUnits>(r));
  r.pc += kAtResult + kSlotUnits;
  return Flow::kNext;
}

template <class T, Src kCondition>
MOTE_INLINE Flow select(Registers& r) {
  constexpr uint32_t kAtCondition = kHandlerUnits + 2 * kSlotUnits;
  constexpr uint32_t kAtResult = kAtCondition + source_units<uint32_t>(kCondition);
  const uint32_t condition = source<uint32_t, kCondition, kAtCondition>(r);
  const T a = source<T, Src::S, kHandlerUnits>(r);
  const T b = source<T, Src::S, kHandlerUnits + kSlotUnits>(r);
  result<T, Dst::D, kAtResult>(r, condition != 0 ? a : b);
  r.pc += kAtResult + kSlotUnits;
  return Flow::kNext;
}

// Sets a run of slots to zero: the locals of a function.
MOTE_INLINE Flow zero_slots(Registers& r) {
  memset(r.frame + read_slot(r.pc + kHandlerUnits), 0,
         static_cast<size_t>(read_u32(r.pc + kHandlerUnits + kSlotUnits)) * kSlotBytes);
  r.pc += kHandlerUnits + kSlotUnits + kU32Units;
  return Flow::kNext;
}

MOTE_INLINE uint32_t* own_global(Registers& r) {
  return r.execution->instance->globals + read_u32(r.pc + kHandlerUnits);
}
MOTE_INLINE uint32_t* imported_global(Registers& r) {
  return r.execution->instance->imported_globals[read_u32(r.pc + kHandlerUnits)].cell;
}

template <class T, uint32_t* (*kCell)(Registers&)>
MOTE_INLINE Flow global_get(Registers& r) {
  constexpr uint32_t kAtResult = kHandlerUnits + kU32Units;
  const T value = load_slot<T>(reinterpret_cast<const uint8_t*>(kCell(r)), 0);
  result<T, Dst::D, kAtResult>(r, value);
  r.pc += kAtResult + kSlotUnits;
  return Flow::kNext;
}

template <class T, uint32_t* (*kCell)(Registers&), Src kA>
MOTE_INLINE Flow global_set(Registers& r) {
  constexpr uint32_t kAtA = kHandlerUnits + kU32Units;
  const T value = source<T, kA, kAtA>(r);
  store_slot<T>(reinterpret_cast<uint8_t*>(kCell(r)), 0, value);
  r.pc += kAtA + source_units<T>(kA);
  return Flow::kNext;
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

// Where the `size` bytes at the guest's `address` + `offset` are. False: they are not all usable,
// return Flow::kTouch.
MOTE_INLINE bool memory_at(Registers& r, uint32_t address, uint32_t offset, uint32_t size,
                           uint8_t** at) {
  const uint64_t begin = static_cast<uint64_t>(address) + offset;
  const uint64_t end = begin + size;
  if (__builtin_expect(end > r.memory_size, 0)) {
    r.execution->touch_end = end;
    return false;
  }
  *at = r.memory + begin;
  return true;
}

// V: type of the value. M: type in memory. The address is a slot, the accumulator, or nothing
// (class C: it is part of the offset).
template <class V, class M, Src kAddress, Dst kDst>
MOTE_INLINE Flow load(Registers& r) {
  constexpr uint32_t kAtOffset =
      kHandlerUnits + (kAddress == Src::C ? 0 : source_units<uint32_t>(kAddress));
  constexpr uint32_t kAtResult = kAtOffset + kU32Units;
  uint32_t address = 0;
  if constexpr (kAddress != Src::C) address = source<uint32_t, kAddress, kHandlerUnits>(r);
  uint8_t* at;
  if (!memory_at(r, address, read_u32(r.pc + kAtOffset), sizeof(M), &at)) return Flow::kTouch;
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
  result<V, kDst, kAtResult>(r, value);
  r.pc += kAtResult + result_units(kDst);
  return Flow::kNext;
}

template <class V, class M, Src kAddress, Src kValue>
MOTE_INLINE Flow store(Registers& r) {
  constexpr uint32_t kAtValue =
      kHandlerUnits + (kAddress == Src::C ? 0 : source_units<uint32_t>(kAddress));
  constexpr uint32_t kAtOffset = kAtValue + source_units<V>(kValue);
  uint32_t address = 0;
  if constexpr (kAddress != Src::C) address = source<uint32_t, kAddress, kHandlerUnits>(r);
  uint8_t* at;
  if (!memory_at(r, address, read_u32(r.pc + kAtOffset), sizeof(M), &at)) return Flow::kTouch;
  const M raw = to_little_endian(static_cast<M>(source<V, kValue, kAtValue>(r)));
  memcpy(at, &raw, sizeof raw);
  r.pc += kAtOffset + kU32Units;
  return Flow::kNext;
}

// ---- Control ---------------------------------------------------------------------------------

// Pays for a backward branch or a call. False: return Flow::kCheck.
MOTE_INLINE bool pay_check(Registers& r) { return --r.execution->checks >= 0; }

template <Direction kDirection>
MOTE_INLINE Flow branch(Registers& r) {
  if constexpr (kDirection == Direction::B) {
    if (__builtin_expect(!pay_check(r), 0)) return Flow::kCheck;
  }
  r.pc = read_target(r.pc + kHandlerUnits);
  return Flow::kNext;
}

// Branches when the comparison yields kWhen.
template <class Op, Src kA, Src kB, bool kWhen, Direction kDirection>
MOTE_INLINE Flow branch_compare(Registers& r) {
  using T = typename Op::Operand;
  constexpr uint32_t kAtB = kHandlerUnits + source_units<T>(kA);
  constexpr uint32_t kAtTarget = kAtB + source_units<T>(kB);
  const T a = source<T, kA, kHandlerUnits>(r);
  const T b = source<T, kB, kAtB>(r);
  if ((Op::apply(a, b) != 0) == kWhen) {
    if constexpr (kDirection == Direction::B) {
      if (__builtin_expect(!pay_check(r), 0)) return Flow::kCheck;
    }
    r.pc = read_target(r.pc + kAtTarget);
  } else {
    r.pc += kAtTarget + kTargetUnits;
  }
  return Flow::kNext;
}

// Branches when the i32 is not zero (kWhen), or when it is.
template <Src kA, bool kWhen, Direction kDirection>
MOTE_INLINE Flow branch_test(Registers& r) {
  constexpr uint32_t kAtTarget = kHandlerUnits + source_units<uint32_t>(kA);
  if ((source<uint32_t, kA, kHandlerUnits>(r) != 0) == kWhen) {
    if constexpr (kDirection == Direction::B) {
      if (__builtin_expect(!pay_check(r), 0)) return Flow::kCheck;
    }
    r.pc = read_target(r.pc + kAtTarget);
  } else {
    r.pc += kAtTarget + kTargetUnits;
  }
  return Flow::kNext;
}

// The targets follow the count; the last one is the default.
template <Src kA>
MOTE_INLINE Flow branch_table(Registers& r) {
  constexpr uint32_t kAtCount = kHandlerUnits + source_units<uint32_t>(kA);
  const uint32_t index = source<uint32_t, kA, kHandlerUnits>(r);
  const uint32_t count = read_u32(r.pc + kAtCount);
  if (__builtin_expect(!pay_check(r), 0)) return Flow::kCheck;
  const uint32_t chosen = index < count ? index : count;
  r.pc = read_target(r.pc + kAtCount + kU32Units + static_cast<size_t>(chosen) * kTargetUnits);
  return Flow::kNext;
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

MOTE_INLINE size_t call_distance(const Unit* return_to) {
  return read_slot(return_to - kSlotUnits);
}

// Enters a function of the running instance.
MOTE_INLINE Flow enter(Registers& r, const FunctionCode& function, uint8_t* frame,
                       const Unit* return_to) {
  if (__builtin_expect(static_cast<size_t>(r.execution->stack_end - frame) < function.frame_bytes,
                       0)) {
    return trap(r, ErrorCode::kStackExhausted);
  }
  if (__builtin_expect(!pay_check(r), 0)) return Flow::kCheck;
  store_link(frame + function.link_bytes, return_to);
  r.frame = frame;
  r.pc = static_cast<const Unit*>(function.code);
  return Flow::kNext;
}

MOTE_INLINE Flow call(Registers& r) {
  constexpr uint32_t kUnits = kHandlerUnits + kFunctionUnits + kSlotUnits;
  const FunctionCode& function =
      read_function(r.pc + kHandlerUnits, r.execution->instance->module->functions);
  return enter(r, function, r.frame + call_distance(r.pc + kUnits), r.pc + kUnits);
}

// Memory 0 is in registers at all times but between two use_memory.
MOTE_INLINE void reload_memory(Registers& r) {
  const MemoryData* memory = r.execution->instance->memory;
  r.memory = memory != nullptr ? memory->bytes : nullptr;
  r.memory_size = memory != nullptr ? memory->usable() : 0;
}

// After touch_memory.
MOTE_INLINE void reload_touched(Registers& r) {
  if (r.execution->memory_index == 0) return reload_memory(r);
  const MemoryData* memory = r.execution->instance->memories[r.execution->memory_index];
  r.memory = memory->bytes;
  r.memory_size = memory->usable();
}

// Makes a memory the one that loads and stores go to: before and after an access to another one
// than memory 0.
MOTE_INLINE Flow use_memory(Registers& r) {
  r.execution->memory_index = read_u32(r.pc + kHandlerUnits);
  reload_touched(r);
  r.pc += kHandlerUnits + kU32Units;
  return Flow::kNext;
}

MOTE_INLINE void save(const Registers& r) {
  r.execution->pc = r.pc;
  r.execution->frame = r.frame;
  r.execution->accumulator = r.accumulator;
  r.execution->accumulator_f32 = r.accumulator_f32;
  r.execution->accumulator_f64 = r.accumulator_f64;
}

MOTE_INLINE void restore(Registers& r) {
  r.pc = r.execution->pc;
  r.frame = r.execution->frame;
  r.accumulator = r.execution->accumulator;
  r.accumulator_f32 = r.execution->accumulator_f32;
  r.accumulator_f64 = r.execution->accumulator_f64;
  r.execution->memory_index = 0;
  reload_memory(r);
}

// Goes on after a call that the runtime made.
MOTE_INLINE Flow after_call(Registers& r, CallOutcome outcome, const Unit* return_to) {
  switch (outcome) {
    case CallOutcome::kEntered:
      r.pc = r.execution->pc;
      r.frame = r.execution->frame;
      reload_memory(r);
      return Flow::kNext;
    case CallOutcome::kReturned:
      reload_memory(r);
      r.pc = return_to;
      return Flow::kNext;
    case CallOutcome::kTrapped: return Flow::kTrap;
    case CallOutcome::kStopped: break;
  }
  return Flow::kStop;
}

MOTE_INLINE Flow call_import(Registers& r) {
  constexpr uint32_t kUnits = kHandlerUnits + kU32Units + kSlotUnits;
  if (__builtin_expect(!pay_check(r), 0)) return Flow::kCheck;
  const Unit* return_to = r.pc + kUnits;
  save(r);
  const CallOutcome outcome = call_imported(*r.execution, r.frame + call_distance(return_to),
                                            read_u32(r.pc + kHandlerUnits), return_to);
  return after_call(r, outcome, return_to);
}

template <Src kIndex>
MOTE_INLINE Flow call_indirect(Registers& r) {
  constexpr uint32_t kAtTable = kHandlerUnits + source_units<uint32_t>(kIndex);
  constexpr uint32_t kAtType = kAtTable + kU32Units;
  constexpr uint32_t kUnits = kAtType + kU32Units + kSlotUnits;
  const Unit* return_to = r.pc + kUnits;
  uint8_t* frame = r.frame + call_distance(return_to);
  const uint32_t entry = source<uint32_t, kIndex, kHandlerUnits>(r);
  const uint32_t typeidx = read_u32(r.pc + kAtType);
  // The usual case, without leaving the engine: a function of this instance, declared with the
  // very type that the instruction names.
  const InstanceData& instance = *r.execution->instance;
  const TableData& table = *instance.tables[read_u32(r.pc + kAtTable)];
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
  const CallOutcome outcome =
      call_table_entry(*r.execution, frame, read_u32(r.pc + kAtTable), typeidx, entry, return_to);
  return after_call(r, outcome, return_to);
}

MOTE_INLINE Flow leave(Registers& r, const Unit* link) {
  r.frame -= call_distance(link);
  r.pc = link;
  return Flow::kNext;
}

MOTE_INLINE Flow return_nothing(Registers& r) {
  return leave(r, load_link(r.frame + read_slot(r.pc + kHandlerUnits)));
}

template <class T, Src kA>
MOTE_INLINE Flow return_one(Registers& r) {
  constexpr uint32_t kAtLink = kHandlerUnits + source_units<T>(kA);
  const Unit* link = load_link(r.frame + read_slot(r.pc + kAtLink));
  const T value = source<T, kA, kHandlerUnits>(r);
  store_slot<T>(r.frame, 0, value);
  set_accumulator<T>(r, value);
  return leave(r, link);
}

// The results are a run of slots.
MOTE_INLINE Flow return_many(Registers& r) {
  const size_t from = read_slot(r.pc + kHandlerUnits);
  const uint32_t slots = read_u32(r.pc + kHandlerUnits + kSlotUnits);
  const Unit* link = load_link(r.frame + read_slot(r.pc + kHandlerUnits + kSlotUnits + kU32Units));
  memmove(r.frame, r.frame + from, static_cast<size_t>(slots) * kSlotBytes);
  return leave(r, link);
}

// The outermost call has returned; r.frame is where its results are.
MOTE_INLINE Flow exit_engine(Registers& r) {
  save(r);
  r.execution->stop = StopReason::kDone;
  return Flow::kStop;
}

// A call from another instance has returned.
MOTE_INLINE Flow switch_back(Registers& r) {
  SwitchRecord record;
  memcpy(&record, r.execution->stack_end, sizeof record);
  r.execution->stack_end += sizeof record;
  r.execution->instance = record.instance;
  reload_memory(r);
  return leave(r, record.return_to);
}

// ---- Everything else -------------------------------------------------------------------------

// kPays: the instruction moves as much as the guest likes, and pays for it afterwards (pay_for).
// Before the next one starts, that debt is settled: straight-line code is metered, too.
template <RuntimeCall kCall, bool kPays = false>
MOTE_INLINE Flow runtime_call(Registers& r) {
  if constexpr (kPays) {
    if (__builtin_expect(!pay_check(r), 0)) return Flow::kCheck;
  }
  const size_t operands = read_slot(r.pc + kHandlerUnits);
  const uint32_t a = read_u32(r.pc + kHandlerUnits + kSlotUnits);
  const uint32_t b = read_u32(r.pc + kHandlerUnits + kSlotUnits + kU32Units);
  const ErrorCode code =
      kCall(*r.execution, static_cast<uint32_t*>(static_cast<void*>(r.frame + operands)), a, b);
  if (code != ErrorCode::kOk) return trap(r, code);
  reload_memory(r);
  r.pc += kHandlerUnits + kSlotUnits + 2 * kU32Units;
  return Flow::kNext;
}

}  // namespace mote::detail
