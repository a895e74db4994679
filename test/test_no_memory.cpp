// No memory: every request of every public path is refused once, by its number, and every path runs
// in stores of every size from nothing to enough.
#include <functional>
#include <map>
#include <memory>
#include <mote/wasi.hpp>

#include "refusing_arena.hpp"
#include "wasm_file.hpp"

namespace mote::test {
namespace {

// ---- The world in which the paths run --------------------------------------------------------

uint32_t log_text(StringView text) { return static_cast<uint32_t>(text.size()); }

// Calls the guest's "back" `depth` times, and asks for memory of its own.
HostResult<uint32_t> call_back(Host& host, uint32_t depth) {
  if (host.memory(100 + 5000 * depth, 8).empty()) return host_trap(ErrorCode::kMemoryQuota);
  if (depth == 0) return uint32_t{0};
  const Value argument = Value::i32(static_cast<int32_t>(depth - 1));
  Value result;
  const Error error = host.call(host.instance().function("back"), Span<const Value>(&argument, 1),
                                Span<Value>(&result, 1));
  if (!error.ok()) return host_trap(error.code);
  return static_cast<uint32_t>(result.as_i32());
}

constexpr HostFunction kHost[] = {
    host_function<log_text>("host", "log"),
    host_function<call_back>("host", "call_back"),
};

constexpr StringView kArguments[] = {"program", "first", "second"};

// Modules by name, each read once.
const std::vector<uint8_t>& file(const char* name) {
  static std::map<std::string, std::vector<uint8_t>> files;
  std::vector<uint8_t>& bytes = files[name];
  if (bytes.empty()) bytes = wasm(name);
  return bytes;
}

// What a path ended with.
struct Outcome {
  Error error;
  int32_t value = 0;  // of a guest's function
};

struct World {
  // Where the buffer lies decides what aligning it costs: always the same.
  explicit World(size_t size = 1 << 18)
      : buffer(size + 15, 0xEE),
        store(
            MutableBytes(buffer.data() + (-reinterpret_cast<uintptr_t>(buffer.data()) & 15), size)),
        wasi({}, kArguments) {}

  Error provide() {
    const Error error = store.provide(kHost);
    return error.ok() ? store.provide(Wasi::functions(), &wasi) : error;
  }
  Error load_module(const char* name, LoadOptions options = {}) {
    bytes.push_back(file(name));
    return load(store, view(bytes.back()), &module, options);
  }
  Error add(const char* name) {
    Error error = load_module(name);
    if (error.ok()) error = store.instantiate(module, &instance);
    return error;
  }
  // All that "needs" imports from.
  Error add_guest() {
    Error error = provide();
    if (error.ok()) error = add("guest");
    if (error.ok()) error = store.name_instance("guest", instance);
    return error;
  }
  Error make_execution() {
    execution = std::make_unique<Execution>(store, 4096);
    const Error error = execution->error();
    if (!error.ok()) execution.reset();
    return error;
  }
  Outcome call(const char* name, int32_t argument) {
    const Value value = Value::i32(argument);
    const RunState state = execution->run(instance->function(name), Span<const Value>(&value, 1));
    Outcome outcome;
    if (state == RunState::kDone) {
      outcome.value = execution->result(0).as_i32();
    } else {
      outcome.error = state == RunState::kIdle ? execution->error() : execution->trap();
    }
    return outcome;
  }

  std::vector<std::vector<uint8_t>> bytes;
  std::vector<uint8_t> buffer;
  Store store;
  Wasi wasi;
  const Module* module = nullptr;
  Instance* instance = nullptr;
  std::unique_ptr<Execution> execution;
};

bool is_for_want_of_memory(const Error& error) {
  return error.code == ErrorCode::kOutOfMemory || error.code == ErrorCode::kMemoryQuota;
}

// ---- Paths -----------------------------------------------------------------------------------

struct Path {
  const char* name;
  std::function<Error(World&)> prepare;  // not refused anything
  std::function<Outcome(World&)> act;
  // Some may have come before the refusal that is not given back: guests keep the memory that they
  // touched, an instance stays once it has written to what it imports.
  bool keeps_some = false;
};

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

Path running(const char* function, int32_t argument) {
  return {function,
          [](World& world) {
            Error error = world.add_guest();
            if (error.ok()) error = world.add("needs");
            if (error.ok()) error = world.make_execution();
            return error;
          },
          [=](World& world) { return world.call(function, argument); }, true};
}

std::vector<Path> paths() {
  std::vector<Path> all;
  const auto nothing = [](World&) { return Error(); };
  const auto guest = [](World& world) { return world.add_guest(); };
  for (const char* name : {"needs", "guest", "host", "constant_expressions", "pending"}) {
    all.push_back({name, nothing, [=](World& world) { return Outcome{world.load_module(name)}; }});
    all.push_back({name, nothing, [=](World& world) {
                     return Outcome{world.load_module(name, {true, true})};
                   }});
    all.push_back({name, nothing, [=](World& world) {
                     return Outcome{world.load_module(name, {false, false})};
                   }});
    all.push_back({name, nothing, [=](World& world) { return feed_bytewise(world, name); }});
  }
#if MOTE_FEATURE_SAVED_CODE
  all.push_back({"open_image",
                 [](World& world) {
                   World maker;
                   Error error = maker.load_module("needs");
                   if (!error.ok()) return error;
                   std::vector<uint8_t>& image = world.bytes.emplace_back(size_t{1} << 14);
                   uint32_t size = 0;
                   return save_image(*maker.module, view(maker.bytes.back()),
                                     MutableBytes(image.data(), image.size()), &size);
                 },
                 [](World& world) {
                   return Outcome{open_image(world.store, view(world.bytes.back()), &world.module)};
                 }});
#endif
  all.push_back({"load among others", guest, load_among_others});
  all.push_back(
      {"provide", nothing, [](World& world) { return Outcome{world.store.provide(kHost)}; }});
  all.push_back({"name_instance", guest, [](World& world) {
                   return Outcome{world.store.name_instance("a name", world.instance)};
                 }});
  all.push_back(
      {"instantiate",
       [](World& world) {
         const Error error = world.add_guest();
         return error.ok() ? world.load_module("needs") : error;
       },
       [](World& world) { return Outcome{world.store.instantiate(world.module, &world.instance)}; },
       true});
  for (const char* name : {"window", "constant_expressions", "guest"}) {
    all.push_back({name, [=](World& world) { return world.load_module(name); },
                   [](World& world) {
                     return Outcome{world.store.instantiate(world.module, &world.instance)};
                   }});
  }
  all.push_back({"execution", guest, [](World& world) { return Outcome{world.make_execution()}; }});
  all.push_back({"memory for the host", guest, [](World& world) {
                   Outcome outcome;
                   if (world.instance->memory(30000, 5000).empty()) {
                     outcome.error.code = ErrorCode::kMemoryQuota;
                   }
                   return outcome;
                 }});
  all.push_back(running("touch", 3));
  all.push_back(running("touch", 65532));
  all.push_back(running("grow_memory", 1));
  all.push_back(running("grow_numbers", 500));
  all.push_back(running("grow_functions", 500));
  all.push_back(running("fill", 9000));
  all.push_back(running("copy", 9000));
  all.push_back(running("init", 9));
  all.push_back(running("init_table", 3));
  all.push_back(running("log", 60000));
  all.push_back(running("back", 5));
  all.push_back(running("all", 0));
  all.push_back({"a WASI program",
                 [](World& world) {
                   Error error = world.provide();
                   if (error.ok()) error = world.add("wasi_calls");
                   if (error.ok()) error = world.make_execution();
                   return error;
                 },
                 [](World& world) {
                   // The guest is told with an error number.
                   Outcome outcome = world.call("arguments", 50000);
                   if (outcome.value != 0) outcome.value = -1;
                   return outcome;
                 },
                 true});
  return all;
}

// ---- Each request is refused once ------------------------------------------------------------

// The state that a refusal must not change.
struct Taken {
  explicit Taken(const Store& store) : used(store.memory().used), scratch(store.memory().scratch) {}
  size_t used;
  size_t scratch;
};

TEST(NoMemory, EveryRequestThatIsRefusedIsACleanErrorAndTheSamePathSucceedsAfterwards) {
  uint32_t refusals = 0;
  for (const Path& path : paths()) {
    World smooth;
    Error error = path.prepare(smooth);
    ASSERT_TRUE(error.ok()) << path.name << ": " << text(error);
    const Outcome wanted = path.act(smooth);
    ASSERT_TRUE(wanted.error.ok()) << path.name << ": " << text(wanted.error);
    const Taken finally(smooth.store);

    for (uint32_t nth = 0;; nth++) {
      SCOPED_TRACE(std::string(path.name) + ", request " + std::to_string(nth));
      World world;
      ASSERT_TRUE(path.prepare(world).ok());
      const Taken before(world.store);
      refuse_request(nth);
      const Outcome outcome = path.act(world);
      if (stop_refusing() <= nth) break;
      refusals++;
      // Some requests have a second choice: more than is needed, or a place where nothing moves.
      const bool was_refused = !outcome.error.ok() || outcome.value == -1;
      if (!outcome.error.ok()) {
        EXPECT_TRUE(is_for_want_of_memory(outcome.error)) << text(outcome.error);
      } else if (!was_refused) {
        EXPECT_EQ(outcome.value, wanted.value);
      }
      const Taken after(world.store);
      if (was_refused) {
        EXPECT_EQ(after.scratch, before.scratch);
        if (!path.keeps_some) {
          EXPECT_EQ(after.used, before.used);
        }
        const Outcome again = path.act(world);
        EXPECT_TRUE(again.error.ok()) << text(again.error);
        EXPECT_EQ(again.value, wanted.value);
        if (!path.keeps_some) {
          EXPECT_EQ(Taken(world.store).used, finally.used);
        }
        EXPECT_EQ(Taken(world.store).scratch, finally.scratch);
      }
    }
  }
  RecordProperty("refusals", static_cast<int>(refusals));
  EXPECT_GT(refusals, 1000u);
}

// ---- Every size of the store -----------------------------------------------------------------

// All of it, in one go: what fails first is the outcome.
Outcome live_whole_life(World& world, const char* function, int32_t argument) {
  Outcome outcome;
  outcome.error = world.add_guest();
  if (outcome.error.ok()) outcome.error = world.add("needs");
  if (outcome.error.ok()) outcome.error = world.make_execution();
  if (outcome.error.ok()) outcome = world.call(function, argument);
  return outcome;
}

// All sizes take long with a sanitizer, or on a machine that is emulated.
#if !defined(__x86_64__) || defined(__SANITIZE_ADDRESS__)
constexpr size_t kStep = 7;
#elif !defined(__has_feature)
constexpr size_t kStep = 1;
#elif __has_feature(address_sanitizer)
constexpr size_t kStep = 7;
#else
constexpr size_t kStep = 1;
#endif

TEST(NoMemory, StoresOfEverySizeAreTooSmallOrEnough) {
  // Up to where the first function runs, all sizes; what comes before is the same for the others.
  size_t first = 0;
  for (const char* function : {"touch", "grow_numbers", "all"}) {
    uint32_t enough = 0;
    size_t size = first;
    for (; enough < 64; size += kStep) {
      SCOPED_TRACE(std::string(function) + " in " + std::to_string(size) + " bytes");
      ASSERT_LT(size, size_t{1} << 17);
      // Exactly as large as it says: the sanitizers see what lies beyond.
      World world(size);
      const Outcome outcome = live_whole_life(world, function, 1000);
      if (!outcome.error.ok()) {
        ASSERT_TRUE(is_for_want_of_memory(outcome.error)) << text(outcome.error);
      } else if (outcome.value == -1) {
        ASSERT_NE(world.store.memory().refused_growths, 0u);
      }
      enough = outcome.error.ok() && outcome.value != -1 ? enough + 1 : 0;
      ASSERT_LE(world.store.memory().peak, size);
      world.execution.reset();
      ASSERT_EQ(world.store.memory().scratch, 0u);
    }
    if (first == 0) first = size - 1000;
  }
}

}  // namespace
}  // namespace mote::test
