// Errors that are nothing but a code, and perhaps a place in the module.
#pragma once

#include <mote/error.hpp>

namespace mote::detail {

Error make_error(ErrorCode code, uint32_t offset = kNoIndex);

}  // namespace mote::detail
