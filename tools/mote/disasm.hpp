// mote disasm: a module's instructions and the engine's code side by side.
#pragma once

#include <string>

#include "module_file.hpp"

namespace mote::tool {

// `function`: an index or a name; "" for all. Returns the exit code of the command.
int disassemble(const std::string& path, const std::string& function, Feed& feed);

}  // namespace mote::tool
