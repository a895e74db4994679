// See make_error.hpp.
#include "base/make_error.hpp"

namespace mote::detail {

Error make_error(ErrorCode code, uint32_t offset) {
  Error error;
  error.code = code;
  error.offset = offset;
  return error;
}

}  // namespace mote::detail
