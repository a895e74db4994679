// mote run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "debug_module.hpp"
#include "module_file.hpp"

namespace mote::tool {

struct RunOptions {
  std::string file;
  std::vector<std::string> arguments;
  std::string invoke;  // "": run _start
  bool has_invoke = false;
  uint64_t fuel = UINT64_MAX;
  uint64_t memory = uint64_t{1} << 30;
  uint64_t stack = 0;                    // 0: a share of the memory
  std::vector<std::string> directories;  // HOST or HOST::GUEST
  std::vector<std::string> environment;  // NAME=value
  Feed feed;
  bool report = false;
  bool debug_info = false;
  bool trace = false;
  bool profile = false;
  std::string profile_stacks;  // a file, or ""
  DebugModule loaded;          // with what was asked for to debug the guest
};

// Returns the exit code of the command.
int run(RunOptions& options);

}  // namespace mote::tool
