// mote inspect --ram in a build without the device model.
#include <cstdio>

#include "fit.hpp"

namespace mote::tool {

int fit(const FitOptions&, Feed&) {
  std::fprintf(stderr,
               "mote: this build has no model of a device for --ram. It needs clang for wasm32 and "
               "wasi-libc, and -DMOTE_BUILD_DEVICE_MODEL=ON\n");
  return kExitUsage;
}

}  // namespace mote::tool
