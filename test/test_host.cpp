// Host functions: checked ranges, answers that come later, calls back, and the native stack.
#include <thread>

#include "wasm_file.hpp"

namespace mote::test {
namespace {

struct World {
  std::string logged;
  std::vector<uintptr_t> stack_positions;
  Instance* instance = nullptr;
  int depth = 0;
  Error nested;
  FrameInfo callers[8];
  uint32_t caller_count = 0;
};

void log_text(Host& host, StringView text) {
  host.context_as<World>().logged.assign(text.data(), text.size());
}

HostResult<uint32_t> later(uint32_t) { return not_yet(); }

__attribute__((noinline)) void native_stack(Host& host) {
  volatile char here = 0;
  World& world = host.context_as<World>();
  world.stack_positions.push_back(reinterpret_cast<uintptr_t>(&here));
  world.caller_count = host.backtrace(world.callers);
}

// A sanitizer may move a frame a little. Growth would show thousands of times.
void expect_same_depth(const std::vector<uintptr_t>& positions) {
  constexpr double kTolerance = 256;
  ASSERT_EQ(positions.size(), 2u);
  EXPECT_NEAR(static_cast<double>(positions[0]), static_cast<double>(positions[1]), kTolerance);
}

// Calls the guest's "back" (which calls this again) `depth` times.
HostResult<uint32_t> call_back(Host& host, uint32_t depth) {
  World& world = host.context_as<World>();
  if (depth == 0) {
    world.caller_count = host.backtrace(world.callers);
    return uint32_t{1};
  }
  const Value argument = Value::i32(static_cast<int32_t>(depth - 1));
  Value result;
  const Error error = host.call(host.instance().function("back"), Span<const Value>(&argument, 1),
                                Span<Value>(&result, 1));
  if (!error.ok()) {
    world.nested = error;
    return host_trap(error.code);
  }
  return static_cast<uint32_t>(result.as_i32());
}

double wide(uint64_t a, float b, double c) { return static_cast<double>(a) + b * c; }

// Grows the guest's memory from within a call, so that it moves.
HostResult<uint32_t> grow_and_read(Host& host, uint32_t address) {
  if (host.memory(address, 4).empty()) return host_trap(ErrorCode::kMemoryBounds);
  return uint32_t{1};
}

constexpr HostFunction kHost[] = {
    host_function<log_text>("host", "log"),
    host_function<later>("host", "later"),
    host_function<native_stack>("host", "native_stack"),
    host_function<call_back>("host", "call_back"),
    host_function<wide>("host", "wide"),
    host_function<grow_and_read>("host", "grow_and_read"),
};
static_assert(kHost[0].type.parameter_count == 2 && kHost[0].type.result_count == 0);
static_assert(kHost[4].type.parameters[0] == ValueType::kI64);
static_assert(kHost[4].type.parameters[1] == ValueType::kF32);
static_assert(kHost[4].type.results[0] == ValueType::kF64);

struct Fixture : TestStore {
  Fixture() : execution(store, 512 * 1024) {
    EXPECT_TRUE(store.provide(kHost, &world).ok());
    world.instance = add("host");
  }
  Execution execution;
  World world;
};

TEST(Host, SpansArriveChecked) {
  Fixture f;
  call(f.execution, *f.world.instance, "log", {16, 7});
  EXPECT_EQ(f.world.logged, "message");
  call(f.execution, *f.world.instance, "log", {65536, 0});
  EXPECT_EQ(f.world.logged, "");
  EXPECT_EQ(trap_of(f.execution, *f.world.instance, "log", {65530, 7}).code,
            ErrorCode::kMemoryBounds);
  EXPECT_EQ(trap_of(f.execution, *f.world.instance, "log", {-1, -1}).code,
            ErrorCode::kMemoryBounds);
}

TEST(Host, NumbersOfEveryTypePassThrough) {
  Fixture f;
  const Value arguments[] = {Value::i64(int64_t{1} << 33), Value::f32(1.5f), Value::f64(-4.0)};
  ASSERT_EQ(f.execution.run(f.world.instance->function("wide"), arguments), RunState::kDone);
  EXPECT_EQ(f.execution.result(0).as_f64(), 8589934592.0 - 6.0);
}

TEST(Host, CanAnswerLater) {
  Fixture f;
  const Value argument = Value::i32(1);
  ASSERT_EQ(f.execution.run(f.world.instance->function("later"), Span<const Value>(&argument, 1)),
            RunState::kWaiting);
  EXPECT_EQ(f.execution.resume(), RunState::kWaiting);
  const Value wrong = Value::i64(1);
  EXPECT_EQ(f.execution.complete(Span<const Value>(&wrong, 1)).code, ErrorCode::kArguments);
  const Value answer = Value::i32(41);
  ASSERT_TRUE(f.execution.complete(Span<const Value>(&answer, 1)).ok());
  ASSERT_EQ(f.execution.resume(), RunState::kDone);
  EXPECT_EQ(f.execution.result(0).as_i32(), 42);
}

TEST(Host, CanCallBackIntoTheGuest) {
  Fixture f;
  EXPECT_EQ(call(f.execution, *f.world.instance, "back", {0}), 2);
  EXPECT_EQ(call(f.execution, *f.world.instance, "back", {4}), 32);
  EXPECT_EQ(trap_of(f.execution, *f.world.instance, "back", {100}).code, ErrorCode::kHostNesting);
  EXPECT_EQ(call(f.execution, *f.world.instance, "back", {2}), 8);
}

// Each time the guest gets the stack that the one before it has left.
HostResult<uint32_t> call_back_often(Host& host, uint32_t depth) {
  for (int i = 0; i < 1000 && depth == 1; i++) {
    const Value zero = Value::i32(0);
    Value result;
    const Error error = host.call(host.instance().function("back"), Span<const Value>(&zero, 1),
                                  Span<Value>(&result, 1));
    if (!error.ok()) return host_trap(error.code);
  }
  return depth;
}
constexpr HostFunction kOften[] = {host_function<call_back_often>("host", "call_back")};

TEST(Host, CallsBackInARowNeedNoMoreStackThanOne) {
  TestStore test;
  World world;
  ASSERT_TRUE(test.store.provide(kHost, &world).ok());
  ASSERT_TRUE(test.store.provide(kOften).ok());
  Instance* const instance = test.add("host");
  Execution execution(test.store, 512);
  EXPECT_EQ(call(execution, *instance, "back", {1}), 2);
}

TEST(Host, AFunctionCanTellWhoCalledIt) {
  Fixture f;
  const std::vector<uint8_t> bytes = wasm("host");
  const auto expect_callers = [&](std::initializer_list<StringView> names) {
    ASSERT_EQ(f.world.caller_count, names.size());
    uint32_t i = 0;
    for (const StringView name : names) {
      EXPECT_EQ(f.world.callers[i].instance, f.world.instance);
      EXPECT_EQ(f.world.callers[i].name, name);
      ASSERT_LT(f.world.callers[i].offset, bytes.size());
      EXPECT_EQ(bytes[f.world.callers[i].offset], 0x10);  // call
      i++;
    }
  };
  call(f.execution, *f.world.instance, "deep", {2});
  expect_callers({"deep", "deep", "deep"});
  EXPECT_EQ(f.execution.backtrace({}), 0u);
  // More than there is room for.
  call(f.execution, *f.world.instance, "deep", {99});
  EXPECT_EQ(f.world.caller_count, 100u);
  EXPECT_EQ(f.world.callers[7].name, "deep");
  // After a pause.
  f.execution.set_fuel(10);
  const Value rounds = Value::i32(20);
  ASSERT_EQ(f.execution.run(f.world.instance->function("long"), Span<const Value>(&rounds, 1)),
            RunState::kOutOfFuel);
  const uint32_t first_call = f.world.callers[0].offset;
  f.execution.set_fuel(100);
  ASSERT_EQ(f.execution.resume(), RunState::kDone);
  expect_callers({"long"});
  EXPECT_GT(f.world.callers[0].offset, first_call);
  // The guest that was called from a host function, without what is beyond that.
  call(f.execution, *f.world.instance, "back", {2});
  expect_callers({"back"});
  // Called by the host itself.
  call(f.execution, *f.world.instance, "direct", {});
  expect_callers({});
}

// What looks at its execution from within, and the execution.
struct Watch {
  Execution* execution = nullptr;
  uint32_t looks = 0;
};
HostResult<uint32_t> look(Host& host, uint32_t depth) {
  Watch& watch = host.context_as<Watch>();
  Value result = Value::i32(0);
  const Value less = Value::i32(static_cast<int32_t>(depth) - 1);
  if (depth != 0) {
    EXPECT_TRUE(host.call(host.instance().function("back"), Span<const Value>(&less, 1),
                          Span<Value>(&result, 1))
                    .ok());
  }
  FrameInfo frame;
  EXPECT_EQ(watch.execution->backtrace(Span<FrameInfo>(&frame, 1)), 1u);
  EXPECT_EQ(frame.name, "back");
  EXPECT_TRUE(watch.execution->trap().ok());
  watch.looks++;
  return static_cast<uint32_t>(result.as_i32());
}
constexpr HostFunction kLook[] = {host_function<look>("host", "call_back")};

// The same seen by who has the execution, also in the middle of nested calls.
TEST(Host, AnExecutionHasABacktraceWithinAHostFunction) {
  TestStore test;
  World world;
  Watch watch;
  ASSERT_TRUE(test.store.provide(kHost, &world).ok());
  ASSERT_TRUE(test.store.provide(kLook, &watch).ok());
  Instance* const instance = test.add("host");
  Execution execution(test.store, 4096);
  watch.execution = &execution;
  call(execution, *instance, "back", {3});
  EXPECT_EQ(watch.looks, 4u);
}

TEST(Host, AnInterruptIsNotLostInCallsBack) {
  Fixture f;
  for (int round = 0; round < 200; round++) {
    f.execution.set_fuel(1000000);  // where it ends if the interrupt is lost
    ASSERT_TRUE(f.execution.start(f.world.instance->function("back_forever"), {}).ok());
    std::thread other([&] { f.execution.interrupt(); });
    const RunState state = f.execution.resume();
    other.join();
    ASSERT_TRUE(state == RunState::kInterrupted ||
                (state == RunState::kTrapped && f.execution.trap().code == ErrorCode::kNestedStop))
        << "round " << round << ", state " << static_cast<int>(state);
    f.execution.cancel();
    // A nested call that was interrupted asks the outer one to stop, too, which trapped instead.
    f.execution.set_fuel(1000000);
    const Value one = Value::i32(2);
    RunState drained =
        f.execution.run(f.world.instance->function("long"), Span<const Value>(&one, 1));
    while (drained == RunState::kInterrupted) drained = f.execution.resume();
    ASSERT_EQ(drained, RunState::kDone);
  }
}

TEST(Host, MemoryIsCurrentAfterACallThatMovedIt) {
  Fixture f;
  f.add("guest");  // something behind the memory, so that it has to move
  EXPECT_EQ(call(f.execution, *f.world.instance, "moved", {60000}), 78);
}

// Arguments and results of host functions lie on the guest's stack: if they do not fit, it traps.
TEST(Host, AStackThatIsTooSmallForTheArgumentsTraps) {
  uint32_t traps = 0;
  for (uint32_t size = 0; size < 400; size += 4) {
    TestStore given;
    World world;
    ASSERT_TRUE(given.store.provide(kHost, &world).ok());
    world.instance = given.add("host");
    Execution execution(given.store, size);
    const Value arguments[] = {Value::i64(2), Value::f32(3), Value::f64(0.5)};
    const RunState state = execution.run(world.instance->function("wide"), arguments);
    if (state == RunState::kDone) {
      EXPECT_EQ(execution.result(0).as_f64(), 3.5);
      continue;
    }
    // What does not even hold the arguments is not written to.
    if (size < 20) {
      EXPECT_EQ(state, RunState::kIdle) << size;
    }
    const Error error = state == RunState::kTrapped ? execution.trap() : execution.error();
    EXPECT_EQ(error.code, ErrorCode::kStackExhausted) << size << ": " << text(error);
    if (state == RunState::kTrapped) traps++;
  }
  EXPECT_GT(traps, 0u);
}

TEST(Host, TextsOfErrorsTellTheExitCode) {
  Error error;
  error.code = ErrorCode::kHostExit;
  error.index = 3;
  EXPECT_NE(text(error).find(" with code 3"), std::string::npos) << text(error);
}

TEST(Host, GuestCallsNeverUseTheNativeStack) {
  Fixture f;
  call(f.execution, *f.world.instance, "deep", {0});
  call(f.execution, *f.world.instance, "deep", {10000});
  expect_same_depth(f.world.stack_positions);
}

TEST(Host, InstructionsExecutedNeverUseTheNativeStack) {
  Fixture f;
  call(f.execution, *f.world.instance, "long", {3000000});
  expect_same_depth(f.world.stack_positions);
}

TEST(Host, AnImportThatIsMissingOrOfAnotherTypeIsNamed) {
  TestStore test;
  const std::vector<uint8_t> bytes = wasm("host");
  const Module* module = nullptr;
  ASSERT_TRUE(load(test.store, view(bytes), &module).ok());
  Instance* instance = nullptr;
  Error error = test.store.instantiate(module, &instance);
  EXPECT_EQ(text(error), "unknown import \"host\" \"log\"");
  static constexpr HostFunction kWrong[] = {host_function<wide>("host", "log")};
  ASSERT_TRUE(test.store.provide(kWrong).ok());
  error = test.store.instantiate(module, &instance);
  EXPECT_EQ(text(error), "incompatible import type \"host\" \"log\"");
}

}  // namespace
}  // namespace mote::test
