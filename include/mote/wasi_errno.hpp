// Error numbers of WASI preview 1, for guests and for the functions that a system provides for
// WASI.
#pragma once

#include <stdint.h>

namespace mote::wasi {

// Named after what they mean; the comment has the name in the specification where it differs much.
// Those that only networks and other systems know are left out.
enum Errno : uint32_t {
  kSuccess = 0,
  kAccess = 2,         // acces: the system denies it
  kAgain = 6,          // nothing now, and waiting is not wanted
  kBadDescriptor = 8,  // badf
  kBusy = 10,
  kQuota = 19,         // dquot
  kExists = 20,        // exist
  kFault = 21,         // an address outside the guest's memory
  kFileTooBig = 22,    // fbig
  kBadSequence = 25,   // ilseq
  kInterrupted = 27,   // intr
  kInvalid = 28,       // inval
  kInputOutput = 29,   // io
  kIsDirectory = 31,   // isdir
  kLoop = 32,          // a symbolic link, or too many of them
  kTooManyFiles = 33,  // mfile
  kTooManyLinks = 34,  // mlink
  kNameTooLong = 37,
  kSystemFiles = 41,     // nfile: the whole system has too many open
  kNoDevice = 43,        // nodev
  kNoEntry = 44,         // noent
  kNoMemory = 48,        // nomem
  kNoSpace = 51,         // nospc
  kNotImplemented = 52,  // nosys
  kNotDirectory = 54,    // notdir
  kNotEmpty = 55,
  kNotSocket = 57,     // notsock
  kNotSupported = 58,  // notsup
  kNoSuchDevice = 60,  // nxio
  kOverflow = 61,
  kPermission = 63,  // perm
  kPipe = 64,
  kReadOnly = 69,     // rofs
  kIllegalSeek = 70,  // spipe
  kStale = 72,
  kTextBusy = 74,     // txtbsy
  kCrossDevice = 75,  // xdev
  kNotCapable = 76,   // a right is missing, or the path leads out of its directory
};

}  // namespace mote::wasi
