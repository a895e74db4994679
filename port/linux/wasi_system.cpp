// WASI's system functions on Linux (see mote/port_linux.hpp).
#include <errno.h>
#include <sched.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include <mote/port_linux.hpp>

namespace mote::linux_port {

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

int64_t write_stream(void*, uint32_t descriptor, Bytes bytes) {
  for (;;) {
    const ssize_t count = ::write(static_cast<int>(descriptor), bytes.data(), bytes.size());
    if (count >= 0 || errno != EINTR) return count;
  }
}

int64_t read_stream(void*, MutableBytes bytes) {
  for (;;) {
    const ssize_t count = ::read(0, bytes.data(), bytes.size());
    if (count >= 0 || errno != EINTR) return count;
  }
}

bool clock_time(void*, uint32_t clock, uint64_t* nanoseconds) {
  clockid_t id;
  timespec time;
  if (!clock_id(clock, &id) || clock_gettime(id, &time) != 0) return false;
  *nanoseconds = to_nanoseconds(time);
  return true;
}

bool clock_resolution(void*, uint32_t clock, uint64_t* nanoseconds) {
  clockid_t id;
  timespec time;
  if (!clock_id(clock, &id) || clock_getres(id, &time) != 0) return false;
  *nanoseconds = to_nanoseconds(time);
  return true;
}

bool random_bytes(void*, MutableBytes bytes) {
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = getrandom(bytes.data() + done, bytes.size() - done, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    done += static_cast<size_t>(count);
  }
  return true;
}

// An interrupted sleep ends early: that is how a signal reaches a guest that waits.
void sleep_for(void*, uint64_t nanoseconds) {
  timespec time;
  time.tv_sec = static_cast<time_t>(nanoseconds / 1000000000);
  time.tv_nsec = static_cast<long>(nanoseconds % 1000000000);
  nanosleep(&time, nullptr);
}

void yield_processor(void*) { sched_yield(); }

}  // namespace

WasiSystem wasi_system() {
  WasiSystem system;
  system.write = write_stream;
  system.read = read_stream;
  system.clock_time = clock_time;
  system.clock_resolution = clock_resolution;
  system.random = random_bytes;
  system.sleep = sleep_for;
  system.yield = yield_processor;
  return system;
}

}  // namespace mote::linux_port
