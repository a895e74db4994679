// The smallest embedder: a static buffer, a table of host functions, one call. README.md shows the
// part between the markers.
#include <stdio.h>

// [readme]
#include <mote/mote.hpp>

void print_text(mote::StringView text) { printf("%.*s\n", int(text.size()), text.data()); }
constexpr mote::HostFunction kApi[] = {mote::host_function<print_text>("env", "log")};
static uint8_t buffer[32 * 1024];  // all memory that modules and guests may use

int run_app(mote::Bytes wasm) {
  mote::Store store(buffer);
  mote::Execution execution(store, 2048);  // bytes of guest stack
  const mote::Module* module;
  mote::Instance* instance;
  if (!store.provide(kApi).ok() || !mote::load(store, wasm, &module).ok() ||
      !store.instantiate(module, &instance).ok())
    return 1;
  execution.set_fuel(100000);
  return execution.run(instance->function("run"), {}) == mote::RunState::kDone ? 0 : 1;
}
// [readme]

// A module that imports env.log and calls it with the text "hello": memory, one data segment.
static const uint8_t kModule[] = {
    0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00,                                // magic, version
    0x01, 0x09, 0x02, 0x60, 0x02, 0x7F, 0x7F, 0x00, 0x60, 0x00, 0x00,              // types
    0x02, 0x0B, 0x01, 0x03, 'e',  'n',  'v',  0x03, 'l',  'o',  'g',  0x00, 0x00,  // import
    0x03, 0x02, 0x01, 0x01,                                                        // function
    0x05, 0x03, 0x01, 0x00, 0x01,                                                  // memory
    0x07, 0x07, 0x01, 0x03, 'r',  'u',  'n',  0x00, 0x01,                          // export
    0x0A, 0x0A, 0x01, 0x08, 0x00, 0x41, 0x08, 0x41, 0x05, 0x10, 0x00, 0x0B,        // code
    0x0B, 0x0B, 0x01, 0x00, 0x41, 0x08, 0x0B, 0x05, 'h',  'e',  'l',  'l',  'o',   // data
};

int main() { return run_app(mote::Bytes(kModule, sizeof kModule)); }
