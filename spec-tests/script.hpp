// Runs one script of the suite.
#pragma once

#include <cstdint>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "report.hpp"

namespace mote::spec {

// How modules are fed to the loader.
struct Feeding {
  enum Kind { kWhole, kChunks, kRandom };
  Kind kind = kWhole;
  uint32_t chunk = 0;      // kChunks
  std::mt19937 generator;  // kRandom
};

// Runs the script in `file`. `classes`: the feature class of each command, or empty to derive them
// from the modules.
void run_script(const std::filesystem::path& file, const std::string& name,
                const std::vector<std::string>& classes, Feeding& feeding, Report& report);

}  // namespace mote::spec
