/* What Mote's implementation of the standard C interface (wasm.h) has beyond the standard.
 *
 * Each store is one region of memory, taken from the port when it is made (Linux: reserved, and
 * backed page by page as it is touched) and given back when it is deleted. Modules and instances
 * stay in it until then. Takes constant time where no cost is given; nothing here fails. */
#ifndef MOTE_WASM_C_API_H
#define MOTE_WASM_C_API_H

#include <stddef.h>
#include <stdint.h>
#include <wasm.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes that each store of an engine with this configuration may use for modules, instances, linear
 * memories, tables and guests' stacks. Default: 1 GiB on 64-bit machines, 64 MiB on others; less if
 * the system refuses that. */
WASM_API_EXTERN void mote_wasm_config_set_store_bytes(wasm_config_t*, size_t bytes);

/* Bytes of a guest's stack, "call stack exhausted" beyond. Calls from host functions back into
 * guests have a stack each. Default: 512 KiB. Cost: what is never used is never touched. */
WASM_API_EXTERN void mote_wasm_config_set_stack_bytes(wasm_config_t*, uint32_t bytes);

/* Why the latest function of this store that could fail did: one line for people, "" at first. Only
 * for wasm_module_new, wasm_module_validate, wasm_module_deserialize, wasm_module_obtain,
 * wasm_instance_new and those that make functions, globals, tables and memories. Borrowed: valid
 * until the next of them, and until the store is deleted; never NULL. */
WASM_API_EXTERN const char* mote_wasm_store_error(const wasm_store_t*);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* MOTE_WASM_C_API_H */
