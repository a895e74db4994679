/* The C API of Mote: external values (4.2.13), which are what can be imported and exported; imports
 * by position; and memories, tables, globals and functions that the host makes.
 *
 *   mote_external memory, given[2];
 *   mote_extern_type type = {0};
 *   type.minimum = 1;                     // pages
 *   type.page_size_log2 = 16;
 *   mote_make_memory(&store, &type, &memory, &error);
 *   given[0] = memory;
 *   given[1] = mote_external_of_host(&kApi[0], &board);
 *   mote_instantiate_with(&store, module, given, 2, &instance, &error);
 *
 * A part of mote/mote.h, whose rules hold here, too. One that is not there (all zero, or an index
 * that its instance has nothing at), or of another kind than a function is for, is refused:
 * MOTE_kArguments, or false, 0, NULL, or a value of MOTE_NO_TYPE. Takes constant time and no memory
 * where no cost is given. */
#ifndef MOTE_MOTE_EXTERN_H
#define MOTE_MOTE_EXTERN_H

#include <mote/mote.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Names one function, table, memory or global: number `index` in the index space of `kind` of
 * `instance`, or a host function. Copy it as you like; owns nothing; valid as long as the store
 * and, for a host function, `host`, its type lists and `context`. */
typedef struct mote_external {
  uint8_t kind;                   /* mote_extern_kind */
  mote_instance* instance;        /* NULL: a host function, or nothing */
  uint32_t index;                 /* in the index space of its kind */
  const mote_host_function* host; /* then there is no instance */
  void* context;                  /* what `host` gets */
} mote_external;

/* An export of `instance`, as mote_export_at() of its module gives it (7.1 instance_export). */
static inline mote_external mote_external_of_export(mote_instance* instance, mote_export exported) {
  mote_external value = {0, NULL, 0, NULL, NULL};
  value.kind = exported.type.kind;
  value.instance = instance;
  value.index = exported.index;
  return value;
}
/* A guest's function. */
static inline mote_external mote_external_of_function(mote_function function) {
  mote_external value = {MOTE_FUNCTION, NULL, 0, NULL, NULL};
  value.instance = function.instance;
  value.index = function.index;
  return value;
}
/* A host function, whose names do not count; `host` must outlive the instances that import it. */
static inline mote_external mote_external_of_host(const mote_host_function* host, void* context) {
  mote_external value = {MOTE_FUNCTION, NULL, 0, NULL, NULL};
  value.host = host;
  value.context = context;
  return value;
}
/* Whether it names anything. */
static inline bool mote_external_exists(mote_external value) {
  return value.instance != NULL || value.host != NULL;
}
/* The function that it names; `instance` in it is NULL for host functions and for other kinds. */
static inline mote_function mote_external_function(mote_external value) {
  mote_function function = {NULL, 0};
  if (value.kind == MOTE_FUNCTION) {
    function.instance = value.instance;
    function.index = value.index;
  }
  return function;
}

/* mote_instantiate() with imports by position: number i of `imports`, which is not kept, is for
 * import i of the module. Neither names count nor what was provided to the store. Fails also with
 * MOTE_kUnknownImport if there are too few, MOTE_kIncompatibleImport if one does not match, is not
 * there, or is of another store or from before a reset. Cost: the same, without the search for
 * imports, and for each the number of instances. */
mote_error_code mote_instantiate_with(mote_store* store, const mote_module* module,
                                      const mote_external* imports, size_t count,
                                      mote_instance** instance, mote_error* error);

/* The type as it is now: limits begin with the present size (7.1 func_type, table_type, mem_type,
 * global_type). All is zero if it is not there. */
mote_extern_type mote_external_type(mote_external value);
/* Whether both name the same thing, whatever instance they were reached through. */
bool mote_external_same(mote_external a, mote_external b);
/* Where a function is defined: the host function that an instance imports, or the guest's. Others
 * as they are. */
mote_external mote_external_definition(mote_external value);
/* The funcref that guests know a function of an instance by (4.2.1); of MOTE_NO_TYPE for a
 * host function, which has none (but see mote_make_function()). Valid until the store is reset. */
mote_value mote_external_reference(mote_external value);
/* The function that a funcref names; not there for null, for other values, and for numbers that no
 * function of the store has. Cost: the number of instances. */
mote_external mote_function_of(mote_store* store, mote_value funcref);

/* Value of a global as it is now (7.1 global_read). Fails with MOTE_kArguments. */
mote_error_code mote_external_get(mote_external global, mote_value* value);
/* Sets a global (7.1 global_write). Fails with MOTE_kImmutableGlobal or MOTE_kArguments (another
 * type, no global). */
mote_error_code mote_external_set(mote_external global, mote_value value);

/* Size of a memory in bytes as the guest sees it (7.1 mem_size). */
uint64_t mote_external_size(mote_external memory);
/* `length` bytes of a memory at `address`, or NULL (7.1 mem_read, mem_write). Cost, and how long
 * they are valid: as with mote_memory(). A memory of which all bytes were asked for stays where it
 * is until it grows. */
void* mote_external_bytes(mote_external memory, uint32_t address, uint32_t length);
/* Grows a memory by pages (4.5.3; 7.1 mem_grow). False: beyond the maximum or the quota, or the
 * store has no room for so many bytes. They take memory of it when they are touched. */
bool mote_external_grow_memory(mote_external memory, uint32_t pages);

/* Number of elements of a table (7.1 table_size). */
uint32_t mote_external_elements(mote_external table);
/* Reads an element (7.1 table_read). False: out of bounds. */
bool mote_external_element(mote_external table, uint32_t element, mote_value* value);
/* Sets an element (7.1 table_write). False: out of bounds, or another type than the elements'. */
bool mote_external_set_element(mote_external table, uint32_t element, mote_value value);
/* Grows a table by elements, which become `fill` (4.5.3; 7.1 table_grow). False: beyond the maximum
 * or the quota, out of memory, or another type. Cost: linear in what is new, in all elements if the
 * table has to move; long-lived memory for what is new. */
bool mote_external_grow_table(mote_external table, uint32_t elements, mote_value fill);

/* A memory of `type->minimum` pages (7.1 mem_alloc); of `type` only limits and page size count. All
 * bytes are zero, and take memory when they are touched. These four fail with MOTE_kOutOfMemory;
 * MOTE_kArguments for a type that the specification does not allow, or a value that is not of it;
 * MOTE_kFeatureOff for a value type that this build does not have; `*made` is all zero then. Cost:
 * a few hundred bytes of long-lived memory. */
mote_error_code mote_make_memory(mote_store* store, const mote_extern_type* type,
                                 mote_external* made, mote_error* error);
/* A table (7.1 table_alloc) of `type->minimum` elements of `type->value`, all of them `fill`. Fails
 * as above. Cost: that, and the elements. */
mote_error_code mote_make_table(mote_store* store, const mote_extern_type* type, mote_value fill,
                                mote_external* made, mote_error* error);
/* A global (7.1 global_alloc) of `type->value` that begins with `value`, mutable if
 * `type->is_mutable`. Fails as above. Cost: that. */
mote_error_code mote_make_global(mote_store* store, const mote_extern_type* type, mote_value value,
                                 mote_external* made, mote_error* error);
/* A host function as a function of an instance (7.1 func_alloc): it can be started and has a
 * reference. `host` and its type lists must stay as long as the store is used; its names do not
 * count. Fails as above, also without a function. Cost: that. */
mote_error_code mote_make_function(mote_store* store, const mote_host_function* host, void* context,
                                   mote_external* made, mote_error* error);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* MOTE_MOTE_EXTERN_H */
