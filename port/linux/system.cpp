// Streams, clocks, random numbers, sleep and exit of the process, on system calls.
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include <mote/port.hpp>

namespace mote::port {

namespace {

bool clock_id(uint32_t clock, clockid_t* id) {
  switch (clock) {
    case 0: *id = CLOCK_REALTIME; return true;
    case 1: *id = CLOCK_MONOTONIC; return true;
    case 2: *id = CLOCK_PROCESS_CPUTIME_ID; return true;
    case 3: *id = CLOCK_THREAD_CPUTIME_ID; return true;
    default: return false;
  }
}

uint64_t to_nanoseconds(const timespec& time) {
  return static_cast<uint64_t>(time.tv_sec) * 1000000000 + static_cast<uint64_t>(time.tv_nsec);
}

timespec to_timespec(uint64_t nanoseconds) {
  timespec time;
  time.tv_sec = static_cast<time_t>(nanoseconds / 1000000000);
  time.tv_nsec = static_cast<long>(nanoseconds % 1000000000);
  return time;
}

}  // namespace

int64_t write(uint32_t stream, Bytes bytes) {
  for (;;) {
    const ssize_t count = ::write(static_cast<int>(stream), bytes.data(), bytes.size());
    if (count >= 0 || errno != EINTR) return count;
  }
}

int64_t read(MutableBytes bytes) {
  for (;;) {
    const ssize_t count = ::read(0, bytes.data(), bytes.size());
    if (count >= 0 || errno != EINTR) return count;
  }
}

bool clock_time(uint32_t clock, uint64_t* nanoseconds) {
  clockid_t id;
  timespec time;
  if (!clock_id(clock, &id) || clock_gettime(id, &time) != 0) return false;
  *nanoseconds = to_nanoseconds(time);
  return true;
}

bool clock_resolution(uint32_t clock, uint64_t* nanoseconds) {
  clockid_t id;
  timespec time;
  if (!clock_id(clock, &id) || clock_getres(id, &time) != 0) return false;
  *nanoseconds = to_nanoseconds(time);
  return true;
}

bool random(MutableBytes bytes) {
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = getrandom(bytes.data() + done, bytes.size() - done, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    done += static_cast<size_t>(count);
  }
  return true;
}

int64_t ready(uint32_t stream, uint64_t nanoseconds) {
  pollfd descriptor = {static_cast<int>(stream), static_cast<short>(stream == 0 ? POLLIN : POLLOUT),
                       0};
  const timespec time = to_timespec(nanoseconds);
  const int count = ppoll(&descriptor, 1, &time, nullptr);
  if (count < 0) return errno == EINTR ? 0 : -1;
  if (count == 0) return 0;
  int bytes = 0;
  if (stream == 0 && ioctl(0, FIONREAD, &bytes) == 0 && bytes > 0) return bytes;
  return 1;
}

// An interrupted sleep ends early: that is how a signal reaches a guest that waits.
void sleep(uint64_t nanoseconds) {
  const timespec time = to_timespec(nanoseconds);
  nanosleep(&time, nullptr);
}

void yield() { sched_yield(); }

void exit(uint32_t code) { ::exit(static_cast<int>(code)); }

WasiSystem wasi_system() {
  WasiSystem system;
  system.write = [](void*, uint32_t stream, Bytes bytes) { return write(stream, bytes); };
  system.read = [](void*, MutableBytes bytes) { return read(bytes); };
  system.clock_time = [](void*, uint32_t clock, uint64_t* time) { return clock_time(clock, time); };
  system.clock_resolution = [](void*, uint32_t clock, uint64_t* time) {
    return clock_resolution(clock, time);
  };
  system.random = [](void*, MutableBytes bytes) { return random(bytes); };
  system.sleep = [](void*, uint64_t nanoseconds) { sleep(nanoseconds); };
  system.ready = [](void*, uint32_t stream, uint64_t time) { return ready(stream, time); };
  system.yield = [](void*) { yield(); };
  return system;
}

}  // namespace mote::port
