// Judges outcomes: see judge.hpp.
#include "judge.hpp"

namespace mote::spec {

namespace {

// 4.3.3: a canonical NaN has only the top bit of its payload set, an arithmetic one at least that.
bool is_nan(const Value& value, ValueType type, bool canonical) {
  if (value.type != type) return false;
  const bool is_f32 = type == ValueType::kF32;
  const uint64_t sign = is_f32 ? uint64_t{1} << 31 : uint64_t{1} << 63;
  const uint64_t quiet = is_f32 ? 0x7FC00000 : 0x7FF8000000000000;
  if (canonical) return (value.bits & ~sign) == quiet;
  return (value.bits & quiet) == quiet;
}

bool is_at_level(Feature feature, StringView level) {
  return StringView(level_of(feature)) == level;
}

Feature feature_at(uint8_t index) { return static_cast<Feature>(index); }

}  // namespace

bool matches(const Expected& expected, const Value& actual) {
  const auto is = [&](ValueType type) {
    return actual.type == type && actual.bits == expected.bits;
  };
  switch (expected.kind) {
    case Expected::kI32: return is(ValueType::kI32);
    case Expected::kI64: return is(ValueType::kI64);
    case Expected::kF32: return is(ValueType::kF32);
    case Expected::kF64: return is(ValueType::kF64);
    case Expected::kF32Canonical: return is_nan(actual, ValueType::kF32, true);
    case Expected::kF64Canonical: return is_nan(actual, ValueType::kF64, true);
    case Expected::kF32Arithmetic: return is_nan(actual, ValueType::kF32, false);
    case Expected::kF64Arithmetic: return is_nan(actual, ValueType::kF64, false);
    case Expected::kNull: return actual.is_null();
    case Expected::kFuncNull: return actual.type == ValueType::kFuncRef && actual.is_null();
    case Expected::kFuncAny: return actual.type == ValueType::kFuncRef && !actual.is_null();
    case Expected::kExternNull: return actual.type == ValueType::kExternRef && actual.is_null();
    case Expected::kExternAny: return actual.type == ValueType::kExternRef && !actual.is_null();
    case Expected::kExtern:
      return actual.type == ValueType::kExternRef && !actual.is_null() &&
             actual.as_extern() == expected.bits;
    case Expected::kOther:
    case Expected::kEither: break;
  }
  return false;
}

bool argument_of(const Expected& given, Value* value) {
  switch (given.kind) {
    case Expected::kI32: *value = {ValueType::kI32, given.bits}; return true;
    case Expected::kI64: *value = {ValueType::kI64, given.bits}; return true;
    case Expected::kF32: *value = {ValueType::kF32, given.bits}; return true;
    case Expected::kF64: *value = {ValueType::kF64, given.bits}; return true;
    case Expected::kFuncNull: *value = Value::null(ValueType::kFuncRef); return true;
    case Expected::kExternNull: *value = Value::null(ValueType::kExternRef); return true;
    case Expected::kExtern:
      *value = Value::extern_ref(static_cast<uint32_t>(given.bits));
      return true;
    default: return false;
  }
}

bool is_supported(StringView feature_class) {
  if (feature_class == "1.0") return true;
  bool is_known = feature_class == "2.0";
  for (uint8_t i = 1; i < static_cast<uint8_t>(Feature::kCount); i++) {
    const Feature feature = feature_at(i);
    if (feature_class == name_of(feature)) return is_built_in(feature);
    // "2.0" here is without SIMD, which is a class of its own.
    if (feature_class == "2.0" && feature != Feature::kSimd && is_at_level(feature, "2.0") &&
        !is_built_in(feature)) {
      is_known = false;
    }
  }
  return is_known;
}

StringView class_of(const Module& module) {
  StringView found = "1.0";
  for (uint8_t i = 1; i < static_cast<uint8_t>(Feature::kCount); i++) {
    const Feature feature = feature_at(i);
    if (!module.uses(feature) || is_at_level(feature, "1.0")) continue;
    if (!is_at_level(feature, "2.0")) return name_of(feature);
    found = "2.0";
  }
  return found;
}

Feature feature_named(StringView name) {
  for (uint8_t i = 1; i < static_cast<uint8_t>(Feature::kCount); i++) {
    if (name == name_of(feature_at(i))) return feature_at(i);
  }
  return Feature::kNone;
}

bool same_text(StringView expected, StringView actual) {
  const size_t size = actual.size();
  if (expected.size() < size || StringView(expected.data(), size) != actual) return false;
  if (expected.size() == size) return true;
  if (expected[size] != ' ') return false;
  for (size_t i = size + 1; i < expected.size(); i++) {
    if (expected[i] < '0' || expected[i] > '9') return false;
  }
  return true;
}

const char* text_of(SkipReason reason) {
  switch (reason) {
    case SkipReason::kRefusedModule: return "a module that was refused";
    case SkipReason::kNotLoaded: return "needs a module that did not load";
    case SkipReason::kTextModule: return "a module in the text format";
    case SkipReason::kAssertException: return "command assert_exception";
    case SkipReason::kObsoleteTables: return "obsolete: several tables are valid since 2.0";
    case SkipReason::kObsoleteMemories: return "obsolete: several memories are valid since 3.0";
    case SkipReason::kTooBig: return "too big for this board";
    default: return "needs";
  }
}

Verdict judge_refused(const Error& error, StringView text, bool malformed,
                      bool class_is_supported) {
  switch (class_of(error.code)) {
    case ErrorClass::kMalformed:
      return malformed ? passed() : failed("malformed instead of invalid", error);
    case ErrorClass::kInvalid:
      return malformed ? failed("invalid instead of malformed", error) : passed();
    case ErrorClass::kUnsupported:
      // It is refused, but for another reason than the one that is tested.
      if (class_is_supported) return failed("refused for a missing feature", error);
      return skipped(needs(error.feature));
    case ErrorClass::kNone:
      // The threads proposal's copy of an older suite, from before there could be several.
      if (text == "multiple tables") return skipped(SkipReason::kObsoleteTables);
      if (text == "multiple memories" && is_built_in(Feature::kMultiMemory)) {
        return skipped(SkipReason::kObsoleteMemories);
      }
      return failed("loads", error);
    default: return failed("does not load, for another reason", error);
  }
}

Verdict judge_not_instantiated(const Error& error, StringView text, bool by_link,
                               bool registered_missing) {
  if (class_of(error.code) != (by_link ? ErrorClass::kLink : ErrorClass::kTrap)) {
    return failed("another outcome", error);
  }
  const StringView actual = text_of(error.code);
  if (error.code == ErrorCode::kUnknownImport && registered_missing && text != actual) {
    return skipped(SkipReason::kRefusedModule);
  }
  // The spectest module has no shared memory here: unlinkable all the same.
  const bool is_shared_memory = error.field_name == StringView("shared_memory");
  if (!is_shared_memory && !same_text(text, actual)) return failed("another text", error);
  return passed();
}

}  // namespace mote::spec
