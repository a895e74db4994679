// Values of the suite's scripts: see values.hpp.
#include "values.hpp"

namespace mote::spec {

namespace {

bool number_type(const std::string& name, ValueType* type) {
  for (const ValueType known :
       {ValueType::kI32, ValueType::kI64, ValueType::kF32, ValueType::kF64}) {
    if (name == name_of(known)) {
      *type = known;
      return true;
    }
  }
  return false;
}

// 4.3.3: a canonical NaN has only the top bit of its payload set, an arithmetic one at least that.
bool is_nan(const Value& value, bool canonical) {
  const bool is_f32 = value.type == ValueType::kF32;
  const uint64_t sign = is_f32 ? uint64_t{1} << 31 : uint64_t{1} << 63;
  const uint64_t quiet = is_f32 ? 0x7FC00000 : 0x7FF8000000000000;
  if (canonical) return (value.bits & ~sign) == quiet;
  return (value.bits & quiet) == quiet;
}

}  // namespace

bool read_value(const nlohmann::json& json, Value* value, std::string* why) {
  const std::string type = json.at("type");
  const bool has_text = json.contains("value") && json.at("value").is_string();
  const std::string text = has_text ? json.at("value").get<std::string>() : "";
  if (number_type(type, &value->type) && has_text) {
    value->bits = std::stoull(text);
    return true;
  }
  if (type == "externref" && has_text) {
    *value = text == "null" ? Value::null(ValueType::kExternRef)
                            : Value::extern_ref(static_cast<uint32_t>(std::stoul(text)));
    return true;
  }
  if (type == "funcref" && text == "null") {
    *value = Value::null(ValueType::kFuncRef);
    return true;
  }
  *why = "argument of type " + type;
  return false;
}

bool matches(const nlohmann::json& expected, const Value& actual) {
  const std::string type = expected.at("type");
  if (type == "either") {
    for (const auto& choice : expected.at("values")) {
      if (matches(choice, actual)) return true;
    }
    return false;
  }
  if (type == "refnull") return actual.is_null();
  if (type == "nullfuncref") return actual.type == ValueType::kFuncRef && actual.is_null();
  if (type == "nullexternref") return actual.type == ValueType::kExternRef && actual.is_null();
  if (type != name_of(actual.type)) return false;
  const bool has_text = expected.contains("value") && expected.at("value").is_string();
  if (is_reference(actual.type)) {
    if (!has_text) return !actual.is_null();
    const std::string text = expected.at("value");
    if (text == "null") return actual.is_null();
    return !actual.is_null() && actual.type == ValueType::kExternRef &&
           actual.as_extern() == std::stoul(text);
  }
  if (!has_text) return false;
  const std::string text = expected.at("value");
  if (text == "nan:canonical") return is_nan(actual, true);
  if (text == "nan:arithmetic") return is_nan(actual, false);
  return actual.bits == std::stoull(text);
}

std::string to_text(const Value& value) {
  return std::string(name_of(value.type)) + ":" + std::to_string(value.bits);
}

}  // namespace mote::spec
