// Errors, features and names of types in the C API (see mote/mote.h). A C program can pass any
// number as a code: those that are none are nothing.
#include "c_api/c_api.hpp"

using namespace mote;
using namespace mote::c_api;

namespace {

ErrorCode code_of(uint32_t number) {
  return static_cast<ErrorCode>(number < MOTE_ERROR_CODE_COUNT ? number : 0);
}
bool is_feature(uint32_t number) { return number < MOTE_FEATURE_COUNT; }
Feature feature_of(uint32_t number) {
  return static_cast<Feature>(is_feature(number) ? number : 0);
}

}  // namespace

const char* mote_error_text(mote_error_code code) { return text_of(code_of(number_of(code))); }

mote_error_class mote_class_of(mote_error_code code) {
  return static_cast<mote_error_class>(class_of(code_of(number_of(code))));
}

const char* mote_feature_name(mote_feature feature) {
  return name_of(feature_of(number_of(feature)));
}

const char* mote_feature_level(mote_feature feature) {
  const uint32_t number = number_of(feature);
  return is_feature(number) ? level_of(feature_of(number)) : "";
}

bool mote_is_built_in(mote_feature feature) {
  const uint32_t number = number_of(feature);
  return is_feature(number) && is_built_in(feature_of(number));
}

size_t mote_describe(const mote_error* error, char* text, size_t size) {
  Error copy;
  memcpy(static_cast<void*>(&copy), error, sizeof copy);
  copy.code = code_of(error->code);
  copy.feature = feature_of(error->feature);
  return describe(copy, Span<char>(text, size));
}

size_t mote_escape_name(mote_string name, char* text, size_t size) {
  return escape_name(StringView(name.data, name.size), Span<char>(text, size));
}

const char* mote_type_name(mote_type type) { return name_of(static_cast<ValueType>(type)); }
