/* wasm.h: every request for memory of the library fails once. Nothing may crash, and nothing that
 * was made may be lost (the sanitizers tell).
 *   test_wasm_no_memory FOLDER   (of wasm_calls.wasm) */
#include "wasm_check.h"

/* The linker sends the library's requests here (--wrap). */
static long requests_left = -1; /* until one fails; below 0: none does */
static bool has_failed = false;

static bool fails(void) {
  if (requests_left < 0) return false;
  if (requests_left-- != 0) return false;
  has_failed = true;
  return true;
}

void* __real_malloc(size_t size);
void* __real_calloc(size_t count, size_t size);
void* __real_realloc(void* old, size_t size);
void* __wrap_malloc(size_t size);
void* __wrap_calloc(size_t count, size_t size);
void* __wrap_realloc(void* old, size_t size);
void* __wrap_malloc(size_t size) { return fails() ? NULL : __real_malloc(size); }
void* __wrap_calloc(size_t count, size_t size) {
  return fails() ? NULL : __real_calloc(count, size);
}
void* __wrap_realloc(void* old, size_t size) { return fails() ? NULL : __real_realloc(old, size); }

static int finalized, made; /* environments of functions */
static void finalize(void* env) {
  (void)env;
  finalized++;
}

static wasm_trap_t* copy_args(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)env;
  if (results->size != 0 && args->size != 0) wasm_val_copy(&results->data[0], &args->data[0]);
  return NULL;
}

static wasm_trap_t* fail(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  wasm_message_t message;
  wasm_trap_t* trap;
  (void)args;
  (void)results;
  wasm_name_new_from_string_nt(&message, "no");
  trap = wasm_trap_new((wasm_store_t*)env, &message);
  wasm_name_delete(&message);
  return trap;
}

static wasm_func_t* add_func(wasm_store_t* store, wasm_functype_t* type,
                             wasm_func_callback_with_env_t callback) {
  wasm_func_t* func = wasm_func_new_with_env(store, type, callback, store, finalize);
  if (func != NULL) made++;
  wasm_functype_delete(type);
  return func;
}

static wasm_functype_t* mix_type(void) {
  wasm_valtype_vec_t params, results;
  wasm_valtype_t* types[4];
  size_t i;
  types[0] = wasm_valtype_new_f32();
  types[1] = wasm_valtype_new_f64();
  types[2] = wasm_valtype_new_i32();
  types[3] = wasm_valtype_new_i64();
  wasm_valtype_vec_new(&params, 4, types);
  wasm_valtype_vec_new_uninitialized(&results, 4);
  for (i = 0; i < results.size; i++) results.data[i] = types[3 - i];
  return wasm_functype_new(&params, &results);
}

static void describe_module(wasm_store_t* store, const wasm_module_t* module) {
  wasm_importtype_vec_t imports, import_copies;
  wasm_exporttype_vec_t exports, export_copies;
  wasm_byte_vec_t bytes;
  wasm_shared_module_t* shared = wasm_module_share(module);
  wasm_module_imports(module, &imports);
  wasm_importtype_vec_copy(&import_copies, &imports);
  wasm_module_exports(module, &exports);
  wasm_exporttype_vec_copy(&export_copies, &exports);
  wasm_importtype_vec_delete(&imports);
  wasm_importtype_vec_delete(&import_copies);
  wasm_exporttype_vec_delete(&exports);
  wasm_exporttype_vec_delete(&export_copies);
  wasm_module_serialize(module, &bytes);
  wasm_module_delete(wasm_module_deserialize(store, &bytes));
  wasm_byte_vec_delete(&bytes);
  if (shared != NULL) wasm_module_delete(wasm_module_obtain(store, shared));
  wasm_shared_module_delete(shared);
}

static void look_at(wasm_trap_t* trap) {
  wasm_message_t message;
  wasm_frame_vec_t trace, copies;
  if (trap == NULL) return;
  wasm_trap_message(trap, &message);
  wasm_name_delete(&message);
  wasm_frame_delete(wasm_trap_origin(trap));
  wasm_trap_trace(trap, &trace);
  wasm_frame_vec_copy(&copies, &trace);
  wasm_frame_vec_delete(&trace);
  wasm_frame_vec_delete(&copies);
  wasm_trap_delete(trap);
}

/* Returns whether the guest gave the right answer. */
static bool use_instance(wasm_store_t* store, const wasm_instance_t* instance) {
  wasm_extern_vec_t exports;
  wasm_val_t args[2] = {WASM_I32_VAL(20), WASM_I32_VAL(0)};
  wasm_val_t result[1] = {WASM_INIT_VAL};
  wasm_trap_t* trap;
  bool right = false;
  wasm_instance_exports(instance, &exports);
  if (exports.size == 7 && exports.data[0] != NULL && exports.data[3] != NULL &&
      exports.data[4] != NULL) {
    trap = call(wasm_extern_as_func(exports.data[0]), args, 1, result, 1);
    right = trap == NULL && result[0].of.i32 == 21;
    look_at(trap);
    /* These have to trap whatever happens. */
    trap = call(wasm_extern_as_func(exports.data[4]), args, 2, result, 1);
    CHECK(trap != NULL);
    look_at(trap);
    trap = call(wasm_extern_as_func(exports.data[3]), args, 1, NULL, 0);
    CHECK(trap != NULL || has_failed);
    look_at(trap);
    wasm_externtype_delete(wasm_extern_type(exports.data[0]));
  }
  (void)store;
  wasm_extern_vec_delete(&exports);
  return right;
}

static void use_externs(wasm_store_t* store, wasm_func_t* func) {
  wasm_limits_t limits = {2, 5};
  wasm_val_t value = WASM_REF_VAL(NULL);
  wasm_val_t copy;
  wasm_globaltype_t* global_type = wasm_globaltype_new(wasm_valtype_new_externref(), WASM_VAR);
  wasm_tabletype_t* table_type = wasm_tabletype_new(wasm_valtype_new_funcref(), &limits);
  wasm_memorytype_t* memory_type = wasm_memorytype_new(&limits);
  wasm_foreign_t* foreign = wasm_foreign_new(store);
  wasm_global_t* global = NULL;
  wasm_table_t* table = NULL;
  wasm_memory_t* memory = NULL;
  value.of.ref = foreign == NULL ? NULL : wasm_foreign_as_ref(foreign);
  if (global_type != NULL) global = wasm_global_new(store, global_type, &value);
  if (global != NULL) {
    wasm_global_get(global, &copy);
    wasm_val_delete(&copy);
    wasm_globaltype_delete(wasm_global_type(global));
  }
  if (table_type != NULL && func != NULL) {
    table = wasm_table_new(store, table_type, wasm_func_as_ref(func));
  }
  if (table != NULL) {
    wasm_ref_delete(wasm_table_get(table, 1));
    wasm_table_grow(table, 2, wasm_func_as_ref(func));
    wasm_tabletype_delete(wasm_table_type(table));
  }
  if (memory_type != NULL) memory = wasm_memory_new(store, memory_type);
  if (memory != NULL) wasm_memorytype_delete(wasm_memory_type(memory));
  wasm_globaltype_delete(global_type);
  wasm_tabletype_delete(table_type);
  wasm_memorytype_delete(memory_type);
  wasm_global_delete(global);
  wasm_table_delete(table);
  wasm_memory_delete(memory);
  wasm_foreign_delete(foreign);
}

/* One program, from the engine to its end. Returns whether the guest gave the right answer. */
static bool run(const char* bytes, size_t size) {
  bool right = false;
  size_t i;
  wasm_func_t* funcs[5];
  wasm_extern_t* externs[5];
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(externs);
  wasm_byte_vec_t binary;
  wasm_module_t* module;
  wasm_trap_t* trap = NULL;
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  if (store == NULL) {
    wasm_engine_delete(engine);
    return false;
  }
  wasm_byte_vec_new(&binary, size, bytes);
  module = wasm_module_new(store, &binary);
  wasm_byte_vec_delete(&binary);
  if (module != NULL) describe_module(store, module);
  funcs[0] = add_func(store, wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32()),
                      copy_args);
  funcs[1] = add_func(store, wasm_functype_new_0_1(wasm_valtype_new_i64()), copy_args);
  funcs[2] = add_func(store, mix_type(), copy_args);
  funcs[3] = add_func(store, wasm_functype_new_1_0(wasm_valtype_new_i32()), fail);
  funcs[4] = funcs[0] == NULL ? NULL : wasm_func_copy(funcs[0]);
  for (i = 0; i < 5; i++) externs[i] = funcs[i] == NULL ? NULL : wasm_func_as_extern(funcs[i]);
  if (module != NULL) {
    wasm_instance_t* instance = wasm_instance_new(store, module, &imports, &trap);
    CHECK(instance == NULL || trap == NULL);
    if (instance != NULL) right = use_instance(store, instance);
    look_at(trap);
    wasm_instance_delete(instance);
  }
  use_externs(store, funcs[0]);
  for (i = 0; i < 5; i++) wasm_func_delete(funcs[i]);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return right;
}

int main(int argc, char** argv) {
  size_t size = 0;
  char* bytes;
  long failing;
  if (argc > 1) check_folder = argv[1];
  bytes = read_file(check_folder, "wasm_calls.wasm", &size);
  for (failing = 0; failing < 10000; failing++) {
    bool right;
    has_failed = false;
    made = finalized = 0;
    requests_left = failing;
    right = run(bytes, size);
    requests_left = -1;
    CHECK(finalized == made);
    CHECK(has_failed || right);
    if (!has_failed) break;
  }
  CHECK(!has_failed && failing > 50);
  printf("%ld requests failed, one at a time\n", failing);
  free(bytes);
  return check_end();
}
