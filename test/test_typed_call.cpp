// Calls with C++ types.
#include "wasm_file.hpp"

namespace mote::test {
namespace {

double wide(long long a, float b, double c) { return static_cast<double>(a) + b * c; }
void nothing(Host&, StringView) {}
void native_stack() {}
int plain(int, unsigned) { return 1; }
HostResult<unsigned> later(unsigned) { return not_yet(); }
constexpr HostFunction kHost[] = {
    host_function<wide>("host", "wide"),
    host_function<nothing>("host", "log"),
    host_function<later>("host", "later"),
    host_function<later>("host", "call_back"),
    host_function<later>("host", "grow_and_read"),
    host_function<native_stack>("host", "native_stack"),
};
// Integers are told by their size, whatever int32_t is.
constexpr HostFunction kPlain = host_function<plain>("host", "plain");
static_assert(kPlain.type.parameters[0] == ValueType::kI32);
static_assert(kPlain.type.parameters[1] == ValueType::kI32);

struct Guest : TestStore {
  Guest() : execution(store, 4096), instance(*add("guest")) {}
  Execution execution;
  Instance& instance;
};

TEST(TypedCall, GivesTheResult) {
  Guest guest;
  const auto sum = guest.instance.call<int(int, int)>(guest.execution, "add", 2, 40);
  ASSERT_TRUE(sum.ok());
  EXPECT_EQ(sum.value(), 42);
  EXPECT_TRUE(sum.error().ok());
  TypedFunction<uint32_t(uint32_t)> fib(guest.execution, guest.instance, "fib");
  ASSERT_TRUE(fib.exists());
  ASSERT_TRUE(fib.matches());
  EXPECT_EQ(fib(10).value(), 55u);
  EXPECT_EQ(fib(15).value(), 610u);
  EXPECT_TRUE((guest.instance.call<void(int, int)>(guest.execution, "store", 4, 9).ok()));
  EXPECT_EQ((guest.instance.call<int(int)>(guest.execution, "load", 4).value()), 9);
}

TEST(TypedCall, PassesEveryType) {
  TestStore test;
  ASSERT_TRUE(test.store.provide(kHost).ok());
  const std::vector<uint8_t> bytes = wasm("host");
  const Module* module = nullptr;
  ASSERT_TRUE(load(test.store, view(bytes), &module).ok());
  Instance* instance = nullptr;
  ASSERT_TRUE(test.store.instantiate(module, &instance).ok());
  Execution execution(test.store, 1024);
  const auto result = instance->call<double(int64_t, float, double)>(execution, "wide",
                                                                     int64_t{1} << 33, 1.5f, -4.0);
  ASSERT_TRUE(result.ok()) << text(result.error());
  EXPECT_EQ(result.value(), 8589934592.0 - 6.0);

  // A host function that answers later: the call pauses.
  TypedFunction<int(int)> waits(execution, *instance, "later");
  EXPECT_EQ(waits(1).state(), RunState::kWaiting);
  EXPECT_TRUE(waits.result().error().ok());
  const Value answer = Value::i32(41);
  ASSERT_TRUE(execution.complete(Span<const Value>(&answer, 1)).ok());
  execution.resume();
  EXPECT_TRUE(waits.result().ok());
  EXPECT_EQ(waits.result().value(), 42);
}

TEST(TypedCall, TellsWhyThereIsNoResult) {
  Guest guest;
  const auto missing = guest.instance.call<int()>(guest.execution, "missing");
  EXPECT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, ErrorCode::kNotAFunction);
  const auto other = guest.instance.call<int64_t(int, int)>(guest.execution, "add", 1, 2);
  EXPECT_EQ(other.state(), RunState::kIdle);
  EXPECT_EQ(other.error().code, ErrorCode::kArguments);
  EXPECT_EQ((guest.instance.call<int(int)>(guest.execution, "add", 1).error().code),
            ErrorCode::kArguments);
  EXPECT_EQ((guest.instance.call<void(int, int)>(guest.execution, "add", 1, 2).error().code),
            ErrorCode::kArguments);
  const auto trap = guest.instance.call<int(int, int)>(guest.execution, "divide", 1, 0);
  EXPECT_EQ(trap.state(), RunState::kTrapped);
  EXPECT_EQ(trap.error().code, ErrorCode::kDivideByZero);
  EXPECT_NE(trap.error().function, kNoIndex);

  guest.execution.set_fuel(10);
  TypedFunction<int(int)> sum(guest.execution, guest.instance, "sum");
  EXPECT_EQ(sum(100).state(), RunState::kOutOfFuel);
  EXPECT_TRUE(sum.result().error().ok());
  guest.execution.set_fuel(kUnlimitedFuel);
  guest.execution.resume();
  EXPECT_EQ(sum.result().value(), 5050);
}

// Else whoever resumes it takes the other call's result for this one's.
TEST(TypedCall, ACallWhileAnotherIsPausedIsRefusedAndLeavesThatAlone) {
  Guest guest;
  guest.execution.set_fuel(10);
  TypedFunction<int(int)> sum(guest.execution, guest.instance, "sum");
  ASSERT_EQ(sum(100).state(), RunState::kOutOfFuel);
  const auto add = guest.instance.call<int(int, int)>(guest.execution, "add", 2, 40);
  EXPECT_EQ(add.state(), RunState::kIdle);
  EXPECT_EQ(add.error().code, ErrorCode::kBusy);
  EXPECT_EQ(sum(7).error().code, ErrorCode::kBusy);
  EXPECT_EQ(sum.result().state(), RunState::kOutOfFuel);
  guest.execution.set_fuel(kUnlimitedFuel);
  guest.execution.resume();
  EXPECT_EQ(sum.result().value(), 5050);
}

}  // namespace
}  // namespace mote::test
