// Instances of wasm.h.
#include "wasm_c_api/objects.hpp"

using namespace mote;
using namespace mote::wasm_c_api;

namespace {

wasm_instance_t* fail(wasm_store_t* store, wasm_trap_t* made, wasm_trap_t** trap) {
  set_error(store, made->message.size == 0 ? "" : made->message.data);
  if (trap != nullptr) {
    *trap = made;
  } else {
    release(made);
  }
  return nullptr;
}

wasm_instance_t* fail(wasm_store_t* store, const Error& error, wasm_trap_t** trap) {
  // Of a trap the text alone, as with other traps.
  if (class_of(error.code) == ErrorClass::kTrap) {
    return fail(store, make_trap(store, text_of(error.code)), trap);
  }
  char text[256];
  describe(error, text);
  return fail(store, make_trap(store, text), trap);
}

}  // namespace

wasm_instance_t* wasm_instance_new(wasm_store_t* store, const wasm_module_t* module,
                                   const wasm_extern_vec_t* imports, wasm_trap_t** trap) {
  if (trap != nullptr) *trap = nullptr;
  if (!store->is_alive || !is_usable(module)) return nullptr;
  if (module->store != store) {
    return fail(store, make_trap(store, "the module belongs to another store"), trap);
  }
  const size_t count = imports == nullptr ? 0 : imports->size;
  Temporary<Extern, 16> externs(count);
  if (!externs.ok()) return fail(store, retain(store->reserve), trap);
  for (size_t i = 0; i < count; i++) {
    wasm_extern_t* const given = imports->data[i];
    // Others do not match whatever is wanted: an Extern that does not exist.
    if (given == nullptr || given->store != store) continue;
    externs[i] = given->value;
    if (given->kind == Kind::kFunc && static_cast<wasm_func_t*>(given)->is_host) {
      given->is_exposed = true;
    }
  }
  Instance* made = nullptr;
  const Error error = store->core.instantiate(module->loaded->module,
                                              Span<const Extern>(externs.data(), count), &made);
  if (!error.ok()) return fail(store, error, trap);
  if (made->module().has_start_function()) {
    wasm_trap_t* const ended = run(store, Function(), made, {}, nullptr);
    if (ended != nullptr) return fail(store, ended, trap);
  }
  wasm_instance_t* instance = object_of(store, made);
  return instance != nullptr ? instance : fail(store, retain(store->reserve), trap);
}

void wasm_instance_exports(const wasm_instance_t* instance, wasm_extern_vec_t* out) {
  wasm_extern_vec_new_empty(out);
  if (!is_usable(instance)) return;
  const Module& module = instance->instance->module();
  wasm_extern_vec_new_uninitialized(out, module.export_count());
  for (uint32_t i = 0; i < out->size; i++) {
    out->data[i] = object_of(instance->store, Extern::of(*instance->instance, module.export_at(i)));
  }
}
