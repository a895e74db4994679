// Makes a digest (see digest_format.hpp) from the suite's scripts.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "digest_format.hpp"

namespace mote::spec {

class Digest {
 public:
  Digest();

  // `classes`: the feature class of each command, or empty to leave it to the player. Throws
  // std::runtime_error if the script is not what wast2json writes, or needs more than the limits.
  void add_script(const std::filesystem::path& file, const std::string& name,
                  const std::vector<std::string>& classes);

  // The whole stream.
  std::string bytes() const;

 private:
  friend class ScriptDigest;
  // A list of strings, each with a number.
  struct Numbered {
    std::map<std::string, uint32_t> numbers;
    std::vector<std::string> strings;
    uint32_t number_of(const std::string& text);
  };

  Numbered classes_;
  Numbered texts_;
  std::string commands_;
};

}  // namespace mote::spec
