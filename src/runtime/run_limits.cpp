// Runs with a share of checks and a deadline (see RunLimits in mote/execution.hpp). In a file of
// its own: who does not use limits does not link them.
#include "interp/machine.hpp"

namespace mote {

using detail::ExecutionData;
using detail::LimitedRun;

namespace detail {
namespace {

// Takes back the checks that were handed out and not used. Returns how many; what bulk instructions
// overdrew is negative, and stays for the next time.
int64_t take_back(ExecutionData& execution) {
  const int32_t unused = execution.checks;
  if (unused > 0) {
    if (execution.fuel != kUnlimitedFuel) execution.fuel += static_cast<uint32_t>(unused);
    execution.checks = 0;
  }
  return unused;
}

StopReason check_limits(ExecutionData& execution, uint32_t debt) {
  RunLimits& limits = execution.limited_run->limits;
  if (limits.now != nullptr && limits.now(limits.context) >= limits.deadline) {
    take_back(execution);
    return StopReason::kDeadline;
  }
  if (limits.share == RunLimits::kUnlimitedShare) return StopReason::kDone;
  limits.share -= debt;
  if (limits.share <= 0 && execution.host_nesting == 0) {
    take_back(execution);
    return StopReason::kInterrupt;
  }
  const int32_t more = execution.checks;
  if (limits.share > 0 && limits.share < more) {
    take_back(execution);
    execution.checks = static_cast<int32_t>(limits.share);
    if (execution.fuel != kUnlimitedFuel) execution.fuel -= static_cast<uint32_t>(execution.checks);
  }
  limits.share -= execution.checks;
  return StopReason::kDone;
}

}  // namespace
}  // namespace detail

RunState Execution::resume(RunLimits& limits) {
  ExecutionData* const own = data();
  if (own == nullptr || own->limited_run != nullptr) return resume();
  // So that what is taken from it cannot make it wrap.
  constexpr int64_t kLeastShare = INT64_MIN / 2;
  if (limits.share < kLeastShare) limits.share = kLeastShare;
  // The first check looks at the limits.
  detail::take_back(*own);
  LimitedRun run = {detail::check_limits, limits};
  own->limited_run = &run;
  const RunState state = resume();
  own->limited_run = nullptr;
  const int64_t unused = detail::take_back(*own);
  if (limits.share != RunLimits::kUnlimitedShare && unused > 0) limits.share += unused;
  return state;
}

}  // namespace mote
