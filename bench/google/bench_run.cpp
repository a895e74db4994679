// Benchmarks of running: calls into the guest, calls to the host, blocks of memory, resuming.
#include "guests.hpp"

namespace mote::bench {
namespace {

// A call from the host into the guest and back.
void CallGuest(benchmark::State& state) {
  Guest guest;
  const Function function = guest.function("add");
  const Value arguments[] = {Value::i32(2), Value::i32(40)};
  for (auto _ : state) {
    require(guest.execution().run(function, arguments) == RunState::kDone, "add");
    benchmark::DoNotOptimize(guest.execution().result(0));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(CallGuest);

// Calls from the guest to the host, from a loop in the guest; time is that of one turn.
void call_many(benchmark::State& state, const char* name) {
  constexpr int32_t kCalls = 10000;
  Guest guest;
  const Function function = guest.function(name);
  const Value arguments[] = {Value::i32(kCalls)};
  while (state.KeepRunningBatch(kCalls)) {
    require(guest.execution().run(function, arguments) == RunState::kDone, name);
  }
  state.SetItemsProcessed(state.iterations());
}
void CallHostNothing(benchmark::State& state) { call_many(state, "call_nothing"); }
void CallHostAdd(benchmark::State& state) { call_many(state, "call_add"); }
void CallHostSpan(benchmark::State& state) { call_many(state, "call_sum"); }
void CallWithinGuest(benchmark::State& state) { call_many(state, "call_own"); }
BENCHMARK(CallHostNothing);
BENCHMARK(CallHostAdd);
BENCHMARK(CallHostSpan);
BENCHMARK(CallWithinGuest);

void move_blocks(benchmark::State& state, const char* name) {
  const int64_t length = state.range(0);
  const int32_t count = static_cast<int32_t>(std::max<int64_t>(1, 100000 / length));
  Guest guest;
  const Function function = guest.function(name);
  const Value arguments[] = {Value::i32(static_cast<int32_t>(length)), Value::i32(count)};
  while (state.KeepRunningBatch(count)) {
    require(guest.execution().run(function, arguments) == RunState::kDone, name);
  }
  state.SetBytesProcessed(length * state.iterations());
}
void MemoryCopy(benchmark::State& state) { move_blocks(state, "copy"); }
void MemoryFill(benchmark::State& state) { move_blocks(state, "fill"); }
BENCHMARK(MemoryCopy)->RangeMultiplier(16)->Range(16, 65536);
BENCHMARK(MemoryFill)->RangeMultiplier(16)->Range(16, 65536);

// The same copy by the C library, to compare with.
void NativeCopy(benchmark::State& state) {
  const size_t length = static_cast<size_t>(state.range(0));
  std::vector<uint8_t> from(length, 1), to(length);
  for (auto _ : state) {
    memcpy(to.data(), from.data(), length);
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.range(0) * state.iterations());
}
BENCHMARK(NativeCopy)->RangeMultiplier(16)->Range(16, 65536);

// A guest that has run out of fuel gets one more unit and is resumed.
void ResumeAfterFuel(benchmark::State& state) {
  Guest guest;
  Execution& execution = guest.execution();
  execution.set_fuel(1);
  require(execution.run(guest.function("forever"), {}) == RunState::kOutOfFuel, "forever");
  for (auto _ : state) {
    execution.set_fuel(1);
    require(execution.resume() == RunState::kOutOfFuel, "resume");
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(ResumeAfterFuel);

// A loop with and without a limit on fuel. The check is in both, so the two should be equal; what
// it costs shows only against a build without it.
void spin(benchmark::State& state, uint64_t fuel) {
  constexpr int32_t kTurns = 100000;
  Guest guest;
  const Function function = guest.function("spin");
  const Value arguments[] = {Value::i32(kTurns)};
  while (state.KeepRunningBatch(kTurns)) {
    guest.execution().set_fuel(fuel);
    require(guest.execution().run(function, arguments) == RunState::kDone, "spin");
  }
  state.SetItemsProcessed(state.iterations());
}
void LoopUnlimited(benchmark::State& state) { spin(state, kUnlimitedFuel); }
void LoopMetered(benchmark::State& state) { spin(state, uint64_t{1} << 40); }
BENCHMARK(LoopUnlimited);
BENCHMARK(LoopMetered);

}  // namespace
}  // namespace mote::bench

BENCHMARK_MAIN();
