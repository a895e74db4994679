// Globals, tables and memories of wasm.h.
#include "wasm_c_api/objects.hpp"

using namespace mote;
using namespace mote::wasm_c_api;

namespace {

Limits limits_of(const wasm_limits_t* limits) {
  Limits out;
  out.minimum = limits->min;
  out.has_maximum = limits->max != wasm_limits_max_default;
  if (out.has_maximum) out.maximum = limits->max;
  return out;
}

// The object of what was made, or null with the error in the store.
template <class T>
T* finish(wasm_store_t* store, const Error& error, const Extern& made) {
  wasm_extern_t* object = error.ok() ? object_of(store, made) : nullptr;
  if (!error.ok()) {
    set_error(store, error);
  } else if (object == nullptr) {
    set_error(store, text_of(ErrorCode::kOutOfMemory));
  }
  return static_cast<T*>(object);
}

template <class T>
T* wrong_value(wasm_store_t* store) {
  set_error(store, "the value does not fit the type");
  return nullptr;
}

}  // namespace

// ---- Globals ---------------------------------------------------------------------------------

wasm_global_t* wasm_global_new(wasm_store_t* store, const wasm_globaltype_t* type,
                               const wasm_val_t* value) {
  if (!store->is_alive) return nullptr;
  ExternType wanted;
  wanted.is_mutable = wasm_globaltype_mutability(type) == WASM_VAR;
  Value initial;
  if (!to_type(wasm_valtype_kind(wasm_globaltype_content(type)), &wanted.value) ||
      !to_value(store, wanted.value, *value, &initial)) {
    return wrong_value<wasm_global_t>(store);
  }
  Extern made;
  const Error error = make_global(store->core, wanted, initial, &made);
  return finish<wasm_global_t>(store, error, made);
}

wasm_globaltype_t* wasm_global_type(const wasm_global_t* global) {
  return wasm_externtype_as_globaltype(wasm_extern_type(global));
}

void wasm_global_get(const wasm_global_t* global, wasm_val_t* out) {
  *out = zero_of(ValueType::kI32);
  if (is_usable(global)) from_value(global->store, global->value.get(), out);
}

void wasm_global_set(wasm_global_t* global, const wasm_val_t* from) {
  Value value;
  if (!is_usable(global)) return;
  const ExternType type = global->value.type();
  if (!type.is_mutable || !to_value(global->store, type.value, *from, &value)) return;
  (void)global->value.set(value);
}

// ---- Tables ----------------------------------------------------------------------------------

wasm_table_t* wasm_table_new(wasm_store_t* store, const wasm_tabletype_t* type, wasm_ref_t* init) {
  if (!store->is_alive) return nullptr;
  ExternType wanted;
  wanted.limits = limits_of(wasm_tabletype_limits(type));
  Value fill;
  if (!to_type(wasm_valtype_kind(wasm_tabletype_element(type)), &wanted.value) ||
      !is_reference(wanted.value) || !to_reference(store, wanted.value, init, &fill)) {
    return wrong_value<wasm_table_t>(store);
  }
  Extern made;
  const Error error = make_table(store->core, wanted, fill, &made);
  return finish<wasm_table_t>(store, error, made);
}

wasm_tabletype_t* wasm_table_type(const wasm_table_t* table) {
  return wasm_externtype_as_tabletype(wasm_extern_type(table));
}

wasm_ref_t* wasm_table_get(const wasm_table_t* table, wasm_table_size_t index) {
  Value value;
  if (!is_usable(table) || !table->value.table_get(index, &value)) return nullptr;
  return from_reference(table->store, value);
}

bool wasm_table_set(wasm_table_t* table, wasm_table_size_t index, wasm_ref_t* ref) {
  Value value;
  return is_usable(table) && index < table->value.table_size() &&
         to_reference(table->store, table->value.type().value, ref, &value) &&
         table->value.table_set(index, value);
}

wasm_table_size_t wasm_table_size(const wasm_table_t* table) {
  return is_usable(table) ? table->value.table_size() : 0;
}

bool wasm_table_grow(wasm_table_t* table, wasm_table_size_t delta, wasm_ref_t* init) {
  Value fill;
  return is_usable(table) && to_reference(table->store, table->value.type().value, init, &fill) &&
         table->value.grow_table(delta, fill);
}

// ---- Memories --------------------------------------------------------------------------------

wasm_memory_t* wasm_memory_new(wasm_store_t* store, const wasm_memorytype_t* type) {
  if (!store->is_alive) return nullptr;
  ExternType wanted;
  wanted.limits = limits_of(wasm_memorytype_limits(type));
  Extern made;
  const Error error = make_memory(store->core, wanted, &made);
  return finish<wasm_memory_t>(store, error, made);
}

wasm_memorytype_t* wasm_memory_type(const wasm_memory_t* memory) {
  return wasm_externtype_as_memorytype(wasm_extern_type(memory));
}

byte_t* wasm_memory_data(wasm_memory_t* memory) {
  if (!is_usable(memory)) return nullptr;
  const uint64_t size = memory->value.byte_size();
  if (size > UINT32_MAX) return nullptr;
  return reinterpret_cast<byte_t*>(memory->value.bytes(0, static_cast<uint32_t>(size)).data());
}

size_t wasm_memory_data_size(const wasm_memory_t* memory) {
  return is_usable(memory) ? static_cast<size_t>(memory->value.byte_size()) : 0;
}

wasm_memory_pages_t wasm_memory_size(const wasm_memory_t* memory) {
  return is_usable(memory) ? memory->value.type().limits.minimum : 0;
}

bool wasm_memory_grow(wasm_memory_t* memory, wasm_memory_pages_t delta) {
  return is_usable(memory) && memory->value.grow_memory(delta);
}

// ---- Externals -------------------------------------------------------------------------------

wasm_externkind_t wasm_extern_kind(const wasm_extern_t* value) {
  switch (value->kind) {
    case Kind::kFunc: return WASM_EXTERN_FUNC;
    case Kind::kGlobal: return WASM_EXTERN_GLOBAL;
    case Kind::kTable: return WASM_EXTERN_TABLE;
    default: return WASM_EXTERN_MEMORY;
  }
}

wasm_externtype_t* wasm_extern_type(const wasm_extern_t* value) {
  return is_usable(value) ? to_externtype(value->value.type()) : nullptr;
}
