// Control: killing, shares, deadlines and quotas of guests; and what an embedder can do wrong.
#include <functional>
#include <thread>

#include "wasm_file.hpp"

namespace mote::test {
namespace {

struct World {
  std::function<void(Host&)> act;      // what the host does when the guest calls "act"
  std::function<void()> while_nested;  // before the guest is called back
  Error nested;                        // how that ended
  uint32_t answer_after_error = 0;
};

void act(Host& host) {
  World& world = host.context_as<World>();
  if (world.act) world.act(host);
}

// Calls the guest's "count_to". An error is not passed on: the host hides it.
uint32_t nested(Host& host, uint32_t limit) {
  World& world = host.context_as<World>();
  if (world.while_nested) world.while_nested();
  const Value argument = Value::i32(static_cast<int32_t>(limit));
  Value result;
  world.nested = host.call(host.instance().function("count_to"), Span<const Value>(&argument, 1),
                           Span<Value>(&result, 1));
  return world.nested.ok() ? static_cast<uint32_t>(result.as_i32()) : world.answer_after_error;
}

constexpr HostFunction kHost[] = {
    host_function<nested>("host", "nested"),
    host_function<act>("host", "act"),
};

struct Guest : TestStore {
  Guest() : execution(store, 4096) {
    EXPECT_TRUE(store.provide(kHost, &world).ok());
    instance = add("control");
  }
  uint32_t counter() {
    const MutableBytes bytes = instance->memory(0, 4);
    // Memory is little-endian whatever the machine is.
    uint32_t value = 0;
    for (int i = 3; i >= 0; i--) value = value << 8 | bytes[static_cast<size_t>(i)];
    return value;
  }
  void start(const char* name, int32_t argument) {
    const Value value = Value::i32(argument);
    ASSERT_TRUE(execution.start(instance->function(name), Span<const Value>(&value, 1)).ok());
  }
  World world;
  Execution execution;
  Instance* instance = nullptr;
};

// ---- Killing ---------------------------------------------------------------------------------

TEST(Kill, EndsWhatRunsFromAnotherThread) {
  Guest guest;
  for (int round = 0; round < 50; round++) {
    guest.start("count", 1);
    std::thread other([&] { guest.execution.kill(); });
    ASSERT_EQ(guest.execution.resume(), RunState::kTrapped);
    other.join();
    EXPECT_EQ(guest.execution.trap().code, ErrorCode::kKilled);
    EXPECT_EQ(text(guest.execution.trap()).find("killed by the host") != std::string::npos, true);
    EXPECT_EQ(call(guest.execution, *guest.instance, "add", {2, 40}), 42);
  }
}

TEST(Kill, EndsWhatIsReadyPausedOrWaiting) {
  Guest guest;
  guest.start("count", 1);
  guest.execution.kill();
  EXPECT_EQ(guest.execution.resume(), RunState::kTrapped);
  EXPECT_EQ(guest.counter(), 0u);

  guest.start("count", 1);
  guest.execution.interrupt();
  ASSERT_EQ(guest.execution.resume(), RunState::kInterrupted);
  const uint32_t before = guest.counter();
  guest.execution.kill();
  EXPECT_EQ(guest.execution.state(), RunState::kInterrupted);
  EXPECT_EQ(guest.execution.resume(), RunState::kTrapped);
  EXPECT_EQ(guest.counter(), before);
  FrameInfo frame;
  EXPECT_EQ(guest.execution.backtrace(Span<FrameInfo>(&frame, 1)), 1u);

  guest.execution.set_fuel(10);
  guest.start("count", 1);
  ASSERT_EQ(guest.execution.resume(), RunState::kOutOfFuel);
  guest.execution.kill();
  guest.execution.set_fuel(kUnlimitedFuel);
  EXPECT_EQ(guest.execution.resume(), RunState::kTrapped);
  EXPECT_EQ(guest.execution.trap().code, ErrorCode::kKilled);
}

TEST(Kill, WithoutACallDoesNotTouchTheNextOne) {
  Guest guest;
  guest.execution.kill();
  EXPECT_EQ(guest.execution.resume(), RunState::kIdle);
  EXPECT_EQ(call(guest.execution, *guest.instance, "count_to", {5000}), 5000);
  guest.execution.kill();
  EXPECT_EQ(call(guest.execution, *guest.instance, "count_to", {5000}), 5001);
}

TEST(Kill, ReachesStartFunctions) {
  TestStore test;
  Instance* instance = test.add("start_loop");
  Execution execution(test.store, 1024);
  ASSERT_TRUE(execution.start_instance(instance).ok());
  std::thread other([&] { execution.kill(); });
  EXPECT_EQ(execution.resume(), RunState::kTrapped);
  other.join();
  EXPECT_EQ(execution.trap().code, ErrorCode::kKilled);
}

// The host function hides that its guest was killed: the guest around it is killed all the same,
// though it would make no further check.
TEST(Kill, ReachesNestedCallsAndThoseAroundThem) {
  Guest guest;
  guest.world.while_nested = [&] { guest.execution.kill(); };
  guest.start("nested_then_one", 1 << 30);
  EXPECT_EQ(guest.execution.resume(), RunState::kTrapped);
  EXPECT_EQ(guest.world.nested.code, ErrorCode::kKilled);
  EXPECT_EQ(guest.execution.trap().code, ErrorCode::kKilled);
}

TEST(Kill, TakesEffectWhenTheHostFunctionReturns) {
  Guest guest;
  guest.world.act = [&](Host&) { guest.execution.kill(); };
  ASSERT_EQ(guest.execution.run(guest.instance->function("act"), {}), RunState::kTrapped);
  EXPECT_EQ(guest.execution.trap().code, ErrorCode::kKilled);
}

// The same for an interrupt: a nested call cannot pause, so the guest around it does.
TEST(Host, AnInterruptOfANestedCallPausesTheOneAround) {
  Guest guest;
  guest.world.act = [&](Host& host) {
    guest.execution.interrupt();
    const Value step = Value::i32(1);
    EXPECT_EQ(host.call(guest.instance->function("count"), Span<const Value>(&step, 1), {}).code,
              ErrorCode::kNestedStop);
  };
  guest.execution.set_fuel(1000000);  // where it ends if the interrupt is lost
  EXPECT_EQ(guest.execution.run(guest.instance->function("act_then_count"), {}),
            RunState::kInterrupted);
}

// ---- Shares and deadlines --------------------------------------------------------------------

TEST(RunLimits, AShareIsExactAndLeavesFuelExact) {
  Guest guest;
  guest.execution.set_fuel(100000);
  guest.start("count", 1);
  uint32_t sum = 0;
  for (const int64_t share : {1, 2, 1000, 1023, 1024, 1025, 5000}) {
    RunLimits limits;
    limits.share = share;
    ASSERT_EQ(guest.execution.resume(limits), RunState::kInterrupted) << share;
    EXPECT_EQ(limits.share, 0);
    sum += static_cast<uint32_t>(share);
    // The loop has run once more than it has branched back.
    EXPECT_EQ(guest.counter(), sum + 1) << share;
    EXPECT_EQ(guest.execution.fuel(), 100000 - sum);
  }
  RunLimits limits;
  limits.share = 1000000;
  EXPECT_EQ(guest.execution.resume(limits), RunState::kOutOfFuel);
  EXPECT_EQ(limits.share, 1000000 - (100000 - int64_t{sum}));
  EXPECT_EQ(guest.counter(), 100001u);
}

TEST(RunLimits, AShareThatIsNotUsedUpIsLeft) {
  Guest guest;
  guest.start("count_to", 3001);
  RunLimits limits;
  limits.share = 10000;
  ASSERT_EQ(guest.execution.resume(limits), RunState::kDone);
  EXPECT_EQ(limits.share, 7000);
  guest.start("count", 1);
  guest.execution.interrupt();
  RunLimits none;
  EXPECT_EQ(guest.execution.resume(none), RunState::kInterrupted);
  EXPECT_EQ(none.share, RunLimits::kUnlimitedShare);
}

TEST(RunLimits, BulkInstructionsPayWithTheirShare) {
  Guest guest;
  ASSERT_TRUE(guest.execution.start(guest.instance->function("fill_for_ever"), {}).ok());
  RunLimits limits;
  limits.share = 100;  // one fill takes 256
  ASSERT_EQ(guest.execution.resume(limits), RunState::kInterrupted);
  int64_t turns = 0;
  limits.share = 0;
  // Afterwards the guest owes what the fill took too much: it pays before it goes on.
  for (; turns < 1000; turns++) {
    const int64_t before = limits.share;
    limits.share = before + 1;
    ASSERT_EQ(guest.execution.resume(limits), RunState::kInterrupted);
    if (limits.share < before) break;
  }
  EXPECT_LT(limits.share, 0);
}

struct Clock {
  uint64_t time = 0;
  uint64_t step = 1;
  static uint64_t read(void* context) {
    Clock& clock = *static_cast<Clock*>(context);
    return clock.time += clock.step;
  }
};

TEST(RunLimits, ADeadlinePausesAndALaterOneGoesOn) {
  Guest guest;
  Clock clock;
  guest.start("count", 1);
  RunLimits limits;
  limits.now = Clock::read;
  limits.context = &clock;
  limits.deadline = 10;
  ASSERT_EQ(guest.execution.resume(limits), RunState::kDeadline);
  EXPECT_EQ(clock.time, 10u);
  const uint32_t first = guest.counter();
  EXPECT_GT(first, 1024u);
  // Looked at once per period, so no more than that many rounds.
  EXPECT_LE(first, 10u * MOTE_INTERRUPT_PERIOD + 1);
  EXPECT_EQ(guest.execution.resume(limits), RunState::kDeadline);
  limits.deadline = 20;
  ASSERT_EQ(guest.execution.resume(limits), RunState::kDeadline);
  EXPECT_GT(guest.counter(), first);
  guest.execution.cancel();
  EXPECT_EQ(call(guest.execution, *guest.instance, "add", {1, 1}), 2);
}

TEST(RunLimits, ADeadlineEndsNestedCallsAndPausesTheOneAround) {
  Guest guest;
  Clock clock;
  RunLimits limits;
  limits.now = Clock::read;
  limits.context = &clock;
  limits.deadline = 5;
  guest.start("nested", 1 << 30);
  const RunState state = guest.execution.resume(limits);
  EXPECT_EQ(guest.world.nested.code, ErrorCode::kNestedStop);
  EXPECT_TRUE(state == RunState::kDeadline || state == RunState::kDone);
}

// ---- Host functions that wait ----------------------------------------------------------------

TEST(Host, LearnsThatItsGuestIsToStop) {
  Guest guest;
  bool is_asked = true;
  guest.world.act = [&](Host& host) { is_asked = host.is_asked_to_stop(); };
  EXPECT_EQ(call(guest.execution, *guest.instance, "act", {}), 5);
  EXPECT_FALSE(is_asked);

  // By the embedder, while the host function runs.
  for (const bool kill : {false, true}) {
    Guest asked;
    bool before = true;
    asked.world.act = [&](Host& host) {
      before = host.is_asked_to_stop();
      kill ? asked.execution.kill() : asked.execution.interrupt();
      is_asked = host.is_asked_to_stop();
    };
    ASSERT_TRUE(asked.execution.start(asked.instance->function("act"), {}).ok());
    (void)asked.execution.resume();
    EXPECT_FALSE(before);
    EXPECT_TRUE(is_asked);
  }
}

TEST(Host, LearnsThatTheDeadlineHasPassed) {
  Guest guest;
  Clock clock;
  clock.step = 0;
  RunLimits limits;
  limits.context = &clock;
  limits.deadline = 1000;
  for (const bool has_clock : {true, false}) {
    limits.now = has_clock ? Clock::read : nullptr;
    bool just_before = true;
    bool at_deadline = false;
    clock.time = 5;
    guest.world.act = [&](Host& host) {
      clock.time = 999;
      just_before = host.is_asked_to_stop();
      clock.time = 1000;
      at_deadline = host.is_asked_to_stop();
    };
    ASSERT_TRUE(guest.execution.start(guest.instance->function("act"), {}).ok());
    (void)guest.execution.resume(limits);
    EXPECT_FALSE(just_before);
    EXPECT_EQ(at_deadline, has_clock);
    guest.execution.cancel();
  }
}

// A nested call cannot pause: it goes on, and its guest owes what it took.
TEST(RunLimits, AShareDoesNotBreakNestedCalls) {
  Guest guest;
  guest.start("nested", 10000);
  RunLimits limits;
  limits.share = 100;
  ASSERT_EQ(guest.execution.resume(limits), RunState::kDone);
  EXPECT_TRUE(guest.world.nested.ok());
  EXPECT_EQ(guest.execution.result(0).as_i32(), 10000);
  EXPECT_EQ(limits.share, 100 - 10000);
}

TEST(RunLimits, AHostFunctionCannotTakeThemOff) {
  Guest guest;
  guest.world.act = [&](Host&) {
    RunLimits none;
    (void)guest.execution.resume(none);
  };
  ASSERT_TRUE(guest.execution.start(guest.instance->function("act_then_count"), {}).ok());
  guest.execution.set_fuel(1000000);  // where it ends without the limits
  RunLimits limits;
  limits.share = 5000;
  EXPECT_EQ(guest.execution.resume(limits), RunState::kInterrupted);
  EXPECT_EQ(limits.share, 0);
}

TEST(RunLimits, HoldForStartFunctions) {
  TestStore test;
  Instance* instance = test.add("start_loop");
  Execution execution(test.store, 1024);
  ASSERT_TRUE(execution.start_instance(instance).ok());
  RunLimits limits;
  limits.share = 5000;
  EXPECT_EQ(execution.resume(limits), RunState::kInterrupted);
  EXPECT_EQ(limits.share, 0);
}

TEST(RoundRobin, SharesOneNativeStackFairlyAndOneIsKilled) {
  Guest a;
  Guest b;
  Guest c;
  a.start("count", 1);
  b.start("count", 1);
  c.start("count_to", 2500);
  RoundRobin::Guest guests[] = {{&a.execution, 300}, {&b.execution, 900}, {&c.execution, 1000}, {}};
  RoundRobin round_robin(guests);
  EXPECT_EQ(round_robin.turn(), 3u);
  EXPECT_EQ(round_robin.turn(), 3u);
  EXPECT_EQ(round_robin.turn(), 2u);
  EXPECT_EQ(c.execution.state(), RunState::kDone);
  EXPECT_EQ(c.execution.result(0).as_i32(), 2500);
  for (int i = 0; i < 97; i++) EXPECT_EQ(round_robin.turn(), 2u);
  EXPECT_EQ(a.counter(), 100u * 300 + 1);
  EXPECT_EQ(b.counter(), 100u * 900 + 1);

  guests[1].is_paused = true;
  EXPECT_EQ(round_robin.turn(), 1u);
  EXPECT_EQ(b.counter(), 100u * 900 + 1);
  guests[1].is_paused = false;

  a.execution.kill();
  EXPECT_EQ(round_robin.turn(), 1u);
  EXPECT_EQ(a.execution.trap().code, ErrorCode::kKilled);
  EXPECT_EQ(a.counter(), 101u * 300 + 1);
  EXPECT_EQ(b.counter(), 101u * 900 + 1);
  EXPECT_EQ(round_robin.turn(), 1u);
  EXPECT_EQ(b.counter(), 102u * 900 + 1);
}

TEST(RoundRobin, AGuestPaysForItsNestedCalls) {
  Guest a;
  a.start("nested", 10000);
  RoundRobin::Guest guests[] = {{&a.execution, 1000}};
  RoundRobin round_robin(guests);
  EXPECT_EQ(round_robin.turn(), 0u);  // it could not pause
  const uint32_t counted = a.counter();
  a.start("count", 1);
  for (int i = 0; i < 9; i++) round_robin.turn();
  EXPECT_EQ(a.counter(), counted);
  round_robin.turn();
  EXPECT_GT(a.counter(), counted);
}

// ---- Quotas ----------------------------------------------------------------------------------

#if MOTE_FEATURE_QUOTAS

TEST(Quota, OfAModuleIsTheSameHoweverItIsFed) {
  const std::vector<uint8_t> bytes = wasm("guest");
  uint32_t needed = 0;
  {
    TestStore test;
    const Module* module = nullptr;
    ASSERT_TRUE(load(test.store, view(bytes), &module).ok());
    needed = module->info().arena_bytes;
  }
  uint32_t smallest = needed + 200;
  for (uint32_t quota = 0; quota <= needed + 128; quota++) {
    Error outcomes[2];
    for (const size_t chunk : {bytes.size(), size_t{1}}) {
      TestStore test;
      Quota limit;
      limit.module_bytes = quota;
      test.store.set_quota(limit);
      const size_t used = test.store.memory().used;
      const Module* module = nullptr;
      Error& error = outcomes[chunk == 1];
      {
        Loader loader(test.store);
        for (size_t at = 0; at < bytes.size(); at += chunk) {
          if (loader.feed(Bytes(bytes.data() + at, chunk)) == LoadState::kFailed) break;
        }
        error = loader.finish(&module);
      }
      // While a function is translated, its code can be longer than it will be.
      if (quota >= needed + 128) {
        EXPECT_TRUE(error.ok()) << quota;
      }
      if (error.ok()) {
        EXPECT_LE(module->info().arena_bytes, quota);
        if (smallest > quota) smallest = quota;
      } else {
        EXPECT_EQ(error.code, ErrorCode::kModuleQuota) << quota << ": " << text(error);
        EXPECT_EQ(test.store.memory().used, used);
        // The next one is not bound by what this one used.
        test.store.set_quota({});
        EXPECT_TRUE(load(test.store, view(bytes), &module).ok());
      }
    }
    EXPECT_EQ(text(outcomes[0]), text(outcomes[1]));
    EXPECT_EQ(outcomes[0].ok(), quota >= smallest);
  }
}

// Also what it takes before it asks for anything.
TEST(Quota, OfAModuleHoldsForAModuleOfNothing) {
  TestStore test;
  Quota quota;
  quota.module_bytes = 1;
  test.store.set_quota(quota);
  const std::vector<uint8_t> header = {0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00};
  const Module* module = nullptr;
  EXPECT_EQ(load(test.store, view(header), &module).code, ErrorCode::kModuleQuota);
}

TEST(Quota, OfAModuleBoundsNothingElse) {
  const std::vector<uint8_t> bytes = wasm("guest");
  for (const bool is_refused : {true, false}) {
    TestStore test;
    Quota limit;
    limit.module_bytes = is_refused ? 600 : 10000;
    test.store.set_quota(limit);
    const Module* module = nullptr;
    EXPECT_EQ(load(test.store, view(bytes), &module).code,
              is_refused ? ErrorCode::kModuleQuota : ErrorCode::kOk);
    if (is_refused) {
      Extern memory;
      ExternType type;
      type.limits.minimum = 1;
      ASSERT_TRUE(make_memory(test.store, type, &memory).ok());
      EXPECT_EQ(memory.bytes(0, 65536).size(), 65536u);
    } else {
      Instance* instance = nullptr;
      ASSERT_TRUE(test.store.instantiate(module, &instance).ok());
      EXPECT_EQ(instance->memory(0, 65536).size(), 65536u);
    }
  }
}

TEST(Quota, OfMemoryBoundsWhatIsBackedAndGrown) {
  Guest guest;
  Quota quota;
  quota.memory_bytes = 5000;
  quota.table_entries = 6;
  guest.store.set_quota(quota);
  Instance& bound = *guest.add("control");
  call(guest.execution, bound, "store", {100, 1});
  call(guest.execution, bound, "store", {4000, 1});
  EXPECT_LE(bound.memory_backed(), 5000u);
  EXPECT_EQ(trap_of(guest.execution, bound, "store", {60000, 1}).code, ErrorCode::kMemoryQuota);
  EXPECT_LE(bound.memory_backed(), 5000u);
  EXPECT_EQ(call(guest.execution, bound, "grow", {1}), -1);
  EXPECT_EQ(call(guest.execution, bound, "grow", {0}), 1);
  EXPECT_EQ(call(guest.execution, bound, "grow_table", {3}), -1);
  EXPECT_EQ(call(guest.execution, bound, "grow_table", {2}), 4);
  EXPECT_EQ(call(guest.execution, bound, "grow_table", {1}), -1);
  EXPECT_EQ(call(guest.execution, bound, "grow_table", {0}), 6);
  // The guest that was there before is not bound.
  call(guest.execution, *guest.instance, "store", {60000, 1});
  EXPECT_EQ(call(guest.execution, *guest.instance, "grow", {1}), 1);
}

#endif

// ---- Misuse ----------------------------------------------------------------------------------

TEST(Misuse, AnExecutionThatRunsCannotBeEntered) {
  Guest guest;
  guest.world.act = [&](Host&) {
    const Function add = guest.instance->function("add");
    EXPECT_EQ(guest.execution.start(add, {}).code, ErrorCode::kBusy);
    EXPECT_EQ(guest.execution.start_instance(guest.instance).code, ErrorCode::kBusy);
    guest.execution.resume();
    EXPECT_EQ(guest.execution.run(add, {}), RunState::kIdle);
    EXPECT_EQ(guest.execution.error().code, ErrorCode::kBusy);
    EXPECT_EQ(guest.execution.complete({}).code, ErrorCode::kNotRunnable);
    guest.execution.cancel();
    EXPECT_EQ(guest.execution.state(), RunState::kReady);
    EXPECT_EQ(guest.execution.backtrace({}), 1u);
    EXPECT_EQ(guest.execution.result_count(), 0u);
  };
  EXPECT_EQ(call(guest.execution, *guest.instance, "act", {}), 5);
}

TEST(Misuse, AStoreThatRunsCannotBeReset) {
  Guest guest;
  guest.world.act = [&](Host&) { EXPECT_EQ(guest.store.reset().code, ErrorCode::kBusy); };
  EXPECT_EQ(call(guest.execution, *guest.instance, "act", {}), 5);
  EXPECT_TRUE(guest.store.reset().ok());
}

// Another execution, a load and an instance in the middle of a call: all of them are allowed.
TEST(Misuse, AHostFunctionMayUseTheStoreOtherwise) {
  Guest guest;
  guest.world.act = [&](Host&) {
    Instance* other = guest.add("control");
    Execution second(guest.store, 1024);
    call(second, *other, "store", {60000, 1});
    EXPECT_EQ(call(second, *guest.instance, "grow", {1}), 1);
    call(second, *guest.instance, "store", {100000, 9});  // the caller's memory has to move
  };
  EXPECT_EQ(call(guest.execution, *guest.instance, "act", {}), 5);
  EXPECT_EQ(guest.instance->memory_size(), 2u * 65536);
}

TEST(Misuse, WhatWasMadeBeforeAResetRefusesToWork) {
  Guest guest;
  guest.start("count", 1);
  guest.execution.interrupt();
  ASSERT_EQ(guest.execution.resume(), RunState::kInterrupted);
  const Function stale = guest.instance->function("add");
  Loader loader(guest.store);
  ASSERT_TRUE(guest.store.reset().ok());

  EXPECT_EQ(guest.execution.error().code, ErrorCode::kStoreReset);
  EXPECT_EQ(guest.execution.state(), RunState::kIdle);
  EXPECT_EQ(guest.execution.resume(), RunState::kIdle);
  EXPECT_EQ(guest.execution.start(stale, {}).code, ErrorCode::kStoreReset);
  EXPECT_EQ(guest.execution.complete({}).code, ErrorCode::kStoreReset);
  EXPECT_EQ(guest.execution.fuel(), 0u);
  EXPECT_EQ(guest.execution.backtrace({}), 0u);
  guest.execution.restart_stack_peak();
  EXPECT_EQ(guest.execution.stack_peak(), 0u);
  EXPECT_EQ(guest.execution.result(3).type, ValueType::kNone);
  // Nothing of this may write into what is there now.
  const std::vector<uint8_t> before = guest.buffer;
  guest.execution.set_fuel(7);
  guest.execution.interrupt();
  guest.execution.kill();
  guest.execution.cancel();
  RunLimits limits;
  EXPECT_EQ(guest.execution.resume(limits), RunState::kIdle);
  EXPECT_EQ(loader.feed(Bytes(before.data(), 8)), LoadState::kFailed);
  EXPECT_EQ(loader.error().code, ErrorCode::kStoreReset);
  EXPECT_EQ(guest.buffer, before);

  Execution fresh(guest.store, 1024);
  EXPECT_EQ(fresh.start(stale, {}).code, ErrorCode::kNotAFunction);
}

TEST(Misuse, AFunctionOfAnotherStoreIsRefused) {
  Guest guest;
  Guest other;
  const Value arguments[] = {Value::i32(1), Value::i32(2)};
  EXPECT_EQ(guest.execution.start(other.instance->function("add"), arguments).code,
            ErrorCode::kNotAFunction);
  EXPECT_EQ(guest.execution.run(other.instance->function("add"), arguments), RunState::kIdle);
  guest.world.act = [&](Host& host) {
    Value result;
    EXPECT_EQ(host.call(other.instance->function("add"), arguments, Span<Value>(&result, 1)).code,
              ErrorCode::kNotAFunction);
  };
  EXPECT_EQ(call(guest.execution, *guest.instance, "act", {}), 5);
}

}  // namespace
}  // namespace mote::test
