/* Many guests in the C API: turns, host functions that stand before others or wait, and images that
 * are written while a module arrives. test_mote_guests FOLDER   (of c_guests.wasm) */
#include <mote/mote.h>

#include "check.h"

static union {
  uint8_t bytes[256 * 1024];
  uint64_t align;
} buffer;
static char* wasm;
static size_t wasm_size;

/* ---- Host functions -------------------------------------------------------------------------- */

typedef struct journal {
  int32_t last;
  int entries;
  bool was_asked;
  mote_execution* execution; /* whose guest waits */
  void (*disturb)(mote_execution*);
} journal;

static mote_host_status log_number(mote_host* host, uint32_t* slots) {
  const uint32_t* at = slots;
  ((journal*)mote_host_context(host))->last = mote_take_i32(&at);
  return mote_returned();
}

/* Waits until somebody asks it to stop, or for a hundred rounds. */
static mote_host_status wait_for(mote_host* host, uint32_t* slots) {
  journal* to = (journal*)mote_host_context(host);
  int round = 0;
  CHECK(!mote_host_is_asked_to_stop(host));
  for (round = 0; round < 100 && !mote_host_is_asked_to_stop(host); round++) {
    if (round == 50 && to->disturb != NULL) to->disturb(to->execution);
  }
  to->was_asked = round < 100;
  mote_put_i32(&slots, round);
  return mote_returned();
}

static const mote_type kI32[] = {MOTE_I32};
static const mote_host_function kHost[] = {{"host", "log", {kI32, NULL, 1, 0}, log_number},
                                           {"host", "wait", {NULL, kI32, 0, 1}, wait_for}};

/* Stands before kHost[0]. */
typedef struct trace {
  const mote_host_function* to;
  void* context;
  int calls;
} trace;

static mote_host_status count_calls(mote_host* host, uint32_t* slots) {
  trace* own = (trace*)mote_host_context(host);
  mote_host_status status;
  own->calls++;
  status = mote_host_forward(host, own->to, own->context, slots);
  CHECK(mote_host_context(host) == own); /* its own is as before */
  return status;
}
static const mote_host_function kTrace[] = {{"host", "log", {kI32, NULL, 1, 0}, count_calls}};

/* ---- Tests ----------------------------------------------------------------------------------- */

static const mote_module* load(mote_store* store) {
  const mote_module* module = NULL;
  mote_store_init(store, buffer.bytes, sizeof buffer.bytes, false);
  CHECK(mote_load(store, wasm, wasm_size, NULL, &module, NULL) == MOTE_kOk);
  return module;
}

static mote_instance* instantiate(mote_store* store, const mote_module* module) {
  mote_instance* instance = NULL;
  CHECK(mote_instantiate(store, module, &instance, NULL) == MOTE_kOk);
  return instance;
}

static int32_t rounds(const mote_instance* instance) {
  mote_value value = mote_i32(-1);
  CHECK(mote_get_global(instance, "rounds", &value) == MOTE_kOk);
  return mote_as_i32(value);
}

/* Shares are kept, a killed guest does not disturb the others, and paused ones do not run. */
static void test_turns(void) {
  static const mote_run_limits kNoLimits = MOTE_NO_LIMITS;
  mote_store store;
  mote_execution executions[3];
  mote_instance* instances[3];
  mote_guest guests[4];
  journal j = {0, 0, false, NULL, NULL};
  mote_value n = mote_i32(100000);
  int32_t before;
  int i, turns = 0;
  const mote_module* module = load(&store);
  CHECK(mote_provide(&store, kHost, 2, &j) == MOTE_kOk);
  for (i = 0; i < 4; i++) {
    guests[i].execution = NULL;
    guests[i].share = 1000;
    guests[i].is_paused = false;
    guests[i].limits = kNoLimits;
    if (i == 3) break;
    instances[i] = instantiate(&store, module);
    CHECK(mote_execution_init(&executions[i], &store, 1024) == MOTE_kOk);
    guests[i].execution = &executions[i];
  }
  CHECK(mote_start(&executions[0], mote_find_function(instances[0], "work"), &n, 1) == MOTE_kOk);
  CHECK(mote_start(&executions[1], mote_find_function(instances[1], "spin"), NULL, 0) == MOTE_kOk);
  CHECK(mote_start(&executions[2], mote_find_function(instances[2], "spin"), NULL, 0) == MOTE_kOk);
  guests[1].share = 3000;
  guests[2].is_paused = true;
  for (turns = 0; turns < 10; turns++) CHECK(mote_round_robin_turn(guests, 4) == 2);
  CHECK(rounds(instances[0]) > 9000 && rounds(instances[0]) < 11000);
  CHECK(rounds(instances[1]) > 27000 && rounds(instances[1]) < 33000);
  CHECK(rounds(instances[2]) == 0);
  mote_execution_kill(&executions[1]);
  before = rounds(instances[1]);
  guests[2].is_paused = false;
  CHECK(mote_round_robin_turn(guests, 4) == 2);
  CHECK(mote_state_of(&executions[1]) == MOTE_TRAPPED && rounds(instances[1]) == before);
  CHECK(rounds(instances[2]) > 0);
  guests[2].share = 0;
  for (turns = 0; turns < 1000 && mote_round_robin_turn(guests, 4) != 0; turns++) {
  }
  CHECK(mote_state_of(&executions[0]) == MOTE_DONE);
  CHECK(mote_as_i32(mote_result(&executions[0], 0)) == 100000);
  CHECK(mote_round_robin_turn(NULL, 0) == 0);
  for (i = 3; i-- > 0;) mote_execution_destroy(&executions[i]);
}

static void test_forwarding(void) {
  mote_store store;
  mote_execution execution;
  journal j = {0, 0, false, NULL, NULL};
  trace before = {kHost, NULL, 0};
  mote_value seven = mote_i32(7);
  const mote_module* module = load(&store);
  mote_instance* instance;
  before.context = &j;
  CHECK(mote_provide(&store, kHost, 2, &j) == MOTE_kOk);
  CHECK(mote_provide(&store, kTrace, 1, &before) == MOTE_kOk);
  instance = instantiate(&store, module);
  CHECK(mote_execution_init(&execution, &store, 1024) == MOTE_kOk);
  CHECK(mote_run(&execution, mote_find_function(instance, "log"), &seven, 1, NULL) == MOTE_DONE);
  CHECK(before.calls == 1 && j.last == 7);
  mote_execution_destroy(&execution);
}

static void test_waiting_host_functions(void) {
  static void (*const kDisturb[])(mote_execution*) = {NULL, mote_execution_kill,
                                                      mote_execution_interrupt};
  static const mote_run_state kStates[] = {MOTE_DONE, MOTE_TRAPPED, MOTE_DONE};
  mote_store store;
  mote_execution execution;
  journal j = {0, 0, false, NULL, NULL};
  int i;
  const mote_module* module = load(&store);
  mote_instance* instance;
  mote_run_state state;
  CHECK(mote_provide(&store, kHost, 2, &j) == MOTE_kOk);
  instance = instantiate(&store, module);
  CHECK(mote_execution_init(&execution, &store, 1024) == MOTE_kOk);
  j.execution = &execution;
  for (i = 0; i < 3; i++) {
    j.disturb = kDisturb[i];
    state = mote_run(&execution, mote_find_function(instance, "wait"), NULL, 0, NULL);
    CHECK(j.was_asked == (i != 0));
    if (state == MOTE_INTERRUPTED) state = mote_resume(&execution);
    CHECK(state == kStates[i]);
  }
  mote_execution_destroy(&execution);
}

/* ---- Images ---------------------------------------------------------------------------------- */

typedef struct flash {
  union {
    uint8_t bytes[16 * 1024];
    uint32_t align;
  } memory;
  uint32_t pages_left;
} flash;

static bool program(void* context, uint32_t offset, mote_bytes page) {
  flash* to = (flash*)context;
  CHECK(page.size % 64 == 0 && offset % 64 == 0);
  CHECK(offset + page.size <= sizeof to->memory.bytes);
  if (to->pages_left == 0 || offset + page.size > sizeof to->memory.bytes) return false;
  to->pages_left--;
  memcpy(to->memory.bytes + offset, page.data, page.size);
  return true;
}

/* Loads in chunks, and saves what is loaded beside it. */
static mote_error_code load_and_save(mote_store* store, flash* to, uint32_t* size) {
  uint8_t page[64];
  mote_loader loader;
  mote_image_writer writer;
  const mote_module* module = NULL;
  mote_error_code code = MOTE_kOk;
  size_t at;
  mote_image_writer_init(&writer, program, to, page, sizeof page);
  CHECK(mote_loader_init(&loader, store, NULL) == MOTE_kOk);
  for (at = 0; at < wasm_size; at += 7) {
    const size_t chunk = wasm_size - at < 7 ? wasm_size - at : 7;
    CHECK(mote_loader_feed(&loader, wasm + at, chunk, NULL) == MOTE_kOk);
    if (code == MOTE_kOk) code = mote_image_writer_feed(&writer, wasm + at, chunk);
  }
  CHECK(mote_loader_finish(&loader, &module, NULL) == MOTE_kOk);
  mote_loader_destroy(&loader);
  *size = 77;
  if (code == MOTE_kOk) code = mote_image_writer_finish(&writer, module, size);
  if (code == MOTE_kOk) {
    uint32_t none = 77;
    CHECK(mote_image_writer_finish(&writer, module, &none) == MOTE_kLoadOrder && none == 0);
    CHECK(*size > 0 && *size % 64 == 0 && mote_is_image(to->memory.bytes, *size));
  }
  return code;
}

static void test_image_writer(void) {
  static flash to;
  mote_store store;
  mote_image_writer writer;
  mote_execution execution;
  const mote_module* module = NULL;
  mote_value n = mote_i32(10);
  mote_error_code code;
  journal j = {0, 0, false, NULL, NULL};
  uint32_t size = 0;
  uint8_t page[64];
  CHECK(!mote_is_image(wasm, wasm_size) && !mote_is_image(NULL, 0));
  to.pages_left = 1000;
  mote_store_init(&store, buffer.bytes, sizeof buffer.bytes, false);
  code = load_and_save(&store, &to, &size);
#if MOTE_FEATURE_SAVED_CODE
  CHECK(code == MOTE_kOk);
  CHECK(mote_store_reset(&store) == MOTE_kOk);
  CHECK(mote_provide(&store, kHost, 2, &j) == MOTE_kOk);
  CHECK(mote_open_image(&store, to.memory.bytes, size, NULL, &module, NULL) == MOTE_kOk);
  CHECK(mote_info_of(module).code_in_place);
  CHECK(mote_execution_init(&execution, &store, 1024) == MOTE_kOk);
  CHECK(mote_run(&execution, mote_find_function(instantiate(&store, module), "work"), &n, 1,
                 NULL) == MOTE_DONE);
  CHECK(mote_as_i32(mote_result(&execution, 0)) == 10);
  mote_execution_destroy(&execution);
  /* Flash that does not take it. */
  CHECK(mote_store_reset(&store) == MOTE_kOk);
  memset(to.memory.bytes, 0xFF, sizeof to.memory.bytes);
  to.pages_left = 1;
  CHECK(load_and_save(&store, &to, &size) == MOTE_kImageWrite);
  CHECK(!mote_is_image(to.memory.bytes, sizeof to.memory.bytes));
  /* Pages that are not allowed, and no function. */
  mote_image_writer_init(&writer, program, &to, page, 48);
  CHECK(mote_image_writer_feed(&writer, wasm, wasm_size) == MOTE_kArguments);
  mote_image_writer_init(&writer, NULL, NULL, page, 64);
  CHECK(mote_image_writer_feed(&writer, wasm, wasm_size) == MOTE_kArguments);
#else
  CHECK(code == MOTE_kCodeNotMovable || code == MOTE_kSavedCodeOff);
  mote_image_writer_init(&writer, program, &to, page, 48);
  CHECK(mote_image_writer_feed(&writer, wasm, wasm_size) == code);
  (void)module, (void)n, (void)j, (void)execution;
#endif
  mote_image_writer_init(&writer, program, &to, page, 64);
  CHECK(mote_image_writer_finish(&writer, NULL, &size) == MOTE_kArguments && size == 0);
}

int main(int argc, char** argv) {
  wasm = read_file(argc > 1 ? argv[1] : ".", "c_guests.wasm", &wasm_size);
  test_turns();
  test_forwarding();
  test_waiting_host_functions();
  test_image_writer();
  free(wasm);
  return check_end();
}
