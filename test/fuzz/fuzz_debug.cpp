// Fuzz target: the reader of debug information. The input is a module, which nobody has checked:
// its custom sections may hold any DWARF. Every byte of it is asked for its place in the source.
#include "debug_info.hpp"
#include "fuzz.hpp"

using namespace mote;
using namespace mote::fuzz;
using namespace mote::tool;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::vector<uint8_t> bytes(data, data + size);
  const ModuleBytes module(view(bytes), 0);
  uint32_t end = 0;
  for (const Body& body : module.bodies()) {
    check(body.begin >= end && body.begin <= body.code && body.code <= body.end &&
              body.end <= bytes.size(),
          "bodies lie inside, one behind the other");
    end = body.end;
    check(body.begin == body.end || module.body_at(body.begin) == &body, "a body is found");
  }
  const DebugInfo info(module);
  size_t text_bytes = 0;
  for (uint32_t offset = 0; offset <= bytes.size(); offset++) {
    const std::vector<SourcePlace> places = info.find(offset);
    check(places.empty() || info.exists(), "places only where there are line tables");
    text_bytes += to_text(places).size();
    // A place is text of the module; how deep it was inlined is bounded by the entries.
    if (text_bytes > 64 * 1024 * 1024) break;
  }
  uint32_t last = 0;
  bool is_in_sequence = false;
  info.lines().for_each_row(
      [&](uint32_t address, uint32_t, uint32_t, const std::string&, bool ends) {
        check(!is_in_sequence || address >= last, "rows of a sequence are in order");
        last = address;
        is_in_sequence = !ends;
      });
  return 0;
}
