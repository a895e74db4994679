// mote run --profile: see profile.hpp.
#include "profile.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "wasm_text.hpp"

namespace mote::tool {

namespace {
constexpr size_t kListingBytes = size_t{4} << 30;  // reserved, not used
constexpr size_t kShown = 20;
using Count = unsigned long long;
}  // namespace

int Profile::begin(const std::string& path, DebugModule& loaded) {
  if (!Counting::is_possible()) {
    std::fprintf(stderr,
                 "mote: --profile is not possible in this build: it takes the wide encoding and "
                 "dispatch by tail calls\n");
    return kExitUsage;
  }
  loaded_ = &loaded;
  if (loaded.debug_info == nullptr) loaded.debug_info = std::make_unique<DebugInfo>(*loaded.parts);
  memory_ = std::make_unique<linux_port::ReservedMemory>(kListingBytes);
  listing_ = std::make_unique<CodeListing>(loaded.parts->bytes(), memory_->bytes());
  std::string error = listing_->error();
  if (error.empty()) {
    const detail::ModuleData& module = detail::ModuleData::of(*loaded.module);
    counting_ = std::make_unique<Counting>(module, *listing_);
    if (counting_->is_on()) return 0;
    counting_.reset();
    error = "two translations differ: this is a mistake in Mote";
  }
  std::fprintf(stderr, "mote: %s: cannot profile: %s\n", path.c_str(), error.c_str());
  return kExitLoad;
}

void Profile::begin_call() {
  if (is_on()) counting_->begin_call();
}

std::string Profile::share(uint64_t steps) const {
  char text[16];
  const double all = static_cast<double>(std::max<uint64_t>(counting_->steps(), 1));
  std::snprintf(text, sizeof text, "%5.1f %%", 100 * static_cast<double>(steps) / all);
  return text;
}

void Profile::print() const {
  std::fflush(stdout);
  std::fprintf(stderr, "profile: %llu steps, counted one by one\n",
               static_cast<Count>(counting_->steps()));
  print_functions();
  print_instructions();
}

void Profile::print_functions() const {
  struct Row {
    uint64_t steps;
    uint32_t function;
  };
  std::vector<Row> rows;
  for (uint32_t i = 0; i < listing_->functions().size(); i++) {
    if (counting_->functions()[i].calls == 0) continue;
    uint64_t steps = 0;
    for (const EngineInstruction& each : listing_->functions()[i].instructions) {
      if (!each.is_fused) steps += counting_->steps_at(i, each.position);
    }
    rows.push_back({steps, i});
  }
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return a.steps != b.steps ? a.steps > b.steps : a.function < b.function;
  });
  std::fprintf(stderr, "         steps    share   with callees    share        calls\n");
  const FunctionNames names(listing_->module());
  for (size_t i = 0; i < std::min(kShown, rows.size()); i++) {
    const Counting::Function& function = counting_->functions()[rows[i].function];
    const uint32_t index = listing_->module().imported_functions + rows[i].function;
    std::fprintf(stderr, "%14llu  %s %14llu  %s %12llu  function %s\n",
                 static_cast<Count>(rows[i].steps), share(rows[i].steps).c_str(),
                 static_cast<Count>(function.with_callees), share(function.with_callees).c_str(),
                 static_cast<Count>(function.calls), names.text(index).c_str());
  }
  if (rows.size() > kShown) std::fprintf(stderr, "%14s %zu more\n", "...", rows.size() - kShown);
}

void Profile::print_instructions() const {
  std::vector<Place> places;
  for (uint32_t i = 0; i < listing_->functions().size(); i++) {
    const std::vector<EngineInstruction>& all = listing_->functions()[i].instructions;
    for (size_t n = 0; n < all.size();) {
      Place place = {0, i, n, n};
      do {
        if (!all[n].is_fused) place.steps += counting_->steps_at(i, all[n].position);
        n++;
      } while (n < all.size() && (all[n].is_fused || all[n].offset == all[place.first].offset));
      place.end = n;
      if (place.steps != 0) places.push_back(place);
    }
  }
  const size_t shown = std::min(kShown, places.size());
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
    if (a.steps != b.steps) return a.steps > b.steps;
    return a.function != b.function ? a.function < b.function : a.first < b.first;
  });
  std::fprintf(stderr, "         steps    share   instruction\n");
  for (size_t i = 0; i < shown; i++) {
    std::fprintf(stderr, "%14llu  %s   %s\n", static_cast<Count>(places[i].steps),
                 share(places[i].steps).c_str(), instruction_text(places[i]).c_str());
  }
  if (places.size() > shown) std::fprintf(stderr, "%14s %zu more\n", "...", places.size() - shown);
}

// What the module has there, and where.
std::string Profile::instruction_text(const Place& place) const {
  const std::vector<EngineInstruction>& all = listing_->functions()[place.function].instructions;
  const uint32_t index = listing_->module().imported_functions + place.function;
  const uint32_t first = all[place.first].offset;
  const FunctionNames names(listing_->module());
  WasmReader reader(*loaded_->parts, *loaded_->parts->body_of(index));
  WasmInstruction instruction;
  std::string text;
  size_t next = place.first;
  while (next < place.end && reader.next(&instruction)) {
    if (all[next].offset != instruction.decoded.offset) continue;
    text += (text.empty() ? "" : " + ") + to_text(instruction, names);
    while (next < place.end && all[next].offset == instruction.decoded.offset) next++;
  }
  std::string result = "function " + names.text(index) + " at " + offset_text(first) + ": " + text;
  const std::vector<SourcePlace> places = loaded_->debug_info->find(first);
  if (!places.empty()) result += "; " + to_text(std::vector<SourcePlace>{places.front()});
  return result;
}

int Profile::write_stacks(const std::string& path) const {
  const FunctionNames names(listing_->module());
  const std::vector<CallPath>& paths = counting_->paths();
  const auto name_of = [&names](uint32_t function) {
    std::string name = printable(names.name(function));
    if (name.empty()) name = "function " + std::to_string(function);
    std::replace(name.begin(), name.end(), ';', ':');
    return name;
  };
  std::FILE* const file = std::fopen(path.c_str(), "w");
  bool is_written = file != nullptr;
  for (const CallPath& each : paths) {
    if (!is_written || each.steps == 0) continue;
    std::string text = name_of(each.function);
    for (uint32_t at = each.parent; at != kNoIndex; at = paths[at].parent) {
      text.insert(0, name_of(paths[at].function) + ";");
    }
    is_written = std::fprintf(file, "%s %llu\n", text.c_str(), static_cast<Count>(each.steps)) > 0;
  }
  const int error = errno;
  if (file != nullptr && std::fclose(file) == 0 && is_written) return 0;
  std::fprintf(stderr, "mote: %s: cannot write: %s\n", path.c_str(),
               std::strerror(is_written ? errno : error));
  return kExitOutput;
}

}  // namespace mote::tool
