// mote save: translating a module once, for running it in place.
#pragma once

#include <string>

#include "module_file.hpp"

namespace mote::tool {

// Loads `file` and writes its image to `output`. Returns the exit code of the command.
int save(const std::string& file, const std::string& output, Feed& feed);

}  // namespace mote::tool
