// Arguments and results as text: see values.hpp.
#include "values.hpp"

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace mote::tool {

namespace {

// Any integer that fits `bits` bits, signed or unsigned.
bool parse_integer(const std::string& text, uint32_t bits, uint64_t* value) {
  const bool negative = !text.empty() && text[0] == '-';
  const size_t start = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  const bool hexadecimal = text.compare(start, 2, "0x") == 0 || text.compare(start, 2, "0X") == 0;
  const std::string digits = text.substr(start + (hexadecimal ? 2 : 0));
  const char* allowed = hexadecimal ? "0123456789abcdefABCDEF" : "0123456789";
  if (digits.empty() || digits.find_first_not_of(allowed) != std::string::npos) return false;
  errno = 0;
  const uint64_t magnitude = std::strtoull(digits.c_str(), nullptr, hexadecimal ? 16 : 10);
  if (errno != 0) return false;
  const uint64_t highest = bits == 64 ? UINT64_MAX : (uint64_t{1} << bits) - 1;
  const uint64_t lowest = uint64_t{1} << (bits - 1);
  if (magnitude > (negative ? lowest : highest)) return false;
  *value = (negative ? 0 - magnitude : magnitude) & highest;
  return true;
}

bool is_whole(const std::string& text, const char* end) {
  return !text.empty() && *end == 0 && !std::isspace(static_cast<unsigned char>(text[0]));
}

std::string print_float(double value, int digits) {
  if (std::isnan(value)) return std::signbit(value) ? "-nan" : "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  char text[64];
  std::snprintf(text, sizeof text, "%.*g", digits, value);
  return text;
}

}  // namespace

bool parse_value(const std::string& text, ValueType type, Value* value) {
  value->type = type;
  char* end = nullptr;
  switch (type) {
    case ValueType::kI32: return parse_integer(text, 32, &value->bits);
    case ValueType::kI64: return parse_integer(text, 64, &value->bits);
    case ValueType::kF32:
      *value = Value::f32(std::strtof(text.c_str(), &end));
      return is_whole(text, end);
    case ValueType::kF64:
      *value = Value::f64(std::strtod(text.c_str(), &end));
      return is_whole(text, end);
    case ValueType::kFuncRef:
    case ValueType::kExternRef:
      if (text == "null") {
        *value = Value::null(type);
        return true;
      }
      if (type == ValueType::kExternRef && parse_integer(text, 32, &value->bits) &&
          value->bits != 0xFFFFFFFF) {
        *value = Value::extern_ref(static_cast<uint32_t>(value->bits));
        return true;
      }
      return false;
    default: return false;
  }
}

std::string print_value(const Value& value) {
  const std::string type = std::string(name_of(value.type)) + ":";
  switch (value.type) {
    case ValueType::kI32: return type + std::to_string(value.as_i32());
    case ValueType::kI64: return type + std::to_string(value.as_i64());
    case ValueType::kF32: return type + print_float(static_cast<double>(value.as_f32()), 9);
    case ValueType::kF64: return type + print_float(value.as_f64(), 17);
    case ValueType::kExternRef:
      return type + (value.is_null() ? "null" : std::to_string(value.as_extern()));
    default: return type + (value.is_null() ? "null" : "function");
  }
}

}  // namespace mote::tool
