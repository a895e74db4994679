// Judges outcomes: what the suite expects, and whether that is what happened. Shared by the runner
// of scripts and the player of digests; freestanding, so that it runs on microcontrollers, too.
#pragma once

#include <mote/mote.hpp>

namespace mote::spec {

// A value that a script expects, or gives as an argument.
struct Expected {
  // The numbers are those of the digest.
  enum Kind : uint8_t {
    kOther = 0,  // a value that the judge does not know: equals nothing
    kI32 = 1,
    kI64 = 2,
    kF32 = 3,
    kF64 = 4,
    kF32Canonical = 5,  // NaN classes, 4.3.3
    kF64Canonical = 6,
    kF32Arithmetic = 7,
    kF64Arithmetic = 8,
    kNull = 9,  // null of whatever type
    kFuncNull = 10,
    kFuncAny = 11,  // not null
    kExternNull = 12,
    kExtern = 13,  // `bits`: the host's number
    kExternAny = 14,
    kEither = 15,  // not for the judge: several of the others
  };
  Kind kind = kOther;
  uint64_t bits = 0;
};

bool matches(const Expected& expected, const Value& actual);
// False: there is no such argument.
bool argument_of(const Expected& given, Value* value);

// Whether this build means to pass all of a feature class ("1.0", "2.0", "gc", ...).
bool is_supported(StringView feature_class);
// The class of a module, from what it uses.
StringView class_of(const Module& module);
// kNone: the class is not one feature.
Feature feature_named(StringView name);

// The suite appends an index to some texts ("uninitialized element 2").
bool same_text(StringView expected, StringView actual);

// Why an assertion is not judged.
enum class SkipReason : uint8_t {
  kClass,            // its class needs something that is not built in
  kRefusedModule,    // it depends on an instance of a module that was refused
  kNotLoaded,        // it depends on a module that did not load
  kTextModule,       // a module in the text format
  kAssertException,  // a command that the player does not have
  kObsoleteTables,
  kObsoleteMemories,
  kTooBig,        // the RAM of this machine does not hold it
  kFeatureFirst,  // kFeatureFirst + n: it needs feature n
};
constexpr uint8_t kSkipReasons =
    static_cast<uint8_t>(SkipReason::kFeatureFirst) + static_cast<uint8_t>(Feature::kCount);

// The text of a reason; "needs" stands for "needs " and the feature or class.
const char* text_of(SkipReason reason);
constexpr SkipReason needs(Feature feature) {
  return static_cast<SkipReason>(static_cast<uint8_t>(SkipReason::kFeatureFirst) +
                                 static_cast<uint8_t>(feature));
}

struct Verdict {
  enum Kind : uint8_t { kPassed, kFailed, kSkipped };
  Kind kind = kPassed;
  SkipReason reason = SkipReason::kClass;  // kSkipped
  const char* why = "";                    // kFailed
  Error error;                             // kFailed: what happened instead
};
constexpr Verdict passed() { return {}; }
inline Verdict failed(const char* why, const Error& error = {}) {
  return {Verdict::kFailed, SkipReason::kClass, why, error};
}
inline Verdict skipped(SkipReason reason) { return {Verdict::kSkipped, reason, "", {}}; }

// assert_malformed (`malformed`), assert_invalid: `error` is what loading ended with,
// `class_is_supported` that of the assertion's class.
Verdict judge_refused(const Error& error, StringView text, bool malformed, bool class_is_supported);
// assert_unlinkable (`by_link`), assert_uninstantiable. `registered_missing`: a module that was
// refused should have been there to import from.
Verdict judge_not_instantiated(const Error& error, StringView text, bool by_link,
                               bool registered_missing);

}  // namespace mote::spec
