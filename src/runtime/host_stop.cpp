// For host functions that wait: whether the guest is to stop. In a file of its own: who does not
// ask does not link it.
#include <mote/host.hpp>

#include "interp/machine.hpp"

namespace mote {

bool Host::is_asked_to_stop() const {
  if (__atomic_load_n(&execution_->interrupt_requested, __ATOMIC_ACQUIRE) != 0) return true;
  if (__atomic_load_n(&execution_->kill_requested, __ATOMIC_ACQUIRE) != 0) return true;
  if (execution_->limited_run == nullptr) return false;
  const RunLimits& limits = execution_->limited_run->limits;
  return limits.now != nullptr && limits.now(limits.context) >= limits.deadline;
}

}  // namespace mote
