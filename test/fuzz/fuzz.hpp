// What the fuzz targets share: checks that end the program, a store, and a reader of choices.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <mote/mote.hpp>
#include <vector>

namespace mote::fuzz {

// A promise that does not hold is a finding, like a crash.
inline void check(bool holds, const char* promise, const Error& error = {}) {
  if (holds) return;
  char text[256];
  describe(error, text);
  std::fprintf(stderr, "BROKEN PROMISE: %s (%s)\n", promise, text);
  std::abort();
}

// Takes decisions from the input; zeros when it is used up.
class Choices {
 public:
  Choices(const uint8_t* data, size_t size) : at_(data), end_(data + size) {}
  bool empty() const { return at_ == end_; }
  uint8_t byte() { return empty() ? 0 : *at_++; }
  uint32_t below(uint32_t limit) { return byte() % limit; }
  uint32_t u32() {
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) value = value << 8 | byte();
    return value;
  }
  // Often a number that is near something: an end of memory, a sign, zero.
  uint32_t number() {
    constexpr uint32_t kEdges[] = {0, 1, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 64};
    const uint8_t kind = byte();
    if (kind < 64) return kind;
    if (kind < 128) return u32() & 0x1FFFF;
    if (kind < 192) return kEdges[kind % 8] + static_cast<uint32_t>(byte() % 32) - 16;
    return u32();
  }
  std::vector<uint8_t> rest() {
    std::vector<uint8_t> bytes(at_, end_);
    at_ = end_;
    return bytes;
  }

 private:
  const uint8_t* at_;
  const uint8_t* end_;
};

// A store in a buffer that is filled once: nothing may rely on zeros.
struct FuzzStore {
  explicit FuzzStore(size_t bytes)
      : buffer(bytes, 0xEE), store(MutableBytes(buffer.data(), buffer.size())) {}
  std::vector<uint8_t> buffer;
  Store store;
};

inline Bytes view(const std::vector<uint8_t>& bytes) { return {bytes.data(), bytes.size()}; }

inline bool same(const Error& a, const Error& b) {
  return a.code == b.code && a.offset == b.offset && a.function == b.function &&
         a.feature == b.feature && a.index == b.index && a.expected == b.expected &&
         a.actual == b.actual;
}

// Asks everything that a module tells about itself.
inline void ask_all(const Module& module) {
  uint32_t sum = 0;
  const auto use_name = [&sum](StringView name) {
    for (size_t i = 0; i < name.size(); i++) sum += static_cast<uint8_t>(name[i]);
    char text[16];
    escape_name(name, text);
  };
  const auto use_type = [&sum](const ExternType& type) {
    if (type.kind != ExternKind::kFunction) return;
    for (const ValueType each : type.function.parameter_types()) sum += static_cast<uint8_t>(each);
    for (const ValueType each : type.function.result_types()) sum += static_cast<uint8_t>(each);
  };
  for (uint32_t i = 0; i < module.import_count(); i++) {
    use_name(module.import(i).module_name);
    use_name(module.import(i).field_name);
    use_type(module.import(i).type);
  }
  for (uint32_t i = 0; i < module.export_count(); i++) {
    use_name(module.export_at(i).name);
    use_type(module.export_at(i).type);
  }
  for (uint32_t i = 0; i < module.memory_count(); i++) (void)module.memory_type(i);
  use_name(module.name());
  for (uint32_t i = 0; i < std::min<uint32_t>(module.info().functions, 20); i++) {
    use_name(module.function_name(i));
  }
  volatile uint32_t sink = sum;
  (void)sink;
}

}  // namespace mote::fuzz
