// The engine: handlers and the dispatch between them (see handler_bodies.hpp, handlers.def).
//
// Three styles of dispatch around the same bodies, chosen by MOTE_DISPATCH:
//   tail    every handler is a function that tail-calls the next; registers are arguments
//   goto    all handlers are labels in one function; each ends in an indirect jump
//   switch  all handlers are cases in a loop; for compilers that have neither
#include <mote/config.hpp>

#include "interp/handler_bodies.hpp"
#include "interp/handlers.hpp"

namespace mote::detail {

namespace {

// Stores what a stop needs. Out of line: it is never on a fast path.
__attribute__((noinline)) void store_trap(Registers r) {
  save(r);
  r.execution->stop = StopReason::kTrap;
}

// Backs memory and goes on with the same instruction, or traps. True: go on.
__attribute__((noinline)) bool handle_touch(ExecutionData& execution) {
  const ErrorCode code = touch_memory(execution);
  if (code == ErrorCode::kOk) return true;
  execution.trap = code;
  return false;
}

// True: go on.
__attribute__((noinline)) bool handle_check(Registers r) {
  const StopReason reason = refill_checks(*r.execution);
  if (reason == StopReason::kDone) return true;
  save(r);
  r.execution->stop = reason;
  return false;
}

}  // namespace

#if MOTE_DISPATCH == MOTE_DISPATCH_TAIL

#if defined(__clang__)
#define MOTE_TAIL_CALL __attribute__((musttail)) return
#else
#define MOTE_TAIL_CALL return
#endif
#if defined(__clang__) && __clang_major__ >= 19
#define MOTE_CONVENTION __attribute__((preserve_none))
#else
#define MOTE_CONVENTION
#endif

// The order puts what every handler needs into registers under the usual conventions.
#define MOTE_PARAMETERS                                                                            \
  const Unit *pc, uint8_t *frame, uint8_t *memory, uint64_t memory_size, ExecutionData *execution, \
      Accumulator accumulator, float accumulator_f32, double accumulator_f64
#define MOTE_ARGUMENTS(r)                                                                \
  r.pc, r.frame, r.memory, r.memory_size, r.execution, r.accumulator, r.accumulator_f32, \
      r.accumulator_f64
#define MOTE_REGISTERS                                                                       \
  Registers r {                                                                              \
    pc, frame, memory, memory_size, execution, accumulator, accumulator_f32, accumulator_f64 \
  }

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

__attribute__((noinline)) MOTE_CONVENTION void on_trap(MOTE_PARAMETERS) {
  MOTE_REGISTERS;
  store_trap(r);
}

__attribute__((noinline)) MOTE_CONVENTION void on_touch(MOTE_PARAMETERS) {
  MOTE_REGISTERS;
  if (!handle_touch(*r.execution)) {
    store_trap(r);
    return;
  }
  reload_touched(r);
  MOTE_TAIL_CALL handler_at(r.pc)(MOTE_ARGUMENTS(r));
}

__attribute__((noinline)) MOTE_CONVENTION void on_check(MOTE_PARAMETERS) {
  MOTE_REGISTERS;
  if (!handle_check(r)) return;
  MOTE_TAIL_CALL handler_at(r.pc)(MOTE_ARGUMENTS(r));
}

#define MOTE_HANDLER(name, ...)                           \
  MOTE_CONVENTION void handler_##name(MOTE_PARAMETERS) {  \
    MOTE_REGISTERS;                                       \
    const Flow flow = __VA_ARGS__(r);                     \
    if (__builtin_expect(flow == Flow::kNext, 1)) {       \
      MOTE_TAIL_CALL handler_at(r.pc)(MOTE_ARGUMENTS(r)); \
    }                                                     \
    if (flow == Flow::kTouch) {                           \
      MOTE_TAIL_CALL on_touch(MOTE_ARGUMENTS(r));         \
    }                                                     \
    if (flow == Flow::kCheck) {                           \
      MOTE_TAIL_CALL on_check(MOTE_ARGUMENTS(r));         \
    }                                                     \
    if (flow == Flow::kTrap) {                            \
      MOTE_TAIL_CALL on_trap(MOTE_ARGUMENTS(r));          \
    }                                                     \
  }
#include "interp/handlers.def"

const HandlerFunction kHandlers[] = {
#define MOTE_HANDLER(name, ...) handler_##name,
#include "interp/handlers.def"
};

}  // namespace

void write_handler(Unit* at, Handler handler) {
#if MOTE_ENCODING == MOTE_ENCODING_COMPACT
  *at = static_cast<Unit>(handler);
#else
  *at = reinterpret_cast<Unit>(kHandlers[static_cast<uint32_t>(handler)]);
#endif
}

void run_engine(ExecutionData& execution) {
  Registers r = {};
  r.execution = &execution;
  restore(r);
  handler_at(r.pc)(MOTE_ARGUMENTS(r));
}

#else  // computed goto or switch

namespace {

// With `labels`, only stores the address of the table of handlers there.
void run_loop(ExecutionData* execution, const void* const** labels) {
#if MOTE_DISPATCH == MOTE_DISPATCH_GOTO
  static const void* const kLabels[] = {
#define MOTE_HANDLER(name, ...) &&handler_##name,
#include "interp/handlers.def"
  };
  if (labels != nullptr) {
    *labels = kLabels;
    return;
  }
#if MOTE_ENCODING == MOTE_ENCODING_COMPACT
#define MOTE_DISPATCH_NEXT goto* kLabels[*r.pc]
#else
#define MOTE_DISPATCH_NEXT goto* reinterpret_cast<const void*>(*r.pc)
#endif
#else
  (void)labels;
#define MOTE_DISPATCH_NEXT continue
#endif

  Registers r = {};
  r.execution = execution;
  restore(r);

#if MOTE_DISPATCH == MOTE_DISPATCH_GOTO
#define MOTE_HANDLER_LABEL(name) handler_##name
  MOTE_DISPATCH_NEXT;
#else
#define MOTE_HANDLER_LABEL(name) case static_cast<uint32_t>(Handler::k##name)
  for (;;) {
    switch (static_cast<uint32_t>(*r.pc)) {
      default: __builtin_unreachable();
#endif

#define MOTE_HANDLER(name, ...)                     \
  MOTE_HANDLER_LABEL(name) : {                      \
    const Flow flow = __VA_ARGS__(r);               \
    if (__builtin_expect(flow == Flow::kNext, 1)) { \
      MOTE_DISPATCH_NEXT;                           \
    }                                               \
    if (flow == Flow::kTouch) goto on_touch;        \
    if (flow == Flow::kCheck) goto on_check;        \
    if (flow == Flow::kTrap) goto on_trap;          \
    return;                                         \
  }
#include "interp/handlers.def"

#if MOTE_DISPATCH == MOTE_DISPATCH_SWITCH
}
on_touch : if (!handle_touch(*r.execution)) goto on_trap;
reload_touched(r);
continue;
on_check : {
  const Registers saved = r;
  if (!handle_check(saved)) return;
  continue;
}
}
#else
      on_touch:
        if (!handle_touch(*r.execution)) goto on_trap;
        reload_touched(r);
        MOTE_DISPATCH_NEXT;
      on_check : {
        const Registers saved = r;
        if (!handle_check(saved)) return;
      }
        MOTE_DISPATCH_NEXT;
#endif
on_trap : {
  const Registers saved = r;
  store_trap(saved);
}
}

}  // namespace

void write_handler(Unit* at, Handler handler) {
#if MOTE_DISPATCH == MOTE_DISPATCH_GOTO && MOTE_ENCODING == MOTE_ENCODING_WIDE
  const void* const* labels = nullptr;
  run_loop(nullptr, &labels);
  *at = reinterpret_cast<Unit>(labels[static_cast<uint32_t>(handler)]);
#else
    *at = static_cast<Unit>(handler);
#endif
}

void run_engine(ExecutionData& execution) { run_loop(&execution, nullptr); }

#endif

void write_stubs(ExecutionData& execution) {
  write_slot(execution.exit_stub, 0);
  write_handler(execution.exit_stub + kSlotUnits, Handler::kExit);
  write_slot(execution.switch_stub, 0);
  write_handler(execution.switch_stub + kSlotUnits, Handler::kSwitchBack);
}

}  // namespace mote::detail
