// The same guests in wasm3, where its sources are given (MOTE_BENCH_WASM3).
#pragma once

#include <stdint.h>

#include <mote/span.hpp>

namespace bench {

// Loads the module, compiles all its functions and calls "run", each between two marks: regions
// wasm3_load_NAME and wasm3_NAME. Ends the firmware unless the result is `expected`.
void count_wasm3(const char* name, mote::Bytes wasm, int32_t expected);

}  // namespace bench
