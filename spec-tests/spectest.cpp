// The host module `spectest`: see spectest.hpp.
#include "spectest.hpp"

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace mote::spec {

namespace {

// What is printed does not matter to the suite.
void print() {}
void print_i32(uint32_t) {}
void print_i64(uint64_t) {}
void print_f32(float) {}
void print_f64(double) {}
void print_i32_f32(uint32_t, float) {}
void print_f64_f64(double, double) {}

constexpr HostFunction kFunctions[] = {
    host_function<print>("spectest", "print"),
    host_function<print_i32>("spectest", "print_i32"),
    host_function<print_i64>("spectest", "print_i64"),
    host_function<print_f32>("spectest", "print_f32"),
    host_function<print_f64>("spectest", "print_f64"),
    host_function<print_i32_f32>("spectest", "print_i32_f32"),
    host_function<print_f64_f64>("spectest", "print_f64_f64"),
};

using Buffer = std::vector<uint8_t>;

void append(Buffer& out, const Buffer& more) { out.insert(out.end(), more.begin(), more.end()); }

template <class T>
Buffer little_endian(T value) {
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof value);
  Buffer out;
  for (size_t i = 0; i < sizeof value; i++) out.push_back(static_cast<uint8_t>(bits >> (8 * i)));
  return out;
}

Buffer section(uint8_t id, const std::vector<Buffer>& items) {
  Buffer body;
  body.push_back(static_cast<uint8_t>(items.size()));
  for (const Buffer& item : items) append(body, item);
  Buffer out = {id, static_cast<uint8_t>((body.size() & 0x7F) | 0x80),
                static_cast<uint8_t>(body.size() >> 7)};
  append(out, body);
  return out;
}

Buffer global(uint8_t type, uint8_t opcode, const Buffer& constant) {
  Buffer out = {type, 0x00, opcode};
  append(out, constant);
  out.push_back(0x0B);
  return out;
}

Buffer exported(const std::string& name, uint8_t kind, uint8_t index) {
  Buffer out;
  out.push_back(static_cast<uint8_t>(name.size()));
  out.insert(out.end(), name.begin(), name.end());
  out.push_back(kind);
  out.push_back(index);
  return out;
}

// Tables, memories and globals come from modules, so these do, too.
Buffer spectest_module() {
  Buffer module = {0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00};
  append(module, section(4, {{0x70, 0x01, 10, 20}}));           // table 10..20 funcref
  append(module, section(5, {{0x01, 1, 2}}));                   // memory 1..2
  append(module, section(6, {global(0x7F, 0x41, {0x9A, 0x05}),  // i32 666
                             global(0x7E, 0x42, {0x9A, 0x05}),  // i64 666
                             global(0x7D, 0x43, little_endian(666.6f)),
                             global(0x7C, 0x44, little_endian(666.6))}));
  append(module, section(7, {exported("table", 1, 0), exported("memory", 2, 0),
                             exported("global_i32", 3, 0), exported("global_i64", 3, 1),
                             exported("global_f32", 3, 2), exported("global_f64", 3, 3)}));
  return module;
}

}  // namespace

Error provide_spectest(Store& store) {
  Error error = store.provide(kFunctions);
  if (!error.ok()) return error;
  static const Buffer bytes = spectest_module();
  const Module* module = nullptr;
  error = load(store, Bytes(bytes.data(), bytes.size()), &module);
  if (!error.ok()) return error;
  Instance* instance = nullptr;
  error = store.instantiate(module, &instance);
  if (!error.ok()) return error;
  return store.name_instance("spectest", instance);
}

}  // namespace mote::spec
