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

// The bits of an f32 or f64: where sign and payload of a NaN are.
struct FloatBits {
  uint32_t size;
  uint32_t payload_bits;
  uint64_t canonical() const { return uint64_t{1} << (payload_bits - 1); }
  uint64_t payload_mask() const { return (uint64_t{1} << payload_bits) - 1; }
  uint64_t sign() const { return uint64_t{1} << (size - 1); }
  uint64_t infinity() const { return (sign() - 1) & ~payload_mask(); }
};
constexpr FloatBits kF32Bits = {32, 23};
constexpr FloatBits kF64Bits = {64, 52};

// "nan" or "nan:0x..." (6.3.2), with an optional sign. False: not a NaN; `*valid`: well-formed.
bool parse_nan(const std::string& text, const FloatBits& bits, uint64_t* value, bool* valid) {
  const size_t start = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  if (text.compare(start, 3, "nan") != 0) return false;
  const std::string payload_text = text.substr(start + 3);
  uint64_t payload = bits.canonical();
  *valid = payload_text.empty() ||
           (payload_text.compare(0, 3, ":0x") == 0 &&
            parse_integer(payload_text.substr(1), bits.payload_bits, &payload) && payload != 0);
  *value = bits.infinity() | payload | (text[0] == '-' ? bits.sign() : 0);
  return true;
}

// What strtod read up to `end`: all of the text, and in range (too small becomes 0).
bool is_float(const std::string& text, const char* end, double value) {
  const bool is_whole =
      !text.empty() && *end == 0 && !std::isspace(static_cast<unsigned char>(text[0]));
  return is_whole && !std::isnan(value) &&
         (!std::isinf(value) || text.find_first_of("iI") != std::string::npos);
}

std::string print_float(uint64_t bits, const FloatBits& format, double value, int digits) {
  if (std::isnan(value)) {
    const uint64_t payload = bits & format.payload_mask();
    char text[40];
    std::snprintf(text, sizeof text, "%snan", (bits & format.sign()) != 0 ? "-" : "");
    if (payload == format.canonical()) return text;
    char with_payload[64];
    std::snprintf(with_payload, sizeof with_payload, "%s:0x%llx", text,
                  static_cast<unsigned long long>(payload));
    return with_payload;
  }
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
    case ValueType::kF32: {
      bool valid = false;
      if (parse_nan(text, kF32Bits, &value->bits, &valid)) return valid;
      const float number = std::strtof(text.c_str(), &end);
      *value = Value::f32(number);
      return is_float(text, end, static_cast<double>(number));
    }
    case ValueType::kF64: {
      bool valid = false;
      if (parse_nan(text, kF64Bits, &value->bits, &valid)) return valid;
      const double number = std::strtod(text.c_str(), &end);
      *value = Value::f64(number);
      return is_float(text, end, number);
    }
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
    case ValueType::kF32:
      return type + print_float(value.bits, kF32Bits, static_cast<double>(value.as_f32()), 9);
    case ValueType::kF64: return type + print_float(value.bits, kF64Bits, value.as_f64(), 17);
    case ValueType::kExternRef:
      return type + (value.is_null() ? "null" : std::to_string(value.as_extern()));
    default: return type + (value.is_null() ? "null" : "function");
  }
}

}  // namespace mote::tool
