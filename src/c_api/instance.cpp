// Instances in the C API (see mote/mote.h).
#include "c_api/c_api.hpp"

using namespace mote;
using namespace mote::c_api;

mote_error_code mote_instantiate(mote_store* store, const mote_module* module,
                                 mote_instance** instance, mote_error* error) {
  Instance* made = nullptr;
  const Error result = of(store).instantiate(reinterpret_cast<const Module*>(module), &made);
  *instance = to_c(made);
  return give(result, error);
}

mote_error_code mote_name_instance(mote_store* store, const char* name, mote_instance* instance) {
  return give(of(store).name_instance(name, reinterpret_cast<Instance*>(instance)).code);
}

const mote_module* mote_module_of(const mote_instance* instance) {
  if (instance == nullptr) return nullptr;
  return reinterpret_cast<const mote_module*>(&of(instance).module());
}

mote_function mote_find_function(mote_instance* instance, const char* name) {
  if (instance == nullptr) return {nullptr, 0};
  const Function found = of(instance).function(name);
  return {to_c(found.instance), found.index};
}

mote_function_type mote_type_of(mote_function function) {
  if (function.instance == nullptr) return {nullptr, nullptr, 0, 0};
  return to_c(of(function.instance).function_type(function.index));
}

mote_error_code mote_get_global(const mote_instance* instance, const char* name,
                                mote_value* value) {
  if (instance == nullptr) return give_null();
  return give(of(instance).global(name, of(value, 1).data()).code);
}

mote_error_code mote_set_global(mote_instance* instance, const char* name, mote_value value) {
  if (instance == nullptr) return give_null();
  return give(of(instance).set_global(name, of(&value, 1)[0]).code);
}

bool mote_has_memory(const mote_instance* instance) {
  return instance != nullptr && of(instance).has_memory();
}

uint64_t mote_memory_size(const mote_instance* instance) {
  return instance == nullptr ? 0 : of(instance).memory_size();
}

uint64_t mote_memory_backed(const mote_instance* instance) {
  return instance == nullptr ? 0 : of(instance).memory_backed();
}

void* mote_memory(mote_instance* instance, uint32_t address, uint32_t length) {
  return instance == nullptr ? nullptr : of(instance).memory(address, length).data();
}
