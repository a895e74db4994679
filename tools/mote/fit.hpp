// mote inspect --ram: will the module fit a device, and where do the bytes go? See fit.cpp.
#pragma once

#include <string>
#include <vector>

#include "module_file.hpp"

namespace mote::tool {

struct FitOptions {
  std::string file;
  uint64_t ram = 0;    // of the device, bytes
  uint64_t flash = 0;  // 0: not asked
  uint64_t stack = 0;  // of the guest; 0: what the calls need, or kGuestStack without calls
  std::vector<std::string> calls;  // exports to call
  std::string target;              // "": the default ones
  std::string way;                 // "": any of flash, saved, stream
  bool json = false;
  bool ascii = false;
  std::string svg;  // file to write, or ""
};

// Prints the answer. 0: it fits; kExitDoesNotFit; another exit code after a message.
int fit(const FitOptions& options, Feed& feed);

}  // namespace mote::tool
