// Loading a module from a file, and telling people what went wrong.
#pragma once

#include <cstdint>
#include <functional>
#include <mote/mote.hpp>
#include <random>
#include <string>

#include "progress.hpp"

namespace mote::tool {

// Exit codes of the command.
constexpr int kExitLoad = 2;       // does not load or link
constexpr int kExitTrap = 3;       // trapped
constexpr int kExitExhausted = 4;  // out of fuel or memory
constexpr int kExitDoesNotFit = 5;
constexpr int kExitUsage = 64;
constexpr int kExitOutput = 74;  // standard output cannot be written
constexpr int kExitInterrupted = 130;

// How many bytes to give to the loader at once, and whether to show how far it is.
struct Feed {
  uint64_t chunk = 0;  // 0: all that was read
  bool is_random = false;
  std::mt19937 generator{1};
  ProgressMode progress = ProgressMode::kAuto;

  // "N" or "random". False: neither.
  bool parse(const std::string& text);
};

// Loads `path` into `store`: a module, or an image of saved code, which then stays in memory until
// the command ends. `on_bytes`, if there is one, sees all bytes of a module; an image is then
// refused. 0, or an exit code after a message on stderr.
int load_file(Store& store, const std::string& path, Feed& feed, const Module** module,
              const std::function<void(Bytes)>& on_bytes = nullptr);

// Prints "mote: PATH: byte offset N, function N \"name\": reason" on stderr. `module` may be null.
// Returns the exit code for the error.
int report_error(const std::string& path, const Error& error, const Module* module);

// "(i32, i64) -> (f32)".
std::string to_text(const FunctionType& type);
// "func (i32) -> ()", "memory 1..2", ...
std::string to_text(const ExternType& type);
inline std::string to_string(StringView text) { return std::string(text.data(), text.size()); }
// For terminals: control characters, quotes and backslashes are escaped.
std::string printable(StringView name);

}  // namespace mote::tool
