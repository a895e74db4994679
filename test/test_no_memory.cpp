// No memory: every request of every public path is refused once, by its number, and every path runs
// in stores of every size from nothing to enough. The paths: no_memory.hpp.
#include <cstdio>
#include <cstdlib>

#include "no_memory.hpp"
#include "refusing_arena.hpp"

namespace mote::test {
namespace {

std::vector<Path> paths() {
  std::vector<Path> all = core_paths();
  for (Path& path : interface_paths()) all.push_back(std::move(path));
  return all;
}

// What a path comes to when there is enough.
struct Smooth {
  Outcome outcome;
  World::Taken taken = {};
  size_t prepared = 0;  // most bytes that were in use before the path
};

void run_smoothly(const Path& path, Smooth* smooth) {
  World world;
  const Error error = path.prepare(world);
  ASSERT_TRUE(error.ok()) << path.name << ": " << text(error);
  smooth->prepared = world.store.memory().peak + mote_store_memory(&world.c_store).peak;
  smooth->outcome = path.act(world);
  ASSERT_TRUE(smooth->outcome.error.ok()) << path.name << ": " << text(smooth->outcome.error);
  ASSERT_NE(smooth->outcome.value, -1) << path.name;
  smooth->taken = world.taken();
}

bool was_refused(const Outcome& outcome) { return !outcome.error.ok() || outcome.value == -1; }

// A path that was refused something has taken nothing, and succeeds afterwards.
void expect_no_trace(const Path& path, World& world, const World::Taken& before,
                     const Smooth& smooth) {
  const World::Taken after = world.taken();
  EXPECT_EQ(after.scratch, before.scratch);
  EXPECT_EQ(after.others, before.others);
  if (path.leaves == Leaves::kNothing) {
    EXPECT_EQ(after.used, before.used);
  }
  if (path.leaves == Leaves::kRubbish) {
    ASSERT_TRUE(world.reset().ok());
    world.bytes.clear();
    ASSERT_TRUE(path.prepare(world).ok());
  }
  const Outcome again = path.act(world);
  EXPECT_TRUE(again.error.ok()) << text(again.error);
  EXPECT_EQ(again.value, smooth.outcome.value);
  if (path.leaves != Leaves::kSome) {
    EXPECT_EQ(world.taken().used, smooth.taken.used);
  }
  EXPECT_EQ(world.taken().scratch, smooth.taken.scratch);
  EXPECT_EQ(world.taken().others, smooth.taken.others);
}

// ---- Each request is refused once ------------------------------------------------------------

TEST(NoMemory, EveryRequestThatIsRefusedIsACleanErrorAndTheSamePathSucceedsAfterwards) {
  uint32_t refusals = 0;
  for (const Path& path : paths()) {
    Smooth smooth;
    ASSERT_NO_FATAL_FAILURE(run_smoothly(path, &smooth));
    uint32_t nth = 0;
    for (;; nth++) {
      SCOPED_TRACE(path.name + ", request " + std::to_string(nth));
      World world;
      ASSERT_TRUE(path.prepare(world).ok());
      const World::Taken before = world.taken();
      refuse_request(nth);
      const Outcome outcome = path.act(world);
      if (stop_refusing() <= nth) break;
      refusals++;
      // Some requests have a second choice: more than is needed, or a place where nothing moves.
      if (!was_refused(outcome)) {
        EXPECT_EQ(outcome.value, smooth.outcome.value);
        continue;
      }
      if (!outcome.error.ok()) {
        EXPECT_TRUE(is_for_want_of_memory(outcome.error)) << text(outcome.error);
      }
      expect_no_trace(path, world, before, smooth);
    }
    EXPECT_NE(nth, 0u) << path.name << " asks for nothing";
  }
  RecordProperty("refusals", static_cast<int>(refusals));
  EXPECT_GT(refusals, 1000u);
}

// ---- Every size of the store -----------------------------------------------------------------

// All sizes take long with a sanitizer, or on a machine that is emulated.
#if !defined(__x86_64__) || defined(__SANITIZE_ADDRESS__)
constexpr bool kIsSlow = true;
#elif !defined(__has_feature)
constexpr bool kIsSlow = false;
#elif __has_feature(address_sanitizer)
constexpr bool kIsSlow = true;
#else
constexpr bool kIsSlow = false;
#endif

// All of it, in one go: what fails first is the outcome.
Outcome live_whole_life(World& world, const char* function, int32_t argument) {
  Outcome outcome;
  outcome.error = world.add_needs();
  if (outcome.error.ok()) outcome = world.call(function, argument);
  return outcome;
}

// With MOTE_TEST_EVERY_SIZE in the environment no size is left out, from 0 on. That takes minutes:
//   MOTE_TEST_EVERY_SIZE=1 build/release/test/mote_memory_tests --gtest_filter='*EverySize*'
bool every_size_is_asked_for() { return getenv("MOTE_TEST_EVERY_SIZE") != nullptr; }

TEST(NoMemory, StoresOfEverySizeAreTooSmallOrEnough) {
  const size_t step = kIsSlow && !every_size_is_asked_for() ? 7 : 1;
  // Up to where the first function runs, all sizes; what comes before is the same for the others.
  size_t first = 0;
  for (const char* function : {"touch", "grow_numbers", "all"}) {
    uint32_t enough = 0;
    size_t size = first;
    for (; enough < 64; size += step) {
      SCOPED_TRACE(std::string(function) + " in " + std::to_string(size) + " bytes");
      ASSERT_LT(size, size_t{1} << 17);
      World world(size);
      const Outcome outcome = live_whole_life(world, function, 1000);
      if (!outcome.error.ok()) {
        ASSERT_TRUE(is_for_want_of_memory(outcome.error)) << text(outcome.error);
      } else if (outcome.value == -1) {
        ASSERT_NE(world.store.memory().refused_growths, 0u);
      }
      enough = outcome.error.ok() && outcome.value != -1 ? enough + 1 : 0;
      ASSERT_LE(world.store.memory().peak, size);
      world.execution.reset();
      ASSERT_EQ(world.store.memory().scratch, 0u);
    }
    if (first == 0 && !every_size_is_asked_for()) first = size - 1000;
  }
}

// Each path from where its preparations just do not fit; these are paths of their own.
TEST(NoMemory, EveryPathRunsInStoresOfEverySize) {
  const bool every_size = every_size_is_asked_for();
  constexpr size_t kStep = kIsSlow ? 127 : 29;  // odd: all alignments of the end come up
  const size_t step = every_size ? 1 : kStep;
  uint32_t stores = 0;
  uint32_t too_small = 0;
  for (const Path& path : paths()) {
    Smooth smooth;
    ASSERT_NO_FATAL_FAILURE(run_smoothly(path, &smooth));
    const uint32_t stores_before = stores;
    uint32_t enough = 0;
    size_t size = every_size || smooth.prepared < 200 ? 0 : smooth.prepared - 200;
    for (; enough < 16; size += enough == 0 ? step : 1) {
      SCOPED_TRACE(path.name + " in " + std::to_string(size) + " bytes");
      ASSERT_LT(size, size_t{1} << 18);
      World world(size);
      stores++;
      const World::Taken empty = world.taken();
      const Error error = path.prepare(world);
      if (!error.ok()) {
        ASSERT_TRUE(is_for_want_of_memory(error)) << text(error);
        continue;
      }
      const World::Taken before = world.taken();
      const Outcome outcome = path.act(world);
      ASSERT_LE(world.store.memory().peak, size);
      if (!was_refused(outcome)) {
        ASSERT_EQ(outcome.value, smooth.outcome.value);
        enough++;
        continue;
      }
      too_small++;
      enough = 0;
      if (!outcome.error.ok()) {
        ASSERT_TRUE(is_for_want_of_memory(outcome.error)) << text(outcome.error);
      }
      const World::Taken after = world.taken();
      ASSERT_EQ(after.scratch, before.scratch);
      ASSERT_EQ(after.others, before.others);
      if (path.leaves == Leaves::kNothing) {
        ASSERT_EQ(after.used, before.used);
      }
      // All of it comes back.
      ASSERT_TRUE(world.reset().ok());
      ASSERT_TRUE(world.taken() == empty);
    }
    if (every_size) std::printf("%u stores: %s\n", stores - stores_before, path.name.c_str());
  }
  RecordProperty("too_small", static_cast<int>(too_small));
  EXPECT_GT(too_small, 1000u);
  if (every_size) std::printf("%u stores; %u too small for the path alone\n", stores, too_small);
}

// ---- Who takes nothing -----------------------------------------------------------------------

// The functions that no_memory.hpp does not name: with the buffer full, and every request counted.
TEST(NoMemory, FunctionsThatPromiseItTakeNoMemory) {
  World world;
  ASSERT_TRUE(world.add_needs().ok());
  Instance& needs = *world.instance;
  const Module& module = needs.module();
  Execution& execution = *world.execution;
  // What the guest touches below: memory may be backed in steps of a few bytes, from either side.
  for (const int32_t address : {100, 3}) ASSERT_EQ(world.call("touch", address).value, 42);
  Extern made_global;
  Extern made_table;
  ExternType type;
  type.value = ValueType::kI64;
  type.is_mutable = true;
  ASSERT_TRUE(make_global(world.store, type, Value::i64(1), &made_global).ok());
  type.value = ValueType::kFuncRef;
  type.limits = {4, 8, true};
  ASSERT_TRUE(make_table(world.store, type, Value::null(ValueType::kFuncRef), &made_table).ok());
  std::vector<uint8_t> image(1 << 15);
  std::vector<uint8_t> page(64);
  std::vector<uint8_t> snapshot;
  const Value argument = Value::i32(3);
  const Span<const Value> arguments(&argument, 1);
  const World::Taken before = world.taken();

  refuse_request(0);
  // mote/module.hpp, mote/instance.hpp
  for (uint32_t i = 0; i < module.import_count(); i++) (void)module.import(i);
  for (uint32_t i = 0; i < module.export_count(); i++) (void)module.export_at(i);
  EXPECT_EQ(module.memory_count(), 3u);
  (void)module.memory_type(0);
  (void)module.info();
  (void)module.uses(Feature::kBulkMemory);
  (void)module.has_start_function();
  (void)module.name();
  (void)module.function_name(1);
  const Function twice = needs.function("twice");
  EXPECT_EQ(needs.function_type(twice.index).parameter_count, 2);
  Value value;
  EXPECT_TRUE(needs.global("sum", &value).ok());
  EXPECT_FALSE(needs.set_global("sum", value).ok());
  EXPECT_TRUE(needs.has_memory());
  (void)needs.memory_size();
  (void)needs.memory_backed();
  // mote/extern.hpp
  const Extern function = Extern::of(twice);
  EXPECT_TRUE(made_global.set(Value::i64(8)).ok());
  EXPECT_EQ(made_global.get().as_i64(), 8);
  (void)made_global.identity();
  (void)made_global.type();
  (void)function.definition();
  EXPECT_TRUE(made_table.table_set(1, function.reference()));
  EXPECT_TRUE(made_table.table_get(1, &value));
  EXPECT_EQ(made_table.table_size(), 4u);
  EXPECT_TRUE(function_of(world.store, value).exists());
  for (uint32_t i = 0; i < module.export_count(); i++) {
    const Extern each = Extern::of(needs, module.export_at(i));
    if (each.kind == ExternKind::kMemory) (void)each.byte_size();
  }
  // mote/execution.hpp, with a guest that touches nothing new
  execution.set_fuel(5);
  EXPECT_TRUE(execution.start(needs.function("touch"), arguments).ok());
  execution.cancel();
  EXPECT_EQ(execution.run(needs.function("touch"), arguments), RunState::kDone);
  EXPECT_EQ(execution.result_count(), 1u);
  (void)execution.result(0);
  EXPECT_TRUE(execution.start_instance(&needs).ok());
  EXPECT_TRUE(execution.start(needs.function("in_a_loop"), arguments).ok());
  execution.set_fuel(0);
  EXPECT_EQ(execution.state(), RunState::kReady);
  EXPECT_EQ(execution.complete({}).code, ErrorCode::kNotRunnable);
  (void)execution.trap();
  (void)execution.error();
  FrameInfo frames[2];
  (void)execution.backtrace(frames);
  execution.restart_stack_peak();
  (void)execution.stack_peak();
  (void)execution.fuel();
  execution.cancel();
  execution.set_fuel(kUnlimitedFuel);
  for (const char* name : {"grow_memory", "init_table"}) {
    EXPECT_EQ(execution.run(needs.function(name), arguments), RunState::kDone) << name;
  }
  EXPECT_TRUE(execution.start(needs.function("in_a_loop"), arguments).ok());
  // mote/snapshot.hpp, mote/image.hpp
#if MOTE_FEATURE_SNAPSHOTS
  Execution* const executions[] = {&execution};
  size_t size = 0;
  EXPECT_TRUE(save_snapshot(world.store, executions, append_bytes, &snapshot, &size).ok());
#endif
  EXPECT_FALSE(is_image(view(image)));
#if MOTE_FEATURE_SAVED_CODE
  uint32_t image_size = 0;
  const Bytes bytes = view(file("needs"));
  EXPECT_TRUE(
      save_image(module, bytes, MutableBytes(image.data(), image.size()), &image_size).ok());
  ImageWriter writer([](void*, uint32_t, Bytes) { return true; }, nullptr,
                     MutableBytes(page.data(), page.size()));
  EXPECT_TRUE(writer.feed(bytes).ok());
  EXPECT_TRUE(writer.finish(module, &image_size).ok());
#endif
  // mote/store.hpp, mote/execution.hpp
  execution.interrupt();
  execution.kill();
  EXPECT_EQ(execution.resume(), RunState::kTrapped);
#if MOTE_FEATURE_QUOTAS
  world.store.set_quota(Quota());
#endif
  (void)world.store.memory();
  EXPECT_TRUE(world.taken() == before);
  EXPECT_TRUE(world.store.reset().ok());
  EXPECT_EQ(stop_refusing(), 0u);
}

}  // namespace
}  // namespace mote::test
