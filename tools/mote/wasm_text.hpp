// Instructions of a module as text.
#pragma once

#include <mote/mote.hpp>
#include <string>
#include <unordered_map>
#include <vector>

#include "loader/instruction.hpp"
#include "loader/module_data.hpp"
#include "module_bytes.hpp"

namespace mote::tool {

// Names of functions, from the name section or an export, found at once however many there are.
class FunctionNames {
 public:
  explicit FunctionNames(const detail::ModuleData& module);
  // "" if it has none.
  StringView name(uint32_t function) const;
  // "3 "name"", escaped; "3" without a name.
  std::string text(uint32_t function) const;

 private:
  std::unordered_map<uint32_t, StringView> names_;
};

struct WasmInstruction {
  detail::DecodedInstruction decoded;
  std::vector<uint32_t> labels;  // of br_table, the default last
  uint32_t depth;                // how many blocks it is in; those of its own do not count
};

// Reads a body of a valid module, instruction by instruction.
class WasmReader {
 public:
  WasmReader(const ModuleBytes& module, const Body& body);
  // False: that was all.
  bool next(WasmInstruction* out);

 private:
  detail::Reader reader_;
  uint32_t depth_ = 0;
};

// In the text format: "i32.load offset=8", "call 3 "name"".
std::string to_text(const WasmInstruction& instruction, const FunctionNames& names);

}  // namespace mote::tool
