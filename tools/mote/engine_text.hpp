// Instructions of the engine as text.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "code_listing.hpp"
#include "wasm_text.hpp"

namespace mote::tool {

// What the slots of a function's frame are: parameters, link, locals, operands by their height.
class FrameSlots {
 public:
  FrameSlots(const detail::ModuleData& module, const ModuleBytes& bytes, const Body& body);
  // "l2": local 2, "l2+1": its upper half, "link", "s3": the operand at height 3, in slots.
  std::string name(uint32_t slot) const;
  uint32_t local_count() const { return locals_; }

 private:
  // `count` locals from `first` on, each of `slots`, from `slot` on.
  struct Run {
    uint32_t slot;
    uint32_t first;
    uint32_t count;
    uint32_t slots;
  };
  void add(uint32_t count, ValueType type);

  std::vector<Run> runs_;  // by slot
  uint32_t locals_ = 0;
  uint32_t next_ = 0;
  uint32_t link_;
};

class EngineText {
 public:
  EngineText(const detail::ModuleData& module, const FunctionNames& names,
             const EngineFunction& function, const FrameSlots& slots);

  // "L2" if a branch goes to the instruction, or "".
  std::string label(const EngineInstruction& instruction) const;
  // "I32Add_SCD l0, 7 -> s1". A is the accumulator.
  std::string text(const EngineInstruction& instruction) const;

 private:
  std::string operand(OperandKind kind, ValueType type, const Unit* at) const;
  std::string target(const Unit* at) const;
  template <class F>
  void for_each_target(F f) const;

  const detail::ModuleData& module_;
  const FunctionNames& names_;
  const EngineFunction& function_;
  const FrameSlots& slots_;
  std::map<uint32_t, uint32_t> labels_;  // numbers, by position
};

}  // namespace mote::tool
