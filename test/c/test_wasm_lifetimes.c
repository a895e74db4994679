/* wasm.h: finalizers, references that outlive others, serialized and shared modules, stores that
 * are too small, and threads. test_wasm_lifetimes FOLDER   (of wasm_calls.wasm, wasm_start.wasm,
 * window.wasm) */
#include <pthread.h>

#include "wasm_check.h"

static int finalized = 0;
static void finalize(void* info) {
  (void)info;
  finalized++;
}

/* An instance of window.wasm, which imports nothing. */
static wasm_instance_t* add_instance(wasm_store_t* store, const wasm_module_t* module) {
  wasm_extern_vec_t none = WASM_EMPTY_VEC;
  wasm_instance_t* instance = wasm_instance_new(store, module, &none, NULL);
  CHECK(instance != NULL);
  return instance;
}

/* Instances live as long as the store, and so does their host info. */
static void test_finalizers(wasm_engine_t* engine) {
  enum { kInstances = 1000 };
  wasm_store_t* store = wasm_store_new(engine);
  wasm_store_t* other = wasm_store_new(engine);
  wasm_module_t* module = load_module(store, "window.wasm");
  wasm_module_t* in_other = load_module(other, "window.wasm");
  wasm_foreign_t* foreign = wasm_foreign_new(store);
  wasm_instance_t* instance;
  int i;
  finalized = 0;
  for (i = 0; i < kInstances; i++) {
    instance = add_instance(store, module);
    wasm_instance_set_host_info_with_finalizer(instance, &finalized, finalize);
    wasm_instance_delete(instance);
  }
  instance = add_instance(other, in_other);
  wasm_instance_set_host_info_with_finalizer(instance, NULL, finalize);
  CHECK(finalized == 0);
  wasm_instance_delete(instance);
  CHECK(finalized == 0);
  wasm_module_delete(in_other);
  wasm_store_delete(other);
  CHECK(finalized == 1);

  /* What no guest can reach goes with its last reference; what is replaced goes at once. */
  wasm_foreign_set_host_info_with_finalizer(foreign, &i, finalize);
  wasm_foreign_set_host_info_with_finalizer(foreign, &i, finalize);
  CHECK(finalized == 2);
  wasm_foreign_delete(wasm_foreign_copy(foreign));
  CHECK(finalized == 2);
  wasm_foreign_delete(foreign);
  CHECK(finalized == 3);
  wasm_module_set_host_info_with_finalizer(module, &i, finalize);
  wasm_module_delete(module);
  CHECK(finalized == 4);
  wasm_store_delete(store);
  CHECK(finalized == 4 + kInstances);
}

/* References that are held longer than the store can be asked, and deleted. */
static void test_after_the_store(wasm_engine_t* engine) {
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = load_module(store, "window.wasm");
  wasm_instance_t* instance = add_instance(store, module);
  wasm_foreign_t* foreign = wasm_foreign_new(store);
  wasm_extern_vec_t exports, none;
  wasm_exporttype_vec_t types;
  wasm_byte_vec_t bytes;
  wasm_val_t value = WASM_I32_VAL(1);
  const wasm_func_t* func;
  size_t i;
  wasm_instance_exports(instance, &exports);
  finalized = 0;
  wasm_foreign_set_host_info_with_finalizer(foreign, &value, finalize);
  wasm_instance_set_host_info_with_finalizer(instance, &value, finalize);
  wasm_store_delete(store);
  CHECK(finalized == 0 && wasm_foreign_get_host_info(foreign) == &value);
  wasm_module_exports(module, &types);
  CHECK(types.size == 0);
  wasm_module_serialize(module, &bytes);
  CHECK(bytes.size == 0 && wasm_module_share(module) == NULL);
  wasm_instance_exports(instance, &none);
  CHECK(none.size == 0);
  for (i = 0; i < exports.size; i++) {
    CHECK(wasm_extern_type(exports.data[i]) == NULL);
    func = wasm_extern_as_func(exports.data[i]);
    if (func != NULL) {
      CHECK(is_trap(call(func, &value, 1, &value, 1), "the store was deleted"));
    }
  }
  wasm_extern_vec_delete(&exports);
  wasm_module_delete(module);
  wasm_foreign_delete(foreign);
  CHECK(finalized == 1);
  wasm_instance_delete(instance);
  CHECK(finalized == 2);
}

static void test_serialized(wasm_engine_t* engine) {
  wasm_store_t* store = wasm_store_new(engine);
  wasm_store_t* other = wasm_store_new(engine);
  wasm_module_t* module = load_module(store, "window.wasm");
  wasm_module_t* back;
  wasm_byte_vec_t bytes;
  wasm_module_serialize(module, &bytes);
  CHECK(bytes.size > 8);
  wasm_module_delete(module);
  wasm_store_delete(store);
  back = wasm_module_deserialize(other, &bytes);
  CHECK(back != NULL);
  wasm_instance_delete(add_instance(other, back));
  wasm_module_delete(back);
  CHECK(wasm_module_new(other, &bytes) == NULL);
  CHECK(strstr(mote_wasm_store_error(other), "magic header not detected") != NULL);
  CHECK(!wasm_module_validate(other, &bytes));
  bytes.data[bytes.size / 2] ^= 0x55;
  bytes.data[12] = 9; /* the version */
  CHECK(wasm_module_deserialize(other, &bytes) == NULL);
  bytes.data[1] = 'x';
  CHECK(wasm_module_deserialize(other, &bytes) == NULL);
  bytes.size = 3;
  CHECK(wasm_module_deserialize(other, &bytes) == NULL);
  wasm_byte_vec_delete(&bytes);
  wasm_store_delete(other);
}

/* A store that is too small says so, and still works. */
static void test_small_store(void) {
  size_t kilobytes;
  int failures = 0, successes = 0;
  for (kilobytes = 1; kilobytes <= 256; kilobytes *= 2) {
    wasm_config_t* config = wasm_config_new();
    wasm_engine_t* engine;
    wasm_store_t* store;
    wasm_module_t* module;
    wasm_byte_vec_t binary;
    size_t size;
    char* bytes = read_file(check_folder, "window.wasm", &size);
    mote_wasm_config_set_store_bytes(config, kilobytes * 1024);
    mote_wasm_config_set_stack_bytes(config, 4096);
    engine = wasm_engine_new_with_config(config);
    store = wasm_store_new(engine);
    wasm_byte_vec_new(&binary, size, bytes);
    free(bytes);
    module = wasm_module_new(store, &binary);
    wasm_byte_vec_delete(&binary);
    if (module == NULL) {
      failures++;
      CHECK(strstr(mote_wasm_store_error(store), "out of memory") != NULL);
    } else {
      wasm_limits_t limits = {64, 64};
      wasm_memorytype_t* type = wasm_memorytype_new(&limits);
      wasm_memory_t* memory = wasm_memory_new(store, type);
      successes++;
      /* Pages take no room until they are touched; all of them at once do not fit. */
      CHECK(memory == NULL || wasm_memory_data(memory) == NULL);
      wasm_memory_delete(memory);
      wasm_memorytype_delete(type);
      wasm_module_delete(module);
    }
    wasm_store_delete(store);
    wasm_engine_delete(engine);
  }
  CHECK(failures > 0 && successes > 0);
}

/* ---- Threads ---- */

enum { kThreads = 8, kRounds = 20 };

typedef struct work {
  wasm_engine_t* engine;
  const wasm_shared_module_t* shared;
  int number;
  int runs; /* of the start function */
} work;

static void* run_thread(void* argument) {
  work* w = (work*)argument;
  wasm_store_t* store = wasm_store_new(w->engine);
  wasm_module_t* module = wasm_module_obtain(store, w->shared);
  wasm_module_t* twice = wasm_module_obtain(store, w->shared);
  wasm_globaltype_t* flag_type = wasm_globaltype_new(wasm_valtype_new_i32(), WASM_CONST);
  wasm_globaltype_t* count_type = wasm_globaltype_new(wasm_valtype_new_i32(), WASM_VAR);
  wasm_val_t zero = WASM_I32_VAL(0);
  wasm_global_t* flag = wasm_global_new(store, flag_type, &zero);
  wasm_global_t* count = wasm_global_new(store, count_type, &zero);
  wasm_extern_t* externs[2];
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(externs);
  int i;
  externs[0] = wasm_global_as_extern(flag);
  externs[1] = wasm_global_as_extern(count);
  for (i = 0; i < kRounds + w->number && module != NULL; i++) {
    wasm_instance_t* instance = wasm_instance_new(store, i % 2 ? module : twice, &imports, NULL);
    if (instance == NULL) break;
    wasm_instance_delete(instance);
  }
  wasm_global_get(count, &zero);
  w->runs = zero.of.i32;
  wasm_globaltype_delete(flag_type);
  wasm_globaltype_delete(count_type);
  wasm_global_delete(flag);
  wasm_global_delete(count);
  wasm_module_delete(module);
  wasm_module_delete(twice);
  wasm_store_delete(store);
  return NULL;
}

static void test_threads(wasm_engine_t* engine) {
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = load_module(store, "wasm_start.wasm");
  wasm_shared_module_t* shared = wasm_module_share(module);
  pthread_t threads[kThreads];
  work works[kThreads];
  int i;
  /* The shared module does not need the store that it came from. */
  wasm_module_delete(module);
  wasm_store_delete(store);
  for (i = 0; i < kThreads; i++) {
    works[i].engine = engine;
    works[i].shared = shared;
    works[i].number = i;
    works[i].runs = 0;
    CHECK(pthread_create(&threads[i], NULL, run_thread, &works[i]) == 0);
  }
  for (i = 0; i < kThreads; i++) {
    CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(works[i].runs == kRounds + i);
  }
  wasm_shared_module_delete(shared);
}

int main(int argc, char** argv) {
  wasm_engine_t* engine = wasm_engine_new();
  if (argc > 1) check_folder = argv[1];
  test_finalizers(engine);
  test_after_the_store(engine);
  test_serialized(engine);
  test_threads(engine);
  test_small_store();
  wasm_engine_delete(engine);
  wasm_engine_delete(NULL);
  wasm_store_delete(NULL);
  return check_end();
}
