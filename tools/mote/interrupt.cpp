// Interrupting a guest with SIGINT: see interrupt.hpp.
#include "interrupt.hpp"

#include <poll.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <mote/port_linux.hpp>

#include "module_file.hpp"

namespace mote::tool {

namespace {

Execution* running = nullptr;
const std::string* running_file = nullptr;
volatile std::sig_atomic_t is_interrupted = 0;

void on_interrupt(int) {
  is_interrupted = 1;
  if (running != nullptr) running->interrupt();
}

[[noreturn]] void end_command() {
  std::fflush(stdout);
  std::fprintf(stderr, "mote: %s: interrupted\n", running_file->c_str());
  std::_Exit(kExitInterrupted);
}

// Waits until `descriptor` can be read (-1: never) or `timeout` is over (null: never). SIGINT is
// only let in while waiting, so that it cannot slip in between the look at the flag and the wait.
void wait(int descriptor, const timespec* timeout) {
  sigset_t interrupt;
  sigset_t before;
  sigemptyset(&interrupt);
  sigaddset(&interrupt, SIGINT);
  sigprocmask(SIG_BLOCK, &interrupt, &before);
  pollfd input = {descriptor, POLLIN, 0};
  while (is_interrupted == 0) {
    if (ppoll(&input, 1, timeout, &before) >= 0 || errno != EINTR) break;
  }
  sigprocmask(SIG_SETMASK, &before, nullptr);
  if (is_interrupted != 0) end_command();
}

int64_t read_input(void*, MutableBytes bytes) {
  static const WasiSystem port = linux_port::wasi_system();
  wait(0, nullptr);
  return port.read(port.context, bytes);
}

// Its waits are short: a signal just before one is seen after it.
int64_t wait_for_stream(void*, uint32_t stream, uint64_t nanoseconds) {
  const int64_t bytes = port::ready(stream, nanoseconds);
  if (bytes == 0 && is_interrupted != 0) end_command();
  return bytes;
}

void sleep_for(void*, uint64_t nanoseconds) {
  constexpr uint64_t kSecond = 1000000000;
  timespec time = {};
  time.tv_sec = static_cast<time_t>(nanoseconds / kSecond);
  time.tv_nsec = static_cast<long>(nanoseconds % kSecond);
  wait(-1, &time);
}

}  // namespace

InterruptWatch::InterruptWatch(Execution& execution, const std::string& file) {
  running = &execution;
  running_file = &file;
  struct sigaction action = {};
  action.sa_handler = on_interrupt;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
}

InterruptWatch::~InterruptWatch() {
  std::signal(SIGINT, SIG_DFL);
  running = nullptr;
  running_file = nullptr;
}

WasiSystem interruptible(WasiSystem system) {
  system.read = read_input;
  system.sleep = sleep_for;
  system.ready = wait_for_stream;
  return system;
}

}  // namespace mote::tool
