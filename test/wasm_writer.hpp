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

}  // namespace mote::test
