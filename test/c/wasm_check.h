/* What the tests of wasm.h share: an engine with a store, loading, and short ways to call. */
#ifndef WASM_CHECK_H
#define WASM_CHECK_H

#include <mote/wasm_c_api.h>
#include <wasm.h>

#include "check.h"

static const char* check_folder = ".";

static inline wasm_module_t* load_module(wasm_store_t* store, const char* name) {
  size_t size = 0;
  wasm_byte_vec_t binary;
  wasm_module_t* module;
  char* bytes = read_file(check_folder, name, &size);
  wasm_byte_vec_new(&binary, size, bytes);
  free(bytes);
  CHECK(wasm_module_validate(store, &binary));
  module = wasm_module_new(store, &binary);
  wasm_byte_vec_delete(&binary);
  if (module == NULL) {
    printf("%s: %s\n", name, mote_wasm_store_error(store));
    exit(1);
  }
  return module;
}

/* Whether the name is that text. */
static inline bool is_name(const wasm_name_t* name, const char* text) {
  return name->size == strlen(text) && memcmp(name->data, text, name->size) == 0;
}

/* The number of the export with that name; the program ends if there is none. */
static inline size_t export_index(const wasm_module_t* module, const char* name) {
  wasm_exporttype_vec_t types;
  size_t i, found;
  wasm_module_exports(module, &types);
  found = types.size;
  for (i = 0; i < types.size; i++) {
    if (is_name(wasm_exporttype_name(types.data[i]), name)) found = i;
  }
  if (found == types.size) {
    printf("there is no export %s\n", name);
    exit(1);
  }
  wasm_exporttype_vec_delete(&types);
  return found;
}

/* Whether the trap has that message; deletes it. */
static inline bool is_trap(wasm_trap_t* trap, const char* text) {
  wasm_message_t message;
  bool same;
  if (trap == NULL) return false;
  wasm_trap_message(trap, &message);
  same = message.size == strlen(text) + 1 && strcmp(message.data, text) == 0;
  if (!same && message.size != 0) printf("the trap says: %s\n", message.data);
  wasm_byte_vec_delete(&message);
  wasm_trap_delete(trap);
  return same;
}

static inline wasm_trap_t* call(const wasm_func_t* func, wasm_val_t* args, size_t arg_count,
                                wasm_val_t* results, size_t result_count) {
  const wasm_val_vec_t arg_vec = {arg_count, args};
  wasm_val_vec_t result_vec = {result_count, results};
  return wasm_func_call(func, &arg_vec, &result_vec);
}

#endif
