// What the files of the C API share: its types are those of the C++ API, under other names.
#pragma once

#include <mote/mote.h>

#include <mote/mote.hpp>

#include "base/placement_new.hpp"

namespace mote::c_api {

// Types that have the same layout are not converted but seen through a cast.
#define MOTE_SAME_LAYOUT(c_type, cpp_type) \
  static_assert(sizeof(c_type) == sizeof(cpp_type) && alignof(c_type) == alignof(cpp_type), #c_type)
#define MOTE_SAME_MEMBER(c_type, c_member, cpp_type, cpp_member)              \
  static_assert(offsetof(c_type, c_member) == offsetof(cpp_type, cpp_member), \
                #c_type "::" #c_member)
// Storage that the caller provides.
#define MOTE_FITS(c_type, cpp_type)                                                         \
  static_assert(sizeof(c_type) >= sizeof(cpp_type) && alignof(c_type) >= alignof(cpp_type), \
                #c_type " is too small")

MOTE_SAME_LAYOUT(mote_error, Error);
MOTE_SAME_MEMBER(mote_error, feature, Error, feature);
MOTE_SAME_MEMBER(mote_error, expected, Error, expected);
MOTE_SAME_MEMBER(mote_error, actual, Error, actual);
MOTE_SAME_MEMBER(mote_error, offset, Error, offset);
MOTE_SAME_MEMBER(mote_error, function, Error, function);
MOTE_SAME_MEMBER(mote_error, index, Error, index);
MOTE_SAME_MEMBER(mote_error, module_name, Error, module_name);
MOTE_SAME_MEMBER(mote_error, field_name, Error, field_name);
MOTE_SAME_LAYOUT(mote_string, StringView);
MOTE_SAME_LAYOUT(mote_value, Value);
MOTE_SAME_MEMBER(mote_value, bits, Value, bits);
static_assert(MOTE_kNestedStop == static_cast<int>(ErrorCode::kNestedStop), "errors.def");
static_assert(MOTE_CLASS_USAGE == static_cast<int>(ErrorClass::kUsage), "ErrorClass");
static_assert(MOTE_FEATURE_COUNT == static_cast<int>(Feature::kCount), "features.def");
static_assert(MOTE_DEADLINE == static_cast<int>(RunState::kDeadline), "RunState");
static_assert(MOTE_EXTERNREF == static_cast<int>(ValueType::kExternRef), "ValueType");

// How the handles are seen.
inline Store& of(mote_store* store) { return *reinterpret_cast<Store*>(store); }
inline const Store& of(const mote_store* store) { return *reinterpret_cast<const Store*>(store); }
inline const Module& of(const mote_module* module) {
  return *reinterpret_cast<const Module*>(module);
}
inline Instance& of(mote_instance* instance) { return *reinterpret_cast<Instance*>(instance); }
inline const Instance& of(const mote_instance* instance) {
  return *reinterpret_cast<const Instance*>(instance);
}
inline Function of(mote_function function) {
  return {reinterpret_cast<Instance*>(function.instance), function.index};
}
inline Span<const Value> of(const mote_value* values, size_t count) {
  return {reinterpret_cast<const Value*>(values), count};
}
inline Span<Value> of(mote_value* values, size_t count) {
  return {reinterpret_cast<Value*>(values), count};
}
inline Bytes of(const void* bytes, size_t size) {
  return {static_cast<const uint8_t*>(bytes), size};
}
inline MutableBytes of(void* bytes, size_t size) { return {static_cast<uint8_t*>(bytes), size}; }

inline mote_instance* to_c(Instance* instance) {
  return reinterpret_cast<mote_instance*>(instance);
}
inline mote_string to_c(StringView text) { return {text.data(), text.size()}; }
inline mote_value to_c(Value value) { return {static_cast<mote_type>(value.type), value.bits}; }
inline mote_function_type to_c(const FunctionType& type) {
  return {reinterpret_cast<const mote_type*>(type.parameters),
          reinterpret_cast<const mote_type*>(type.results), type.parameter_count,
          type.result_count};
}
inline FunctionType of(const mote_function_type& type) {
  return {reinterpret_cast<const ValueType*>(type.parameters),
          reinterpret_cast<const ValueType*>(type.results), type.parameter_count,
          type.result_count};
}
inline mote_extern_type to_c(const ExternType& type) {
  mote_extern_type out = {};
  out.kind = static_cast<uint8_t>(type.kind);
  out.function = to_c(type.function);
  out.value = static_cast<mote_type>(type.value);
  out.is_mutable = type.is_mutable;
  out.minimum = type.limits.minimum;
  out.maximum = type.limits.maximum;
  out.has_maximum = type.limits.has_maximum;
  out.page_size_log2 = type.page_size_log2;
  return out;
}

// The number of an enumeration's value. C allows others than are listed, which C++ may not even
// read as what they should be.
template <class Enum>
uint32_t number_of(const Enum& value) {
  __underlying_type(Enum) number;
  memcpy(&number, &value, sizeof number);
  return static_cast<uint32_t>(number);
}

// What a function returns for `error`, with the details in `*out` unless it is null.
inline mote_error_code give(const Error& error, mote_error* out) {
  if (out != nullptr) memcpy(static_cast<void*>(out), &error, sizeof error);
  return static_cast<mote_error_code>(error.code);
}
inline mote_error_code give(ErrorCode code) { return static_cast<mote_error_code>(code); }
// The handle that should be there is null.
inline mote_error_code give_null(mote_error* out = nullptr) {
  Error error;
  error.code = ErrorCode::kArguments;
  return give(error, out);
}

inline LoadOptions of(const mote_load_options* options) {
  LoadOptions out;
  if (options == nullptr) return out;
  out.bytes_stay = options->bytes_stay;
  out.keep_names = !options->drop_names;
  return out;
}

}  // namespace mote::c_api
