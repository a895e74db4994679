// Writes modules in the binary format, for tests that make them from tables.
#pragma once

#include <cstdint>
#include <vector>

namespace mote::test {

class WasmWriter {
 public:
  const std::vector<uint8_t>& data() const { return data_; }

  void bytes(const std::vector<uint8_t>& more) { append(more); }
  void append(const std::vector<uint8_t>& more) {
    data_.insert(data_.end(), more.begin(), more.end());
  }
  // Unsigned LEB128 (5.2.2).
  void u32(uint32_t value) {
    while (value > 0x7F) {
      data_.push_back(static_cast<uint8_t>(value | 0x80));
      value >>= 7;
    }
    data_.push_back(static_cast<uint8_t>(value));
  }
  void header() { append({0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00}); }
  void section(uint8_t id, const std::vector<uint8_t>& content) {
    data_.push_back(id);
    u32(static_cast<uint32_t>(content.size()));
    append(content);
  }

 private:
  std::vector<uint8_t> data_;
};

// A module of functions of type 0 with these bodies (5.5.13, without their sizes), the first of
// which is exported as "f". `types` is the content of the type section.
inline std::vector<uint8_t> module_of_bodies(const std::vector<uint8_t>& types,
                                             const std::vector<std::vector<uint8_t>>& bodies) {
  WasmWriter functions;
  WasmWriter code;
  functions.u32(static_cast<uint32_t>(bodies.size()));
  code.u32(static_cast<uint32_t>(bodies.size()));
  for (const std::vector<uint8_t>& body : bodies) {
    functions.u32(0);
    code.u32(static_cast<uint32_t>(body.size()));
    code.append(body);
  }
  WasmWriter module;
  module.header();
  module.section(1, types);
  module.section(3, functions.data());
  module.section(7, {0x01, 0x01, 'f', 0x00, 0x00});
  module.section(10, code.data());
  return module.data();
}

}  // namespace mote::test
