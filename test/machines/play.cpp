// Plays the digest of the official suite (spec-tests/digest_format.hpp) from a file, on any machine
// that has a C library: mote-play FILE.
#include <cstdio>
#include <vector>

#include "digest_player.hpp"

int main(int argc, char** argv) {
  std::FILE* file = argc == 2 ? std::fopen(argv[1], "rb") : nullptr;
  if (file == nullptr) {
    std::fprintf(stderr, "usage: mote-play FILE, which must be readable\n");
    return 64;
  }
  std::vector<uint64_t> ram(size_t{8} << 20);
  mote::spec::PlayerSystem system;
  system.context = file;
  system.read = [](void* context, mote::MutableBytes bytes) {
    return std::fread(bytes.data(), 1, bytes.size(), static_cast<std::FILE*>(context));
  };
  system.print = [](void*, mote::StringView text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
  };
  system.ram = mote::MutableBytes(reinterpret_cast<uint8_t*>(ram.data()), ram.size() * 8);
  system.stack_bytes = 64 * 1024;
  static mote::spec::DigestPlayer player(system);
  const bool ok = player.play();
  std::fclose(file);
  return ok ? 0 : 1;
}
