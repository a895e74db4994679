// Paths through WASI and through the interfaces for C (see no_memory.hpp).
#ifdef MOTE_TEST_WASM_H
#include <mote/wasm_c_api.h>
#include <wasm.h>
#endif

#include "no_memory.hpp"

// no_memory_c_host.c
extern "C" const mote_host_function no_memory_c_host[2];

namespace mote::test {
namespace {

// ---- WASI ------------------------------------------------------------------------------------

struct WasiCall {
  const char* name;
  std::vector<uint64_t> parameters;
};

// Where texts and lists lie that the host has put down. Everything that a function writes goes to
// pages that nobody has touched before.
constexpr uint64_t kName = 128, kList = 160, kHere = 192;
constexpr uint64_t kNameSize = 4;
constexpr uint64_t kAllRights = (uint64_t{1} << 30) - 1;
constexpr uint64_t kCreate = 1;

// Ends with the error number, or with what happened to the guest.
Outcome call_wasi(World& world, const WasiCall& wanted) {
  const Function function = world.instance->function(wanted.name);
  if (!function.exists()) return failed(ErrorCode::kNotAFunction);
  const FunctionType type = world.instance->function_type(function.index);
  std::vector<Value> values;
  for (size_t i = 0; i < wanted.parameters.size(); i++) {
    const uint64_t bits = wanted.parameters[i];
    values.push_back({type.parameters[i],
                      type.parameters[i] == ValueType::kI32 ? static_cast<uint32_t>(bits) : bits});
  }
  world.execution->run(function, Span<const Value>(values.data(), values.size()));
  return world.outcome();
}

Error put_names(World& world) {
  const Error error = world.add_files();
  if (!error.ok()) return error;
  const MutableBytes names = world.instance->memory(128, 96);
  if (names.empty()) return failed(ErrorCode::kMemoryQuota).error;
  memcpy(names.data(), "file", 4);
  const uint8_t list[] = {0x50, 0xC3, 0, 0, 100, 0, 0, 0};  // 100 bytes at 50000
  memcpy(names.data() + 32, list, sizeof list);
  return {};
}

// A guest is told of too little memory with EFAULT: the outcome is -1 then. What `undo` does is
// done in any case; it needs nothing that was not touched before.
Path calling(const char* name, std::vector<WasiCall> calls, std::vector<WasiCall> undo = {}) {
  return {name, put_names,
          [=](World& world) {
            Outcome outcome;
            for (const WasiCall& each : calls) {
              outcome = call_wasi(world, each);
              if (!outcome.error.ok() || outcome.value != 0) break;
            }
            for (const WasiCall& each : undo) (void)call_wasi(world, each);
            if (outcome.error.ok() && outcome.value != 0) {
              if (outcome.value != wasi::kFault) return failed(ErrorCode::kHostTrap);
              outcome.value = -1;
            }
            return outcome;
          },
          Leaves::kSome};
}

void add_wasi(std::vector<Path>& all) {
  all.push_back({"a WASI program",
                 [](World& world) {
                   Error error = world.provide();
                   if (error.ok()) error = world.add("wasi_calls");
                   if (error.ok()) error = world.make_execution();
                   return error;
                 },
                 [](World& world) {
                   Outcome outcome = world.call("arguments", 50000);
                   if (outcome.value != 0) outcome.value = -1;
                   return outcome;
                 },
                 Leaves::kSome});
  const WasiCall open = {"path_open", {3, 0, kName, kNameSize, kCreate, kAllRights, 0, 0, kHere}};
  const WasiCall close = {"fd_close", {4}};
  const WasiCall unlink = {"path_unlink_file", {3, kName, kNameSize}};
  all.push_back(calling("args_sizes_get", {{"args_sizes_get", {30000, 40000}}}));
  all.push_back(calling("args_get", {{"args_get", {30000, 40000}}}));
  all.push_back(calling("environ_sizes_get", {{"environ_sizes_get", {30000, 40000}}}));
  all.push_back(calling("environ_get", {{"environ_get", {30000, 40000}}}));
  all.push_back(calling("clock_res_get", {{"clock_res_get", {0, 30000}}}));
  all.push_back(calling("clock_time_get", {{"clock_time_get", {0, 0, 30000}}}));
  all.push_back(calling("random_get", {{"random_get", {30000, 3000}}}));
  all.push_back(calling("poll_oneoff", {{"poll_oneoff", {30000, 40000, 1, 50000}}}));
  all.push_back(calling("fd_read of standard input", {{"fd_read", {0, kList, 1, 30000}}}));
  all.push_back(calling("fd_write of standard output", {{"fd_write", {1, kList, 1, 30000}}}));
  all.push_back(calling("fd_prestat_get", {{"fd_prestat_get", {3, 30000}}}));
  all.push_back(calling("fd_prestat_dir_name", {{"fd_prestat_dir_name", {3, 30000, 1}}}));
  all.push_back(calling("path_open",
                        {{"path_open", {3, 0, kName, 4, kCreate, kAllRights, 0, 0, 30000}}},
                        {close, unlink}));
  all.push_back(calling("path_create_directory and path_filestat_get",
                        {{"path_create_directory", {3, kName, kNameSize}},
                         {"path_filestat_get", {3, 0, kName, kNameSize, 50000}}},
                        {{"path_remove_directory", {3, kName, kNameSize}}}));
  all.push_back(calling("fd_readdir", {{"fd_readdir", {3, 30000, 2000, 0, 40000}}}));
  all.push_back(calling("fd_write, fd_seek, fd_tell and fd_read",
                        {open,
                         {"fd_write", {4, kList, 1, 30000}},
                         {"fd_seek", {4, 0, 0, 35000}},
                         {"fd_tell", {4, 40000}},
                         {"fd_read", {4, kList, 1, 60000}}},
                        {close, unlink}));
  all.push_back(
      calling("fd_pwrite and fd_pread",
              {open, {"fd_pwrite", {4, kList, 1, 0, 30000}}, {"fd_pread", {4, kList, 1, 0, 40000}}},
              {close, unlink}));
  all.push_back(calling("fd_filestat_get and fd_fdstat_get",
                        {open, {"fd_filestat_get", {4, 30000}}, {"fd_fdstat_get", {4, 40000}}},
                        {close, unlink}));
}

// ---- mote.h ----------------------------------------------------------------------------------

Error to_error(mote_error_code code) { return failed(static_cast<ErrorCode>(code)).error; }

mote_error_code c_load(World& world, const char* name) {
  world.bytes.push_back(file(name));
  return mote_load(&world.c_store, world.bytes.back().data(), world.bytes.back().size(), nullptr,
                   &world.c_module, nullptr);
}
mote_error_code c_add(World& world, const char* name) {
  const mote_error_code code = c_load(world, name);
  if (code != MOTE_kOk) return code;
  return mote_instantiate(&world.c_store, world.c_module, &world.c_instance, nullptr);
}
mote_error_code c_add_guest(World& world) {
  mote_error_code code = mote_provide(&world.c_store, no_memory_c_host, 2, nullptr);
  if (code == MOTE_kOk) code = c_add(world, "guest");
  if (code == MOTE_kOk) code = mote_name_instance(&world.c_store, "guest", world.c_instance);
  return code;
}
mote_error_code c_make_execution(World& world) {
  world.c_execution.reset(new mote_execution);
  const mote_error_code code = mote_execution_init(world.c_execution.get(), &world.c_store, 4096);
  if (code != MOTE_kOk) world.c_execution.reset();
  return code;
}
Error c_add_needs(World& world) {
  mote_error_code code = c_add_guest(world);
  if (code == MOTE_kOk) code = c_add(world, "needs");
  return to_error(code == MOTE_kOk ? c_make_execution(world) : code);
}

Outcome c_outcome(World& world) {
  Outcome outcome;
  outcome.error = to_error(mote_trap_of(world.c_execution.get(), nullptr));
  if (mote_state_of(world.c_execution.get()) == MOTE_DONE) {
    outcome.value = mote_as_i32(mote_result(world.c_execution.get(), 0));
  }
  return outcome;
}

Path c_running(const char* function, int32_t argument) {
  return {std::string("mote_run ") + function, c_add_needs,
          [=](World& world) {
            const mote_value value = mote_i32(argument);
            mote_run(world.c_execution.get(), mote_find_function(world.c_instance, function),
                     &value, 1, nullptr);
            return c_outcome(world);
          },
          Leaves::kSome};
}

Outcome c_load_by_pieces(World& world) {
  const std::vector<uint8_t>& bytes = file("needs");
  mote_loader loader;
  mote_error_code code = mote_loader_init(&loader, &world.c_store, nullptr);
  for (size_t at = 0; at < bytes.size() && code == MOTE_kOk; at += 10) {
    const size_t size = bytes.size() - at < 10 ? bytes.size() - at : 10;
    code = mote_loader_feed(&loader, bytes.data() + at, size, nullptr);
  }
  if (code == MOTE_kOk) code = mote_loader_finish(&loader, &world.c_module, nullptr);
  mote_loader_destroy(&loader);
  return Outcome{to_error(code)};
}

Outcome c_resume(World& world) {
  const mote_value value = mote_i32(4);
  mote_execution* const execution = world.c_execution.get();
  const mote_error_code code =
      mote_start(execution, mote_find_function(world.c_instance, "in_a_loop"), &value, 1);
  if (code != MOTE_kOk) return Outcome{to_error(code)};
  do {
    mote_run_limits limits = {1, MOTE_NO_DEADLINE, nullptr, nullptr};
    mote_resume_within(execution, &limits);
  } while (mote_state_of(execution) == MOTE_INTERRUPTED);
  return c_outcome(world);
}

#if MOTE_FEATURE_SNAPSHOTS
bool c_append(void* context, mote_bytes bytes) {
  return append_bytes(context, Bytes(bytes.data, bytes.size));
}

Path c_snapshot() {
  return {
      "mote_save_snapshot and mote_restore_snapshot",
      [](World& world) {
        const auto start = [](World& each) {
          const Error error = c_add_needs(each);
          if (!error.ok()) return error;
          const mote_value value = mote_i32(4);
          return to_error(mote_start(each.c_execution.get(),
                                     mote_find_function(each.c_instance, "in_a_loop"), &value, 1));
        };
        World before;
        Error error = start(before);
        if (!error.ok()) return error;
        mote_run_limits limits = {2, MOTE_NO_DEADLINE, nullptr, nullptr};
        mote_resume_within(before.c_execution.get(), &limits);
        std::vector<uint8_t>& snapshot = world.bytes.emplace_back();
        mote_execution* const executions[] = {before.c_execution.get()};
        size_t size = 0;
        error = to_error(
            mote_save_snapshot(&before.c_store, executions, 1, c_append, &snapshot, &size));
        return error.ok() ? c_add_needs(world) : error;
      },
      [](World& world) {
        mote_execution* const executions[] = {world.c_execution.get()};
        const mote_error_code code = mote_restore_snapshot(
            &world.c_store, executions, 1, world.bytes[0].data(), world.bytes[0].size());
        if (code != MOTE_kOk) return Outcome{to_error(code)};
        mote_resume(executions[0]);
        return c_outcome(world);
      },
      Leaves::kRubbish};
}
#endif

void add_c(std::vector<Path>& all) {
  const auto nothing = [](World&) { return Error(); };
  const auto guest = [](World& world) { return to_error(c_add_guest(world)); };
  all.push_back({"mote_provide", nothing, [](World& world) {
                   return Outcome{
                       to_error(mote_provide(&world.c_store, no_memory_c_host, 2, nullptr))};
                 }});
  all.push_back({"mote_load", nothing,
                 [](World& world) { return Outcome{to_error(c_load(world, "needs"))}; }});
  all.push_back({"mote_loader", nothing, c_load_by_pieces});
  all.push_back({"mote_instantiate", [](World& world) { return to_error(c_load(world, "guest")); },
                 [](World& world) {
                   return Outcome{to_error(mote_instantiate(&world.c_store, world.c_module,
                                                            &world.c_instance, nullptr))};
                 }});
  all.push_back({"mote_name_instance", guest, [](World& world) {
                   return Outcome{
                       to_error(mote_name_instance(&world.c_store, "a name", world.c_instance))};
                 }});
  all.push_back({"mote_memory", guest, [](World& world) {
                   return mote_memory(world.c_instance, 30000, 5000) == nullptr
                              ? failed(ErrorCode::kMemoryQuota)
                              : Outcome();
                 }});
  all.push_back({"mote_execution_init", guest,
                 [](World& world) { return Outcome{to_error(c_make_execution(world))}; }});
  all.push_back(c_running("touch", 44444));
  all.push_back(c_running("log", 60000));
  all.push_back(c_running("back", 5));
  all.push_back(c_running("grow_numbers", 500));
  all.push_back({"mote_resume_within", c_add_needs, c_resume, Leaves::kSome});
#if MOTE_FEATURE_SAVED_CODE
  all.push_back({"mote_open_image",
                 [](World& world) {
                   World maker;
                   mote_error_code code = c_load(maker, "needs");
                   std::vector<uint8_t>& image = world.bytes.emplace_back(size_t{1} << 14);
                   uint32_t size = 0;
                   if (code == MOTE_kOk) {
                     code = mote_save_image(maker.c_module, maker.bytes.back().data(),
                                            maker.bytes.back().size(), image.data(), image.size(),
                                            &size, nullptr);
                   }
                   return to_error(code);
                 },
                 [](World& world) {
                   return Outcome{to_error(mote_open_image(&world.c_store, world.bytes[0].data(),
                                                           world.bytes[0].size(), nullptr,
                                                           &world.c_module, nullptr))};
                 }});
#endif
#if MOTE_FEATURE_SNAPSHOTS
  all.push_back(c_snapshot());
#endif
  all.push_back({"mote_provide_wasi", nothing, [](World& world) {
                   static mote_wasi wasi;
                   mote_wasi_init(&wasi, nullptr, nullptr, 0, nullptr, 0);
                   return Outcome{to_error(mote_provide_wasi(&world.c_store, &wasi))};
                 }});
}

// ---- wasm.h ----------------------------------------------------------------------------------

#ifdef MOTE_TEST_WASM_H

// Owns what a function of wasm.h gave.
template <class T>
using Owned = std::unique_ptr<T, void (*)(T*)>;

wasm_trap_t* answer(const wasm_val_vec_t*, wasm_val_vec_t* results) {
  results->data[0].kind = WASM_I32;
  results->data[0].of.i32 = 42;
  return nullptr;
}

// What a host makes: false if anything of it was refused.
bool make_externs(wasm_store_t* store) {
  wasm_limits_t limits = {1, 4};
  Owned<wasm_memorytype_t> memory_type(wasm_memorytype_new(&limits), wasm_memorytype_delete);
  Owned<wasm_tabletype_t> table_type(wasm_tabletype_new(wasm_valtype_new(WASM_FUNCREF), &limits),
                                     wasm_tabletype_delete);
  Owned<wasm_globaltype_t> global_type(wasm_globaltype_new(wasm_valtype_new(WASM_I64), WASM_VAR),
                                       wasm_globaltype_delete);
  Owned<wasm_functype_t> function_type(wasm_functype_new_0_1(wasm_valtype_new(WASM_I32)),
                                       wasm_functype_delete);
  Owned<wasm_memory_t> memory(wasm_memory_new(store, memory_type.get()), wasm_memory_delete);
  Owned<wasm_table_t> table(wasm_table_new(store, table_type.get(), nullptr), wasm_table_delete);
  wasm_val_t value;
  value.kind = WASM_I64;
  value.of.i64 = 5;
  Owned<wasm_global_t> global(wasm_global_new(store, global_type.get(), &value),
                              wasm_global_delete);
  Owned<wasm_func_t> function(wasm_func_new(store, function_type.get(), answer), wasm_func_delete);
  if (!memory || !table || !global || !function) return false;
  if (wasm_memory_data(memory.get()) == nullptr || !wasm_memory_grow(memory.get(), 1)) return false;
  if (!wasm_table_grow(table.get(), 2, nullptr)) return false;
  wasm_val_t results[1] = {};
  wasm_val_vec_t no_arguments = {0, nullptr};
  wasm_val_vec_t result_vec = {1, results};
  Owned<wasm_trap_t> trap(wasm_func_call(function.get(), &no_arguments, &result_vec),
                          wasm_trap_delete);
  return trap == nullptr && results[0].of.i32 == 42;
}

// A module, an instance, a call: the result, or nothing if anything was refused.
Outcome run_guest(wasm_store_t* store) {
  const std::vector<uint8_t>& bytes = file("guest");
  wasm_byte_vec_t binary;
  wasm_byte_vec_new(&binary, bytes.size(), reinterpret_cast<const char*>(bytes.data()));
  Owned<wasm_module_t> module(wasm_module_new(store, &binary), wasm_module_delete);
  wasm_byte_vec_delete(&binary);
  if (!module) return failed(ErrorCode::kOutOfMemory);
  wasm_extern_vec_t imports = {0, nullptr};
  Owned<wasm_instance_t> instance(wasm_instance_new(store, module.get(), &imports, nullptr),
                                  wasm_instance_delete);
  if (!instance) return failed(ErrorCode::kOutOfMemory);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance.get(), &exports);
  Outcome outcome = failed(ErrorCode::kOutOfMemory);
  constexpr size_t kAdd = 4;  // behind memory, two globals and the table
  if (exports.size > kAdd && exports.data[kAdd] != nullptr) {
    wasm_val_t arguments[2] = {};
    arguments[0].kind = arguments[1].kind = WASM_I32;
    arguments[0].of.i32 = 40;
    arguments[1].of.i32 = 2;
    wasm_val_t results[1] = {};
    wasm_val_vec_t argument_vec = {2, arguments};
    wasm_val_vec_t result_vec = {1, results};
    Owned<wasm_trap_t> trap(
        wasm_func_call(wasm_extern_as_func(exports.data[kAdd]), &argument_vec, &result_vec),
        wasm_trap_delete);
    wasm_memory_t* const memory = wasm_extern_as_memory(exports.data[0]);
    if (trap == nullptr && wasm_memory_data(memory) != nullptr && wasm_memory_grow(memory, 1)) {
      outcome = Outcome();
      outcome.value = results[0].of.i32;
    }
  }
  wasm_extern_vec_delete(&exports);
  return outcome;
}

Outcome live_through_wasm_h(World& world) {
  wasm_config_t* config = wasm_config_new();
  mote_wasm_config_set_store_bytes(config, world.buffer.size());
  mote_wasm_config_set_stack_bytes(config, 4096);
  Owned<wasm_engine_t> engine(wasm_engine_new_with_config(config), wasm_engine_delete);
  Owned<wasm_store_t> store(wasm_store_new(engine.get()), wasm_store_delete);
  if (!store || !make_externs(store.get())) return failed(ErrorCode::kOutOfMemory);
  return run_guest(store.get());
}

#endif

}  // namespace

std::vector<Path> interface_paths() {
  std::vector<Path> all;
  add_wasi(all);
  add_c(all);
#ifdef MOTE_TEST_WASM_H
  all.push_back({"wasm.h", [](World&) { return Error(); }, live_through_wasm_h});
#endif
  return all;
}

}  // namespace mote::test
