// poll_oneoff and reading standard input, on a system whose time the test makes.
#include <functional>

#include "guest.hpp"

namespace mote::test {
namespace {

constexpr uint32_t kIn = 4096;
constexpr uint32_t kOut = 65536;
constexpr uint32_t kCount = WasiGuest::kResult;
constexpr uint64_t kMillisecond = 1000000;

// A system where nothing happens by itself: sleeping moves the clock.
struct FakeSystem {
  uint64_t now = 5000 * kMillisecond;
  uint64_t longest_sleep = 0;
  int sleeps = 0;
  std::function<void()> on_sleep;
  int64_t input = 0;          // bytes that can be read
  uint64_t input_at = ~0ull;  // when there is one
  int reads = 0;

  void pass(uint64_t time) {
    now += time;
    if (time > longest_sleep) longest_sleep = time;
    sleeps++;
    if (now >= input_at) input = 1;
    if (on_sleep) on_sleep();
  }

  WasiSystem system() {
    WasiSystem out;
    out.context = this;
    out.clock_time = [](void* self, uint32_t clock, uint64_t* time) {
      // The time of day is a thousand seconds ahead.
      *time = static_cast<FakeSystem*>(self)->now + (clock == 0 ? 1000000 * kMillisecond : 0);
      return clock < 2;
    };
    out.sleep = [](void* self, uint64_t time) { static_cast<FakeSystem*>(self)->pass(time); };
    out.ready = [](void* self, uint32_t stream, uint64_t time) -> int64_t {
      FakeSystem& system = *static_cast<FakeSystem*>(self);
      if (stream == 1) return 1;
      if (stream == 2) return -1;
      if (system.input == 0 && time != 0) system.pass(time);
      return system.input;
    };
    out.read = [](void* self, MutableBytes bytes) -> int64_t {
      FakeSystem& system = *static_cast<FakeSystem*>(self);
      system.reads++;
      const int64_t size = system.input;
      memset(bytes.data(), 'i', static_cast<size_t>(size));
      system.input = 0;
      return size;
    };
    return out;
  }
};

struct PollGuest : WasiGuest {
  explicit PollGuest(FakeSystem& system) : WasiGuest({}, port::file_system(), system.system()) {}

  uint32_t subscriptions = 0;

  void clock(uint32_t id, uint64_t timeout, bool is_absolute = false) {
    const uint32_t at = next(0);
    put_number(at + 16, id, 4);
    put_number(at + 24, timeout, 8);
    put_number(at + 40, is_absolute ? 1 : 0, 2);
  }
  void descriptor(uint32_t kind, uint32_t fd) { put_number(next(kind) + 16, fd, 4); }
  uint32_t next(uint32_t kind) {
    const uint32_t at = kIn + 48 * subscriptions;
    put_number(at, 1000 + subscriptions++, 8);
    put_number(at + 8, kind, 1);
    return at;
  }
  uint32_t poll() { return call("poll_oneoff", {kIn, kOut, subscriptions, kCount}); }
  uint64_t user_data(uint32_t event) { return number(kOut + 32 * event, 8); }
  uint64_t error(uint32_t event) { return number(kOut + 32 * event + 8, 2); }
  uint64_t kind(uint32_t event) { return number(kOut + 32 * event + 10, 1); }
  uint64_t bytes(uint32_t event) { return number(kOut + 32 * event + 16, 8); }
};

TEST(WasiPoll, WaitsForTheEarliestClockInSlices) {
  FakeSystem system;
  PollGuest guest(system);
  const uint64_t begin = system.now;
  guest.clock(1, 400 * kMillisecond);
  guest.clock(1, 95 * kMillisecond);
  guest.clock(0, 300 * kMillisecond);
  ASSERT_EQ(guest.poll(), 0u);
  EXPECT_EQ(guest.result(), 1u);
  EXPECT_EQ(guest.user_data(0), 1001u);
  EXPECT_EQ(guest.error(0), 0u);
  EXPECT_EQ(guest.kind(0), 0u);
  EXPECT_EQ(system.now - begin, 95 * kMillisecond);
  EXPECT_LE(system.longest_sleep, 10 * kMillisecond);
}

TEST(WasiPoll, AbsoluteTimesAreOfTheirClock) {
  FakeSystem system;
  PollGuest guest(system);
  const uint64_t begin = system.now;
  guest.clock(1, begin + 30 * kMillisecond, true);
  guest.clock(0, begin + 1000000 * kMillisecond + 20 * kMillisecond, true);
  ASSERT_EQ(guest.poll(), 0u);
  EXPECT_EQ(guest.result(), 1u);
  EXPECT_EQ(guest.user_data(0), 1001u);
  EXPECT_EQ(system.now - begin, 20 * kMillisecond);
  // Long ago: at once.
  PollGuest late(system);
  late.clock(1, 1, true);
  late.clock(1, 0);
  ASSERT_EQ(late.poll(), 0u);
  EXPECT_EQ(late.result(), 2u);
}

TEST(WasiPoll, InputThatComesEndsTheWait) {
  FakeSystem system;
  system.input_at = system.now + 42 * kMillisecond;
  PollGuest guest(system);
  guest.clock(1, 1000 * kMillisecond);
  guest.descriptor(1, 0);
  ASSERT_EQ(guest.poll(), 0u);
  EXPECT_EQ(guest.result(), 1u);
  EXPECT_EQ(guest.user_data(0), 1001u);
  EXPECT_EQ(guest.kind(0), 1u);
  EXPECT_EQ(guest.bytes(0), 1u);
  EXPECT_LT(system.now, system.input_at + 10 * kMillisecond);
}

TEST(WasiPoll, WhatIsReadyOrWrongDoesNotWait) {
  FakeSystem system;
  PollGuest guest(system);
  guest.clock(1, 1000 * kMillisecond);
  guest.descriptor(2, 1);
  guest.descriptor(2, 77);
  guest.descriptor(1, 1);
  guest.descriptor(2, 2);
  guest.clock(9, 1, true);
  ASSERT_EQ(guest.poll(), 0u);
  ASSERT_EQ(guest.result(), 5u);
  const uint64_t errors[] = {0, wasi::kBadDescriptor, wasi::kBadDescriptor, wasi::kInputOutput,
                             wasi::kInvalid};
  for (uint32_t i = 0; i < 5; i++) {
    EXPECT_EQ(guest.user_data(i), 1001u + i);
    EXPECT_EQ(guest.error(i), errors[i]) << i;
  }
  EXPECT_EQ(system.sleeps, 0);
}

TEST(WasiPoll, FilesAreReadyWithWhatIsLeft) {
  const Folder folder;
  folder.file("file", "0123456789");
  FakeSystem system;
  PollGuest guest(system);
  FileHandle handle = 0;
  const std::string path = folder / ".";
  ASSERT_EQ(port::open_directory(StringView(path.data(), path.size()), &handle), wasi::kSuccess);
  ASSERT_EQ(guest.files().preopen("/", handle), wasi::kSuccess);
  uint32_t fd = 0;
  ASSERT_EQ(guest.open(3, "file", &fd, kReadWrite | 1 << 27), 0u);
  guest.read(fd, 3);
  guest.subscriptions = 0;
  guest.descriptor(1, fd);
  guest.descriptor(2, fd);
  guest.descriptor(1, 3);
  ASSERT_EQ(guest.poll(), 0u);
  ASSERT_EQ(guest.result(), 3u);
  EXPECT_EQ(guest.bytes(0), 7u);
  EXPECT_EQ(guest.error(1), 0u);
  EXPECT_EQ(guest.error(2), wasi::kNotCapable);
}

TEST(WasiPoll, ListsAreChecked) {
  FakeSystem system;
  PollGuest guest(system);
  guest.clock(1, 0);
  constexpr uint32_t kEnd = 66 * 65536;
  EXPECT_EQ(guest.call("poll_oneoff", {kIn, kOut, 0, kCount}), wasi::kInvalid);
  EXPECT_EQ(guest.call("poll_oneoff", {kIn, kOut, 1025, kCount}), wasi::kInvalid);
  EXPECT_EQ(guest.call("poll_oneoff", {kIn, kOut, ~0u, kCount}), wasi::kInvalid);
  EXPECT_EQ(guest.call("poll_oneoff", {kEnd - 47, kOut, 1, kCount}), wasi::kFault);
  EXPECT_EQ(guest.call("poll_oneoff", {kIn, kEnd - 31, 1, kCount}), wasi::kFault);
  EXPECT_EQ(guest.call("poll_oneoff", {kIn, kOut, 1, kEnd - 3}), wasi::kFault);
  EXPECT_EQ(guest.call("poll_oneoff", {~0u, kOut, 1, kCount}), wasi::kFault);
  EXPECT_EQ(guest.call("poll_oneoff", {kIn, ~0u - 31, 1024, kCount}), wasi::kFault);
  guest.subscriptions = 0;
  guest.descriptor(3, 1);
  EXPECT_EQ(guest.poll(), wasi::kInvalid);
  guest.subscriptions = 0;
  for (int i = 0; i < 1024; i++) guest.descriptor(2, 1);
  ASSERT_EQ(guest.poll(), 0u);
  EXPECT_EQ(guest.result(), 1024u);
}

// A wait without end, by clock or by input: an interrupt ends it and pauses the guest.
TEST(WasiPoll, AnInterruptEndsTheWait) {
  for (const bool is_input : {false, true}) {
    FakeSystem system;
    PollGuest guest(system);
    if (is_input) {
      guest.descriptor(1, 0);
    } else {
      guest.clock(1, ~uint64_t{0});
    }
    system.on_sleep = [&] {
      if (system.sleeps == 100) guest.execution().interrupt();
    };
    const Value parameters[] = {Value::i32(kIn), Value::i32(kOut), Value::i32(1),
                                Value::i32(kCount)};
    ASSERT_EQ(guest.execution().run(guest.instance().function("poll_forever"), parameters),
              RunState::kInterrupted);
    EXPECT_EQ(system.sleeps, 100);
    // It goes on, with EINTR from the call.
    guest.put_number(0, 1, 4);
    ASSERT_EQ(guest.execution().resume(), RunState::kDone);
    EXPECT_EQ(guest.execution().result(0).as_i32(), 27);
  }
}

TEST(WasiPoll, KillingEndsTheWait) {
  FakeSystem system;
  PollGuest guest(system);
  guest.clock(1, ~uint64_t{0});
  system.on_sleep = [&] {
    if (system.sleeps == 100) guest.execution().kill();
  };
  const Value parameters[] = {Value::i32(kIn), Value::i32(kOut), Value::i32(1), Value::i32(kCount)};
  ASSERT_EQ(guest.execution().run(guest.instance().function("poll_forever"), parameters),
            RunState::kTrapped);
  EXPECT_EQ(guest.execution().trap().code, ErrorCode::kKilled);
  EXPECT_EQ(system.sleeps, 100);
}

TEST(WasiPoll, ADeadlineEndsTheWait) {
  FakeSystem system;
  PollGuest guest(system);
  guest.clock(1, ~uint64_t{0});
  RunLimits limits;
  limits.deadline = system.now + 300 * kMillisecond;
  limits.now = [](void* self) { return static_cast<FakeSystem*>(self)->now; };
  limits.context = &system;
  const Value parameters[] = {Value::i32(kIn), Value::i32(kOut), Value::i32(1), Value::i32(kCount)};
  ASSERT_TRUE(guest.execution().start(guest.instance().function("poll_forever"), parameters).ok());
  ASSERT_EQ(guest.execution().resume(limits), RunState::kDeadline);
  EXPECT_LT(system.now, limits.deadline + 20 * kMillisecond);
}

TEST(WasiPoll, AnInterruptEndsAReadThatWaits) {
  FakeSystem system;
  PollGuest guest(system);
  system.on_sleep = [&] {
    if (system.sleeps == 50) guest.execution().interrupt();
  };
  guest.put_buffers({100});
  EXPECT_EQ(guest.call("fd_read", {0, WasiGuest::kPath2, 1, kCount}), wasi::kInterrupted);
  EXPECT_EQ(system.sleeps, 50);
  EXPECT_EQ(system.reads, 0);
}

TEST(WasiPoll, AReadTakesWhatIsThereAndWaitsForNoMore) {
  FakeSystem system;
  system.input = 10;
  PollGuest guest(system);
  guest.put_buffers({10, 20});
  ASSERT_EQ(guest.call("fd_read", {0, WasiGuest::kPath2, 2, kCount}), 0u);
  EXPECT_EQ(guest.result(), 10u);
  EXPECT_EQ(system.reads, 1);
  EXPECT_EQ(system.sleeps, 0);
}

TEST(WasiPoll, WithoutAClockOrSleepItSaysSo) {
  WasiSystem nothing;
  WasiGuest guest({}, port::file_system(), nothing);
  guest.put_number(kIn + 24, 1000, 8);
  EXPECT_EQ(guest.call("poll_oneoff", {kIn, kOut, 1, kCount}), wasi::kNotImplemented);
  // What is due at once needs neither.
  guest.put_number(kIn + 24, 0, 8);
  EXPECT_EQ(guest.call("poll_oneoff", {kIn, kOut, 1, kCount}), 0u);
}

}  // namespace
}  // namespace mote::test
