// mote-digest: makes a digest of the official suite's scripts, or plays one.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "digest.hpp"
#include "digest_player.hpp"

namespace {

namespace fs = std::filesystem;
using Classes = std::map<std::string, std::vector<std::string>>;

// features.json: for each script, run-length coded, the feature class of each command.
Classes read_classes(const fs::path& file) {
  Classes classes;
  std::ifstream in(file);
  const nlohmann::json json = nlohmann::json::parse(in);
  for (const auto& [script, runs] : json.items()) {
    for (const auto& run : runs) {
      classes[script].insert(classes[script].end(), run.at(1).get<size_t>(),
                             run.at(0).get<std::string>());
    }
  }
  return classes;
}

int make(const fs::path& data, const std::string& only, const fs::path& out) {
  std::vector<fs::path> scripts;
  for (const auto& entry : fs::recursive_directory_iterator(data)) {
    if (entry.path().extension() == ".json" && entry.path().filename() != "features.json") {
      scripts.push_back(entry.path());
    }
  }
  std::sort(scripts.begin(), scripts.end());
  Classes classes;
  for (const fs::path& file : {data / "features.json", data / ".." / "features.json"}) {
    if (classes.empty() && fs::exists(file)) classes = read_classes(file);
  }
  mote::spec::Digest digest;
  size_t count = 0;
  for (const fs::path& script : scripts) {
    const std::string name = fs::relative(script, data).generic_string();
    if (name.find(only) == std::string::npos) continue;
    digest.add_script(script, name, classes[name]);
    count++;
  }
  const std::string bytes = digest.bytes();
  std::ofstream file(out, std::ios::binary);
  file << bytes;
  file.close();
  if (!file) throw std::runtime_error("cannot write " + out.string());
  std::printf("%zu scripts, %zu bytes: %s\n", count, bytes.size(), out.c_str());
  return count != 0 ? 0 : 1;
}

int play(const std::string& name, size_t ram_bytes, uint32_t stack_bytes) {
  std::FILE* file = std::fopen(name.c_str(), "rb");
  if (file == nullptr) throw std::runtime_error("cannot read " + name);
  std::vector<uint64_t> ram(ram_bytes / 8);
  mote::spec::PlayerSystem system;
  system.context = file;
  system.read = [](void* context, mote::MutableBytes bytes) {
    return std::fread(bytes.data(), 1, bytes.size(), static_cast<std::FILE*>(context));
  };
  system.print = [](void*, mote::StringView text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
  };
  system.ram = mote::MutableBytes(reinterpret_cast<uint8_t*>(ram.data()), ram.size() * 8);
  system.stack_bytes = stack_bytes;
  static mote::spec::DigestPlayer player(system);
  const bool ok = player.play();
  std::fclose(file);
  std::fprintf(stderr, "store_peak %zu\nguest_stack_peak %u\n", player.store_peak(),
               player.guest_stack_peak());
  return ok ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Makes a digest of the official WebAssembly test suite, or plays one."};
  std::string data, out, only, file;
  size_t ram = size_t{64} << 20;
  uint32_t stack = 64 * 1024;
  app.add_option("--data", data, "folder with the scripts, searched recursively");
  app.add_option("--only", only, "take only scripts whose name contains this");
  app.add_option("--out", out, "the digest to make")->needs("--data");
  app.add_option("--play", file, "the digest to play")->excludes("--data");
  app.add_option("--ram", ram, "bytes of RAM for the store");
  app.add_option("--stack", stack, "how many of them are the guest's stack");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 64;
  }
  try {
    if (!file.empty()) return play(file, ram, stack);
    if (!data.empty() && !out.empty()) return make(data, only, out);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "mote-digest: %s\n", error.what());
    return 2;
  }
  std::fprintf(stderr, "mote-digest: either --data and --out, or --play\n");
  return 64;
}
