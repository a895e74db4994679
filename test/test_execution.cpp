// Running guests: results, traps, fuel, interrupts, pausing, and the native stack.
#include <atomic>
#include <thread>

#include "wasm_file.hpp"
#include "wasm_writer.hpp"

namespace mote::test {
namespace {

struct Guest : TestStore {
  Guest() : execution(store, 64 * 1024), instance(*add("guest")) {}
  Execution execution;
  Instance& instance;
};

TEST(Execution, ReturnsResultsOfEveryCount) {
  Guest guest;
  EXPECT_EQ(call(guest.execution, guest.instance, "add", {2, 40}), 42);
  EXPECT_EQ(call(guest.execution, guest.instance, "fib", {20}), 6765);
  const Value arguments[] = {Value::i32(-5), Value::i64(int64_t{1} << 40)};
  ASSERT_EQ(guest.execution.run(guest.instance.function("swap"), arguments), RunState::kDone);
  ASSERT_EQ(guest.execution.result_count(), 2u);
  EXPECT_EQ(guest.execution.result(0).as_i64(), int64_t{1} << 40);
  EXPECT_EQ(guest.execution.result(1).as_i32(), -5);
}

TEST(Execution, RefusesArgumentsThatDoNotFit) {
  Guest guest;
  const Value wrong[] = {Value::i32(1), Value::i64(2)};
  EXPECT_EQ(guest.execution.start(guest.instance.function("add"), wrong).code,
            ErrorCode::kArguments);
  EXPECT_EQ(guest.execution.start(guest.instance.function("nothing"), {}).code,
            ErrorCode::kNotAFunction);
  EXPECT_EQ(guest.execution.resume(), RunState::kIdle);
}

TEST(Execution, ErrorIsThatOfTheLatestRun) {
  Guest guest;
  EXPECT_EQ(guest.execution.run(guest.instance.function("add"), {}), RunState::kIdle);
  EXPECT_EQ(guest.execution.error().code, ErrorCode::kArguments);
  EXPECT_EQ(call(guest.execution, guest.instance, "add", {2, 40}), 42);
  EXPECT_TRUE(guest.execution.error().ok());
}

TEST(Execution, StopsWithoutFuelAndGoesOnWithMore) {
  Guest guest;
  guest.execution.set_fuel(1000);
  const Value argument = Value::i32(30000);
  RunState state =
      guest.execution.run(guest.instance.function("sum"), Span<const Value>(&argument, 1));
  int stops = 0;
  while (state == RunState::kOutOfFuel) {
    EXPECT_EQ(guest.execution.fuel(), 0u);
    stops++;
    guest.execution.set_fuel(1000);
    state = guest.execution.resume();
  }
  ASSERT_EQ(state, RunState::kDone);
  EXPECT_EQ(stops, 29);  // 29,999 backward branches
  EXPECT_EQ(guest.execution.result(0).as_i32(), 450015000);
}

TEST(Execution, CountsFuelExactly) {
  Guest guest;
  guest.execution.set_fuel(5000);
  EXPECT_EQ(call(guest.execution, guest.instance, "sum", {11}), 66);
  EXPECT_EQ(guest.execution.fuel(), 4990u);
  EXPECT_EQ(call(guest.execution, guest.instance, "outer", {0}), 0);
  EXPECT_EQ(guest.execution.fuel(), 4988u);  // two calls
}

TEST(Execution, IsBusyWhilePaused) {
  Guest guest;
  guest.execution.set_fuel(10);
  EXPECT_EQ(guest.execution.run(guest.instance.function("forever"), {}), RunState::kOutOfFuel);
  EXPECT_EQ(guest.execution.start(guest.instance.function("size"), {}).code, ErrorCode::kBusy);
  guest.execution.cancel();
  guest.execution.set_fuel(kUnlimitedFuel);
  EXPECT_EQ(call(guest.execution, guest.instance, "size", {}), 1);
}

TEST(Execution, LargeOperationsPayFuelForTheirSize) {
  Guest guest;
  guest.execution.set_fuel(100000);
  ASSERT_EQ(guest.execution.run(guest.instance.function("fill_straight"), {}), RunState::kDone);
  // Eight times 64 KiB; and not much more than that.
  EXPECT_LE(guest.execution.fuel(), 100000u - 8 * 256);
  EXPECT_GE(guest.execution.fuel(), 100000u - 8 * 256 - 100);
  guest.execution.set_fuel(100000);
  EXPECT_EQ(guest.execution.run(guest.instance.function("fill_forever"), {}), RunState::kOutOfFuel);
}

TEST(Execution, LargeOperationsInARowArePaidBeforeTheNext) {
  Guest guest;
  guest.execution.set_fuel(1000);  // a fill of 64 KiB costs 256, and one for itself
  ASSERT_EQ(guest.execution.run(guest.instance.function("fill_straight"), {}),
            RunState::kOutOfFuel);
  EXPECT_EQ(guest.instance.memory(65535, 1)[0], 3);  // the fifth did not start
  guest.execution.set_fuel(2000);
  EXPECT_EQ(guest.execution.resume(), RunState::kDone);
  EXPECT_EQ(guest.instance.memory(65535, 1)[0], 7);
}

#if MOTE_FEATURE_REFERENCE_TYPES

// A table of 1024 entries, passive segments of as many functions and of 4096 bytes, and exports
// "a", "b" ... that do one instruction each, with all of it.
std::vector<uint8_t> module_of_large_operations(const std::vector<std::vector<uint8_t>>& bodies) {
  WasmWriter functions, exports, elements, code, data;
  const uint32_t count = static_cast<uint32_t>(bodies.size());
  functions.u32(count);
  exports.u32(count);
  code.u32(count);
  for (uint8_t i = 0; i < count; i++) {
    functions.u32(0);
    exports.bytes({0x01, static_cast<uint8_t>('a' + i), 0x00, i});
    code.u32(static_cast<uint32_t>(bodies[i].size()) + 2);
    code.bytes({0x00});
    code.append(bodies[i]);
    code.bytes({0x0B});
  }
  elements.bytes({0x01, 0x01, 0x00});
  elements.u32(1024);
  elements.append(std::vector<uint8_t>(1024, 0x00));
  data.bytes({0x01, 0x01});
  data.u32(4096);
  data.append(std::vector<uint8_t>(4096, 0x07));
  WasmWriter module;
  module.header();
  module.section(1, {0x01, 0x60, 0x00, 0x00});
  module.section(3, functions.data());
  module.section(4, {0x01, 0x70, 0x01, 0x80, 0x08, 0x80, 0x20});  // 1024 to 4096
  module.section(5, {0x01, 0x00, 0x10});
  module.section(7, exports.data());
  module.section(9, elements.data());
  module.section(12, {0x01});
  module.section(10, code.data());
  module.section(11, data.data());
  return module.data();
}

TEST(Execution, InstructionsOnTablesAndSegmentsPayFuelForTheirSize) {
  const std::vector<std::vector<uint8_t>> bodies = {
      {0xD0, 0x70, 0x41, 0x80, 0x08, 0xFC, 0x0F, 0x00, 0x1A},              // table.grow
      {0x41, 0x00, 0xD0, 0x70, 0x41, 0x80, 0x08, 0xFC, 0x11, 0x00},        // table.fill
      {0x41, 0x00, 0x41, 0x00, 0x41, 0x80, 0x08, 0xFC, 0x0E, 0x00, 0x00},  // table.copy
      {0x41, 0x00, 0x41, 0x00, 0x41, 0x80, 0x08, 0xFC, 0x0C, 0x00, 0x00},  // table.init
      {0x41, 0x00, 0x41, 0x00, 0x41, 0x80, 0x20, 0xFC, 0x08, 0x00, 0x00},  // memory.init
      {0x41, 0x00, 0x41, 0x01, 0x41, 0x80, 0x20, 0xFC, 0x0A, 0x00, 0x00},  // memory.copy
  };
  TestStore test;
  const std::vector<uint8_t> bytes = module_of_large_operations(bodies);
  const Module* module = nullptr;
  const Error error = load(test.store, view(bytes), &module);
  ASSERT_TRUE(error.ok()) << text(error);
  Instance* instance = nullptr;
  ASSERT_TRUE(test.store.instantiate(module, &instance).ok());
  Execution execution(test.store, 2048);
  for (size_t i = 0; i < bodies.size(); i++) {
    const char name[] = {static_cast<char>('a' + i), 0};
    execution.set_fuel(1000);
    ASSERT_EQ(execution.run(instance->function(name), {}), RunState::kDone) << name;
    // 4096 bytes each.
    EXPECT_LE(execution.fuel(), 1000u - 16) << name;
    EXPECT_GE(execution.fuel(), 1000u - 16 - 4) << name;
  }
}

// One instruction can cost more than what was handed out before the next look at the fuel.
TEST(Execution, WhatALargeOperationOwesIsPaidFromTheFuel) {
  const std::vector<uint8_t> fill = {0x41, 0x00, 0x41, 0x01, 0x41, 0x80,
                                     0x80, 0xC0, 0x00, 0xFC, 0x0B, 0x00};  // 1 MiB: costs 4096
  std::vector<uint8_t> twice = fill;
  twice.insert(twice.end(), fill.begin(), fill.end());
  TestStore test(size_t{1} << 22);
  const std::vector<uint8_t> bytes = module_of_large_operations({twice});
  const Module* module = nullptr;
  ASSERT_TRUE(load(test.store, view(bytes), &module).ok());
  Instance* instance = nullptr;
  ASSERT_TRUE(test.store.instantiate(module, &instance).ok());
  Execution execution(test.store, 2048);
  execution.set_fuel(100000);
  ASSERT_EQ(execution.run(instance->function("a"), {}), RunState::kDone);
  EXPECT_LE(execution.fuel(), 100000u - 4096);
}

#endif

// A result comes to the top of a stack that is full of names of a local: the lowest of them goes
// home, by way of the accumulator that the result is in.
TEST(Execution, AResultOnTopOfManyLocalsIsNotTakenForOneOfThem) {
  struct Type {
    uint8_t byte;
    std::vector<uint8_t> wanted;  // a constant, 42
    std::vector<uint8_t> other;   // another one
  };
  const Type types[] = {
      {0x7F, {0x41, 0x2A}, {0x41, 0x07}},
      {0x7E, {0x42, 0x2A}, {0x42, 0x07}},
      {0x7D, {0x43, 0, 0, 0x28, 0x42}, {0x43, 0, 0, 0xE0, 0x40}},
      {0x7C, {0x44, 0, 0, 0, 0, 0, 0, 0x45, 0x40}, {0x44, 0, 0, 0, 0, 0, 0, 0x1C, 0x40}},
  };
  for (const Type& type : types) {
    // More and fewer operands than the translator keeps names of.
    for (uint8_t waiting = 0; waiting < 40; waiting++) {
      // (func (result t) (local t t) 7, local.set 0, local.get 0 (many), call 1, local.set 1,
      // drop (many), local.get 1)
      WasmWriter body;
      body.bytes({0x01, 0x02, type.byte});
      body.bytes(type.other);
      body.bytes({0x21, 0x00});
      for (uint8_t i = 0; i < waiting; i++) body.bytes({0x20, 0x00});
      body.bytes({0x10, 0x01, 0x21, 0x01});
      for (uint8_t i = 0; i < waiting; i++) body.bytes({0x1A});
      body.bytes({0x20, 0x01, 0x0B});
      WasmWriter callee;
      callee.bytes({0x00});
      callee.bytes(type.wanted);
      callee.bytes({0x0B});
      const std::vector<uint8_t> module =
          module_of_bodies({0x01, 0x60, 0x00, 0x01, type.byte}, {body.data(), callee.data()});
      TestStore test;
      Instance* const instance = test.add(module);
      ASSERT_NE(instance, nullptr);
      Execution execution(test.store, 2048);
      ASSERT_EQ(execution.run(instance->function("f"), {}), RunState::kDone);
      const Value result = execution.result(0);
      const double value = type.byte == 0x7F   ? result.as_i32()
                           : type.byte == 0x7E ? static_cast<double>(result.as_i64())
                           : type.byte == 0x7D ? static_cast<double>(result.as_f32())
                                               : result.as_f64();
      EXPECT_EQ(value, 42) << name_of(result.type) << ", " << int{waiting};
    }
  }
}

// A branch that takes many values along moves them in one go, where they are not in place. What
// lies below them stays what it is for whoever does not branch.
TEST(Execution, ABranchThatTakesManyValuesAlongLeavesTheOthersWhereTheyAre) {
  for (uint8_t values = 1; values < 12; values++) {
    for (uint8_t taken = 0; taken < 2; taken++) {
      // (func (result i32) (local i32) taken, local.set 0, block (result i32 ...): 42, 1 ...
      // values, local.get 0, br_if 0, drop ..., 2 ... values, end, drop ...): 42 or 1 is left
      WasmWriter body;
      body.bytes({0x01, 0x01, 0x7F, 0x41, taken, 0x21, 0x00, 0x02, 0x01, 0x41, 0x2A});
      for (uint8_t i = 1; i <= values; i++) body.bytes({0x41, i});
      body.bytes({0x20, 0x00, 0x0D, 0x00});
      for (uint8_t i = 1; i <= values; i++) body.bytes({0x1A});
      for (uint8_t i = 2; i <= values; i++) body.bytes({0x41, i});
      body.bytes({0x0B});
      for (uint8_t i = 2; i <= values; i++) body.bytes({0x1A});
      body.bytes({0x0B});
      std::vector<uint8_t> types = {0x02, 0x60, 0x00, 0x01, 0x7F, 0x60, 0x00, values};
      types.insert(types.end(), values, 0x7F);
      const std::vector<uint8_t> module = module_of_bodies(types, {body.data()});
      TestStore test;
      Instance* const instance = test.add(module);
      ASSERT_NE(instance, nullptr);
      Execution execution(test.store, 2048);
      ASSERT_EQ(execution.run(instance->function("f"), {}), RunState::kDone);
      EXPECT_EQ(execution.result(0).as_i32(), taken != 0 ? 1 : 42) << int{values};
    }
  }
}

TEST(Execution, ThousandsOfLocalsOfMixedTypesKeepTheirPlaces) {
  // (func (result i64) (local 9000 x i32, 9000 x i64, 3 x i32, 5 x i64) ... the last of each run)
  WasmWriter body;
  body.u32(4);
  const uint32_t counts[] = {9000, 9000, 3, 5};
  for (uint32_t i = 0; i < 4; i++) {
    body.u32(counts[i]);
    body.bytes({static_cast<uint8_t>(i % 2 == 0 ? 0x7F : 0x7E)});
  }
  const auto local = [&body](uint8_t opcode, uint32_t index) {
    body.bytes({opcode});
    body.u32(index);
  };
  body.bytes({0x41, 0x07});
  local(0x21, 8999);
  body.bytes({0x42, 0x0B});
  local(0x21, 17999);
  body.bytes({0x41, 0x0D});
  local(0x21, 18002);
  body.bytes({0x42, 0x11});
  local(0x21, 18003);
  local(0x20, 8999);
  body.bytes({0xAC});
  local(0x20, 17999);
  body.bytes({0x7E});  // 7 * 11
  local(0x20, 18002);
  body.bytes({0xAC, 0x7E});  // * 13
  local(0x20, 18003);
  body.bytes({0x7E});  // * 17
  local(0x20, 18007);
  body.bytes({0x7C, 0x0B});  // + 0
  const std::vector<uint8_t> module =
      module_of_bodies({0x01, 0x60, 0x00, 0x01, 0x7E}, {body.data()});

  TestStore test;
  Execution execution(test.store, 256 * 1024);
  const Module* loaded = nullptr;
  const Error error = load(test.store, view(module), &loaded);
  ASSERT_TRUE(error.ok()) << text(error);
  EXPECT_LT(loaded->info().load_peak_bytes, 8192u);  // runs of locals, not each one
  Instance* instance = nullptr;
  ASSERT_TRUE(test.store.instantiate(loaded, &instance).ok());
  ASSERT_EQ(execution.run(instance->function("f"), {}), RunState::kDone);
  EXPECT_EQ(execution.result(0).as_i64(), 7 * 11 * 13 * 17);
}

TEST(Execution, StopsWhenInterruptedFromAnotherThread) {
  Guest guest;
  std::atomic<bool> started{false};
  std::thread other([&] {
    while (!started) std::this_thread::yield();
    guest.execution.interrupt();
  });
  ASSERT_TRUE(guest.execution.start(guest.instance.function("forever"), {}).ok());
  started = true;
  EXPECT_EQ(guest.execution.resume(), RunState::kInterrupted);
  other.join();
  FrameInfo frame;
  EXPECT_EQ(guest.execution.backtrace(Span<FrameInfo>(&frame, 1)), 1u);
  EXPECT_EQ(frame.name, StringView("forever"));
}

TEST(Execution, StartFunctionsCanBeStopped) {
  TestStore test;
  Execution execution(test.store, 1024);
  Instance* instance = test.add("start_loop");
  execution.set_fuel(1000);
  ASSERT_TRUE(execution.start_instance(instance).ok());
  EXPECT_EQ(execution.resume(), RunState::kOutOfFuel);
}

TEST(Execution, TrapsSayWhatAndWhere) {
  Guest guest;
  EXPECT_EQ(trap_of(guest.execution, guest.instance, "divide", {1, 0}).code,
            ErrorCode::kDivideByZero);
  EXPECT_EQ(trap_of(guest.execution, guest.instance, "divide", {INT32_MIN, -1}).code,
            ErrorCode::kIntegerOverflow);
  EXPECT_EQ(trap_of(guest.execution, guest.instance, "unreachable", {}).code,
            ErrorCode::kUnreachable);
  EXPECT_EQ(trap_of(guest.execution, guest.instance, "call_entry", {1}).code,
            ErrorCode::kUninitializedElement);
  EXPECT_EQ(trap_of(guest.execution, guest.instance, "call_entry", {4}).code,
            ErrorCode::kUndefinedElement);
  EXPECT_EQ(call(guest.execution, guest.instance, "call_entry", {0}), 42);

  const std::vector<uint8_t> bytes = wasm("guest");
  const Error trap = trap_of(guest.execution, guest.instance, "outer", {-4});
  EXPECT_EQ(trap.code, ErrorCode::kMemoryBounds);
  // The offset is that of the i32.load (0x28) in the module.
  ASSERT_LT(trap.offset, bytes.size());
  EXPECT_EQ(bytes[trap.offset], 0x28);
  FrameInfo frames[4];
  ASSERT_EQ(guest.execution.backtrace(frames), 3u);
  EXPECT_EQ(frames[0].name, StringView("inner"));
  EXPECT_EQ(frames[1].name, StringView("middle"));
  EXPECT_EQ(frames[2].name, StringView("outer"));
  for (int i = 1; i < 3; i++) EXPECT_EQ(bytes[frames[i].offset], 0x10);  // call
}

TEST(Execution, RecursionEndsInATrapAndTheEngineGoesOn) {
  Guest guest;
  const Error trap = trap_of(guest.execution, guest.instance, "recurse", {0});
  EXPECT_EQ(trap.code, ErrorCode::kStackExhausted);
  EXPECT_GT(guest.execution.backtrace({}), 1000u);
  EXPECT_EQ(call(guest.execution, guest.instance, "fib", {10}), 55);
}

// What calls between instances keep at the stack's other end is gone with them.
TEST(Execution, ATrapBetweenInstancesLeavesTheWholeStack) {
  Guest guest;
  ASSERT_TRUE(guest.store.name_instance("guest", &guest.instance).ok());
  Instance& between = *guest.add("caller");
  for (int i = 0; i < 30; i++) {
    EXPECT_EQ(trap_of(guest.execution, between, "descend_between", {1000000}).code,
              ErrorCode::kStackExhausted);
  }
  call(guest.execution, between, "descend_between", {100});
}

TEST(Execution, TellsHowMuchOfTheStackWasUsedOnceItIsPainted) {
  Guest guest;
  EXPECT_EQ(call(guest.execution, guest.instance, "fib", {10}), 55);
  EXPECT_EQ(guest.execution.stack_peak(), 0u);
  guest.execution.restart_stack_peak();
  EXPECT_EQ(guest.execution.stack_peak(), 0u);
  EXPECT_EQ(call(guest.execution, guest.instance, "fib", {10}), 55);
  const uint32_t ten = guest.execution.stack_peak();
  EXPECT_GT(ten, 0u);
  EXPECT_EQ(call(guest.execution, guest.instance, "fib", {12}), 144);
  const uint32_t twelve = guest.execution.stack_peak();
  EXPECT_GT(twelve, ten);
  EXPECT_EQ(call(guest.execution, guest.instance, "fib", {10}), 55);
  EXPECT_EQ(guest.execution.stack_peak(), twelve);
  guest.execution.restart_stack_peak();
  EXPECT_EQ(call(guest.execution, guest.instance, "fib", {10}), 55);
  EXPECT_EQ(guest.execution.stack_peak(), ten);

  // Not under a call.
  const Value argument[] = {Value::i32(12)};
  ASSERT_TRUE(guest.execution.start(guest.instance.function("fib"), argument).ok());
  guest.execution.set_fuel(60);
  ASSERT_EQ(guest.execution.resume(), RunState::kOutOfFuel);
  guest.execution.restart_stack_peak();
  guest.execution.set_fuel(1000000);
  EXPECT_EQ(guest.execution.resume(), RunState::kDone);
  EXPECT_EQ(guest.execution.result(0).as_i32(), 144);

  EXPECT_EQ(trap_of(guest.execution, guest.instance, "recurse", {0}).code,
            ErrorCode::kStackExhausted);
  EXPECT_GT(guest.execution.stack_peak(), 63u * 1024);
  EXPECT_LE(guest.execution.stack_peak(), 64u * 1024);
}

// Its results and its frames were on the stack.
TEST(Execution, PaintingTheStackForgetsTheLatestCall) {
  Guest guest;
  EXPECT_EQ(call(guest.execution, guest.instance, "fib", {10}), 55);
  guest.execution.restart_stack_peak();
  EXPECT_EQ(guest.execution.state(), RunState::kIdle);
  EXPECT_EQ(guest.execution.result_count(), 0u);
  EXPECT_EQ(trap_of(guest.execution, guest.instance, "recurse", {0}).code,
            ErrorCode::kStackExhausted);
  guest.execution.restart_stack_peak();
  EXPECT_EQ(guest.execution.trap().code, ErrorCode::kOk);
  EXPECT_EQ(guest.execution.backtrace({}), 0u);
}

TEST(Execution, CallsBetweenInstancesShareMemoryAndGlobals) {
  Guest guest;
  ASSERT_TRUE(guest.store.name_instance("guest", &guest.instance).ok());
  Instance* caller = guest.add("caller");
  ASSERT_NE(caller, nullptr);
  guest.execution.restart_stack_peak();
  EXPECT_EQ(call(guest.execution, guest.instance, "fib", {1}), 1);
  const uint32_t alone = guest.execution.stack_peak();
  EXPECT_EQ(call(guest.execution, *caller, "add_twice", {39}), 42);
  // What is kept of the caller's instance lies at the other end of the stack.
  EXPECT_GE(guest.execution.stack_peak(), alone + 2 * sizeof(void*));
  EXPECT_EQ(call(guest.execution, *caller, "shared", {}), 'h');
  Value counter;
  ASSERT_TRUE(guest.instance.global("counter", &counter).ok());
  EXPECT_EQ(counter.as_i32(), 5);
  EXPECT_EQ(guest.instance.set_global("constant", Value::i64(1)).code, ErrorCode::kImmutableGlobal);
  EXPECT_EQ(guest.instance.set_global("counter", Value::i64(1)).code, ErrorCode::kArguments);
}

TEST(Execution, OperandsThatWaitKeepTheirOldValue) {
  TestStore test;
  Execution execution(test.store, 4096);
  Instance& instance = *test.add("pending");
  EXPECT_EQ(call(execution, instance, "old_value", {7}), 7 - 100);
  EXPECT_EQ(call(execution, instance, "tee_after_get", {7}), -5);
  EXPECT_EQ(call(execution, instance, "many", {3}), 60 + 1000);
  EXPECT_EQ(call(execution, instance, "block_result", {3}), 10);
  EXPECT_EQ(call(execution, instance, "swap_returns", {3, 4}), 4);
  EXPECT_EQ(execution.result(1).as_i32(), 3);
  EXPECT_EQ(call(execution, instance, "swap_in_loop", {10, 4, 3}), -6);
  EXPECT_EQ(call(execution, instance, "same_twice", {4}), 25);
  EXPECT_EQ(call(execution, instance, "br_table_values", {0}), 11);
  EXPECT_EQ(call(execution, instance, "br_table_values", {1}), 10);
  EXPECT_EQ(call(execution, instance, "br_table_values", {9}), 11);
  EXPECT_EQ(call(execution, instance, "br_table_stubs", {7, 8, 0}), 100);
  EXPECT_EQ(execution.result(1).as_i32(), 15);
  EXPECT_EQ(call(execution, instance, "br_table_stubs", {7, 8, 1}), 7);
  EXPECT_EQ(execution.result(1).as_i32(), 8);
}

TEST(Execution, ConstantsCanStandInAnyPlace) {
  TestStore test;
  Execution execution(test.store, 4096);
  Instance& instance = *test.add("constants");
  EXPECT_EQ(call(execution, instance, "i32_less", {10}), 9);
  EXPECT_EQ(execution.result(1).as_i32(), INT32_MIN + 10);
  EXPECT_EQ(execution.result(2).as_i32(), -2);
  EXPECT_EQ(execution.result(3).as_i32(), 23);
  EXPECT_EQ(execution.result(4).as_i32(), 10);
  const Value ten[] = {Value::i64(10)};
  ASSERT_EQ(execution.run(instance.function("i64_less"), ten), RunState::kDone);
  EXPECT_EQ(execution.result(0).as_i64(), 9);
  EXPECT_EQ(execution.result(1).as_i64(), INT64_MIN + 10);
  EXPECT_EQ(execution.result(2).as_i64(), -2);
  EXPECT_EQ(execution.result(3).as_i64(), 23);
  EXPECT_EQ(execution.result(4).as_i64(), 10 - 0x100000000);

  for (const int32_t condition : {0, 1, -5}) {
    const bool holds = condition != 0;
    EXPECT_EQ(call(execution, instance, "selects", {condition}), holds ? -100 : 1);
    EXPECT_EQ(execution.result(1).as_i32(), holds ? 1 : 101);
    EXPECT_EQ(execution.result(2).as_i32(), holds ? 102 : 103);
    EXPECT_EQ(execution.result(3).as_i32(), 105);
    EXPECT_EQ(execution.result(4).as_i64(), holds ? 0x1122334455667788 : 2);
    EXPECT_EQ(execution.result(5).as_i64(), holds ? 2 : -201);
    EXPECT_EQ(execution.result(6).as_i64(), holds ? 202 : 203);
    EXPECT_EQ(execution.result(7).as_f32(), holds ? 300.5f : 3);
    EXPECT_EQ(execution.result(8).as_f32(), holds ? 3 : 301.5f);
    EXPECT_EQ(execution.result(9).as_f32(), holds ? 302.5f : 303.5f);
    EXPECT_EQ(execution.result(10).as_f64(), holds ? 400.25 : 4);
    EXPECT_EQ(execution.result(11).as_f64(), holds ? 4 : 401.25);
    EXPECT_EQ(execution.result(12).as_f64(), holds ? 402.25 : 403.25);
  }
  for (const int32_t x : {-8, -1, 0, 1, 254, 255, 256, 292, 293, INT32_MAX, INT32_MIN}) {
    EXPECT_EQ(call(execution, instance, "clamp", {x}), x > 255 ? 255 : x);
    EXPECT_EQ(execution.result(1).as_i32(), x > 0 ? x : 0);
    EXPECT_EQ(execution.result(2).as_i32(), static_cast<uint32_t>(x) + 7u < 300 ? 1 : -1);
    EXPECT_EQ(execution.result(3).as_i64(), x == 256 ? 0x7FFFFFFFFF : 1);
  }
}

TEST(Execution, OneThatDoesNotFitSaysSo) {
  TestStore test(2048);
  Execution execution(test.store, 64 * 1024);
  EXPECT_EQ(execution.error().code, ErrorCode::kOutOfMemory);
  EXPECT_EQ(execution.resume(), RunState::kIdle);
  EXPECT_EQ(execution.start({}, {}).code, ErrorCode::kOutOfMemory);
}

}  // namespace
}  // namespace mote::test
