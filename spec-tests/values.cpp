// Values of the suite's scripts: see values.hpp.
#include "values.hpp"

namespace mote::spec {

namespace {

// Kinds of a number type: a plain number, and the two classes of NaN.
struct NumberType {
  const char* name;
  Expected::Kind kind, canonical, arithmetic;
};
constexpr NumberType kNumberTypes[] = {
    {"i32", Expected::kI32, Expected::kOther, Expected::kOther},
    {"i64", Expected::kI64, Expected::kOther, Expected::kOther},
    {"f32", Expected::kF32, Expected::kF32Canonical, Expected::kF32Arithmetic},
    {"f64", Expected::kF64, Expected::kF64Canonical, Expected::kF64Arithmetic},
};

}  // namespace

Expected read_expected(const nlohmann::json& json) {
  const std::string type = json.at("type");
  const bool has_text = json.contains("value") && json.at("value").is_string();
  const std::string text = has_text ? json.at("value").get<std::string>() : "";
  for (const NumberType& number : kNumberTypes) {
    if (type != number.name || !has_text) continue;
    if (text == "nan:canonical") return {number.canonical, 0};
    if (text == "nan:arithmetic") return {number.arithmetic, 0};
    return {number.kind, std::stoull(text)};
  }
  if (type == "refnull") return {Expected::kNull, 0};
  if (type == "nullfuncref") return {Expected::kFuncNull, 0};
  if (type == "nullexternref") return {Expected::kExternNull, 0};
  if (type == "funcref" && !has_text) return {Expected::kFuncAny, 0};
  if (type == "funcref" && text == "null") return {Expected::kFuncNull, 0};
  if (type == "externref" && !has_text) return {Expected::kExternAny, 0};
  if (type == "externref" && text == "null") return {Expected::kExternNull, 0};
  if (type == "externref") return {Expected::kExtern, std::stoul(text)};
  return {};
}

bool read_value(const nlohmann::json& json, Value* value, std::string* why) {
  if (argument_of(read_expected(json), value)) return true;
  *why = "argument of type " + json.at("type").get<std::string>();
  return false;
}

bool matches(const nlohmann::json& expected, const Value& actual) {
  if (expected.at("type") == "either") {
    for (const auto& choice : expected.at("values")) {
      if (matches(choice, actual)) return true;
    }
    return false;
  }
  return matches(read_expected(expected), actual);
}

std::string to_text(const Value& value) {
  return std::string(name_of(value.type)) + ":" + std::to_string(value.bits);
}

}  // namespace mote::spec
