// A module with its bytes, for commands that look into it.
#pragma once

#include <memory>
#include <mote/mote.hpp>
#include <string>
#include <vector>

#include "debug_info.hpp"
#include "module_bytes.hpp"
#include "module_file.hpp"

namespace mote::tool {

struct DebugModule {
  std::vector<uint8_t> bytes;
  const Module* module = nullptr;
  std::unique_ptr<ModuleBytes> parts;
  std::unique_ptr<DebugInfo> debug_info;  // if read_debug_info() was called

  // Warns on stderr if there is none, or if it is damaged.
  void read_debug_info(const std::string& path);
};

// Loads the module at `path`, but no image of saved code. 0, or an exit code after a message.
int load_debug_module(Store& store, const std::string& path, Feed& feed, DebugModule* loaded);

// "function 3 "name"", escaped.
std::string function_text(const Module& module, uint32_t function);
// "byte offset 76 (0x4c)".
std::string offset_text(uint32_t offset);

// Prints the frames of an execution that has stopped on stderr, with source lines if `debug_info`
// is not null.
void print_backtrace(const Execution& execution, const DebugInfo* debug_info);

// mote where: prints where bytes of the module come from. Returns the exit code of the command.
int where(const std::string& path, const std::vector<std::string>& offsets);

}  // namespace mote::tool
