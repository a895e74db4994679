// The machine's registers, as handlers see them.
//
// Every dispatch keeps them where its target is best at it: arguments of tail calls, local
// variables, or, for gcc on Arm and RISC-V, global register variables. There, with hundreds of
// handlers in one function, gcc moves the registers from here to there in every handler and spills
// some (we measured up to 60 % more instructions on Cortex-M4); pinned, they stay.
//
// Only engine.cpp may include this file: pinned registers are reserved in all of a source file.
#pragma once

#include "interp/machine.hpp"

#if defined(__GNUC__) && !defined(__clang__) && MOTE_DISPATCH != MOTE_DISPATCH_TAIL
#if defined(__thumb__)
#define MOTE_PINNED_REGISTERS 1
#define MOTE_PINNED_pc "r4"
#define MOTE_PINNED_frame "r5"
#define MOTE_PINNED_accumulator "r6"
#define MOTE_PINNED_memory "r7"
#define MOTE_PINNED_execution "r8"
#define MOTE_PINNED_checks "r9"
#define MOTE_PINNED_labels "r10"
#elif defined(__riscv)
#define MOTE_PINNED_REGISTERS 1
#define MOTE_PINNED_pc "s1"
#define MOTE_PINNED_frame "s2"
#define MOTE_PINNED_accumulator "s3"
#define MOTE_PINNED_memory "s4"
#define MOTE_PINNED_memory_size "s8"  // 64-bit
#define MOTE_PINNED_execution "s5"
#define MOTE_PINNED_checks "s6"
#define MOTE_PINNED_labels "s7"
#endif
#endif
#ifndef MOTE_PINNED_REGISTERS
#define MOTE_PINNED_REGISTERS 0
#endif

// Whether the count of checks until the next look at fuel and interrupts has a register.
#if defined(__clang__) && __clang_major__ >= 19 && MOTE_DISPATCH == MOTE_DISPATCH_TAIL
#define MOTE_MANY_ARGUMENTS 1  // dispatch_tail.hpp has a calling convention with enough of them
#else
#define MOTE_MANY_ARGUMENTS 0
#endif
#define MOTE_CHECKS_IN_REGISTER (MOTE_PINNED_REGISTERS || MOTE_MANY_ARGUMENTS)

// With pinned registers a handler can end in the two instructions that go to the next one, without
// the compiler's knowing: all that the next one needs is where it belongs. (gcc makes five of them
// on Thumb-2: it sets the Thumb bit of every target anew, and cannot see that all targets have it.)
#if MOTE_PINNED_REGISTERS && defined(__thumb2__) && MOTE_DISPATCH == MOTE_DISPATCH_GOTO && \
    MOTE_ENCODING == MOTE_ENCODING_COMPACT
#define MOTE_JUMPS_AT_ONCE 1
#else
#define MOTE_JUMPS_AT_ONCE 0
#endif

namespace mote::detail {

// X(type, name) for each register but pc, which comes first.
#if MOTE_LIMITS_IN_MEMORY
#define MOTE_MEMORY_REGISTERS(X) X(uint8_t*, memory)
#else
// memory_size: bytes that can be used without asking.
#define MOTE_MEMORY_REGISTERS(X) X(uint8_t*, memory) X(uint64_t, memory_size)
#endif
#if MOTE_APART_F32
#define MOTE_F32_REGISTERS(X) X(float, accumulator_f32)
#else
#define MOTE_F32_REGISTERS(X)
#endif
#if MOTE_APART_F64
#define MOTE_F64_REGISTERS(X) X(double, accumulator_f64)
#else
#define MOTE_F64_REGISTERS(X)
#endif
// The order puts what every handler needs into registers under the usual calling conventions.
#if MOTE_CHECKS_IN_REGISTER
// As wide as the register, of which run_engine() has to save all for its caller.
#if __SIZEOF_POINTER__ == 8 && MOTE_PINNED_REGISTERS
#define MOTE_CHECK_REGISTERS(X) X(int64_t, checks)
#else
#define MOTE_CHECK_REGISTERS(X) X(int32_t, checks)
#endif
#else
#define MOTE_CHECK_REGISTERS(X)
#endif
#define MOTE_INTEGER_REGISTERS(X) \
  X(uint8_t*, frame)              \
  MOTE_MEMORY_REGISTERS(X)        \
  X(ExecutionData*, execution) X(Accumulator, accumulator) MOTE_CHECK_REGISTERS(X)
#define MOTE_FLOAT_REGISTERS(X) MOTE_F32_REGISTERS(X) MOTE_F64_REGISTERS(X)
#define MOTE_OTHER_REGISTERS(X) MOTE_INTEGER_REGISTERS(X) MOTE_FLOAT_REGISTERS(X)

#define MOTE_REGISTER_MEMBER(type, name)            \
  type name##_;                                     \
  MOTE_INLINE type name() const { return name##_; } \
  MOTE_INLINE void set_##name(type value) { name##_ = value; }

#if MOTE_PINNED_REGISTERS
#define MOTE_PIN(type, name) register type pinned_##name __asm__(MOTE_PINNED_##name);
MOTE_PIN(const Unit*, pc)
MOTE_INTEGER_REGISTERS(MOTE_PIN)
MOTE_PIN(const void* const*, labels)
#undef MOTE_PIN
#define MOTE_REGISTER_INTEGER(type, name)                 \
  MOTE_INLINE type name() const { return pinned_##name; } \
  MOTE_INLINE void set_##name(type value) { pinned_##name = value; }
#else
#define MOTE_REGISTER_INTEGER MOTE_REGISTER_MEMBER
#endif

// Whether handlers share the code that goes to the target of a branch, and that which stores a
// result, at the cost of a jump. Where size counts.
#if MOTE_DIRECTIONS == 1 && MOTE_DISPATCH != MOTE_DISPATCH_TAIL
#define MOTE_SHARED_ENDS 1
#else
#define MOTE_SHARED_ENDS 0
#endif

struct Registers {
  MOTE_REGISTER_INTEGER(const Unit*, pc)
  MOTE_INTEGER_REGISTERS(MOTE_REGISTER_INTEGER)
  MOTE_FLOAT_REGISTERS(MOTE_REGISTER_MEMBER)
#if MOTE_SHARED_ENDS
  // What a handler hands to the code at its end.
  uint32_t result;
  uint32_t result_high;
  const Unit* link;
#endif
};

#if MOTE_JUMPS_AT_ONCE
template <uint32_t kUnits>
[[noreturn]] MOTE_INLINE void jump_to_next() {
  __asm__ volatile(
      "ldrh ip, [%0, %7]!\n\t"
      "ldr pc, [%6, ip, lsl #2]"
      : "+r"(pinned_pc)
      : "r"(pinned_frame), "r"(pinned_accumulator), "r"(pinned_memory), "r"(pinned_execution),
        "r"(pinned_checks), "r"(pinned_labels), "i"(kUnits * sizeof(Unit))
      : "ip", "memory");
  __builtin_unreachable();
}
#endif

// A target may have no accumulator for a float type; then these are never called.
#if MOTE_APART_F32
MOTE_INLINE float accumulator_f32(const Registers& r) { return r.accumulator_f32(); }
MOTE_INLINE void set_accumulator_f32(Registers& r, float value) { r.set_accumulator_f32(value); }
#else
MOTE_INLINE float accumulator_f32(const Registers&) { return 0; }
MOTE_INLINE void set_accumulator_f32(Registers&, float) {}
#endif
#if MOTE_APART_F64
MOTE_INLINE double accumulator_f64(const Registers& r) { return r.accumulator_f64(); }
MOTE_INLINE void set_accumulator_f64(Registers& r, double value) { r.set_accumulator_f64(value); }
#else
MOTE_INLINE double accumulator_f64(const Registers&) { return 0; }
MOTE_INLINE void set_accumulator_f64(Registers&, double) {}
#endif

}  // namespace mote::detail
