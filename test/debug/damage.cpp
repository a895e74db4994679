// Reads the debug information of a module with random damage, always the same: damage FILE RUNS. No
// damage may crash, hang, or take much memory; sanitizers see the rest.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

#include "debug_info.hpp"

using namespace mote;
using namespace mote::tool;

namespace {

// Asks for the place of every byte; returns how many have one.
size_t ask_all(const std::vector<uint8_t>& input) {
  // A copy of just its size: the sanitizer sees what lies beyond.
  const std::vector<uint8_t> copy(input);
  const ModuleBytes module(Bytes(copy.data(), copy.size()), 0);
  const DebugInfo info(module);
  size_t known = 0;
  for (uint32_t offset = 0; offset < copy.size(); offset += 3) {
    if (!to_text(info.find(offset)).empty()) known++;
  }
  return known;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 64;
  std::ifstream file(argv[1], std::ios::binary);
  const std::vector<uint8_t> module((std::istreambuf_iterator<char>(file)),
                                    std::istreambuf_iterator<char>());
  if (module.size() < 100 || ask_all(module) == 0) {
    std::fprintf(stderr, "%s: no debug information\n", argv[1]);
    return 1;
  }
  std::minstd_rand generator(1);
  size_t changed = 0;
  const size_t sound = ask_all(module);
  const size_t runs = std::strtoul(argv[2], nullptr, 10);
  for (size_t run = 0; run < runs; run++) {
    std::vector<uint8_t> input(module);
    for (size_t count = 1 + generator() % 4; count != 0; count--) {
      const size_t at = 8 + generator() % (input.size() - 8);
      const uint8_t choices[] = {0, 0xFF, 0x80, static_cast<uint8_t>(generator()),
                                 static_cast<uint8_t>(input[at] ^ 1u << generator() % 8)};
      input[at] = choices[generator() % 5];
    }
    if (generator() % 8 == 0) input.resize(8 + generator() % (input.size() - 8));
    if (ask_all(input) != sound) changed++;
  }
  std::printf("%zu damaged modules, of which %zu lost or gained places\n", runs, changed);
  return changed != 0 ? 0 : 1;
}
