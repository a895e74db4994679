// Fuzz target: execution. The input is that of fuzz_load. What loads is instantiated with all that
// it imports, and every export is called, once with all of its fuel and, in a second store, with
// the same fuel in small pieces and interrupts between them: the outcome must be the same.
#include "suppliers.hpp"

using namespace mote;
using namespace mote::fuzz;

namespace {

constexpr size_t kStoreBytes = size_t{256} << 10;
constexpr uint32_t kStackBytes = 8 * 1024;
constexpr uint64_t kFuel = 3000;
constexpr uint32_t kMostExports = 40;

// What host functions do depends on how many were called, so that it is the same in both stores.
struct World {
  uint32_t seed = 0;
  uint32_t calls = 0;
};

HostStatus host(Host& host, uint8_t* slots) {
  const Supplied& supplied = host.context_as<Supplied>();
  World& world = *static_cast<World*>(supplied.context);
  const uint32_t what = (world.seed >> (world.calls++ % 13)) % 16;
  switch (what) {
    case 0: return host_trap();
    case 1: return not_yet();
    case 2: return host_exit(3);
    case 3: {
      const MutableBytes bytes = host.memory(world.seed & 0xFFFF, 1 + world.seed % 50);
      for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(byte + 1);
      break;
    }
    default: break;
  }
  // Results that lie beyond the arguments would be what the stack held before.
  for (const ValueType type : supplied.type.result_types()) {
    const bool is_wide = type == ValueType::kI64 || type == ValueType::kF64;
    const uint64_t value = is_reference(type) ? 0 : world.calls;
    if (is_wide) {
      memcpy(slots, &value, 8);
    } else {
      const uint32_t narrow = static_cast<uint32_t>(value);
      memcpy(slots, &narrow, 4);
    }
    slots += is_wide ? 8 : 4;
  }
  return {};
}

struct Run {
  explicit Run(size_t bytes) : memory(bytes), suppliers(detail::as_thunk<host>) {}

  bool begin(Bytes bytes, uint32_t seed) {
    check(memory.store.reset().ok(), "a reset");
    world = World();
    world.seed = seed;
    return load(memory.store, bytes, &module).ok() &&
           suppliers.supply(memory.store, *module, &world) &&
           memory.store.instantiate(module, &instance).ok();
  }

  FuzzStore memory;
  Suppliers suppliers;
  World world;
  const Module* module = nullptr;
  Instance* instance = nullptr;
};

// Runs what was started until it ends or its fuel does, `slice` at a time.
RunState finish(Execution& execution, uint64_t slice) {
  for (uint64_t left = kFuel;;) {
    const uint64_t now = std::min(left, slice);
    execution.set_fuel(now);
    left -= now;
    RunState state = execution.resume();
    while (state == RunState::kInterrupted) state = execution.resume();
    if (state == RunState::kWaiting) {
      // No results, or the wrong ones: refused either way.
      const Value wrong = Value::null(ValueType::kFuncRef);
      (void)execution.complete(Span<const Value>(&wrong, 1));
      if (!execution.complete({}).ok()) {
        execution.cancel();
        return RunState::kWaiting;
      }
      continue;
    }
    if (state != RunState::kOutOfFuel || left == 0) return state;
    if (slice % 2 == 0) execution.interrupt();
    FrameInfo frames[3];
    execution.backtrace(frames);
  }
}

std::vector<Value> arguments_of(const FunctionType& type, uint32_t seed) {
  std::vector<Value> values;
  for (const ValueType each : type.parameter_types()) {
    seed = seed * 1664525 + 1013904223;
    const uint64_t wide = static_cast<uint64_t>(seed) << 32 | (seed >> (seed % 32));
    const bool is_wide = each == ValueType::kI64 || each == ValueType::kF64;
    values.push_back({each, is_reference(each) ? 0 : is_wide ? wide : wide & 0xFFFFFFFF});
  }
  return values;
}

bool is_nan(const Value& value) {
  if (value.type == ValueType::kF32) return (value.bits & 0x7FFFFFFF) > 0x7F800000;
  return value.type == ValueType::kF64 && (value.bits & ~(uint64_t{1} << 63)) > 0x7FF0000000000000;
}

void compare(const Execution& a, const Execution& b) {
  check(a.state() == b.state(), "the same end", a.trap());
  check(a.trap().code == b.trap().code && a.trap().offset == b.trap().offset, "the same trap",
        b.trap());
  check(a.result_count() == b.result_count(), "as many results");
  for (uint32_t i = 0; i < a.result_count(); i++) {
    const Value x = a.result(i);
    const Value y = b.result(i);
    check(x.type == y.type && (x.bits == y.bits || (is_nan(x) && is_nan(y))), "the same results");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static Run whole(kStoreBytes);
  static Run sliced(kStoreBytes);
  Choices choices(data, size);
  const uint8_t flags = choices.byte();
  const uint32_t seed = static_cast<uint32_t>(choices.byte()) << 8 | choices.byte();
  const std::vector<uint8_t> bytes = choices.rest();
  const bool ok = whole.begin(view(bytes), seed);
  check(sliced.begin(view(bytes), seed) == ok, "what can be instantiated once can be again");
  if (!ok) return 0;
  Execution a(whole.memory.store, kStackBytes);
  Execution b(sliced.memory.store, kStackBytes);
  // What code takes from its stack by mistake is not the same in both.
  b.restart_stack_peak();
  if (!a.error().ok() || !b.error().ok()) return 0;

  const uint64_t slice = 1 + flags % 40;
  (void)a.start_instance(whole.instance);
  (void)b.start_instance(sliced.instance);
  bool alike = true;
  for (uint32_t i = 0; i <= whole.module->export_count() && i < kMostExports; i++) {
    // First the start function, then the exports.
    const RunState x = finish(a, kFuel);
    const RunState y = finish(b, slice);
    // Fuel that is given in pieces pays for large operations later: the end may come elsewhere.
    if (x == RunState::kOutOfFuel || y == RunState::kOutOfFuel) alike = false;
    if (alike) compare(a, b);
    FrameInfo frames[4];
    a.backtrace(frames);
    a.cancel();
    b.cancel();
    if (i == whole.module->export_count()) break;
    const ExportInfo info = whole.module->export_at(i);
    if (info.type.kind != ExternKind::kFunction) continue;
    const std::vector<Value> arguments = arguments_of(info.type.function, seed + i);
    const Span<const Value> values(arguments.data(), arguments.size());
    const Error first = a.start({whole.instance, info.index}, values);
    const Error second = b.start({sliced.instance, info.index}, values);
    if (alike) check(first.code == second.code, "the same start", second);
  }
  if (alike && whole.instance->has_memory()) {
    const uint32_t length =
        static_cast<uint32_t>(std::min<uint64_t>(whole.instance->memory_size(), 4096));
    const MutableBytes x = whole.instance->memory(0, length);
    const MutableBytes y = sliced.instance->memory(0, length);
    check(x.size() == y.size() && std::equal(x.begin(), x.end(), y.begin()), "the same memory");
  }
  return 0;
}
