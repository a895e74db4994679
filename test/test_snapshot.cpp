// Snapshots: a guest that is saved at any point and restored elsewhere comes to the same result.
#include <algorithm>
#include <mote/extern.hpp>

#include "runtime/store_data.hpp"
#include "wasm_file.hpp"

namespace mote::test {
namespace {

#if MOTE_FEATURE_SNAPSHOTS

HostResult<uint64_t> later(uint32_t) { return not_yet(); }
constexpr HostFunction kHost[] = {host_function<later>("host", "later")};

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
  uint32_t table_size() {
    const Module& module = instance->module();
    for (uint32_t i = 0; i < module.export_count(); i++) {
      const Extern each = Extern::of(*instance, module.export_at(i));
      if (each.kind == ExternKind::kTable) return each.table_size();
    }
    return 0;
  }
  int64_t finish_work(int32_t n) {
    start_work(n);
    return finish();
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

int64_t expected() { return World().finish_work(kRounds); }

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

TEST(Snapshot, WhatWasAskedOfTheExecutionBeforeIsForgotten) {
  World before;
  before.start_work(3);
  before.execution.set_fuel(3);
  ASSERT_EQ(before.execution.resume(), RunState::kOutOfFuel);
  World after;
  after.execution.interrupt();
  after.execution.kill();
  ASSERT_TRUE(after.restore(save(before.store, before.executions)).ok());
  after.execution.set_fuel(kUnlimitedFuel);
  EXPECT_EQ(after.execution.resume(), RunState::kWaiting);
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

// ---- Forged, with the right checksum -----------------------------------------------------------

constexpr size_t kHeader = 24;

uint32_t crc(const std::vector<uint8_t>& bytes, size_t begin, size_t end, uint32_t sum) {
  static const std::vector<uint32_t> table = [] {
    std::vector<uint32_t> made(256);
    for (uint32_t i = 0; i < 256; i++) {
      made[i] = i;
      for (int bit = 0; bit < 8; bit++) {
        made[i] = made[i] >> 1 ^ ((made[i] & 1) != 0 ? 0xEDB88320 : 0);
      }
    }
    return made;
  }();
  for (size_t i = begin; i < end; i++) sum = sum >> 8 ^ table[(sum ^ bytes[i]) & 0xFF];
  return sum;
}

void put_number(std::vector<uint8_t>& bytes, size_t at, size_t value) {
  for (size_t i = 0; i < 4; i++) bytes[at + i] = static_cast<uint8_t>(value >> (8 * i));
}
uint32_t number_at(const std::vector<uint8_t>& bytes, size_t at) {
  uint32_t value = 0;
  for (size_t i = 4; i-- > 0;) value = value << 8 | bytes[at + i];
  return value;
}

// Makes size and checksum fit the body.
void reseal(std::vector<uint8_t>& bytes) {
  put_number(bytes, 16, bytes.size());
  put_number(bytes, 20, ~crc(bytes, 0, 20, crc(bytes, kHeader, bytes.size(), 0xFFFFFFFF)));
}

// A guest within another instance's function that has not touched its memory, and one that waits.
std::vector<uint8_t> snapshot_of(RunState state, size_t store) {
  World before(store);
  before.start_work(3);
  if (state == RunState::kOutOfFuel) before.execution.set_fuel(3);
  EXPECT_EQ(before.execution.resume(), state);
  return save(before.store, before.executions);
}

// Whatever the body says, nothing outside of the store is touched, and what is refused changes
// nothing. Places in the code are believed, so nothing goes on from there.
TEST(Snapshot, ForgedBodiesStayInTheStoreOrChangeNothing) {
  uint32_t accepted = 0;
  uint32_t damaged = 0;
  uint32_t others = 0;
  for (const RunState state : {RunState::kOutOfFuel, RunState::kWaiting}) {
    const size_t store = state == RunState::kOutOfFuel ? 40000 : 120000;
    const std::vector<uint8_t> bytes = snapshot_of(state, store);
    std::vector<uint8_t> resealed = bytes;
    reseal(resealed);
    ASSERT_EQ(bytes, resealed);  // the test knows the format
    for (size_t at = kHeader; at < bytes.size(); at++) {
      // What the guest has touched and not written is long, and of no interest.
      constexpr std::ptrdiff_t kNear = 12;
      const auto here = bytes.begin() + static_cast<std::ptrdiff_t>(at);
      const auto begin = here - kNear;
      const auto end = bytes.end() - here > kNear ? here + kNear : bytes.end();
      if (std::all_of(begin, end, [](uint8_t byte) { return byte == 0; })) continue;
      for (const uint8_t value : {0x04, 0xFF}) {
        std::vector<uint8_t> forged = bytes;
        if (forged[at] == value) continue;
        forged[at] = value;
        reseal(forged);
        World after(store);
        const std::vector<uint8_t> untouched = after.buffer;
        const Error error = after.restore(forged);
        if (error.ok()) {
          accepted++;  // memory and numbers may be anything, but not larger than their maximum
          ASSERT_LE(after.instance->memory_size(), 3u * 65536) << at;
          ASSERT_LE(after.guest->memory_size(), 4u * 65536) << at;
          ASSERT_LE(after.table_size(), 6u) << at;
        } else {
          (error.code == ErrorCode::kImageDamaged ? damaged : others)++;
          if (error.code != ErrorCode::kOutOfMemory) {
            ASSERT_EQ(after.buffer, untouched) << at << ": " << text(error);
          }
        }
        after.execution.cancel();
        after.execution.set_fuel(kUnlimitedFuel);
        ASSERT_EQ(call(after.execution, *after.guest, "fib", {7}), 13) << at;
      }
    }
  }
  EXPECT_GT(accepted, 100u);
  EXPECT_GT(damaged, 100u);
  EXPECT_GT(others, 50u);
}

// Where the parts of a snapshot of a guest that waits begin.
struct Parts {
  size_t memory = 0;  // of "snapshot": pages (4 bytes), first (8), size (8)
  size_t table = 0;   // and its table
  size_t execution = 0;
  size_t waiting = 0;  // caller, import, results (4 each)
  size_t frames = 0;
};
Parts parts_of(const std::vector<uint8_t>& bytes, World& world) {
  Parts parts;
  size_t at = kHeader + 4;
  for (Instance* each : {world.instance, world.guest}) {  // latest first; each has all of its own
    const detail::ModuleData& module = *detail::InstanceData::of(*each).module;
    at += 8 + size_t{module.global_slots} * 4;
    if (each == world.instance) parts.memory = at;
    at += 20 + number_at(bytes, at + 12);
    if (each == world.instance) parts.table = at;
    at += 4 + size_t{number_at(bytes, at)} * 4;
    at += (module.element_count + 7) / 8 + (module.data_count + 7) / 8;
  }
  parts.execution = at + 4;
  parts.waiting = parts.execution + 48 + MOTE_APART_F32 * 4 + MOTE_APART_F64 * 8 + MOTE_FUSED * 8;
  parts.frames = parts.waiting + 12;
  return parts;
}

TEST(Snapshot, ForgedNumbersAreRefusedAndChangeNothing) {
  World before;
  before.start_work(3);
  ASSERT_EQ(before.execution.resume(), RunState::kWaiting);
  const std::vector<uint8_t> bytes = save(before.store, before.executions);
  const Parts parts = parts_of(bytes, before);
  const detail::ModuleData& module = *detail::InstanceData::of(*before.instance).module;
  World after;
  const std::vector<uint8_t> untouched = after.buffer;
  const auto refuses = [&](std::vector<uint8_t> forged, ErrorCode code) {
    reseal(forged);
    const Error error = after.restore(forged);
    EXPECT_EQ(error.code, code) << text(error);
    EXPECT_TRUE(after.buffer == untouched);
    after.execution.cancel();
  };
  const auto refuses_number = [&](const char* what, size_t at, size_t number,
                                  ErrorCode code = ErrorCode::kImageDamaged) {
    SCOPED_TRACE(what);
    std::vector<uint8_t> forged = bytes;
    put_number(forged, at, number);
    refuses(forged, code);
  };
  const size_t stack = 4096;
  const size_t in_memory = number_at(bytes, parts.memory + 12);
  ASSERT_GT(in_memory, 0u);
  refuses_number("more bytes than pages", parts.memory, 0);
  refuses_number("bytes that end beyond the pages", parts.memory + 4, 65536 - in_memory + 1);
  refuses_number("a function that there is not", parts.execution + 20, module.function_count());
  const size_t place = parts.execution + 28;  // its kind, here that of code, and where
  ASSERT_EQ(number_at(bytes, place), 2u);
  refuses_number("code that ends there", place + 4,
                 static_cast<size_t>(module.code_end - module.code_begin));
  refuses_number("half a unit", place + 4, number_at(bytes, place + 4) + size_t{1});
  refuses_number("a frame above the stack", place + 8, stack + 4, ErrorCode::kStackExhausted);
  refuses_number("results at its end", parts.waiting + 8, stack, ErrorCode::kStackExhausted);

  // The only frame, from the top of the stack down: what is above its link, and what is below.
  const uint32_t top = number_at(bytes, parts.frames);
  const uint32_t link = number_at(bytes, parts.frames + 4);
  const size_t below = parts.frames + 8 + (top - link - detail::kLinkSlots * 4);
  ASSERT_EQ(number_at(bytes, below), kNoIndex);
  const size_t returns_to = below + 4 + link;  // the exit; then, how many records there are
  ASSERT_EQ(returns_to + 8, bytes.size());
  refuses_number("no place to return to", returns_to, 3);
  refuses_number("a record that is not used", returns_to + 4, 1);
  std::vector<uint8_t> forged = bytes;
  put_number(forged, returns_to, 2);  // the beginning of the code, which no call comes before
  forged.insert(forged.begin() + static_cast<std::ptrdiff_t>(returns_to) + 4, 4, uint8_t{0});
  refuses(forged, ErrorCode::kImageDamaged);
  for (const size_t state : {static_cast<size_t>(RunState::kDone), size_t{8}}) {
    forged = bytes;  // a state without a call, or none at all, and nothing that it waits for
    put_number(forged, parts.execution, state);
    const auto waiting = forged.begin() + static_cast<std::ptrdiff_t>(parts.waiting);
    forged.erase(waiting, waiting + 12);
    refuses(forged, ErrorCode::kImageDamaged);
  }
  forged = bytes;  // a link that is not aligned: a byte from above it is below it
  put_number(forged, parts.frames + 4, link + 1);
  forged.insert(forged.begin() + static_cast<std::ptrdiff_t>(returns_to), uint8_t{0});
  forged.erase(forged.begin() + static_cast<std::ptrdiff_t>(parts.frames) + 8);
  refuses(forged, ErrorCode::kImageDamaged);
  forged = bytes;  // more entries than the table's maximum
  put_number(forged, parts.table, 7);
  forged.insert(forged.begin() + static_cast<std::ptrdiff_t>(parts.table) + 4,
                (7 - number_at(bytes, parts.table)) * size_t{4}, uint8_t{0});
  refuses(forged, ErrorCode::kImageDamaged);
  // A stack that is full of frames, all of other instances, so that records have no room beside it.
  const size_t in_link = detail::kLinkSlots * 4;
  for (const size_t count : {size_t{1}, stack / in_link}) {
    forged.assign(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(parts.frames));
    const auto add = [&](size_t number) {
      forged.resize(forged.size() + 4);
      put_number(forged, forged.size() - 4, number);
    };
    add(stack);
    for (size_t i = 1; i <= count; i++) add(stack - i * in_link);
    add(kNoIndex);
    forged.resize(forged.size() + stack - count * in_link);
    for (size_t i = 0; i < count; i++) add(1);  // links to the switch between instances
    add(count);
    for (size_t i = 0; i < 2 * count; i++) add(0);  // records: instance, return to the exit
    refuses(forged, ErrorCode::kStackExhausted);
  }
  for (const size_t size : {size_t{0}, kHeader - 1}) {  // of the whole
    forged = bytes;
    put_number(forged, 16, size);
    EXPECT_EQ(after.restore(forged).code, ErrorCode::kImageDamaged);
  }

  ASSERT_TRUE(after.restore(bytes).ok());
  EXPECT_EQ(after.finish(), World().finish_work(3));
}

TEST(Snapshot, ForgedLengthsAreRefusedAndChangeNothing) {
  constexpr size_t kStore = 300000;  // the guest's memory grows to two pages
  const std::vector<uint8_t> bytes = snapshot_of(RunState::kOutOfFuel, kStore);
  World after(kStore);
  const std::vector<uint8_t> untouched = after.buffer;
  for (size_t size = kHeader; size < bytes.size() + 9; size++) {
    if (size == bytes.size()) continue;
    std::vector<uint8_t> forged = bytes;
    forged.resize(size);
    reseal(forged);
    const Error error = after.restore(forged);
    ASSERT_TRUE(error.code == ErrorCode::kImageDamaged || error.code == ErrorCode::kOtherInstances)
        << size << ": " << text(error);
    ASSERT_EQ(after.buffer, untouched);
  }
  ASSERT_TRUE(after.restore(bytes).ok());
  EXPECT_EQ(after.finish(), World().finish_work(3));
}

TEST(Snapshot, OfAnotherBuildIsRefused) {
  World world;
  const std::vector<uint8_t> bytes = save(world.store, world.executions);
  for (size_t at = 4; at < 16; at++) {  // the format, and the fingerprint of the build
    std::vector<uint8_t> other = bytes;
    other[at] ^= 0x10;
    reseal(other);
    EXPECT_EQ(world.restore(other).code, ErrorCode::kImageOfOtherBuild) << at;
  }
  EXPECT_TRUE(world.restore(bytes).ok());
}

// The number of instances, then the first one's module and the numbers of its functions.
TEST(Snapshot, OfOtherModulesOrReferencesIsRefused) {
  World world;
  const std::vector<uint8_t> bytes = save(world.store, world.executions);
  for (size_t at = kHeader; at < kHeader + 12; at++) {
    std::vector<uint8_t> other = bytes;
    other[at] ^= 0x01;
    reseal(other);
    EXPECT_EQ(world.restore(other).code, ErrorCode::kOtherInstances) << at;
  }
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
