// mote validate and mote inspect.
#pragma once

#include <string>
#include <vector>

#include "module_file.hpp"

namespace mote::tool {

int validate(const std::vector<std::string>& files, Feed& feed);
int inspect(const std::string& file, bool json, Feed& feed);

}  // namespace mote::tool
