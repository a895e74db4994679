// Snapshots: a guest that is saved at any point and restored elsewhere comes to the same result.
#include "wasm_file.hpp"

namespace mote::test {
namespace {

#if MOTE_FEATURE_SNAPSHOTS

HostResult<uint64_t> later(uint32_t) { return not_yet(); }
constexpr HostFunction kHost[] = {host_function<later>("host", "later")};

bool append(void* context, Bytes bytes) {
  auto& out = *static_cast<std::vector<uint8_t>*>(context);
  out.insert(out.end(), bytes.begin(), bytes.end());
  return true;
}

std::vector<uint8_t> save(Store& store, Span<Execution* const> executions) {
  std::vector<uint8_t> out;
  size_t size = 0;
  const Error error = save_snapshot(store, executions, append, &out, &size);
  EXPECT_TRUE(error.ok()) << text(error);
  EXPECT_EQ(size, out.size());
  return out;
}

// "snapshot", which calls functions of "guest", in a store of its own.
struct World : TestStore {
  explicit World(size_t bytes = 1 << 20, uint32_t stack = 4096)
      : TestStore(bytes), execution(store, stack), executions{&execution} {
    EXPECT_TRUE(store.provide(kHost).ok());
    guest = add("guest");
    EXPECT_TRUE(store.name_instance("guest", guest).ok());
    instance = add("snapshot");
  }
  Error restore(const std::vector<uint8_t>& bytes) {
    return restore_snapshot(store, executions, view(bytes));
  }
  void start_work(int32_t n) {
    const Value argument = Value::i32(n);
    ASSERT_TRUE(execution.start(instance->function("work"), Span<const Value>(&argument, 1)).ok());
  }
  // Goes on to the end; the host answers 77.
  int64_t finish() {
    for (;;) {
      switch (execution.state()) {
        case RunState::kDone: return execution.result(0).as_i64();
        case RunState::kTrapped: ADD_FAILURE() << text(execution.trap()); return 0;
        case RunState::kWaiting: {
          const Value answer = Value::i64(77);
          EXPECT_TRUE(execution.complete(Span<const Value>(&answer, 1)).ok());
          break;
        }
        case RunState::kIdle: ADD_FAILURE() << "nothing to do"; return 0;
        default: execution.set_fuel(kUnlimitedFuel);
      }
      execution.resume();
    }
  }

  Execution execution;
  Execution* executions[1];
  Instance* guest = nullptr;
  Instance* instance = nullptr;
};

constexpr int32_t kRounds = 7;

int64_t expected() {
  World world;
  world.start_work(kRounds);
  return world.finish();
}

TEST(Snapshot, AtEveryCheckOfAComputation) {
  const int64_t result = expected();
  ASSERT_NE(result, 0);
  uint32_t stops = 0;
  for (uint64_t fuel = 0; fuel < 1000; fuel++) {
    World before(400000 + (fuel % 16));
    before.start_work(kRounds);
    before.execution.set_fuel(fuel);
    RunState state = before.execution.resume();
    while (state == RunState::kWaiting && before.execution.fuel() != 0) {
      const Value answer = Value::i64(77);
      ASSERT_TRUE(before.execution.complete(Span<const Value>(&answer, 1)).ok());
      state = before.execution.resume();
    }
    if (state == RunState::kDone) break;
    stops++;
    const std::vector<uint8_t> bytes = save(before.store, before.executions);

    World after(500000, 8192);
    const Error error = after.restore(bytes);
    ASSERT_TRUE(error.ok()) << fuel << ": " << text(error);
    ASSERT_EQ(after.execution.state(), state);
    ASSERT_EQ(after.execution.fuel(), before.execution.fuel());
    // The same bytes come out again, so nothing was lost.
    EXPECT_EQ(save(after.store, after.executions), bytes) << fuel;
    FrameInfo frames[8];
    FrameInfo old_frames[8];
    const uint32_t depth = after.execution.backtrace(frames);
    ASSERT_EQ(depth, before.execution.backtrace(old_frames));
    for (uint32_t i = 0; i < depth && i < 8; i++) {
      EXPECT_EQ(frames[i].function, old_frames[i].function);
      EXPECT_EQ(frames[i].offset, old_frames[i].offset);
    }
    ASSERT_EQ(after.finish(), result) << fuel;
    // Saving has not changed the original.
    ASSERT_EQ(before.finish(), result) << fuel;
  }
  EXPECT_GT(stops, 80u);
}

TEST(Snapshot, WaitingAndReady) {
  const int64_t result = expected();
  World before;
  before.start_work(kRounds);
  const std::vector<uint8_t> ready = save(before.store, before.executions);
  ASSERT_EQ(before.execution.resume(), RunState::kWaiting);
  const std::vector<uint8_t> waiting = save(before.store, before.executions);
  for (const auto& bytes : {ready, waiting}) {
    World after;
    ASSERT_TRUE(after.restore(bytes).ok());
    EXPECT_EQ(after.finish(), result);
    EXPECT_EQ(trap_of(after.execution, *after.instance, "use_dropped", {}).code,
              ErrorCode::kMemoryBounds);
  }
}

// A host function that is called directly: there is no code to go on in.
TEST(Snapshot, OfAHostFunctionThatWasCalledDirectly) {
  World before;
  Function import = before.instance->function("work");
  import.index = 1;  // the import "later"
  const Value argument = Value::i32(1);
  ASSERT_EQ(before.execution.run(import, Span<const Value>(&argument, 1)), RunState::kWaiting);
  for (const bool answered : {false, true}) {
    const Value answer = Value::i64(int64_t{1} << 40);
    if (answered) {
      ASSERT_TRUE(before.execution.complete(Span<const Value>(&answer, 1)).ok());
    }
    World after;
    ASSERT_TRUE(after.restore(save(before.store, before.executions)).ok());
    if (!answered) {
      ASSERT_TRUE(after.execution.complete(Span<const Value>(&answer, 1)).ok());
    }
    ASSERT_EQ(after.execution.resume(), RunState::kDone);
    EXPECT_EQ(after.execution.result(0).as_i64(), int64_t{1} << 40);
  }
}

TEST(Snapshot, OfAStartFunction) {
  TestStore before;
  Instance* instance = before.add("start_loop");
  Execution execution(before.store, 1024);
  execution.set_fuel(3000);
  ASSERT_TRUE(execution.start_instance(instance).ok());
  ASSERT_EQ(execution.resume(), RunState::kOutOfFuel);
  Execution* executions[] = {&execution};
  const std::vector<uint8_t> bytes = save(before.store, executions);

  TestStore after;
  after.add("start_loop");
  Execution other(after.store, 1024);
  Execution* others[] = {&other};
  ASSERT_TRUE(restore_snapshot(after.store, others, view(bytes)).ok());
  EXPECT_EQ(other.resume(), RunState::kOutOfFuel);
  other.set_fuel(10);
  EXPECT_EQ(other.resume(), RunState::kOutOfFuel);
}

TEST(Snapshot, OfSeveralExecutions) {
  World before;
  Execution second(before.store, 2048);
  Execution idle(before.store, 512);
  before.start_work(kRounds);
  before.execution.set_fuel(20);
  ASSERT_EQ(before.execution.resume(), RunState::kOutOfFuel);
  const Value n = Value::i32(15);
  second.set_fuel(100);
  ASSERT_EQ(second.run(before.guest->function("fib"), Span<const Value>(&n, 1)),
            RunState::kOutOfFuel);
  Execution* const executions[] = {&before.execution, &idle, &second};
  const std::vector<uint8_t> bytes = save(before.store, executions);

  World after;
  Execution after_second(after.store, 2048);
  Execution after_idle(after.store, 512);
  Execution* const others[] = {&after.execution, &after_idle, &after_second};
  ASSERT_TRUE(restore_snapshot(after.store, others, view(bytes)).ok());
  EXPECT_EQ(after_idle.state(), RunState::kIdle);
  after_second.set_fuel(kUnlimitedFuel);
  ASSERT_EQ(after_second.resume(), RunState::kDone);
  EXPECT_EQ(after_second.result(0).as_i32(), 610);
  EXPECT_EQ(after.finish(), expected());
  // One more or less, or the order changed, is another state of affairs.
  World fewer;
  EXPECT_EQ(fewer.restore(bytes).code, ErrorCode::kOtherInstances);
}

// What the guest in the way had beyond the snapshot must be gone.
TEST(Snapshot, ReplacesWhatIsThere) {
  World before;
  before.start_work(kRounds);
  before.execution.set_fuel(5);
  ASSERT_EQ(before.execution.resume(), RunState::kOutOfFuel);
  const std::vector<uint8_t> bytes = save(before.store, before.executions);

  World after;
  ASSERT_EQ(call(after.execution, *after.instance, "grow", {}), 1);
  call(after.execution, *after.instance, "shrink_me", {});
  after.start_work(3);
  after.finish();
  ASSERT_TRUE(after.restore(bytes).ok());
  EXPECT_EQ(after.instance->memory_size(), 65536u);
  EXPECT_EQ(after.finish(), expected());
  EXPECT_EQ(after.instance->memory_size(), 2u * 65536);
  ASSERT_EQ(call(after.execution, *after.instance, "peek", {100000}), 0);
}

TEST(Snapshot, DamageIsFoundAndChangesNothing) {
  World before;
  before.start_work(3);
  ASSERT_EQ(before.execution.resume(), RunState::kWaiting);
  const std::vector<uint8_t> bytes = save(before.store, before.executions);
  World after;
  const std::vector<uint8_t> untouched = after.buffer;
  const auto expect_refusal = [&](const std::vector<uint8_t>& damaged, size_t at) {
    const Error error = after.restore(damaged);
    ASSERT_TRUE(error.code == ErrorCode::kImageDamaged || error.code == ErrorCode::kNotAnImage)
        << at << ": " << text(error);
  };
  const size_t step = bytes.size() / 400 + 1;
  for (size_t at = 0; at < bytes.size(); at += at < 200 ? 1 : step) {
    expect_refusal({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(at)}, at);
    std::vector<uint8_t> damaged = bytes;
    damaged[at] ^= static_cast<uint8_t>(1 << (at % 8));
    expect_refusal(damaged, at);
  }
  EXPECT_EQ(after.buffer, untouched);
  ASSERT_TRUE(after.restore(bytes).ok());
}

// Behind the checksum: whatever the body says, nothing outside of the store is touched. Places in
// the code are believed, so nothing is run.
TEST(Snapshot, ForgedBodiesStayInTheStore) {
  World before;
  before.start_work(3);
  before.execution.set_fuel(30);
  before.execution.resume();
  const std::vector<uint8_t> bytes = save(before.store, before.executions);
  constexpr size_t kHeader = 24;
  const auto crc = [](const std::vector<uint8_t>& all) {
    uint32_t sum = 0xFFFFFFFF;
    for (size_t i = kHeader; i < all.size() + 20; i++) {
      sum ^= i < all.size() ? all[i] : all[i - all.size()];
      for (int bit = 0; bit < 8; bit++) sum = sum >> 1 ^ ((sum & 1) != 0 ? 0xEDB88320 : 0);
    }
    return ~sum;
  };
  uint32_t accepted = 0;
  uint32_t refused = 0;
  const size_t step = bytes.size() / 120 + 1;
  for (size_t at = kHeader; at < bytes.size(); at += step) {
    for (const uint8_t value : {uint8_t{0x00}, uint8_t{0x7F}, uint8_t{0xFF}}) {
      std::vector<uint8_t> forged = bytes;
      forged[at] = value;
      const uint32_t sum = crc(forged);
      for (int i = 0; i < 4; i++)
        forged[20 + static_cast<size_t>(i)] = static_cast<uint8_t>(sum >> (8 * i));
      World after(200000);
      const Error error = after.restore(forged);
      (error.ok() ? accepted : refused)++;
    }
  }
  EXPECT_GT(accepted, 0u);  // memory and numbers may be anything
  EXPECT_GT(refused, 0u);
}

TEST(Snapshot, IsBoundToModulesAndTheirOrder) {
  World before;
  const std::vector<uint8_t> bytes = save(before.store, before.executions);
  TestStore other;
  ASSERT_TRUE(other.store.provide(kHost).ok());
  Execution execution(other.store, 1024);
  Execution* executions[] = {&execution};
  EXPECT_EQ(restore_snapshot(other.store, executions, view(bytes)).code,
            ErrorCode::kOtherInstances);
  Instance* guest = other.add("guest");
  ASSERT_TRUE(other.store.name_instance("guest", guest).ok());
  other.add("guest");
  EXPECT_EQ(restore_snapshot(other.store, executions, view(bytes)).code,
            ErrorCode::kOtherInstances);
}

TEST(Snapshot, NeedsAStackThatIsLargeEnough) {
  World before;
  before.start_work(kRounds);
  before.execution.set_fuel(10);
  ASSERT_EQ(before.execution.resume(), RunState::kOutOfFuel);
  const std::vector<uint8_t> bytes = save(before.store, before.executions);
  bool fits = false;
  for (uint32_t stack = 0; stack < 1000; stack += 8) {
    World after(1 << 20, stack);
    const Error error = after.restore(bytes);
    if (error.ok()) fits = true;
    EXPECT_EQ(error.code, fits ? ErrorCode::kOk : ErrorCode::kStackExhausted) << stack;
  }
  EXPECT_TRUE(fits);
}

TEST(Snapshot, NeedsTheMemoryThatTheGuestHad) {
  World before;
  before.start_work(kRounds);
  ASSERT_EQ(before.execution.resume(), RunState::kWaiting);
  const std::vector<uint8_t> bytes = save(before.store, before.executions);
  size_t enough = 0;
  for (size_t size = 8000; size < 200000; size += 1000) {
    std::vector<uint8_t> buffer(size);
    TestStore after(size);
    Execution execution(after.store, 1024);
    Execution* executions[] = {&execution};
    const std::vector<uint8_t> wasms[] = {wasm("guest"), wasm("snapshot")};
    const Module* modules[2];
    Instance* instances[2];
    if (!after.store.provide(kHost).ok() || !load(after.store, view(wasms[0]), &modules[0]).ok() ||
        !after.store.instantiate(modules[0], &instances[0]).ok() ||
        !after.store.name_instance("guest", instances[0]).ok() ||
        !load(after.store, view(wasms[1]), &modules[1]).ok() ||
        !after.store.instantiate(modules[1], &instances[1]).ok()) {
      continue;
    }
    const Error error = restore_snapshot(after.store, executions, view(bytes));
    ASSERT_TRUE(error.ok() || error.code == ErrorCode::kOutOfMemory) << text(error);
    if (error.ok() && enough == 0) enough = size;
    EXPECT_TRUE(after.store.reset().ok());
  }
  EXPECT_GT(enough, 0u);
}

TEST(Snapshot, RefusesWhatItCannotDo) {
  World world;
  size_t size = 0;
  std::vector<uint8_t> out;
  World other;
  Execution* const foreign[] = {&other.execution};
  EXPECT_EQ(save_snapshot(world.store, foreign, append, &out, &size).code, ErrorCode::kArguments);
  Execution* const nobody[] = {nullptr};
  EXPECT_EQ(save_snapshot(world.store, nobody, append, &out, &size).code, ErrorCode::kArguments);
  {
    Loader loader(world.store);
    EXPECT_EQ(save_snapshot(world.store, world.executions, append, &out, &size).code,
              ErrorCode::kBusy);
  }
  const auto fails = [](void*, Bytes) { return false; };
  EXPECT_EQ(save_snapshot(world.store, world.executions, fails, nullptr, &size).code,
            ErrorCode::kImageWrite);
  EXPECT_TRUE(out.empty());
  ASSERT_TRUE(save_snapshot(world.store, world.executions, nullptr, nullptr, &size).ok());
  EXPECT_EQ(save(world.store, world.executions).size(), size);
  const std::vector<uint8_t> bytes = save(world.store, world.executions);
  world.start_work(1);
  EXPECT_EQ(world.restore(bytes).code, ErrorCode::kBusy);  // a call is in the way
  world.execution.cancel();
  EXPECT_TRUE(world.restore(bytes).ok());
}

#else

TEST(Snapshot, DoNotExistInThisBuild) { GTEST_SKIP() << "MOTE_FEATURE_SNAPSHOTS is 0"; }

#endif

}  // namespace
}  // namespace mote::test
