// The host module `spectest` that the suite's scripts import from.
#pragma once

#include <mote/mote.hpp>

namespace mote::spec {

// Offers print, print_i32, ... and makes an instance that exports global_i32, table, memory, ...
Error provide_spectest(Store& store);

}  // namespace mote::spec
