// Counts what a guest executes: each instruction of the engine, calls, and what is done in
// functions and those that they call.
//
// A handler that counts takes the place of every handler in the code of the module. It goes on with
// the one that was there:
//
//   code    | count | operands | count | operands | ...
//   cells   | handler, count   | handler, count   | ...     one for each unit of code
//
// The engine itself knows nothing of it, and what is counted is just what runs without. This takes
// code that holds addresses (the wide encoding) and dispatch by tail calls.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "code_listing.hpp"

namespace mote::tool {

// Functions that called each other, from the outermost on.
struct CallPath {
  uint32_t parent;    // its number, or kNoIndex
  uint32_t function;  // funcidx
  uint64_t steps;     // in this function, called this way
};

class Counting {
 public:
  struct Function {
    uint64_t calls = 0;
    uint64_t with_callees = 0;  // steps; where it calls itself, each counts once
  };

  static bool is_possible();
  // One at a time. `module` is loaded and has not run; `listing` is of the same bytes.
  Counting(const detail::ModuleData& module, const CodeListing& listing);
  Counting(const Counting&) = delete;
  Counting& operator=(const Counting&) = delete;
  ~Counting();

  // False: the listing is not of this module's code.
  bool is_on() const { return is_on_; }
  // The host is about to call an exported function, or has seen the last one end.
  void begin_call();

  // Instructions executed, those that are fused as one.
  uint64_t steps() const;
  // Of an instruction that is not fused to the one before.
  uint64_t steps_at(uint32_t defined_function, uint32_t position) const;
  // Of the functions that the module defines; complete after begin_call().
  const std::vector<Function>& functions() const { return functions_; }
  // In no order, but parents come first. Where calls nest deeper than kMostDepth, or in more ways
  // than kMostPaths, steps go to the path that they come from.
  const std::vector<CallPath>& paths() const { return paths_; }

  static constexpr uint32_t kMostDepth = 256;
  static constexpr uint32_t kMostPaths = 1000000;

  // For the handler: the instruction at `pc` begins in another frame than the one before.
  void change_frame(const Unit* pc, const uint8_t* frame);

 private:
  struct Call {
    const uint8_t* frame;
    uint64_t steps_before;
    uint32_t function;  // among the defined ones
    uint32_t path;
    uint32_t depth;
  };

  uint32_t function_at(const Unit* pc) const;
  uint32_t path_to(const Call* caller, uint32_t function);
  void leave(uint64_t steps);
  void settle(uint64_t steps);

  const detail::ModuleData& module_;
  bool is_on_ = false;
  std::vector<Function> functions_;
  std::vector<uint32_t> active_;  // how often each function is in calls_
  std::vector<Call> calls_;
  std::vector<CallPath> paths_;
  std::unordered_map<uint64_t, uint32_t> path_numbers_;
  uint64_t settled_ = 0;  // steps that paths have
};

}  // namespace mote::tool
