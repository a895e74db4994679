// Values of wasm.h, and how they become those of guests. A guest's externref is the number of an
// object, a funcref names a function of an instance.
#include "wasm_c_api/objects.hpp"

using namespace mote;
using namespace mote::wasm_c_api;

void wasm_val_delete(wasm_val_t* value) {
  if (value == nullptr || !wasm_valkind_is_ref(value->kind)) return;
  release(value->of.ref);
  value->of.ref = nullptr;
}

void wasm_val_copy(wasm_val_t* out, const wasm_val_t* from) {
  *out = *from;
  if (wasm_valkind_is_ref(from->kind)) out->of.ref = retain(from->of.ref);
}

namespace mote::wasm_c_api {

namespace {

const struct {
  wasm_valkind_t kind;
  ValueType type;
} kTypes[] = {
    {WASM_I32, ValueType::kI32},
    {WASM_I64, ValueType::kI64},
    {WASM_F32, ValueType::kF32},
    {WASM_F64, ValueType::kF64},
    {WASM_EXTERNREF, ValueType::kExternRef},
    {WASM_FUNCREF, ValueType::kFuncRef},
};

// Gives the object a number that guests can hold. False: out of memory.
bool expose(wasm_store_t* store, wasm_ref_t* ref) {
  if (ref->extern_number != 0) return true;
  if (store->extern_count == store->extern_capacity) {
    if (store->extern_capacity > UINT32_MAX / 4) return false;
    const uint32_t capacity = store->extern_capacity == 0 ? 16 : store->extern_capacity * 2;
    void* const more = realloc(store->externs, capacity * sizeof(wasm_ref_t*));
    if (more == nullptr) return false;
    store->externs = static_cast<wasm_ref_t**>(more);
    store->extern_capacity = capacity;
  }
  store->externs[store->extern_count] = ref;
  store->extern_count++;
  ref->extern_number = store->extern_count;
  ref->is_exposed = true;
  return true;
}

// The function of an instance that calls a host function. False: out of memory.
bool place_in_guest(wasm_store_t* store, wasm_func_t* func) {
  if (func->in_guest.exists()) return true;
  const Error error = make_function(store->core, func->host, func, &func->in_guest);
  if (!error.ok()) return false;
  func->is_exposed = true;
  return true;
}

}  // namespace

bool to_type(wasm_valkind_t kind, ValueType* type) {
  for (const auto& entry : kTypes) {
    if (entry.kind != kind) continue;
    *type = entry.type;
    return true;
  }
  return false;
}

bool to_kind(ValueType type, wasm_valkind_t* kind) {
  for (const auto& entry : kTypes) {
    if (entry.type != type) continue;
    *kind = entry.kind;
    return true;
  }
  return false;
}

namespace {

bool is_reference_of(const wasm_store_t* store, ValueType type, const wasm_ref_t* ref) {
  if (ref == nullptr) return true;
  if (ref->store != store || !store->is_alive) return false;
  return type == ValueType::kExternRef || ref->kind == Kind::kFunc;
}

}  // namespace

bool is_of_type(const wasm_store_t* store, ValueType type, const wasm_val_t& value) {
  // Initializers of wasm.h call every reference an externref: what it is has to match, not that.
  if (is_reference(type)) {
    return wasm_valkind_is_ref(value.kind) && is_reference_of(store, type, value.of.ref);
  }
  wasm_valkind_t kind = 0;
  return to_kind(type, &kind) && kind == value.kind;
}

bool to_reference(wasm_store_t* store, ValueType type, wasm_ref_t* from, Value* to) {
  *to = Value::null(type);
  if (!is_reference_of(store, type, from)) return false;
  if (from == nullptr) return true;
  if (type == ValueType::kExternRef) {
    if (!expose(store, from)) return false;
    *to = Value::extern_ref(from->extern_number - 1);
    return true;
  }
  wasm_func_t* const func = wasm_ref_as_func(from);
  if (func->is_host && !place_in_guest(store, func)) return false;
  *to = func->is_host ? func->in_guest.reference() : func->value.reference();
  return true;
}

bool to_value(wasm_store_t* store, ValueType type, const wasm_val_t& from, Value* to) {
  if (!is_of_type(store, type, from)) return false;
  switch (type) {
    case ValueType::kI32: *to = Value::i32(from.of.i32); break;
    case ValueType::kI64: *to = Value::i64(from.of.i64); break;
    case ValueType::kF32: *to = Value::f32(from.of.f32); break;
    case ValueType::kF64: *to = Value::f64(from.of.f64); break;
    default: return to_reference(store, type, from.of.ref, to);
  }
  return true;
}

wasm_ref_t* from_reference(wasm_store_t* store, const Value& from) {
  if (from.is_null()) return nullptr;
  if (from.type == ValueType::kExternRef) {
    const uint32_t number = from.as_extern();
    return number < store->extern_count ? retain(store->externs[number]) : nullptr;
  }
  const Extern function = function_of(store->core, from);
  return function.exists() ? object_of(store, function) : nullptr;
}

void from_value(wasm_store_t* store, const Value& from, wasm_val_t* to) {
  *to = zero_of(from.type);
  switch (from.type) {
    case ValueType::kI32: to->of.i32 = from.as_i32(); break;
    case ValueType::kI64: to->of.i64 = from.as_i64(); break;
    case ValueType::kF32: to->of.f32 = from.as_f32(); break;
    case ValueType::kF64: to->of.f64 = from.as_f64(); break;
    default: to->of.ref = from_reference(store, from); break;
  }
}

wasm_val_t zero_of(ValueType type) {
  wasm_val_t value;
  memset(&value, 0, sizeof value);
  (void)to_kind(type, &value.kind);
  return value;
}

}  // namespace mote::wasm_c_api
