// Interrupting a guest with SIGINT, also while it waits for input or for a clock.
#pragma once

#include <mote/execution.hpp>
#include <mote/wasi.hpp>
#include <string>

namespace mote::tool {

// While this lives, SIGINT pauses `execution`. A second SIGINT ends the command as if it had no
// handler. At most one at a time; `file` must outlive it.
class InterruptWatch {
 public:
  InterruptWatch(Execution& execution, const std::string& file);
  ~InterruptWatch();
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;
};

// `system` of the Linux port with waits that SIGINT ends. A guest that waits passes no check, so
// it cannot be paused: the command ends there, with a message and its exit code.
WasiSystem interruptible(WasiSystem system);

}  // namespace mote::tool
