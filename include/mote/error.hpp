// One error type for everything that can fail: what, where, and the details a person needs.
//
// Nothing here takes memory or fails. Takes constant time where no cost is given.
#pragma once

#include <stdint.h>

#include <mote/span.hpp>
#include <mote/value.hpp>

namespace mote {

// Kinds of errors: see mote/errors.def.
enum class ErrorClass : uint8_t {
  kNone,
  kMalformed,
  kInvalid,
  kUnsupported,
  kLimit,
  kMemory,
  kLink,
  kTrap,
  kUsage,
};

// Every error and trap of mote/errors.def, which has the texts. The numbers can change with every
// release.
enum class ErrorCode : uint8_t {
  kOk,  // nothing went wrong
#define MOTE_ERROR(name, error_class, text) name,
#include <mote/errors.def>
#undef MOTE_ERROR
};

// Proposals that a module can need. kNone: Wasm 1.0 is enough.
enum class Feature : uint8_t {
  kNone,  // no proposal
#define MOTE_FEATURE(name, text, level, built_in) name,
#include <mote/features.def>
#undef MOTE_FEATURE
  kCount,  // how many there are, kNone included
};

// Which class `code`, one of the list, belongs to.
ErrorClass class_of(ErrorCode code);
// The text of `code`, one of the list: constant, ends with a zero byte, never null. "" for kOk.
const char* text_of(ErrorCode code);
// The proposal's name ("tail-call", "simd", ...): constant, never null. "" for kNone.
const char* name_of(Feature feature);
// The release of the specification that has the feature ("1.0", "2.0", "3.0") or "proposal":
// constant, never null.
const char* level_of(Feature feature);
// Whether this build supports the feature (see mote/config.hpp).
bool is_built_in(Feature feature);

// No index, no offset, no function.
constexpr uint32_t kNoIndex = 0xFFFFFFFF;

// The outcome of an operation. Cheap to copy; owns nothing. `module_name` and `field_name` point
// into the module and are valid as long as it is.
struct [[nodiscard]] Error {
  ErrorCode code = ErrorCode::kOk;        // what; the texts of it are in mote/errors.def
  Feature feature = Feature::kNone;       // kFeatureOff: which one
  ValueType expected = ValueType::kNone;  // kTypeMismatch
  ValueType actual = ValueType::kNone;    // kTypeMismatch; kNone: the operand stack is empty
  uint32_t offset = kNoIndex;             // in bytes from the start of the module, or kNoIndex
  uint32_t function = kNoIndex;           // funcidx, or kNoIndex
  uint32_t index = kNoIndex;              // the index, count or opcode that is wrong, or kNoIndex
  StringView module_name;                 // link errors: the first name of the import
  StringView field_name;                  // link errors: the second name of the import

  // Whether it is none.
  constexpr bool ok() const { return code == ErrorCode::kOk; }
};

// Writes a name as the text format would (6.3.3): control characters, quotes and backslashes are
// escaped, so that a name can neither command a terminal nor end the line. Cut to fit and
// terminated by a zero byte; returns the length without it. Writes nothing into an empty `buffer`;
// 3 bytes for each of the name and one more are always enough. Cost: the length of the name.
size_t escape_name(StringView name, Span<char> buffer);

// Writes one line for people ("byte offset 42, function 3: type mismatch (expected i32, found
// f32)") into `buffer`, cut to fit and terminated by a zero byte. Returns its length without the
// zero. Writes nothing into an empty `buffer`. Cost: the length of the line, and of the names in
// it.
size_t describe(const Error& error, Span<char> buffer);

}  // namespace mote
