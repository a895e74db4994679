/* Adds two numbers through the interface that all engines share. */
#include <stdint.h>
#include <wasm.h>

static const uint8_t kAdd[] = {0,    'a', 's',  'm', 1, 0, 0, 0,    1, 7,    1, 0x60, 2,   0x7F,
                               0x7F, 1,   0x7F, 3,   2, 1, 0, 7,    7, 1,    3, 'a',  'd', 'd',
                               0,    0,   10,   9,   1, 7, 0, 0x20, 0, 0x20, 1, 0x6A, 0x0B};

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_val_t arguments[] = {WASM_I32_VAL(2), WASM_I32_VAL(40)};
  wasm_val_t results[] = {WASM_INIT_VAL};
  wasm_val_vec_t given = WASM_ARRAY_VEC(arguments);
  wasm_val_vec_t got = WASM_ARRAY_VEC(results);
  wasm_extern_vec_t imports = WASM_EMPTY_VEC;
  wasm_extern_vec_t exports;
  wasm_byte_vec_t binary;
  wasm_module_t* module;
  wasm_instance_t* instance;
  wasm_byte_vec_new(&binary, sizeof kAdd, (const byte_t*)kAdd);
  module = wasm_module_new(store, &binary);
  wasm_byte_vec_delete(&binary);
  instance = module == NULL ? NULL : wasm_instance_new(store, module, &imports, NULL);
  if (instance == NULL) return 1;
  wasm_instance_exports(instance, &exports);
  if (wasm_func_call(wasm_extern_as_func(exports.data[0]), &given, &got) != NULL) return 2;
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return results[0].of.i32 == 42 ? 0 : 3;
}
