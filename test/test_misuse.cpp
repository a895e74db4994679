// Misuse: what a host function does that it should not, or that goes on under a guest's feet. Each
// ends with an error that says so, or works; nothing else changes. See also test_control.cpp
// (Misuse).
#include <functional>
#include <memory>

#include "wasm_file.hpp"

namespace mote::test {
namespace {

using Act = std::function<HostResult<uint32_t>(Host&, uint32_t)>;

HostResult<uint32_t> act(Host& host, uint32_t what) { return host.context_as<Act>()(host, what); }
constexpr HostFunction kHost[] = {host_function<act>("host", "act")};

struct Guest : TestStore {
  explicit Guest(size_t bytes = 1 << 20) : TestStore(bytes), execution(store, 4096) {
    EXPECT_TRUE(store.provide(kHost, &does).ok());
    instance = add("misuse");
  }
  RunState run_around() {
    const Value what = Value::i32(7);
    return execution.run(instance->function("around"), Span<const Value>(&what, 1));
  }
  // The guest goes on rightly after a host function that returned `answer`.
  void expect_around(int32_t answer) {
    EXPECT_EQ(call(execution, *instance, "around", {7}), 1 + answer + 77 + 1);
  }

  Act does = [](Host&, uint32_t what) { return what; };
  Execution execution;
  Instance* instance = nullptr;
};

// ---- Unloading what runs ---------------------------------------------------------------------

TEST(Misuse, AHostFunctionCannotResetTheStoreFromAnyDepth) {
  Guest guest;
  uint32_t depth = 0;
  guest.does = [&](Host& host, uint32_t what) -> HostResult<uint32_t> {
    EXPECT_EQ(guest.store.reset().code, ErrorCode::kBusy);
    if (++depth < 4) {
      Value result;
      const Value argument = Value::i32(7);
      EXPECT_TRUE(host.call(host.instance().function("around"), Span<const Value>(&argument, 1),
                            Span<Value>(&result, 1))
                      .ok());
      EXPECT_EQ(guest.store.reset().code, ErrorCode::kBusy);
    }
    return what;
  };
  guest.expect_around(7);
  EXPECT_EQ(depth, 4u);
  EXPECT_TRUE(guest.store.reset().ok());
}

// A nested call that was stopped, or a trap, must not leave the store busy for ever.
TEST(Misuse, AStoreIsFreeAgainHoweverItsGuestsEnded) {
  Guest guest;
  guest.does = [&](Host&, uint32_t) -> HostResult<uint32_t> { return host_trap(); };
  EXPECT_EQ(guest.run_around(), RunState::kTrapped);
  guest.does = [&](Host&, uint32_t) -> HostResult<uint32_t> { return not_yet(); };
  EXPECT_EQ(guest.run_around(), RunState::kWaiting);
  EXPECT_TRUE(guest.store.reset().ok());
  EXPECT_EQ(guest.execution.state(), RunState::kIdle);
}

TEST(Misuse, ALoadMayFailOrBeGivenUpInAHostFunction) {
  Guest guest;
  const std::vector<uint8_t> bytes = wasm("guest");
  guest.does = [&](Host&, uint32_t what) -> HostResult<uint32_t> {
    const Module* module = nullptr;
    EXPECT_FALSE(load(guest.store, Bytes(bytes.data(), bytes.size() - 7), &module).ok());
    Loader given_up(guest.store);
    given_up.feed(Bytes(bytes.data(), bytes.size() / 2));
    return what;
  };
  guest.expect_around(7);
  guest.expect_around(7);
}

// What was made in a store does not survive it: such handles are told from live ones where that
// costs little.
TEST(Misuse, AnInstanceOfAnotherStoreCannotBeStarted) {
  Guest guest;
  TestStore other;
  Instance* const foreign = other.add("guest");  // it has no start function
  EXPECT_EQ(guest.execution.start_instance(foreign).code, ErrorCode::kNotAFunction);
  EXPECT_EQ(guest.execution.state(), RunState::kIdle);
  Guest second;  // it has one
  EXPECT_EQ(guest.execution.start_instance(second.instance).code, ErrorCode::kNotAFunction);
}

TEST(Misuse, AnInstanceThatIsNotThereOrOfAnotherStoreGetsNoName) {
  Guest guest;
  TestStore other;
  Instance* const foreign = other.add("guest");
  const size_t used = guest.store.memory().used;
  EXPECT_EQ(guest.store.name_instance("none", nullptr).code, ErrorCode::kNotInStore);
  EXPECT_EQ(guest.store.name_instance("foreign", foreign).code, ErrorCode::kNotInStore);
  EXPECT_EQ(guest.store.memory().used, used);
  EXPECT_EQ(class_of(ErrorCode::kNotInStore), ErrorClass::kUsage);
  ASSERT_TRUE(guest.store.name_instance("guest", guest.instance).ok());
  Store without({});
  EXPECT_EQ(without.name_instance("guest", guest.instance).code, ErrorCode::kOutOfMemory);
}

TEST(Misuse, AModuleThatIsNotThereOrOfAnotherStoreCannotBeInstantiated) {
  Guest guest;
  TestStore other;
  const Module& foreign = other.add("guest")->module();
  const MemoryReport before = guest.store.memory();
  Instance* instance = guest.instance;
  EXPECT_EQ(guest.store.instantiate(nullptr, &instance).code, ErrorCode::kNotInStore);
  EXPECT_EQ(instance, nullptr);
  instance = guest.instance;
  EXPECT_EQ(guest.store.instantiate(&foreign, &instance).code, ErrorCode::kNotInStore);
  EXPECT_EQ(instance, nullptr);
  for (const Module* module : {static_cast<const Module*>(nullptr), &foreign}) {
    instance = guest.instance;
    EXPECT_EQ(guest.store.instantiate(module, Span<const Extern>(), &instance).code,
              ErrorCode::kNotInStore);
    EXPECT_EQ(instance, nullptr);
  }
  EXPECT_EQ(guest.store.memory().used, before.used);
  // What a reset took away is noticed as long as nothing new lies there.
  const Module& stale = guest.instance->module();
  ASSERT_TRUE(guest.store.reset().ok());
  EXPECT_EQ(guest.store.instantiate(&stale, &instance).code, ErrorCode::kNotInStore);
}

TEST(Misuse, AnInstanceFromBeforeAResetCannotBeStarted) {
  Guest guest;
  Instance* const stale = guest.instance;
  ASSERT_TRUE(guest.store.reset().ok());
  std::fill(guest.buffer.begin() + 4096, guest.buffer.end(), uint8_t{0xEE});
  Execution fresh(guest.store, 1024);
  EXPECT_EQ(fresh.start_instance(stale).code, ErrorCode::kNotAFunction);
  EXPECT_EQ(fresh.state(), RunState::kIdle);
}

// ---- Destroying what runs --------------------------------------------------------------------

// The guest ends with the host function; its memory comes back when it has ended.
TEST(Misuse, AHostFunctionMayDestroyItsOwnExecutionAtAnyDepth) {
  for (const bool is_limited : {false, true}) {
    for (uint32_t nested = 0; nested < 3; nested++) {
      Guest guest;
      const size_t before = guest.store.memory().scratch;
      auto own = std::make_unique<Execution>(guest.store, 4096);
      const size_t scratch = guest.store.memory().scratch;
      uint32_t depth = 0;
      guest.does = [&](Host& host, uint32_t what) -> HostResult<uint32_t> {
        if (depth++ == nested) {
          own.reset();
        } else {
          Value result;
          const Value argument = Value::i32(7);
          EXPECT_EQ(host.call(host.instance().function("around"), Span<const Value>(&argument, 1),
                              Span<Value>(&result, 1))
                        .code,
                    ErrorCode::kKilled);
        }
        EXPECT_EQ(guest.store.memory().scratch, scratch);
        return what;
      };
      const Value seven = Value::i32(7);
      ASSERT_TRUE(
          own->start(guest.instance->function("around"), Span<const Value>(&seven, 1)).ok());
      RunLimits limits;
      limits.share = 1000;
      EXPECT_EQ(is_limited ? own->resume(limits) : own->resume(), RunState::kTrapped);
      EXPECT_EQ(depth, nested + 1);
      EXPECT_LT(limits.share, is_limited ? 1000 : 1001);
      EXPECT_EQ(guest.store.memory().scratch, before);
      guest.does = [](Host&, uint32_t what) { return what; };
      guest.expect_around(7);
      EXPECT_TRUE(guest.store.reset().ok());
    }
  }
}

// The memory of an execution that was made later comes back with it.
TEST(Misuse, AHostFunctionMayDestroyItsOwnAndALaterExecution) {
  Guest guest;
  const size_t before = guest.store.memory().scratch;
  auto own = std::make_unique<Execution>(guest.store, 4096);
  auto later = std::make_unique<Execution>(guest.store, 512);
  guest.does = [&](Host&, uint32_t) -> HostResult<uint32_t> {
    own.reset();
    later.reset();
    later = std::make_unique<Execution>(guest.store, 256);
    return not_yet();  // it is too late to wait
  };
  const Value seven = Value::i32(7);
  EXPECT_EQ(own->run(guest.instance->function("around"), Span<const Value>(&seven, 1)),
            RunState::kTrapped);
  later.reset();
  EXPECT_EQ(guest.store.memory().scratch, before);
}

TEST(Misuse, AGuestMayLeaveTheRoundWithinItsTurn) {
  Guest guest;
  auto own = std::make_unique<Execution>(guest.store, 4096);
  RoundRobin::Guest guests[] = {{own.get(), 100}, {&guest.execution, 100}};
  guest.does = [&](Host&, uint32_t what) {
    own.reset();
    guests[0].execution = nullptr;
    return what;
  };
  const Value seven = Value::i32(7);
  const Function around = guest.instance->function("around");
  ASSERT_TRUE(own->start(around, Span<const Value>(&seven, 1)).ok());
  ASSERT_TRUE(guest.execution.start(around, Span<const Value>(&seven, 1)).ok());
  EXPECT_EQ(RoundRobin(guests).turn(), 0u);
  EXPECT_EQ(guest.execution.result(0).as_i32(), 1 + 7 + 77 + 1);
}

// ---- Entering what runs ----------------------------------------------------------------------

TEST(Misuse, AHostFunctionCannotResumeItsOwnExecution) {
  Guest guest;
  guest.does = [&](Host&, uint32_t what) -> HostResult<uint32_t> {
    EXPECT_NE(guest.execution.resume(), RunState::kDone);
    RunLimits limits;
    limits.share = 5;
    EXPECT_NE(guest.execution.resume(limits), RunState::kDone);
    EXPECT_EQ(limits.share, 5);
    RoundRobin::Guest guests[] = {{&guest.execution, 100}};
    RoundRobin(guests).turn();
    const Value answer = Value::i32(3);
    EXPECT_EQ(guest.execution.complete(Span<const Value>(&answer, 1)).code,
              ErrorCode::kNotRunnable);
    EXPECT_EQ(guest.execution.result(0).type, ValueType::kNone);
    EXPECT_TRUE(guest.execution.trap().ok());
    guest.execution.cancel();
    return what;
  };
  guest.expect_around(7);
}

// Two executions whose host functions run each other: each waits until the other one is done.
TEST(Misuse, ExecutionsMayRunEachOtherButNotThemselves) {
  Guest guest;
  Execution second(guest.store, 4096);
  uint32_t depth = 0;
  guest.does = [&](Host&, uint32_t what) -> HostResult<uint32_t> {
    depth++;
    const Value argument = Value::i32(30);
    const Function around = guest.instance->function("around");
    const Span<const Value> arguments(&argument, 1);
    if (depth == 1) {
      EXPECT_EQ(second.run(around, arguments), RunState::kDone);
      EXPECT_EQ(second.result(0).as_i32(), 1 + 30 + 77 + 1);
    } else {
      EXPECT_EQ(guest.execution.run(around, arguments), RunState::kIdle);
      EXPECT_EQ(guest.execution.error().code, ErrorCode::kBusy);
      EXPECT_EQ(second.run(around, arguments), RunState::kIdle);
    }
    return what;
  };
  guest.expect_around(7);
  EXPECT_EQ(depth, 2u);
}

// Calls through a Host of an outer level, while an inner one is under way on another execution.
TEST(Misuse, AHostMayBeUsedWhileAnotherGuestRunsInItsFunction) {
  Guest guest;
  Execution second(guest.store, 4096);
  Host* outer = nullptr;
  guest.does = [&](Host& host, uint32_t what) -> HostResult<uint32_t> {
    const Value argument = Value::i32(21);
    if (outer == nullptr) {
      outer = &host;
      EXPECT_EQ(second.run(host.instance().function("around"), Span<const Value>(&argument, 1)),
                RunState::kDone);
    } else {
      Value result;
      EXPECT_TRUE(outer
                      ->call(host.instance().function("twice"), Span<const Value>(&argument, 1),
                             Span<Value>(&result, 1))
                      .ok());
      EXPECT_EQ(result.as_i32(), 42);
    }
    return what;
  };
  guest.expect_around(7);
}

// Fuel and flags that are set while the guest waits for its host.
TEST(Misuse, FuelMayBeSetWithinAHostFunction) {
  Guest guest;
  guest.does = [&](Host&, uint32_t what) -> HostResult<uint32_t> {
    guest.execution.set_fuel(what);
    return what;
  };
  guest.execution.set_fuel(1000);
  guest.expect_around(7);
  EXPECT_LE(guest.execution.fuel(), 7u);
  RunLimits limits;
  limits.share = 100;
  const Value seven = Value::i32(7);
  ASSERT_TRUE(
      guest.execution.start(guest.instance->function("around"), Span<const Value>(&seven, 1)).ok());
  guest.execution.set_fuel(kUnlimitedFuel);
  EXPECT_EQ(guest.execution.resume(limits), RunState::kDone);
  EXPECT_LE(guest.execution.fuel(), 7u);
  EXPECT_LE(limits.share, 100);
  EXPECT_GE(limits.share, 0);
}

// ---- Moving what is in use -------------------------------------------------------------------

// The memory of a guest that is paused in the middle of its loop moves and grows meanwhile.
TEST(Misuse, AMemoryMovesWhileAnotherExecutionIsPausedInIt) {
  Guest guest;
  Execution second(guest.store, 4096);
  const Value rounds = Value::i32(1000);
  ASSERT_TRUE(
      guest.execution.start(guest.instance->function("count"), Span<const Value>(&rounds, 1)).ok());
  RunLimits limits;
  for (int i = 0; i < 50; i++) {
    limits.share = 7;
    ASSERT_EQ(guest.execution.resume(limits), RunState::kInterrupted);
    guest.add("guest");  // so that it is not the last in the store, and has to move
    if (i % 10 == 0) {
      EXPECT_NE(call(second, *guest.instance, "grow", {1}), -2);
    }
    call(second, *guest.instance, "poke", {1000 + i * 1200, i});
  }
  guest.execution.set_fuel(kUnlimitedFuel);
  ASSERT_EQ(guest.execution.resume(), RunState::kDone);
  EXPECT_EQ(guest.execution.result(0).as_i32(), 1000);
  for (int i = 0; i < 50; i++) {
    EXPECT_EQ(call(second, *guest.instance, "peek", {1000 + i * 1200}), i);
  }
}

TEST(Misuse, AMemoryGrowsAndMovesWithinAHostFunction) {
  Guest guest(16 << 20);  // where it was before stays taken
  guest.does = [&](Host& host, uint32_t what) -> HostResult<uint32_t> {
    const ExportInfo exported = host.instance().module().export_at(0);
    const Extern memory = Extern::of(host.instance(), exported);
    EXPECT_EQ(memory.kind, ExternKind::kMemory);
    const uint64_t before = memory.byte_size();
    EXPECT_EQ(memory.grow_memory(1), before < 8 * 65536);
    guest.add("guest");
    EXPECT_FALSE(memory.bytes(static_cast<uint32_t>(before) - 4, 4).empty());
    return what;
  };
  for (int i = 0; i < 9; i++) guest.expect_around(7);
  EXPECT_EQ(guest.instance->memory_size(), 8u * 65536);
}

TEST(Misuse, ATableGrowsAndChangesWithinACallThroughIt) {
  Guest guest;
  guest.does = [&](Host& host, uint32_t what) -> HostResult<uint32_t> {
    const Extern table = Extern::of(host.instance(), host.instance().module().export_at(1));
    EXPECT_EQ(table.kind, ExternKind::kTable);
    Value twice;
    EXPECT_TRUE(table.table_get(1, &twice));
    guest.add("guest");  // the entries have to move
    const uint32_t size = table.table_size();
    EXPECT_EQ(table.grow_table(9, twice), size + 9 <= 40);
    // The caller itself is no longer what it was called through.
    EXPECT_TRUE(table.table_set(2, twice));
    EXPECT_TRUE(table.table_set(0, twice));
    return what;
  };
  EXPECT_EQ(call(guest.execution, *guest.instance, "indirect", {7}), 7 + 6 + 77);
  // By now entry 0 is "twice".
  EXPECT_EQ(call(guest.execution, *guest.instance, "indirect", {7}), 14 + 6 + 77);
}

// ---- Start functions -------------------------------------------------------------------------

TEST(Misuse, AStartFunctionPausesEverywhereAndGoesOn) {
  for (const bool waits : {false, true}) {
    Guest guest;
    guest.does = [&](Host&, uint32_t what) -> HostResult<uint32_t> {
      EXPECT_EQ(guest.store.reset().code, ErrorCode::kBusy);
      EXPECT_EQ(guest.execution.start_instance(guest.instance).code, ErrorCode::kBusy);
      if (waits) return not_yet();
      return what;
    };
    ASSERT_TRUE(guest.execution.start_instance(guest.instance).ok());
    guest.execution.set_fuel(0);
    uint32_t pauses = 0;
    RunState state = guest.execution.resume();
    for (; state != RunState::kDone && pauses < 100; pauses++) {
      ASSERT_TRUE(state == RunState::kOutOfFuel || state == RunState::kWaiting);
      if (state == RunState::kWaiting) {
        const Value answer = Value::i32(7);
        ASSERT_TRUE(guest.execution.complete(Span<const Value>(&answer, 1)).ok());
      }
      guest.execution.set_fuel(1);
      state = guest.execution.resume();
    }
    EXPECT_EQ(state, RunState::kDone);
    EXPECT_GT(pauses, 0u);
    Value started;
    ASSERT_TRUE(guest.instance->global("started", &started).ok());
    EXPECT_EQ(started.as_i32(), 1 + 7 + 77 + 1);
  }
}

TEST(Misuse, AStartFunctionIsKilledInItsHostFunction) {
  Guest guest;
  guest.does = [&](Host&, uint32_t what) -> HostResult<uint32_t> {
    guest.execution.kill();
    return what;
  };
  ASSERT_TRUE(guest.execution.start_instance(guest.instance).ok());
  EXPECT_EQ(guest.execution.resume(), RunState::kTrapped);
  EXPECT_EQ(guest.execution.trap().code, ErrorCode::kKilled);
  Value started;
  ASSERT_TRUE(guest.instance->global("started", &started).ok());
  EXPECT_EQ(started.as_i32(), 0);
  guest.does = [](Host&, uint32_t what) { return what; };
  ASSERT_TRUE(guest.execution.start_instance(guest.instance).ok());
  EXPECT_EQ(guest.execution.resume(), RunState::kDone);
}

// Another instance of the module that is being started, started within its start function.
TEST(Misuse, AStartFunctionMayMakeAndStartAnotherInstance) {
  Guest guest;
  uint32_t depth = 0;
  guest.does = [&](Host&, uint32_t what) -> HostResult<uint32_t> {
    if (depth++ != 0) return what;
    Instance* second = nullptr;
    EXPECT_TRUE(guest.store.instantiate(&guest.instance->module(), &second).ok());
    Execution inner(guest.store, 2048);
    EXPECT_TRUE(inner.start_instance(second).ok());
    EXPECT_EQ(inner.resume(), RunState::kDone);
    Value started;
    EXPECT_TRUE(second->global("started", &started).ok());
    EXPECT_EQ(started.as_i32(), 1 + 7 + 77 + 1);
    EXPECT_TRUE(guest.instance->global("started", &started).ok());
    EXPECT_EQ(started.as_i32(), 0);
    return what;
  };
  ASSERT_TRUE(guest.execution.start_instance(guest.instance).ok());
  EXPECT_EQ(guest.execution.resume(), RunState::kDone);
  EXPECT_EQ(depth, 2u);
}

// ---- Snapshots -------------------------------------------------------------------------------

#if MOTE_FEATURE_SNAPSHOTS

TEST(Misuse, SnapshotsAreRefusedWithinHostFunctions) {
  Guest guest;
  Execution second(guest.store, 1024);
  std::vector<uint8_t> bytes;
  size_t size = 0;
  Execution* const executions[] = {&guest.execution, &second};
  ASSERT_TRUE(save_snapshot(guest.store, executions, append, &bytes, &size).ok());
  uint32_t depth = 0;
  guest.does = [&](Host& host, uint32_t what) -> HostResult<uint32_t> {
    std::vector<uint8_t> inner;
    EXPECT_EQ(save_snapshot(guest.store, executions, append, &inner, &size).code, ErrorCode::kBusy);
    EXPECT_EQ(save_snapshot(guest.store, {}, append, &inner, &size).code, ErrorCode::kBusy);
    EXPECT_TRUE(inner.empty());
    EXPECT_EQ(restore_snapshot(guest.store, executions, view(bytes)).code, ErrorCode::kBusy);
    EXPECT_EQ(restore_snapshot(guest.store, {}, view(bytes)).code, ErrorCode::kBusy);
    if (++depth == 1) {
      Value result;
      const Value argument = Value::i32(7);
      EXPECT_TRUE(host.call(host.instance().function("around"), Span<const Value>(&argument, 1),
                            Span<Value>(&result, 1))
                      .ok());
    }
    return what;
  };
  guest.expect_around(7);
  EXPECT_EQ(depth, 2u);
  // On both sides of it they work, and the same snapshot can be restored again and again.
  for (int i = 0; i < 3; i++) {
    ASSERT_TRUE(restore_snapshot(guest.store, executions, view(bytes)).ok());
    EXPECT_EQ(call(second, *guest.instance, "peek", {500}), 0);
    depth = 1;
    guest.expect_around(7);
  }
}

// Within the function that takes the bytes nothing may change; reading is allowed.
TEST(Misuse, OneExecutionTwiceIsNotASnapshot) {
  Guest guest;
  std::vector<uint8_t> bytes;
  size_t size = 0;
  Execution* const twice[] = {&guest.execution, &guest.execution};
  ASSERT_TRUE(save_snapshot(guest.store, twice, append, &bytes, &size).ok());
  ASSERT_TRUE(restore_snapshot(guest.store, twice, view(bytes)).ok());
  guest.expect_around(7);
}

#endif

}  // namespace
}  // namespace mote::test
