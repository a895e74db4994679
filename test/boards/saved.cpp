// Self-check: a small module runs from its image as it does from RAM.
#include "saved.hpp"

#include "probe.wasm.hpp"

static uint32_t result_of(mote::Execution& execution) {
  return static_cast<uint32_t>(execution.result(0).as_i32());
}

int main() {
  boards::SavedCode saved;
  saved.check_module("probe", mote::Bytes(kProbe),
                     [](mote::Execution& execution, mote::Instance& instance) {
                       boards::run(execution, instance, "descend", 10);
                       uint32_t sum = result_of(execution);
                       boards::check(sum == 10, "depth", sum);
                       boards::run(execution, instance, "spin", 100);
                       sum += result_of(execution);
                       boards::check(sum == 4960, "turns", sum);
                       boards::run(execution, instance, "unaligned");
                       boards::check(result_of(execution) == 0, "unaligned");
                       return sum;
                     });
  boards::metric("native_stack_peak", mote::port::native_stack_peak());
  return 0;
}
