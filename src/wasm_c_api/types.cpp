// Types of wasm.h: descriptions that belong to nobody's store.
#include "wasm_c_api/objects.hpp"

using namespace mote;
using namespace mote::wasm_c_api;

// A value type is its kind; there is one of each, which nobody has to free.
struct wasm_valtype_t {
  wasm_valkind_t kind;
};

struct wasm_externtype_t {
  wasm_externkind_t kind;
};
struct wasm_functype_t : wasm_externtype_t {
  wasm_valtype_vec_t params;
  wasm_valtype_vec_t results;
};
struct wasm_globaltype_t : wasm_externtype_t {
  wasm_valtype_t* content;
  wasm_mutability_t mutability;
};
struct wasm_tabletype_t : wasm_externtype_t {
  wasm_valtype_t* element;
  wasm_limits_t limits;
};
struct wasm_memorytype_t : wasm_externtype_t {
  wasm_limits_t limits;
};

struct wasm_importtype_t {
  wasm_name_t module;
  wasm_name_t name;
  wasm_externtype_t* type;
};
struct wasm_exporttype_t {
  wasm_name_t name;
  wasm_externtype_t* type;
};

namespace {

// In the order of the kinds: numbers, then references.
wasm_valtype_t value_types[] = {{WASM_I32}, {WASM_I64},       {WASM_F32},
                                {WASM_F64}, {WASM_EXTERNREF}, {WASM_FUNCREF}};

template <class T>
T* make_externtype(wasm_externkind_t kind) {
  T* type = make<T>();
  if (type != nullptr) type->kind = kind;
  return type;
}

template <class T>
T* cast_type(wasm_externtype_t* type, wasm_externkind_t kind) {
  return type != nullptr && type->kind == kind ? static_cast<T*>(type) : nullptr;
}

wasm_valtype_t* to_valtype(ValueType type) {
  wasm_valkind_t kind = 0;
  return to_kind(type, &kind) ? wasm_valtype_new(kind) : nullptr;
}

wasm_limits_t to_limits(const Limits& limits) {
  return {limits.minimum, limits.has_maximum ? limits.maximum : wasm_limits_max_default};
}

bool is_complete(const wasm_valtype_vec_t& types) {
  for (size_t i = 0; i < types.size; i++) {
    if (types.data[i] == nullptr) return false;
  }
  return true;
}

// False: out of memory.
bool to_types(Span<const ValueType> types, wasm_valtype_vec_t* out) {
  wasm_valtype_vec_new_uninitialized(out, types.size());
  for (size_t i = 0; i < out->size; i++) out->data[i] = to_valtype(types[i]);
  return out->size == types.size();
}

}  // namespace

// ---- Value types -----------------------------------------------------------------------------

wasm_valtype_t* wasm_valtype_new(wasm_valkind_t kind) {
  for (wasm_valtype_t& type : value_types) {
    if (type.kind == kind) return &type;
  }
  return nullptr;
}
void wasm_valtype_delete(wasm_valtype_t*) {}
wasm_valtype_t* wasm_valtype_copy(const wasm_valtype_t* type) {
  return const_cast<wasm_valtype_t*>(type);
}
wasm_valkind_t wasm_valtype_kind(const wasm_valtype_t* type) { return type->kind; }

// ---- Function types --------------------------------------------------------------------------

wasm_functype_t* wasm_functype_new(wasm_valtype_vec_t* params, wasm_valtype_vec_t* results) {
  wasm_functype_t* type = nullptr;
  if (is_complete(*params) && is_complete(*results)) {
    type = make_externtype<wasm_functype_t>(WASM_EXTERN_FUNC);
  }
  if (type == nullptr) {
    wasm_valtype_vec_delete(params);
    wasm_valtype_vec_delete(results);
    return nullptr;
  }
  type->params = *params;
  type->results = *results;
  return type;
}
void wasm_functype_delete(wasm_functype_t* type) {
  if (type == nullptr) return;
  wasm_valtype_vec_delete(&type->params);
  wasm_valtype_vec_delete(&type->results);
  free(type);
}
wasm_functype_t* wasm_functype_copy(const wasm_functype_t* type) {
  wasm_valtype_vec_t params, results;
  wasm_valtype_vec_copy(&params, &type->params);
  wasm_valtype_vec_copy(&results, &type->results);
  if (params.size == type->params.size && results.size == type->results.size) {
    return wasm_functype_new(&params, &results);
  }
  wasm_valtype_vec_delete(&params);
  wasm_valtype_vec_delete(&results);
  return nullptr;
}
const wasm_valtype_vec_t* wasm_functype_params(const wasm_functype_t* type) {
  return &type->params;
}
const wasm_valtype_vec_t* wasm_functype_results(const wasm_functype_t* type) {
  return &type->results;
}

wasm_functype_t* mote::wasm_c_api::to_functype(const FunctionType& type) {
  wasm_valtype_vec_t params, results;
  const bool has_params = to_types(type.parameter_types(), &params);
  const bool has_results = to_types(type.result_types(), &results);
  if (has_params && has_results) return wasm_functype_new(&params, &results);
  wasm_valtype_vec_delete(&params);
  wasm_valtype_vec_delete(&results);
  return nullptr;
}

// ---- Global, table and memory types ----------------------------------------------------------

wasm_globaltype_t* wasm_globaltype_new(wasm_valtype_t* content, wasm_mutability_t mutability) {
  if (content == nullptr) return nullptr;
  wasm_globaltype_t* type = make_externtype<wasm_globaltype_t>(WASM_EXTERN_GLOBAL);
  if (type == nullptr) return nullptr;
  type->content = content;
  type->mutability = mutability;
  return type;
}
void wasm_globaltype_delete(wasm_globaltype_t* type) { free(type); }
wasm_globaltype_t* wasm_globaltype_copy(const wasm_globaltype_t* type) {
  return wasm_globaltype_new(type->content, type->mutability);
}
const wasm_valtype_t* wasm_globaltype_content(const wasm_globaltype_t* type) {
  return type->content;
}
wasm_mutability_t wasm_globaltype_mutability(const wasm_globaltype_t* type) {
  return type->mutability;
}

wasm_tabletype_t* wasm_tabletype_new(wasm_valtype_t* element, const wasm_limits_t* limits) {
  if (element == nullptr) return nullptr;
  wasm_tabletype_t* type = make_externtype<wasm_tabletype_t>(WASM_EXTERN_TABLE);
  if (type == nullptr) return nullptr;
  type->element = element;
  type->limits = *limits;
  return type;
}
void wasm_tabletype_delete(wasm_tabletype_t* type) { free(type); }
wasm_tabletype_t* wasm_tabletype_copy(const wasm_tabletype_t* type) {
  return wasm_tabletype_new(type->element, &type->limits);
}
const wasm_valtype_t* wasm_tabletype_element(const wasm_tabletype_t* type) { return type->element; }
const wasm_limits_t* wasm_tabletype_limits(const wasm_tabletype_t* type) { return &type->limits; }

wasm_memorytype_t* wasm_memorytype_new(const wasm_limits_t* limits) {
  wasm_memorytype_t* type = make_externtype<wasm_memorytype_t>(WASM_EXTERN_MEMORY);
  if (type != nullptr) type->limits = *limits;
  return type;
}
void wasm_memorytype_delete(wasm_memorytype_t* type) { free(type); }
wasm_memorytype_t* wasm_memorytype_copy(const wasm_memorytype_t* type) {
  return wasm_memorytype_new(&type->limits);
}
const wasm_limits_t* wasm_memorytype_limits(const wasm_memorytype_t* type) { return &type->limits; }

// ---- Extern types ----------------------------------------------------------------------------

wasm_externkind_t wasm_externtype_kind(const wasm_externtype_t* type) { return type->kind; }

void wasm_externtype_delete(wasm_externtype_t* type) {
  if (wasm_functype_t* function = wasm_externtype_as_functype(type)) {
    wasm_functype_delete(function);
  } else {
    free(type);
  }
}

wasm_externtype_t* wasm_externtype_copy(const wasm_externtype_t* type) {
  switch (type->kind) {
    case WASM_EXTERN_FUNC: return wasm_functype_copy(wasm_externtype_as_functype_const(type));
    case WASM_EXTERN_GLOBAL: return wasm_globaltype_copy(wasm_externtype_as_globaltype_const(type));
    case WASM_EXTERN_TABLE: return wasm_tabletype_copy(wasm_externtype_as_tabletype_const(type));
    default: return wasm_memorytype_copy(wasm_externtype_as_memorytype_const(type));
  }
}

#define EXTERN_TYPE(name, kind)                                                             \
  wasm_externtype_t* wasm_##name##_as_externtype(wasm_##name##_t* type) { return type; }    \
  const wasm_externtype_t* wasm_##name##_as_externtype_const(const wasm_##name##_t* type) { \
    return type;                                                                            \
  }                                                                                         \
  wasm_##name##_t* wasm_externtype_as_##name(wasm_externtype_t* type) {                     \
    return cast_type<wasm_##name##_t>(type, kind);                                          \
  }                                                                                         \
  const wasm_##name##_t* wasm_externtype_as_##name##_const(const wasm_externtype_t* type) { \
    return cast_type<wasm_##name##_t>(const_cast<wasm_externtype_t*>(type), kind);          \
  }

EXTERN_TYPE(functype, WASM_EXTERN_FUNC)
EXTERN_TYPE(globaltype, WASM_EXTERN_GLOBAL)
EXTERN_TYPE(tabletype, WASM_EXTERN_TABLE)
EXTERN_TYPE(memorytype, WASM_EXTERN_MEMORY)

wasm_externtype_t* mote::wasm_c_api::to_externtype(const ExternType& type) {
  const wasm_limits_t limits = to_limits(type.limits);
  switch (type.kind) {
    case ExternKind::kFunction: return to_functype(type.function);
    case ExternKind::kGlobal:
      return wasm_globaltype_new(to_valtype(type.value), type.is_mutable ? WASM_VAR : WASM_CONST);
    case ExternKind::kTable: return wasm_tabletype_new(to_valtype(type.value), &limits);
    case ExternKind::kMemory: break;
  }
  return wasm_memorytype_new(&limits);
}

bool mote::wasm_c_api::is_expressible(const ExternType& type) {
  wasm_valkind_t kind = 0;
  switch (type.kind) {
    case ExternKind::kFunction:
      for (const ValueType value : type.function.parameter_types()) {
        if (!to_kind(value, &kind)) return false;
      }
      for (const ValueType value : type.function.result_types()) {
        if (!to_kind(value, &kind)) return false;
      }
      return true;
    case ExternKind::kGlobal:
    case ExternKind::kTable: return to_kind(type.value, &kind);
    case ExternKind::kMemory: break;
  }
  return type.page_size_log2 == 16;
}

// ---- Import and export types -----------------------------------------------------------------

void mote::wasm_c_api::set_name(wasm_name_t* out, StringView name) {
  wasm_byte_vec_new(out, name.size(), name.data());
}

wasm_importtype_t* wasm_importtype_new(wasm_name_t* module, wasm_name_t* name,
                                       wasm_externtype_t* type) {
  wasm_importtype_t* import = type == nullptr ? nullptr : make<wasm_importtype_t>();
  if (import == nullptr) {
    wasm_byte_vec_delete(module);
    wasm_byte_vec_delete(name);
    wasm_externtype_delete(type);
    return nullptr;
  }
  import->module = *module;
  import->name = *name;
  import->type = type;
  return import;
}
void wasm_importtype_delete(wasm_importtype_t* import) {
  if (import == nullptr) return;
  wasm_byte_vec_delete(&import->module);
  wasm_byte_vec_delete(&import->name);
  wasm_externtype_delete(import->type);
  free(import);
}
wasm_importtype_t* wasm_importtype_copy(const wasm_importtype_t* import) {
  wasm_name_t module, name;
  wasm_byte_vec_copy(&module, &import->module);
  wasm_byte_vec_copy(&name, &import->name);
  return wasm_importtype_new(&module, &name, wasm_externtype_copy(import->type));
}
const wasm_name_t* wasm_importtype_module(const wasm_importtype_t* import) {
  return &import->module;
}
const wasm_name_t* wasm_importtype_name(const wasm_importtype_t* import) { return &import->name; }
const wasm_externtype_t* wasm_importtype_type(const wasm_importtype_t* import) {
  return import->type;
}

wasm_exporttype_t* wasm_exporttype_new(wasm_name_t* name, wasm_externtype_t* type) {
  wasm_exporttype_t* exported = type == nullptr ? nullptr : make<wasm_exporttype_t>();
  if (exported == nullptr) {
    wasm_byte_vec_delete(name);
    wasm_externtype_delete(type);
    return nullptr;
  }
  exported->name = *name;
  exported->type = type;
  return exported;
}
void wasm_exporttype_delete(wasm_exporttype_t* exported) {
  if (exported == nullptr) return;
  wasm_byte_vec_delete(&exported->name);
  wasm_externtype_delete(exported->type);
  free(exported);
}
wasm_exporttype_t* wasm_exporttype_copy(const wasm_exporttype_t* exported) {
  wasm_name_t name;
  wasm_byte_vec_copy(&name, &exported->name);
  return wasm_exporttype_new(&name, wasm_externtype_copy(exported->type));
}
const wasm_name_t* wasm_exporttype_name(const wasm_exporttype_t* exported) {
  return &exported->name;
}
const wasm_externtype_t* wasm_exporttype_type(const wasm_exporttype_t* exported) {
  return exported->type;
}
