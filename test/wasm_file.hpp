// What the unit tests share: modules made from test/wat, and a store to put them in.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <mote/mote.hpp>
#include <string>
#include <vector>

namespace mote::test {

// The bytes of test/wat/NAME.wat, in the binary format.
inline std::vector<uint8_t> wasm(const std::string& name) {
  std::ifstream in(std::string(MOTE_TEST_WASM) + "/" + name + ".wasm", std::ios::binary);
  std::vector<uint8_t> bytes{std::istreambuf_iterator<char>(in), {}};
  EXPECT_FALSE(bytes.empty()) << name << ".wasm is missing";
  return bytes;
}

inline Bytes view(const std::vector<uint8_t>& bytes) { return {bytes.data(), bytes.size()}; }

// What takes a snapshot or an image: puts it at the end of a vector.
inline bool append(void* context, Bytes bytes) {
  auto& out = *static_cast<std::vector<uint8_t>*>(context);
  out.insert(out.end(), bytes.begin(), bytes.end());
  return true;
}

inline std::string text(const Error& error) {
  char buffer[256];
  describe(error, buffer);
  return buffer;
}

// A store in `bytes` of heap memory, filled with a pattern: nothing may rely on zeros.
struct TestStore {
  explicit TestStore(size_t bytes = 1 << 20)
      : buffer(bytes, 0xEE), store(MutableBytes(buffer.data(), buffer.size())) {}

  // Loads and instantiates a module of test/wat.
  Instance* add(const std::string& name) { return add(wasm(name)); }
  // The same with a module's bytes.
  Instance* add(const std::vector<uint8_t>& bytes) {
    const Module* module = nullptr;
    Error error = load(store, view(bytes), &module);
    EXPECT_TRUE(error.ok()) << text(error);
    Instance* instance = nullptr;
    if (module != nullptr) {
      error = store.instantiate(module, &instance);
      EXPECT_TRUE(error.ok()) << text(error);
    }
    return instance;
  }

  std::vector<uint8_t> buffer;
  Store store;
};

// Calls `name` with i32 arguments; the call must end. Returns its first result as i32.
inline int32_t call(Execution& execution, Instance& instance, const char* name,
                    const std::vector<int32_t>& arguments) {
  std::vector<Value> values;
  for (const int32_t argument : arguments) values.push_back(Value::i32(argument));
  const RunState state =
      execution.run(instance.function(name), Span<const Value>(values.data(), values.size()));
  EXPECT_EQ(state, RunState::kDone) << name << ": " << text(execution.trap());
  return state == RunState::kDone && execution.result_count() != 0 ? execution.result(0).as_i32()
                                                                   : 0;
}

// Calls `name`, which must trap.
inline Error trap_of(Execution& execution, Instance& instance, const char* name,
                     const std::vector<int32_t>& arguments) {
  std::vector<Value> values;
  for (const int32_t argument : arguments) values.push_back(Value::i32(argument));
  const RunState state =
      execution.run(instance.function(name), Span<const Value>(values.data(), values.size()));
  EXPECT_EQ(state, RunState::kTrapped) << name;
  return execution.trap();
}

}  // namespace mote::test
