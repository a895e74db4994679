// Fuzz target: the embedder's side. The input is a script of calls of the public API in any order,
// right and wrong ones, on one store: loads in pieces, instances, executions that run, pause, wait,
// are cancelled, killed and destroyed, what the host makes and does with exports. Host functions go
// on with the same script from within a guest's call. Only what the headers forbid is left out:
// using modules and instances that a reset() has taken away, and executions that are destroyed.
#include <fstream>
#include <iterator>
#include <memory>
#include <mote/extern.hpp>
#include <string>

#include "fuzz.hpp"

using namespace mote;
using namespace mote::fuzz;

namespace {

constexpr size_t kStoreBytes = size_t{160} << 10;
constexpr const char* kNames[] = {"guest",  "host",    "needs",
                                  "caller", "pending", "constant_expressions"};
constexpr uint32_t kModules = 6;
constexpr uint32_t kExecutions = 3;

const std::vector<uint8_t>& file(uint32_t index) {
  static std::vector<uint8_t> files[kModules];
  std::vector<uint8_t>& bytes = files[index % kModules];
  if (bytes.empty()) {
    std::ifstream in(std::string(MOTE_TEST_WASM) + "/" + kNames[index % kModules] + ".wasm",
                     std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(in), {});
    check(!bytes.empty(), "a module of test/wat");
  }
  return bytes;
}

struct World {
  explicit World(Store& its_store) : store(its_store) {}
  Store& store;
  Choices* script = nullptr;
  std::vector<const Module*> modules;
  std::vector<Instance*> instances;
  std::vector<Extern> externs;
  std::unique_ptr<Execution> executions[kExecutions];
  std::unique_ptr<Loader> loader;
  uint32_t loading = 0;  // which file
  size_t fed = 0;
  uint32_t depth = 0;  // host functions that are active
  uint32_t steps = 0;
};

void step(World& world, Host* host);

// What a host function does besides: some more of the script.
HostStatus go_on(Host& host) {
  World& world = host.context_as<World>();
  world.depth++;
  for (uint32_t more = world.script->below(4); more != 0; more--) step(world, &host);
  world.depth--;
  switch (world.script->below(12)) {
    case 0: return host_trap(ErrorCode::kHostTrap, 7);
    case 1: return not_yet();
    case 2: return host_exit(1);
    case 3: return host_trap(ErrorCode::kOk);
    default: return {};
  }
}

uint32_t sum_of(Bytes bytes) {
  uint32_t sum = 0;
  for (const uint8_t byte : bytes) sum += byte;
  return sum;
}

HostStatus log_text(Host& host, StringView text) {
  volatile uint32_t sink = sum_of({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  (void)sink;
  return go_on(host);
}
HostResult<uint32_t> log_counted(Host& host, Span<const uint8_t> text) {
  const uint32_t sum = sum_of(text);
  const HostStatus status = go_on(host);
  if (status.kind != HostStatus::kReturned) return status;
  return sum;
}
HostResult<uint32_t> answer(Host& host, uint32_t argument) {
  const HostStatus status = go_on(host);
  if (status.kind != HostStatus::kReturned) return status;
  return argument;
}
HostResult<uint32_t> write_words(Host& host, uint32_t address) {
  const MutableBytes bytes = host.memory(address, 64);
  for (uint8_t& byte : bytes) byte = 1;
  return answer(host, address);
}
HostStatus native_stack(Host& host) { return go_on(host); }
HostResult<double> wide(Host& host, uint64_t a, float b, double c) {
  const HostStatus status = go_on(host);
  if (status.kind != HostStatus::kReturned) return status;
  return static_cast<double>(a) + static_cast<double>(b) + c;
}

constexpr HostFunction kHost[] = {
    host_function<log_text>("host", "log"),
    host_function<answer>("host", "later"),
    host_function<native_stack>("host", "native_stack"),
    host_function<answer>("host", "call_back"),
    host_function<wide>("host", "wide"),
    host_function<write_words>("host", "grow_and_read"),
};
// Module "needs" wants a log that answers. Tables that come later are searched first.
constexpr HostFunction kOther[] = {
    host_function<log_counted>("host", "log"),
};

// A value that mostly has the right type.
Value value_for(World& world, ValueType type) {
  Choices& script = *world.script;
  if (script.byte() == 255) type = ValueType::kF32;
  if (is_reference(type)) return {type, script.byte() < 128 ? 0u : script.number()};
  return {type, script.number()};
}

Function function_for(World& world, std::vector<Value>* arguments) {
  Choices& script = *world.script;
  if (world.instances.empty()) return {};
  Instance* instance = world.instances[script.below(static_cast<uint32_t>(world.instances.size()))];
  const Module& module = instance->module();
  uint32_t index = kNoIndex;
  // A load that ended early can be a module without exports.
  if (module.export_count() != 0 && script.byte() < 240) {
    for (uint32_t tries = 0; tries < 8 && index == kNoIndex; tries++) {
      const ExportInfo info = module.export_at(script.below(module.export_count()));
      if (info.type.kind == ExternKind::kFunction) index = info.index;
    }
  } else {
    index = script.number();
  }
  if (index < module.info().functions) {
    for (const ValueType type : instance->function_type(index).parameter_types()) {
      arguments->push_back(value_for(world, type));
    }
  }
  return {instance, index};
}

void use_results(const Execution& execution) {
  for (uint32_t i = 0; i < execution.result_count(); i++) (void)execution.result(i);
  FrameInfo frames[3];
  const uint32_t depth = execution.backtrace(frames);
  for (uint32_t i = 0; i < depth && i < 3; i++) {
    check(frames[i].instance != nullptr, "a frame has an instance");
    volatile uint32_t sink =
        sum_of({reinterpret_cast<const uint8_t*>(frames[i].name.data()), frames[i].name.size()});
    (void)sink;
  }
  (void)execution.trap();
  (void)execution.stack_peak();
}

void use_execution(World& world) {
  Choices& script = *world.script;
  std::unique_ptr<Execution>& slot = world.executions[script.below(kExecutions)];
  if (slot == nullptr) {
    slot = std::make_unique<Execution>(world.store, script.number() % 20000);
    slot->set_fuel(500);
    return;
  }
  Execution& execution = *slot;
  std::vector<Value> arguments;
  switch (script.below(16)) {
    case 0: slot.reset(); return;
    case 1: {
      const Function function = function_for(world, &arguments);
      (void)execution.start(function, Span<const Value>(arguments.data(), arguments.size()));
      break;
    }
    case 2:
      if (!world.instances.empty()) {
        (void)execution.start_instance(
            world.instances[script.below(static_cast<uint32_t>(world.instances.size()))]);
      }
      break;
    case 3: execution.resume(); break;
    case 4: execution.cancel(); break;
    case 5: execution.set_fuel(script.byte() * 20u); break;
    case 6: execution.interrupt(); break;
    case 7: {
      for (uint32_t count = script.below(3); count != 0; count--) {
        arguments.push_back(value_for(world, ValueType::kI32));
      }
      (void)execution.complete(Span<const Value>(arguments.data(), arguments.size()));
      break;
    }
    case 8: use_results(execution); break;
    case 9: execution.kill(); break;
    case 10: execution.restart_stack_peak(); break;
    case 11:
    case 12: {
      uint64_t ticks = 0;
      RunLimits limits;
      if (script.below(2) != 0) limits.share = static_cast<int8_t>(script.byte()) * 20;
      if (script.below(4) == 0) {
        limits.now = [](void* context) { return ++*static_cast<uint64_t*>(context); };
        limits.deadline = script.below(4);
        limits.context = &ticks;
      }
      if (execution.fuel() > 5000) execution.set_fuel(5000);
      execution.resume(limits);
      break;
    }
    default: {
      const Function function = function_for(world, &arguments);
      if (execution.fuel() > 5000) execution.set_fuel(5000);
      execution.run(function, Span<const Value>(arguments.data(), arguments.size()));
      break;
    }
  }
  // A host function may have destroyed it.
  if (slot.get() != &execution) return;
  (void)execution.state();
  (void)execution.fuel();
}

void use_loader(World& world) {
  Choices& script = *world.script;
  if (world.loader == nullptr) {
    world.loading = script.below(kModules);
    world.fed = 0;
    world.loader = std::make_unique<Loader>(world.store, LoadOptions{script.below(2) != 0, true});
    return;
  }
  const std::vector<uint8_t>& bytes = file(world.loading);
  switch (script.below(8)) {
    case 0: world.loader.reset(); break;
    case 1: {
      const Module* module = nullptr;
      const Error error = world.loader->finish(&module);
      check(error.ok() == (module != nullptr), "a module or an error", error);
      if (module != nullptr) world.modules.push_back(module);
      world.loader.reset();
      break;
    }
    case 2: world.fed = bytes.size() - bytes.size() % 3; [[fallthrough]];  // bytes are lost
    default: {
      const size_t size = std::min<size_t>(script.byte() * 4u, bytes.size() - world.fed);
      world.loader->feed(Bytes(bytes.data() + world.fed, size));
      world.fed += size;
      break;
    }
  }
}

void add_instance(World& world, const Module* module) {
  Instance* instance = nullptr;
  const Error error = world.store.instantiate(module, &instance);
  check(error.ok() == (instance != nullptr), "an instance or an error", error);
  if (instance != nullptr) world.instances.push_back(instance);
}

void use_instance(World& world, Host* host) {
  Choices& script = *world.script;
  if (host != nullptr && script.below(2) == 0) {
    const MutableBytes bytes = host->memory(script.number(), script.number());
    if (!bytes.empty()) bytes[bytes.size() - 1] = bytes[0];
    (void)host->touch(script.number(), script.number());
    return;
  }
  if (world.instances.empty()) return;
  Instance& instance =
      *world.instances[script.below(static_cast<uint32_t>(world.instances.size()))];
  switch (script.below(5)) {
    case 0: {
      const MutableBytes bytes = instance.memory(script.number(), script.number());
      if (!bytes.empty()) bytes[bytes.size() - 1] = bytes[0];
      break;
    }
    case 1: {
      Value value;
      (void)instance.global(script.below(2) != 0 ? "counter" : "sum", &value);
      break;
    }
    case 2: (void)instance.set_global("counter", value_for(world, ValueType::kI32)); break;
    case 3: (void)world.store.name_instance(kNames[script.below(2)], &instance); break;
    default:
      check(instance.memory_backed() <= instance.memory_size(), "no more is backed than there is");
      break;
  }
}

// Makes something, or imports what there is by position, or uses an export.
void use_externs(World& world) {
  Choices& script = *world.script;
  Extern made;
  ExternType type;
  type.limits = {script.below(4), script.below(8), script.below(2) != 0};
  type.is_mutable = script.below(2) != 0;
  type.value = script.below(2) != 0 ? ValueType::kFuncRef : ValueType::kI32;
  Error error;
  switch (script.below(8)) {
    case 0: error = make_memory(world.store, type, &made); break;
    case 1:
      error = make_table(world.store, type, value_for(world, ValueType::kFuncRef), &made);
      break;
    case 2: error = make_global(world.store, type, value_for(world, type.value), &made); break;
    case 3: error = make_function(world.store, kHost[script.below(6)], &world, &made); break;
    case 4: {
      if (world.modules.empty()) return;
      std::vector<Extern> imports;
      for (uint32_t count = script.below(9); count != 0 && !world.externs.empty(); count--) {
        imports.push_back(world.externs[script.below(static_cast<uint32_t>(world.externs.size()))]);
      }
      const Module* module =
          world.modules[script.below(static_cast<uint32_t>(world.modules.size()))];
      Instance* instance = nullptr;
      error = world.store.instantiate(module, Span<const Extern>(imports.data(), imports.size()),
                                      &instance);
      check(error.ok() == (instance != nullptr), "an instance or an error", error);
      if (instance != nullptr) world.instances.push_back(instance);
      return;
    }
    default: {
      if (world.instances.empty()) return;
      Instance* instance =
          world.instances[script.below(static_cast<uint32_t>(world.instances.size()))];
      const Module& module = instance->module();
      if (module.export_count() == 0) return;
      made = Extern::of(*instance, module.export_at(script.below(module.export_count())));
      break;
    }
  }
  check(error.ok() == made.exists(), "something or an error", error);
  if (!error.ok()) return;
  world.externs.push_back(made);
  check(made.is_there() && made.identity() == made.definition().identity(), "it is itself");
  switch (made.kind) {
    case ExternKind::kFunction:
      if (made.instance != nullptr) {
        check(function_of(world.store, made.reference()).identity() == made.identity(),
              "a reference leads back");
      }
      break;
    case ExternKind::kTable: {
      Value value = value_for(world, made.type().value);
      (void)made.table_set(script.below(16), value);
      (void)made.grow_table(script.below(16), value);
      check(made.table_get(script.below(16), &value) || made.table_size() < 16, "an element");
      break;
    }
    case ExternKind::kMemory: {
      (void)made.grow_memory(script.below(3));
      const MutableBytes bytes = made.bytes(script.number(), script.number());
      if (!bytes.empty()) bytes[bytes.size() - 1] = bytes[0];
      break;
    }
    case ExternKind::kGlobal: (void)made.set(value_for(world, made.get().type)); break;
  }
}

#if MOTE_FEATURE_SNAPSHOTS
// Saves all that there is and restores it at once: nothing must have changed. A damaged snapshot is
// refused.
void save_and_restore(World& world) {
  std::vector<Execution*> executions;
  std::vector<RunState> states;
  for (const auto& execution : world.executions) {
    if (execution == nullptr || !execution->error().ok()) continue;
    executions.push_back(execution.get());
    states.push_back(execution->state());
  }
  const Span<Execution* const> all(executions.data(), executions.size());
  std::vector<uint8_t> bytes;
  size_t size = 0;
  const Error saved = save_snapshot(
      world.store, all,
      [](void* context, Bytes more) {
        auto& to = *static_cast<std::vector<uint8_t>*>(context);
        to.insert(to.end(), more.begin(), more.end());
        return true;
      },
      &bytes, &size);
  if (!saved.ok()) {
    check(saved.code == ErrorCode::kBusy, "a snapshot can be saved", saved);
    return;
  }
  check(bytes.size() == size, "the size of a snapshot");
  for (Execution* execution : executions) execution->cancel();
  std::vector<uint8_t> damaged = bytes;
  const uint32_t at = world.script->u32() % static_cast<uint32_t>(damaged.size());
  damaged[at] = static_cast<uint8_t>(damaged[at] ^ (1u << world.script->below(8)));
  check(!restore_snapshot(world.store, all, view(damaged)).ok(), "a damaged snapshot is refused");
  damaged.resize(at);
  check(!restore_snapshot(world.store, all, view(damaged)).ok(), "half a snapshot is refused");
  const Error restored = restore_snapshot(world.store, all, view(bytes));
  check(restored.ok() || restored.code == ErrorCode::kOutOfMemory, "it can be restored", restored);
  if (!restored.ok()) return;
  for (size_t i = 0; i < executions.size(); i++) {
    const bool had_call = states[i] != RunState::kDone && states[i] != RunState::kTrapped;
    check(!had_call || executions[i]->state() == states[i], "the same state");
  }
}
#endif

void forget_all(World& world) {
  if (world.depth != 0) {
    check(world.store.reset().code == ErrorCode::kBusy, "no reset while a guest runs");
    return;
  }
  const auto end_all = [&world] {
    world.loader.reset();
    for (auto& execution : world.executions) execution.reset();
  };
  // Executions and loaders end before, after, or stay: then they refuse to work.
  const uint32_t when = world.script->below(3);
  if (when == 0) end_all();
  check(world.store.reset().ok(), "a reset");
  if (when == 1) end_all();
  world.modules.clear();
  world.instances.clear();
  world.externs.clear();
  check(world.store.provide(kHost, &world).ok() && world.store.provide(kOther, &world).ok(),
        "room for host functions");
}

void step(World& world, Host* host) {
  if (world.script->empty() || ++world.steps > 2000) return;
  Choices& script = *world.script;
  switch (script.below(18)) {
    case 0:
      if (script.below(8) == 0) forget_all(world);
#if MOTE_FEATURE_SNAPSHOTS
      else
        save_and_restore(world);
#endif
      break;
    case 1:
    case 2: use_loader(world); break;
    case 3: {  // whole
      const Module* module = nullptr;
      const Error error = load(world.store, view(file(script.byte())), &module);
      check(error.ok() == (module != nullptr), "a module or an error", error);
      if (module == nullptr) break;
      world.modules.push_back(module);
      add_instance(world, module);
      break;
    }
    case 4:
      if (!world.modules.empty()) {
        add_instance(world,
                     world.modules[script.below(static_cast<uint32_t>(world.modules.size()))]);
      }
      break;
    case 5:
    case 6: use_instance(world, host); break;
    case 7:
      if (host != nullptr) {
        std::vector<Value> arguments;
        Value results[2];
        const Function function = function_for(world, &arguments);
        (void)host->call(function, Span<const Value>(arguments.data(), arguments.size()), results);
        break;
      }
      [[fallthrough]];
    case 8:
    case 9: use_externs(world); break;
    default: use_execution(world); break;
  }
  const MemoryReport report = world.store.memory();
  check(report.used + report.scratch <= report.total && report.peak <= report.total,
        "no more memory than there is");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static FuzzStore memory(kStoreBytes);
  Choices script(data, size);
  check(memory.store.reset().ok(), "a reset");
  World world(memory.store);
  world.script = &script;
  check(world.store.provide(kHost, &world).ok() && world.store.provide(kOther, &world).ok(),
        "room for host functions");
  // Most scripts want a guest and one that imports from it.
  for (const uint32_t index : {0u, 1u, 2u}) {
    const Module* module = nullptr;
    if (index == 1) {
      check(world.store.provide(kHost, &world).ok(), "room for host functions");
    } else {
      check(world.store.provide(kOther, &world).ok(), "room for host functions");
    }
    Error error = load(world.store, view(file(index)), &module);
    check(error.ok(), "a module of test/wat loads", error);
    add_instance(world, module);
    if (index == 0) check(world.store.name_instance("guest", world.instances[0]).ok(), "room");
  }
  while (!script.empty() && world.steps < 2000) {
    const uint32_t before = world.steps;
    step(world, nullptr);
    if (world.steps == before) break;
  }
  return 0;
}
