// Fuzz target: WASI. The input is a list of calls: which function, its arguments, and bytes to
// write into the guest's memory before. The functions are called through a module that imports and
// exports them all. Files are on a small disk in RAM.
#include <mote/ram_disk.hpp>
#include <mote/wasi_files.hpp>

#include "suppliers.hpp"

using namespace mote;
using namespace mote::fuzz;

namespace {

constexpr size_t kStoreBytes = size_t{192} << 10;
constexpr StringView kTexts[] = {"program", "-x", "an argument", ""};
constexpr StringView kEnvironment[] = {"A=1", "LONG=abcdefghijklmnopqrstuvwxyz"};

// A system that does little, and fails now and then.
uint32_t calls = 0;
bool now_and_then() { return ++calls % 7 != 0; }

// What is asked for to wait may never come: the first wait of a call is its last.
Execution* running = nullptr;
void interrupt(void*, uint64_t) { running->interrupt(); }

// Something for small numbers to point at as paths.
constexpr char kPaths[] = "a/b/../a/./c//b/../../x/a";

WasiSystem make_system(uint8_t which) {
  WasiSystem system;
  if ((which & 1) != 0) {
    system.write = [](void*, uint32_t, Bytes bytes) -> int64_t {
      uint32_t sum = 0;
      for (const uint8_t byte : bytes) sum += byte;
      volatile uint32_t sink = sum;
      (void)sink;
      return now_and_then() ? static_cast<int64_t>(bytes.size() - bytes.size() / 3) : -1;
    };
    system.read = [](void*, MutableBytes bytes) -> int64_t {
      for (uint8_t& byte : bytes) byte = 'x';
      return now_and_then() ? static_cast<int64_t>(bytes.size() / 2) : -1;
    };
  }
  if ((which & 2) != 0) {
    system.clock_time = [](void*, uint32_t clock, uint64_t* at) {
      *at = uint64_t{calls} << 30;
      return clock < 2;
    };
    system.clock_resolution = system.clock_time;
    system.sleep = interrupt;
    system.ready = [](void* context, uint32_t, uint64_t time) -> int64_t {
      if (time != 0) interrupt(context, time);
      return now_and_then() ? calls % 3 : -1;
    };
  }
  if ((which & 4) != 0) {
    system.random = [](void*, MutableBytes bytes) {
      for (uint8_t& byte : bytes) byte = 4;
      return now_and_then();
    };
    system.yield = [](void*) {};
  }
  return system;
}

// Imports all of WASI; export number i, named by one byte, is function i. The page size of its
// memory is 1, so that its end is near.
std::vector<uint8_t> make_module(uint32_t memory_bytes) {
  const Span<const HostFunction> functions = Wasi::functions();
  const uint32_t count = static_cast<uint32_t>(functions.size());
  std::vector<uint8_t> types, imports, memory = {1, 8}, exports;
  for (std::vector<uint8_t>* each : {&types, &imports, &exports}) Encoder::put(each, count);
  for (uint32_t i = 0; i < count; i++) {
    types.push_back(0x60);
    Encoder::put(&types, functions[i].type.parameter_types());
    Encoder::put(&types, functions[i].type.result_types());
    Encoder::put(&imports, StringView(functions[i].module_name));
    Encoder::put(&imports, StringView(functions[i].field_name));
    imports.push_back(0);
    Encoder::put(&imports, i);
    exports.push_back(1);
    exports.push_back(static_cast<uint8_t>(i));
    exports.push_back(0);
    Encoder::put(&exports, i);
  }
  Encoder::put(&memory, memory_bytes);
  Encoder::put(&memory, 0);
  Encoder encoder;
  encoder.section(1, types);
  encoder.section(2, imports);
  encoder.section(5, memory);
  encoder.section(7, exports);
  return encoder.bytes();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static FuzzStore memory(kStoreBytes);
  Choices choices(data, size);
  check(memory.store.reset().ok(), "a reset");
  calls = choices.byte();
  const uint8_t which = choices.byte();
  const WasiSystem system = make_system(which);
  Wasi wasi(system, kTexts, kEnvironment);
  check(memory.store.provide(Wasi::functions(), &wasi).ok(), "room for WASI");
  std::vector<uint8_t> disk_memory(64 * (1 + choices.below(24)));
  RamDisk disk(MutableBytes(disk_memory.data(), disk_memory.size()));
  WasiDescriptor descriptors[6];
  WasiFiles files(wasi, disk.file_system(), descriptors);
  check(files.preopen("/", disk.root()) == wasi::kSuccess, "room for a directory");
  const bool has_files = (which & 8) != 0;
  if (has_files) {
    check(memory.store.provide(WasiFiles::functions(), &files).ok(), "room for files");
  }
  const uint32_t sizes[] = {0, 1, 47, 4096, 65536, 100000, 1u << 20, 0xFFFFFFFF};
  const uint32_t memory_bytes = sizes[choices.below(8)];
  const Module* module = nullptr;
  Error error = load(memory.store, view(make_module(memory_bytes)), &module);
  check(error.ok(), "the module of WASI loads", error);
  Instance* instance = nullptr;
  error = memory.store.instantiate(module, &instance);
  check(error.ok(), "the module of WASI links", error);
  Execution execution(memory.store, 1024);
  check(execution.error().ok(), "room for a stack");

  running = &execution;
  const MutableBytes paths = instance->memory(0, sizeof kPaths);
  for (size_t i = 0; i < paths.size(); i++) paths[i] = static_cast<uint8_t>(kPaths[i]);

  for (int call = 0; call < 40 && !choices.empty(); call++) {
    for (uint32_t writes = choices.below(4); writes != 0; writes--) {
      const MutableBytes bytes = instance->memory(choices.number(), 1 + choices.below(48));
      for (uint8_t& byte : bytes) byte = choices.byte();
    }
    const uint32_t index = choices.below(module->export_count());
    std::vector<Value> arguments;
    for (const ValueType type : instance->function_type(index).parameter_types()) {
      // Small numbers are descriptors, flags, and parts of the paths above.
      const bool is_small = has_files && choices.below(4) != 0;
      arguments.push_back({type, is_small ? choices.below(16) : choices.number()});
    }
    const RunState state =
        execution.run({instance, index}, Span<const Value>(arguments.data(), arguments.size()));
    check(state == RunState::kDone || state == RunState::kTrapped, "a call of WASI ends");
    if (state == RunState::kTrapped) {
      const ErrorCode code = execution.trap().code;
      check(code == ErrorCode::kHostExit || code == ErrorCode::kHostTrap, "only these traps",
            execution.trap());
    } else if (execution.result_count() != 0) {
      check(execution.result(0).bits <= 76, "an error number of WASI");
    }
  }
  return 0;
}
