// Instantiation with imports by position (see mote/extern.hpp).
#define MOTE_IMPORTS_BY_POSITION
#include "runtime/instantiate.cpp"  // NOLINT(bugprone-suspicious-include): the same code twice
