/* The C API of Mote: the same engine, buffers and rules as the C++ API in mote/mote.hpp.
 *
 *   static uint8_t buffer[32 * 1024];               // all memory that modules and guests may use
 *   mote_store store;
 *   mote_store_init(&store, buffer, sizeof buffer, true);
 *   mote_provide(&store, kApi, 1, NULL);            // host functions, see below
 *   if (mote_load(&store, wasm, size, NULL, &module, &error) != MOTE_kOk ||
 *       mote_instantiate(&store, module, &instance, &error) != MOTE_kOk) ...
 *
 * Rules for all of it:
 * - Nothing here allocates. mote_store, mote_loader and mote_execution are storage that you provide
 *   (static, on the stack, ...): initialize before use, never copy or move. Modules and instances
 *   are handles into the store's buffer; they stay until mote_store_reset().
 * - Functions that can fail return MOTE_kOk (0) or what went wrong; those that have a parameter
 *   `error` put the details there, unless it is NULL.
 * - A module, an instance or a function that is not there (NULL, as after a failure) is refused:
 *   MOTE_kNotInStore, MOTE_kArguments, or MOTE_kNotAFunction, or, by what cannot fail, 0, NULL,
 * false or an empty text. Other pointers must not be NULL where nothing else is said. Lists may be
 * NULL if their count is 0.
 * - An index that is beyond what there is, a number that is no code, and a loader or an execution
 * that was destroyed are refused in the same ways.
 * - Texts given to Mote are zero-terminated UTF-8, and copied where nothing else is said. Texts
 * from Mote are mote_string: not terminated, valid as long as the module.
 * - One thread at a time uses a store and everything in it, except mote_execution_interrupt() and
 *   mote_execution_kill().
 * - Takes constant time and no memory where no cost is given. "Long-lived" memory of the buffer
 * comes back with mote_store_reset(), "scratch" memory when what uses it is destroyed.
 *
 * Numbers such as "4.5.4" are sections of the WebAssembly specification, release 2.0; 7.1 is its
 * appendix on embedding, followed by the name of the operation there.
 *
 * C99 and C++. Each group of functions is an object of its own in libmote.a: what a program does
 * not use is not linked. Two groups have headers of their own, which this one includes:
 * mote/mote_extern.h (imports by position; memories, tables and globals made by the host) and
 * mote/mote_wasi.h (WASI, files).
 */
#ifndef MOTE_MOTE_H
#define MOTE_MOTE_H

#include <mote/mote_host.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <mote/config.hpp> /* only macros */

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Errors --------------------------------------------------------------------------------- */

/* MOTE_kOk, MOTE_kOutOfMemory, MOTE_kUnreachable, ...: all of mote/errors.def, which has the texts.
 * The numbers can change with every release. */
typedef enum mote_error_code {
  MOTE_kOk, /* nothing went wrong */
#define MOTE_ERROR(name, error_class, text) MOTE_##name,
#include <mote/errors.def>
#undef MOTE_ERROR
  MOTE_ERROR_CODE_COUNT /* how many there are, MOTE_kOk included */
} mote_error_code;

/* Kinds of errors: see mote/errors.def. */
typedef enum mote_error_class {
  MOTE_CLASS_NONE,        /* of MOTE_kOk */
  MOTE_CLASS_MALFORMED,   /* not a module */
  MOTE_CLASS_INVALID,     /* the module breaks the rules of validation */
  MOTE_CLASS_UNSUPPORTED, /* needs what this build does not have */
  MOTE_CLASS_LIMIT,       /* a fixed limit of the engine */
  MOTE_CLASS_MEMORY,      /* the store's buffer is too small */
  MOTE_CLASS_LINK,        /* imports */
  MOTE_CLASS_TRAP,        /* the guest was stopped */
  MOTE_CLASS_USAGE        /* the caller's mistake */
} mote_error_class;

/* MOTE_USES_kSimd, ...: proposals that a module can need, all of mote/features.def. */
typedef enum mote_feature {
  MOTE_USES_kNone, /* no proposal */
#define MOTE_FEATURE(name, text, level, built_in) MOTE_USES_##name,
#include <mote/features.def>
#undef MOTE_FEATURE
  MOTE_FEATURE_COUNT /* how many there are, MOTE_USES_kNone included */
} mote_feature;

/* No index, no offset, no function. */
#define MOTE_NO_INDEX 0xFFFFFFFFu

/* A text that Mote points to; not terminated by a zero byte. */
typedef struct mote_string {
  const char* data; /* UTF-8 */
  size_t size;      /* bytes */
} mote_string;

/* Bytes that somebody else owns. */
typedef struct mote_bytes {
  const uint8_t* data; /* may be NULL if there are none */
  size_t size;         /* bytes */
} mote_bytes;
/* Bytes that somebody else owns, to read and write. */
typedef struct mote_mutable_bytes {
  uint8_t* data; /* may be NULL if there are none */
  size_t size;   /* bytes */
} mote_mutable_bytes;

/* What went wrong, and where. Owns nothing. */
typedef struct mote_error {
  uint8_t code;            /* mote_error_code */
  uint8_t feature;         /* MOTE_kFeatureOff: the mote_feature that is needed */
  uint8_t expected;        /* MOTE_kTypeMismatch: value types */
  uint8_t actual;          /* ... MOTE_NO_TYPE: the operand stack is empty */
  uint32_t offset;         /* in bytes from the start of the module, or MOTE_NO_INDEX */
  uint32_t function;       /* funcidx, or MOTE_NO_INDEX */
  uint32_t index;          /* the index, count or opcode that is wrong, or MOTE_NO_INDEX */
  mote_string module_name; /* link errors: the first name of the import */
  mote_string field_name;  /* link errors: the second name of the import */
} mote_error;

/* The text of a code, constant and zero-terminated, never NULL; "" for MOTE_kOk and for numbers
 * that are no code. */
const char* mote_error_text(mote_error_code code);
/* Which class a code belongs to; MOTE_CLASS_NONE for numbers that are no code. */
mote_error_class mote_class_of(mote_error_code code);
/* The proposal's name ("simd", "gc", ...), constant and zero-terminated, never NULL; "" for numbers
 * that are no feature. */
const char* mote_feature_name(mote_feature feature);
/* The release of the specification that has it ("1.0", "2.0", "3.0") or "proposal": constant, never
 * NULL; "" for numbers that are no feature. */
const char* mote_feature_level(mote_feature feature);
/* Whether this build has it. */
bool mote_is_built_in(mote_feature feature);
/* Writes one line for people into `text`, cut to `size` bytes with the zero at its end; 0: nothing
 * is written. Returns its length without the zero. Cost: its length, and that of the names in it.
 */
size_t mote_describe(const mote_error* error, char* text, size_t size);
/* Writes a name of a guest as the text format would (6.3.3), so that it can neither command a
 * terminal nor end the line; cut and terminated as above, with the same result. Cost: its length.
 */
size_t mote_escape_name(mote_string name, char* text, size_t size);

/* ---- Values and types ----------------------------------------------------------------------- */

/* Value types, with the bytes of the binary format (5.3.1 to 5.3.4). */
typedef uint8_t mote_type;
enum {
  MOTE_NO_TYPE = 0x00,
  MOTE_I32 = 0x7F,
  MOTE_I64 = 0x7E,
  MOTE_F32 = 0x7D,
  MOTE_F64 = 0x7C,
  MOTE_V128 = 0x7B,
  MOTE_FUNCREF = 0x70,
  MOTE_EXTERNREF = 0x6F
};

/* "i32", "funcref", ..., "nothing" for MOTE_NO_TYPE, "?" for others. Constant and zero-terminated,
 * never NULL. */
const char* mote_type_name(mote_type type);

/* A guest's value (4.2.1). Make and read it with the functions below: the bits above those of the
 * type are zero. */
typedef struct mote_value {
  mote_type type; /* MOTE_NO_TYPE: not a value */
  uint64_t bits;  /* references: 0 is null */
} mote_value;

/* An i32. */
static inline mote_value mote_i32(int32_t v) {
  mote_value value = {MOTE_I32, (uint32_t)v};
  return value;
}
/* An i64. */
static inline mote_value mote_i64(int64_t v) {
  mote_value value = {MOTE_I64, (uint64_t)v};
  return value;
}
/* An f32; the bits of a NaN stay as they are. */
static inline mote_value mote_f32(float v) {
  mote_value value = {MOTE_F32, 0};
  uint32_t bits;
  memcpy(&bits, &v, sizeof bits);
  value.bits = bits;
  return value;
}
/* An f64; the bits of a NaN stay as they are. */
static inline mote_value mote_f64(double v) {
  mote_value value = {MOTE_F64, 0};
  memcpy(&value.bits, &v, sizeof value.bits);
  return value;
}
/* The null reference of this type: MOTE_FUNCREF or MOTE_EXTERNREF. */
static inline mote_value mote_null(mote_type reference_type) {
  mote_value value = {reference_type, 0};
  return value;
}
/* An externref: any number below 0xFFFFFFFF that means something to you. */
static inline mote_value mote_extern(uint32_t handle) {
  mote_value value = {MOTE_EXTERNREF, (uint64_t)handle + 1};
  return value;
}
/* The value as an i32; only if it is one. So with the others. */
static inline int32_t mote_as_i32(mote_value value) { return (int32_t)(uint32_t)value.bits; }
/* As an i64. */
static inline int64_t mote_as_i64(mote_value value) { return (int64_t)value.bits; }
/* As an f32. */
static inline float mote_as_f32(mote_value value) {
  const uint32_t bits = (uint32_t)value.bits;
  float v;
  memcpy(&v, &bits, sizeof v);
  return v;
}
/* As an f64. */
static inline double mote_as_f64(mote_value value) {
  double v;
  memcpy(&v, &value.bits, sizeof v);
  return v;
}
/* Whether it is a null reference. */
static inline bool mote_is_null(mote_value value) {
  return (value.type == MOTE_FUNCREF || value.type == MOTE_EXTERNREF) && value.bits == 0;
}
/* The number of an externref. Only of one that is not null. */
static inline uint32_t mote_as_extern(mote_value value) { return (uint32_t)(value.bits - 1); }

/* Parameters and results of a function (2.3.8). The lists are not copied. */
typedef struct mote_function_type {
  const mote_type* parameters; /* as many as the count says; may be NULL if there are none */
  const mote_type* results;    /* as many as the count says; may be NULL if there are none */
  uint16_t parameter_count;    /* at most 1000 in a module */
  uint16_t result_count;       /* at most 1000 in a module */
} mote_function_type;

/* Whether both have the same lists. Cost: the number of parameters and results. */
bool mote_same_type(mote_function_type a, mote_function_type b);

/* ---- Stores --------------------------------------------------------------------------------- */

/* All memory that guests and their modules may use, and what lives in it (4.2.3). */
typedef struct mote_store {
  uintptr_t storage[8]; /* not for you */
} mote_store;

/* A loaded, validated and translated module. */
typedef struct mote_module mote_module;
/* An instance of a module (4.2.5). */
typedef struct mote_instance mote_instance;

/* How the store's buffer is used, in bytes. */
typedef struct mote_memory_report {
  size_t total;             /* the buffer as given */
  size_t used;              /* long-lived: modules, instances, linear memory that was touched */
  size_t scratch;           /* loads in progress, stacks of executions */
  size_t peak;              /* most of both at one time */
  uint32_t refused_growths; /* memory.grow or table.grow that the buffer was too small for */
} mote_memory_report;

/* Makes a store of `size` bytes at `buffer`, which must stay and belong to the store alone (7.1
 * store_init). Any alignment and size will do; what is too small shows as MOTE_kOutOfMemory later.
 * `is_zero`: the buffer holds zeros (.bss, fresh pages), which need not be cleared again. A store
 * needs no end: stop using it. */
void mote_store_init(mote_store* store, void* buffer, size_t size, bool is_zero);
/* Forgets everything that was made in the store. Executions and loaders made before refuse to work
 * (MOTE_kStoreReset) and are still to be destroyed; nothing else made in it may be used. Fails with
 * MOTE_kBusy, and does nothing, in a host function. */
mote_error_code mote_store_reset(mote_store* store);
#if MOTE_FEATURE_QUOTAS
/* For mote_set_quota(): no limit. */
#define MOTE_UNLIMITED SIZE_MAX
/* How much each module and instance that is made from now on may take of the buffer: bytes of a
 * module (MOTE_kModuleQuota), bytes of a memory that are backed (MOTE_kMemoryQuota), entries that a
 * table grows to. Guests' stacks have a size of their own. */
void mote_set_quota(mote_store* store, size_t module_bytes, size_t memory_bytes,
                    size_t table_entries);
#endif
/* How much of the store's buffer is in use. */
mote_memory_report mote_store_memory(const mote_store* store);

/* ---- Loading (5 and 3; 7.1 module_decode, module_validate) ----------------------------------- */

/* How to load a module; all false by default. */
typedef struct mote_load_options {
  /* The module's bytes stay readable and unchanged as long as the store is used (flash): names and
   * data within one chunk are then referred to in place instead of being copied. */
  bool bytes_stay;
  /* Do not keep the names of functions, which backtraces show. Saves memory. */
  bool drop_names;
} mote_load_options;

/* Loads a module that is in memory as a whole: validates and translates it. `options` may be NULL
 * (none). `*module` becomes NULL if it fails, as mote_loader_feed() does, or with MOTE_kBusy. Cost:
 * that of a loader. */
mote_error_code mote_load(mote_store* store, const void* bytes, size_t size,
                          const mote_load_options* options, const mote_module** module,
                          mote_error* error);

/* Takes a module in chunks of any size; keeps nothing of them (see mote/module.hpp). How the input
 * is cut never changes the outcome. One loader at a time can use a store. */
typedef struct mote_loader {
  uintptr_t storage[24]; /* not for you */
} mote_loader;

/* `options` may be NULL. Takes scratch memory, from about 1 KB on, more for larger functions
 * (mote_module_info.load_peak_bytes tells), until the loader is destroyed. Fails with
 * MOTE_kOutOfMemory or MOTE_kBusy; destroy it also then. */
mote_error_code mote_loader_init(mote_loader* loader, mote_store* store,
                                 const mote_load_options* options);
/* Takes the next bytes. MOTE_kOk: everything so far is fine. Fails with any code of the classes
 * malformed, invalid, unsupported, limit and memory (MOTE_kOutOfMemory, MOTE_kModuleQuota), with
 * MOTE_kLoadOrder after mote_loader_finish(), MOTE_kStoreReset, or as it did before. Cost: linear,
 * plus translation, plus sorting the exports by name; long-lived memory for the module. */
mote_error_code mote_loader_feed(mote_loader* loader, const void* bytes, size_t size,
                                 mote_error* error);
/* Says that the module is complete. `*module` becomes NULL if it fails, as mote_loader_feed()
 * does. */
mote_error_code mote_loader_finish(mote_loader* loader, const mote_module** module,
                                   mote_error* error);
/* Gives back what the loader used; a load that was not finished gives back all it took. What is
 * left refuses all, and may be destroyed again. */
void mote_loader_destroy(mote_loader* loader);

/* ---- Saved code (mote/image.hpp) ------------------------------------------------------------- */

/* Writes the translated module whose bytes are at hand into `image`. `*image_size` becomes its
 * length in bytes, also when it does not fit (MOTE_kImageWrite): with `capacity` 0 this asks for
 * it. Fails with MOTE_kArguments (other bytes), MOTE_kCodeNotMovable or MOTE_kSavedCodeOff where
 * the build cannot save. Cost: linear. */
mote_error_code mote_save_image(const mote_module* module, const void* bytes, size_t size,
                                void* image, size_t capacity, uint32_t* image_size,
                                mote_error* error);
/* Makes a module of an image, which must lie at a multiple of four and stay readable and unchanged.
 * Its code takes no RAM. An image is as trusted as the firmware. `*module` becomes NULL if it
 * fails: with MOTE_kNotAnImage, MOTE_kImageOfOtherBuild, MOTE_kImageDamaged, MOTE_kOutOfMemory,
 * MOTE_kModuleQuota, MOTE_kArguments (its address), MOTE_kBusy, MOTE_kCodeNotMovable or
 * MOTE_kSavedCodeOff. Cost: linear, for a checksum; scratch memory while it works. */
mote_error_code mote_open_image(mote_store* store, const void* image, size_t size,
                                const mote_load_options* options, const mote_module** module,
                                mote_error* error);
/* Whether `bytes` begin like an image of any build; a module begins otherwise. */
bool mote_is_image(const void* bytes, size_t size);

/* Takes a part of an image: `offset` in it and the number of bytes are multiples of the page. In
 * ascending order, but for the header, which comes last, its first page at the very end: an image
 * that was not finished is none. False: it could not be written. */
typedef bool (*mote_write_image)(void* context, uint32_t offset, mote_bytes bytes);

/* Makes an image of a module that arrives in chunks, beside a loader (see ImageWriter in
 * mote/image.hpp): feed both, finish the loader, then this. Needs no end. */
typedef struct mote_image_writer {
  uintptr_t storage[24]; /* not for you */
} mote_image_writer;

/* `page` holds what is written at once: as many bytes as the flash programs, a power of two, 4 or
 * more. It must stay as long as the writer is used. Cannot fail, but the others can then. */
void mote_image_writer_init(mote_image_writer* writer, mote_write_image write, void* context,
                            void* page, size_t page_size);
/* Takes the next bytes of the module. Fails with MOTE_kImageWrite when `write` does,
 * MOTE_kArguments if the page is not as demanded or `write` is NULL, MOTE_kCodeNotMovable or
 * MOTE_kSavedCodeOff. Cost: linear. */
mote_error_code mote_image_writer_feed(mote_image_writer* writer, const void* bytes, size_t size);
/* Writes the code of `module`, which must be the one that was fed (else MOTE_kArguments), and the
 * header. `*size` becomes the length of the image in bytes, 0 if it fails: as above, or with
 * MOTE_kLoadOrder the second time. Cost: linear. */
mote_error_code mote_image_writer_finish(mote_image_writer* writer, const mote_module* module,
                                         uint32_t* size);

/* ---- Modules -------------------------------------------------------------------------------- */

/* The kinds of imports and exports, with the numbers of the binary format (5.5.5). */
typedef enum mote_extern_kind {
  MOTE_FUNCTION,
  MOTE_TABLE,
  MOTE_MEMORY,
  MOTE_GLOBAL
} mote_extern_kind;

/* Type of an import or export. Which members count depends on `kind`. */
typedef struct mote_extern_type {
  uint8_t kind;                /* mote_extern_kind */
  mote_function_type function; /* MOTE_FUNCTION */
  mote_type value;             /* MOTE_GLOBAL: its type; MOTE_TABLE: its element type */
  bool is_mutable;             /* MOTE_GLOBAL */
  uint32_t minimum;            /* MOTE_TABLE: entries; MOTE_MEMORY: pages */
  uint32_t maximum;            /* in the same unit; counts only with has_maximum */
  bool has_maximum;            /* MOTE_TABLE, MOTE_MEMORY */
  uint8_t page_size_log2;      /* MOTE_MEMORY: 16, or 0 for pages of one byte */
} mote_extern_type;

/* One import (2.5.11). The names are valid as long as the module. */
typedef struct mote_import {
  mote_string module_name; /* the first name: of the module or interface that has it */
  mote_string field_name;  /* the second: of the function, table, memory or global */
  mote_extern_type type;   /* what has to be given */
} mote_import;

/* One export (2.5.10). The name is valid as long as the module. */
typedef struct mote_export {
  mote_string name;      /* no other export of the module has it */
  uint32_t index;        /* in the index space of its kind */
  mote_extern_type type; /* as the module declares it */
} mote_export;

/* What loading found and cost, in bytes where nothing else is said. */
typedef struct mote_module_info {
  uint32_t module_bytes;     /* length of the binary */
  uint32_t function_bytes;   /* function bodies in the binary */
  uint32_t code_bytes;       /* the same, translated, maps for backtraces included */
  uint32_t offset_map_bytes; /* how much of code_bytes those maps are */
  uint32_t functions;        /* how many the module defines */
  uint32_t types;            /* how many entries the type section has */
  uint32_t data_bytes;       /* data segments */
  uint32_t arena_bytes;      /* long-lived memory that the module takes */
  uint32_t load_peak_bytes;  /* that and the most scratch memory that loading needed */
  uint32_t max_frame_bytes;  /* largest frame of one function on the guest's stack */
  bool code_in_place;        /* the module is from an image: its code takes no RAM */
} mote_module_info;

/* Number of imports of all kinds (7.1 module_imports). */
uint32_t mote_import_count(const mote_module* module);
/* `index` must be below the count; else all is zero. */
mote_import mote_import_at(const mote_module* module, uint32_t index);
/* Number of exports of all kinds (7.1 module_exports). */
uint32_t mote_export_count(const mote_module* module);
/* `index` must be below the count; else all is zero. */
mote_export mote_export_at(const mote_module* module, uint32_t index);
/* Memories, imported ones first, whether exported or not. */
uint32_t mote_memory_count(const mote_module* module);
/* `index` must be below the count; else all is zero. */
mote_extern_type mote_memory_type(const mote_module* module, uint32_t index);
/* Sizes and counts. */
mote_module_info mote_info_of(const mote_module* module);
/* Whether the module uses what the feature adds; true for MOTE_USES_kNone. */
bool mote_module_uses(const mote_module* module, mote_feature feature);
/* Whether the module has a start function (2.5.9): mote_start_instance() runs it. */
bool mote_has_start_function(const mote_module* module);
/* The module's own name from the name section (7.4.1), or "". */
mote_string mote_module_name(const mote_module* module);
/* Name of a function from the name section or its first export, or "", also for an index that no
 * function has. Cost: the number of names and exports. */
mote_string mote_function_name(const mote_module* module, uint32_t funcidx);

/* ---- Instances ------------------------------------------------------------------------------ */

/* Names one function of one instance. Copy it as you like; valid as long as the instance. */
typedef struct mote_function {
  mote_instance* instance; /* NULL: no function */
  uint32_t index;          /* funcidx */
} mote_function;

/* Makes an instance (4.5.4; 7.1 module_instantiate without its last step): resolves imports by
 * name, makes tables, memories and globals, copies segments. Does not run the start function:
 * mote_start_instance() does, and must be called next if the module has one.
 * `*instance` becomes NULL if it fails: with MOTE_kUnknownImport, MOTE_kIncompatibleImport,
 * MOTE_kOutOfMemory, MOTE_kTooManyFunctions, MOTE_kNotInStore (no module, or one of another store),
 * or a trap (a segment out of bounds, MOTE_kMemoryQuota). Cost: the size of the tables and
 * segments, and the search for each import; long-lived memory for what the instance consists of. */
mote_error_code mote_instantiate(mote_store* store, const mote_module* module,
                                 mote_instance** instance, mote_error* error);
/* Offers all exports of `instance` for import under `name`. Names given later come first. Fails
 * with MOTE_kOutOfMemory or MOTE_kNotInStore (no instance, or one of another store). Cost: the
 * length of the name, also in long-lived memory. */
mote_error_code mote_name_instance(mote_store* store, const char* name, mote_instance* instance);

/* The module that it is an instance of; NULL if there is no instance. */
const mote_module* mote_module_of(const mote_instance* instance);
/* The exported function (7.1 instance_export); `instance` in it is NULL if there is none. Cost:
 * logarithmic in the number of exports, plus the length of the name. */
mote_function mote_find_function(mote_instance* instance, const char* name);
/* Type of a function (7.1 func_type), valid as long as the module; empty for one that is not there.
 */
mote_function_type mote_type_of(mote_function function);
/* Value of an exported global (7.1 global_read). Fails with MOTE_kUnknownGlobal or MOTE_kArguments
 * (no instance). Cost: that of mote_find_function(). */
mote_error_code mote_get_global(const mote_instance* instance, const char* name, mote_value* value);
/* Sets an exported mutable global (7.1 global_write). Fails with MOTE_kUnknownGlobal,
 * MOTE_kImmutableGlobal or MOTE_kArguments (another type, no instance). Cost: as above. */
mote_error_code mote_set_global(mote_instance* instance, const char* name, mote_value value);

/* Whether it has a memory, its own or an imported one. */
bool mote_has_memory(const mote_instance* instance);
/* Size of memory 0 in bytes as the guest sees it (7.1 mem_size); 0 without a memory. */
uint64_t mote_memory_size(const mote_instance* instance);
/* How many bytes of it are backed by the store's buffer. */
uint64_t mote_memory_backed(const mote_instance* instance);
/* `length` bytes of memory 0, backed, readable and writable, or NULL: out of bounds, the buffer or
 * the quota is too small, or `length` is 0. Whatever runs the guest or takes memory of the store
 * may move it: ask again afterwards. Cost: what has to be cleared or moved, if they were not
 * backed. */
void* mote_memory(mote_instance* instance, uint32_t address, uint32_t length);

/* ---- Executions (4.5.5; 7.1 func_invoke) ----------------------------------------------------- */

/* A guest's stack and the place where it is (see mote/execution.hpp). */
typedef struct mote_execution {
  uintptr_t storage[24]; /* not for you */
} mote_execution;

/* Where an execution is; see RunState in mote/execution.hpp. */
typedef enum mote_run_state {
  MOTE_IDLE,        /* nothing was started */
  MOTE_READY,       /* started, not run yet */
  MOTE_DONE,        /* finished: mote_result() */
  MOTE_TRAPPED,     /* ended by a trap: mote_trap_of() */
  MOTE_OUT_OF_FUEL, /* paused: add fuel and resume, or cancel */
  MOTE_INTERRUPTED, /* paused by mote_execution_interrupt() */
  MOTE_WAITING,     /* paused by a host function: mote_complete(), then resume */
  MOTE_DEADLINE     /* paused by mote_resume_within(): resume or cancel */
} mote_run_state;

/* What one mote_resume_within() may use beside fuel; see RunLimits in mote/execution.hpp. */
typedef struct mote_run_limits {
  /* Checks, which are what fuel counts, until the guest pauses (MOTE_INTERRUPTED). What was not
   * used, or a negative number for what was used too much, is left here. */
  int64_t share;
  /* The guest pauses (MOTE_DEADLINE) when now(context) has reached this; in the unit of `now`. */
  uint64_t deadline;
  /* A clock that never goes backwards; must not call into the store. NULL: no deadline. */
  uint64_t (*now)(void* context);
  void* context; /* what now() gets */
} mote_run_limits;
/* No limit of checks. */
#define MOTE_UNLIMITED_SHARE INT64_MAX
/* No limit of time. */
#define MOTE_NO_DEADLINE UINT64_MAX

/* One frame of a backtrace. */
typedef struct mote_frame {
  mote_instance* instance; /* where the function is defined */
  uint32_t function;       /* funcidx */
  uint32_t offset;         /* byte offset in the module, or MOTE_NO_INDEX */
  mote_string name;        /* "" when there is none */
} mote_frame;

/* Fuel without end. */
#define MOTE_UNLIMITED_FUEL UINT64_MAX

/* Takes `stack_bytes`, rounded down to a multiple of 8, for the guest's stack, and a few hundred
 * more, from the scratch end of the store's buffer. Fails with MOTE_kOutOfMemory; nothing can be
 * started then. Cost: constant, the stack is not touched. */
mote_error_code mote_execution_init(mote_execution* execution, mote_store* store,
                                    uint32_t stack_bytes);
/* Gives the memory back when the executions that were made later are gone, too, and no loader is
 * there. In a host function that it called, the call is killed, and the memory comes back when
 * mote_resume() or mote_run() returns (MOTE_TRAPPED). What is left refuses all (MOTE_kOutOfMemory),
 * and may be destroyed again. */
void mote_execution_destroy(mote_execution* execution);
/* Why nothing can be started at all (MOTE_kOutOfMemory, MOTE_kStoreReset), or why the latest
 * mote_run() could not start; MOTE_kOk if neither failed. */
mote_error_code mote_execution_error(const mote_execution* execution);

/* Prepares a call; the arguments are copied. Fails with MOTE_kBusy while another call is paused or
 * runs, MOTE_kNotAFunction (also one of another store), MOTE_kArguments (number or types),
 * MOTE_kStackExhausted, or as mote_execution_error() says. Cost: the number of instances in the
 * store, and of the arguments. */
mote_error_code mote_start(mote_execution* execution, mote_function function,
                           const mote_value* arguments, size_t count);
/* Prepares the start function of a new instance (4.5.4, last step): resume next. Without one, the
 * state is MOTE_DONE. Fails, and costs, what mote_start() does. */
mote_error_code mote_start_instance(mote_execution* execution, mote_instance* instance);
/* Runs until the call is done, traps or pauses. Does nothing without something to run, or in a host
 * function that the same execution called. Cost: the guest's. */
mote_run_state mote_resume(mote_execution* execution);
/* The same within limits. Cost: the guest's, within them. */
mote_run_state mote_resume_within(mote_execution* execution, mote_run_limits* limits);
/* Forgets the call. Does nothing in a host function that it called. */
void mote_cancel(mote_execution* execution);
/* Where the execution is. */
mote_run_state mote_state_of(const mote_execution* execution);

/* mote_start() and mote_resume(). MOTE_IDLE: the call could not start; `error` tells why, or why it
 * trapped. Cost: that of both. */
mote_run_state mote_run(mote_execution* execution, mote_function function,
                        const mote_value* arguments, size_t count, mote_error* error);

/* Results of a call that is MOTE_DONE, else 0. */
uint32_t mote_result_count(const mote_execution* execution);
/* Result `index`; of type MOTE_NO_TYPE if there is no such result. Cost: linear in `index`. */
mote_value mote_result(const mote_execution* execution, uint32_t index);

/* Fuel pays for backward branches and calls, one each, and for bulk instructions by size. New
 * executions have MOTE_UNLIMITED_FUEL. */
void mote_set_fuel(mote_execution* execution, uint64_t fuel);
/* What is left of it. */
uint64_t mote_fuel(const mote_execution* execution);
/* Asks the guest to pause, which it does after at most MOTE_INTERRUPT_PERIOD more checks. May be
 * called from another thread or an interrupt handler. */
void mote_execution_interrupt(mote_execution* execution);
/* Ends the call, in the same time and from anywhere as well: it traps with MOTE_kKilled, also
 * through host functions. Without a call, it has no effect. */
void mote_execution_kill(mote_execution* execution);
/* Gives the results of the host function that answered "not yet". Fails with MOTE_kNotRunnable if
 * the state is not MOTE_WAITING, MOTE_kArguments if number or types do not match, or as
 * mote_execution_error() says. Cost: their number. */
mote_error_code mote_complete(mote_execution* execution, const mote_value* results, size_t count);

/* Why the call trapped; MOTE_kOk unless the state is MOTE_TRAPPED; does not fail. For
 * MOTE_kHostExit and MOTE_kHostTrap `index` is the host function's number. Cost: that of
 * mote_backtrace(). */
mote_error_code mote_trap_of(const mote_execution* execution, mote_error* error);
/* Fills `frames` with the innermost frames of a call that is trapped, paused, or in a host function
 * (see mote_host_backtrace()). Returns how many there are in all, which can be more than `count`.
 * Cost: depth times code size of a function. */
uint32_t mote_backtrace(const mote_execution* execution, mote_frame* frames, uint32_t count);
/* Paints the stack, so that mote_stack_peak() can tell what calls use from now on. The latest call
 * is forgotten: the state becomes MOTE_IDLE. Does nothing while a call is paused or runs. Cost: the
 * size of the stack. */
void mote_restart_stack_peak(mote_execution* execution);
/* Most bytes of the guest's stack that calls have used since mote_restart_stack_peak(); 0 if that
 * was never called. Cost: the size of the stack. */
uint32_t mote_stack_peak(const mote_execution* execution);

/* One of many guests on one native stack (see mote/round_robin.hpp). All members may be changed
 * between turns, and by host functions. */
typedef struct mote_guest {
  mote_execution* execution; /* NULL: nobody */
  int64_t share;             /* checks in each turn; below 1 it does not run */
  bool is_paused;            /* does not run while this is set */
  mote_run_limits limits;    /* `limits.share` is set in each turn; begin with MOTE_NO_LIMITS */
} mote_guest;

/* Initializer of a mote_run_limits: neither checks nor time are limited. */
#define MOTE_NO_LIMITS \
  { MOTE_UNLIMITED_SHARE, MOTE_NO_DEADLINE, NULL, NULL }

/* Runs each guest that can go on (MOTE_READY, MOTE_INTERRUPTED) for its share, once. What one used
 * beyond its share is taken from its next. Returns how many can go on: 0 means that all are done,
 * trapped, waiting, paused, or out of fuel or time. Not from within a host function of one of them.
 * Cost: the guests' work and their number. */
uint32_t mote_round_robin_turn(mote_guest* guests, size_t count);

/* ---- Host functions -------------------------------------------------------------------------- */

/* An entry of a table of host functions, which can be constant and lie in flash. The type is
 * compared with that of the import when a module is instantiated. For such tables at file scope, in
 * C:
 *   static const mote_type kLong[] = {MOTE_I64}, kLongInt[] = {MOTE_I64, MOTE_I32};
 *   static const mote_host_function kApi[] = {
 *       {"env", "multiply", {kLongInt, kLong, 2, 1}, multiply}}; */
typedef struct mote_host_function {
  const char* module_name;     /* the first name of the import; not copied */
  const char* field_name;      /* the second name; not copied */
  mote_function_type type;     /* what the import's type must equal */
  mote_host_callback callback; /* called by the engine */
} mote_host_function;

/* Offers host functions to modules that are instantiated from now on. The table must stay as long
 * as the store is used; `context` is what mote_host_context() returns. Tables given later come
 * first in the search for an import. Fails with MOTE_kOutOfMemory, or MOTE_kArguments if an entry
 * has no name or no function. Cost: their number; a few words of long-lived memory. */
mote_error_code mote_provide(mote_store* store, const mote_host_function* functions, size_t count,
                             void* context);

enum { MOTE_STATUS_RETURNED, MOTE_STATUS_TRAPPED, MOTE_STATUS_NOT_YET };
/* The results are in the slots. */
static inline mote_host_status mote_returned(void) {
  mote_host_status status = {MOTE_STATUS_RETURNED, 0, 0};
  return status;
}
/* Ends the call with a trap, for example MOTE_kHostTrap, where `value` is yours. */
static inline mote_host_status mote_trapped(mote_error_code code, uint32_t value) {
  mote_host_status status = {MOTE_STATUS_TRAPPED, (uint8_t)code, value};
  return status;
}
/* Ends the call because the guest asked for it, with its exit code. */
static inline mote_host_status mote_exited(uint32_t exit_code) {
  return mote_trapped(MOTE_kHostExit, exit_code);
}
/* Pauses the guest; give the results later with mote_complete(). */
static inline mote_host_status mote_not_yet(void) {
  mote_host_status status = {MOTE_STATUS_NOT_YET, 0, 0};
  return status;
}

/* Takes an i32, and moves `*at` on by one slot. */
static inline int32_t mote_take_i32(const uint32_t** at) {
  const uint32_t slot = *(*at)++;
  return (int32_t)slot;
}
/* Takes an i64, and moves `*at` on by two slots. */
static inline int64_t mote_take_i64(const uint32_t** at) {
  int64_t value;
  memcpy(&value, *at, sizeof value);
  *at += 2;
  return value;
}
/* Takes an f32, and moves `*at` on by one slot. */
static inline float mote_take_f32(const uint32_t** at) {
  float value;
  memcpy(&value, (*at)++, sizeof value);
  return value;
}
/* Takes an f64, and moves `*at` on by two slots. */
static inline double mote_take_f64(const uint32_t** at) {
  double value;
  memcpy(&value, *at, sizeof value);
  *at += 2;
  return value;
}
/* Takes a reference of the given type, and moves `*at` on by one slot. */
static inline mote_value mote_take_reference(const uint32_t** at, mote_type type) {
  mote_value value = {type, *(*at)++};
  return value;
}
/* Gives an i32 as the next result, and moves `*at` on by one slot. */
static inline void mote_put_i32(uint32_t** at, int32_t value) { *(*at)++ = (uint32_t)value; }
/* Gives an i64 as the next result, and moves `*at` on by two slots. */
static inline void mote_put_i64(uint32_t** at, int64_t value) {
  memcpy(*at, &value, sizeof value);
  *at += 2;
}
/* Gives an f32 as the next result, and moves `*at` on by one slot. */
static inline void mote_put_f32(uint32_t** at, float value) {
  memcpy((*at)++, &value, sizeof value);
}
/* Gives an f64 as the next result, and moves `*at` on by two slots. */
static inline void mote_put_f64(uint32_t** at, double value) {
  memcpy(*at, &value, sizeof value);
  *at += 2;
}
/* Gives a reference as the next result, and moves `*at` on by one slot. */
static inline void mote_put_reference(uint32_t** at, mote_value reference) {
  *(*at)++ = (uint32_t)reference.bits;
}

/* The pointer given to mote_provide(); NULL if it was. */
void* mote_host_context(const mote_host* host);
/* The instance that called, never NULL. */
mote_instance* mote_host_instance(const mote_host* host);
/* Makes sure that bytes of the caller's memory 0 can be read and written: MOTE_kOk; else it fails
 * with MOTE_kMemoryBounds or MOTE_kMemoryQuota. This can move the memory: call it for all ranges
 * before you ask for one. Cost: that of mote_memory(). */
mote_error_code mote_host_touch(mote_host* host, uint32_t address, uint64_t length);
/* Bytes of the caller's memory 0, or NULL as with mote_memory(). Cost: that, too. */
void* mote_host_memory(mote_host* host, uint32_t address, uint32_t length);
/* Takes two i32, address and length, as the memory that they name. What it fails with (as
 * mote_host_touch()) should end the call: return mote_trapped(code, 0). A length of 0 gives any
 * pointer. Cost: that of mote_memory(). */
mote_error_code mote_take_bytes(mote_host* host, const uint32_t** at, void** bytes,
                                uint32_t* length);
/* Whether somebody interrupted or killed the guest, or its deadline has passed. A host function
 * that waits asks this now and then, and returns early: the guest stops soon after. */
bool mote_host_is_asked_to_stop(const mote_host* host);
/* Who called: fills `frames` with the innermost frames of the guest, which is at the call. Returns
 * how many there are in all, which can be more than `count`; 0 if the host called this function
 * itself. Within mote_host_call(), what is beyond the host function that made it does not count.
 * Cost: depth times code size of a function. */
uint32_t mote_host_backtrace(const mote_host* host, mote_frame* frames, uint32_t count);
/* Calls a guest's function on the same guest stack and waits for it. `results` must have room for
 * all its results. Fails with the trap of the callee: return it as a trap unless you can go on;
 * with MOTE_kNestedStop if it pauses, which cancels it; MOTE_kNotAFunction, MOTE_kArguments,
 * MOTE_kStackExhausted, or MOTE_kHostNesting: calls nest at most MOTE_MAX_HOST_NESTING deep. Cost:
 * the callee's, the number of instances, and native stack for each level. */
mote_error_code mote_host_call(mote_host* host, mote_function function, const mote_value* arguments,
                               size_t argument_count, mote_value* results, size_t result_count,
                               mote_error* error);
/* Calls another host function in place of this one, with a context of its own: for functions that
 * stand before others, as a trace does. Return what it returns; a trap, MOTE_kArguments, if there
 * is no such function. Cost: its. */
mote_host_status mote_host_forward(mote_host* host, const mote_host_function* to, void* context,
                                   uint32_t* slots);

/* ---- Snapshots (mote/snapshot.hpp) ----------------------------------------------------------- */

#if MOTE_FEATURE_SNAPSHOTS
/* Takes the next bytes of a snapshot, in pieces of any size. Must not call into the store, which is
 * being read. False: they could not be written. */
typedef bool (*mote_write_snapshot)(void* context, mote_bytes bytes);

/* Writes all instances of the store, and `count` executions of it, of which each is paused or has
 * no call. `*size` becomes the length of the snapshot in bytes; with `write` NULL this is all that
 * happens. Fails with MOTE_kBusy (a guest runs, a module is loaded), MOTE_kArguments (an execution
 * of another store) or MOTE_kImageWrite. Cost: twice the size of what is saved. */
mote_error_code mote_save_snapshot(mote_store* store, mote_execution* const* executions,
                                   size_t count, mote_write_snapshot write, void* context,
                                   size_t* size);
/* Puts instances and executions into the state of a snapshot. The store has the same modules,
 * instantiated in the same order and not started; as many executions, in the same order, none with
 * a call. A snapshot is as trusted as the firmware. Fails with MOTE_kNotAnImage,
 * MOTE_kImageOfOtherBuild, MOTE_kImageDamaged, MOTE_kOtherInstances, MOTE_kBusy, MOTE_kArguments or
 * MOTE_kStackExhausted, and has changed nothing then; with MOTE_kOutOfMemory, reset the store.
 * Cost: three times the size of the snapshot. */
mote_error_code mote_restore_snapshot(mote_store* store, mote_execution* const* executions,
                                      size_t count, const void* snapshot, size_t size);
#endif

#ifdef __cplusplus
} /* extern "C" */
#endif

#include <mote/mote_extern.h>
#include <mote/mote_wasi.h>

#endif /* MOTE_MOTE_H */
