// Benchmarks of loading: validating and translating a large module, and making instances.
#include <mote/wasi.hpp>

#include "guests.hpp"

namespace mote::bench {
namespace {

// Validates and translates the large module, fed in pieces of `state.range(0)` bytes; 0: whole.
// The buffer was touched before: what is measured is Mote, not the system's page faults.
void LoadLargeModule(benchmark::State& state) {
  const std::vector<uint8_t> bytes = read_file(MOTE_BENCH_LARGE);
  const size_t piece = state.range(0) == 0 ? bytes.size() : static_cast<size_t>(state.range(0));
  linux_port::ReservedMemory memory(bytes.size() * 8 + (size_t{8} << 20));
  touch(memory.bytes());
  size_t peak = 0, code = 0;
  for (auto _ : state) {
    Store store(memory.bytes());
    Loader loader(store);
    for (size_t at = 0; at < bytes.size(); at += piece) {
      const Bytes part(bytes.data() + at, std::min(piece, bytes.size() - at));
      if (loader.feed(part) != LoadState::kNeedMore) break;
    }
    const Module* module = nullptr;
    const Error error = loader.finish(&module);
    if (!error.ok()) {
      state.SkipWithError("the large module does not load");
      break;
    }
    code = module->info().code_bytes;
    peak = store.memory().peak;
  }
  state.SetBytesProcessed(static_cast<int64_t>(bytes.size()) * state.iterations());
  state.counters["module_bytes"] = static_cast<double>(bytes.size());
  state.counters["code_bytes"] = static_cast<double>(code);
  state.counters["peak_bytes"] = static_cast<double>(peak);
}
BENCHMARK(LoadLargeModule)->Arg(0)->Arg(4096)->Arg(64)->Unit(benchmark::kMillisecond);

// The same for a small module, from an empty store to one that is ready to run.
void LoadSmallModule(benchmark::State& state) {
  const std::vector<uint8_t> bytes = read_file(MOTE_BENCH_GUEST);
  std::vector<uint8_t> buffer(256 * 1024);
  for (auto _ : state) {
    Store store(MutableBytes(buffer.data(), buffer.size()));
    const Module* module = nullptr;
    require(load(store, Bytes(bytes.data(), bytes.size()), &module).ok(), "load guest.wasm");
    benchmark::DoNotOptimize(module);
  }
  state.SetBytesProcessed(static_cast<int64_t>(bytes.size()) * state.iterations());
}
BENCHMARK(LoadSmallModule);

// Makes an instance of a WASI program: imports, table, segments. The store is emptied and the
// module loaded again whenever memory runs out; that is not timed.
void Instantiate(benchmark::State& state) {
  const std::vector<uint8_t> bytes = read_file(MOTE_BENCH_PROGRAM);
  linux_port::ReservedMemory memory(size_t{16} << 20);
  touch(memory.bytes());
  Store store(memory.bytes());
  Wasi wasi(linux_port::wasi_system(), {});
  const Module* module = nullptr;
  const auto begin = [&] {
    require(store.reset().ok(), "reset the store");
    require(store.provide(Wasi::functions(), &wasi).ok(), "provide");
    require(load(store, Bytes(bytes.data(), bytes.size()), &module).ok(), "load the program");
  };
  begin();
  for (auto _ : state) {
    Instance* instance = nullptr;
    if (store.instantiate(module, &instance).ok()) continue;
    state.PauseTiming();
    begin();
    state.ResumeTiming();
  }
}
BENCHMARK(Instantiate);

}  // namespace
}  // namespace mote::bench
