/* wasm.h: calls in both directions, closures, several results, traps with traces, calls within
 * calls. test_wasm_calls FOLDER   (of wasm_calls.wasm and wasm_start.wasm) */
#include "wasm_check.h"

typedef struct world {
  wasm_store_t* store;
  wasm_func_t* guest_again; /* "again" of the guest */
  wasm_func_t* guest_divide;
  int64_t counter;
  int finalized;
  int deepest;
} world;

static wasm_trap_t* twice(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  CHECK(args->size == 1 && results->size == 1);
  CHECK(args->data[0].kind == WASM_I32 && results->data[0].kind == WASM_I32);
  results->data[0].of.i32 = args->data[0].of.i32 * 2;
  return NULL;
}

static wasm_trap_t* next(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  world* w = (world*)env;
  CHECK(args->size == 0);
  results->data[0].kind = WASM_I64;
  results->data[0].of.i64 = ++w->counter;
  return NULL;
}

static wasm_trap_t* mix(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  size_t i;
  CHECK(args->size == 4 && results->size == 4);
  for (i = 0; i < 4; i++) wasm_val_copy(&results->data[i], &args->data[3 - i]);
  return NULL;
}

/* 0: a trap of the host's; 1: a result of the wrong type is no matter here, there is none. */
static wasm_trap_t* fail(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  const world* w = (const world*)env;
  wasm_message_t message;
  wasm_trap_t* trap;
  (void)results;
  if (args->data[0].of.i32 != 0) return NULL;
  wasm_name_new_from_string_nt(&message, "the host is not amused");
  trap = wasm_trap_new(w->store, &message);
  wasm_name_delete(&message);
  return trap;
}

/* Calls the guest, which calls this, until the argument is 0; then divides by zero. */
static wasm_trap_t* again(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  world* w = (world*)env;
  const int32_t left = args->data[0].of.i32;
  wasm_trap_t* trap;
  w->deepest++;
  if (left == 0) {
    wasm_val_t by[2] = {WASM_I32_VAL(1), WASM_I32_VAL(0)};
    return call(w->guest_divide, by, 2, results->data, 1);
  } else {
    wasm_val_t arg[1] = {WASM_I32_VAL(left < 0 ? left : left - 1)};
    wasm_val_t result[1] = {WASM_INIT_VAL};
    if (left == 200) { /* the store stays until the outermost call has ended */
      w->finalized = 0;
      wasm_store_delete(w->store);
      CHECK(w->finalized == 0);
      arg[0].of.i32 = 100;
      CHECK(is_trap(call(w->guest_again, arg, 1, result, 1), "the store was deleted"));
      return NULL;
    }
    if (left == 100) { /* a number that ends well */
      results->data[0].of.i32 = 7;
      return NULL;
    }
    trap = call(w->guest_again, arg, 1, result, 1);
    if (trap != NULL) return trap;
    results->data[0].of.i32 = result[0].of.i32 + 1;
    return NULL;
  }
}

static wasm_trap_t* wrong_result(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args;
  results->data[0].kind = WASM_F32;
  results->data[0].of.f32 = 1;
  return NULL;
}

static void finalize(void* env) { ((world*)env)->finalized++; }

static wasm_functype_t* mix_type(void) {
  wasm_valtype_t* types[4];
  wasm_valtype_vec_t params, results;
  size_t i;
  types[0] = wasm_valtype_new_f32();
  types[1] = wasm_valtype_new_f64();
  types[2] = wasm_valtype_new_i32();
  types[3] = wasm_valtype_new_i64();
  wasm_valtype_vec_new(&params, 4, types);
  wasm_valtype_vec_new_uninitialized(&results, 4);
  for (i = 0; i < 4; i++) results.data[i] = wasm_valtype_copy(types[3 - i]);
  return wasm_functype_new(&params, &results);
}

static void test_calls(wasm_extern_vec_t* exports) {
  wasm_val_t args[4] = {WASM_I32_VAL(20), WASM_F64_VAL(0.5), WASM_I32_VAL(-3), WASM_I64_VAL(9)};
  wasm_val_t results[4] = {WASM_INIT_VAL, WASM_INIT_VAL, WASM_INIT_VAL, WASM_INIT_VAL};
  const wasm_func_t* func = wasm_extern_as_func(exports->data[0]);
  CHECK(wasm_func_param_arity(func) == 1 && wasm_func_result_arity(func) == 1);
  CHECK(call(func, args, 1, results, 1) == NULL);
  CHECK(results[0].kind == WASM_I32 && results[0].of.i32 == 41);
  CHECK(call(wasm_extern_as_func(exports->data[1]), NULL, 0, results, 1) == NULL);
  CHECK(results[0].kind == WASM_I64 && results[0].of.i64 == 1 + 2);
  args[0].kind = WASM_F32;
  args[0].of.f32 = 1.25f;
  CHECK(call(wasm_extern_as_func(exports->data[2]), args, 4, results, 4) == NULL);
  CHECK(results[0].of.i64 == 9 && results[1].of.i32 == -3);
  CHECK(results[2].of.f64 == 0.5 && results[3].of.f32 == 1.25f);

  /* Misuse is a trap, nothing else. */
  CHECK(is_trap(call(func, args, 2, results, 1), "arguments do not match the function's type"));
  CHECK(is_trap(call(func, args, 1, results, 1), "arguments do not match the function's type"));
  args[0].kind = WASM_I32;
  args[0].of.i32 = 1;
  CHECK(is_trap(call(func, args, 1, results, 0), "there is no room for the results"));
}

static void check_frame(const wasm_frame_t* frame, const wasm_instance_t* instance,
                        uint32_t index) {
  CHECK(wasm_instance_same(wasm_frame_instance(frame), instance));
  CHECK(wasm_frame_func_index(frame) == index);
  CHECK(wasm_frame_module_offset(frame) > 8);
  CHECK(wasm_frame_func_offset(frame) > 0);
  CHECK(wasm_frame_func_offset(frame) < wasm_frame_module_offset(frame));
}

static void test_traps(wasm_extern_vec_t* exports, const wasm_instance_t* instance) {
  wasm_val_t args[2] = {WASM_I32_VAL(1), WASM_I32_VAL(0)};
  wasm_val_t results[1] = {WASM_INIT_VAL};
  wasm_frame_vec_t trace, copies;
  wasm_frame_t* origin;
  wasm_trap_t* trap;
  wasm_trap_t* copy;
  CHECK(call(wasm_extern_as_func(exports->data[3]), args, 1, NULL, 0) == NULL);
  args[0].of.i32 = 0;
  trap = call(wasm_extern_as_func(exports->data[3]), args, 1, NULL, 0);
  CHECK(trap != NULL);
  wasm_trap_trace(trap, &trace);
  CHECK(trace.size == 2);
  check_frame(trace.data[0], instance, 9);
  check_frame(trace.data[1], instance, 8);
  origin = wasm_trap_origin(trap);
  CHECK(origin != NULL && wasm_frame_func_index(origin) == 9);
  CHECK(wasm_frame_module_offset(origin) == wasm_frame_module_offset(trace.data[0]));
  wasm_frame_vec_copy(&copies, &trace);
  CHECK(copies.size == 2 && wasm_frame_func_index(copies.data[1]) == 8);
  copy = wasm_trap_copy(trap);
  CHECK(wasm_trap_same(copy, trap) && wasm_ref_as_trap(wasm_trap_as_ref(copy)) == copy);
  CHECK(is_trap(trap, "the host is not amused"));
  CHECK(is_trap(copy, "the host is not amused"));
  wasm_frame_vec_delete(&trace);
  wasm_frame_vec_delete(&copies);
  wasm_frame_delete(origin);

  args[0].of.i32 = 1;
  trap = call(wasm_extern_as_func(exports->data[4]), args, 2, results, 1);
  origin = wasm_trap_origin(trap);
  check_frame(origin, instance, 10);
  wasm_frame_delete(origin);
  CHECK(is_trap(trap, "integer divide by zero"));
  trap = call(wasm_extern_as_func(exports->data[5]), args, 1, NULL, 0);
  wasm_trap_trace(trap, &trace);
  CHECK(trace.size > 10); /* cut: the stack holds more */
  wasm_frame_vec_delete(&trace);
  CHECK(is_trap(trap, "call stack exhausted"));
}

static void test_nested(world* w) {
  wasm_val_t arg[1] = {WASM_I32_VAL(0)};
  wasm_val_t result[1] = {WASM_INIT_VAL};
  arg[0].of.i32 = 104;
  w->deepest = 0;
  CHECK(call(w->guest_again, arg, 1, result, 1) == NULL);
  CHECK(result[0].of.i32 == 7 + 4 && w->deepest == 5);
  arg[0].of.i32 = 3; /* a trap passes through four levels */
  CHECK(is_trap(call(w->guest_again, arg, 1, result, 1), "integer divide by zero"));
  arg[0].of.i32 = -1; /* for ever */
  w->deepest = 0;
  CHECK(is_trap(call(w->guest_again, arg, 1, result, 1),
                "host functions call back into guests too deeply"));
  CHECK(w->deepest == 64);
  arg[0].of.i32 = 101; /* and the store is as before */
  CHECK(call(w->guest_again, arg, 1, result, 1) == NULL && result[0].of.i32 == 8);
}

/* A host function deletes the store, some calls deep. */
static void test_deleted_within(world* w) {
  wasm_val_t arg[1] = {WASM_I32_VAL(203)};
  wasm_val_t result[1] = {WASM_INIT_VAL};
  CHECK(is_trap(call(w->guest_again, arg, 1, result, 1), "the store was deleted"));
  CHECK(w->finalized == 2);
  CHECK(is_trap(call(w->guest_again, arg, 1, result, 1), "the store was deleted"));
}

/* The host's own functions, called by the host. */
static void test_host_functions(world* w, const wasm_func_t* func) {
  wasm_functype_t* type = wasm_functype_new_0_1(wasm_valtype_new_i32());
  wasm_func_t* wrong = wasm_func_new(w->store, type, wrong_result);
  wasm_func_t* unused = wasm_func_new_with_env(w->store, type, next, w, finalize);
  wasm_val_t arg[1] = {WASM_I32_VAL(21)};
  wasm_val_t wide[1] = {WASM_I64_VAL(21)};
  wasm_val_t result[1] = {WASM_INIT_VAL};
  const wasm_valtype_vec_t* params;
  wasm_valtype_vec_t many, none;
  size_t i;
  wasm_functype_t* of_func = wasm_func_type(func);
  wasm_functype_delete(type);
  params = wasm_functype_params(of_func);
  CHECK(params->size == 1 && wasm_valtype_kind(params->data[0]) == WASM_I32);
  wasm_functype_delete(of_func);
  CHECK(call(func, arg, 1, result, 1) == NULL && result[0].of.i32 == 42);
  CHECK(is_trap(call(func, arg, 0, result, 1), "arguments do not match the function's type"));
  CHECK(is_trap(call(func, wide, 1, result, 1), "arguments do not match the function's type"));
  CHECK(is_trap(call(func, arg, 1, result, 0), "there is no room for the results"));
  CHECK(is_trap(call(wrong, NULL, 0, result, 1), "a host function gave a result of another type"));
  wasm_func_delete(wrong);
  /* More parameters than a function may have. */
  wasm_valtype_vec_new_uninitialized(&many, 1001);
  for (i = 0; i < many.size; i++) many.data[i] = wasm_valtype_new_i32();
  wasm_valtype_vec_new_empty(&none);
  type = wasm_functype_new(&many, &none);
  CHECK(wasm_func_new(w->store, type, wrong_result) == NULL);
  wasm_functype_delete(type);
  /* Nobody else can get at it: it goes at once. */
  w->finalized = 0;
  wasm_func_delete(unused);
  CHECK(w->finalized == 1);
}

static void test_start(wasm_store_t* store) {
  wasm_module_t* module = load_module(store, "wasm_start.wasm");
  wasm_globaltype_t* flag_type = wasm_globaltype_new(wasm_valtype_new_i32(), WASM_CONST);
  wasm_globaltype_t* count_type = wasm_globaltype_new(wasm_valtype_new_i32(), WASM_VAR);
  wasm_val_t zero = WASM_I32_VAL(0);
  wasm_val_t one = WASM_I32_VAL(1);
  wasm_val_t value;
  wasm_global_t* off = wasm_global_new(store, flag_type, &zero);
  wasm_global_t* on = wasm_global_new(store, flag_type, &one);
  wasm_global_t* count = wasm_global_new(store, count_type, &zero);
  wasm_extern_t* externs[2];
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(externs);
  wasm_instance_t* instance;
  wasm_trap_t* trap = NULL;
  wasm_frame_vec_t trace;
  externs[0] = wasm_global_as_extern(off);
  externs[1] = wasm_global_as_extern(count);
  instance = wasm_instance_new(store, module, &imports, &trap);
  CHECK(instance != NULL && trap == NULL);
  wasm_instance_delete(instance);
  externs[0] = wasm_global_as_extern(on);
  CHECK(wasm_instance_new(store, module, &imports, NULL) == NULL);
  CHECK(strcmp(mote_wasm_store_error(store), "unreachable") == 0);
  CHECK(wasm_instance_new(store, module, &imports, &trap) == NULL);
  CHECK(trap != NULL);
  wasm_trap_trace(trap, &trace);
  CHECK(trace.size == 2 && wasm_frame_func_index(trace.data[0]) == 0);
  CHECK(wasm_frame_instance(trace.data[0]) != NULL);
  wasm_frame_vec_delete(&trace);
  CHECK(is_trap(trap, "unreachable"));
  wasm_global_get(count, &value);
  CHECK(value.kind == WASM_I32 && value.of.i32 == 3);

  /* Imports that do not match, or are missing. */
  externs[1] = wasm_global_as_extern(off);
  CHECK(wasm_instance_new(store, module, &imports, &trap) == NULL);
  CHECK(trap != NULL && strstr(mote_wasm_store_error(store), "incompatible import type") != NULL);
  wasm_trap_delete(trap);
  externs[1] = NULL;
  CHECK(wasm_instance_new(store, module, &imports, NULL) == NULL);
  imports.size = 1;
  CHECK(wasm_instance_new(store, module, &imports, NULL) == NULL);
  CHECK(strstr(mote_wasm_store_error(store), "unknown import") != NULL);
  wasm_globaltype_delete(flag_type);
  wasm_globaltype_delete(count_type);
  wasm_global_delete(off);
  wasm_global_delete(on);
  wasm_global_delete(count);
  wasm_module_delete(module);
}

int main(int argc, char** argv) {
  world w;
  wasm_engine_t* engine = wasm_engine_new();
  wasm_module_t* module;
  wasm_functype_t* types[5];
  wasm_func_t* funcs[5];
  wasm_extern_t* externs[5];
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(externs);
  wasm_extern_vec_t exports;
  wasm_instance_t* instance;
  size_t i;
  if (argc > 1) check_folder = argv[1];
  memset(&w, 0, sizeof w);
  w.store = wasm_store_new(engine);
  module = load_module(w.store, "wasm_calls.wasm");

  types[0] = wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32());
  types[1] = wasm_functype_new_0_1(wasm_valtype_new_i64());
  types[2] = mix_type();
  types[3] = wasm_functype_new_1_0(wasm_valtype_new_i32());
  types[4] = wasm_functype_copy(types[0]);
  funcs[0] = wasm_func_new(w.store, types[0], twice);
  funcs[1] = wasm_func_new_with_env(w.store, types[1], next, &w, finalize);
  funcs[2] = wasm_func_new(w.store, types[2], mix);
  funcs[3] = wasm_func_new_with_env(w.store, types[3], fail, &w, NULL);
  funcs[4] = wasm_func_new_with_env(w.store, types[4], again, &w, finalize);
  for (i = 0; i < 5; i++) {
    wasm_functype_delete(types[i]);
    externs[i] = wasm_func_as_extern(funcs[i]);
  }
  instance = wasm_instance_new(w.store, module, &imports, NULL);
  CHECK(instance != NULL);
  wasm_instance_exports(instance, &exports);
  CHECK(exports.size == 7);
  w.guest_divide = wasm_extern_as_func(exports.data[4]);
  w.guest_again = wasm_extern_as_func(exports.data[6]);

  test_calls(&exports);
  test_traps(&exports, instance);
  test_nested(&w);
  test_host_functions(&w, funcs[0]);
  test_start(w.store);

  /* The instance still needs its imports. */
  for (i = 0; i < 5; i++) wasm_func_delete(funcs[i]);
  wasm_module_delete(module);
  wasm_instance_delete(instance);
  test_nested(&w);
  test_deleted_within(&w);
  wasm_extern_vec_delete(&exports);
  wasm_engine_delete(engine);
  return check_end();
}
