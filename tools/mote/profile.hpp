// mote run --profile: which functions and instructions of a guest take most of its steps.
#pragma once

#include <memory>
#include <mote/port_linux.hpp>
#include <string>

#include "counting.hpp"
#include "debug_module.hpp"

namespace mote::tool {

class Profile {
 public:
  // Begins to count in a module that is loaded and has not run. 0, or an exit code after a message
  // on stderr. `loaded` must outlive this.
  int begin(const std::string& path, DebugModule& loaded);
  bool is_on() const { return counting_ != nullptr; }
  // Before each call from the host, and after the last.
  void begin_call();

  // Prints the functions and instructions with the most steps on stderr.
  void print() const;
  // Writes a line for each way in which functions called each other, "main;sort;swap 1234", as
  // tools for flame graphs take it. 0, or an exit code after a message on stderr.
  int write_stacks(const std::string& path) const;

 private:
  // Instructions [first, end) of the engine, which come from the same one of the module, and what
  // is fused to the last of them.
  struct Place {
    uint64_t steps;
    uint32_t function;  // among the defined ones
    size_t first;
    size_t end;
  };
  std::string instruction_text(const Place& place) const;
  void print_functions() const;
  void print_instructions() const;
  std::string share(uint64_t steps) const;

  DebugModule* loaded_ = nullptr;
  std::unique_ptr<linux_port::ReservedMemory> memory_;
  std::unique_ptr<CodeListing> listing_;
  std::unique_ptr<Counting> counting_;
};

}  // namespace mote::tool
