// External values in the C API (see mote/mote_extern.h). What asks for one of a kind that it is not
// is refused here; the C++ API leaves that to the caller.
#include "c_api/c_api.hpp"

using namespace mote;
using namespace mote::c_api;

namespace {

MOTE_SAME_LAYOUT(mote_external, Extern);
MOTE_SAME_MEMBER(mote_external, instance, Extern, instance);
MOTE_SAME_MEMBER(mote_external, index, Extern, index);
MOTE_SAME_MEMBER(mote_external, host, Extern, host);
MOTE_SAME_MEMBER(mote_external, context, Extern, context);
static_assert(MOTE_TABLE == static_cast<int>(ExternKind::kTable), "ExternKind");
static_assert(MOTE_MEMORY == static_cast<int>(ExternKind::kMemory), "ExternKind");
static_assert(MOTE_GLOBAL == static_cast<int>(ExternKind::kGlobal), "ExternKind");

Extern of(const mote_external& value) {
  Extern out;
  memcpy(static_cast<void*>(&out), &value, sizeof out);
  return out;
}
mote_external to_c(const Extern& value) {
  mote_external out;
  memcpy(&out, static_cast<const void*>(&value), sizeof out);
  return out;
}

// Anybody can put one together, and ask one instance for an export of another's module.
bool is_there(const mote_external& value) { return ::of(value).is_there(); }
bool is(const mote_external& value, mote_extern_kind kind) {
  return value.kind == kind && value.instance != nullptr && is_there(value);
}

ExternType of(const mote_extern_type& type) {
  ExternType out;
  out.value = static_cast<ValueType>(type.value);
  out.is_mutable = type.is_mutable;
  out.limits.minimum = type.minimum;
  out.limits.maximum = type.maximum;
  out.limits.has_maximum = type.has_maximum;
  out.page_size_log2 = type.page_size_log2;
  return out;
}
Value of(const mote_value& value) { return {static_cast<ValueType>(value.type), value.bits}; }

mote_error_code give_made(const Error& error, const Extern& made, mote_external* out,
                          mote_error* error_out) {
  *out = to_c(made);
  return give(error, error_out);
}

}  // namespace

mote_error_code mote_instantiate_with(mote_store* store, const mote_module* module,
                                      const mote_external* imports, size_t count,
                                      mote_instance** instance, mote_error* error) {
  Instance* made = nullptr;
  const Span<const Extern> given(reinterpret_cast<const Extern*>(imports), count);
  const auto* from = reinterpret_cast<const Module*>(module);
  const Error result = c_api::of(store).instantiate(from, given, &made);
  *instance = c_api::to_c(made);
  return give(result, error);
}

mote_extern_type mote_external_type(mote_external value) {
  mote_extern_type out = {};
  if (is_there(value)) out = c_api::to_c(::of(value).type());
  return out;
}

bool mote_external_same(mote_external a, mote_external b) {
  if (!is_there(a) || !is_there(b)) return is_there(a) == is_there(b);
  return a.kind == b.kind && ::of(a).identity() == ::of(b).identity();
}

mote_external mote_external_definition(mote_external value) {
  return is_there(value) ? ::to_c(::of(value).definition()) : value;
}

mote_value mote_external_reference(mote_external value) {
  if (!is(value, MOTE_FUNCTION)) return {MOTE_NO_TYPE, 0};
  return c_api::to_c(::of(value).reference());
}

mote_external mote_function_of(mote_store* store, mote_value funcref) {
  return ::to_c(function_of(c_api::of(store), ::of(funcref)));
}

// ---- Globals ---------------------------------------------------------------------------------

mote_error_code mote_external_get(mote_external global, mote_value* value) {
  if (!is(global, MOTE_GLOBAL)) return give_null();
  *value = c_api::to_c(::of(global).get());
  return MOTE_kOk;
}

mote_error_code mote_external_set(mote_external global, mote_value value) {
  if (!is(global, MOTE_GLOBAL)) return give_null();
  return give(::of(global).set(::of(value)).code);
}

// ---- Memories --------------------------------------------------------------------------------

uint64_t mote_external_size(mote_external memory) {
  return is(memory, MOTE_MEMORY) ? ::of(memory).byte_size() : 0;
}

void* mote_external_bytes(mote_external memory, uint32_t address, uint32_t length) {
  return is(memory, MOTE_MEMORY) ? ::of(memory).bytes(address, length).data() : nullptr;
}

bool mote_external_grow_memory(mote_external memory, uint32_t pages) {
  return is(memory, MOTE_MEMORY) && ::of(memory).grow_memory(pages);
}

// ---- Tables ----------------------------------------------------------------------------------

uint32_t mote_external_elements(mote_external table) {
  return is(table, MOTE_TABLE) ? ::of(table).table_size() : 0;
}

bool mote_external_element(mote_external table, uint32_t element, mote_value* value) {
  Value found;
  if (!is(table, MOTE_TABLE) || !::of(table).table_get(element, &found)) return false;
  *value = c_api::to_c(found);
  return true;
}

bool mote_external_set_element(mote_external table, uint32_t element, mote_value value) {
  return is(table, MOTE_TABLE) && ::of(table).table_set(element, ::of(value));
}

bool mote_external_grow_table(mote_external table, uint32_t elements, mote_value fill) {
  return is(table, MOTE_TABLE) && ::of(table).grow_table(elements, ::of(fill));
}

// ---- Made by the host ------------------------------------------------------------------------

mote_error_code mote_make_memory(mote_store* store, const mote_extern_type* type,
                                 mote_external* made, mote_error* error) {
  Extern out;
  const Error result = make_memory(c_api::of(store), ::of(*type), &out);
  return give_made(result, out, made, error);
}

mote_error_code mote_make_table(mote_store* store, const mote_extern_type* type, mote_value fill,
                                mote_external* made, mote_error* error) {
  Extern out;
  const Error result = make_table(c_api::of(store), ::of(*type), ::of(fill), &out);
  return give_made(result, out, made, error);
}

mote_error_code mote_make_global(mote_store* store, const mote_extern_type* type, mote_value value,
                                 mote_external* made, mote_error* error) {
  Extern out;
  const Error result = make_global(c_api::of(store), ::of(*type), ::of(value), &out);
  return give_made(result, out, made, error);
}

mote_error_code mote_make_function(mote_store* store, const mote_host_function* host, void* context,
                                   mote_external* made, mote_error* error) {
  *made = {};
  if (host == nullptr || host->callback == nullptr) return give_null(error);
  Extern out;
  const auto* function = reinterpret_cast<const HostFunction*>(host);
  const Error result = make_function(c_api::of(store), *function, context, &out);
  return give_made(result, out, made, error);
}
