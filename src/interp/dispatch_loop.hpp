// Dispatch within one function: handlers are labels, each ending in an indirect jump (computed
// goto), or cases in a loop (switch), for compilers that have neither goto nor tail calls. Part of
// engine.cpp.
#pragma once

namespace mote::detail {

namespace {

// With `labels`, only stores the address of the table of handlers there.
__attribute__((noinline)) void run_loop(ExecutionData* execution, const void* const** labels) {
#if MOTE_DISPATCH == MOTE_DISPATCH_GOTO
  // The target of a load to pc has the Thumb bit set; that of a goto has not.
  static const void* const kLabels[] = {
#define MOTE_HANDLER(name, ...) \
  static_cast<const char*>(&&handler_##name) + (MOTE_JUMPS_AT_ONCE != 0 ? 1 : 0),
#include "interp/handlers.def"
  };
  if (labels != nullptr) {
    *labels = kLabels;
    return;
  }
#if MOTE_PINNED_REGISTERS
  pinned_labels = kLabels;
#endif
#if MOTE_PINNED_REGISTERS && MOTE_ENCODING == MOTE_ENCODING_COMPACT
#define MOTE_DISPATCH_NEXT goto* pinned_labels[*r.pc()]
#elif MOTE_ENCODING == MOTE_ENCODING_COMPACT
#define MOTE_DISPATCH_NEXT goto* kLabels[*r.pc()]
#else
#define MOTE_DISPATCH_NEXT goto* reinterpret_cast<const void*>(*r.pc())
#endif
#define MOTE_HANDLER_LABEL(name) handler_##name
#else
  (void)labels;
#define MOTE_DISPATCH_NEXT continue
#define MOTE_HANDLER_LABEL(name) case static_cast<uint32_t>(Handler::k##name)
#endif

  Registers r = {};
  r.set_execution(execution);
  restore(r);

#if MOTE_DISPATCH == MOTE_DISPATCH_GOTO
  MOTE_DISPATCH_NEXT;
#else
  for (;;) {
    switch (static_cast<uint32_t>(*r.pc())) {
      default: __builtin_unreachable();
#endif

#if MOTE_SHARED_ENDS
#define MOTE_SHARED_FLOWS(flow)                         \
  if (flow == Flow::kJump1) goto on_jump1;              \
  if (flow == Flow::kJump2) goto on_jump2;              \
  if (flow == Flow::kJump3) goto on_jump3;              \
  if (flow == Flow::kJump4) goto on_jump4;              \
  if (flow == Flow::kResult2) goto on_result2;          \
  if (flow == Flow::kResult3) goto on_result3;          \
  if (flow == Flow::kResult4) goto on_result4;          \
  if (flow == Flow::kResult5) goto on_result5;          \
  if (flow == Flow::kWideResult2) goto on_wide_result2; \
  if (flow == Flow::kWideResult3) goto on_wide_result3; \
  if (flow == Flow::kWideResult4) goto on_wide_result4; \
  if (flow == Flow::kWideResult5) goto on_wide_result5; \
  if (flow == Flow::kLeave) goto on_leave;
#else
#define MOTE_SHARED_FLOWS(flow)
#endif
// The end of handlers whose result's operand is `at` units behind their own.
#define MOTE_RESULT_END(at)                                                                  \
  on_wide_result##at                                                                         \
      : store_slot<uint32_t>(r.frame(), read_slot(r.pc() + at) + kSlotBytes, r.result_high); \
  on_result##at : store_slot<uint32_t>(r.frame(), read_slot(r.pc() + at), r.result);         \
  next<at + kSlotUnits>(r);                                                                  \
  MOTE_DISPATCH_NEXT;
#define MOTE_HANDLER(name, ...)                     \
  MOTE_HANDLER_LABEL(name) : {                      \
    const Flow flow = __VA_ARGS__(r);               \
    if (__builtin_expect(flow == Flow::kNext, 1)) { \
      MOTE_DISPATCH_NEXT;                           \
    }                                               \
    if (flow == Flow::kTouch1) goto on_touch1;      \
    if (flow == Flow::kTouch2) goto on_touch2;      \
    if (flow == Flow::kTouch4) goto on_touch4;      \
    if (flow == Flow::kTouch8) goto on_touch8;      \
    if (flow == Flow::kCheck) goto on_check;        \
    if (flow == Flow::kTrap) goto on_trap;          \
    MOTE_SHARED_FLOWS(flow)                         \
    return;                                         \
  }
#include "interp/handlers.def"

#if MOTE_DISPATCH == MOTE_DISPATCH_SWITCH
}  // switch
#endif

// clang-format off
#if MOTE_SHARED_ENDS
    uint32_t units;
    on_jump1: units = 1; goto on_jump;
    on_jump2: units = 2; goto on_jump;
    on_jump3: units = 3; goto on_jump;
    on_jump4: units = 4;
    on_jump: {
      const Unit* const target = r.pc() + units;
      const int32_t distance = read_distance(target);
      if (distance < 0 && __builtin_expect(!pay_check(r), 0)) goto on_check;
      r.set_pc(target + distance);
#if MOTE_JUMPS_AT_ONCE
      jump_to_next<0>();
#endif
    }
    MOTE_DISPATCH_NEXT;
    MOTE_RESULT_END(2)
    MOTE_RESULT_END(3)
    MOTE_RESULT_END(4)
    MOTE_RESULT_END(5)
    on_leave:
    r.set_frame(r.frame() - call_distance(r.link));
    r.set_pc(r.link);
    next<0>(r);
    MOTE_DISPATCH_NEXT;
#endif
    uint32_t touched;
    on_touch1: touched = 1; goto on_touch;
    on_touch2: touched = 2; goto on_touch;
    on_touch4: touched = 4; goto on_touch;
    on_touch8: touched = 8;
    on_touch:
    // clang-format on
    if (!handle_touch(*r.execution(), touched)) goto on_trap;
reload_touched(r);
MOTE_DISPATCH_NEXT;

// Copies: the address of `r` must not escape.
on_check : {
  const Registers saved = r;
  if (!handle_check(saved)) return;
  restore_checks(r);
}
MOTE_DISPATCH_NEXT;

#if MOTE_DISPATCH == MOTE_DISPATCH_SWITCH
}  // for
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

void run_engine(ExecutionData& execution) {
#if MOTE_PINNED_REGISTERS
  // No function of this file saves pinned registers for its caller; this one has to.
#define MOTE_SAVE(type, name) type const saved_##name = pinned_##name;
#define MOTE_RESTORE(type, name) pinned_##name = saved_##name;
  const Unit* const saved_pc = pinned_pc;
  MOTE_INTEGER_REGISTERS(MOTE_SAVE)
  const void* const* const saved_labels = pinned_labels;
  run_loop(&execution, nullptr);
  pinned_pc = saved_pc;
  MOTE_INTEGER_REGISTERS(MOTE_RESTORE)
  pinned_labels = saved_labels;
#undef MOTE_SAVE
#undef MOTE_RESTORE
#else
    run_loop(&execution, nullptr);
#endif
}

}  // namespace mote::detail
