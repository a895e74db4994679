// Values of the suite's scripts: reading arguments, comparing results.
#pragma once

#include <mote/mote.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "judge.hpp"

namespace mote::spec {

// A value as the judge takes it; not for `either`.
Expected read_expected(const nlohmann::json& json);

// An argument. False: a type or value that this engine does not know; `*why` says which.
bool read_value(const nlohmann::json& json, Value* value, std::string* why);

// Whether `actual` is what the script expects, NaN classes and `either` included.
bool matches(const nlohmann::json& expected, const Value& actual);

// "i32:42", for messages.
std::string to_text(const Value& value);

}  // namespace mote::spec
