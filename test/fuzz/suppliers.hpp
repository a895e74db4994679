// Gives a module all that it imports: host functions of any type, and instances that export tables,
// memories and globals as they are wanted.
#pragma once

#include <deque>
#include <string>

#include "fuzz.hpp"

namespace mote::fuzz {

// Writes small modules in the binary format (5).
class Encoder {
 public:
  Encoder() { append({0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00}); }
  const std::vector<uint8_t>& bytes() const { return bytes_; }

  void section(uint8_t id, const std::vector<uint8_t>& content) {
    bytes_.push_back(id);
    put(&bytes_, static_cast<uint32_t>(content.size()));
    append(content);
  }
  static void put(std::vector<uint8_t>* to, uint32_t value) {
    for (; value > 0x7F; value >>= 7) to->push_back(static_cast<uint8_t>(value | 0x80));
    to->push_back(static_cast<uint8_t>(value));
  }
  static void put(std::vector<uint8_t>* to, StringView name) {
    put(to, static_cast<uint32_t>(name.size()));
    to->insert(to->end(), name.data(), name.data() + name.size());
  }
  static void put(std::vector<uint8_t>* to, Span<const ValueType> types) {
    put(to, static_cast<uint32_t>(types.size()));
    for (const ValueType type : types) to->push_back(static_cast<uint8_t>(type));
  }

 private:
  void append(const std::vector<uint8_t>& more) {
    bytes_.insert(bytes_.end(), more.begin(), more.end());
  }
  std::vector<uint8_t> bytes_;
};

// The context of each host function that is supplied.
struct Supplied {
  void* context;      // that of supply()
  FunctionType type;  // so that the function can write its results
};

class Suppliers {
 public:
  explicit Suppliers(detail::HostThunk thunk) : thunk_(thunk) {}

  // False: something cannot be supplied (too large).
  bool supply(Store& store, const Module& module, void* context) {
    functions_.clear();
    supplied_.clear();
    names_.clear();
    for (uint32_t i = 0; i < module.import_count(); i++) {
      const ImportInfo import = module.import(i);
      if (import.type.kind == ExternKind::kFunction) {
        functions_.push_back(
            {keep(import.module_name), keep(import.field_name), import.type.function, thunk_});
        supplied_.push_back({context, import.type.function});
        if (!store.provide(Span<const HostFunction>(&functions_.back(), 1), &supplied_.back())
                 .ok()) {
          return false;
        }
      } else if (!supply_instance(store, import)) {
        return false;
      }
    }
    return true;
  }

 private:
  const char* keep(StringView name) {
    names_.emplace_back(name.data(), name.size());
    return names_.back().c_str();
  }

  static void put_limits(std::vector<uint8_t>* to, const ExternType& type) {
    const bool sized = type.kind == ExternKind::kMemory && type.page_size_log2 != 16;
    to->push_back(static_cast<uint8_t>((type.limits.has_maximum ? 1 : 0) | (sized ? 8 : 0)));
    Encoder::put(to, type.limits.minimum);
    if (type.limits.has_maximum) Encoder::put(to, type.limits.maximum);
    if (sized) Encoder::put(to, type.page_size_log2);
  }

  static bool supply_instance(Store& store, const ImportInfo& import) {
    const ExternType& type = import.type;
    std::vector<uint8_t> content = {1};
    uint8_t id = 0;
    switch (type.kind) {
      case ExternKind::kFunction: return false;
      case ExternKind::kTable:
        id = 4;
        content.push_back(static_cast<uint8_t>(type.value));
        put_limits(&content, type);
        break;
      case ExternKind::kMemory:
        id = 5;
        put_limits(&content, type);
        break;
      case ExternKind::kGlobal:
        id = 6;
        content.push_back(static_cast<uint8_t>(type.value));
        content.push_back(type.is_mutable ? 1 : 0);
        switch (type.value) {
          case ValueType::kI32: content.insert(content.end(), {0x41, 3}); break;
          case ValueType::kI64: content.insert(content.end(), {0x42, 3}); break;
          case ValueType::kF32: content.insert(content.end(), {0x43, 0, 0, 0, 0x40}); break;
          case ValueType::kF64:
            content.insert(content.end(), {0x44, 0, 0, 0, 0, 0, 0, 0, 0x40});
            break;
          default: content.insert(content.end(), {0xD0, static_cast<uint8_t>(type.value)}); break;
        }
        content.push_back(0x0B);
        break;
    }
    std::vector<uint8_t> exports = {1};
    Encoder::put(&exports, import.field_name);
    exports.push_back(static_cast<uint8_t>(type.kind));
    exports.push_back(0);
    Encoder encoder;
    encoder.section(id, content);
    encoder.section(7, exports);
    const Module* module = nullptr;
    Instance* instance = nullptr;
    return load(store, view(encoder.bytes()), &module).ok() &&
           store.instantiate(module, &instance).ok() &&
           store.name_instance(import.module_name, instance).ok();
  }

  detail::HostThunk thunk_;
  // Deques: their elements stay where they are.
  std::deque<HostFunction> functions_;
  std::deque<Supplied> supplied_;
  std::deque<std::string> names_;
};

}  // namespace mote::fuzz
