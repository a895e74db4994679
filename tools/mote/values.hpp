// Arguments and results of functions as text.
#pragma once

#include <mote/value.hpp>
#include <string>

namespace mote::tool {

// Reads a value of `type`. Integers: decimal, signed or unsigned, or 0x hexadecimal; floats: what
// strtod reads (inf and hexadecimal included) if it is in range, or nan, nan:0x200000; references:
// "null", or a number for an externref. False: `text` is not a value of the type.
bool parse_value(const std::string& text, ValueType type, Value* value);

// "i32:42", "f64:0.1", "funcref:null". Numbers are signed; floats have as many digits as tell them
// apart, and the payload of a NaN unless it is the canonical one.
std::string print_value(const Value& value);

}  // namespace mote::tool
