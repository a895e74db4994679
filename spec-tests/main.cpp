// mote-spec: runs the official test suite, converted to JSON scripts (wast2json's schema).
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "report.hpp"
#include "script.hpp"

namespace {

namespace fs = std::filesystem;
using Classes = std::map<std::string, std::vector<std::string>>;

// features.json: for each script, run-length coded, the feature class of each command.
bool read_classes(const fs::path& file, Classes* out) {
  std::ifstream in(file);
  if (!in) return false;
  try {
    const nlohmann::json json = nlohmann::json::parse(in);
    for (const auto& [script, runs] : json.items()) {
      std::vector<std::string>& list = (*out)[script];
      for (const auto& run : runs) {
        list.insert(list.end(), run.at(1).get<size_t>(), run.at(0).get<std::string>());
      }
    }
  } catch (const nlohmann::json::exception& error) {
    std::fprintf(stderr, "mote-spec: %s: %s\n", file.c_str(), error.what());
    return false;
  }
  return true;
}

// A folder that is removed with all it holds.
struct TemporaryFolder {
  fs::path path;
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path.empty()) fs::remove_all(path, ignored);
  }
};

// Unpacks `archive` with tar into a new temporary folder.
bool unpack(const fs::path& archive, TemporaryFolder* out) {
  std::string name = (fs::temp_directory_path() / "mote-spec-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) return false;
  out->path = name;
  std::string file = archive.string();
  std::string words[] = {"tar", "-xf", file, "-C", name};
  char* arguments[] = {words[0].data(), words[1].data(), words[2].data(),
                       words[3].data(), words[4].data(), nullptr};
  pid_t child = 0;
  int status = 0;
  return posix_spawnp(&child, "tar", nullptr, nullptr, arguments, environ) == 0 &&
         waitpid(child, &status, 0) == child && status == 0;
}

std::vector<fs::path> find_scripts(const fs::path& folder) {
  std::vector<fs::path> scripts;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".json" && entry.path().filename() != "features.json") {
      scripts.push_back(entry.path());
    }
  }
  std::sort(scripts.begin(), scripts.end());
  return scripts;
}

int data_absent() {
  std::printf(
      "THE OFFICIAL TEST SUITE IS ABSENT: nothing was tested.\n"
      "Set MOTE_SPEC_TESTS to a folder that has it, or make one with spec-tests/get-suite.sh,\n"
      "and pass it with --data.\n"
      "0 passed, 0 failed, 1 skipped\n");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Runs the official WebAssembly test suite (JSON scripts as wast2json writes them)."};
  std::string data;
  std::string feed;
  std::string features;
  std::string only;
  uint32_t seed = 1;
  bool verbose = false;
  app.add_option(
      "--data", data,
      "folder with the scripts, searched recursively, or with spec-json.tar.xz; default: "
      "MOTE_SPEC_TESTS, else what the build unpacked");
  app.add_option("--feed", feed, "bytes per chunk when loading a module, or 'random'");
  app.add_option("--seed", seed, "seed for --feed random");
  app.add_option("--features", features, "features.json; default: in the data folder or above it");
  app.add_option("--only", only, "run only scripts whose name contains this");
  app.add_flag("--verbose", verbose, "print every failure, and each script's name");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 64;
  }

  mote::spec::Feeding feeding;
  if (feed == "random") {
    feeding.kind = mote::spec::Feeding::kRandom;
    feeding.generator.seed(seed);
    std::printf("feeding random pieces, seed %u\n", seed);
  } else if (!feed.empty()) {
    char* end = nullptr;
    feeding.kind = mote::spec::Feeding::kChunks;
    feeding.chunk = static_cast<uint32_t>(std::strtoul(feed.c_str(), &end, 10));
    if (*end != 0 || feeding.chunk == 0) {
      std::fprintf(stderr, "mote-spec: --feed takes a number of bytes above 0, or 'random'\n");
      return 64;
    }
  }

  const char* from_environment = std::getenv("MOTE_SPEC_TESTS");
  if (data.empty() && from_environment != nullptr) data = from_environment;
  if (data.empty()) data = MOTE_SPEC_DATA;
  if (data.empty() || !fs::is_directory(data)) return data_absent();
  // The classes lie beside the archive, the scripts in it.
  const fs::path given = data;
  TemporaryFolder unpacked;
  std::vector<fs::path> scripts = find_scripts(data);
  if (scripts.empty() && fs::exists(given / "spec-json.tar.xz")) {
    if (!unpack(given / "spec-json.tar.xz", &unpacked)) {
      std::fprintf(stderr, "mote-spec: cannot unpack %s/spec-json.tar.xz\n", data.c_str());
      return 2;
    }
    data = unpacked.path.string();
    scripts = find_scripts(data);
  }
  if (scripts.empty()) {
    std::fprintf(stderr, "mote-spec: %s has no .json scripts\n", given.c_str());
    return 2;
  }
  Classes classes;
  if (!features.empty()) {
    if (!read_classes(features, &classes)) {
      std::fprintf(stderr, "mote-spec: cannot read %s\n", features.c_str());
      return 2;
    }
  } else if (!read_classes(given / "features.json", &classes)) {
    if (!read_classes(given / ".." / "features.json", &classes)) {
      std::printf("no features.json: classes are derived from the modules\n");
    }
  }

  mote::spec::Report report(verbose ? UINT32_MAX : 50);
  for (const fs::path& script : scripts) {
    const std::string name = fs::relative(script, data).generic_string();
    if (name.find(only) == std::string::npos) continue;
    if (verbose) std::fprintf(stderr, "%s\n", name.c_str());
    const auto known = classes.find(name);
    mote::spec::run_script(script, name,
                           known == classes.end() ? std::vector<std::string>() : known->second,
                           feeding, report);
  }
  report.print();
  return report.failed() == 0 && report.passed() != 0 ? 0 : 1;
}
