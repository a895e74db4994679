// Dispatch by tail calls: every handler is a function that calls the next one as its last act; the
// machine's registers are its arguments. Part of engine.cpp.
#pragma once

#include "interp/fused.hpp"

#if defined(__clang__)
#define MOTE_TAIL_CALL __attribute__((musttail)) return
#else
#define MOTE_TAIL_CALL return
#endif
#if MOTE_MANY_ARGUMENTS
#define MOTE_CONVENTION __attribute__((preserve_none))
#else
#define MOTE_CONVENTION
#endif

#define MOTE_PARAMETER(type, name) , type name
#define MOTE_PARAMETERS const Unit* pc MOTE_OTHER_REGISTERS(MOTE_PARAMETER)
#define MOTE_ARGUMENT(type, name) , r.name()
#define MOTE_ARGUMENTS r.pc() MOTE_OTHER_REGISTERS(MOTE_ARGUMENT)
#define MOTE_COPY_ARGUMENT(type, name) , name
#define MOTE_REGISTERS_OF_ARGUMENTS \
  Registers r { pc MOTE_OTHER_REGISTERS(MOTE_COPY_ARGUMENT) }

namespace mote::detail {

namespace {

using HandlerFunction = MOTE_CONVENTION void (*)(MOTE_PARAMETERS);

#if MOTE_ENCODING == MOTE_ENCODING_COMPACT
extern const HandlerFunction kHandlers[];
MOTE_INLINE HandlerFunction handler_at(const Unit* pc) { return kHandlers[*pc]; }
#else
MOTE_INLINE HandlerFunction handler_at(const Unit* pc) {
  return reinterpret_cast<HandlerFunction>(*pc);
}
#endif

[[maybe_unused]] __attribute__((noinline)) MOTE_CONVENTION void on_trap(MOTE_PARAMETERS) {
  MOTE_REGISTERS_OF_ARGUMENTS;
  store_trap(r);
}

template <uint32_t kSize>
__attribute__((noinline)) MOTE_CONVENTION void on_touch(MOTE_PARAMETERS) {
  MOTE_REGISTERS_OF_ARGUMENTS;
  if (!handle_touch(*execution, kSize)) {
    store_trap(r);
    return;
  }
  reload_touched(r);
  MOTE_TAIL_CALL handler_at(pc)(MOTE_ARGUMENTS);
}

[[maybe_unused]] __attribute__((noinline)) MOTE_CONVENTION void on_check(MOTE_PARAMETERS) {
  MOTE_REGISTERS_OF_ARGUMENTS;
  if (!handle_check(r)) return;
  restore_checks(r);
  MOTE_TAIL_CALL handler_at(pc)(MOTE_ARGUMENTS);
}

#if MOTE_FUSED
// For a second half: the same as on_touch and on_check, but what goes on is execution.second_half.
template <uint32_t kSize>
[[maybe_unused]] __attribute__((noinline)) MOTE_CONVENTION void on_second_touch(MOTE_PARAMETERS) {
  MOTE_REGISTERS_OF_ARGUMENTS;
  const uintptr_t second_half = address_of_number(execution->second_half);
  if (!handle_touch(*execution, kSize)) {
    r.set_pc(r.pc() + kHandlerUnits);
    store_trap(r);
    return;
  }
  reload_touched(r);
  MOTE_TAIL_CALL reinterpret_cast<HandlerFunction>(second_half)(MOTE_ARGUMENTS);
}

[[maybe_unused]] __attribute__((noinline)) MOTE_CONVENTION void on_second_check(MOTE_PARAMETERS) {
  MOTE_REGISTERS_OF_ARGUMENTS;
  const uintptr_t second_half = address_of_number(execution->second_half);
  if (!handle_check(r)) {
    execution->pc = pc + kHandlerUnits;
    execution->paused_pc = execution->pc;
    return;
  }
  restore_checks(r);
  MOTE_TAIL_CALL reinterpret_cast<HandlerFunction>(second_half)(MOTE_ARGUMENTS);
}
#endif

#ifndef MOTE_FUSED_PART
#define MOTE_HANDLER(name, ...)                          \
  MOTE_CONVENTION void handler_##name(MOTE_PARAMETERS) { \
    MOTE_REGISTERS_OF_ARGUMENTS;                         \
    const Flow flow = __VA_ARGS__(r);                    \
    if (__builtin_expect(flow == Flow::kNext, 1)) {      \
      MOTE_TAIL_CALL handler_at(r.pc())(MOTE_ARGUMENTS); \
    }                                                    \
    if (flow == Flow::kTaken) {                          \
      MOTE_TAIL_CALL handler_at(r.pc())(MOTE_ARGUMENTS); \
    }                                                    \
    if (flow == Flow::kTouch1) {                         \
      MOTE_TAIL_CALL on_touch<1>(MOTE_ARGUMENTS);        \
    }                                                    \
    if (flow == Flow::kTouch2) {                         \
      MOTE_TAIL_CALL on_touch<2>(MOTE_ARGUMENTS);        \
    }                                                    \
    if (flow == Flow::kTouch4) {                         \
      MOTE_TAIL_CALL on_touch<4>(MOTE_ARGUMENTS);        \
    }                                                    \
    if (flow == Flow::kTouch8) {                         \
      MOTE_TAIL_CALL on_touch<8>(MOTE_ARGUMENTS);        \
    }                                                    \
    if (flow == Flow::kCheck) {                          \
      MOTE_TAIL_CALL on_check(MOTE_ARGUMENTS);           \
    }                                                    \
    if (flow == Flow::kTrap) {                           \
      MOTE_TAIL_CALL on_trap(MOTE_ARGUMENTS);            \
    }                                                    \
  }
#include "interp/handlers.def"

const HandlerFunction kHandlers[] = {
#define MOTE_HANDLER(name, ...) handler_##name,
#include "interp/handlers.def"
};
#endif

}  // namespace

#ifndef MOTE_FUSED_PART
void run_engine(ExecutionData& execution) {
  Registers r = {};
  r.set_execution(&execution);
  restore(r);
#if MOTE_FUSED
  if (execution.paused_pc == r.pc() && execution.paused_pc != nullptr) {
    // Within a fused instruction, whose second half has to pay before it can be done.
    execution.paused_pc = nullptr;
    r.set_pc(r.pc() - kHandlerUnits);
    (void)pay_check(r);
    on_second_check(MOTE_ARGUMENTS);
    return;
  }
  execution.paused_pc = nullptr;
#endif
  handler_at(r.pc())(MOTE_ARGUMENTS);
}

#endif

}  // namespace mote::detail
