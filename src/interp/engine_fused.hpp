// Fused handlers (fused.hpp): bodies of handler_bodies.hpp in pairs, with dispatch by tail calls.
// Included by source files that define MOTE_FUSED_PART, the part of fused.def that they make.
#pragma once

#include "interp/engine_slow.hpp"
#include "interp/fused.hpp"
#include "interp/handler_bodies.hpp"
// Its macros and slow paths, not its handlers.
#include "interp/dispatch_tail.hpp"

namespace mote::detail {

namespace {

// Bodies by name.
#define MOTE_HANDLER(name, ...) \
  [[maybe_unused]] MOTE_INLINE Flow body_##name(Registers& r) { return __VA_ARGS__(r); }
#include "interp/handlers.def"

// What a body that did not get to its end asked for; `second`: it was not the first body.
#define MOTE_FUSED_TOUCH(size, on)           \
  if (flow == Flow::kTouch##size) {          \
    MOTE_TAIL_CALL on<size>(MOTE_ARGUMENTS); \
  }
#define MOTE_FUSED_TOUCHES(on) \
  MOTE_FUSED_TOUCH(1, on)      \
  MOTE_FUSED_TOUCH(2, on) MOTE_FUSED_TOUCH(4, on) MOTE_FUSED_TOUCH(8, on)
#define MOTE_FUSED_TAKEN                               \
  if (flow == Flow::kTaken) {                          \
    MOTE_TAIL_CALL handler_at(r.pc())(MOTE_ARGUMENTS); \
  }
#define MOTE_FUSED_FIRST_STOPS              \
  MOTE_FUSED_TAKEN                          \
  if (flow == Flow::kTrap) {                \
    MOTE_TAIL_CALL on_trap(MOTE_ARGUMENTS); \
  }                                         \
  MOTE_FUSED_TOUCHES(on_touch)
#define MOTE_FUSED_STOPS(number)                              \
  if (flow == Flow::kTrap) {                                  \
    r.set_pc(r.pc() + kHandlerUnits);                         \
    MOTE_TAIL_CALL on_trap(MOTE_ARGUMENTS);                   \
  }                                                           \
  r.execution()->second_half = static_cast<uint32_t>(number); \
  MOTE_FUSED_TOUCHES(on_second_touch)                         \
  MOTE_TAIL_CALL on_second_check(MOTE_ARGUMENTS);
// The next body's operands stand where its handler would.
#define MOTE_FUSED_NEXT(name)       \
  r.set_pc(r.pc() - kHandlerUnits); \
  flow = body_##name(r);
#define MOTE_FUSED_LAST(name)                          \
  MOTE_FUSED_NEXT(name)                                \
  if (__builtin_expect(flow == Flow::kNext, 1)) {      \
    MOTE_TAIL_CALL handler_at(r.pc())(MOTE_ARGUMENTS); \
  }                                                    \
  MOTE_FUSED_TAKEN                                     \
  MOTE_FUSED_STOPS(Handler::k##name)
#define MOTE_FUSED_PAIR(first, second)                              \
  MOTE_CONVENTION void fused_##first##__##second(MOTE_PARAMETERS) { \
    MOTE_REGISTERS_OF_ARGUMENTS;                                    \
    Flow flow = body_##first(r);                                    \
    if (__builtin_expect(flow == Flow::kNext, 1)) {                 \
      MOTE_FUSED_LAST(second)                                       \
    }                                                               \
    MOTE_FUSED_FIRST_STOPS                                          \
  }
#define MOTE_FUSED_TRIPLE(first, second, third)                                \
  MOTE_CONVENTION void fused_##first##__##second##__##third(MOTE_PARAMETERS) { \
    MOTE_REGISTERS_OF_ARGUMENTS;                                               \
    Flow flow = body_##first(r);                                               \
    if (__builtin_expect(flow == Flow::kNext, 1)) {                            \
      MOTE_FUSED_NEXT(second)                                                  \
      if (__builtin_expect(flow == Flow::kNext, 1)) {                          \
        MOTE_FUSED_LAST(third)                                                 \
      }                                                                        \
      MOTE_FUSED_STOPS(number_of_fused(FusedHandler::k##second##__##third))    \
    }                                                                          \
    MOTE_FUSED_FIRST_STOPS                                                     \
  }
#define MOTE_FUSED_ONLY MOTE_FUSED_PART
#include "interp/fused.def"

const HandlerFunction kFusedHandlers[] = {
#define MOTE_FUSED_PAIR(first, second) fused_##first##__##second,
#define MOTE_FUSED_TRIPLE(first, second, third) fused_##first##__##second##__##third,
#define MOTE_FUSED_ONLY MOTE_FUSED_PART
#include "interp/fused.def"
};

}  // namespace

template <>
uintptr_t fused_address<MOTE_FUSED_PART>(uint32_t index) {
  return reinterpret_cast<uintptr_t>(kFusedHandlers[index]);
}

}  // namespace mote::detail
