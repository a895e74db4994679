// The same guests in WAMR, where its sources are given (MOTE_BENCH_WAMR).
#pragma once

#include <stdint.h>

#include <mote/span.hpp>

namespace bench {

// Loads and instantiates the module and calls "run", each between two marks: regions wamr_load_NAME
// and wamr_NAME. Ends the firmware unless the result is `expected`.
void count_wamr(const char* name, mote::Bytes wasm, int32_t expected);

}  // namespace bench
