// WASI preview 1 for programs that use standard streams, arguments, the environment, clocks,
// random numbers and exit: what a libc and a language's standard library need to run. A library of
// its own (mote::wasi) on the public API.
//
// All functions of preview 1 can be imported, so that any program links. Those for files and
// directories say that there are none: EBADF for a descriptor, ENOTCAPABLE for a path;
// mote/wasi_files.hpp has the ones that work. There are no sockets: ENOTSOCK.
//
// Takes constant time and no memory of its own, and cannot fail, where nothing else is said.
#pragma once

#include <stdint.h>

#include <mote/host.hpp>
#include <mote/span.hpp>

namespace mote {

// What the system provides. Any function may be null; what happens then is said with each. All
// are called from the thread that runs the guest, with the `context` given here.
struct WasiSystem {
  void* context = nullptr;  // what all of them get

  // Writes to standard output (1) or standard error (2), at most 4096 bytes at a time: between two
  // of these, and while `ready` says no, an interrupt, kill() or a deadline ends a guest's call.
  // Returns how many bytes were taken, at least one, or a negative number on failure (the guest
  // sees EIO). Null: everything is taken and lost.
  int64_t (*write)(void* context, uint32_t descriptor, Bytes bytes) = nullptr;
  // Reads from standard input. Returns the number of bytes, 0 at the end of the input, negative
  // on failure (EIO). May wait. Null: the input is empty.
  int64_t (*read)(void* context, MutableBytes bytes) = nullptr;
  // Time in nanoseconds. `clock`: 0 the time of day (since 1970), 1 monotonic, 2 CPU time of the
  // process, 3 of the thread. Returns false for a clock that does not exist (EINVAL). Null: the
  // guest gets ENOSYS.
  bool (*clock_time)(void* context, uint32_t clock, uint64_t* nanoseconds) = nullptr;
  // Resolution of a clock, as above.
  bool (*clock_resolution)(void* context, uint32_t clock, uint64_t* nanoseconds) = nullptr;
  // Fills `bytes`, at most 65536 at a time, with random numbers fit for keys. Returns false on
  // failure (EIO). Null: ENOSYS; never a predictable sequence.
  bool (*random)(void* context, MutableBytes bytes) = nullptr;
  // Waits for so long, or less. A guest that waits (poll_oneoff) does so in slices of at most 10
  // milliseconds, so that Execution::interrupt(), kill() or a deadline ends its wait (EINTR). Null:
  // poll_oneoff with a clock that is not due gives ENOSYS.
  void (*sleep)(void* context, uint64_t nanoseconds) = nullptr;
  // Waits until standard input (0) can be read, or standard output (1) or error (2) be written,
  // without further waiting, but at most so long. Returns how many bytes at least (at the end of
  // the input 1: a read would return), 0 if the time is over, a negative number on failure (EIO).
  // Null: always ready.
  int64_t (*ready)(void* context, uint32_t descriptor, uint64_t nanoseconds) = nullptr;
  // Lets others run. Null: nothing happens.
  void (*yield)(void* context) = nullptr;
};

// The world that one guest sees. Must outlive the instances that import from it.
class Wasi {
 public:
  // `arguments` (the program's name first) and `environment` ("NAME=value") must outlive this; a
  // string must not contain a zero byte.
  Wasi(const WasiSystem& system, Span<const StringView> arguments = {},
       Span<const StringView> environment = {})
      : system_(system), arguments_(arguments), environment_(environment) {}

  // The functions of module "wasi_snapshot_preview1": store.provide(Wasi::functions(), &wasi).
  // Constant table, never empty.
  static Span<const HostFunction> functions();

  // What the system provides, as given.
  const WasiSystem& system() const { return system_; }
  // The arguments, as given; may be empty.
  Span<const StringView> arguments() const { return arguments_; }
  // The environment, as given; may be empty.
  Span<const StringView> environment() const { return environment_; }
  // Whether descriptor 0, 1 or 2 is open; a guest can close them for itself.
  bool is_open(uint32_t descriptor) const { return descriptor < 3 && !closed_[descriptor]; }
  // Closes descriptor 0, 1 or 2 for the guest.
  void close(uint32_t descriptor) { closed_[descriptor] = true; }

 private:
  WasiSystem system_;
  Span<const StringView> arguments_;
  Span<const StringView> environment_;
  bool closed_[3] = {};
};

}  // namespace mote
