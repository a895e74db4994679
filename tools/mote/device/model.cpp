// The device model: Mote as it is on a 32-bit microcontroller, compiled to WebAssembly, so that the
// command can run it. wasm32 has the sizes and alignments of 32-bit ARM and RISC-V, and the same
// sources with the same switches (profile, compact encoding, small or fast handlers) take the same
// bytes: what the store's buffer must hold is not estimated but seen. test/boards compares it
// with firmware. The native stack and the flash of the VM cannot be seen here.
//
// Not a part of the firmware, and no part of the library: `mote inspect --ram` only.
#include <mote/mote.hpp>
#include <mote/ram_disk.hpp>
#include <mote/wasi.hpp>
#include <mote/wasi_files.hpp>

#include "loader/module_data.hpp"
#include "trial.hpp"

#define EXPORT(name) extern "C" __attribute__((export_name(name)))

extern "C" uint8_t __heap_base;

namespace {

using namespace mote;
using device::Trial;

// ---- Memory of the model's own: grows, and is never given back -------------------------------

uintptr_t free_at = 0;

uint8_t* take(uint32_t bytes) {
  constexpr uint32_t kPage = 65536;
  if (free_at == 0) free_at = reinterpret_cast<uintptr_t>(&__heap_base);
  const uint64_t at = (free_at + 15) & ~uint64_t{15};
  const uint64_t end = at + bytes;
  const uint64_t size = uint64_t{__builtin_wasm_memory_size(0)} * kPage;
  if (end > UINT32_MAX) return nullptr;
  if (end > size &&
      __builtin_wasm_memory_grow(0, (end - size + kPage - 1) / kPage) == static_cast<size_t>(-1)) {
    return nullptr;
  }
  free_at = static_cast<uintptr_t>(end);
  return reinterpret_cast<uint8_t*>(static_cast<uintptr_t>(at));
}

char* copy_name(StringView name) {
  char* copy = reinterpret_cast<char*>(take(static_cast<uint32_t>(name.size()) + 1));
  if (copy == nullptr) return nullptr;
  memcpy(copy, name.data(), name.size());
  copy[name.size()] = 0;
  return copy;
}

// ---- Imports that do nothing -----------------------------------------------------------------

uint32_t stub_calls = 0;

template <uint32_t kResultSlots>
HostStatus do_nothing(Host&, uint8_t* slots) {
  stub_calls++;
  memset(slots, 0, kResultSlots * 4);
  return {};
}
HostStatus refuse(Host&, uint8_t*) { return host_trap(); }

detail::HostThunk stub_for(const FunctionType& type) {
  switch (detail::slots_of_list(type.result_types())) {
    case 0: return detail::as_thunk<do_nothing<0>>;
    case 1: return detail::as_thunk<do_nothing<1>>;
    case 2: return detail::as_thunk<do_nothing<2>>;
    default: return detail::as_thunk<refuse>;
  }
}

constexpr StringView kWasiModule = "wasi_snapshot_preview1";

int64_t discard(void*, uint32_t, Bytes bytes) { return static_cast<int64_t>(bytes.size()); }
bool read_clock(void*, uint32_t, uint64_t* nanoseconds) {
  static uint64_t time = 0;
  *nanoseconds = time += 1000000;
  return true;
}
bool fill(void*, MutableBytes bytes) {
  memset(bytes.data(), 0x5A, bytes.size());
  return true;
}
void sleep(void*, uint64_t) {}

WasiSystem wasi_system() {
  WasiSystem system;
  system.write = discard;
  system.clock_time = read_clock;
  system.clock_resolution = read_clock;
  system.random = fill;
  system.sleep = sleep;
  return system;
}

const WasiSystem kSystem = wasi_system();
constexpr StringView kArguments[] = {"app"};
Span<const HostFunction> stubs;
bool uses_wasi = false;
bool uses_files = false;

// Stubs for all functions that the module imports, but for WASI's. They point into `module`.
bool make_stubs(const Module& module) {
  HostFunction* made = reinterpret_cast<HostFunction*>(
      take(static_cast<uint32_t>(sizeof(HostFunction)) * module.import_count()));
  if (made == nullptr) return false;
  uint32_t count = 0;
  for (uint32_t i = 0; i < module.import_count(); i++) {
    const ImportInfo import = module.import(i);
    if (import.type.kind != ExternKind::kFunction) continue;
    if (import.module_name == kWasiModule) {
      uses_wasi = true;
      uses_files = uses_files || import.field_name == StringView("path_open");
      continue;
    }
    HostFunction stub;
    stub.module_name = copy_name(import.module_name);
    stub.field_name = copy_name(import.field_name);
    if (stub.module_name == nullptr || stub.field_name == nullptr) return false;
    stub.type = import.type.function;
    stub.thunk = stub_for(stub.type);
    made[count++] = stub;
  }
  stubs = Span<const HostFunction>(made, count);
  return true;
}

// ---- What modules say about their memory -----------------------------------------------------

void look_at_memory(const Module& module, Trial* trial) {
  const detail::ModuleData& data = detail::ModuleData::of(module);
  uint64_t declared = 0;
  for (uint32_t i = data.imported_memories; i < data.memory_count; i++) {
    const detail::MemoryType& type = data.memories[i];
    declared += uint64_t{type.limits.minimum} << type.page_size_log2;
    if (i == 0) trial->page_size = 1u << type.page_size_log2;
  }
  trial->memory_declared = declared > UINT32_MAX ? UINT32_MAX : static_cast<uint32_t>(declared);
  for (uint32_t i = data.imported_tables; i < data.table_count; i++) {
    trial->table_bytes += data.tables[i].limits.minimum * 4;
  }
  trial->global_bytes = data.global_slots * 4;
  trial->data_begin = UINT32_MAX;
  for (uint32_t i = 0; i < data.data_count; i++) {
    const detail::DataSegment& segment = data.data[i];
    if (segment.mode != detail::SegmentMode::kActive || segment.size == 0 ||
        segment.offset.kind != detail::ConstExpr::kValue) {
      continue;
    }
    const uint32_t begin = segment.offset.index();
    if (begin < trial->data_begin) trial->data_begin = begin;
    if (begin + segment.size > trial->data_end) trial->data_end = begin + segment.size;
  }
  if (trial->data_end == 0) trial->data_begin = 0;
  // Linkers make the stack pointer of C the first global.
  if (data.global_count > data.imported_globals && data.memory_count != 0) {
    const detail::GlobalData& first = data.globals[data.imported_globals];
    if (first.type == ValueType::kI32 && first.is_mutable &&
        first.init.kind == detail::ConstExpr::kValue && first.init.index() <= declared &&
        (first.init.index() & 15) == 0) {
      trial->stack_pointer = first.init.index();
    }
  }
}

// ---- A trial ---------------------------------------------------------------------------------

void set_error(Trial* trial, const Error& error) {
  trial->error = static_cast<uint32_t>(error.code);
  trial->feature = static_cast<uint32_t>(error.feature);
  trial->offset = error.offset;
  trial->function = error.function;
  trial->index = error.index;
}

uint32_t in_use(const Store& store) {
  const MemoryReport memory = store.memory();
  return static_cast<uint32_t>(memory.used + memory.scratch);
}

// As firmware that takes a module from a line: in chunks that are used again for the next one.
Error load_stream(Store& store, Bytes bytes, const Module** module, LoadOptions options) {
  uint8_t chunk[64];
  Loader loader(store, options);
  for (size_t at = 0; at < bytes.size(); at += sizeof chunk) {
    const size_t size = bytes.size() - at < sizeof chunk ? bytes.size() - at : sizeof chunk;
    memcpy(chunk, bytes.data() + at, size);
    if (loader.feed(Bytes(chunk, size)) == LoadState::kFailed) return loader.error();
  }
  return loader.finish(module);
}

Error load_module(Store& store, const Trial& trial, const Module** module) {
  const Bytes bytes(reinterpret_cast<const uint8_t*>(trial.module_at), trial.module_bytes);
  LoadOptions options;
  options.keep_names = trial.keep_names != 0;
  if (trial.way == device::kSaved) return open_image(store, bytes, module, options);
  options.bytes_stay = trial.way == device::kFlash;
  if (trial.way == device::kStream) return load_stream(store, bytes, module, options);
  return load(store, bytes, module, options);
}

void count_fuel(const Execution& execution, Trial* trial) {
  const uint64_t used = trial->fuel - execution.fuel() + uint64_t{trial->fuel_used};
  trial->fuel_used = used > UINT32_MAX ? UINT32_MAX : static_cast<uint32_t>(used);
}

// Calls one export, with zeros for arguments. False: it did not come to its end.
bool call(Execution& execution, Instance& instance, StringView name, Trial* trial) {
  constexpr uint32_t kMostParameters = 16;
  const Function function = instance.function(name);
  trial->run_state = static_cast<uint32_t>(RunState::kIdle);
  trial->run_error = static_cast<uint32_t>(ErrorCode::kNotAFunction);
  if (!function.exists()) return false;
  const FunctionType type = instance.function_type(function.index);
  trial->run_error = static_cast<uint32_t>(ErrorCode::kArguments);
  if (type.parameter_count > kMostParameters) return false;
  Value arguments[kMostParameters];
  for (uint32_t i = 0; i < type.parameter_count; i++) arguments[i].type = type.parameters[i];
  execution.set_fuel(trial->fuel);
  trial->run_state =
      static_cast<uint32_t>(execution.run(function, {arguments, type.parameter_count}));
  count_fuel(execution, trial);
  const Error trap = execution.trap();
  trial->run_error =
      static_cast<uint32_t>(execution.error().ok() ? trap.code : execution.error().code);
  trial->exit_code = trap.code == ErrorCode::kHostExit ? trap.index : 0;
  return execution.state() == RunState::kDone || trap.code == ErrorCode::kHostExit;
}

// Links and runs; false: a step failed, and the trial says which and why.
bool run_module(Store& store, const Module& module, Instance* instance, Trial* trial) {
  const uint32_t before = in_use(store);
  Execution execution(store, trial->guest_stack);
  if (!execution.error().ok()) {
    set_error(trial, execution.error());
    return false;
  }
  execution.restart_stack_peak();
  trial->execution_bytes = in_use(store) - before - trial->guest_stack;
  trial->step = device::kReady;
  bool runs = true;
  if (module.has_start_function()) {
    execution.set_fuel(trial->fuel);
    runs = execution.start_instance(instance).ok() && execution.resume() == RunState::kDone;
    count_fuel(execution, trial);
    trial->run_state = static_cast<uint32_t>(execution.state());
    trial->run_error = static_cast<uint32_t>(execution.trap().code);
  }
  const char* names = reinterpret_cast<const char*>(trial->calls_at);
  for (uint32_t at = 0; runs && at < trial->calls_bytes;) {
    const StringView name(names + at);
    runs = call(execution, *instance, name, trial);
    if (runs) trial->calls_done++;
    at += static_cast<uint32_t>(name.size()) + 1;
  }
  if (runs) trial->step = device::kRan;
  trial->stack_peak = execution.stack_peak();
  trial->memory_backed = static_cast<uint32_t>(instance->memory_backed());
  return runs;
}

Trial trial;

// The files of a trial, on a disk that is empty again.
struct Files {
  explicit Files(Wasi& wasi)
      : disk(disk_memory), files(wasi, disk.file_system(), descriptors, links) {
    (void)files.preopen("/", disk.root());
  }

  static uint8_t disk_memory[device::kDiskBytes];
  RamDisk disk;
  WasiDescriptor descriptors[device::kDescriptors];
  uint8_t links[device::kLinkBytes];
  WasiFiles files;
};
alignas(8) uint8_t Files::disk_memory[device::kDiskBytes];

void try_module() {
  Wasi wasi(kSystem, kArguments);
  Files files(wasi);
  stub_calls = 0;
  Store store(MutableBytes(reinterpret_cast<uint8_t*>(trial.ram_at), trial.ram_bytes));
  Error error = store.provide(stubs);
  if (error.ok() && uses_wasi) error = store.provide(Wasi::functions(), &wasi);
  if (error.ok() && uses_files) error = store.provide(WasiFiles::functions(), &files.files);
  trial.store_bytes = in_use(store);
  const Module* module = nullptr;
  if (error.ok()) error = load_module(store, trial, &module);
  if (!error.ok()) {
    set_error(&trial, error);
    return;
  }
  trial.step = device::kLoaded;
  const ModuleInfo info = module->info();
  trial.module_ram = info.arena_bytes;
  trial.load_peak = static_cast<uint32_t>(store.memory().peak);
  trial.code_bytes = info.code_bytes;
  trial.map_bytes = info.offset_map_bytes;
  trial.data_bytes = info.data_bytes;
  trial.largest_frame = info.max_frame_bytes;
  look_at_memory(*module, &trial);

  const uint32_t before = in_use(store);
  Instance* instance = nullptr;
  error = store.instantiate(module, &instance);
  if (!error.ok()) {
    for (uint32_t i = 0; i < module->import_count(); i++) {
      const ImportInfo import = module->import(i);
      if (import.module_name == error.module_name && import.field_name == error.field_name) {
        trial.import = i;
      }
    }
    set_error(&trial, error);
    return;
  }
  trial.step = device::kLinked;
  trial.memory_at_start = trial.memory_backed = static_cast<uint32_t>(instance->memory_backed());
  trial.instance_bytes = in_use(store) - before - trial.memory_backed;
  run_module(store, *module, instance, &trial);
  trial.stub_calls = stub_calls;
  trial.arena_peak = static_cast<uint32_t>(store.memory().peak);
}

}  // namespace

// ---- What the command calls ------------------------------------------------------------------

// Memory for the command to write to; 0: there is none.
EXPORT("room") uint32_t room(uint32_t bytes) { return reinterpret_cast<uint32_t>(take(bytes)); }

EXPORT("trial") uint32_t trial_address() { return reinterpret_cast<uint32_t>(&trial); }

// Looks at a module once, before any trial: loads it into the buffer at ram_at, which must stay,
// and makes an image of it behind. 1: the trial has the size of the image (image_bytes; its address
// is in image), 0: it has an error.
EXPORT("prepare") uint32_t prepare() {
  const Bytes bytes(reinterpret_cast<const uint8_t*>(trial.module_at), trial.module_bytes);
  static Store store(MutableBytes(reinterpret_cast<uint8_t*>(trial.ram_at), trial.ram_bytes));
  const Module* module = nullptr;
  LoadOptions options;
  options.bytes_stay = true;
  Error error = load(store, bytes, &module, options);
  if (error.ok()) error = save_image(*module, bytes, {}, &trial.image_bytes);
  if (error.code == ErrorCode::kImageWrite) error = {};  // there was no room yet
  uint8_t* const image = error.ok() ? take(trial.image_bytes) : nullptr;
  if (image != nullptr) {
    error = save_image(*module, bytes, MutableBytes(image, trial.image_bytes), &trial.image_bytes);
  }
  if (error.ok() && (image == nullptr || !make_stubs(*module)))
    error.code = ErrorCode::kOutOfMemory;
  set_error(&trial, error);
  trial.uses_wasi = uses_wasi ? 1 : 0;
  trial.uses_files = uses_files ? 1 : 0;
  trial.wasi_bytes = sizeof(Wasi);
  trial.files_bytes = sizeof(WasiFiles) + sizeof(Files::descriptors) + sizeof(Files::links);
  trial.image_at = reinterpret_cast<uint32_t>(image);
  return error.ok() ? 1 : 0;
}

// Runs the trial as it is asked for, and fills in what it found.
EXPORT("run") void run() { try_module(); }
