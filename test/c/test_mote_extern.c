/* External values in the C API, mote/mote_extern.h: imports by position, and what the host makes,
 * reads and changes itself. test_mote_extern FOLDER   (of positional.wasm) */
#include <mote/mote.h>

#include "check.h"

static union {
  uint8_t bytes[256 * 1024];
  uint64_t align;
} buffer, second_buffer;

static mote_host_status add_context(mote_host* host, uint32_t* slots) {
  const uint32_t* at = slots;
  const int32_t value = mote_take_i32(&at) + *(const int32_t*)mote_host_context(host);
  mote_put_i32(&slots, value);
  return mote_returned();
}

static mote_host_status negate(mote_host* host, uint32_t* slots) {
  const uint32_t* at = slots;
  const int32_t value = mote_take_i32(&at);
  (void)host;
  mote_put_i32(&slots, -value);
  return mote_returned();
}

static const mote_type kI32[] = {MOTE_I32};
static const mote_type kI64[] = {MOTE_I64};
static const mote_host_function kAdd = {"", "", {kI32, kI32, 1, 1}, add_context};
static const mote_host_function kNegate = {"", "", {kI32, kI32, 1, 1}, negate};
static const mote_host_function kOther = {"", "", {kI64, kI64, 1, 1}, negate};
static const mote_external kNothing = {0, NULL, 0, NULL, NULL};

static mote_extern_type limits(uint32_t minimum, uint32_t maximum, mote_type element) {
  mote_extern_type type;
  memset(&type, 0, sizeof type);
  type.minimum = minimum;
  type.maximum = maximum;
  type.has_maximum = true;
  type.page_size_log2 = 16;
  type.value = element;
  return type;
}

static mote_extern_type global_of(mote_type value, bool is_mutable) {
  mote_extern_type type;
  memset(&type, 0, sizeof type);
  type.value = value;
  type.is_mutable = is_mutable;
  return type;
}

/* What positional.wasm imports, in its order: 0 and 2 are functions. */
enum { FIRST, MEMORY, SECOND, TABLE, LIMIT, COUNT, IMPORTS };

typedef struct given {
  mote_store store;
  mote_execution execution;
  const mote_module* module;
  mote_external imports[IMPORTS];
  mote_instance* instance;
  int32_t five;
} given;

static void begin(given* g, const char* bytes, size_t size) {
  mote_extern_type type;
  mote_error error;
  memset(g, 0, sizeof *g);
  g->five = 5;
  mote_store_init(&g->store, buffer.bytes, sizeof buffer.bytes, false);
  CHECK(mote_load(&g->store, bytes, size, NULL, &g->module, &error) == MOTE_kOk);
  CHECK(mote_execution_init(&g->execution, &g->store, 4096) == MOTE_kOk);
  g->imports[FIRST] = mote_external_of_host(&kAdd, &g->five);
  g->imports[SECOND] = mote_external_of_host(&kNegate, NULL);
  type = limits(1, 3, 0);
  CHECK(mote_make_memory(&g->store, &type, &g->imports[MEMORY], &error) == MOTE_kOk);
  type = limits(2, 5, MOTE_FUNCREF);
  CHECK(mote_make_table(&g->store, &type, mote_null(MOTE_FUNCREF), &g->imports[TABLE], &error) ==
        MOTE_kOk);
  type = global_of(MOTE_I32, false);
  CHECK(mote_make_global(&g->store, &type, mote_i32(77), &g->imports[LIMIT], NULL) == MOTE_kOk);
  type = global_of(MOTE_I64, true);
  CHECK(mote_make_global(&g->store, &type, mote_i64(1000), &g->imports[COUNT], NULL) == MOTE_kOk);
}

static mote_error_code instantiate(given* g, const mote_external* imports, size_t count) {
  mote_error error;
  const mote_error_code code =
      mote_instantiate_with(&g->store, g->module, imports, count, &g->instance, &error);
  CHECK(error.code == code && (code == MOTE_kOk) == (g->instance != NULL));
  return code;
}

static int32_t call(given* g, mote_function function, int32_t a, int32_t b, size_t count) {
  mote_value arguments[2];
  arguments[0] = mote_i32(a);
  arguments[1] = mote_i32(b);
  CHECK(mote_run(&g->execution, function, arguments, count, NULL) == MOTE_DONE);
  return mote_as_i32(mote_result(&g->execution, 0));
}

static mote_function find(given* g, const char* name) {
  return mote_find_function(g->instance, name);
}

static mote_external export_of(given* g, const char* name) {
  uint32_t i;
  for (i = 0; i < mote_export_count(g->module); i++) {
    const mote_export exported = mote_export_at(g->module, i);
    if (exported.name.size == strlen(name) &&
        memcmp(exported.name.data, name, exported.name.size) == 0) {
      return mote_external_of_export(g->instance, exported);
    }
  }
  return kNothing;
}

static void test_positions(given* g) {
  mote_value value;
  CHECK(instantiate(g, g->imports, IMPORTS) == MOTE_kOk);
  CHECK(call(g, find(g, "both"), 20, 0, 1) == 25 - 20);
  CHECK(mote_external_get(g->imports[COUNT], &value) == MOTE_kOk && mote_as_i64(value) == 1001);
  CHECK(((const uint8_t*)mote_external_bytes(g->imports[MEMORY], 8, 4))[0] == 77);
  CHECK(mote_external_same(g->imports[MEMORY], export_of(g, "memory")));
  CHECK(!mote_external_same(g->imports[MEMORY], g->imports[TABLE]));
}

static void test_mismatches(given* g) {
  static const int kPositions[] = {FIRST, FIRST, MEMORY, MEMORY, TABLE, LIMIT, COUNT, COUNT};
  mote_external wrong[8], imports[IMPORTS], five_pages, other_global, foreign;
  mote_extern_type type = limits(1, 5, 0);
  mote_store other;
  size_t i;
  CHECK(mote_make_memory(&g->store, &type, &five_pages, NULL) == MOTE_kOk);
  type = global_of(MOTE_I32, true);
  CHECK(mote_make_global(&g->store, &type, mote_i32(0), &other_global, NULL) == MOTE_kOk);
  mote_store_init(&other, second_buffer.bytes, sizeof second_buffer.bytes, false);
  type = limits(1, 3, 0);
  CHECK(mote_make_memory(&other, &type, &foreign, NULL) == MOTE_kOk);
  wrong[0] = mote_external_of_host(&kOther, NULL); /* another type */
  wrong[1] = g->imports[MEMORY];                   /* another kind */
  wrong[2] = five_pages;                           /* other limits */
  wrong[3] = foreign;                              /* another store */
  wrong[4] = kNothing;
  wrong[5] = other_global; /* mutable */
  wrong[6] = g->imports[LIMIT];
  wrong[7] = mote_external_of_host(&kNegate, NULL);
  for (i = 0; i < 8; i++) {
    memcpy(imports, g->imports, sizeof imports);
    imports[kPositions[i]] = wrong[i];
    CHECK(instantiate(g, imports, IMPORTS) == MOTE_kIncompatibleImport);
  }
  CHECK(instantiate(g, g->imports, 2) == MOTE_kUnknownImport);
  CHECK(instantiate(g, NULL, 0) == MOTE_kUnknownImport);
  g->instance = (mote_instance*)&other; /* becomes NULL */
  CHECK(mote_instantiate_with(&g->store, NULL, g->imports, IMPORTS, &g->instance, NULL) ==
        MOTE_kNotInStore);
  CHECK(g->instance == NULL);
}

static void test_memories(given* g) {
  mote_external memory = g->imports[MEMORY];
  uint8_t* bytes;
  CHECK(instantiate(g, g->imports, IMPORTS) == MOTE_kOk);
  CHECK(mote_external_size(memory) == 65536);
  bytes = (uint8_t*)mote_external_bytes(memory, 100, 2);
  CHECK(bytes != NULL && bytes[0] == 0);
  bytes[0] = 9;
  CHECK(((uint8_t*)mote_memory(g->instance, 100, 1))[0] == 9);
  CHECK(mote_external_bytes(memory, 65535, 2) == NULL);
  CHECK(call(g, find(g, "grow"), 0, 0, 0) == 1);
  CHECK(mote_external_type(memory).minimum == 2 && mote_external_type(memory).maximum == 3);
  CHECK(mote_external_type(memory).kind == MOTE_MEMORY && mote_external_type(memory).has_maximum);
  CHECK(mote_external_type(memory).page_size_log2 == 16);
  CHECK(mote_external_grow_memory(memory, 1) && mote_external_size(memory) == 3 * 65536);
  CHECK(!mote_external_grow_memory(memory, 1));
}

static void test_tables(given* g) {
  mote_external table = g->imports[TABLE], own, host, made;
  mote_value value, reference;
  CHECK(instantiate(g, g->imports, IMPORTS) == MOTE_kOk);
  CHECK(mote_external_elements(table) == 2);
  CHECK(mote_external_element(table, 1, &value) && mote_is_null(value));
  CHECK(!mote_external_element(table, 2, &value));
  own = mote_external_of_function(find(g, "own"));
  reference = mote_external_reference(own);
  CHECK(reference.type == MOTE_FUNCREF && !mote_is_null(reference));
  CHECK(mote_external_set_element(table, 1, reference));
  CHECK(!mote_external_set_element(table, 2, reference));
  CHECK(!mote_external_set_element(table, 1, mote_extern(1)));
  CHECK(call(g, find(g, "through table"), 1, 4, 2) == 40);
  CHECK(mote_external_element(table, 1, &value) && value.bits == reference.bits);
  CHECK(mote_external_same(mote_function_of(&g->store, value), own));
  CHECK(!mote_external_exists(mote_function_of(&g->store, mote_null(MOTE_FUNCREF))));
  CHECK(!mote_external_exists(mote_function_of(&g->store, mote_i32(1))));
  value.bits = 0xFFFFFFFF; /* no function has that number */
  CHECK(!mote_external_exists(mote_function_of(&g->store, value)));

  /* A host function has a reference when it is a function of an instance. */
  host = mote_external_of_host(&kAdd, &g->five);
  CHECK(mote_external_reference(host).type == MOTE_NO_TYPE);
  CHECK(mote_external_function(host).instance == NULL);
  CHECK(mote_make_function(&g->store, &kAdd, &g->five, &made, NULL) == MOTE_kOk);
  CHECK(mote_external_definition(made).host == &kAdd);
  CHECK(mote_external_same(made, host) && !mote_external_same(made, own));
  CHECK(mote_external_grow_table(table, 2, mote_external_reference(made)));
  CHECK(mote_external_elements(table) == 4 && mote_external_type(table).minimum == 4);
  CHECK(!mote_external_grow_table(table, 1, mote_extern(1)));
  CHECK(!mote_external_grow_table(table, 2, mote_null(MOTE_FUNCREF)));
  CHECK(call(g, find(g, "through table"), 3, 4, 2) == 9);
  CHECK(call(g, mote_external_function(made), 10, 0, 1) == 15);
  CHECK(mote_external_type(made).function.parameter_count == 1);
  CHECK(mote_same_type(mote_external_type(made).function, kAdd.type));
  CHECK(!mote_same_type(mote_external_type(made).function, kOther.type));
}

static void test_globals(given* g) {
  mote_value value = mote_i32(0);
  CHECK(mote_external_set(g->imports[COUNT], mote_i64(5)) == MOTE_kOk);
  CHECK(mote_external_get(g->imports[COUNT], &value) == MOTE_kOk && mote_as_i64(value) == 5);
  CHECK(mote_external_set(g->imports[COUNT], mote_i32(5)) == MOTE_kArguments);
  CHECK(mote_external_set(g->imports[LIMIT], mote_i32(5)) == MOTE_kImmutableGlobal);
  CHECK(mote_external_type(g->imports[COUNT]).is_mutable);
  CHECK(mote_external_type(g->imports[COUNT]).value == MOTE_I64);
}

/* Types that are not allowed. */
static void test_types(given* g) {
  mote_external made = g->imports[MEMORY];
  mote_error error;
  mote_extern_type type = limits(3, 1, 0);
  CHECK(mote_make_memory(&g->store, &type, &made, &error) == MOTE_kArguments);
  CHECK(error.code == MOTE_kArguments && !mote_external_exists(made));
  type = limits(1, 2, MOTE_I32);
  CHECK(mote_make_table(&g->store, &type, mote_i32(0), &made, NULL) == MOTE_kArguments);
  type = limits(1, 2, MOTE_FUNCREF);
  CHECK(mote_make_table(&g->store, &type, mote_null(MOTE_EXTERNREF), &made, NULL) ==
        MOTE_kArguments);
  type = global_of(MOTE_NO_TYPE, false);
  CHECK(mote_make_global(&g->store, &type, mote_i32(0), &made, NULL) == MOTE_kArguments);
  type = limits(0x10000000, 0x10000000, MOTE_FUNCREF);
  CHECK(mote_make_table(&g->store, &type, mote_null(MOTE_FUNCREF), &made, NULL) ==
        MOTE_kOutOfMemory);
}

/* What is not there, or of another kind, is refused by everything. */
static void test_wrong_kinds(given* g) {
  mote_external wrong[3];
  mote_value value = mote_i32(7);
  size_t i;
  wrong[0] = kNothing;
  wrong[1] = mote_external_of_host(&kAdd, NULL);
  wrong[2] = kNothing;
  wrong[2].kind = MOTE_MEMORY;
  for (i = 0; i < 3; i++) {
    CHECK(mote_external_get(wrong[i], &value) == MOTE_kArguments && mote_as_i32(value) == 7);
    CHECK(mote_external_set(wrong[i], value) == MOTE_kArguments);
    CHECK(mote_external_size(wrong[i]) == 0 && mote_external_bytes(wrong[i], 0, 1) == NULL);
    CHECK(!mote_external_grow_memory(wrong[i], 0) && mote_external_elements(wrong[i]) == 0);
    CHECK(!mote_external_element(wrong[i], 0, &value));
    CHECK(!mote_external_set_element(wrong[i], 0, mote_null(MOTE_FUNCREF)));
    CHECK(!mote_external_grow_table(wrong[i], 0, mote_null(MOTE_FUNCREF)));
    CHECK(mote_external_reference(wrong[i]).type == MOTE_NO_TYPE);
    CHECK(mote_external_function(wrong[i]).instance == NULL);
  }
  CHECK(mote_external_get(g->imports[MEMORY], &value) == MOTE_kArguments);
  CHECK(mote_external_size(g->imports[TABLE]) == 0);
  CHECK(mote_external_elements(g->imports[COUNT]) == 0);
  CHECK(mote_external_type(kNothing).page_size_log2 == 0);
  CHECK(mote_external_same(kNothing, wrong[2]) && !mote_external_same(kNothing, wrong[1]));
  CHECK(mote_start(&g->execution, mote_external_function(wrong[1]), NULL, 0) == MOTE_kNotAFunction);
}

int main(int argc, char** argv) {
  static void (*const kTests[])(given*) = {test_positions,  test_mismatches, test_memories,
                                           test_tables,     test_globals,    test_types,
                                           test_wrong_kinds};
  size_t size = 0, i;
  char* bytes = read_file(argc > 1 ? argv[1] : ".", "positional.wasm", &size);
  given g;
  for (i = 0; i < sizeof kTests / sizeof kTests[0]; i++) {
    begin(&g, bytes, size);
    kTests[i](&g);
    mote_execution_destroy(&g.execution);
  }
  free(bytes);
  return check_end();
}
