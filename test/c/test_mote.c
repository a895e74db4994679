/* The C API, mote/mote.h: every function, and what it says when it cannot.
 *   test_mote FOLDER   (of c_api.wasm) */
#include <mote/mote.h>

#include "check.h"

static union {
  uint8_t bytes[256 * 1024];
  uint64_t align;
} buffer;

typedef struct world {
  mote_instance* instance;
  uint32_t seen_handle;
  int calls;
} world;

static mote_host_status mix(mote_host* host, uint32_t* slots) {
  const uint32_t* at = slots;
  const int32_t a = mote_take_i32(&at);
  const int64_t b = mote_take_i64(&at);
  const float c = mote_take_f32(&at);
  const double d = mote_take_f64(&at);
  const mote_value e = mote_take_reference(&at, MOTE_EXTERNREF);
  world* w = (world*)mote_host_context(host);
  w->calls++;
  w->seen_handle = mote_is_null(e) ? 0 : mote_as_extern(e);
  mote_put_f64(&slots, (double)a + (double)b + (double)c + d);
  return mote_returned();
}

static mote_host_status sum(mote_host* host, uint32_t* slots) {
  const uint32_t* at = slots;
  void* bytes;
  uint32_t length, i;
  int32_t total = 0;
  const mote_error_code code = mote_take_bytes(host, &at, &bytes, &length);
  if (code != MOTE_kOk) return mote_trapped(code, 0);
  for (i = 0; i < length; i++) total += ((const uint8_t*)bytes)[i];
  mote_put_i32(&slots, total);
  return mote_returned();
}

static mote_host_status later(mote_host* host, uint32_t* slots) {
  (void)host;
  (void)slots;
  return mote_not_yet();
}

/* Calls the guest's "divide" with (100, argument). */
static mote_host_status back(mote_host* host, uint32_t* slots) {
  const uint32_t* at = slots;
  mote_value arguments[2];
  mote_value result;
  mote_error error;
  mote_error_code code;
  arguments[0] = mote_i32(100);
  arguments[1] = mote_i32(mote_take_i32(&at));
  code = mote_host_call(host, mote_find_function(mote_host_instance(host), "divide"), arguments, 2,
                        &result, 1, &error);
  if (code != MOTE_kOk) return mote_trapped(code, 0);
  at = slots; /* the call has left them alone */
  if (mote_take_i32(&at) != mote_as_i32(arguments[1])) return mote_trapped(MOTE_kArguments, 0);
  mote_put_i32(&slots, mote_as_i32(result));
  return mote_returned();
}

static mote_host_status leave(mote_host* host, uint32_t* slots) {
  const uint32_t* at = slots;
  (void)host;
  return mote_exited((uint32_t)mote_take_i32(&at));
}

static const mote_type kMix[] = {MOTE_I32, MOTE_I64, MOTE_F32, MOTE_F64, MOTE_EXTERNREF};
static const mote_type kI32[] = {MOTE_I32, MOTE_I32};
static const mote_type kI64[] = {MOTE_I64};
static const mote_type kF64[] = {MOTE_F64};
static const mote_host_function kHost[] = {
    {"host", "mix", {kMix, kF64, 5, 1}, mix},     {"host", "sum", {kI32, kI32, 2, 1}, sum},
    {"host", "later", {NULL, kI64, 0, 1}, later}, {"host", "back", {kI32, kI32, 1, 1}, back},
    {"host", "leave", {kI32, NULL, 1, 0}, leave},
};
static const mote_host_function kWrongType[] = {{"host", "sum", {kI32, kI64, 2, 1}, sum}};

static bool is(mote_string text, const char* expected) {
  return text.size == strlen(expected) && memcmp(text.data, expected, text.size) == 0;
}

static void test_errors(void) {
  char text[160];
  mote_error error;
  mote_store store;
  const mote_module* module = NULL;
  const char kNoModule[] = "no module";
  const mote_string kName = {"a\"b\n", 4};
  CHECK(strcmp(mote_error_text(MOTE_kOk), "") == 0);
  CHECK(strcmp(mote_error_text(MOTE_kUnreachable), "unreachable") == 0);
  CHECK(mote_class_of(MOTE_kUnreachable) == MOTE_CLASS_TRAP);
  CHECK(mote_class_of(MOTE_kArguments) == MOTE_CLASS_USAGE);
  CHECK(strcmp(mote_feature_name(MOTE_USES_kGc), "gc") == 0);
  CHECK(strcmp(mote_feature_level(MOTE_USES_kGc), "3.0") == 0);
  CHECK(!mote_is_built_in(MOTE_USES_kGc));
  CHECK(mote_is_built_in(MOTE_USES_kBulkMemory));
  CHECK(strcmp(mote_type_name(MOTE_FUNCREF), "funcref") == 0);
  CHECK(strcmp(mote_type_name(MOTE_NO_TYPE), "nothing") == 0);
  CHECK(mote_escape_name(kName, text, sizeof text) == 7 && strcmp(text, "a\\\"b\\0a") == 0);
  CHECK(mote_escape_name(kName, text, 3) == 2 && strcmp(text, "a\\") == 0);

  mote_store_init(&store, buffer.bytes, sizeof buffer.bytes, false);
  CHECK(mote_load(&store, kNoModule, sizeof kNoModule, NULL, &module, &error) == MOTE_kMagic);
  CHECK(module == NULL && error.code == MOTE_kMagic && error.offset == 0);
  CHECK(mote_describe(&error, text, sizeof text) == strlen(text));
  CHECK(strstr(text, "magic header not detected") != NULL);
  CHECK(mote_describe(&error, text, 4) == 3 && strlen(text) == 3);
  CHECK(mote_load(&store, kNoModule, sizeof kNoModule, NULL, &module, NULL) == MOTE_kMagic);
}

static void test_values(void) {
  CHECK(mote_as_i32(mote_i32(-7)) == -7 && mote_i32(-7).bits == 0xFFFFFFF9u);
  CHECK(mote_as_i64(mote_i64(-7)) == -7);
  CHECK(mote_as_f32(mote_f32(1.25f)) == 1.25f && mote_f32(-0.0f).bits == 0x80000000u);
  CHECK(mote_as_f64(mote_f64(-1.25)) == -1.25);
  CHECK(mote_is_null(mote_null(MOTE_FUNCREF)) && !mote_is_null(mote_i32(0)));
  CHECK(mote_as_extern(mote_extern(0)) == 0 && !mote_is_null(mote_extern(0)));
}

static void test_module(const mote_module* module, size_t size) {
  mote_import import;
  mote_export exported;
  mote_module_info info = mote_info_of(module);
  CHECK(info.module_bytes == size && info.functions == 9 && info.code_bytes > 0);
  CHECK(mote_import_count(module) == 5);
  import = mote_import_at(module, 0);
  CHECK(is(import.module_name, "host") && is(import.field_name, "mix"));
  CHECK(import.type.kind == MOTE_FUNCTION && import.type.function.parameter_count == 5);
  CHECK(import.type.function.parameters[4] == MOTE_EXTERNREF);
  CHECK(import.type.function.results[0] == MOTE_F64);
  CHECK(mote_export_count(module) == 12);
  exported = mote_export_at(module, 0);
  CHECK(is(exported.name, "memory") && exported.type.kind == MOTE_MEMORY);
  CHECK(exported.type.minimum == 1 && exported.type.maximum == 2 && exported.type.has_maximum);
  CHECK(exported.type.page_size_log2 == 16);
  exported = mote_export_at(module, 1);
  CHECK(exported.type.kind == MOTE_GLOBAL && exported.type.value == MOTE_I32);
  CHECK(exported.type.is_mutable);
  CHECK(mote_memory_count(module) == 1);
  CHECK(mote_memory_type(module, 0).kind == MOTE_MEMORY);
  CHECK(mote_memory_type(module, 0).minimum == 1 && mote_memory_type(module, 0).maximum == 2);
  CHECK(mote_same_type(mote_import_at(module, 1).type.function, kHost[1].type));
  CHECK(!mote_same_type(mote_import_at(module, 1).type.function, kWrongType[0].type));
  CHECK(mote_module_uses(module, MOTE_USES_kReferenceTypes));
  CHECK(!mote_module_uses(module, MOTE_USES_kGc));
  CHECK(!mote_has_start_function(module));
  CHECK(is(mote_module_name(module), "guest"));
  CHECK(is(mote_function_name(module, 0), "mix"));
}

static void test_instance(mote_instance* instance) {
  mote_value value;
  uint8_t* bytes;
  mote_function swap = mote_find_function(instance, "swap");
  CHECK(swap.instance == instance);
  CHECK(mote_type_of(swap).parameter_count == 2 && mote_type_of(swap).results[0] == MOTE_I64);
  CHECK(mote_find_function(instance, "memory").instance == NULL);
  CHECK(mote_find_function(instance, "").instance == NULL);
  CHECK(mote_get_global(instance, "count", &value) == MOTE_kOk && mote_as_i32(value) == 3);
  CHECK(mote_set_global(instance, "count", mote_i32(4)) == MOTE_kOk);
  CHECK(mote_get_global(instance, "count", &value) == MOTE_kOk && mote_as_i32(value) == 4);
  CHECK(mote_set_global(instance, "count", mote_i64(4)) == MOTE_kArguments);
  CHECK(mote_set_global(instance, "fixed", mote_f64(4)) == MOTE_kImmutableGlobal);
  CHECK(mote_get_global(instance, "none", &value) == MOTE_kUnknownGlobal);
  CHECK(mote_has_memory(instance) && mote_memory_size(instance) == 65536);
  bytes = (uint8_t*)mote_memory(instance, 4, 4);
  CHECK(bytes != NULL && bytes[0] == 1 && bytes[3] == 4);
  CHECK(mote_memory_backed(instance) >= 4 && mote_memory_backed(instance) <= 65536);
  CHECK(mote_memory(instance, 65533, 4) == NULL);
  CHECK(mote_memory(instance, 0, 0) == NULL);
}

static void test_calls(mote_execution* execution, mote_instance* instance, world* w) {
  mote_value arguments[5];
  mote_error error;
  arguments[0] = mote_i32(1);
  arguments[1] = mote_i64(20);
  arguments[2] = mote_f32(0.5f);
  arguments[3] = mote_f64(0.25);
  arguments[4] = mote_extern(77);
  CHECK(mote_run(execution, mote_find_function(instance, "mix"), arguments, 5, &error) ==
        MOTE_DONE);
  CHECK(error.code == MOTE_kOk && w->calls == 1 && w->seen_handle == 77);
  CHECK(mote_result_count(execution) == 1);
  CHECK(mote_as_f64(mote_result(execution, 0)) == 21.75);
  CHECK(mote_run(execution, mote_find_function(instance, "swap"), arguments, 2, NULL) == MOTE_DONE);
  CHECK(mote_result_count(execution) == 2 && mote_as_i64(mote_result(execution, 0)) == 20);
  CHECK(mote_as_i32(mote_result(execution, 1)) == 1);
  CHECK(mote_run(execution, mote_find_function(instance, "same"), arguments + 4, 1, NULL) ==
        MOTE_DONE);
  CHECK(mote_as_extern(mote_result(execution, 0)) == 77);

  arguments[0] = mote_i32(4);
  arguments[1] = mote_i32(4);
  CHECK(mote_run(execution, mote_find_function(instance, "sum"), arguments, 2, NULL) == MOTE_DONE);
  CHECK(mote_as_i32(mote_result(execution, 0)) == 1 + 2 + 3 + 4);
  arguments[0] = mote_i32(65536);
  arguments[1] = mote_i32(0);
  CHECK(mote_run(execution, mote_find_function(instance, "sum"), arguments, 2, NULL) == MOTE_DONE);
  arguments[1] = mote_i32(1);
  CHECK(mote_run(execution, mote_find_function(instance, "sum"), arguments, 2, &error) ==
        MOTE_TRAPPED);
  CHECK(error.code == MOTE_kMemoryBounds);

  CHECK(mote_run(execution, mote_find_function(instance, "none"), NULL, 0, &error) == MOTE_IDLE);
  CHECK(error.code == MOTE_kNotAFunction);
  CHECK(mote_start(execution, mote_find_function(instance, "sum"), arguments, 1) ==
        MOTE_kArguments);
  arguments[1] = mote_f32(1);
  CHECK(mote_start(execution, mote_find_function(instance, "sum"), arguments, 2) ==
        MOTE_kArguments);
}

static void test_traps(mote_execution* execution, mote_instance* instance) {
  mote_value arguments[2];
  mote_frame frames[3];
  mote_error error;
  arguments[0] = mote_i32(5);
  CHECK(mote_run(execution, mote_find_function(instance, "back"), arguments, 1, NULL) == MOTE_DONE);
  CHECK(mote_as_i32(mote_result(execution, 0)) == 20);
  CHECK(mote_trap_of(execution, &error) == MOTE_kOk);
  arguments[0] = mote_i32(0);
  CHECK(mote_run(execution, mote_find_function(instance, "back"), arguments, 1, NULL) ==
        MOTE_TRAPPED);
  CHECK(mote_trap_of(execution, &error) == MOTE_kDivideByZero);
  arguments[1] = mote_i32(0);
  CHECK(mote_run(execution, mote_find_function(instance, "divide"), arguments, 2, &error) ==
        MOTE_TRAPPED);
  CHECK(error.code == MOTE_kDivideByZero && error.offset != MOTE_NO_INDEX);
  CHECK(mote_backtrace(execution, frames, 3) == 1);
  CHECK(frames[0].instance == instance && frames[0].function == error.function);
  CHECK(frames[0].offset == error.offset && is(frames[0].name, "divide"));
  CHECK(mote_backtrace(execution, NULL, 0) == 1);
  arguments[0] = mote_i32(42);
  CHECK(mote_run(execution, mote_find_function(instance, "leave"), arguments, 1, &error) ==
        MOTE_TRAPPED);
  CHECK(error.code == MOTE_kHostExit && error.index == 42);
}

static uint64_t tick(void* context) { return ++*(uint64_t*)context; }

static void test_pauses(mote_execution* execution, mote_instance* instance) {
  uint64_t ticks = 0;
  mote_run_limits limits = {5000, MOTE_NO_DEADLINE, tick, NULL};
  mote_value result = mote_i64(41);
  const mote_value wrong = mote_i32(41);
  limits.context = &ticks;
  CHECK(mote_start(execution, mote_find_function(instance, "later"), NULL, 0) == MOTE_kOk);
  CHECK(mote_state_of(execution) == MOTE_READY);
  CHECK(mote_start(execution, mote_find_function(instance, "later"), NULL, 0) == MOTE_kBusy);
  CHECK(mote_complete(execution, &result, 1) == MOTE_kNotRunnable);
  CHECK(mote_resume(execution) == MOTE_WAITING);
  CHECK(mote_complete(execution, &wrong, 1) == MOTE_kArguments);
  CHECK(mote_complete(execution, NULL, 0) == MOTE_kArguments);
  CHECK(mote_complete(execution, &result, 1) == MOTE_kOk);
  CHECK(mote_resume(execution) == MOTE_DONE);
  CHECK(mote_as_i64(mote_result(execution, 0)) == 42);

  CHECK(mote_fuel(execution) == MOTE_UNLIMITED_FUEL);
  mote_set_fuel(execution, 1000);
  CHECK(mote_run(execution, mote_find_function(instance, "spin"), NULL, 0, NULL) ==
        MOTE_OUT_OF_FUEL);
  CHECK(mote_fuel(execution) == 0);
  mote_set_fuel(execution, MOTE_UNLIMITED_FUEL);
  mote_execution_interrupt(execution);
  CHECK(mote_resume(execution) == MOTE_INTERRUPTED);
  CHECK(mote_resume_within(execution, &limits) == MOTE_INTERRUPTED && limits.share <= 0);
  limits.share = MOTE_UNLIMITED_SHARE;
  limits.deadline = 5;
  CHECK(mote_resume_within(execution, &limits) == MOTE_DEADLINE && ticks >= 5);
  mote_execution_kill(execution);
  CHECK(mote_resume(execution) == MOTE_TRAPPED);
  CHECK(mote_trap_of(execution, NULL) == MOTE_kKilled);
  CHECK(mote_start(execution, mote_find_function(instance, "spin"), NULL, 0) == MOTE_kOk);
  mote_cancel(execution);
  CHECK(mote_state_of(execution) == MOTE_IDLE);
  CHECK(mote_start_instance(execution, instance) == MOTE_kOk);
  CHECK(mote_state_of(execution) == MOTE_DONE && mote_result_count(execution) == 0);
  CHECK(mote_stack_peak(execution) == 0);
  mote_restart_stack_peak(execution);
  CHECK(mote_start(execution, mote_find_function(instance, "spin"), NULL, 0) == MOTE_kOk);
  mote_set_fuel(execution, 10);
  CHECK(mote_resume(execution) == MOTE_OUT_OF_FUEL);
  CHECK(mote_stack_peak(execution) > 0 && mote_stack_peak(execution) <= 4096);
  mote_cancel(execution);
}

static void test_links(mote_store* store, const mote_module* module) {
  mote_instance* instance = NULL;
  mote_error error;
  char text[160];
  CHECK(mote_instantiate(store, module, &instance, &error) == MOTE_kUnknownImport);
  CHECK(instance == NULL && is(error.module_name, "host") && is(error.field_name, "mix"));
  CHECK(mote_describe(&error, text, sizeof text) > 0 && strstr(text, "mix") != NULL);
  CHECK(mote_provide(store, kHost, sizeof kHost / sizeof kHost[0], NULL) == MOTE_kOk);
  CHECK(mote_provide(store, kWrongType, 1, NULL) == MOTE_kOk);
  CHECK(mote_instantiate(store, module, &instance, &error) == MOTE_kIncompatibleImport);
  CHECK(is(error.field_name, "sum"));
}

static void test_images(mote_store* store, const mote_module* module, const char* bytes,
                        size_t size) {
  static union {
    uint8_t bytes[8192];
    uint32_t align;
  } image;
  uint32_t image_size = 0;
  mote_error error;
  const mote_module* opened = NULL;
  const mote_error_code code =
      mote_save_image(module, bytes, size, image.bytes, sizeof image.bytes, &image_size, &error);
#if MOTE_FEATURE_SAVED_CODE
  CHECK(code == MOTE_kOk && image_size > 0);
  CHECK(mote_open_image(store, image.bytes, image_size, NULL, &opened, &error) == MOTE_kOk);
  CHECK(opened != NULL && mote_info_of(opened).code_in_place);
  image.bytes[image_size / 2] ^= 1;
  CHECK(mote_open_image(store, image.bytes, image_size, NULL, &opened, &error) ==
        MOTE_kImageDamaged);
#else
  CHECK(code == MOTE_kCodeNotMovable || code == MOTE_kSavedCodeOff);
  CHECK(mote_open_image(store, image.bytes, sizeof image.bytes, NULL, &opened, &error) == code);
#endif
  CHECK(MOTE_FEATURE_SAVED_CODE || opened == NULL);
}

/* Loads byte by byte. */
static mote_error_code load_in_pieces(mote_store* store, const char* bytes, size_t size,
                                      const mote_module** module, mote_error* error) {
  mote_loader loader, second;
  mote_load_options options = {false, true};
  mote_error_code code = mote_loader_init(&loader, store, &options);
  size_t i;
  CHECK(mote_loader_init(&second, store, NULL) == MOTE_kBusy);
  mote_loader_destroy(&second);
  for (i = 0; code == MOTE_kOk && i < size; i++) {
    code = mote_loader_feed(&loader, bytes + i, 1, error);
  }
  if (code == MOTE_kOk) code = mote_loader_finish(&loader, module, error);
  mote_loader_destroy(&loader);
  return code;
}

#if MOTE_FEATURE_SNAPSHOTS
typedef struct file {
  uint8_t bytes[64 * 1024];
  size_t size;
  size_t limit;
} file;

static bool append(void* context, mote_bytes bytes) {
  file* to = (file*)context;
  if (bytes.size > to->limit - to->size) return false;
  memcpy(to->bytes + to->size, bytes.data, bytes.size);
  to->size += bytes.size;
  return true;
}

/* A guest that waits goes on in a store that was reset meanwhile, where "count" is as it was. */
static void test_snapshots(mote_store* store, const char* bytes, size_t size) {
  static file saved;
  mote_execution execution;
  mote_execution* executions[1];
  const mote_module* module = NULL;
  mote_instance* instance = NULL;
  mote_error error;
  mote_value value = mote_i64(41);
  size_t length = 0, written = 0;
  int round;
  executions[0] = &execution;
  saved.limit = sizeof saved.bytes;
  for (round = 0; round < 2; round++) {
    CHECK(mote_store_reset(store) == MOTE_kOk);
    CHECK(mote_provide(store, kHost, sizeof kHost / sizeof kHost[0], NULL) == MOTE_kOk);
    CHECK(mote_load(store, bytes, size, NULL, &module, &error) == MOTE_kOk);
    CHECK(mote_instantiate(store, module, &instance, &error) == MOTE_kOk);
    CHECK(mote_execution_init(&execution, store, 4096) == MOTE_kOk);
    if (round == 0) {
      CHECK(mote_set_global(instance, "count", mote_i32(77)) == MOTE_kOk);
      CHECK(mote_run(&execution, mote_find_function(instance, "later"), NULL, 0, NULL) ==
            MOTE_WAITING);
      CHECK(mote_save_snapshot(store, executions, 1, NULL, NULL, &length) == MOTE_kOk);
      CHECK(length > 0 && length <= sizeof saved.bytes);
      CHECK(mote_save_snapshot(store, executions, 1, append, &saved, &written) == MOTE_kOk);
      CHECK(written == length && saved.size == length);
      saved.limit = saved.size;
      CHECK(mote_save_snapshot(store, executions, 1, append, &saved, &written) == MOTE_kImageWrite);
    } else {
      CHECK(mote_restore_snapshot(store, executions, 0, saved.bytes, saved.size) ==
            MOTE_kOtherInstances);
      saved.bytes[saved.size / 2] ^= 1;
      CHECK(mote_restore_snapshot(store, executions, 1, saved.bytes, saved.size) ==
            MOTE_kImageDamaged);
      saved.bytes[saved.size / 2] ^= 1;
      CHECK(mote_restore_snapshot(store, executions, 1, saved.bytes, saved.size) == MOTE_kOk);
      CHECK(mote_get_global(instance, "count", &value) == MOTE_kOk && mote_as_i32(value) == 77);
      CHECK(mote_state_of(&execution) == MOTE_WAITING);
      value = mote_i64(41);
      CHECK(mote_complete(&execution, &value, 1) == MOTE_kOk);
      CHECK(mote_resume(&execution) == MOTE_DONE);
      CHECK(mote_as_i64(mote_result(&execution, 0)) == 42);
    }
    mote_execution_destroy(&execution);
  }
}
#endif

static int64_t write_text(void* context, uint32_t descriptor, mote_bytes bytes) {
  char* text = (char*)context;
  if (descriptor != 1 || bytes.size > 15) return -1;
  memcpy(text, bytes.data, bytes.size);
  text[bytes.size] = 0;
  return (int64_t)bytes.size;
}

static bool read_clock(void* context, uint32_t clock, uint64_t* nanoseconds) {
  (void)context;
  *nanoseconds = 1234;
  return clock == 1;
}

static void test_wasi(mote_store* store, const char* folder) {
  char text[16] = "";
  const mote_string arguments[2] = {{"app", 3}, {"-v", 2}};
  const mote_string environment[1] = {{"LANG=C", 6}};
  mote_wasi_system system;
  mote_wasi wasi;
  mote_execution execution;
  const mote_module* module = NULL;
  mote_instance* instance = NULL;
  mote_error error;
  size_t size = 0;
  int with_system;
  char* bytes = read_file(folder, "c_wasi.wasm", &size);
  memset(&system, 0, sizeof system);
  system.context = text;
  system.write = write_text;
  system.clock_time = read_clock;
  for (with_system = 0; with_system < 2; with_system++) {
    mote_wasi_init(&wasi, with_system ? &system : NULL, with_system ? arguments : NULL,
                   with_system ? 2 : 0, with_system ? environment : NULL, with_system ? 1 : 0);
    CHECK(mote_store_reset(store) == MOTE_kOk);
    CHECK(mote_provide_wasi(store, &wasi) == MOTE_kOk);
    CHECK(mote_load(store, bytes, size, NULL, &module, &error) == MOTE_kOk);
    CHECK(mote_instantiate(store, module, &instance, &error) == MOTE_kOk);
    CHECK(mote_execution_init(&execution, store, 4096) == MOTE_kOk);
    CHECK(mote_run(&execution, mote_find_function(instance, "greet"), NULL, 0, NULL) == MOTE_DONE);
    CHECK(mote_as_i32(mote_result(&execution, 0)) == (with_system ? 2 : 0));
    CHECK(strcmp(text, with_system ? "hello" : "") == 0);
    CHECK(mote_run(&execution, mote_find_function(instance, "time"), NULL, 0, NULL) == MOTE_DONE);
    CHECK(mote_as_i32(mote_result(&execution, 0)) == (with_system ? 1234 : 52)); /* ENOSYS */
    CHECK(mote_run(&execution, mote_find_function(instance, "random"), NULL, 0, NULL) == MOTE_DONE);
    CHECK(mote_as_i32(mote_result(&execution, 0)) == 52);
    CHECK(mote_run(&execution, mote_find_function(instance, "exit"), NULL, 0, &error) ==
          MOTE_TRAPPED);
    CHECK(error.code == MOTE_kHostExit && error.index == 7);
    mote_execution_destroy(&execution);
  }
  free(bytes);
}

int main(int argc, char** argv) {
  world w = {NULL, 0, 0};
  mote_store store;
  mote_execution execution, too_large;
  const mote_module* module = NULL;
  mote_error error;
  mote_memory_report report;
  const mote_function none = {NULL, 0};
  size_t size = 0;
  char* bytes = read_file(argc > 1 ? argv[1] : ".", "c_api.wasm", &size);

  test_errors();
  test_values();

  memset(buffer.bytes, 0xEE, sizeof buffer.bytes);
  mote_store_init(&store, buffer.bytes, sizeof buffer.bytes, false);
  CHECK(mote_load(&store, bytes, size, NULL, &module, &error) == MOTE_kOk);
  test_module(module, size);
  test_links(&store, module);
  test_images(&store, module, bytes, size);

#if MOTE_FEATURE_QUOTAS
  mote_set_quota(&store, 500, MOTE_UNLIMITED, MOTE_UNLIMITED);
  CHECK(mote_load(&store, bytes, size, NULL, &module, &error) == MOTE_kModuleQuota);
#endif
  CHECK(mote_store_reset(&store) == MOTE_kOk);
  CHECK(mote_provide(&store, kHost, sizeof kHost / sizeof kHost[0], &w) == MOTE_kOk);
  CHECK(load_in_pieces(&store, bytes, size - 1, &module, &error) != MOTE_kOk);
  CHECK(load_in_pieces(&store, bytes, size, &module, &error) == MOTE_kOk);
  CHECK(mote_instantiate(&store, module, &w.instance, &error) == MOTE_kOk);
  CHECK(mote_module_of(w.instance) == module);
  CHECK(mote_name_instance(&store, "guest", w.instance) == MOTE_kOk);
  test_instance(w.instance);

  CHECK(mote_execution_init(&too_large, &store, 1 << 30) == MOTE_kOutOfMemory);
  mote_execution_destroy(&too_large);
  CHECK(mote_execution_init(&execution, &store, 4096) == MOTE_kOk);
  test_calls(&execution, w.instance, &w);
  mote_execution_destroy(&execution);
  CHECK(mote_execution_init(&execution, &store, 4096) == MOTE_kOk);

  CHECK(mote_store_reset(&store) == MOTE_kOk);
  CHECK(mote_start(&execution, none, NULL, 0) == MOTE_kStoreReset);
  mote_execution_destroy(&execution);
  CHECK(mote_provide(&store, kHost, sizeof kHost / sizeof kHost[0], &w) == MOTE_kOk);
  CHECK(mote_load(&store, bytes, size, NULL, &module, &error) == MOTE_kOk);
  CHECK(mote_instantiate(&store, module, &w.instance, &error) == MOTE_kOk);
  CHECK(mote_execution_init(&execution, &store, 4096) == MOTE_kOk);
  test_traps(&execution, w.instance);
  test_pauses(&execution, w.instance);
  report = mote_store_memory(&store);
  CHECK(report.total == sizeof buffer.bytes && report.used > 0 && report.scratch >= 4096);
  CHECK(report.peak >= report.used + report.scratch && report.refused_growths == 0);
  mote_execution_destroy(&execution);
  CHECK(mote_store_memory(&store).scratch == 0);

#if MOTE_FEATURE_SNAPSHOTS
  test_snapshots(&store, bytes, size);
#endif
  test_wasi(&store, argc > 1 ? argv[1] : ".");

  free(bytes);
  return check_end();
}
