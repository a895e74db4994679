// Where the parts of a module lie in its bytes: the code section, function bodies, custom sections.
#pragma once

#include <cstdint>
#include <mote/error.hpp>
#include <mote/span.hpp>
#include <string_view>
#include <vector>

namespace mote::tool {

// The body of a function that the module defines. Offsets are those in the module.
struct Body {
  uint32_t function = kNoIndex;  // funcidx
  uint32_t begin = 0;            // its declarations of locals
  uint32_t code = 0;             // its first instruction
  uint32_t end = 0;              // behind its last instruction
};

// Nothing of the bytes is copied: they must outlive this. Of bytes that are no valid module, the
// parts before the first mistake are found.
class ModuleBytes {
 public:
  // `imported_functions`: how many functions come before the first body.
  ModuleBytes(Bytes bytes, uint32_t imported_functions);

  Bytes bytes() const { return bytes_; }
  // Where the contents of the code section begin: DWARF counts from there. kNoIndex: there is none.
  uint32_t code_section() const { return code_section_; }
  const std::vector<Body>& bodies() const { return bodies_; }
  // The function with the byte at `offset` in its body, or null.
  const Body* body_at(uint32_t offset) const;
  // The body of a function, or null.
  const Body* body_of(uint32_t function) const;
  // Contents of the first custom section with this name; empty if there is none.
  Bytes custom_section(std::string_view name) const;

 private:
  struct Custom {
    std::string_view name;
    Bytes contents;
  };

  void read_code_section(uint32_t imported_functions, uint32_t begin, uint32_t size);

  Bytes bytes_;
  uint32_t code_section_ = kNoIndex;
  std::vector<Body> bodies_;
  std::vector<Custom> customs_;
};

}  // namespace mote::tool
