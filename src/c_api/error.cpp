// Errors, features and names of types in the C API (see mote/mote.h). A C program can pass any
// number as a code: those that are none are nothing.
#include "c_api/c_api.hpp"

using namespace mote;

namespace {

ErrorCode of(mote_error_code code) {
  const uint32_t number = static_cast<uint32_t>(code);
  return static_cast<ErrorCode>(number < MOTE_ERROR_CODE_COUNT ? number : 0);
}
Feature of(mote_feature feature) {
  const uint32_t number = static_cast<uint32_t>(feature);
  return static_cast<Feature>(number < MOTE_FEATURE_COUNT ? number : 0);
}
bool is_feature(mote_feature feature) {
  return static_cast<uint32_t>(feature) < MOTE_FEATURE_COUNT;
}

}  // namespace

const char* mote_error_text(mote_error_code code) { return text_of(of(code)); }

mote_error_class mote_class_of(mote_error_code code) {
  return static_cast<mote_error_class>(class_of(of(code)));
}

const char* mote_feature_name(mote_feature feature) { return name_of(of(feature)); }

const char* mote_feature_level(mote_feature feature) {
  return is_feature(feature) ? level_of(of(feature)) : "";
}

bool mote_is_built_in(mote_feature feature) {
  return is_feature(feature) && is_built_in(of(feature));
}

size_t mote_describe(const mote_error* error, char* text, size_t size) {
  Error copy;
  memcpy(static_cast<void*>(&copy), error, sizeof copy);
  copy.code = of(static_cast<mote_error_code>(error->code));
  copy.feature = of(static_cast<mote_feature>(error->feature));
  return describe(copy, Span<char>(text, size));
}

size_t mote_escape_name(mote_string name, char* text, size_t size) {
  return escape_name(StringView(name.data, name.size), Span<char>(text, size));
}

const char* mote_type_name(mote_type type) { return name_of(static_cast<ValueType>(type)); }
