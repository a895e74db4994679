// The host module `spectest`: see spectest.hpp. Freestanding, so that it runs on microcontrollers,
// too.
#include "spectest.hpp"

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

// Tables, memories and globals come from modules, so these do, too. The first number of each line
// that is indented least is a section's id, the second its size.
// clang-format off
constexpr uint8_t kModule[] = {
    0x00, 'a', 's', 'm', 1, 0, 0, 0,
    4, 5, 1,                            // table:
        0x70, 0x01, 10, 20,             //   10..20 funcref
    5, 4, 1,                            // memory:
        0x01, 1, 2,                     //   1..2 pages
    6, 33, 4,                           // globals, immutable:
        0x7F, 0, 0x41, 0x9A, 0x05, 0x0B,                   // i32 666
        0x7E, 0, 0x42, 0x9A, 0x05, 0x0B,                   // i64 666
        0x7D, 0, 0x43, 0x66, 0xA6, 0x26, 0x44, 0x0B,       // f32 666.6
        0x7C, 0, 0x44, 0xCD, 0xCC, 0xCC, 0xCC, 0xCC, 0xD4, 0x84, 0x40, 0x0B,  // f64 666.6
    7, 70, 6,                           // exports: name, kind, index
        5, 't', 'a', 'b', 'l', 'e', 1, 0,
        6, 'm', 'e', 'm', 'o', 'r', 'y', 2, 0,
        10, 'g', 'l', 'o', 'b', 'a', 'l', '_', 'i', '3', '2', 3, 0,
        10, 'g', 'l', 'o', 'b', 'a', 'l', '_', 'i', '6', '4', 3, 1,
        10, 'g', 'l', 'o', 'b', 'a', 'l', '_', 'f', '3', '2', 3, 2,
        10, 'g', 'l', 'o', 'b', 'a', 'l', '_', 'f', '6', '4', 3, 3,
};
// clang-format on

}  // namespace

Error provide_spectest(Store& store) {
  Error error = store.provide(kFunctions);
  if (!error.ok()) return error;
  const Module* module = nullptr;
  error = load(store, Bytes(kModule), &module);
  if (!error.ok()) return error;
  Instance* instance = nullptr;
  error = store.instantiate(module, &instance);
  if (!error.ok()) return error;
  return store.name_instance("spectest", instance);
}

}  // namespace mote::spec
