// The digest: the suite's scripts as one stream of bytes, which a microcontroller can play with a
// kilobyte of buffer.
//
//   digest  := magic[8] classes texts command* kEnd
//   classes := count string*      the feature classes that commands name by their number, from 1 on
//   texts   := count string*      the error texts that assertions name by their number, from 0 on
//   string  := length byte*       UTF-8
//   command := kind class line length payload[length]
//
// kind and the kinds of values are bytes; all other numbers are unsigned LEB128. class is 0 when
// the class of a command is that of its module; line is the one in the script's source. What a
// payload consists of is said with each kind. A player that does not understand a command can pass
// over it.
//
//   slot    := a number below kSlots: where a script keeps a module; 0 is the latest one
//   field   := string
//   action  := slot field is_get (value*, counted)   is_get is 1 to read a global, without values
//   value   := kind [bits]        see Expected::Kind: 4 bytes for kI32 and kF32, 8 for kI64 and
//   kF64,
//                                 little-endian; a number for kExtern; a string, the type's name,
//                                 for kOther; a count and so many values for kEither; else nothing
//   module  := byte*              the binary module; it ends with the payload
#pragma once

#include <stdint.h>

namespace mote::spec {

constexpr uint8_t kDigestMagic[8] = {'m', 'o', 't', 'e', 's', 'u', 'i', '1'};

enum class Command : uint8_t {
  kEnd = 0,               // nothing follows, not even the rest of a command
  kScript = 1,            // string: its name. A new script begins, with a store of its own
  kRenew = 2,             // nothing: what this script has made so far is never used again
  kModule = 3,            // slot module: load and instantiate
  kModuleDefinition = 4,  // slot module: load
  kModuleText = 5,        // slot: a module in the text format
  kModuleInstance = 6,    // slot slot: instantiate the module of the second one
  kRegister = 7,          // slot string: offer the instance for import
  kAction = 8,            // action
  // Those from here on are assertions, which count.
  kAssertReturn = 9,           // action (value*, counted)
  kAssertTrap = 10,            // text action
  kAssertExhaustion = 11,      // text action
  kAssertException = 12,       // action
  kAssertMalformed = 13,       // text module
  kAssertInvalid = 14,         // text module
  kAssertUnlinkable = 15,      // text module
  kAssertUninstantiable = 16,  // text module
  kAssertText = 17,            // nothing: about a module in the text format
};
constexpr bool is_assertion(Command command) { return command >= Command::kAssertReturn; }

// Limits that a player may rely on.
constexpr uint32_t kMaxClasses = 40;
constexpr uint32_t kMaxTextBytes = 5 * 1024;  // of all strings of both tables
constexpr uint32_t kMaxTexts = 200;
constexpr uint32_t kMaxString = 300;  // names
constexpr uint32_t kMaxArguments = 20;
constexpr uint32_t kSlots = 32;

}  // namespace mote::spec
