// Executions in the C API (see mote/mote.h).
#include "c_api/c_api.hpp"

using namespace mote;
using namespace mote::c_api;

namespace {

MOTE_FITS(mote_execution, Execution);
MOTE_SAME_LAYOUT(mote_frame, FrameInfo);
MOTE_SAME_MEMBER(mote_frame, function, FrameInfo, function);
MOTE_SAME_MEMBER(mote_frame, offset, FrameInfo, offset);
MOTE_SAME_MEMBER(mote_frame, name, FrameInfo, name);
MOTE_SAME_LAYOUT(mote_run_limits, RunLimits);
MOTE_SAME_MEMBER(mote_run_limits, deadline, RunLimits, deadline);
MOTE_SAME_MEMBER(mote_run_limits, now, RunLimits, now);
MOTE_SAME_MEMBER(mote_run_limits, context, RunLimits, context);

Execution& of(mote_execution* execution) { return *reinterpret_cast<Execution*>(execution); }
const Execution& of(const mote_execution* execution) {
  return *reinterpret_cast<const Execution*>(execution);
}
mote_run_state to_c(RunState state) { return static_cast<mote_run_state>(state); }

}  // namespace

mote_error_code mote_execution_init(mote_execution* execution, mote_store* store,
                                    uint32_t stack_bytes) {
  return give((new (execution) Execution(c_api::of(store), stack_bytes))->error(), nullptr);
}

// What is left refuses everything, also to be destroyed again.
void mote_execution_destroy(mote_execution* execution) {
  of(execution).~Execution();
  Store none({});
  new (execution) Execution(none, 0);  // looks at its store only if it has something in it
}

mote_error_code mote_execution_error(const mote_execution* execution) {
  return give(of(execution).error().code);
}

mote_error_code mote_start(mote_execution* execution, mote_function function,
                           const mote_value* arguments, size_t count) {
  return give(of(execution).start(c_api::of(function), c_api::of(arguments, count)).code);
}

mote_error_code mote_start_instance(mote_execution* execution, mote_instance* instance) {
  return give(of(execution).start_instance(reinterpret_cast<Instance*>(instance)).code);
}

mote_run_state mote_resume(mote_execution* execution) { return to_c(of(execution).resume()); }

mote_run_state mote_resume_within(mote_execution* execution, mote_run_limits* limits) {
  return to_c(of(execution).resume(*reinterpret_cast<RunLimits*>(limits)));
}

mote_run_state mote_run(mote_execution* execution, mote_function function,
                        const mote_value* arguments, size_t count, mote_error* error) {
  Execution& runs = of(execution);
  const RunState state = runs.run(c_api::of(function), c_api::of(arguments, count));
  (void)give(state == RunState::kIdle ? runs.error() : runs.trap(), error);
  return to_c(state);
}

void mote_cancel(mote_execution* execution) { of(execution).cancel(); }

mote_run_state mote_state_of(const mote_execution* execution) {
  return to_c(of(execution).state());
}

uint32_t mote_result_count(const mote_execution* execution) { return of(execution).result_count(); }

mote_value mote_result(const mote_execution* execution, uint32_t index) {
  return c_api::to_c(of(execution).result(index));
}

void mote_set_fuel(mote_execution* execution, uint64_t fuel) { of(execution).set_fuel(fuel); }

uint64_t mote_fuel(const mote_execution* execution) { return of(execution).fuel(); }

void mote_execution_interrupt(mote_execution* execution) { of(execution).interrupt(); }

void mote_execution_kill(mote_execution* execution) { of(execution).kill(); }

mote_error_code mote_complete(mote_execution* execution, const mote_value* results, size_t count) {
  return give(of(execution).complete(c_api::of(results, count)).code);
}

mote_error_code mote_trap_of(const mote_execution* execution, mote_error* error) {
  return give(of(execution).trap(), error);
}

uint32_t mote_backtrace(const mote_execution* execution, mote_frame* frames, uint32_t count) {
  return of(execution).backtrace(Span<FrameInfo>(reinterpret_cast<FrameInfo*>(frames), count));
}

void mote_restart_stack_peak(mote_execution* execution) { of(execution).restart_stack_peak(); }
uint32_t mote_stack_peak(const mote_execution* execution) { return of(execution).stack_peak(); }
