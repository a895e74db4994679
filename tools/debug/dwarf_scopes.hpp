// Functions of .debug_info (DWARF 4 and 5): where they are, and what was inlined into them.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dwarf_sections.hpp"

namespace mote::tool {

// A compilation unit.
struct DwarfUnit {
  std::string_view compile_directory;
  uint32_t line_table = 0xFFFFFFFF;  // offset in .debug_line
};

// A function, or one that was inlined into the function before it in the list.
struct DwarfScope {
  uint32_t unit = 0;
  uint32_t end = 0;  // the scopes up to this one are inside
  uint32_t first_range = 0;
  uint32_t range_count = 0;
  uint64_t entry = 0;  // offset in .debug_info, for its name
  // Inlined: from where it is called.
  uint32_t call_file = 0;
  uint32_t call_line = 0;
  uint32_t call_column = 0;
};

class DwarfScopes {
 public:
  // Time and memory are bounded by a multiple of the sections' size. What is damaged is left out,
  // and is_damaged() tells.
  explicit DwarfScopes(const DwarfSections& sections);

  const std::vector<DwarfUnit>& units() const { return units_; }
  // The scopes that `address` is in: the function first, then what was inlined, inwards.
  std::vector<const DwarfScope*> find(uint32_t address) const;
  std::string_view name_of(const DwarfScope& scope) const;
  bool is_damaged() const { return is_damaged_; }

 private:
  struct Range {
    uint32_t begin;
    uint32_t end;
  };
  // A range of a function that is not inlined.
  struct Outermost {
    Range range;
    uint32_t scope;
  };
  struct Name {
    std::string_view text;
    uint64_t origin;  // an entry that has the name; 0: none
  };
  class Reader;

  bool contains(const DwarfScope& scope, uint32_t address) const;

  std::vector<DwarfUnit> units_;
  std::vector<DwarfScope> scopes_;
  std::vector<Range> ranges_;
  std::vector<Outermost> outermost_;
  std::unordered_map<uint64_t, Name> names_;  // of functions, by entry
  bool is_damaged_ = false;
};

}  // namespace mote::tool
