// Configurations, engines and stores of wasm.h.
#include "wasm_c_api/objects.hpp"

using namespace mote;
using namespace mote::wasm_c_api;

namespace {

// Memory for a store: as much as is wanted, or what the system gives.
MutableBytes take_memory(size_t wanted) {
  constexpr size_t kLeast = size_t{1} << 20;
  for (;;) {
    const MutableBytes memory = port::take_ram(wanted);
    if (!memory.empty() || wanted / 2 < kLeast) return memory;
    wanted /= 2;
  }
}

}  // namespace

wasm_config_t* wasm_config_new(void) { return make<wasm_config_t>(); }
void wasm_config_delete(wasm_config_t* config) { free(config); }

void mote_wasm_config_set_store_bytes(wasm_config_t* config, size_t bytes) {
  config->store_bytes = bytes;
}
void mote_wasm_config_set_stack_bytes(wasm_config_t* config, uint32_t bytes) {
  config->stack_bytes = bytes;
}

wasm_engine_t* wasm_engine_new(void) { return make<wasm_engine_t>(); }
wasm_engine_t* wasm_engine_new_with_config(wasm_config_t* config) {
  wasm_engine_t* engine = config == nullptr ? nullptr : make<wasm_engine_t>();
  if (engine != nullptr) engine->config = *config;
  free(config);
  return engine;
}
void wasm_engine_delete(wasm_engine_t* engine) { free(engine); }

wasm_store_t* wasm_store_new(wasm_engine_t* engine) {
  if (engine == nullptr) return nullptr;
  const MutableBytes memory = take_memory(engine->config.store_bytes);
  void* place = memory.empty() ? nullptr : malloc(sizeof(wasm_store_t));
  if (place == nullptr) {
    port::give_back_ram(memory);
    return nullptr;
  }
  wasm_store_t* store = new (place) wasm_store_t(memory);
  store->stack_bytes = engine->config.stack_bytes;
  store->objects.previous = store->objects.following = &store->objects;
  store->reserve = make_trap(store, "out of memory");
  if (store->reserve == nullptr) {
    wasm_store_delete(store);
    return nullptr;
  }
  return store;
}

void wasm_store_delete(wasm_store_t* store) {
  if (store == nullptr || !store->is_alive) return;
  if (store->depth != 0) {  // guests are on it: see run()
    store->is_doomed = true;
    for (Execution* execution : store->executions) {
      if (execution != nullptr) execution->kill();
    }
    return;
  }
  end_store(store);
  for (Execution*& execution : store->executions) {
    if (execution == nullptr) continue;
    execution->~Execution();
    free(execution);
    execution = nullptr;
  }
  while (store->modules != nullptr) {
    LoadedModule* const loaded = store->modules;
    store->modules = loaded->next;
    release(loaded->binary);
    free(loaded);
  }
  store->identities.clear();
  free(store->externs);
  store->externs = nullptr;
  port::give_back_ram(store->memory);
  store->memory = {};
  release_store(store);
}

void mote::wasm_c_api::release_store(wasm_store_t* store) {
  store->references--;
  if (store->references == 0) free(store);
}

void mote::wasm_c_api::set_error(wasm_store_t* store, const Error& error) {
  describe(error, store->error);
}

void mote::wasm_c_api::set_error(wasm_store_t* store, const char* text) {
  const size_t length = strlen(text);
  const size_t most = sizeof store->error - 1;
  memcpy(store->error, text, length < most ? length : most);
  store->error[length < most ? length : most] = 0;
}

const char* mote_wasm_store_error(const wasm_store_t* store) { return store->error; }
