// Modules of wasm.h: loading, sharing, describing and serializing. The bytes of a module stay as
// long as a store or a shared module has it: the engine refers to them in place.
#include "wasm_c_api/objects.hpp"

using namespace mote;
using namespace mote::wasm_c_api;

namespace mote::wasm_c_api {

Binary* make_binary(const void* bytes, size_t size) {
  void* place = size > SIZE_MAX - sizeof(Binary) ? nullptr : malloc(sizeof(Binary) + size);
  if (place == nullptr) return nullptr;
  Binary* binary = new (place) Binary{1, size};
  if (size != 0) memcpy(binary->bytes(), bytes, size);
  return binary;
}

void retain(Binary* binary) { __atomic_fetch_add(&binary->references, 1u, __ATOMIC_RELAXED); }

void release(Binary* binary) {
  if (__atomic_sub_fetch(&binary->references, 1u, __ATOMIC_ACQ_REL) == 0) free(binary);
}

namespace {

// What a serialized module begins with; its bytes follow.
constexpr char kSerialized[8] = {'\0', 'm', 'o', 't', 'e', '-', 'c', '1'};

Bytes bytes_of(Binary* binary) { return {binary->bytes(), binary->size}; }

// Whether wasm.h has types for all imports and exports.
bool has_expressible_types(const Module& module) {
  for (uint32_t i = 0; i < module.import_count(); i++) {
    if (!is_expressible(module.import(i).type)) return false;
  }
  for (uint32_t i = 0; i < module.export_count(); i++) {
    if (!is_expressible(module.export_at(i).type)) return false;
  }
  return true;
}

wasm_module_t* out_of_memory(wasm_store_t* store) {
  set_error(store, text_of(ErrorCode::kOutOfMemory));
  return nullptr;
}

// Loads into the store what is not there yet. Takes over the caller's reference to `binary`.
LoadedModule* load_binary(wasm_store_t* store, Binary* binary) {
  for (LoadedModule* loaded = store->modules; loaded != nullptr; loaded = loaded->next) {
    if (loaded->binary != binary) continue;
    release(binary);
    return loaded;
  }
  LoadedModule* loaded = make<LoadedModule>();
  LoadOptions options;
  options.bytes_stay = true;
  Error error;
  error.code = ErrorCode::kOutOfMemory;
  if (loaded != nullptr) error = load(store->core, bytes_of(binary), &loaded->module, options);
  if (error.ok() && has_expressible_types(*loaded->module)) {
    loaded->binary = binary;
    loaded->next = store->modules;
    store->modules = loaded;
    return loaded;
  }
  if (error.ok()) {
    // It is in the store for good, so its bytes have to stay; but nobody gets it.
    set_error(store, "an import or export has a type that wasm.h does not have");
    loaded->binary = binary;
    loaded->next = store->modules;
    store->modules = loaded;
    return nullptr;
  }
  set_error(store, error);
  release(binary);
  free(loaded);
  return nullptr;
}

// Takes over the caller's reference to `binary`, which may be null.
wasm_module_t* make_module(wasm_store_t* store, Binary* binary) {
  if (binary == nullptr) return out_of_memory(store);
  LoadedModule* loaded = load_binary(store, binary);
  if (loaded == nullptr) return nullptr;
  wasm_module_t* module = make_object<wasm_module_t>(store, Kind::kModule);
  if (module == nullptr) return out_of_memory(store);
  module->loaded = loaded;
  return module;
}

}  // namespace

}  // namespace mote::wasm_c_api

wasm_module_t* wasm_module_new(wasm_store_t* store, const wasm_byte_vec_t* binary) {
  if (!store->is_alive) return nullptr;
  return make_module(store, make_binary(binary->data, binary->size));
}

// In a store of its own, so that nothing of it stays.
bool wasm_module_validate(wasm_store_t* store, const wasm_byte_vec_t* binary) {
  if (!store->is_alive) return false;
  const port::Ram ram(store->memory.size());
  Store scratch(ram.bytes(), StoreOptions{true});
  const Module* module = nullptr;
  LoadOptions options;
  options.bytes_stay = true;
  const Error error =
      load(scratch, Bytes(reinterpret_cast<const uint8_t*>(binary->data), binary->size), &module,
           options);
  set_error(store, error);
  return error.ok();
}

void wasm_module_imports(const wasm_module_t* module, wasm_importtype_vec_t* out) {
  wasm_importtype_vec_new_empty(out);
  if (!is_usable(module)) return;
  const Module& from = *module->loaded->module;
  wasm_importtype_vec_new_uninitialized(out, from.import_count());
  for (uint32_t i = 0; i < out->size; i++) {
    const ImportInfo import = from.import(i);
    wasm_name_t module_name, name;
    set_name(&module_name, import.module_name);
    set_name(&name, import.field_name);
    out->data[i] = wasm_importtype_new(&module_name, &name, to_externtype(import.type));
  }
}

void wasm_module_exports(const wasm_module_t* module, wasm_exporttype_vec_t* out) {
  wasm_exporttype_vec_new_empty(out);
  if (!is_usable(module)) return;
  const Module& from = *module->loaded->module;
  wasm_exporttype_vec_new_uninitialized(out, from.export_count());
  for (uint32_t i = 0; i < out->size; i++) {
    const ExportInfo exported = from.export_at(i);
    wasm_name_t name;
    set_name(&name, exported.name);
    out->data[i] = wasm_exporttype_new(&name, to_externtype(exported.type));
  }
}

void wasm_module_serialize(const wasm_module_t* module, wasm_byte_vec_t* out) {
  wasm_byte_vec_new_empty(out);
  if (!is_usable(module)) return;
  Binary* binary = module->loaded->binary;
  wasm_byte_vec_new_uninitialized(out, sizeof kSerialized + binary->size);
  if (out->size == 0) return;
  memcpy(out->data, kSerialized, sizeof kSerialized);
  memcpy(out->data + sizeof kSerialized, binary->bytes(), binary->size);
}

wasm_module_t* wasm_module_deserialize(wasm_store_t* store, const wasm_byte_vec_t* bytes) {
  if (!store->is_alive) return nullptr;
  if (bytes->size < sizeof kSerialized ||
      memcmp(bytes->data, kSerialized, sizeof kSerialized) != 0) {
    set_error(store, "this is not a module that wasm_module_serialize gave");
    return nullptr;
  }
  return make_module(
      store, make_binary(bytes->data + sizeof kSerialized, bytes->size - sizeof kSerialized));
}

wasm_shared_module_t* wasm_module_share(const wasm_module_t* module) {
  if (!is_usable(module)) return nullptr;
  wasm_shared_module_t* shared = make<wasm_shared_module_t>();
  if (shared == nullptr) return nullptr;
  shared->binary = module->loaded->binary;
  retain(shared->binary);
  return shared;
}

wasm_module_t* wasm_module_obtain(wasm_store_t* store, const wasm_shared_module_t* shared) {
  if (!store->is_alive) return nullptr;
  retain(shared->binary);
  return make_module(store, shared->binary);
}

void wasm_shared_module_delete(wasm_shared_module_t* shared) {
  if (shared == nullptr) return;
  release(shared->binary);
  free(shared);
}
