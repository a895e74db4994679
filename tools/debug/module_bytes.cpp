// Where the parts of a module lie: see module_bytes.hpp.
#include "module_bytes.hpp"

#include <algorithm>

#include "cursor.hpp"

namespace mote::tool {

namespace {
constexpr size_t kHeaderBytes = 8;
constexpr uint8_t kCustomSection = 0;
constexpr uint8_t kCodeSection = 10;
}  // namespace

ModuleBytes::ModuleBytes(Bytes bytes, uint32_t imported_functions) : bytes_(bytes) {
  Cursor cursor(bytes, kHeaderBytes);
  while (cursor.ok() && !cursor.at_end()) {
    const uint8_t id = cursor.u8();
    const uint64_t size = cursor.uleb();
    const size_t begin = cursor.position();
    const Bytes contents = cursor.take(size);
    if (!cursor.ok()) return;
    if (id == kCodeSection) {
      read_code_section(imported_functions, static_cast<uint32_t>(begin),
                        static_cast<uint32_t>(size));
    } else if (id == kCustomSection) {
      Cursor custom(contents);
      const Bytes name = custom.take(custom.uleb());
      if (!custom.ok()) continue;
      customs_.push_back({{reinterpret_cast<const char*>(name.data()), name.size()},
                          contents.from(custom.position())});
    }
  }
}

void ModuleBytes::read_code_section(uint32_t imported_functions, uint32_t begin, uint32_t size) {
  code_section_ = begin;
  Cursor cursor(Bytes(bytes_.data() + begin, size));
  const uint64_t count = cursor.uleb();
  for (uint64_t i = 0; i < count && cursor.ok(); i++) {
    const uint64_t body_size = cursor.uleb();
    const uint32_t at = begin + static_cast<uint32_t>(cursor.position());
    Cursor locals(cursor.take(body_size));
    for (uint64_t groups = locals.uleb(); groups != 0 && locals.ok(); groups--) {
      locals.uleb();
      locals.u8();
    }
    if (!cursor.ok() || !locals.ok()) return;
    Body body;
    body.function = imported_functions + static_cast<uint32_t>(i);
    body.begin = at;
    body.code = at + static_cast<uint32_t>(locals.position());
    body.end = at + static_cast<uint32_t>(body_size);
    bodies_.push_back(body);
  }
}

const Body* ModuleBytes::body_at(uint32_t offset) const {
  const auto after =
      std::upper_bound(bodies_.begin(), bodies_.end(), offset,
                       [](uint32_t wanted, const Body& body) { return wanted < body.begin; });
  if (after == bodies_.begin()) return nullptr;
  const Body& body = *(after - 1);
  return offset < body.end ? &body : nullptr;
}

const Body* ModuleBytes::body_of(uint32_t function) const {
  if (bodies_.empty() || function < bodies_.front().function) return nullptr;
  const size_t index = function - bodies_.front().function;
  return index < bodies_.size() ? &bodies_[index] : nullptr;
}

Bytes ModuleBytes::custom_section(std::string_view name) const {
  for (const Custom& custom : customs_) {
    if (custom.name == name) return custom.contents;
  }
  return {};
}

}  // namespace mote::tool
