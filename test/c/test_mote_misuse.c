/* Misuse of the C API: handles that are not there, of another store or from before a reset; wrong
 * types and numbers; calls at the wrong time. Nothing of it may do more than fail. test_mote_misuse
 * FOLDER   (of c_api.wasm) */
#include <mote/mote.h>

#include "check.h"

static union {
  uint8_t bytes[128 * 1024];
  uint64_t align;
} buffer, second_buffer;
static char* wasm;
static size_t wasm_size;

/* What the host function "host.back" does, with the guest that called it. */
typedef struct world {
  mote_store* store;
  mote_execution* execution;
  mote_function function;
  mote_function foreign;
  void (*act)(struct world* w, mote_host* host);
  int acts;
} world;

static mote_host_status act(mote_host* host, uint32_t* slots) {
  world* w = (world*)mote_host_context(host);
  if (w->act != NULL) w->act(w, host);
  w->acts++;
  mote_put_i32(&slots, 0);
  return mote_returned();
}
static mote_host_status nothing(mote_host* host, uint32_t* slots) {
  (void)host;
  (void)slots;
  return mote_not_yet();
}

static const mote_type kMix[] = {MOTE_I32, MOTE_I64, MOTE_F32, MOTE_F64, MOTE_EXTERNREF};
static const mote_type kI32[] = {MOTE_I32, MOTE_I32};
static const mote_type kI64[] = {MOTE_I64};
static const mote_type kF64[] = {MOTE_F64};
static const mote_host_function kHost[] = {
    {"host", "mix", {kMix, kF64, 5, 1}, nothing},   {"host", "sum", {kI32, kI32, 2, 1}, nothing},
    {"host", "later", {NULL, kI64, 0, 1}, nothing}, {"host", "back", {kI32, kI32, 1, 1}, act},
    {"host", "leave", {kI32, NULL, 1, 0}, nothing},
};

static mote_instance* make(mote_store* store, void* bytes, size_t size, world* w) {
  const mote_module* module = NULL;
  mote_instance* instance = NULL;
  mote_store_init(store, bytes, size, false);
  CHECK(mote_provide(store, kHost, 5, w) == MOTE_kOk);
  CHECK(mote_load(store, wasm, wasm_size, NULL, &module, NULL) == MOTE_kOk);
  CHECK(mote_instantiate(store, module, &instance, NULL) == MOTE_kOk);
  return instance;
}

/* ---- Handles that are not there -------------------------------------------------------------- */

static void test_no_module(mote_store* store) {
  mote_instance* instance = (mote_instance*)store; /* becomes NULL */
  mote_error error;
  uint8_t image[64];
  uint32_t size = 77;
  const mote_module_info info = mote_info_of(NULL);
  CHECK(mote_instantiate(store, NULL, &instance, &error) == MOTE_kNotInStore);
  CHECK(instance == NULL && error.code == MOTE_kNotInStore);
  CHECK(mote_instantiate(store, NULL, &instance, NULL) == MOTE_kNotInStore);
  CHECK(mote_import_count(NULL) == 0 && mote_export_count(NULL) == 0);
  CHECK(mote_import_at(NULL, 0).module_name.size == 0);
  CHECK(mote_export_at(NULL, 0).name.size == 0);
  CHECK(mote_memory_count(NULL) == 0 && mote_memory_type(NULL, 0).minimum == 0);
  CHECK(info.module_bytes == 0 && info.code_bytes == 0);
  CHECK(!mote_module_uses(NULL, MOTE_USES_kNone) && !mote_has_start_function(NULL));
  CHECK(mote_module_name(NULL).size == 0 && mote_function_name(NULL, 0).size == 0);
  CHECK(mote_save_image(NULL, wasm, wasm_size, image, sizeof image, &size, &error) ==
        MOTE_kArguments);
  CHECK(size == 0 && error.code == MOTE_kArguments);
}

static void test_no_instance(mote_store* store, mote_execution* execution) {
  const mote_function none = {NULL, 0};
  mote_value value = mote_i32(7);
  CHECK(mote_name_instance(store, "none", NULL) == MOTE_kNotInStore);
  CHECK(mote_module_of(NULL) == NULL);
  CHECK(mote_find_function(NULL, "sum").instance == NULL);
  CHECK(mote_type_of(none).parameter_count == 0 && mote_type_of(none).parameters == NULL);
  CHECK(mote_get_global(NULL, "count", &value) == MOTE_kArguments && mote_as_i32(value) == 7);
  CHECK(mote_set_global(NULL, "count", value) == MOTE_kArguments);
  CHECK(!mote_has_memory(NULL) && mote_memory_size(NULL) == 0 && mote_memory_backed(NULL) == 0);
  CHECK(mote_memory(NULL, 0, 1) == NULL);
  CHECK(mote_start(execution, none, NULL, 0) == MOTE_kNotAFunction);
  CHECK(mote_start_instance(execution, NULL) == MOTE_kNotAFunction);
  CHECK(mote_run(execution, none, NULL, 0, NULL) == MOTE_IDLE);
  CHECK(mote_execution_error(execution) == MOTE_kNotAFunction);
}

/* ---- Numbers that are none ------------------------------------------------------------------- */

static void test_numbers(mote_instance* instance, mote_execution* execution) {
  const mote_module* module = mote_module_of(instance);
  const mote_function beyond = {NULL, 1000000};
  mote_function function = beyond;
  mote_error error;
  uint32_t i;
  char text[64];
  function.instance = instance;
  CHECK(strcmp(mote_error_text(MOTE_ERROR_CODE_COUNT), "") == 0);
  CHECK(strcmp(mote_error_text((mote_error_code)-1), "") == 0);
  CHECK(mote_class_of(MOTE_ERROR_CODE_COUNT) == MOTE_CLASS_NONE);
  CHECK(strcmp(mote_feature_name(MOTE_FEATURE_COUNT), "") == 0);
  CHECK(strcmp(mote_feature_level(MOTE_FEATURE_COUNT), "") == 0);
  for (i = MOTE_FEATURE_COUNT; i < 256; i++) {
    CHECK(!mote_is_built_in((mote_feature)i) && !mote_module_uses(module, (mote_feature)i));
  }
  CHECK(strcmp(mote_type_name(1), "?") == 0);
  memset(&error, 0, sizeof error);
  error.code = 255;
  CHECK(mote_describe(&error, text, sizeof text) == strlen(text));
  error.code = MOTE_kFeatureOff;
  error.feature = 255;
  CHECK(mote_describe(&error, text, sizeof text) == strlen(text));
  CHECK(mote_import_at(module, mote_import_count(module)).field_name.size == 0);
  CHECK(mote_import_at(module, MOTE_NO_INDEX).field_name.size == 0);
  CHECK(mote_export_at(module, mote_export_count(module)).name.size == 0);
  CHECK(mote_memory_type(module, 1).page_size_log2 == 0);
  CHECK(mote_function_name(module, MOTE_NO_INDEX).size == 0);
  CHECK(mote_start(execution, function, NULL, 0) == MOTE_kNotAFunction);
  CHECK(mote_result(execution, 0).type == MOTE_NO_TYPE);
  CHECK(mote_memory(instance, 0xFFFFFFFF, 0xFFFFFFFF) == NULL);
}

/* Number and types of arguments, results and values. */
static void test_types(mote_instance* instance, mote_execution* execution) {
  mote_value values[3];
  mote_error error;
  values[0] = mote_i32(1);
  values[1] = mote_i64(2);
  values[2] = mote_i32(3);
  CHECK(mote_run(execution, mote_find_function(instance, "swap"), values, 1, &error) == MOTE_IDLE);
  CHECK(error.code == MOTE_kArguments);
  CHECK(mote_run(execution, mote_find_function(instance, "swap"), values, 3, &error) == MOTE_IDLE);
  CHECK(error.code == MOTE_kArguments);
  CHECK(mote_run(execution, mote_find_function(instance, "divide"), values, 2, &error) ==
        MOTE_IDLE);
  CHECK(error.code == MOTE_kArguments);
  CHECK(mote_run(execution, mote_find_function(instance, "swap"), NULL, 0, &error) == MOTE_IDLE);
  CHECK(error.code == MOTE_kArguments);
  CHECK(mote_run(execution, mote_find_function(instance, "swap"), values, 2, &error) == MOTE_DONE);
  CHECK(error.code == MOTE_kOk && mote_result(execution, 2).type == MOTE_NO_TYPE);
  values[0].type = 1; /* no type */
  CHECK(mote_set_global(instance, "count", values[0]) == MOTE_kArguments);
}

/* ---- Another store --------------------------------------------------------------------------- */

static void test_foreign(mote_instance* instance, mote_execution* execution) {
  static world w;
  mote_store other;
  mote_execution its;
  mote_execution* executions[1];
  mote_value result = mote_i64(0);
  size_t size = 0;
  mote_instance* foreign = make(&other, second_buffer.bytes, sizeof second_buffer.bytes, &w);
  mote_instance* none = foreign; /* becomes NULL */
  CHECK(mote_instantiate(&other, mote_module_of(instance), &none, NULL) == MOTE_kNotInStore);
  CHECK(none == NULL);
  none = foreign;
  CHECK(mote_instantiate_with(&other, mote_module_of(instance), NULL, 0, &none, NULL) ==
        MOTE_kNotInStore);
  CHECK(none == NULL);
  CHECK(mote_name_instance(&other, "foreign", instance) == MOTE_kNotInStore);
  CHECK(mote_start(execution, mote_find_function(foreign, "later"), NULL, 0) == MOTE_kNotAFunction);
  CHECK(mote_execution_init(&its, &other, 1024) == MOTE_kOk);
  CHECK(mote_start(&its, mote_find_function(instance, "later"), NULL, 0) == MOTE_kNotAFunction);
  CHECK(mote_run(&its, mote_find_function(foreign, "later"), NULL, 0, NULL) == MOTE_WAITING);
#if MOTE_FEATURE_SNAPSHOTS
  executions[0] = execution;
  CHECK(mote_save_snapshot(&other, executions, 1, NULL, NULL, &size) == MOTE_kArguments);
#endif
  (void)executions, (void)size;
  CHECK(mote_complete(execution, &result, 1) == MOTE_kNotRunnable);
  mote_execution_destroy(&its);
}

/* ---- The wrong time -------------------------------------------------------------------------- */

static void use_within(world* w, mote_host* host) {
  mote_value result = mote_i32(0), argument = mote_i32(1);
  mote_error error;
  const mote_function none = {NULL, 0};
  CHECK(mote_start(w->execution, w->function, &argument, 1) == MOTE_kBusy);
  CHECK(mote_run(w->execution, w->function, &argument, 1, &error) == MOTE_IDLE);
  CHECK(error.code == MOTE_kBusy);
  (void)mote_resume(w->execution);
  mote_cancel(w->execution);
  CHECK(mote_complete(w->execution, NULL, 0) == MOTE_kNotRunnable);
  CHECK(mote_store_reset(w->store) == MOTE_kBusy);
  CHECK(mote_host_call(host, none, NULL, 0, &result, 1, &error) == MOTE_kNotAFunction);
  CHECK(mote_host_call(host, w->foreign, &argument, 1, &result, 1, NULL) == MOTE_kNotAFunction);
  CHECK(mote_host_call(host, w->function, NULL, 0, &result, 1, NULL) == MOTE_kArguments);
  w->act = NULL;
  CHECK(mote_host_call(host, w->function, &argument, 1, NULL, 0, NULL) == MOTE_kArguments);
  CHECK(mote_host_call(host, w->function, &argument, 1, &result, 1, &error) == MOTE_kOk);
  CHECK(mote_host_memory(host, 65536, 1) == NULL && mote_host_memory(host, 0, 0) == NULL);
  CHECK(mote_host_touch(host, 0, UINT64_MAX) == MOTE_kMemoryBounds);
}

/* Who calls, asked in both ways. */
static void ask_within(world* w, mote_host* host) {
  mote_frame frame;
  mote_value result = mote_i32(0), argument = mote_i32(1);
  memset(&frame, 0, sizeof frame);
  CHECK(mote_host_backtrace(host, &frame, 1) == 1 && frame.offset != MOTE_NO_INDEX);
  CHECK(frame.instance == mote_host_instance(host) && frame.function == w->function.index);
  CHECK(mote_backtrace(w->execution, NULL, 0) == 1);
  if (w->acts > 2) return;
  w->acts++;
  CHECK(mote_host_call(host, w->function, &argument, 1, &result, 1, NULL) == MOTE_kOk);
  CHECK(mote_host_backtrace(host, NULL, 0) == 1);
}

static void destroy_within(world* w, mote_host* host) {
  (void)host;
  mote_execution_destroy(w->execution);
}

/* Calls itself until it is refused; `acts` counts how deep it went. */
static void call_within(world* w, mote_host* host) {
  mote_value result = mote_i32(0), argument = mote_i32(1);
  mote_error_code code;
  if (w->acts > 100) return;
  w->acts++;
  code = mote_host_call(host, w->function, &argument, 1, &result, 1, NULL);
  CHECK(code == MOTE_kOk || code == MOTE_kHostNesting || code == MOTE_kStackExhausted);
}

static void test_within_host_functions(void) {
  static mote_store store, other;
  static mote_execution execution;
  world w;
  mote_value argument = mote_i32(1);
  mote_instance *instance, *foreign;
  memset(&w, 0, sizeof w);
  foreign = make(&other, second_buffer.bytes, sizeof second_buffer.bytes, &w);
  instance = make(&store, buffer.bytes, sizeof buffer.bytes, &w);
  CHECK(mote_execution_init(&execution, &store, 4096) == MOTE_kOk);
  w.store = &store;
  w.execution = &execution;
  w.function = mote_find_function(instance, "back");
  w.foreign = mote_find_function(foreign, "back");
  w.act = use_within;
  CHECK(mote_run(&execution, w.function, &argument, 1, NULL) == MOTE_DONE);
  CHECK(w.acts == 2);
  w.acts = 0;
  w.act = call_within;
  CHECK(mote_run(&execution, w.function, &argument, 1, NULL) == MOTE_DONE);
  CHECK(w.acts == 2 * (MOTE_MAX_HOST_NESTING + 1)); /* once in call_within(), once in act() */
  w.acts = 0;
  w.act = ask_within;
  CHECK(mote_run(&execution, w.function, &argument, 1, NULL) == MOTE_DONE);
  CHECK(mote_backtrace(&execution, NULL, 0) == 0);
  w.act = destroy_within;
  CHECK(mote_start(&execution, w.function, &argument, 1) == MOTE_kOk);
  CHECK(mote_resume(&execution) == MOTE_TRAPPED);
  CHECK(mote_store_memory(&store).scratch == 0);
}

/* Loading: the order of calls, and what is not there. */
static void test_loaders(void) {
  static mote_store store;
  static mote_loader loader, second;
  const mote_module* module = (const mote_module*)&store; /* becomes NULL */
  mote_error error;
  mote_store_init(&store, buffer.bytes, sizeof buffer.bytes, false);
  CHECK(mote_load(&store, NULL, 0, NULL, &module, &error) == MOTE_kUnexpectedEnd);
  CHECK(module == NULL);
  CHECK(mote_loader_init(&loader, &store, NULL) == MOTE_kOk);
  CHECK(mote_loader_init(&second, &store, NULL) == MOTE_kBusy);
  CHECK(mote_loader_feed(&second, wasm, 1, &error) == MOTE_kBusy && error.code == MOTE_kBusy);
  CHECK(mote_loader_finish(&second, &module, NULL) == MOTE_kBusy && module == NULL);
  mote_loader_destroy(&second);
  CHECK(mote_load(&store, wasm, wasm_size, NULL, &module, NULL) == MOTE_kBusy);
  CHECK(mote_loader_feed(&loader, NULL, 0, NULL) == MOTE_kOk);
  CHECK(mote_loader_feed(&loader, "none", 4, NULL) == MOTE_kMagic);
  CHECK(mote_loader_feed(&loader, wasm, wasm_size, NULL) == MOTE_kMagic); /* it stays failed */
  CHECK(mote_loader_finish(&loader, &module, NULL) == MOTE_kMagic);
  mote_loader_destroy(&loader);
  CHECK(mote_loader_init(&loader, &store, NULL) == MOTE_kOk);
  CHECK(mote_loader_feed(&loader, wasm, wasm_size, NULL) == MOTE_kOk);
  CHECK(mote_loader_finish(&loader, &module, NULL) == MOTE_kOk && module != NULL);
  CHECK(mote_loader_finish(&loader, &module, NULL) == MOTE_kLoadOrder && module == NULL);
  CHECK(mote_loader_feed(&loader, wasm, 1, NULL) == MOTE_kLoadOrder);
  mote_loader_destroy(&loader);
}

/* ---- After a reset --------------------------------------------------------------------------- */

static void test_after_reset(void) {
  static mote_store store;
  static mote_execution waiting, next;
  static mote_loader loader;
  static world w;
  const mote_module* module = NULL;
  mote_run_limits limits = MOTE_NO_LIMITS;
  mote_guest guest = {NULL, 1000, false, MOTE_NO_LIMITS};
  mote_frame frame;
  mote_error error;
  mote_value value = mote_i64(41);
  mote_function before;
  mote_instance* instance = make(&store, buffer.bytes, sizeof buffer.bytes, &w);
  before = mote_find_function(instance, "later");
  CHECK(mote_execution_init(&waiting, &store, 1024) == MOTE_kOk);
  CHECK(mote_run(&waiting, before, NULL, 0, NULL) == MOTE_WAITING);
  CHECK(mote_backtrace(&waiting, &frame, 1) == 1);
  CHECK(mote_loader_init(&loader, &store, NULL) == MOTE_kOk);
  CHECK(mote_loader_feed(&loader, wasm, 8, NULL) == MOTE_kOk);
  CHECK(mote_store_reset(&store) == MOTE_kOk);

  CHECK(mote_loader_feed(&loader, wasm + 8, 1, NULL) == MOTE_kStoreReset);
  CHECK(mote_loader_finish(&loader, &module, &error) == MOTE_kStoreReset && module == NULL);
  CHECK(error.code == MOTE_kStoreReset);
  CHECK(mote_execution_error(&waiting) == MOTE_kStoreReset);
  CHECK(mote_state_of(&waiting) == MOTE_IDLE && mote_resume(&waiting) == MOTE_IDLE);
  CHECK(mote_resume_within(&waiting, &limits) == MOTE_IDLE);
  CHECK(mote_complete(&waiting, &value, 1) == MOTE_kStoreReset);
  CHECK(mote_start(&waiting, before, NULL, 0) == MOTE_kStoreReset);
  CHECK(mote_start_instance(&waiting, instance) == MOTE_kStoreReset);
  CHECK(mote_run(&waiting, before, NULL, 0, &error) == MOTE_IDLE);
  CHECK(error.code == MOTE_kStoreReset);
  CHECK(mote_result_count(&waiting) == 0 && mote_result(&waiting, 0).type == MOTE_NO_TYPE);
  CHECK(mote_trap_of(&waiting, &error) == MOTE_kOk && mote_backtrace(&waiting, &frame, 1) == 0);
  CHECK(mote_stack_peak(&waiting) == 0);
  mote_set_fuel(&waiting, 5);
  CHECK(mote_fuel(&waiting) == 0);
  mote_execution_interrupt(&waiting);
  mote_execution_kill(&waiting);
  mote_cancel(&waiting);
  guest.execution = &waiting;
  CHECK(mote_round_robin_turn(&guest, 1) == 0);

  /* A new execution refuses functions from before. */
  CHECK(mote_execution_init(&next, &store, 1024) == MOTE_kOk);
  CHECK(mote_start(&next, before, NULL, 0) == MOTE_kNotAFunction);
  mote_loader_destroy(&loader);
  mote_execution_destroy(&waiting);
  mote_execution_destroy(&next);
  CHECK(mote_store_memory(&store).scratch == 0);
}

/* ---- Too little memory ----------------------------------------------------------------------- */

static void test_tiny_stores(void) {
  static mote_store store;
  static mote_execution execution;
  static mote_loader loader;
  static world w;
  const mote_module* module = NULL;
  mote_error_code code;
  size_t size;
  for (size = 0; size < 4096; size += 61) {
    mote_store_init(&store, size == 0 ? NULL : buffer.bytes + 1, size, false);
    code = mote_load(&store, wasm, wasm_size, NULL, &module, NULL);
    CHECK(code == MOTE_kOutOfMemory || (code == MOTE_kOk && size > 1024));
    CHECK((module != NULL) == (code == MOTE_kOk) && mote_store_memory(&store).total == size);
    if (mote_loader_init(&loader, &store, NULL) != MOTE_kOk) {
      CHECK(mote_loader_feed(&loader, wasm, 1, NULL) == MOTE_kOutOfMemory);
    }
    mote_loader_destroy(&loader);
    if (mote_execution_init(&execution, &store, 4096) != MOTE_kOk) {
      CHECK(mote_execution_error(&execution) == MOTE_kOutOfMemory);
      CHECK(mote_resume(&execution) == MOTE_IDLE);
    }
    mote_execution_destroy(&execution);
    (void)mote_provide(&store, kHost, 5, &w);
    CHECK(mote_store_reset(&store) == MOTE_kOk);
  }
}

int main(int argc, char** argv) {
  static world w;
  mote_store store;
  mote_execution execution;
  mote_instance* instance;
  wasm = read_file(argc > 1 ? argv[1] : ".", "c_api.wasm", &wasm_size);
  instance = make(&store, buffer.bytes, sizeof buffer.bytes, &w);
  CHECK(mote_execution_init(&execution, &store, 4096) == MOTE_kOk);
  test_no_module(&store);
  test_no_instance(&store, &execution);
  test_numbers(instance, &execution);
  test_types(instance, &execution);
  test_foreign(instance, &execution);
  mote_execution_destroy(&execution);
  test_within_host_functions();
  test_loaders();
  test_after_reset();
  test_tiny_stores();
  free(wasm);
  return check_end();
}
