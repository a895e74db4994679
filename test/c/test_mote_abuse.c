/* Abuse of the C API beyond single wrong handles: things that are destroyed twice, used after their
 * end or never made; handles that somebody put together; values that no guest could make; numbers
 * at the ends of their ranges. Each may fail, or do nothing. See test_mote_misuse.c for the rest.
 * test_mote_abuse FOLDER   (of c_api.wasm, positional.wasm) */
#include <mote/mote.h>

#include "check.h"

static union {
  uint8_t bytes[256 * 1024];
  uint64_t align;
} buffer, second_buffer;
static char *wasm, *table_wasm;
static size_t wasm_size, table_size;

/* What the host functions do, with the guest that called them. */
typedef struct world {
  mote_store store;
  mote_execution execution;
  mote_instance* instance;
  void (*act)(struct world* w, mote_host* host);
  mote_host_status status;
} world;

static mote_host_status nothing(mote_host* host, uint32_t* slots) {
  (void)host;
  mote_put_i64(&slots, 0);
  return mote_returned();
}
static mote_host_status sum(mote_host* host, uint32_t* slots) {
  (void)host;
  mote_put_i32(&slots, 0);
  return mote_returned();
}
static mote_host_status act(mote_host* host, uint32_t* slots) {
  world* w = (world*)mote_host_context(host);
  if (w->act != NULL) w->act(w, host);
  mote_put_i32(&slots, 0);
  return w->status;
}

static const mote_type kMix[] = {MOTE_I32, MOTE_I64, MOTE_F32, MOTE_F64, MOTE_EXTERNREF};
static const mote_type kI32[] = {MOTE_I32, MOTE_I32};
static const mote_type kI64[] = {MOTE_I64};
static const mote_type kF64[] = {MOTE_F64};
static const mote_host_function kHost[] = {
    {"host", "mix", {kMix, kF64, 5, 1}, nothing},   {"host", "sum", {kI32, kI32, 2, 1}, sum},
    {"host", "later", {NULL, kI64, 0, 1}, nothing}, {"host", "back", {kI32, kI32, 1, 1}, act},
    {"host", "leave", {kI32, NULL, 1, 0}, act},
};

static void begin(world* w) {
  const mote_module* module = NULL;
  memset(w, 0, sizeof *w);
  mote_store_init(&w->store, buffer.bytes, sizeof buffer.bytes, false);
  CHECK(mote_provide(&w->store, kHost, 5, w) == MOTE_kOk);
  CHECK(mote_load(&w->store, wasm, wasm_size, NULL, &module, NULL) == MOTE_kOk);
  CHECK(mote_instantiate(&w->store, module, &w->instance, NULL) == MOTE_kOk);
  CHECK(mote_execution_init(&w->execution, &w->store, 4096) == MOTE_kOk);
}

/* ---- Destroyed twice, used after the end ----------------------------------------------------- */

/* An execution that is no more refuses everything, and so does not take from the next one. */
static void test_ended_executions(world* w) {
  mote_execution *ended = &w->execution, next;
  mote_execution* list[1];
  const mote_function back = mote_find_function(w->instance, "back");
  const mote_value argument = mote_i32(1);
  mote_run_limits limits = MOTE_NO_LIMITS;
  mote_guest guest = {NULL, 1000, false, MOTE_NO_LIMITS};
  mote_error error;
  size_t size = 0;
  mote_execution_destroy(ended);
  CHECK(mote_execution_init(&next, &w->store, 8192) == MOTE_kOk);
  CHECK(mote_start(&next, back, &argument, 1) == MOTE_kOk);
  mote_execution_destroy(ended);
  mote_execution_destroy(ended);
  CHECK(mote_store_memory(&w->store).scratch > 8192);
  CHECK(mote_execution_error(ended) == MOTE_kOutOfMemory);
  CHECK(mote_start(ended, back, &argument, 1) == MOTE_kOutOfMemory);
  CHECK(mote_start_instance(ended, w->instance) == MOTE_kOutOfMemory);
  CHECK(mote_run(ended, back, &argument, 1, &error) == MOTE_IDLE);
  CHECK(error.code == MOTE_kOutOfMemory);
  CHECK(mote_resume(ended) == MOTE_IDLE && mote_resume_within(ended, &limits) == MOTE_IDLE);
  CHECK(mote_state_of(ended) == MOTE_IDLE && mote_result_count(ended) == 0);
  CHECK(mote_result(ended, 0).type == MOTE_NO_TYPE && mote_fuel(ended) == 0);
  CHECK(mote_complete(ended, NULL, 0) == MOTE_kOutOfMemory);
  CHECK(mote_trap_of(ended, NULL) == MOTE_kOk && mote_backtrace(ended, NULL, 0) == 0);
  CHECK(mote_stack_peak(ended) == 0);
  mote_set_fuel(ended, 1);
  mote_cancel(ended);
  mote_execution_interrupt(ended);
  mote_execution_kill(ended);
  guest.execution = ended;
  CHECK(mote_round_robin_turn(&guest, 1) == 0);
#if MOTE_FEATURE_SNAPSHOTS
  list[0] = ended;
  CHECK(mote_save_snapshot(&w->store, list, 1, NULL, NULL, &size) == MOTE_kArguments);
  list[0] = NULL;
  CHECK(mote_save_snapshot(&w->store, list, 1, NULL, NULL, &size) == MOTE_kArguments);
  CHECK(mote_restore_snapshot(&w->store, list, 1, NULL, 0) == MOTE_kArguments);
  CHECK(mote_restore_snapshot(&w->store, NULL, 0, NULL, 0) == MOTE_kNotAnImage);
#endif
  (void)list, (void)size;
  CHECK(mote_resume(&next) == MOTE_DONE);
  mote_execution_destroy(&next);
}

static void destroy_twice(world* w, mote_host* host) {
  (void)host;
  mote_execution_destroy(&w->execution);
  mote_execution_destroy(&w->execution);
  CHECK(mote_state_of(&w->execution) == MOTE_IDLE);
}

/* Where mote_run() runs it, too. */
static void test_destroyed_within(world* w) {
  const mote_function back = mote_find_function(w->instance, "back");
  const mote_value argument = mote_i32(1);
  mote_error error;
  w->act = destroy_twice;
  CHECK(mote_run(&w->execution, back, &argument, 1, &error) == MOTE_TRAPPED);
  CHECK(mote_state_of(&w->execution) == MOTE_IDLE);
  CHECK(mote_store_memory(&w->store).scratch == 0);
  CHECK(mote_store_reset(&w->store) == MOTE_kOk);
}

static void test_ended_loaders(world* w) {
  mote_loader loader;
  const mote_module* module = (const mote_module*)w; /* becomes NULL */
  CHECK(mote_loader_init(&loader, &w->store, NULL) == MOTE_kOk);
  CHECK(mote_loader_feed(&loader, wasm, 9, NULL) == MOTE_kOk);
  mote_loader_destroy(&loader);
  mote_loader_destroy(&loader);
  CHECK(mote_loader_feed(&loader, wasm, 9, NULL) != MOTE_kOk);
  CHECK(mote_loader_finish(&loader, &module, NULL) != MOTE_kOk && module == NULL);
  CHECK(mote_load(&w->store, wasm, wasm_size, NULL, &module, NULL) == MOTE_kOk);
  mote_loader_destroy(&loader);
}

/* Storage that is zero, because somebody forgot to initialize it. */
static void test_never_made(world* w) {
  static mote_store store;
  static mote_execution execution;
  static mote_loader loader;
  const mote_module* module = NULL;
  mote_instance* instance = NULL;
  mote_external made;
  const mote_extern_type type = {0, {NULL, NULL, 0, 0}, MOTE_I32, false, 0, 0, false, 0};
  CHECK(mote_load(&store, wasm, wasm_size, NULL, &module, NULL) == MOTE_kOutOfMemory);
  CHECK(mote_instantiate(&store, NULL, &instance, NULL) == MOTE_kOutOfMemory);
  CHECK(mote_instantiate_with(&store, NULL, NULL, 0, &instance, NULL) == MOTE_kOutOfMemory);
  CHECK(mote_provide(&store, kHost, 5, NULL) == MOTE_kOutOfMemory);
  CHECK(mote_name_instance(&store, "x", w->instance) == MOTE_kOutOfMemory);
  CHECK(mote_make_global(&store, &type, mote_i32(0), &made, NULL) == MOTE_kOutOfMemory);
  CHECK(mote_function_of(&store, mote_null(MOTE_FUNCREF)).instance == NULL);
  CHECK(mote_store_reset(&store) == MOTE_kOk && mote_store_memory(&store).total == 0);
#if MOTE_FEATURE_QUOTAS
  mote_set_quota(&store, 1, 1, 1);
#endif
  CHECK(mote_resume(&execution) == MOTE_IDLE && mote_result_count(&execution) == 0);
  mote_execution_kill(&execution);
  mote_execution_destroy(&execution);
  CHECK(mote_loader_feed(&loader, wasm, 1, NULL) == MOTE_kLoadOrder);
  CHECK(mote_loader_finish(&loader, &module, NULL) == MOTE_kLoadOrder);
  mote_loader_destroy(&loader);
}

/* ---- Handles that somebody put together ------------------------------------------------------ */

static void test_forged_indices(world* w) {
  static const uint32_t kIndices[] = {1, 2, 100, 0x10000000, 0x7FFFFFFF, 0xFFFFFFFF};
  mote_external forged;
  mote_value value = mote_i32(7);
  mote_function function;
  mote_export of_another;
  uint32_t i, kind;
  for (i = 0; i < sizeof kIndices / sizeof kIndices[0]; i++) {
    for (kind = MOTE_TABLE; kind < 256; kind++) {
      memset(&forged, 0, sizeof forged);
      forged.kind = (uint8_t)kind;
      forged.instance = w->instance;
      forged.index = kIndices[i];
      if (kind == MOTE_GLOBAL && kIndices[i] < 2) continue; /* that is one */
      CHECK(mote_external_type(forged).minimum == 0 && mote_external_type(forged).value == 0);
      CHECK(mote_external_same(forged, forged) && mote_external_size(forged) == 0);
      CHECK(mote_external_definition(forged).index == forged.index);
      CHECK(mote_external_reference(forged).type == MOTE_NO_TYPE);
      CHECK(mote_external_get(forged, &value) == MOTE_kArguments && mote_as_i32(value) == 7);
      CHECK(mote_external_set(forged, value) == MOTE_kArguments);
      CHECK(mote_external_bytes(forged, 0, 1) == NULL && mote_external_elements(forged) == 0);
      CHECK(!mote_external_grow_memory(forged, 0));
      CHECK(!mote_external_element(forged, 0, &value));
      CHECK(!mote_external_set_element(forged, 0, mote_null(MOTE_FUNCREF)));
      CHECK(!mote_external_grow_table(forged, 0, mote_null(MOTE_FUNCREF)));
    }
    function.instance = w->instance;
    function.index = kIndices[i];
    if (kIndices[i] < 100) continue; /* these are functions */
    CHECK(mote_type_of(function).parameter_count == 0 && mote_type_of(function).results == NULL);
    forged = mote_external_of_function(function);
    CHECK(mote_external_type(forged).function.parameters == NULL);
    CHECK(mote_external_reference(forged).type == MOTE_NO_TYPE);
    CHECK(mote_external_same(forged, forged));
    CHECK(mote_start(&w->execution, function, NULL, 0) == MOTE_kNotAFunction);
  }
  /* An export of another module. */
  memset(&of_another, 0, sizeof of_another);
  of_another.type.kind = MOTE_TABLE;
  of_another.index = 3;
  CHECK(mote_external_elements(mote_external_of_export(w->instance, of_another)) == 0);
}

/* Each import in turn is one that is not there, or whose instance is no more or elsewhere. */
static void test_forged_imports(world* w) {
  mote_store other;
  const mote_module *module = NULL, *foreign = NULL;
  mote_instance *instance = NULL, *elsewhere = NULL;
  mote_external imports[16];
  mote_host_function without = kHost[0];
  uint32_t count, i, at;
  mote_store_init(&other, second_buffer.bytes, sizeof second_buffer.bytes, false);
  CHECK(mote_provide(&other, kHost, 5, w) == MOTE_kOk);
  CHECK(mote_load(&other, wasm, wasm_size, NULL, &foreign, NULL) == MOTE_kOk);
  CHECK(mote_instantiate(&other, foreign, &elsewhere, NULL) == MOTE_kOk);
  CHECK(mote_load(&w->store, table_wasm, table_size, NULL, &module, NULL) == MOTE_kOk);
  count = mote_import_count(module);
  CHECK(count > 0 && count <= 16);
  for (i = 0; i < 4; i++) {
    memset(imports, 0, sizeof imports);
    for (at = 0; at < count; at++) {
      imports[at].kind = mote_import_at(module, at).type.kind;
      imports[at].instance = i == 3 ? elsewhere : w->instance;
      imports[at].index = i == 0 ? 100 : i == 1 ? 0x10000000 : 0xFFFFFFFF;
    }
    /* What is elsewhere is no more: its memory is another's now. */
    if (i == 3) memset(second_buffer.bytes, 0xEE, sizeof second_buffer.bytes);
    CHECK(mote_instantiate_with(&w->store, module, imports, count, &instance, NULL) ==
          MOTE_kIncompatibleImport);
    CHECK(instance == NULL);
  }
  /* A host function without a function, among others that are right. */
  for (at = 0; at < 5; at++) imports[at] = mote_external_of_host(&kHost[at], w);
  module = mote_module_of(w->instance);
  CHECK(mote_instantiate_with(&w->store, module, imports, 5, &instance, NULL) == MOTE_kOk);
  without.callback = NULL;
  imports[0].host = &without;
  CHECK(mote_instantiate_with(&w->store, module, imports, 5, &instance, NULL) ==
        MOTE_kIncompatibleImport);
}

static void test_forged_host_functions(world* w) {
  mote_host_function table[2];
  mote_external made;
  const size_t used = mote_store_memory(&w->store).used;
  size_t i;
  for (i = 0; i < 2; i++) {
    table[0] = table[1] = kHost[1];
    table[i].callback = NULL;
    CHECK(mote_provide(&w->store, table, 2, NULL) == MOTE_kArguments);
    table[i] = kHost[1];
    table[i].module_name = NULL;
    CHECK(mote_provide(&w->store, table, 2, NULL) == MOTE_kArguments);
    table[i] = kHost[1];
    table[i].field_name = NULL;
    CHECK(mote_provide(&w->store, table, 2, NULL) == MOTE_kArguments);
  }
  table[0].callback = NULL;
  CHECK(mote_make_function(&w->store, &table[0], NULL, &made, NULL) == MOTE_kArguments);
  CHECK(mote_make_function(&w->store, NULL, NULL, &made, NULL) == MOTE_kArguments);
  CHECK(!mote_external_exists(made) && mote_store_memory(&w->store).used == used);
  CHECK(mote_provide(&w->store, NULL, 0, NULL) == MOTE_kOk);
}

/* References with numbers that no function has. */
static void test_forged_references(world* w) {
  static const uint64_t kBits[] = {1, 1000000, 0xFFFFFFFF, UINT64_MAX};
  mote_extern_type type = {MOTE_TABLE, {NULL, NULL, 0, 0}, MOTE_FUNCREF, true, 2, 9, true, 0};
  mote_external table, global;
  mote_value forged = mote_null(MOTE_FUNCREF), found;
  size_t i;
  for (i = 0; i < sizeof kBits / sizeof kBits[0]; i++) {
    forged.bits = kBits[i];
    CHECK(mote_make_table(&w->store, &type, forged, &table, NULL) == MOTE_kOk);
    CHECK(mote_external_set_element(table, 1, forged));
    CHECK(mote_external_grow_table(table, 1, forged));
    CHECK(mote_external_element(table, 2, &found) && found.type == MOTE_FUNCREF);
    CHECK(i == 0 || !mote_external_exists(mote_function_of(&w->store, found)));
    CHECK(mote_make_global(&w->store, &type, forged, &global, NULL) == MOTE_kOk);
    CHECK(mote_external_get(global, &found) == MOTE_kOk);
    CHECK(mote_external_set(global, forged) == MOTE_kOk);
    CHECK(i == 0 || !mote_external_exists(mote_function_of(&w->store, found)));
  }
}

/* ---- Answers that are none ------------------------------------------------------------------- */

static void forward_to_nobody(world* w, mote_host* host) {
  mote_host_function nobody = kHost[3];
  uint32_t slots[2] = {0, 0};
  mote_host_status status;
  nobody.callback = NULL;
  status = mote_host_forward(host, &nobody, w, slots);
  CHECK(status.kind == MOTE_STATUS_TRAPPED && status.code == MOTE_kArguments);
  status = mote_host_forward(host, NULL, w, slots);
  CHECK(status.kind == MOTE_STATUS_TRAPPED && status.code == MOTE_kArguments);
}

static void test_answers(world* w) {
  const mote_function back = mote_find_function(w->instance, "back");
  const mote_value argument = mote_i32(1);
  char text[64];
  mote_error error;
  uint32_t code, kind;
  for (code = 0; code < 256; code += code == 0 ? 1 : 2) {
    w->status = mote_trapped((mote_error_code)code, 5);
    CHECK(mote_run(&w->execution, back, &argument, 1, &error) == MOTE_TRAPPED);
    CHECK(error.code != MOTE_kOk && mote_describe(&error, text, sizeof text) == strlen(text));
  }
  for (kind = MOTE_STATUS_NOT_YET + 1; kind < 256; kind += 50) {
    w->status = mote_returned();
    w->status.kind = (uint8_t)kind;
    CHECK(mote_run(&w->execution, back, &argument, 1, NULL) == MOTE_DONE);
  }
  w->status = mote_returned();
  w->act = forward_to_nobody;
  CHECK(mote_run(&w->execution, back, &argument, 1, NULL) == MOTE_DONE);
}

/* ---- The ends of ranges ---------------------------------------------------------------------- */

static void test_ranges(world* w) {
  static const int64_t kShares[] = {INT64_MIN, INT64_MIN + 1, -1, 0, 1, INT64_MAX - 1, INT64_MAX};
  const mote_function spin = mote_find_function(w->instance, "spin");
  const mote_error none = {MOTE_kOutOfMemory, 0, 0, 0, 1, 2, 3, {NULL, 0}, {NULL, 0}};
  const mote_string name = {"name", 4}, no_name = {NULL, 0};
  mote_execution large;
  mote_guest guest = {NULL, 0, false, MOTE_NO_LIMITS};
  char text[4] = {9, 9, 9, 9};
  size_t i;
  CHECK(mote_describe(&none, NULL, 0) == 0 && mote_escape_name(name, NULL, 0) == 0);
  CHECK(mote_describe(&none, text, 0) == 0 && mote_escape_name(name, text, 0) == 0);
  CHECK(text[0] == 9 && mote_escape_name(no_name, text, 1) == 0 && text[0] == 0);
  CHECK(mote_execution_init(&large, &w->store, UINT32_MAX) == MOTE_kOutOfMemory);
  mote_execution_destroy(&large);
  CHECK(mote_execution_init(&large, &w->store, 0) == MOTE_kOk);
  CHECK(mote_run(&large, spin, NULL, 0, NULL) == MOTE_TRAPPED);
  mote_execution_destroy(&large);
  guest.execution = &w->execution;
  for (i = 0; i < sizeof kShares / sizeof kShares[0]; i++) {
    mote_run_limits limits = MOTE_NO_LIMITS;
    limits.share = kShares[i];
    mote_set_fuel(&w->execution, 100000);
    CHECK(mote_start(&w->execution, spin, NULL, 0) == MOTE_kOk);
    CHECK(mote_resume_within(&w->execution, &limits) ==
          (kShares[i] < 100000 ? MOTE_INTERRUPTED : MOTE_OUT_OF_FUEL));
    guest.share = kShares[i];
    guest.limits.share = INT64_MIN;
    (void)mote_round_robin_turn(&guest, 1);
    mote_cancel(&w->execution);
    CHECK(mote_start(&w->execution, spin, NULL, 0) == MOTE_kOk);
    mote_set_fuel(&w->execution, 0);
    CHECK(mote_resume(&w->execution) == MOTE_OUT_OF_FUEL);
    mote_set_fuel(&w->execution, UINT64_MAX - 1);
    CHECK(mote_fuel(&w->execution) == UINT64_MAX - 1);
    mote_cancel(&w->execution);
  }
}

/* Types of what the host makes: every byte as a value type, limits at their ends. */
static void test_made_types(world* w) {
  mote_extern_type type = {MOTE_TABLE, {NULL, NULL, 0, 0}, 0, false, 0, 0, false, 0};
  mote_value value = mote_i32(0);
  mote_external made;
  mote_error_code code;
  uint32_t i;
  for (i = 0; i < 256; i++) {
    type.value = value.type = (mote_type)i;
    code = mote_make_global(&w->store, &type, value, &made, NULL);
    CHECK((code == MOTE_kOk) == mote_external_exists(made));
    code = mote_make_table(&w->store, &type, value, &made, NULL);
    CHECK((code == MOTE_kOk) == (i == MOTE_FUNCREF || i == MOTE_EXTERNREF));
    type.page_size_log2 = (uint8_t)i;
    type.minimum = 0xFFFFFFFF;
    code = mote_make_memory(&w->store, &type, &made, NULL);
    CHECK(code == MOTE_kArguments || i == 0);
    if (code == MOTE_kOk) {
      CHECK(mote_external_size(made) == 0xFFFFFFFF);
      CHECK(mote_external_bytes(made, 0, 0xFFFFFFFF) == NULL);
      CHECK(!mote_external_grow_memory(made, 1) && mote_external_bytes(made, 9, 1) != NULL);
    }
    type.minimum = 0;
  }
}

/* ---- Saved code ------------------------------------------------------------------------------ */

static bool refuse(void* context, uint32_t offset, mote_bytes bytes) {
  (void)context, (void)offset, (void)bytes;
  return false;
}

static void test_images(world* w) {
  static const size_t kSizes[] = {0, 1, 2, 3, 5, 6, SIZE_MAX, SIZE_MAX / 2 + 1};
  const mote_module* module = mote_module_of(w->instance);
  mote_image_writer writer;
  uint8_t page[64];
  uint32_t size = 7;
  size_t i;
  for (i = 0; i < sizeof kSizes / sizeof kSizes[0]; i++) {
    mote_image_writer_init(&writer, refuse, NULL, page, kSizes[i]);
    CHECK(mote_image_writer_feed(&writer, wasm, wasm_size) != MOTE_kOk);
    CHECK(mote_image_writer_finish(&writer, module, &size) != MOTE_kOk && size == 0);
  }
  mote_image_writer_init(&writer, NULL, NULL, page, sizeof page);
  CHECK(mote_image_writer_feed(&writer, wasm, wasm_size) != MOTE_kOk);
  mote_image_writer_init(&writer, refuse, NULL, page, sizeof page);
  CHECK(mote_image_writer_finish(&writer, NULL, &size) == MOTE_kArguments);
  CHECK(mote_image_writer_finish(&writer, module, &size) != MOTE_kOk);
  CHECK(mote_image_writer_feed(&writer, wasm, wasm_size) != MOTE_kOk);
  CHECK(mote_save_image(module, NULL, 0, NULL, 0, &size, NULL) != MOTE_kOk);
  for (i = 0; i < sizeof page; i++) {
    CHECK(mote_open_image(&w->store, page + i, sizeof page - i, NULL, &module, NULL) != MOTE_kOk);
    CHECK(module == NULL);
  }
  CHECK(mote_open_image(&w->store, NULL, 0, NULL, &module, NULL) != MOTE_kOk);
  CHECK(!mote_is_image(NULL, 0) && !mote_is_image(page, 3));
}

int main(int argc, char** argv) {
  static void (*const kTests[])(world*) = {
      test_ended_executions,      test_destroyed_within,  test_ended_loaders, test_never_made,
      test_forged_indices,        test_forged_imports,    test_answers,       test_ranges,
      test_forged_host_functions, test_forged_references, test_made_types,    test_images};
  static world w;
  size_t i;
  wasm = read_file(argc > 1 ? argv[1] : ".", "c_api.wasm", &wasm_size);
  table_wasm = read_file(argc > 1 ? argv[1] : ".", "positional.wasm", &table_size);
  for (i = 0; i < sizeof kTests / sizeof kTests[0]; i++) {
    begin(&w);
    kTests[i](&w);
    mote_execution_destroy(&w.execution);
  }
  free(wasm);
  free(table_wasm);
  return check_end();
}
