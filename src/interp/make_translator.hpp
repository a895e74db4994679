// The translator, as the loader sees it: what takes function bodies (see translator.hpp).
#pragma once

#include "base/arena.hpp"
#include "loader/module_decoder.hpp"

namespace mote::detail {

// Makes a translator in scratch memory. Null: no memory.
CodeSink* make_translator(Arena& arena);

}  // namespace mote::detail
