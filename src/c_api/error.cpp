// Errors of the C API (see mote/mote.h).
#include "c_api/c_api.hpp"

using namespace mote;

const char* mote_error_text(mote_error_code code) { return text_of(static_cast<ErrorCode>(code)); }

mote_error_class mote_class_of(mote_error_code code) {
  return static_cast<mote_error_class>(class_of(static_cast<ErrorCode>(code)));
}

const char* mote_feature_name(mote_feature feature) {
  return name_of(static_cast<Feature>(feature));
}

bool mote_is_built_in(mote_feature feature) { return is_built_in(static_cast<Feature>(feature)); }

size_t mote_describe(const mote_error* error, char* text, size_t size) {
  Error copy;
  memcpy(static_cast<void*>(&copy), error, sizeof copy);
  return describe(copy, Span<char>(text, size));
}
