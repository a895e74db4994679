/* The standard C interface to WebAssembly engines ("wasm-c-api"), as Mote offers it.
 *
 * Names, types and values are those of the published interface, so that a program written against
 * it compiles and runs unchanged. The library is mote::wasm_c_api (pkg-config: mote-wasm-c-api);
 * what it does beyond the standard is in mote/wasm_c_api.h, and docs/design/c-interfaces.md says
 * what it cannot do. For microcontrollers there is mote/mote.h.
 *
 * Who owns what. "Owned" below means: whoever gets it has to pass it on or delete it.
 * - What wasm_X_new, wasm_X_copy and other functions marked "own" return is owned by the caller.
 * - A parameter marked "own" passes to the function, also when that fails.
 * - A parameter `out` is written by the function and then owned by the caller.
 * - A vector owns its elements: deleting it deletes them. Everything else is borrowed: it stays as
 *   long as what it was taken from.
 * - References (functions, globals, ...) are counted: the thing itself stays as long as any
 *   reference, any guest or its store needs it.
 *
 * What fails. Functions that return a pointer return NULL when they cannot do it; vectors come out
 * empty; void and numbers cannot fail. Reasons are a lack of memory and what is said with each
 * group; mote_wasm_store_error() has the words. A store that was deleted makes everything fail.
 * Pointers must not be NULL where nothing else is said.
 *
 * What it costs. Constant time where nothing else is said. Whatever is returned as owned takes
 * memory of the system (malloc) until it is deleted; guests, modules, memories and tables take
 * memory of their store until that is deleted.
 *
 * Numbers such as "4.5.4" are sections of the WebAssembly specification, release 2.0; 7.1 is its
 * appendix on embedding, followed by the name of the operation there.
 *
 * A store and all that was made in it belong to one thread at a time; engines, configurations that
 * are not changed any more, and shared modules can be used by all.
 */
#ifndef WASM_H
#define WASM_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifndef WASM_API_EXTERN
#if defined(_WIN32) && !defined(__MINGW32__) && !defined(LIBWASM_STATIC)
#define WASM_API_EXTERN __declspec(dllimport)
#else
/* How functions of the library are declared. Mote needs nothing; define it before for another. */
#define WASM_API_EXTERN
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Machine types --------------------------------------------------------------------------- */

/* A byte; numbers with 32 and 64 bits as IEEE 754 has them. */

typedef char byte_t;
typedef float float32_t;
typedef double float64_t;

/* ---- Macros that declare what many types have in common -------------------------------------- */

/* A type that is only used through pointers, and how to delete one. NULL may be deleted. */
#define WASM_DECLARE_OWN(name)                    \
  typedef struct wasm_##name##_t wasm_##name##_t; \
  WASM_API_EXTERN void wasm_##name##_delete(wasm_##name##_t* /*own*/);

/* A vector of elements, or of pointers to them with `ptr_or_none` = *. wasm_X_vec_new takes over
 * what `data` points to, element by element; wasm_X_vec_new_uninitialized leaves them to the caller
 * (pointers are NULL, values i32 0). A vector that was deleted, or that could not be made, is
 * empty. Cost: linear in the size; copying and deleting do so with each element. */
#define WASM_DECLARE_VEC(name, ptr_or_none)                                                        \
  typedef struct wasm_##name##_vec_t {                                                             \
    size_t size;                       /* elements */                                              \
    wasm_##name##_t ptr_or_none* data; /* the vector's; NULL if it is empty */                     \
  } wasm_##name##_vec_t;                                                                           \
  WASM_API_EXTERN void wasm_##name##_vec_new_empty(wasm_##name##_vec_t* out);                      \
  WASM_API_EXTERN void wasm_##name##_vec_new_uninitialized(wasm_##name##_vec_t* out, size_t size); \
  WASM_API_EXTERN void wasm_##name##_vec_new(wasm_##name##_vec_t* out, size_t size,                \
                                             wasm_##name##_t ptr_or_none const data[] /*own*/);    \
  WASM_API_EXTERN void wasm_##name##_vec_copy(wasm_##name##_vec_t* out,                            \
                                              const wasm_##name##_vec_t* from);                    \
  WASM_API_EXTERN void wasm_##name##_vec_delete(wasm_##name##_vec_t* /*own*/);

/* A description, of nobody's store. Cost of copying and deleting: linear in all that it consists
 * of. */
#define WASM_DECLARE_TYPE(name) \
  WASM_DECLARE_OWN(name)        \
  WASM_DECLARE_VEC(name, *)     \
  WASM_API_EXTERN wasm_##name##_t* wasm_##name##_copy(const wasm_##name##_t*) /*own*/;

/* A counted reference to something in a store: a copy is the same thing again, and cannot fail.
 * `same`: whether both refer to the same thing. Each thing can carry a pointer of the host's; its
 * finalizer is called with it when the thing is gone, or when it is replaced. */
#define WASM_DECLARE_REF_BASE(name)                                                             \
  WASM_DECLARE_OWN(name)                                                                        \
  WASM_API_EXTERN wasm_##name##_t* wasm_##name##_copy(const wasm_##name##_t*) /*own*/;          \
  WASM_API_EXTERN bool wasm_##name##_same(const wasm_##name##_t*, const wasm_##name##_t*);      \
  WASM_API_EXTERN void* wasm_##name##_get_host_info(const wasm_##name##_t*);                    \
  WASM_API_EXTERN void wasm_##name##_set_host_info(wasm_##name##_t*, void* info);               \
  WASM_API_EXTERN void wasm_##name##_set_host_info_with_finalizer(wasm_##name##_t*, void* info, \
                                                                  void (*finalizer)(void* info));

/* The same, seen as a wasm_ref_t and back: NULL if it is something else. Both are borrowed. */
#define WASM_DECLARE_REF(name)                                                          \
  WASM_DECLARE_REF_BASE(name)                                                           \
  WASM_API_EXTERN wasm_ref_t* wasm_##name##_as_ref(wasm_##name##_t*);                   \
  WASM_API_EXTERN wasm_##name##_t* wasm_ref_as_##name(wasm_ref_t*);                     \
  WASM_API_EXTERN const wasm_ref_t* wasm_##name##_as_ref_const(const wasm_##name##_t*); \
  WASM_API_EXTERN const wasm_##name##_t* wasm_ref_as_##name##_const(const wasm_ref_t*);

/* What can be handed to other threads, and taken into another store there. `share` copies no bytes.
 * `obtain` fails like wasm_module_new, and costs loading, unless the store has that module already.
 */
#define WASM_DECLARE_SHARABLE_REF(name)                                                        \
  WASM_DECLARE_REF(name)                                                                       \
  WASM_DECLARE_OWN(shared_##name)                                                              \
  WASM_API_EXTERN wasm_shared_##name##_t* wasm_##name##_share(const wasm_##name##_t*) /*own*/; \
  WASM_API_EXTERN wasm_##name##_t* wasm_##name##_obtain(wasm_store_t*,                         \
                                                        const wasm_shared_##name##_t*) /*own*/;

/* ---- Bytes and names ------------------------------------------------------------------------- */

/* An element of names, binaries and messages. */
typedef byte_t wasm_byte_t;
WASM_DECLARE_VEC(byte, )

/* UTF-8, not terminated unless said otherwise. Cost: the length. */

typedef wasm_byte_vec_t wasm_name_t;
#define wasm_name wasm_byte_vec
#define wasm_name_new wasm_byte_vec_new
#define wasm_name_new_empty wasm_byte_vec_new_empty
#define wasm_name_new_uninitialized wasm_byte_vec_new_uninitialized
#define wasm_name_new_new_uninitialized wasm_byte_vec_new_uninitialized /* as published */
#define wasm_name_copy wasm_byte_vec_copy
#define wasm_name_delete wasm_byte_vec_delete

/* From a zero-terminated string, without its zero. Cost: the length. */
static inline void wasm_name_new_from_string(wasm_name_t* out, const char* string) {
  wasm_byte_vec_new(out, strlen(string), string);
}
/* From a zero-terminated string, with its zero. Cost: the length. */
static inline void wasm_name_new_from_string_nt(wasm_name_t* out, const char* string) {
  wasm_byte_vec_new(out, strlen(string) + 1, string);
}

/* ---- Configurations, engines, stores --------------------------------------------------------- */

/* How stores get their memory: see mote/wasm_c_api.h. An engine takes no memory but its own record;
 * one without a configuration has the defaults. */

WASM_DECLARE_OWN(config)
WASM_API_EXTERN wasm_config_t* wasm_config_new(void) /*own*/;

WASM_DECLARE_OWN(engine)
WASM_API_EXTERN wasm_engine_t* wasm_engine_new(void) /*own*/;
WASM_API_EXTERN wasm_engine_t* wasm_engine_new_with_config(wasm_config_t* /*own*/) /*own*/;

/* Deleting a store ends all that is in it, and calls its finalizers. References that are still held
 * can be deleted afterwards, but not used. Not from a host function. The engine must outlive the
 * call of wasm_store_new (7.1 store_init) only. It fails if the system has no memory for a store.
 * Cost of deleting: all that is in it. */

WASM_DECLARE_OWN(store)
WASM_API_EXTERN wasm_store_t* wasm_store_new(wasm_engine_t*) /*own*/;

/* ---- Types (2.3) ----------------------------------------------------------------------------- */

/* wasm_X_new takes over what it is made of, also if it fails; what the others return is borrowed.
 * Limits count pages or elements. wasm_valtype_new fails for a kind that is none of the list; there
 * is one object of each, which costs nothing. */

typedef uint8_t wasm_mutability_t;
enum wasm_mutability_enum { WASM_CONST, WASM_VAR };

typedef struct wasm_limits_t {
  uint32_t min; /* from the start; of something that exists: what there is now */
  uint32_t max; /* wasm_limits_max_default: none */
} wasm_limits_t;
static const uint32_t wasm_limits_max_default = 0xffffffff;

WASM_DECLARE_TYPE(valtype)
typedef uint8_t wasm_valkind_t;
enum wasm_valkind_enum {
  WASM_I32,
  WASM_I64,
  WASM_F32,
  WASM_F64,
  WASM_EXTERNREF = 128,
  WASM_FUNCREF
};
WASM_API_EXTERN wasm_valtype_t* wasm_valtype_new(wasm_valkind_t) /*own*/;
WASM_API_EXTERN wasm_valkind_t wasm_valtype_kind(const wasm_valtype_t*);
/* Whether values of the kind are numbers. */
static inline bool wasm_valkind_is_num(wasm_valkind_t kind) { return kind < WASM_EXTERNREF; }
/* Whether values of the kind are references. */
static inline bool wasm_valkind_is_ref(wasm_valkind_t kind) { return kind >= WASM_EXTERNREF; }
/* Whether values of the type are numbers. */
static inline bool wasm_valtype_is_num(const wasm_valtype_t* type) {
  return wasm_valkind_is_num(wasm_valtype_kind(type));
}
/* Whether values of the type are references. */
static inline bool wasm_valtype_is_ref(const wasm_valtype_t* type) {
  return wasm_valkind_is_ref(wasm_valtype_kind(type));
}

WASM_DECLARE_TYPE(functype)
WASM_API_EXTERN wasm_functype_t* wasm_functype_new(wasm_valtype_vec_t* params /*own*/,
                                                   wasm_valtype_vec_t* results /*own*/) /*own*/;
WASM_API_EXTERN const wasm_valtype_vec_t* wasm_functype_params(const wasm_functype_t*);
WASM_API_EXTERN const wasm_valtype_vec_t* wasm_functype_results(const wasm_functype_t*);

WASM_DECLARE_TYPE(globaltype)
WASM_API_EXTERN wasm_globaltype_t* wasm_globaltype_new(wasm_valtype_t* /*own*/,
                                                       wasm_mutability_t) /*own*/;
WASM_API_EXTERN const wasm_valtype_t* wasm_globaltype_content(const wasm_globaltype_t*);
WASM_API_EXTERN wasm_mutability_t wasm_globaltype_mutability(const wasm_globaltype_t*);

WASM_DECLARE_TYPE(tabletype)
WASM_API_EXTERN wasm_tabletype_t* wasm_tabletype_new(wasm_valtype_t* /*own*/,
                                                     const wasm_limits_t*) /*own*/;
WASM_API_EXTERN const wasm_valtype_t* wasm_tabletype_element(const wasm_tabletype_t*);
WASM_API_EXTERN const wasm_limits_t* wasm_tabletype_limits(const wasm_tabletype_t*);

WASM_DECLARE_TYPE(memorytype)
WASM_API_EXTERN wasm_memorytype_t* wasm_memorytype_new(const wasm_limits_t*) /*own*/;
WASM_API_EXTERN const wasm_limits_t* wasm_memorytype_limits(const wasm_memorytype_t*);

/* One of the four above. The casts borrow; they return NULL if it is another one. */

WASM_DECLARE_TYPE(externtype)
typedef uint8_t wasm_externkind_t;
enum wasm_externkind_enum {
  WASM_EXTERN_FUNC,
  WASM_EXTERN_GLOBAL,
  WASM_EXTERN_TABLE,
  WASM_EXTERN_MEMORY
};
WASM_API_EXTERN wasm_externkind_t wasm_externtype_kind(const wasm_externtype_t*);

WASM_API_EXTERN wasm_externtype_t* wasm_functype_as_externtype(wasm_functype_t*);
WASM_API_EXTERN wasm_externtype_t* wasm_globaltype_as_externtype(wasm_globaltype_t*);
WASM_API_EXTERN wasm_externtype_t* wasm_tabletype_as_externtype(wasm_tabletype_t*);
WASM_API_EXTERN wasm_externtype_t* wasm_memorytype_as_externtype(wasm_memorytype_t*);
WASM_API_EXTERN wasm_functype_t* wasm_externtype_as_functype(wasm_externtype_t*);
WASM_API_EXTERN wasm_globaltype_t* wasm_externtype_as_globaltype(wasm_externtype_t*);
WASM_API_EXTERN wasm_tabletype_t* wasm_externtype_as_tabletype(wasm_externtype_t*);
WASM_API_EXTERN wasm_memorytype_t* wasm_externtype_as_memorytype(wasm_externtype_t*);

WASM_API_EXTERN const wasm_externtype_t* wasm_functype_as_externtype_const(const wasm_functype_t*);
WASM_API_EXTERN const wasm_externtype_t* wasm_globaltype_as_externtype_const(
    const wasm_globaltype_t*);
WASM_API_EXTERN const wasm_externtype_t* wasm_tabletype_as_externtype_const(
    const wasm_tabletype_t*);
WASM_API_EXTERN const wasm_externtype_t* wasm_memorytype_as_externtype_const(
    const wasm_memorytype_t*);
WASM_API_EXTERN const wasm_functype_t* wasm_externtype_as_functype_const(const wasm_externtype_t*);
WASM_API_EXTERN const wasm_globaltype_t* wasm_externtype_as_globaltype_const(
    const wasm_externtype_t*);
WASM_API_EXTERN const wasm_tabletype_t* wasm_externtype_as_tabletype_const(
    const wasm_externtype_t*);
WASM_API_EXTERN const wasm_memorytype_t* wasm_externtype_as_memorytype_const(
    const wasm_externtype_t*);

/* wasm_X_new takes over what it is made of, also if it fails; what the others return is borrowed.
 */

WASM_DECLARE_TYPE(importtype)
WASM_API_EXTERN wasm_importtype_t* wasm_importtype_new(wasm_name_t* module /*own*/,
                                                       wasm_name_t* name /*own*/,
                                                       wasm_externtype_t* /*own*/) /*own*/;
WASM_API_EXTERN const wasm_name_t* wasm_importtype_module(const wasm_importtype_t*);
WASM_API_EXTERN const wasm_name_t* wasm_importtype_name(const wasm_importtype_t*);
WASM_API_EXTERN const wasm_externtype_t* wasm_importtype_type(const wasm_importtype_t*);

WASM_DECLARE_TYPE(exporttype)
WASM_API_EXTERN wasm_exporttype_t* wasm_exporttype_new(wasm_name_t* /*own*/,
                                                       wasm_externtype_t* /*own*/) /*own*/;
WASM_API_EXTERN const wasm_name_t* wasm_exporttype_name(const wasm_exporttype_t*);
WASM_API_EXTERN const wasm_externtype_t* wasm_exporttype_type(const wasm_exporttype_t*);

/* ---- Values (4.2.1) -------------------------------------------------------------------------- */

struct wasm_ref_t;

/* A value owns its reference, which is NULL for the null reference. */
typedef struct wasm_val_t {
  wasm_valkind_t kind; /* which member of `of` counts */
  union {
    int32_t i32;            /* WASM_I32 */
    int64_t i64;            /* WASM_I64 */
    float32_t f32;          /* WASM_F32 */
    float64_t f64;          /* WASM_F64 */
    struct wasm_ref_t* ref; /* WASM_EXTERNREF, WASM_FUNCREF */
  } of;                     /* the value */
} wasm_val_t;

/* A copy has a reference of its own, and `out` is owned by the caller. Neither can fail. */

WASM_API_EXTERN void wasm_val_delete(wasm_val_t* /*own*/);
WASM_API_EXTERN void wasm_val_copy(wasm_val_t* out, const wasm_val_t* from);
WASM_DECLARE_VEC(val, )

/* ---- References ------------------------------------------------------------------------------ */

WASM_DECLARE_REF_BASE(ref)

/* One function call of a trap's trace. Offsets are in bytes: of the instruction from the start of
 * the function's code, and of the module; 0 when they are not known. */

WASM_DECLARE_OWN(frame)
WASM_DECLARE_VEC(frame, *)
WASM_API_EXTERN wasm_frame_t* wasm_frame_copy(const wasm_frame_t*) /*own*/;
WASM_API_EXTERN struct wasm_instance_t* wasm_frame_instance(const wasm_frame_t*);
WASM_API_EXTERN uint32_t wasm_frame_func_index(const wasm_frame_t*);
WASM_API_EXTERN size_t wasm_frame_func_offset(const wasm_frame_t*);
WASM_API_EXTERN size_t wasm_frame_module_offset(const wasm_frame_t*);

/* A message ends with a zero, which its size counts. */
typedef wasm_name_t wasm_message_t;

/* The origin is the innermost frame, or NULL; the trace begins with it, and has at most 256. The
 * message of a new trap is copied. Cost: linear in the message and the frames. */

WASM_DECLARE_REF(trap)
WASM_API_EXTERN wasm_trap_t* wasm_trap_new(wasm_store_t*, const wasm_message_t*) /*own*/;
WASM_API_EXTERN void wasm_trap_message(const wasm_trap_t*, wasm_message_t* out);
WASM_API_EXTERN wasm_frame_t* wasm_trap_origin(const wasm_trap_t*) /*own*/;
WASM_API_EXTERN void wasm_trap_trace(const wasm_trap_t*, wasm_frame_vec_t* out);

/* Something of the host's that guests can hold as an externref. */

WASM_DECLARE_REF(foreign)
WASM_API_EXTERN wasm_foreign_t* wasm_foreign_new(wasm_store_t*) /*own*/;

/* ---- Modules (5 and 3; 7.1 module_decode, module_validate, module_imports, module_exports) --- */

/* wasm_module_new copies the bytes, once for all stores that share them, and loads the module: what
 * it takes of the store stays until that is deleted, also when the module is. It fails, as does
 * wasm_module_validate (false), for what is no module, is not valid, needs what this build does not
 * have, or is too large for the store. Cost: linear in the bytes, plus translation; validating
 * takes a store of the same size while it works. Serialized modules cost their bytes; loading one
 * costs what a new one does. */

WASM_DECLARE_SHARABLE_REF(module)
WASM_API_EXTERN wasm_module_t* wasm_module_new(wasm_store_t*,
                                               const wasm_byte_vec_t* binary) /*own*/;
WASM_API_EXTERN bool wasm_module_validate(wasm_store_t*, const wasm_byte_vec_t* binary);
WASM_API_EXTERN void wasm_module_imports(const wasm_module_t*, wasm_importtype_vec_t* out);
WASM_API_EXTERN void wasm_module_exports(const wasm_module_t*, wasm_exporttype_vec_t* out);
WASM_API_EXTERN void wasm_module_serialize(const wasm_module_t*, wasm_byte_vec_t* out);
/* Only of what wasm_module_serialize gave; it is validated again. */
WASM_API_EXTERN wasm_module_t* wasm_module_deserialize(wasm_store_t*,
                                                       const wasm_byte_vec_t*) /*own*/;

/* ---- Functions (7.1 func_alloc, func_type, func_invoke) -------------------------------------- */

/* A function of the host's fails to be made without a type or a callback, or with more than 1000
 * parameters or results; the type is copied. Cost: linear in the parameters and results. */

WASM_DECLARE_REF(func)

/* `args` is borrowed, `results` has room for all results, zero at first; what is put there passes
 * to the caller. Returns NULL, or an owned trap. */
typedef wasm_trap_t* (*wasm_func_callback_t)(const wasm_val_vec_t* args, wasm_val_vec_t* results);
/* The same with the pointer given to wasm_func_new_with_env. */
typedef wasm_trap_t* (*wasm_func_callback_with_env_t)(void* env, const wasm_val_vec_t* args,
                                                      wasm_val_vec_t* results);

WASM_API_EXTERN wasm_func_t* wasm_func_new(wasm_store_t*, const wasm_functype_t*,
                                           wasm_func_callback_t) /*own*/;
/* `finalizer` (or NULL) is called with `env` when the function is gone. */
WASM_API_EXTERN wasm_func_t* wasm_func_new_with_env(wasm_store_t*, const wasm_functype_t*,
                                                    wasm_func_callback_with_env_t, void* env,
                                                    void (*finalizer)(void* env)) /*own*/;
WASM_API_EXTERN wasm_functype_t* wasm_func_type(const wasm_func_t*) /*own*/;
WASM_API_EXTERN size_t wasm_func_param_arity(const wasm_func_t*);
WASM_API_EXTERN size_t wasm_func_result_arity(const wasm_func_t*);
/* Returns NULL when it is done: `results` then has the results, which the caller owns; what was
 * there before is not deleted. Else an owned trap, also when the arguments are not as the
 * function's type says, or when it is done and there is no room for the results. Can be called from
 * host functions, 64 deep. Cost: the guest's, the number of instances in the store, and, once for
 * each depth, a guest's stack (mote_wasm_config_set_stack_bytes). */
WASM_API_EXTERN wasm_trap_t* wasm_func_call(const wasm_func_t*, const wasm_val_vec_t* args,
                                            wasm_val_vec_t* results) /*own*/;

/* ---- Globals (7.1 global_alloc, global_type, global_read, global_write) ---------------------- */

/* A new one fails if the value is not of the type. The value is borrowed; what wasm_global_get
 * gives is owned. */

WASM_DECLARE_REF(global)
WASM_API_EXTERN wasm_global_t* wasm_global_new(wasm_store_t*, const wasm_globaltype_t*,
                                               const wasm_val_t*) /*own*/;
WASM_API_EXTERN wasm_globaltype_t* wasm_global_type(const wasm_global_t*) /*own*/;
WASM_API_EXTERN void wasm_global_get(const wasm_global_t*, wasm_val_t* out);
/* Does nothing to a global that is constant or of another type. */
WASM_API_EXTERN void wasm_global_set(wasm_global_t*, const wasm_val_t*);

/* ---- Tables (7.1 table_alloc, table_type, table_read, table_write, table_size, table_grow) --- */

/* References are borrowed. False: out of bounds, beyond the maximum, of another type than the
 * elements, or no memory. Cost: wasm_table_new and wasm_table_grow the elements that are new, the
 * others the number of instances in the store for a funcref. */

WASM_DECLARE_REF(table)
typedef uint32_t wasm_table_size_t;
/* `init` is borrowed; NULL is the null reference. */
WASM_API_EXTERN wasm_table_t* wasm_table_new(wasm_store_t*, const wasm_tabletype_t*,
                                             wasm_ref_t* init) /*own*/;
WASM_API_EXTERN wasm_tabletype_t* wasm_table_type(const wasm_table_t*) /*own*/;
/* NULL for a null reference and out of bounds. */
WASM_API_EXTERN wasm_ref_t* wasm_table_get(const wasm_table_t*, wasm_table_size_t index) /*own*/;
WASM_API_EXTERN bool wasm_table_set(wasm_table_t*, wasm_table_size_t index, wasm_ref_t*);
WASM_API_EXTERN wasm_table_size_t wasm_table_size(const wasm_table_t*);
WASM_API_EXTERN bool wasm_table_grow(wasm_table_t*, wasm_table_size_t delta, wasm_ref_t* init);

/* ---- Memories (7.1 mem_alloc, mem_type, mem_read, mem_write, mem_size, mem_grow) ------------- */

/* A page has 64 KiB. A new memory fails if its limits are not allowed (65,536 pages at most);
 * growing one (false) beyond its maximum, or if the store has no room for so many bytes. Bytes take
 * memory of the store when they are touched. */

WASM_DECLARE_REF(memory)
typedef uint32_t wasm_memory_pages_t;
static const size_t MEMORY_PAGE_SIZE = 0x10000;
WASM_API_EXTERN wasm_memory_t* wasm_memory_new(wasm_store_t*, const wasm_memorytype_t*) /*own*/;
WASM_API_EXTERN wasm_memorytype_t* wasm_memory_type(const wasm_memory_t*) /*own*/;
/* All bytes, which stay there until the memory grows. NULL if there are none, or if the store has
 * no room for all of them (a guest takes room only for those that it touches). Cost: linear in what
 * was not touched before. */
WASM_API_EXTERN byte_t* wasm_memory_data(wasm_memory_t*);
WASM_API_EXTERN size_t wasm_memory_data_size(const wasm_memory_t*);
WASM_API_EXTERN wasm_memory_pages_t wasm_memory_size(const wasm_memory_t*);
WASM_API_EXTERN bool wasm_memory_grow(wasm_memory_t*, wasm_memory_pages_t delta);

/* ---- Externals (4.2.13): one of the four above ----------------------------------------------- */

/* The casts borrow; they return NULL if it is another one. */

WASM_DECLARE_REF(extern)
WASM_DECLARE_VEC(extern, *)
WASM_API_EXTERN wasm_externkind_t wasm_extern_kind(const wasm_extern_t*);
/* Limits begin with the present size. */
WASM_API_EXTERN wasm_externtype_t* wasm_extern_type(const wasm_extern_t*) /*own*/;

WASM_API_EXTERN wasm_extern_t* wasm_func_as_extern(wasm_func_t*);
WASM_API_EXTERN wasm_extern_t* wasm_global_as_extern(wasm_global_t*);
WASM_API_EXTERN wasm_extern_t* wasm_table_as_extern(wasm_table_t*);
WASM_API_EXTERN wasm_extern_t* wasm_memory_as_extern(wasm_memory_t*);
WASM_API_EXTERN wasm_func_t* wasm_extern_as_func(wasm_extern_t*);
WASM_API_EXTERN wasm_global_t* wasm_extern_as_global(wasm_extern_t*);
WASM_API_EXTERN wasm_table_t* wasm_extern_as_table(wasm_extern_t*);
WASM_API_EXTERN wasm_memory_t* wasm_extern_as_memory(wasm_extern_t*);

WASM_API_EXTERN const wasm_extern_t* wasm_func_as_extern_const(const wasm_func_t*);
WASM_API_EXTERN const wasm_extern_t* wasm_global_as_extern_const(const wasm_global_t*);
WASM_API_EXTERN const wasm_extern_t* wasm_table_as_extern_const(const wasm_table_t*);
WASM_API_EXTERN const wasm_extern_t* wasm_memory_as_extern_const(const wasm_memory_t*);
WASM_API_EXTERN const wasm_func_t* wasm_extern_as_func_const(const wasm_extern_t*);
WASM_API_EXTERN const wasm_global_t* wasm_extern_as_global_const(const wasm_extern_t*);
WASM_API_EXTERN const wasm_table_t* wasm_extern_as_table_const(const wasm_extern_t*);
WASM_API_EXTERN const wasm_memory_t* wasm_extern_as_memory_const(const wasm_extern_t*);

/* ---- Instances (4.5.4; 7.1 module_instantiate, instance_export) ------------------------------ */

WASM_DECLARE_REF(instance)
/* Imports by position, in the order of wasm_module_imports; at least as many. Runs the start
 * function. If it fails, `*trap` (unless `trap` is NULL) is an owned trap that says why: imports
 * that do not match or are of another store, no memory, or a trap of the guest. `*trap` is NULL for
 * a store that was deleted. Cost: the tables and segments, and the start function's. */
WASM_API_EXTERN wasm_instance_t* wasm_instance_new(wasm_store_t*, const wasm_module_t*,
                                                   const wasm_extern_vec_t* imports,
                                                   wasm_trap_t** trap /*own*/) /*own*/;
/* In the order of wasm_module_exports; `out` is owned. Cost: linear in their number. */
WASM_API_EXTERN void wasm_instance_exports(const wasm_instance_t*, wasm_extern_vec_t* out);

/* ---- Shorthands ------------------------------------------------------------------------------ */

/* Initializers of vectors: none, and an array, which is borrowed: do not delete it. */

#define WASM_EMPTY_VEC \
  { 0, NULL }
#define WASM_ARRAY_VEC(array) \
  { sizeof(array) / sizeof(*(array)), array }

/* wasm_valtype_new for each kind. Never NULL. */

static inline wasm_valtype_t* wasm_valtype_new_i32(void) { return wasm_valtype_new(WASM_I32); }
static inline wasm_valtype_t* wasm_valtype_new_i64(void) { return wasm_valtype_new(WASM_I64); }
static inline wasm_valtype_t* wasm_valtype_new_f32(void) { return wasm_valtype_new(WASM_F32); }
static inline wasm_valtype_t* wasm_valtype_new_f64(void) { return wasm_valtype_new(WASM_F64); }
static inline wasm_valtype_t* wasm_valtype_new_externref(void) {
  return wasm_valtype_new(WASM_EXTERNREF);
}
static inline wasm_valtype_t* wasm_valtype_new_funcref(void) {
  return wasm_valtype_new(WASM_FUNCREF);
}

/* wasm_functype_new_P_R: of P parameters and R results, all owned. */

static inline wasm_functype_t* mote_wasm_functype(size_t params, wasm_valtype_t* const p[],
                                                  size_t results, wasm_valtype_t* const r[]) {
  wasm_valtype_vec_t param_vec, result_vec;
  wasm_valtype_vec_new(&param_vec, params, p);
  wasm_valtype_vec_new(&result_vec, results, r);
  return wasm_functype_new(&param_vec, &result_vec);
}
static inline wasm_functype_t* wasm_functype_new_0_0(void) {
  return mote_wasm_functype(0, NULL, 0, NULL);
}
static inline wasm_functype_t* wasm_functype_new_1_0(wasm_valtype_t* p) {
  return mote_wasm_functype(1, &p, 0, NULL);
}
static inline wasm_functype_t* wasm_functype_new_2_0(wasm_valtype_t* p1, wasm_valtype_t* p2) {
  wasm_valtype_t* p[2];
  p[0] = p1, p[1] = p2;
  return mote_wasm_functype(2, p, 0, NULL);
}
static inline wasm_functype_t* wasm_functype_new_3_0(wasm_valtype_t* p1, wasm_valtype_t* p2,
                                                     wasm_valtype_t* p3) {
  wasm_valtype_t* p[3];
  p[0] = p1, p[1] = p2, p[2] = p3;
  return mote_wasm_functype(3, p, 0, NULL);
}
static inline wasm_functype_t* wasm_functype_new_0_1(wasm_valtype_t* r) {
  return mote_wasm_functype(0, NULL, 1, &r);
}
static inline wasm_functype_t* wasm_functype_new_1_1(wasm_valtype_t* p, wasm_valtype_t* r) {
  return mote_wasm_functype(1, &p, 1, &r);
}
static inline wasm_functype_t* wasm_functype_new_2_1(wasm_valtype_t* p1, wasm_valtype_t* p2,
                                                     wasm_valtype_t* r) {
  wasm_valtype_t* p[2];
  p[0] = p1, p[1] = p2;
  return mote_wasm_functype(2, p, 1, &r);
}
static inline wasm_functype_t* wasm_functype_new_3_1(wasm_valtype_t* p1, wasm_valtype_t* p2,
                                                     wasm_valtype_t* p3, wasm_valtype_t* r) {
  wasm_valtype_t* p[3];
  p[0] = p1, p[1] = p2, p[2] = p3;
  return mote_wasm_functype(3, p, 1, &r);
}
static inline wasm_functype_t* wasm_functype_new_0_2(wasm_valtype_t* r1, wasm_valtype_t* r2) {
  wasm_valtype_t* r[2];
  r[0] = r1, r[1] = r2;
  return mote_wasm_functype(0, NULL, 2, r);
}
static inline wasm_functype_t* wasm_functype_new_1_2(wasm_valtype_t* p, wasm_valtype_t* r1,
                                                     wasm_valtype_t* r2) {
  wasm_valtype_t* r[2];
  r[0] = r1, r[1] = r2;
  return mote_wasm_functype(1, &p, 2, r);
}
static inline wasm_functype_t* wasm_functype_new_2_2(wasm_valtype_t* p1, wasm_valtype_t* p2,
                                                     wasm_valtype_t* r1, wasm_valtype_t* r2) {
  wasm_valtype_t* p[2];
  wasm_valtype_t* r[2];
  p[0] = p1, p[1] = p2;
  r[0] = r1, r[1] = r2;
  return mote_wasm_functype(2, p, 2, r);
}
static inline wasm_functype_t* wasm_functype_new_3_2(wasm_valtype_t* p1, wasm_valtype_t* p2,
                                                     wasm_valtype_t* p3, wasm_valtype_t* r1,
                                                     wasm_valtype_t* r2) {
  wasm_valtype_t* p[3];
  wasm_valtype_t* r[2];
  p[0] = p1, p[1] = p2, p[2] = p3;
  r[0] = r1, r[1] = r2;
  return mote_wasm_functype(3, p, 2, r);
}

/* A pointer as an integer that guests can hold, and back. */
static inline void wasm_val_init_ptr(wasm_val_t* out, void* pointer) {
#if UINTPTR_MAX == UINT32_MAX
  out->kind = WASM_I32;
  out->of.i32 = (int32_t)(intptr_t)pointer;
#elif UINTPTR_MAX == UINT64_MAX
  out->kind = WASM_I64;
  out->of.i64 = (int64_t)(intptr_t)pointer;
#endif
}
static inline void* wasm_val_ptr(const wasm_val_t* value) {
#if UINTPTR_MAX == UINT32_MAX
  return (void*)(intptr_t)value->of.i32;
#elif UINTPTR_MAX == UINT64_MAX
  return (void*)(intptr_t)value->of.i64;
#endif
}

/* Initializers of a wasm_val_t. */
#define WASM_I32_VAL(i)                 \
  {                                     \
    .kind = WASM_I32, .of = {.i32 = i } \
  }
#define WASM_I64_VAL(i)                 \
  {                                     \
    .kind = WASM_I64, .of = {.i64 = i } \
  }
#define WASM_F32_VAL(z)                 \
  {                                     \
    .kind = WASM_F32, .of = {.f32 = z } \
  }
#define WASM_F64_VAL(z)                 \
  {                                     \
    .kind = WASM_F64, .of = {.f64 = z } \
  }
#define WASM_REF_VAL(r)                       \
  {                                           \
    .kind = WASM_EXTERNREF, .of = {.ref = r } \
  }
#define WASM_INIT_VAL                            \
  {                                              \
    .kind = WASM_EXTERNREF, .of = {.ref = NULL } \
  }

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* WASM_H */
