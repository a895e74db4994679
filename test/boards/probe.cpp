// Self-check: the native stack that a guest needs depends neither on how deep its calls nest nor on
// how many instructions it executes, and guests may access memory at any address.
#include "harness.hpp"
#include "probe.wasm.hpp"

namespace {

// Native stack used below the caller by guest function `name` with `argument`.
size_t stack_of(mote::Execution& execution, mote::Instance& instance, mote::StringView name,
                int32_t argument) {
  mote::port::restart_native_stack_peak();
  const size_t before = mote::port::native_stack_used();
  boards::run(execution, instance, name, argument);
  return mote::port::native_stack_peak() - before;
}

// Shows that the measurement sees what it should: a native recursion.
[[gnu::noinline]] uint32_t native_descend(volatile uint32_t depth) {
  volatile uint32_t here = depth;
  return depth == 0 ? here : native_descend(depth - 1) + here;
}
size_t native_stack_of(uint32_t depth) {
  mote::port::restart_native_stack_peak();
  const size_t before = mote::port::native_stack_used();
  boards::check(native_descend(depth) == depth * (depth + 1) / 2, "native");
  return mote::port::native_stack_peak() - before;
}

void expect_same(size_t expected, size_t actual, mote::StringView what) {
  if (expected == actual) return;
  boards::metric("expected", expected);
  boards::fail(what, static_cast<uint32_t>(actual));
}

}  // namespace

int main() {
  boards::check(native_stack_of(10) >= native_stack_of(1) + 9 * 4, "stack is not measured");

  boards::BoardStore board;
  mote::Instance& instance = board.instantiate(mote::Bytes(kProbe));
  boards::metric("native_stack_load", mote::port::native_stack_peak());
  mote::Execution execution(board.store(), 1536);
  boards::check(execution.error(), "stack");
  execution.restart_stack_peak();

  // The first call backs the guest's memory, which later ones need not.
  const size_t first = stack_of(execution, instance, "descend", 12);
  boards::metric("native_stack_run", first);
  const size_t once = stack_of(execution, instance, "descend", 1);
  expect_same(once, stack_of(execution, instance, "descend", 2), "depth 2");
  expect_same(once, stack_of(execution, instance, "descend", 12), "depth 12");
  boards::check(execution.result(0).as_i32() == 12, "depth");
  // Enough turns to look at the interrupt flag, which takes a call.
  const size_t loop = stack_of(execution, instance, "spin", 2 * MOTE_INTERRUPT_PERIOD);
  expect_same(loop, stack_of(execution, instance, "spin", 60000), "60000 turns");
  boards::check(execution.result(0).as_i32() == 1799970000, "turns");
  boards::metric("native_stack_loop", loop);
  boards::metric("guest_stack_peak", execution.stack_peak());

  boards::run(execution, instance, "unaligned");
  boards::check(execution.result(0).as_i32() == 0, "unaligned",
                static_cast<uint32_t>(execution.result(0).as_i32()));
  board.report_arena();
  return 0;
}
