// Rounding floats to integers (ceil, floor, trunc, nearest; 4.3.3).
#pragma once

#include <stdint.h>

namespace mote::detail {

enum class Rounding : uint8_t { kUp, kDown, kToZero, kToEven };

// NaNs are returned as they are. Made of integer operations: it serves machines without
// instructions for this, whose C libraries are not to be relied on (picolibc 1.8 loses the carry
// between the words of a double: ceil(0x1.fffffffffffffp+51) is one unit of the high word too
// small).
float round_float(float value, Rounding rounding);
double round_float(double value, Rounding rounding);

}  // namespace mote::detail
