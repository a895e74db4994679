// mote-damage: every module of the official suite, cut off after each byte and with each byte
// damaged. Each must load or be refused: with an offset inside the input, the same whether fed
// whole or in two pieces, and with all memory given back. What loads is instantiated and run with
// little fuel: any outcome is right that is an outcome.
//
//   mote-damage --data FOLDER [--one-in N] [--seed N]
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mote/mote.hpp>
#include <random>
#include <set>
#include <vector>

#include "spectest.hpp"

namespace mote::spec {
namespace {

namespace fs = std::filesystem;

constexpr size_t kStoreBytes = size_t{4} << 20;
constexpr uint32_t kStackBytes = 16 * 1024;
constexpr uint64_t kFuel = 200;

// How a byte is damaged: each bit alone, all of them, and three values that mean something to many
// parts of the format (0, the longest LEB128 byte, `end`).
constexpr int kDamages = 12;
uint8_t damaged(uint8_t byte, int way) {
  switch (way) {
    case 8: return static_cast<uint8_t>(~byte);
    case 9: return 0;
    case 10: return 0xFF;
    case 11: return 0x0B;
    default: return static_cast<uint8_t>(byte ^ 1u << way);
  }
}

struct Counts {
  uint64_t inputs = 0;
  uint64_t loaded = 0;
  uint64_t instantiated = 0;
  uint64_t calls = 0;
  uint64_t failed = 0;
};

class Damage {
 public:
  Damage() : memory_(kStoreBytes), store_(MutableBytes(memory_.data(), memory_.size())) {}

  // `cut`: where the second way of feeding cuts.
  void try_input(const std::string& name, const char* what, size_t at,
                 const std::vector<uint8_t>& input, size_t cut) {
    counts_.inputs++;
    Error problem = store_.reset();
    if (problem.ok()) problem = provide_spectest(store_);
    if (!problem.ok()) return fail(name, what, at, "the spectest module does not load", problem);
    const MemoryReport before = store_.memory();
    const Bytes bytes(input.data(), input.size());
    const Module* module = nullptr;
    const Error error = load(store_, bytes, &module);
    if (error.ok() != (module != nullptr)) return fail(name, what, at, "error and module", error);
    if (!error.ok()) {
      const MemoryReport after = store_.memory();
      if (after.used != before.used || after.scratch != before.scratch) {
        fail(name, what, at, "keeps memory", error);
      }
      if (error.offset != kNoIndex && error.offset > input.size()) {
        fail(name, what, at, "an offset beyond the input", error);
      }
      if (class_of(error.code) == ErrorClass::kTrap || class_of(error.code) == ErrorClass::kUsage) {
        fail(name, what, at, "an error that is none of loading", error);
      }
    }
    // Copies of their own, so that the sanitizers see a use after feed() returns.
    const std::vector<uint8_t> first(bytes.begin(), bytes.begin() + cut);
    const std::vector<uint8_t> second(bytes.begin() + cut, bytes.end());
    const Module* again = nullptr;
    Error other;
    {
      Loader loader(store_);
      loader.feed(Bytes(first.data(), first.size()));
      loader.feed(Bytes(second.data(), second.size()));
      other = loader.finish(&again);
    }
    if (other.code != error.code || other.offset != error.offset || other.index != error.index ||
        other.function != error.function || other.feature != error.feature) {
      fail(name, what, at, "another error in pieces", other);
    }
    if (again == nullptr) return;
    counts_.loaded++;
    run(*again);
  }

  const Counts& counts() const { return counts_; }

 private:
  void run(const Module& module) {
    Instance* instance = nullptr;
    if (!store_.instantiate(&module, &instance).ok()) return;
    counts_.instantiated++;
    Execution execution(store_, kStackBytes);
    if (!execution.error().ok()) return;
    execution.set_fuel(kFuel);
    if (!execution.start_instance(instance).ok()) return;
    const RunState started = execution.resume();
    if (started != RunState::kDone) return;
    for (uint32_t i = 0; i < module.export_count(); i++) {
      const ExportInfo info = module.export_at(i);
      if (info.type.kind != ExternKind::kFunction) continue;
      std::vector<Value> arguments;
      for (const ValueType type : info.type.function.parameter_types()) {
        arguments.push_back({type, is_reference(type) ? 0u : 1u});
      }
      execution.cancel();
      execution.set_fuel(kFuel);
      counts_.calls++;
      const RunState state = execution.run({instance, info.index},
                                           Span<const Value>(arguments.data(), arguments.size()));
      if (state != RunState::kDone) continue;
      for (uint32_t result = 0; result < execution.result_count(); result++)
        execution.result(result);
    }
  }

  void fail(const std::string& name, const char* what, size_t at, const char* why,
            const Error& error) {
    counts_.failed++;
    if (counts_.failed > 50) return;
    char text[256];
    describe(error, text);
    std::printf("FAILED: %s, %s at %zu: %s (%s)\n", name.c_str(), what, at, why, text);
  }

  std::vector<uint8_t> memory_;
  Store store_;
  Counts counts_;
};

std::vector<fs::path> find_modules(const fs::path& folder) {
  std::vector<fs::path> modules;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".wasm") modules.push_back(entry.path());
  }
  std::sort(modules.begin(), modules.end());
  return modules;
}

}  // namespace
}  // namespace mote::spec

int main(int argc, char** argv) {
  using namespace mote::spec;
  CLI::App app{"Loads every module of the official suite truncated and damaged at each byte."};
  std::string data;
  uint32_t one_in = 1;
  uint32_t seed = 1;
  app.add_option("--data", data, "folder with the suite's modules, searched recursively")
      ->required();
  app.add_option("--one-in", one_in, "try this fraction of the inputs only, chosen at random");
  app.add_option("--seed", seed, "of that choice");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 64;
  }
  std::vector<fs::path> files;
  if (fs::is_directory(data)) files = find_modules(data);
  if (files.empty()) {
    std::printf(
        "THE OFFICIAL TEST SUITE IS ABSENT: nothing was tested.\n"
        "0 passed, 0 failed, 1 skipped\n");
    return 0;
  }

  std::minstd_rand generator(seed);
  const auto is_chosen = [&] { return one_in <= 1 || generator() % one_in == 0; };
  Damage damage;
  std::set<std::vector<uint8_t>> seen;
  uint64_t bytes_of_modules = 0;
  for (const fs::path& file : files) {
    std::ifstream in(file, std::ios::binary);
    const std::vector<uint8_t> whole{std::istreambuf_iterator<char>(in), {}};
    if (!seen.insert(whole).second) continue;
    bytes_of_modules += whole.size();
    const std::string name = fs::relative(file, data).generic_string();
    for (size_t at = 0; at < whole.size(); at++) {
      if (is_chosen()) {
        const std::vector<uint8_t> input(whole.begin(), whole.begin() + at);
        damage.try_input(name, "cut off", at, input, generator() % (at + 1));
      }
      for (int way = 0; way < kDamages; way++) {
        const uint8_t byte = damaged(whole[at], way);
        if (byte == whole[at] || !is_chosen()) continue;
        std::vector<uint8_t> input = whole;
        input[at] = byte;
        damage.try_input(name, "damaged", at, input, at);
      }
    }
  }
  const Counts& counts = damage.counts();
  std::printf(
      "%zu different modules of %llu bytes: %llu inputs, of which %llu load and %llu can be\n"
      "instantiated; %llu calls\n",
      seen.size(), static_cast<unsigned long long>(bytes_of_modules),
      static_cast<unsigned long long>(counts.inputs),
      static_cast<unsigned long long>(counts.loaded),
      static_cast<unsigned long long>(counts.instantiated),
      static_cast<unsigned long long>(counts.calls));
  std::printf(
      "%llu passed, %llu failed, 0 skipped\n",
      static_cast<unsigned long long>(counts.inputs - std::min(counts.inputs, counts.failed)),
      static_cast<unsigned long long>(counts.failed));
  return counts.failed == 0 ? 0 : 1;
}
