// Firmware: runs one module and prints how much RAM that takes, as lines "name value". Every number
// is the least with which the module was seen to run: the smallest guest stack, then the smallest
// buffer, found by trying. Nothing in the firmware depends on the module, so that all of Mote that
// an embedder needs, and nothing else, is linked.
#include <mote/mote.hpp>
#include <mote/port.hpp>
#if MOTE_BENCH_WASI
#include <mote/wasi.hpp>
#endif
#if MOTE_BENCH_WASI == 2
#include <mote/ram_disk.hpp>
#include <mote/wasi_files.hpp>
#endif

#include MOTE_BENCH_HEADER
#include "output.hpp"

namespace {

constexpr mote::Bytes kModule = MOTE_BENCH_MODULE;
constexpr uint32_t kExpected = MOTE_BENCH_EXPECTED;
constexpr uint32_t kPlentyOfStack = 8192;
constexpr uint32_t kStep = 8;  // both are found to this many bytes

bool is_quiet = false;  // while trying

void log_text(mote::StringView text) {
  if (!is_quiet) bench::print(text);
}
constexpr mote::HostFunction kApi[] = {mote::host_function<log_text>("env", "log")};

#if MOTE_BENCH_WASI
// What guests see of a system: 1, WASI; 2, its files, too.
struct System {
  mote::Wasi wasi{mote::port::wasi_system()};
#if MOTE_BENCH_WASI == 2
  uint8_t disk_memory[1024];
  mote::RamDisk disk{disk_memory};
  mote::WasiDescriptor descriptors[6];
  mote::WasiFiles files{wasi, disk.file_system(), descriptors};
#endif

  System() {
#if MOTE_BENCH_WASI == 2
    if (files.preopen("/", disk.root()) != mote::wasi::kSuccess) bench::fail("preopen", "WASI");
#endif
  }
  mote::Error provide(mote::Store& store) {
    mote::Error error = store.provide(mote::Wasi::functions(), &wasi);
#if MOTE_BENCH_WASI == 2
    if (error.ok()) error = store.provide(mote::WasiFiles::functions(), &files);
#endif
    return error;
  }
};
System* guest_system;
#endif

bool provide_all(mote::Store& store) {
#if MOTE_BENCH_WASI
  if (!guest_system->provide(store).ok()) return false;
#endif
  return store.provide(kApi).ok();
}

struct Usage {
  uint32_t arena_peak = 0;
  uint32_t module_bytes = 0;
  uint32_t function_bytes = 0;
  uint32_t load_peak = 0;
  uint32_t code_bytes = 0;
  uint32_t offset_map_bytes = 0;
  uint32_t guest_stack = 0;
  uint32_t load_stack = 0;  // native, below the frame of who calls Mote
  uint32_t run_stack = 0;
  uint32_t whole_stack = 0;  // native, from its beginning
};

// Measures the native stack from here to peak().
class StackPeak {
 public:
  StackPeak() {
    mote::port::restart_native_stack_peak();
    used_ = mote::port::native_stack_used();
  }
  // Most bytes in use below what was in use at the beginning. `*whole` grows to what that is in
  // all.
  uint32_t peak(uint32_t* whole) const {
    const uint32_t all = static_cast<uint32_t>(mote::port::native_stack_peak());
    if (all > *whole) *whole = all;
    return all - static_cast<uint32_t>(used_);
  }

 private:
  size_t used_;
};

// What is done after the measurement has functions of its own: their frames do not count.
__attribute__((noinline)) bool is_right(const mote::Execution& execution, mote::RunState state) {
  if (state != mote::RunState::kDone) {
    const mote::ErrorCode code = execution.state() == mote::RunState::kTrapped
                                     ? execution.trap().code
                                     : mote::ErrorCode::kStackExhausted;
    if (code == mote::ErrorCode::kMemoryQuota || code == mote::ErrorCode::kStackExhausted ||
        code == mote::ErrorCode::kOutOfMemory) {
      return false;
    }
    bench::fail("the module trapped", "run");
  }
  if (static_cast<uint32_t>(execution.result(0).as_i32()) != kExpected) {
    bench::print_metric("result", static_cast<uint32_t>(execution.result(0).as_i32()));
    bench::fail("wrong result", "run");
  }
  return true;
}

__attribute__((noinline)) bool report(const mote::Store& store, const mote::Module& module,
                                      const mote::Execution& execution, uint32_t whole_stack,
                                      Usage* usage) {
  const mote::ModuleInfo info = module.info();
  usage->arena_peak = static_cast<uint32_t>(store.memory().peak);
  usage->module_bytes = info.module_bytes;
  usage->function_bytes = info.function_bytes;
  usage->load_peak = static_cast<uint32_t>(info.load_peak_bytes);
  usage->code_bytes = info.code_bytes;
  usage->offset_map_bytes = info.offset_map_bytes;
  usage->whole_stack = whole_stack;
  usage->guest_stack = execution.stack_peak();
  return true;
}

// False when the RAM was too small for the module; ends the firmware when something else is wrong.
__attribute__((noinline)) bool run_module(mote::MutableBytes ram, uint32_t stack, Usage* usage) {
  mote::Store store(ram);
  mote::LoadOptions options;
  options.bytes_stay = true;
  options.keep_names = false;
  const mote::Module* module = nullptr;
  mote::Instance* instance = nullptr;

  uint32_t whole_stack = 0;
  const StackPeak load_peak;
  // Apart, so that the errors share their place on the native stack.
  if (!provide_all(store)) return false;
  if (!mote::load(store, kModule, &module, options).ok()) return false;
  if (!store.instantiate(module, &instance).ok()) return false;
  if (usage != nullptr) usage->load_stack = load_peak.peak(&whole_stack);

  mote::Execution execution(store, stack);
  const mote::Function run = instance->function("run");
  const mote::Value arguments[] = {mote::Value::i32(2), mote::Value::i32(40)};
  if (!execution.error().ok()) return false;
  if (usage != nullptr) execution.restart_stack_peak();
  const uint32_t parameters = instance->function_type(run.index).parameter_count;
  const StackPeak run_peak;
  const mote::RunState state = execution.run(run, {arguments, parameters});
  if (usage != nullptr) usage->run_stack = run_peak.peak(&whole_stack);
  return is_right(execution, state) &&
         (usage == nullptr || report(store, *module, execution, whole_stack, usage));
}

// The smallest multiple of kStep up to `most`, which is enough, that `is_enough` accepts.
template <class Function>
__attribute__((noinline)) uint32_t least(uint32_t most, Function is_enough) {
  uint32_t too_little = 0, enough = (most + kStep - 1) / kStep;
  while (enough - too_little > 1) {
    const uint32_t middle = too_little + (enough - too_little) / 2;
    if (is_enough(middle * kStep)) {
      enough = middle;
    } else {
      too_little = middle;
    }
  }
  return enough * kStep;
}

__attribute__((noinline)) void print(const Usage& usage, uint32_t arena, uint32_t stack) {
  bench::print_metric("arena", arena);
  bench::print_metric("guest_stack", stack);
  bench::print_metric("stack_load", usage.load_stack);
  bench::print_metric("stack_run", usage.run_stack);
  bench::print_metric("stack_whole", usage.whole_stack);
  bench::print_metric("module_bytes", usage.module_bytes);
  bench::print_metric("function_bytes", usage.function_bytes);
  bench::print_metric("load_peak", usage.load_peak);
  bench::print_metric("code_bytes", usage.code_bytes);
  bench::print_metric("offset_map_bytes", usage.offset_map_bytes);
}

}  // namespace

int main() {
#if MOTE_BENCH_WASI
  System system;
  guest_system = &system;
#endif
  const mote::port::Ram ram(SIZE_MAX);
  const auto first = [&](uint32_t size) { return mote::MutableBytes(ram.bytes().data(), size); };
  Usage usage;
  if (!run_module(ram.bytes(), kPlentyOfStack, &usage)) bench::fail("out of memory", "run");

  is_quiet = true;
  const uint32_t stack =
      least(kPlentyOfStack, [&](uint32_t size) { return run_module(ram.bytes(), size, nullptr); });
  if (!run_module(ram.bytes(), stack, &usage)) bench::fail("guest stack", "second run");
  const uint32_t arena = least(
      usage.arena_peak, [&](uint32_t size) { return run_module(first(size), stack, nullptr); });
  is_quiet = false;
  if (!run_module(first(arena), stack, &usage)) bench::fail("arena", "last run");

  print(usage, arena, stack);
  return 0;
}
