// Semihosting: a debugger or an emulator acts for the program. The operations used here are the
// same for Arm and RISC-V ("Semihosting for AArch32 and AArch64", release 2.0; "RISC-V
// Semihosting", 0.3); the call differs, see semihosting_call.cpp of the processor.
#pragma once

#include <stdint.h>

namespace mote::port {

enum class Semihosting : uint32_t {
  kOpen = 0x01,
  kWrite = 0x05,
  kRead = 0x06,
  kClock = 0x10,  // hundredths of a second since the start
  kTime = 0x11,   // seconds since 1970
  kGetCommandLine = 0x15,
  kExitExtended = 0x20,
};

// `argument` points to the operation's block of words, for those that have one.
uintptr_t semihosting_call(Semihosting operation, const uintptr_t* argument);

}  // namespace mote::port
