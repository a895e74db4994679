// Abuse of the C++ API where a header promises that it does no harm: externs that somebody put
// together, numbers at the ends of their ranges, everything at once within host functions. See
// test_misuse.cpp for what goes on under a guest's feet, test/c/test_mote_abuse.c for C.
#include <functional>

#include "wasm_file.hpp"

namespace mote::test {
namespace {

using Act = std::function<HostResult<uint32_t>(Host&, uint32_t)>;

HostResult<uint32_t> act(Host& host, uint32_t what) { return host.context_as<Act>()(host, what); }
constexpr HostFunction kHost[] = {host_function<act>("host", "act")};

struct Guest : TestStore {
  Guest() : execution(store, 4096) {
    EXPECT_TRUE(store.provide(kHost, &does).ok());
    instance = add("misuse");
  }
  RunState run_around(Execution& on) {
    const Value what = Value::i32(7);
    return on.run(instance->function("around"), Span<const Value>(&what, 1));
  }
  Extern exported(uint32_t index) {
    return Extern::of(*instance, instance->module().export_at(index));
  }

  Act does = [](Host&, uint32_t what) { return what; };
  Execution execution;
  Instance* instance = nullptr;
};

// "misuse" has 9 functions, and one of all else.
constexpr uint32_t kFar[] = {9, 50, 0x10000000, 0x7FFFFFFF, 0xFFFFFFFF};
constexpr uint32_t kMemory = 0;
constexpr uint32_t kTable = 1;

// ---- Externs that nobody made ----------------------------------------------------------------

TEST(Abuse, AnExternTellsWhetherItIsThere) {
  Guest guest;
  EXPECT_FALSE(Extern().is_there());
  EXPECT_TRUE(Extern::of(kHost[0], nullptr).is_there());
  for (uint32_t i = 0; i < guest.instance->module().export_count(); i++) {
    EXPECT_TRUE(guest.exported(i).is_there()) << i;
  }
  for (uint32_t kind = 0; kind < 256; kind++) {
    Extern forged;
    forged.kind = static_cast<ExternKind>(kind);
    forged.instance = guest.instance;
    for (const uint32_t index : kFar) {
      forged.index = index;
      EXPECT_FALSE(forged.is_there()) << kind << " " << index;
    }
    forged.index = 1;  // the first that is not there, but for functions
    EXPECT_EQ(forged.is_there(), kind == 0);
    forged.instance = nullptr;
    forged.host = &kHost[0];
    EXPECT_EQ(forged.is_there(), kind == 0);
  }
}

TEST(Abuse, ImportsThatAreNotThereDoNotMatch) {
  Guest guest;
  const std::vector<uint8_t> bytes = wasm("positional");
  const Module* module = nullptr;
  ASSERT_TRUE(load(guest.store, view(bytes), &module).ok());
  const Extern function = Extern::of(guest.instance->function("twice"));
  Extern count;
  Extern limit;
  ExternType type;
  type.value = ValueType::kI32;
  ASSERT_TRUE(make_global(guest.store, type, Value::i32(0), &limit).ok());
  type.value = ValueType::kI64;
  type.is_mutable = true;
  ASSERT_TRUE(make_global(guest.store, type, Value::i64(0), &count).ok());
  Extern table;
  type.value = ValueType::kFuncRef;
  type.limits = {2, 8, true};
  ASSERT_TRUE(make_table(guest.store, type, Value::null(ValueType::kFuncRef), &table).ok());
  Extern memory;
  type.limits = {1, 4, true};
  ASSERT_TRUE(make_memory(guest.store, type, &memory).ok());
  const Extern right[] = {function, memory, function, table, limit, count};
  Instance* made = nullptr;
  ASSERT_TRUE(guest.store.instantiate(module, right, &made).ok());
  const MemoryReport before = guest.store.memory();
  for (size_t i = 0; i < 6; i++) {
    Extern wrong[6];
    for (size_t at = 0; at < 6; at++) wrong[at] = right[at];
    for (const uint32_t index : kFar) {
      wrong[i].index = index;
      EXPECT_EQ(guest.store.instantiate(module, wrong, &made).code, ErrorCode::kIncompatibleImport);
    }
    // An instance that is no more: its store's memory is somebody else's by now.
    TestStore other;
    wrong[i] = right[i];
    wrong[i].instance = other.add("guest");
    std::fill(other.buffer.begin(), other.buffer.end(), uint8_t{0xEE});
    EXPECT_EQ(guest.store.instantiate(module, wrong, &made).code, ErrorCode::kIncompatibleImport);
    HostFunction without = kHost[0];
    without.thunk = nullptr;
    wrong[i] = Extern::of(without);
    EXPECT_EQ(guest.store.instantiate(module, wrong, &made).code, ErrorCode::kIncompatibleImport);
    EXPECT_EQ(made, nullptr);
  }
  EXPECT_EQ(guest.store.memory().used, before.used);
}

TEST(Abuse, AFunctionThatAnInstanceDoesNotHaveHasNoType) {
  Guest guest;
  for (const uint32_t index : kFar) {
    EXPECT_EQ(guest.instance->function_type(index).parameters, nullptr);
    EXPECT_EQ(guest.instance->function_type(index).parameter_count, 0);
    EXPECT_EQ(guest.execution.start({guest.instance, index}, {}).code, ErrorCode::kNotAFunction);
  }
}

// ---- Ends of ranges --------------------------------------------------------------------------

TEST(Abuse, TextsNeedNoRoom) {
  const Error error;
  char none = 9;
  EXPECT_EQ(describe(error, Span<char>()), 0u);
  EXPECT_EQ(describe(error, Span<char>(&none, 0)), 0u);
  EXPECT_EQ(escape_name("name", Span<char>(&none, 0)), 0u);
  EXPECT_EQ(none, 9);
}

TEST(Abuse, AnyNumberIsAShare) {
  Guest guest;
  const Value rounds = Value::i32(100000);
  for (const int64_t share : {INT64_MIN, INT64_MIN + 1, int64_t{-1}, int64_t{0}, int64_t{1}}) {
    RunLimits limits;
    limits.share = share;
    ASSERT_TRUE(
        guest.execution.start(guest.instance->function("count"), Span<const Value>(&rounds, 1))
            .ok());
    EXPECT_EQ(guest.execution.resume(limits), RunState::kInterrupted);
    EXPECT_LE(limits.share, 0);
    RoundRobin::Guest guests[] = {{&guest.execution, 1}};
    guests[0].limits.share = INT64_MIN;
    EXPECT_EQ(RoundRobin(guests).turn(), 1u);  // pays its debt
    guest.execution.cancel();
  }
  // A guest within a host function cannot pause, and goes ever deeper into debt.
  guest.does = [&](Host& host, uint32_t what) -> HostResult<uint32_t> {
    Value counted;
    EXPECT_TRUE(host.call(guest.instance->function("count"), Span<const Value>(&rounds, 1),
                          Span<Value>(&counted, 1))
                    .ok());
    return what;
  };
  const Value what = Value::i32(7);
  RunLimits limits;
  limits.share = INT64_MIN;
  ASSERT_TRUE(guest.execution.start({guest.instance, 0}, Span<const Value>(&what, 1)).ok());
  EXPECT_EQ(guest.execution.resume(limits), RunState::kDone);
  EXPECT_LT(limits.share, 0);
}

// A store counts who runs: more guests within each other's host functions than a byte can count.
TEST(Abuse, AStoreStaysBusyHoweverManyGuestsRunWithinEachOther) {
  Guest guest;
  uint32_t depth = 0;
  guest.does = [&](Host&, uint32_t what) -> HostResult<uint32_t> {
    EXPECT_EQ(guest.store.reset().code, ErrorCode::kBusy) << depth;
    if (depth++ < 300) {
      Execution inner(guest.store, 512);
      EXPECT_EQ(guest.run_around(inner), RunState::kDone);
    }
    return what;
  };
  EXPECT_EQ(guest.run_around(guest.execution), RunState::kDone);
  EXPECT_EQ(depth, 301u);
  EXPECT_TRUE(guest.store.reset().ok());
}

// ---- Typed calls -----------------------------------------------------------------------------

TEST(Abuse, ATypedCallOfAnotherTypeIsRefused) {
  Guest guest;
  for (const char* name : {"twice", "around", "grow", "poke", "memory", "started", "none", ""}) {
    const ErrorCode expected =
        guest.instance->function(name).exists() ? ErrorCode::kArguments : ErrorCode::kNotAFunction;
    const auto refused = [expected](const Error& error) { EXPECT_EQ(error.code, expected); };
    refused(guest.instance->call<void()>(guest.execution, name).error());
    refused(guest.instance->call<int64_t(int)>(guest.execution, name, 1).error());
    refused(guest.instance->call<int(float)>(guest.execution, name, 1.0F).error());
    refused(guest.instance->call<int(int64_t)>(guest.execution, name, int64_t{1}).error());
    refused(guest.instance->call<int(int, int, int)>(guest.execution, name, 1, 2, 3).error());
    refused(guest.instance->call<ExternRef(ExternRef)>(guest.execution, name, ExternRef()).error());
    EXPECT_EQ(guest.execution.state(), RunState::kIdle);
  }
}

// ---- Within a host function ------------------------------------------------------------------

// What makes, names, grows and asks, from within two levels of calls.
TEST(Abuse, AHostFunctionMayDoAllThatAStoreCan) {
  Guest guest;
  uint32_t depth = 0;
  guest.does = [&](Host& host, uint32_t what) -> HostResult<uint32_t> {
    Extern made;
    ExternType type;
    type.value = ValueType::kI32;
    EXPECT_TRUE(make_global(guest.store, type, Value::i32(1), &made).ok());
    type.limits = {1, 2, true};
    EXPECT_TRUE(make_memory(guest.store, type, &made).ok());
    EXPECT_FALSE(made.bytes(65535, 1).empty());
    EXPECT_TRUE(make_function(guest.store, kHost[0], &guest.does, &made).ok());
    EXPECT_TRUE(guest.exported(kTable).grow_table(1, made.reference()));
    EXPECT_TRUE(guest.store.provide(kHost, &guest.does).ok());
    EXPECT_TRUE(guest.store.name_instance("self", guest.instance).ok());
    EXPECT_NE(guest.add("guest"), nullptr);
    EXPECT_TRUE(guest.exported(kMemory).grow_memory(1));
    const Extern memory = guest.exported(kMemory);
    EXPECT_FALSE(memory.bytes(static_cast<uint32_t>(memory.byte_size() - 1), 1).empty());
    EXPECT_EQ(host.touch(0xFFFFFFFF, UINT64_MAX), ErrorCode::kMemoryBounds);
    EXPECT_TRUE(host.memory(0xFFFFFFFF, 0xFFFFFFFF).empty());
    FrameInfo frame;
    // Within, no guest called it.
    EXPECT_EQ(host.backtrace(Span<FrameInfo>(&frame, 1)), depth == 0 ? 1u : 0u);
    EXPECT_EQ(guest.execution.backtrace({}), host.backtrace({}));
    // The function that was made is called through its own instance, and calls this.
    if (depth++ < 2) {
      Value result;
      const Value argument = Value::i32(3);
      EXPECT_TRUE(
          host.call(made.function(), Span<const Value>(&argument, 1), Span<Value>(&result, 1))
              .ok());
      EXPECT_EQ(result.as_i32(), 3);
    }
    return what;
  };
  EXPECT_EQ(guest.run_around(guest.execution), RunState::kDone);
  EXPECT_EQ(guest.execution.result(0).as_i32(), 1 + 7 + 77 + 1);
  EXPECT_EQ(depth, 3u);
}

// ---- Snapshots -------------------------------------------------------------------------------

#if MOTE_FEATURE_SNAPSHOTS

// A start function that waits for its host, which it called from within a function of its own, goes
// on elsewhere.
std::vector<uint8_t> snapshot_of_waiting_start(Guest& guest) {
  guest.does = [](Host&, uint32_t) -> HostResult<uint32_t> { return not_yet(); };
  EXPECT_TRUE(guest.execution.start_instance(guest.instance).ok());
  EXPECT_EQ(guest.execution.resume(), RunState::kWaiting);
  Execution* const executions[] = {&guest.execution};
  std::vector<uint8_t> bytes;
  size_t size = 0;
  EXPECT_TRUE(save_snapshot(guest.store, executions, append, &bytes, &size).ok());
  EXPECT_EQ(bytes.size(), size);
  return bytes;
}

TEST(Abuse, AStartFunctionThatWaitsGoesOnFromASnapshot) {
  Guest before;
  const std::vector<uint8_t> bytes = snapshot_of_waiting_start(before);
  Guest after;
  Execution* const executions[] = {&after.execution};
  ASSERT_TRUE(restore_snapshot(after.store, executions, view(bytes)).ok());
  ASSERT_EQ(after.execution.state(), RunState::kWaiting);
  const Value answer = Value::i32(7);
  ASSERT_TRUE(after.execution.complete(Span<const Value>(&answer, 1)).ok());
  ASSERT_EQ(after.execution.resume(), RunState::kDone);
  Value started;
  ASSERT_TRUE(after.instance->global("started", &started).ok());
  EXPECT_EQ(started.as_i32(), 1 + 7 + 77 + 1);
}

TEST(Abuse, EveryByteOfASnapshotCounts) {
  Guest before;
  std::vector<uint8_t> bytes = snapshot_of_waiting_start(before);
  Guest after;
  const std::vector<uint8_t> untouched = after.buffer;
  Execution* const executions[] = {&after.execution};
  for (size_t at = 0; at < bytes.size(); at++) {
    const ErrorCode expected = at < 4 ? ErrorCode::kNotAnImage : ErrorCode::kImageDamaged;
    ASSERT_EQ(restore_snapshot(after.store, executions, Bytes(bytes.data(), at)).code, expected);
    const uint8_t bit = static_cast<uint8_t>(1u << (at % 8));
    bytes[at] ^= bit;
    ASSERT_EQ(restore_snapshot(after.store, executions, view(bytes)).code, expected) << at;
    bytes[at] ^= bit;
  }
  EXPECT_EQ(after.buffer, untouched);
  EXPECT_TRUE(restore_snapshot(after.store, executions, view(bytes)).ok());
}

#endif

}  // namespace
}  // namespace mote::test
