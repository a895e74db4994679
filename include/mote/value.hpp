// Values and types of the guest (specification 2.3 and 4.2.1).
//
// Nothing here takes memory or fails. Takes constant time where no cost is given.
#pragma once

#include <stdint.h>
#include <string.h>

#include <mote/span.hpp>

namespace mote {

// Value types with the byte that the binary format gives them (5.3.1 to 5.3.4). kNone stands for
// "no type" in errors, and for the unknown type of unreachable code inside the validator.
enum class ValueType : uint8_t {
  kNone = 0x00,
  kI32 = 0x7F,
  kI64 = 0x7E,
  kF32 = 0x7D,
  kF64 = 0x7C,
  kV128 = 0x7B,
  kFuncRef = 0x70,
  kExternRef = 0x6F,
};

// Whether it is funcref or externref.
constexpr bool is_reference(ValueType type) {
  return type == ValueType::kFuncRef || type == ValueType::kExternRef;
}

// "i32", "funcref", ..., "nothing" for kNone. The text is constant, never null.
const char* name_of(ValueType type);

// Parameters and results of a function (2.3.8). The type lists live in the module, or in the
// constant table of a host function.
struct FunctionType {
  const ValueType* parameters = nullptr;  // as many as the count says; null if there are none
  const ValueType* results = nullptr;     // as many as the count says; null if there are none
  uint16_t parameter_count = 0;           // at most 1000 in a module, 16 in a C++ host function
  uint16_t result_count = 0;              // at most 1000 in a module, 1 in a C++ host function

  // The parameters, in order; empty if there are none.
  constexpr Span<const ValueType> parameter_types() const { return {parameters, parameter_count}; }
  // The results, in order; empty if there are none.
  constexpr Span<const ValueType> result_types() const { return {results, result_count}; }
};

// Whether both have the same lists: types are equal by structure. Cost: the number of parameters
// and results.
bool operator==(const FunctionType& a, const FunctionType& b);
// Whether they differ. Cost: as above.
inline bool operator!=(const FunctionType& a, const FunctionType& b) { return !(a == b); }

// A reference as guests hold it: 0 is null. A funcref names a function of the store; an externref
// holds a number of the host's choice (see Value::extern_ref). Guests can neither make nor read
// the number.
using Reference = uint32_t;

// One guest value: a type and its bits. Floats are kept as bits so that NaN payloads survive.
struct Value {
  ValueType type = ValueType::kNone;  // kNone: not a value
  uint64_t bits = 0;                  // those above the width of the type are zero

  // An i32.
  static Value i32(int32_t v) { return {ValueType::kI32, static_cast<uint32_t>(v)}; }
  // An i64.
  static Value i64(int64_t v) { return {ValueType::kI64, static_cast<uint64_t>(v)}; }
  // An f32; the bits of a NaN stay as they are.
  static Value f32(float v) {
    uint32_t b;
    memcpy(&b, &v, sizeof b);
    return {ValueType::kF32, b};
  }
  // An f64; the bits of a NaN stay as they are.
  static Value f64(double v) {
    uint64_t b;
    memcpy(&b, &v, sizeof b);
    return {ValueType::kF64, b};
  }
  // The null reference of this type.
  static Value null(ValueType reference_type) { return {reference_type, 0}; }
  // `handle` is any number below 0xFFFFFFFF that means something to the host.
  static Value extern_ref(uint32_t handle) {
    return {ValueType::kExternRef, static_cast<uint64_t>(handle) + 1};
  }

  // The value as an i32; only if it is one. So with the others.
  int32_t as_i32() const { return static_cast<int32_t>(static_cast<uint32_t>(bits)); }
  // As an i64.
  int64_t as_i64() const { return static_cast<int64_t>(bits); }
  // As an f32.
  float as_f32() const {
    const uint32_t b = static_cast<uint32_t>(bits);
    float v;
    memcpy(&v, &b, sizeof v);
    return v;
  }
  // As an f64.
  double as_f64() const {
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
  }
  // Whether it is a null reference.
  bool is_null() const { return is_reference(type) && bits == 0; }
  // Only for an externref that is not null.
  uint32_t as_extern() const { return static_cast<uint32_t>(bits - 1); }
};

}  // namespace mote
