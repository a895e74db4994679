// Guests in WAMR: see peer_wamr.hpp. Uses its public header only.
#include "peer_wamr.hpp"

#include <string.h>
#include <wasm_export.h>

#include "marks.hpp"
#include "output.hpp"

namespace bench {

namespace {

alignas(8) char pool[1024 * 1024];
// WAMR changes the bytes of a module that it loads.
alignas(8) uint8_t copy[64 * 1024];
char message[128];

void require(bool holds, const char* name) {
  if (!holds) fail(mote::StringView(message, strlen(message)), name);
}

void print_region(const char* kind, const char* name) {
  print("region wamr_");
  print(kind);
  print(name);
  print("\n");
}

}  // namespace

void count_wamr(const char* name, mote::Bytes wasm, int32_t expected) {
  RuntimeInitArgs arguments = {};
  arguments.mem_alloc_type = Alloc_With_Pool;
  arguments.mem_alloc_option.pool.heap_buf = pool;
  arguments.mem_alloc_option.pool.heap_size = sizeof pool;
  require(wasm.size() <= sizeof copy && wasm_runtime_full_init(&arguments), name);
  memcpy(copy, wasm.data(), wasm.size());

  mote_bench_begin();
  const wasm_module_t module =
      wasm_runtime_load(copy, static_cast<uint32_t>(wasm.size()), message, sizeof message);
  mote_bench_end();
  require(module != nullptr, name);
  print_region("load_", name);
  const wasm_module_inst_t instance =
      wasm_runtime_instantiate(module, 4096, 0, message, sizeof message);
  require(instance != nullptr, name);
  const wasm_exec_env_t environment = wasm_runtime_create_exec_env(instance, 4096);
  const wasm_function_inst_t function = wasm_runtime_lookup_function(instance, "run");
  require(environment != nullptr && function != nullptr, name);
  uint32_t result = 0;
  mote_bench_begin();
  const bool done = wasm_runtime_call_wasm(environment, function, 0, &result);
  mote_bench_end();
  if (!done) fail(wasm_runtime_get_exception(instance), name);
  print_region("", name);
  if (static_cast<int32_t>(result) != expected) fail("wrong result of WAMR", name);
  wasm_runtime_destroy_exec_env(environment);
  wasm_runtime_deinstantiate(instance);
  wasm_runtime_unload(module);
  wasm_runtime_destroy();
}

}  // namespace bench
