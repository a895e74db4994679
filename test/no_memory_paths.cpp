// The world of no_memory.hpp, and the paths through the C++ API.
#include <map>

#include "no_memory.hpp"

namespace mote::test {
namespace {

uint32_t log_text(StringView text) { return static_cast<uint32_t>(text.size()); }

// Calls the guest's "back" `depth` times, and asks for memory of its own.
HostResult<uint32_t> call_back(Host& host, uint32_t depth) {
  if (host.memory(100 + 5000 * depth, 8).empty()) return host_trap(ErrorCode::kMemoryQuota);
  const ErrorCode code = host.touch(3000 * depth, 700);
  if (code != ErrorCode::kOk) return host_trap(code);
  if (depth == 0) return uint32_t{0};
  const Value argument = Value::i32(static_cast<int32_t>(depth - 1));
  Value result;
  const Error error = host.call(host.instance().function("back"), Span<const Value>(&argument, 1),
                                Span<Value>(&result, 1));
  if (!error.ok()) return host_trap(error.code);
  return static_cast<uint32_t>(result.as_i32());
}

uint32_t twice(uint32_t number) { return 2 * number; }
#if MOTE_FEATURE_SNAPSHOTS
HostResult<uint64_t> later(uint32_t) { return not_yet(); }
#endif

constexpr HostFunction kHost[] = {
    host_function<log_text>("host", "log"),
    host_function<call_back>("host", "call_back"),
#if MOTE_FEATURE_SNAPSHOTS
    host_function<later>("host", "later"),
#endif
};
constexpr HostFunction kTwice = host_function<twice>("", "");

constexpr StringView kArguments[] = {"program", "first", "second"};
constexpr StringView kEnvironment[] = {"NAME=value", "OTHER=x"};

bool clock_time(void*, uint32_t, uint64_t* nanoseconds) {
  *nanoseconds = 7;
  return true;
}
bool random(void*, MutableBytes bytes) {
  for (uint8_t& byte : bytes) byte = 4;
  return true;
}
int64_t read(void*, MutableBytes bytes) {
  for (uint8_t& byte : bytes) byte = 'x';
  return static_cast<int64_t>(bytes.size());
}

WasiSystem system() {
  WasiSystem system;
  system.clock_time = clock_time;
  system.clock_resolution = clock_time;
  system.random = random;
  system.read = read;
  return system;
}

void destroy(mote_execution* execution) {
  mote_execution_destroy(execution);
  delete execution;
}

}  // namespace

const std::vector<uint8_t>& file(const std::string& name) {
  static std::map<std::string, std::vector<uint8_t>> files;
  std::vector<uint8_t>& bytes = files[name];
  if (bytes.empty()) bytes = wasm(name);
  return bytes;
}

bool append_bytes(void* vector, Bytes bytes) {
  auto& out = *static_cast<std::vector<uint8_t>*>(vector);
  out.insert(out.end(), bytes.begin(), bytes.end());
  return true;
}

// ---- World -----------------------------------------------------------------------------------

// Nothing may rely on zeros. The buffers are exactly as large as they say: the sanitizers see what
// lies beyond.
// Where the buffer lies decides what aligning it costs: always the same.
World::World(size_t size)
    : buffer(size + 15, 0xEE),
      store(MutableBytes(buffer.data() + (-reinterpret_cast<uintptr_t>(buffer.data()) & 15), size)),
      wasi(system(), kArguments, kEnvironment),
      disk_memory(4096, 0xEE),
      disk(MutableBytes(disk_memory.data(), disk_memory.size())),
      c_buffer(size, 0xEE),
      c_execution(nullptr, destroy) {
  mote_store_init(&c_store, c_buffer.data(), c_buffer.size(), false);
}

Error World::provide() {
  const Error error = store.provide(kHost);
  return error.ok() ? store.provide(Wasi::functions(), &wasi) : error;
}

Error World::load_module(const char* name, LoadOptions options) {
  bytes.push_back(file(name));
  return load(store, view(bytes.back()), &module, options);
}

Error World::add(const char* name) {
  Error error = load_module(name);
  if (error.ok()) error = store.instantiate(module, &instance);
  return error;
}

Error World::add_guest() {
  Error error = provide();
  if (error.ok()) error = add("guest");
  if (error.ok()) error = store.name_instance("guest", instance);
  return error;
}

Error World::add_needs() {
  Error error = add_guest();
  if (error.ok()) error = add("needs");
  if (error.ok()) error = make_execution();
  return error;
}

Error World::add_files() {
  files = std::make_unique<WasiFiles>(wasi, disk.file_system(), descriptors);
  if (files->preopen("/", disk.root()) != wasi::kSuccess) return failed(ErrorCode::kHostTrap).error;
  Error error = provide();
  if (error.ok()) error = store.provide(WasiFiles::functions(), files.get());
  if (error.ok()) error = add("wasi/raw");
  if (error.ok()) error = make_execution();
  return error;
}

Error World::make_execution() {
  execution = std::make_unique<Execution>(store, 4096);
  const Error error = execution->error();
  if (!error.ok()) execution.reset();
  return error;
}

Outcome World::call(const char* name, int32_t argument) {
  const Value value = Value::i32(argument);
  execution->run(instance->function(name), Span<const Value>(&value, 1));
  return outcome();
}

Outcome World::outcome() const {
  Outcome outcome;
  switch (execution->state()) {
    case RunState::kDone:
      if (execution->result_count() != 0) outcome.value = execution->result(0).as_i32();
      break;
    case RunState::kIdle: outcome.error = execution->error(); break;
    default: outcome.error = execution->trap();
  }
  return outcome;
}

Error World::reset() {
  execution.reset();
  module = nullptr;
  instance = nullptr;
  c_module = nullptr;
  c_instance = nullptr;
  c_execution.reset();
  files.reset();
  for (WasiDescriptor& descriptor : descriptors) descriptor = WasiDescriptor();
  mote_store_reset(&c_store);
  return store.reset();
}

World::Taken World::taken() const {
  const MemoryReport report = store.memory();
  const mote_memory_report c_report = mote_store_memory(&c_store);
  Taken taken = {report.used + c_report.used, report.scratch + c_report.scratch, 0};
  for (const WasiDescriptor& descriptor : descriptors) {
    if (descriptor.kind != WasiDescriptor::kFree) taken.others++;
  }
  taken.others += disk_memory.size() - disk.free_blocks();
  return taken;
}

// ---- Paths -----------------------------------------------------------------------------------

namespace {

Outcome feed_bytewise(World& world, const char* name) {
  world.bytes.push_back(file(name));
  Outcome outcome;
  Loader loader(world.store);
  for (const uint8_t& byte : world.bytes.back()) loader.feed(Bytes(&byte, 1));
  outcome.error = loader.finish(&world.module);
  return outcome;
}

// Loads "needs" while an execution is made and ends, and a guest takes memory.
Outcome load_among_others(World& world) {
  world.bytes.push_back(file("needs"));
  const Bytes all = view(world.bytes.back());
  Outcome outcome;
  Loader loader(world.store);
  loader.feed(Bytes(all.data(), 100));
  Execution other(world.store, 256);
  outcome.error = other.error();
  if (!outcome.error.ok()) return outcome;
  loader.feed(all.from(100));
  outcome.error = loader.finish(&world.module);
  return outcome;
}

// Each function of "needs" takes memory in another way.
Path running(const char* function, int32_t argument) {
  return {std::string(function) + " " + std::to_string(argument),
          [](World& world) { return world.add_needs(); },
          [=](World& world) { return world.call(function, argument); }, Leaves::kSome};
}

// The same, started, paused again and again and resumed.
Path resuming(const char* name, std::function<void(World&)> go_on) {
  return {name, [](World& world) { return world.add_needs(); },
          [=](World& world) {
            const Value argument = Value::i32(4);
            Outcome outcome;
            outcome.error = world.execution->start(world.instance->function("in_a_loop"),
                                                   Span<const Value>(&argument, 1));
            if (!outcome.error.ok()) return outcome;
            uint32_t pauses = 0;
            for (; world.execution->state() == RunState::kReady ||
                   world.execution->state() == RunState::kInterrupted ||
                   world.execution->state() == RunState::kOutOfFuel ||
                   world.execution->state() == RunState::kDeadline;
                 pauses++) {
              go_on(world);
            }
            outcome = world.outcome();
            if (outcome.error.ok() && pauses < 4) return failed(ErrorCode::kHostTrap);
            return outcome;
          },
          Leaves::kSome};
}

// What paths begin with, made once in a world of its own.
struct Kept {
  std::vector<uint8_t> bytes;
  Error error;
};

#if MOTE_FEATURE_SAVED_CODE
Kept make_image(const char* name) {
  Kept image;
  World maker;
  image.error = maker.load_module(name);
  if (!image.error.ok()) return image;
  image.bytes.resize(size_t{1} << 14);
  uint32_t size = 0;
  image.error = save_image(*maker.module, view(maker.bytes.back()),
                           MutableBytes(image.bytes.data(), image.bytes.size()), &size);
  return image;
}
#endif

void add_loading(std::vector<Path>& all) {
  const auto nothing = [](World&) { return Error(); };
  for (const char* name : {"needs", "guest", "host", "constant_expressions", "pending"}) {
    const std::string load = std::string("load ") + name;
    all.push_back({load, nothing, [=](World& world) { return Outcome{world.load_module(name)}; }});
    all.push_back({load + " in place", nothing, [=](World& world) {
                     return Outcome{world.load_module(name, {true, true})};
                   }});
    all.push_back({load + " without names", nothing, [=](World& world) {
                     return Outcome{world.load_module(name, {false, false})};
                   }});
    all.push_back(
        {load + " by bytes", nothing, [=](World& world) { return feed_bytewise(world, name); }});
  }
  all.push_back(
      {"load among others", [](World& world) { return world.add_guest(); }, load_among_others});
#if MOTE_FEATURE_QUOTAS
  all.push_back({"load within a quota",
                 [](World& world) {
                   Quota quota;
                   quota.module_bytes = 1 << 16;
                   world.store.set_quota(quota);
                   return Error();
                 },
                 [](World& world) { return Outcome{world.load_module("needs")}; }});
#endif
#if MOTE_FEATURE_SAVED_CODE
  // Images are made without taking memory of the store, in one piece and in pieces.
  all.push_back({"open_image",
                 [](World& world) {
                   static const Kept image = make_image("needs");
                   world.bytes.push_back(image.bytes);
                   return image.error;
                 },
                 [](World& world) {
                   return Outcome{open_image(world.store, view(world.bytes[0]), &world.module)};
                 }});
  all.push_back({"make an image in pieces and open it", nothing, [](World& world) {
                   const std::vector<uint8_t>& module = file("guest");
                   std::vector<uint8_t> page(64);
                   std::vector<uint8_t>& image = world.bytes.emplace_back(size_t{1} << 14);
                   ImageWriter writer(
                       [](void* context, uint32_t offset, Bytes bytes) {
                         auto& to = *static_cast<std::vector<uint8_t>*>(context);
                         memcpy(to.data() + offset, bytes.data(), bytes.size());
                         return true;
                       },
                       &image, MutableBytes(page.data(), page.size()));
                   Outcome outcome;
                   {
                     World maker;
                     Loader loader(maker.store);
                     for (size_t at = 0; at < module.size(); at += 50) {
                       const size_t size = module.size() - at < 50 ? module.size() - at : 50;
                       loader.feed(Bytes(module.data() + at, size));
                       outcome.error = writer.feed(Bytes(module.data() + at, size));
                       if (!outcome.error.ok()) return outcome;
                     }
                     outcome.error = loader.finish(&maker.module);
                     uint32_t size = 0;
                     if (outcome.error.ok()) {
                       outcome.error = writer.finish(*maker.module, &size);
                     }
                   }
                   if (outcome.error.ok()) {
                     outcome.error = open_image(world.store, view(image), &world.module);
                   }
                   return outcome;
                 }});
#endif
}

void add_instances(std::vector<Path>& all) {
  const auto nothing = [](World&) { return Error(); };
  const auto guest = [](World& world) { return world.add_guest(); };
  all.push_back(
      {"provide", nothing, [](World& world) { return Outcome{world.store.provide(kHost)}; }});
  all.push_back({"name_instance", guest, [](World& world) {
                   return Outcome{world.store.name_instance("a name", world.instance)};
                 }});
  all.push_back(
      {"instantiate needs",
       [](World& world) {
         const Error error = world.add_guest();
         return error.ok() ? world.load_module("needs") : error;
       },
       [](World& world) { return Outcome{world.store.instantiate(world.module, &world.instance)}; },
       Leaves::kSome});
  for (const char* name : {"window", "constant_expressions", "guest"}) {
    all.push_back({std::string("instantiate ") + name,
                   [=](World& world) { return world.load_module(name); },
                   [](World& world) {
                     return Outcome{world.store.instantiate(world.module, &world.instance)};
                   }});
  }
  all.push_back({"execution", guest, [](World& world) { return Outcome{world.make_execution()}; }});
  all.push_back({"memory for the host", guest, [](World& world) {
                   return world.instance->memory(30000, 5000).empty()
                              ? failed(ErrorCode::kMemoryQuota)
                              : Outcome();
                 }});
}

// ---- What the host makes

ExternType limits(uint32_t minimum, uint32_t maximum, ValueType value = ValueType::kNone) {
  ExternType type;
  type.value = value;
  type.limits = {minimum, maximum, true};
  return type;
}

struct Made {
  Extern memory, table, limit, count, function;
};

Error make_all(World& world, Made* made) {
  ExternType number;
  number.value = ValueType::kI32;
  ExternType variable;
  variable.value = ValueType::kI64;
  variable.is_mutable = true;
  Error error = make_memory(world.store, limits(1, 4), &made->memory);
  if (error.ok()) {
    error = make_table(world.store, limits(3, 8, ValueType::kFuncRef),
                       Value::null(ValueType::kFuncRef), &made->table);
  }
  if (error.ok()) error = make_global(world.store, number, Value::i32(5), &made->limit);
  if (error.ok()) error = make_global(world.store, variable, Value::i64(6), &made->count);
  if (error.ok()) error = make_function(world.store, kTwice, nullptr, &made->function);
  return error;
}

void add_externs(std::vector<Path>& all) {
  const auto nothing = [](World&) { return Error(); };
  all.push_back({"make_memory", nothing, [](World& world) {
                   Extern made;
                   return Outcome{make_memory(world.store, limits(1, 4), &made)};
                 }});
  all.push_back({"make_table", nothing, [](World& world) {
                   Extern made;
                   return Outcome{make_table(world.store, limits(300, 800, ValueType::kFuncRef),
                                             Value::null(ValueType::kFuncRef), &made)};
                 }});
  all.push_back({"make_global", nothing, [](World& world) {
                   ExternType type;
                   type.value = ValueType::kI64;
                   Extern made;
                   return Outcome{make_global(world.store, type, Value::i64(1), &made)};
                 }});
  all.push_back({"make_function", nothing, [](World& world) {
                   Extern made;
                   return Outcome{make_function(world.store, kTwice, nullptr, &made)};
                 }});
  all.push_back({"bytes, grow_memory and grow_table of what the host made", nothing,
                 [](World& world) {
                   Made made;
                   Outcome outcome;
                   outcome.error = make_all(world, &made);
                   if (!outcome.error.ok()) return outcome;
                   if (made.memory.bytes(20000, 3000).empty() || !made.memory.grow_memory(2) ||
                       made.memory.bytes(120000, 3000).empty() ||
                       !made.table.grow_table(5, made.function.reference())) {
                     return failed(ErrorCode::kOutOfMemory);
                   }
                   return outcome;
                 },
                 Leaves::kSome});
#if MOTE_FEATURE_REFERENCE_TYPES
  all.push_back({"instantiate by position",
                 [](World& world) { return world.load_module("positional"); },
                 [](World& world) {
                   Made made;
                   Outcome outcome;
                   outcome.error = make_all(world, &made);
                   const Extern given[] = {made.function, made.memory, made.function,
                                           made.table,    made.limit,  made.count};
                   if (outcome.error.ok()) {
                     outcome.error = world.store.instantiate(world.module, given, &world.instance);
                   }
                   return outcome;
                 },
                 Leaves::kSome});
#endif
}

// ---- Running

void add_runs(std::vector<Path>& all) {
#if MOTE_MEMORY_WINDOW
  all.push_back(running("touch", 3));  // below what is backed
#endif
  all.push_back(running("touch", 65532));
  all.push_back(running("grow_numbers", 500));
  all.push_back(running("grow_functions", 500));
  all.push_back(running("fill", 9000));
  all.push_back(running("copy", 9000));
  all.push_back(running("init", 9));
  all.push_back(running("log", 60000));
  all.push_back(running("back", 5));
  all.push_back(running("all", 0));
  all.push_back(resuming("resume within limits", [](World& world) {
    RunLimits limits;
    limits.share = 1;
    world.execution->resume(limits);
  }));
  all.push_back(resuming("resume with more fuel", [](World& world) {
    world.execution->set_fuel(1);
    world.execution->resume();
  }));
  all.push_back(resuming("round robin", [](World& world) {
    RoundRobin::Guest guests[] = {{world.execution.get(), 1}};
    RoundRobin(guests).turn();
  }));
  all.push_back({"two guests in turn", [](World& world) { return world.add_needs(); },
                 [](World& world) {
                   Execution other(world.store, 1024);
                   Outcome outcome;
                   outcome.error = other.error();
                   const Value argument = Value::i32(4);
                   const Function function = world.instance->function("in_a_loop");
                   for (Execution* each : {&other, world.execution.get()}) {
                     if (outcome.error.ok()) {
                       outcome.error = each->start(function, Span<const Value>(&argument, 1));
                     }
                   }
                   if (!outcome.error.ok()) return outcome;
                   RoundRobin::Guest guests[] = {{&other, 1}, {world.execution.get(), 2}};
                   RoundRobin round_robin(guests);
                   while (round_robin.turn() != 0) {
                   }
                   outcome = world.outcome();
                   if (other.state() == RunState::kTrapped) outcome.error = other.trap();
                   return outcome;
                 },
                 Leaves::kSome});
  all.push_back({"typed calls", [](World& world) { return world.add_needs(); },
                 [](World& world) {
                   const auto touched =
                       world.instance->call<int32_t(int32_t)>(*world.execution, "touch", 44444);
                   Outcome outcome;
                   outcome.error = touched.error();
                   if (!touched.ok()) return outcome;
                   TypedFunction<int32_t(int32_t)> fill(*world.execution, *world.instance, "fill");
                   const auto filled = fill(5000);
                   outcome.error = filled.error();
                   outcome.value = filled.value();
                   return outcome;
                 },
                 Leaves::kSome});
#if MOTE_FEATURE_QUOTAS
  all.push_back({"run within a quota",
                 [](World& world) {
                   Quota quota;
                   quota.memory_bytes = 1 << 16;
                   quota.table_entries = 1000;
                   world.store.set_quota(quota);
                   return world.add_needs();
                 },
                 [](World& world) {
                   const Outcome outcome = world.call("grow_numbers", 500);
                   return outcome.error.ok() && outcome.value != -1 ? world.call("touch", 30000)
                                                                    : outcome;
                 },
                 Leaves::kSome});
#endif
}

#if MOTE_FEATURE_SNAPSHOTS && MOTE_FEATURE_REFERENCE_TYPES

// The guest of test_snapshot.cpp.
Error add_snapshot_guest(World& world) {
  Error error = world.add_guest();
  if (error.ok()) error = world.add("snapshot");
  if (error.ok()) error = world.make_execution();
  return error;
}

Kept make_snapshot() {
  Kept snapshot;
  World before;
  snapshot.error = add_snapshot_guest(before);
  if (!snapshot.error.ok()) return snapshot;
  before.call("work", 7);
  if (before.execution->state() != RunState::kWaiting) {
    snapshot.error = failed(ErrorCode::kHostTrap).error;
    return snapshot;
  }
  Execution* const executions[] = {before.execution.get()};
  size_t size = 0;
  snapshot.error = save_snapshot(before.store, executions, append_bytes, &snapshot.bytes, &size);
  return snapshot;
}

void add_snapshots(std::vector<Path>& all) {
  all.push_back({"take a snapshot, restore it and go on",
                 [](World& world) {
                   static const Kept snapshot = make_snapshot();
                   world.bytes.push_back(snapshot.bytes);
                   return snapshot.error.ok() ? add_snapshot_guest(world) : snapshot.error;
                 },
                 [](World& world) {
                   Execution* const executions[] = {world.execution.get()};
                   Outcome outcome;
                   outcome.error = restore_snapshot(world.store, executions, view(world.bytes[0]));
                   if (!outcome.error.ok()) return outcome;
                   const Value answer = Value::i64(77);
                   outcome.error = world.execution->complete(Span<const Value>(&answer, 1));
                   if (!outcome.error.ok()) return outcome;
                   world.execution->resume();
                   outcome = world.outcome();
                   // This guest uses what it asked for without looking whether it got it.
                   if (outcome.error.code == ErrorCode::kMemoryBounds &&
                       world.store.memory().refused_growths != 0) {
                     outcome.error.code = ErrorCode::kOutOfMemory;
                   }
                   return outcome;
                 },
                 Leaves::kRubbish});
}

#endif

}  // namespace

std::vector<Path> core_paths() {
  std::vector<Path> all;
  add_loading(all);
  add_instances(all);
  add_externs(all);
  add_runs(all);
#if MOTE_FEATURE_SNAPSHOTS && MOTE_FEATURE_REFERENCE_TYPES
  add_snapshots(all);
#endif
  return all;
}

}  // namespace mote::test
