// What the debug information of a module (DWARF 4 and 5 in custom sections) says about an
// instruction: https://yurydelendik.github.io/webassembly-dwarf/ puts the addresses at offsets in
// the code section.
#pragma once

#include <string>
#include <vector>

#include "dwarf_lines.hpp"
#include "dwarf_scopes.hpp"
#include "module_bytes.hpp"

namespace mote::tool {

// A place in the source. Names are as they stand in the module: escape them for a terminal.
struct SourcePlace {
  std::string file;      // relative to where the compiler ran if it lies below that
  uint32_t line = 0;     // 0: the instruction belongs to no line
  uint32_t column = 0;   // 0: unknown
  std::string function;  // what was inlined here, or ""
};

class DebugInfo {
 public:
  // The bytes of the module must outlive this.
  explicit DebugInfo(const ModuleBytes& module);

  // Whether there are line tables.
  bool exists() const { return !lines_.empty(); }
  bool is_damaged() const { return lines_.is_damaged() || scopes_.is_damaged(); }
  // Where the instruction at `offset` of the module comes from: its place, then, where functions
  // were inlined, from where each of them was called. Empty: unknown.
  std::vector<SourcePlace> find(uint32_t offset) const;
  const LineTables& lines() const { return lines_; }

 private:
  uint32_t code_section_;
  LineTables lines_;
  DwarfScopes scopes_;
};

// "main.c:12:5", escaped.
std::string to_text(const SourcePlace& place);
// "list.h:7:3 (inlined push), called at main.c:12:5"; "" for an empty list.
std::string to_text(const std::vector<SourcePlace>& places);

}  // namespace mote::tool
