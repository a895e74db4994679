/* wasm.h: types, globals, tables, memories and references, made by the host and by guests.
 *   test_wasm_externs FOLDER   (of wasm_externs.wasm) */
#include "wasm_check.h"

static wasm_store_t* store;
static wasm_module_t* module;
static wasm_instance_t* instance;
static wasm_extern_vec_t exports;
static wasm_global_t* fixed;
static wasm_global_t* count;
static wasm_table_t* table;
static wasm_memory_t* memory;
static const wasm_ref_t* seen;

static wasm_extern_t* export_named(const char* name) {
  return exports.data[export_index(module, name)];
}

static wasm_func_t* func_named(const char* name) { return wasm_extern_as_func(export_named(name)); }

static int32_t call_i32(const char* name, int32_t a, int32_t b, size_t args) {
  wasm_val_t arg[2] = {WASM_I32_VAL(a), WASM_I32_VAL(b)};
  wasm_val_t result[1] = {WASM_INIT_VAL};
  wasm_trap_t* trap = call(func_named(name), arg, args, result, 1);
  CHECK(trap == NULL);
  if (trap != NULL) wasm_trap_delete(trap);
  return result[0].of.i32;
}

static wasm_trap_t* pass(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  seen = args->data[0].of.ref;
  CHECK(args->data[0].kind == WASM_EXTERNREF && results->data[0].kind == WASM_EXTERNREF);
  wasm_val_copy(&results->data[0], &args->data[0]);
  return NULL;
}

/* Calls the function that it gets with 20, and gives it back. */
static wasm_trap_t* call_it(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  wasm_val_t arg[1] = {WASM_I32_VAL(20)};
  wasm_val_t result[1] = {WASM_INIT_VAL};
  CHECK(args->data[0].kind == WASM_FUNCREF);
  if (args->data[0].of.ref != NULL) {
    wasm_func_t* func = wasm_ref_as_func(args->data[0].of.ref);
    CHECK(func != NULL && call(func, arg, 1, result, 1) == NULL);
    CHECK(result[0].of.i32 == -20 || result[0].of.i32 == 21);
  }
  wasm_val_copy(&results->data[0], &args->data[0]);
  return NULL;
}

static wasm_trap_t* plus_one(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  results->data[0].of.i32 = args->data[0].of.i32 + 1;
  return NULL;
}

/* ---- Types ---- */

static void check_functype(const wasm_functype_t* type) {
  const wasm_valtype_vec_t* params = wasm_functype_params(type);
  const wasm_valtype_vec_t* results = wasm_functype_results(type);
  CHECK(params->size == 4 && results->size == 2);
  CHECK(wasm_valtype_kind(params->data[0]) == WASM_I64);
  CHECK(wasm_valtype_kind(params->data[2]) == WASM_EXTERNREF);
  CHECK(wasm_valtype_kind(params->data[3]) == WASM_FUNCREF);
  CHECK(wasm_valtype_is_num(params->data[1]) && wasm_valtype_is_ref(params->data[3]));
  CHECK(wasm_valtype_kind(results->data[0]) == WASM_F64);
}

static void test_module_types(void) {
  wasm_importtype_vec_t imports, import_copies;
  wasm_exporttype_vec_t types, copies;
  const wasm_externtype_t* type;
  const wasm_tabletype_t* of_table;
  const wasm_memorytype_t* of_memory;
  const wasm_globaltype_t* of_global;
  wasm_module_imports(module, &imports);
  wasm_importtype_vec_copy(&import_copies, &imports);
  wasm_importtype_vec_delete(&imports);
  CHECK(imports.size == 0 && imports.data == NULL);
  CHECK(import_copies.size == 6);
  CHECK(is_name(wasm_importtype_module(import_copies.data[0]), "in"));
  CHECK(is_name(wasm_importtype_name(import_copies.data[0]), "fixed"));
  type = wasm_importtype_type(import_copies.data[1]);
  of_global = wasm_externtype_as_globaltype_const(type);
  CHECK(wasm_externtype_kind(type) == WASM_EXTERN_GLOBAL && of_global != NULL);
  CHECK(wasm_valtype_kind(wasm_globaltype_content(of_global)) == WASM_I64);
  CHECK(wasm_globaltype_mutability(of_global) == WASM_VAR);
  CHECK(wasm_externtype_as_functype_const(type) == NULL);
  of_table = wasm_externtype_as_tabletype_const(wasm_importtype_type(import_copies.data[2]));
  CHECK(wasm_tabletype_limits(of_table)->min == 1 && wasm_tabletype_limits(of_table)->max == 6);
  CHECK(wasm_valtype_kind(wasm_tabletype_element(of_table)) == WASM_FUNCREF);
  wasm_importtype_vec_delete(&import_copies);

  wasm_module_exports(module, &types);
  wasm_exporttype_vec_copy(&copies, &types);
  wasm_exporttype_vec_delete(&types);
  CHECK(copies.size == exports.size);
  check_functype(wasm_externtype_as_functype_const(
      wasm_exporttype_type(copies.data[export_index(module, "nothing")])));
  of_table = wasm_externtype_as_tabletype_const(
      wasm_exporttype_type(copies.data[export_index(module, "things")]));
  CHECK(wasm_tabletype_limits(of_table)->max == wasm_limits_max_default);
  CHECK(wasm_valtype_kind(wasm_tabletype_element(of_table)) == WASM_EXTERNREF);
  of_memory = wasm_externtype_as_memorytype_const(
      wasm_exporttype_type(copies.data[export_index(module, "memory")]));
  CHECK(wasm_memorytype_limits(of_memory)->min == 1 && wasm_memorytype_limits(of_memory)->max == 3);
  wasm_exporttype_vec_delete(&copies);
}

static void test_own_types(void) {
  wasm_limits_t limits = {2, 3};
  wasm_name_t name, other;
  wasm_functype_t* functype =
      wasm_functype_new_3_2(wasm_valtype_new_i32(), wasm_valtype_new_i64(), wasm_valtype_new_f32(),
                            wasm_valtype_new_f64(), wasm_valtype_new_externref());
  wasm_externtype_t* type = wasm_functype_as_externtype(functype);
  wasm_externtype_t* copy = wasm_externtype_copy(type);
  wasm_importtype_t* import;
  wasm_exporttype_t* exported;
  wasm_tabletype_t* tabletype = wasm_tabletype_new(wasm_valtype_new_funcref(), &limits);
  wasm_tabletype_t* table_copy = wasm_tabletype_copy(tabletype);
  wasm_memorytype_t* memorytype = wasm_memorytype_new(&limits);
  wasm_externtype_vec_t vec, vec_copy;
  CHECK(wasm_externtype_as_functype(type) == functype);
  CHECK(wasm_functype_params(wasm_externtype_as_functype(copy))->size == 3);
  CHECK(wasm_valtype_new(77) == NULL);
  CHECK(wasm_globaltype_new(NULL, WASM_VAR) == NULL);
  wasm_name_new_from_string(&name, "module");
  wasm_name_new_from_string_nt(&other, "name");
  CHECK(name.size == 6 && other.size == 5 && other.data[4] == 0);
  import = wasm_importtype_new(&name, &other, copy);
  CHECK(is_name(wasm_importtype_module(import), "module"));
  wasm_importtype_delete(import);
  wasm_name_new_from_string(&name, "");
  CHECK(name.size == 0);
  exported = wasm_exporttype_new(&name, type);
  CHECK(wasm_externtype_kind(wasm_exporttype_type(exported)) == WASM_EXTERN_FUNC);
  wasm_exporttype_delete(exported);
  wasm_externtype_vec_new_uninitialized(&vec, 3);
  CHECK(vec.data[2] == NULL);
  vec.data[0] = wasm_tabletype_as_externtype(tabletype);
  vec.data[1] = wasm_memorytype_as_externtype(memorytype);
  wasm_externtype_vec_copy(&vec_copy, &vec);
  CHECK(vec_copy.data[0] != vec.data[0] && vec_copy.data[2] == NULL);
  CHECK(wasm_tabletype_limits(wasm_externtype_as_tabletype(vec_copy.data[0]))->min == 2);
  CHECK(wasm_memorytype_limits(wasm_externtype_as_memorytype(vec_copy.data[1]))->max == 3);
  wasm_externtype_vec_delete(&vec);
  wasm_externtype_vec_delete(&vec_copy);
  wasm_tabletype_delete(table_copy);
  wasm_functype_delete(NULL);
  wasm_functype_delete(wasm_functype_new_0_2(wasm_valtype_new_i32(), wasm_valtype_new_i32()));
}

/* ---- Globals ---- */

static void test_globals(void) {
  wasm_val_t value, other;
  wasm_globaltype_t* type = wasm_global_type(count);
  CHECK(wasm_globaltype_mutability(type) == WASM_VAR);
  wasm_globaltype_delete(type);
  CHECK(wasm_extern_same(wasm_global_as_extern(count), export_named("count")));
  CHECK(!wasm_global_same(count, fixed));
  CHECK(call(func_named("bump"), NULL, 0, NULL, 0) == NULL);
  wasm_global_get(count, &value);
  CHECK(value.kind == WASM_I64 && value.of.i64 == 1001);
  value.of.i64 = -5;
  wasm_global_set(wasm_extern_as_global(export_named("count")), &value);
  wasm_global_get(count, &other);
  CHECK(other.of.i64 == -5);
  /* What cannot be set stays. */
  wasm_global_get(wasm_extern_as_global(export_named("answer")), &other);
  CHECK(other.kind == WASM_I32 && other.of.i32 == 42);
  other.of.i32 = 1;
  wasm_global_set(wasm_extern_as_global(export_named("answer")), &other);
  wasm_global_get(wasm_extern_as_global(export_named("answer")), &other);
  CHECK(other.of.i32 == 42);
  wasm_global_set(count, &other);
  wasm_global_get(count, &value);
  CHECK(value.of.i64 == -5);
  CHECK(call(func_named("fixed"), NULL, 0, &value, 1) == NULL);
  CHECK(value.kind == WASM_F64 && value.of.f64 == 2.5);
  type = wasm_globaltype_new(wasm_valtype_new_f32(), WASM_CONST);
  CHECK(wasm_global_new(store, type, &value) == NULL);
  CHECK(strlen(mote_wasm_store_error(store)) > 0);
  wasm_globaltype_delete(type);
}

/* ---- Tables ---- */

static void test_tables(wasm_func_t* own) {
  wasm_limits_t limits = {2, 2};
  wasm_tabletype_t* type;
  wasm_table_t* alone;
  wasm_ref_t* ref = wasm_table_get(table, 0);
  wasm_foreign_t* foreign = wasm_foreign_new(store);
  CHECK(wasm_func_same(wasm_ref_as_func(ref), func_named("negate")));
  wasm_ref_delete(ref);
  CHECK(wasm_table_same(table, wasm_extern_as_table(export_named("table"))));
  CHECK(call_i32("dispatch", 0, 9, 2) == -9);
  CHECK(wasm_table_size(table) == 1);
  CHECK(!wasm_table_set(table, 1, NULL));
  CHECK(wasm_table_get(table, 1) == NULL);
  CHECK(wasm_table_grow(table, 2, wasm_func_as_ref(own)));
  CHECK(call_i32("dispatch", 2, 9, 2) == 10);
  ref = wasm_table_get(table, 2);
  CHECK(wasm_func_same(wasm_ref_as_func(ref), own));
  wasm_ref_delete(ref);
  CHECK(wasm_table_set(table, 2, NULL));
  CHECK(wasm_table_get(table, 2) == NULL);
  CHECK(wasm_table_set(table, 2, wasm_func_as_ref(func_named("negate"))));
  CHECK(call_i32("dispatch", 2, 8, 2) == -8);
  CHECK(!wasm_table_set(table, 0, wasm_foreign_as_ref(foreign)));
  CHECK(wasm_table_grow(table, 3, NULL) && !wasm_table_grow(table, 1, NULL));
  CHECK(wasm_table_grow(table, 0, NULL) && wasm_table_size(table) == 6);
  type = wasm_table_type(table);
  CHECK(wasm_tabletype_limits(type)->min == 6 && wasm_tabletype_limits(type)->max == 6);
  wasm_tabletype_delete(type);

  type = wasm_tabletype_new(wasm_valtype_new_externref(), &limits);
  alone = wasm_table_new(store, type, wasm_foreign_as_ref(foreign));
  ref = wasm_table_get(alone, 1);
  CHECK(ref != NULL && wasm_ref_same(ref, wasm_foreign_as_ref(foreign)));
  wasm_ref_delete(ref);
  CHECK(!wasm_table_grow(alone, 1, NULL));
  wasm_table_delete(alone);
  wasm_tabletype_delete(type);
  limits.min = 3;
  type = wasm_tabletype_new(wasm_valtype_new_externref(), &limits);
  CHECK(wasm_table_new(store, type, NULL) == NULL);
  wasm_tabletype_delete(type);
  wasm_foreign_delete(foreign);
}

/* ---- Memories ---- */

static void test_memories(void) {
  wasm_limits_t limits = {1, wasm_limits_max_default};
  wasm_memorytype_t* type;
  wasm_memory_t* alone;
  byte_t* bytes = wasm_memory_data(memory);
  CHECK(wasm_memory_size(memory) == 1 && wasm_memory_data_size(memory) == MEMORY_PAGE_SIZE);
  CHECK(bytes != NULL && bytes[100] == 5 && bytes[102] == 7 && bytes[65535] == 0);
  bytes[65535] = 9;
  CHECK(call_i32("load", 65535, 0, 1) == 9);
  {
    wasm_val_t args[2] = {WASM_I32_VAL(3), WASM_I32_VAL(77)};
    CHECK(call(func_named("store"), args, 2, NULL, 0) == NULL);
    CHECK(bytes[3] == 77 && wasm_memory_data(memory) == bytes);
    args[0].of.i32 = 65536;
    CHECK(is_trap(call(func_named("store"), args, 2, NULL, 0), "out of bounds memory access"));
  }
  CHECK(call_i32("grow", 0, 0, 0) == 1);
  CHECK(wasm_memory_size(memory) == 2);
  CHECK(wasm_memory_grow(memory, 1) && !wasm_memory_grow(memory, 1) && wasm_memory_grow(memory, 0));
  bytes = wasm_memory_data(memory);
  CHECK(bytes != NULL && bytes[3] == 77 && bytes[3 * 65536 - 1] == 0);
  CHECK(wasm_memory_same(memory, wasm_extern_as_memory(export_named("memory"))));
  type = wasm_memory_type(memory);
  CHECK(wasm_memorytype_limits(type)->min == 3 && wasm_memorytype_limits(type)->max == 3);
  wasm_memorytype_delete(type);

  type = wasm_memorytype_new(&limits);
  alone = wasm_memory_new(store, type);
  CHECK(alone != NULL && wasm_memory_grow(alone, 4) && wasm_memory_size(alone) == 5);
  wasm_memorytype_delete(type);
  type = wasm_memory_type(alone);
  CHECK(wasm_memorytype_limits(type)->max == wasm_limits_max_default ||
        wasm_memorytype_limits(type)->max == 65536);
  wasm_memorytype_delete(type);
  wasm_memory_delete(alone);
  limits.min = 65537;
  type = wasm_memorytype_new(&limits);
  CHECK(wasm_memory_new(store, type) == NULL);
  wasm_memorytype_delete(type);
}

/* ---- References ---- */

static void test_references(wasm_func_t* own) {
  wasm_foreign_t* foreign = wasm_foreign_new(store);
  wasm_val_t arg = WASM_REF_VAL(NULL);
  wasm_val_t index = WASM_I32_VAL(1);
  wasm_val_t result = WASM_INIT_VAL;
  wasm_global_t* held = wasm_extern_as_global(export_named("held"));
  int info = 0;
  wasm_foreign_set_host_info(foreign, &info);
  CHECK(wasm_ref_get_host_info(wasm_foreign_as_ref(foreign)) == &info);
  CHECK(wasm_ref_as_foreign(wasm_foreign_as_ref(foreign)) == foreign);
  CHECK(wasm_ref_as_func(wasm_foreign_as_ref(foreign)) == NULL);
  CHECK(wasm_ref_as_extern(wasm_foreign_as_ref(foreign)) == NULL);
  CHECK(wasm_ref_as_extern(wasm_memory_as_ref(memory)) == wasm_memory_as_extern(memory));

  CHECK(call(func_named("pass"), &arg, 1, &result, 1) == NULL);
  CHECK(result.kind == WASM_EXTERNREF && result.of.ref == NULL && seen == NULL);
  arg.of.ref = wasm_foreign_as_ref(foreign);
  CHECK(call(func_named("pass"), &arg, 1, &result, 1) == NULL);
  CHECK(wasm_ref_same(result.of.ref, arg.of.ref) && wasm_ref_same(seen, arg.of.ref));
  wasm_val_delete(&result);
  CHECK(result.of.ref == NULL);
  CHECK(call(func_named("hold"), &arg, 1, NULL, 0) == NULL);
  CHECK(wasm_table_set(wasm_extern_as_table(export_named("things")), 1, arg.of.ref));
  /* The guest holds it now; its host info stays. */
  wasm_foreign_delete(foreign);
  wasm_global_get(held, &result);
  CHECK(result.kind == WASM_EXTERNREF && wasm_ref_get_host_info(result.of.ref) == &info);
  wasm_val_delete(&result);
  CHECK(call(func_named("thing"), &index, 1, &result, 1) == NULL);
  CHECK(wasm_ref_get_host_info(result.of.ref) == &info);
  wasm_val_copy(&arg, &result);
  wasm_val_delete(&result);
  wasm_val_delete(&arg);
  /* Other things than foreign objects can be held, too. */
  arg.kind = WASM_EXTERNREF;
  arg.of.ref = wasm_instance_as_ref(instance);
  wasm_global_set(held, &arg);
  wasm_global_get(held, &result);
  CHECK(wasm_instance_same(wasm_ref_as_instance(result.of.ref), instance));
  wasm_val_delete(&result);

  arg.kind = WASM_FUNCREF;
  arg.of.ref = wasm_func_as_ref(func_named("negate"));
  CHECK(call(func_named("call"), &arg, 1, &result, 1) == NULL);
  CHECK(result.kind == WASM_FUNCREF && wasm_ref_same(result.of.ref, arg.of.ref));
  wasm_val_delete(&result);
  arg.of.ref = wasm_func_as_ref(own);
  CHECK(call(func_named("call"), &arg, 1, &result, 1) == NULL);
  CHECK(wasm_ref_same(result.of.ref, arg.of.ref));
  wasm_val_delete(&result);
  arg.of.ref = NULL;
  CHECK(call(func_named("call"), &arg, 1, &result, 1) == NULL && result.of.ref == NULL);
  arg.of.ref = wasm_memory_as_ref(memory);
  CHECK(is_trap(call(func_named("call"), &arg, 1, &result, 1),
                "arguments do not match the function's type"));

  wasm_val_init_ptr(&arg, &info);
  CHECK(wasm_val_ptr(&arg) == &info);
}

static void test_vectors(void) {
  wasm_val_t values[2] = {WASM_I32_VAL(1), WASM_REF_VAL(NULL)};
  wasm_val_vec_t vec, copy;
  wasm_extern_vec_t externs;
  values[1].of.ref = wasm_memory_as_ref(wasm_memory_copy(memory));
  wasm_val_vec_new(&vec, 2, values);
  wasm_val_vec_copy(&copy, &vec);
  CHECK(copy.size == 2 && copy.data[0].of.i32 == 1 && copy.data[1].of.ref == values[1].of.ref);
  wasm_val_vec_delete(&vec);
  wasm_val_vec_delete(&copy);
  wasm_val_vec_new_uninitialized(&vec, 3);
  CHECK(vec.size == 3 && vec.data[2].kind == WASM_I32);
  wasm_val_vec_delete(&vec);
  wasm_val_vec_new_empty(&vec);
  CHECK(vec.size == 0);
  wasm_val_vec_delete(&vec);
  wasm_extern_vec_copy(&externs, &exports);
  CHECK(externs.size == exports.size && wasm_extern_same(externs.data[0], exports.data[0]));
  wasm_extern_vec_delete(&externs);
  wasm_val_vec_new_uninitialized(&vec, (size_t)-1 / 4); /* there is no memory for so many */
  CHECK(vec.size == 0 && vec.data == NULL);
}

/* What belongs to another store fits nowhere here. `imports` are right but for this. */
static void test_another_store(wasm_engine_t* engine, const wasm_functype_t* pass_type,
                               const wasm_extern_vec_t* imports) {
  wasm_store_t* other = wasm_store_new(engine);
  wasm_func_t* theirs = wasm_func_new(other, pass_type, pass);
  wasm_extern_t* const right = imports->data[4];
  CHECK(!wasm_table_set(table, 0, wasm_func_as_ref(theirs)));
  imports->data[4] = wasm_func_as_extern(theirs);
  CHECK(wasm_instance_new(store, module, imports, NULL) == NULL);
  imports->data[4] = right;
  wasm_func_delete(theirs);
  wasm_store_delete(other);
}

int main(int argc, char** argv) {
  wasm_engine_t* engine = wasm_engine_new();
  wasm_val_t fixed_value = WASM_F64_VAL(2.5);
  wasm_val_t count_value = WASM_I64_VAL(1000);
  wasm_limits_t table_limits = {1, 6}, memory_limits = {1, 3};
  wasm_globaltype_t* fixed_type = wasm_globaltype_new(wasm_valtype_new_f64(), WASM_CONST);
  wasm_globaltype_t* count_type = wasm_globaltype_new(wasm_valtype_new_i64(), WASM_VAR);
  wasm_tabletype_t* table_type = wasm_tabletype_new(wasm_valtype_new_funcref(), &table_limits);
  wasm_memorytype_t* memory_type = wasm_memorytype_new(&memory_limits);
  wasm_functype_t* pass_type =
      wasm_functype_new_1_1(wasm_valtype_new_externref(), wasm_valtype_new_externref());
  wasm_functype_t* call_type =
      wasm_functype_new_1_1(wasm_valtype_new_funcref(), wasm_valtype_new_funcref());
  wasm_functype_t* own_type = wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32());
  wasm_func_t *pass_func, *call_func, *own;
  wasm_extern_t* externs[6];
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(externs);
  if (argc > 1) check_folder = argv[1];
  store = wasm_store_new(engine);
  module = load_module(store, "wasm_externs.wasm");
  fixed = wasm_global_new(store, fixed_type, &fixed_value);
  count = wasm_global_new(store, count_type, &count_value);
  table = wasm_table_new(store, table_type, NULL);
  memory = wasm_memory_new(store, memory_type);
  pass_func = wasm_func_new(store, pass_type, pass);
  call_func = wasm_func_new(store, call_type, call_it);
  own = wasm_func_new(store, own_type, plus_one);
  externs[0] = wasm_global_as_extern(fixed);
  externs[1] = wasm_global_as_extern(count);
  externs[2] = wasm_table_as_extern(table);
  externs[3] = wasm_memory_as_extern(memory);
  externs[4] = wasm_func_as_extern(pass_func);
  externs[5] = wasm_func_as_extern(call_func);
  instance = wasm_instance_new(store, module, &imports, NULL);
  CHECK(instance != NULL);
  wasm_instance_exports(instance, &exports);

  test_module_types();
  test_own_types();
  test_globals();
  test_tables(own);
  test_memories();
  test_references(own);
  test_vectors();
  test_another_store(engine, pass_type, &imports);

  wasm_extern_vec_delete(&exports);
  wasm_globaltype_delete(fixed_type);
  wasm_globaltype_delete(count_type);
  wasm_tabletype_delete(table_type);
  wasm_memorytype_delete(memory_type);
  wasm_functype_delete(pass_type);
  wasm_functype_delete(call_type);
  wasm_functype_delete(own_type);
  wasm_global_delete(fixed);
  wasm_global_delete(count);
  wasm_table_delete(table);
  wasm_memory_delete(memory);
  wasm_func_delete(pass_func);
  wasm_func_delete(call_func);
  wasm_func_delete(own);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return check_end();
}
