// The engine's code of a module, instruction by instruction, and which instruction of the module
// each comes from.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "handler_layout.hpp"
#include "loader/module_data.hpp"

namespace mote::tool {

// An instruction of the engine.
struct EngineInstruction {
  uint32_t position;  // units from the start of the function's code
  uint32_t operands;  // position of its operands
  uint32_t end;       // behind them
  uint32_t offset;    // of the instruction in the module that it comes from
  Handler handler;
  bool is_fused;  // done by the handler of the instruction before: it has none of its own
};

// The code of one function.
struct EngineFunction {
  const detail::FunctionCode* code = nullptr;
  std::vector<EngineInstruction> instructions;

  const Unit* units() const { return static_cast<const Unit*>(code->code); }
  uint32_t unit_count() const { return code->code_bytes / static_cast<uint32_t>(sizeof(Unit)); }
};

class CodeListing {
 public:
  // Translates `bytes`, which are those of a valid module, into `memory`; both must stay.
  CodeListing(Bytes bytes, MutableBytes memory);
  CodeListing(const CodeListing&) = delete;
  CodeListing& operator=(const CodeListing&) = delete;
  ~CodeListing();

  // "", or why there is no listing: memory ran out, or code is not what this file thinks (a mistake
  // in Mote: each unit has to be part of one instruction).
  const std::string& error() const { return error_; }
  const detail::ModuleData& module() const { return module_; }
  // The functions that the module defines, in order.
  const std::vector<EngineFunction>& functions() const { return functions_; }

 private:
  // NOLINTNEXTLINE(cppcoreguidelines-virtual-class-destructor): final, and nobody deletes it
  class Notes;

  bool check(const HandlerIndex& index, EngineFunction& function);

  detail::ModuleData module_;
  std::vector<EngineFunction> functions_;
  std::string error_;
};

}  // namespace mote::tool
