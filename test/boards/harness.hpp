// What the test firmware shares: output as lines "metric value", and checks that end the firmware.
// Exit codes: 0 passed, 1 failed, 77 out of memory (the board is too small for it).
#pragma once

#include <mote/mote.hpp>
#include <mote/port.hpp>

namespace boards {

// One line of output, sent whole.
class Line {
 public:
  Line& text(mote::StringView text) {
    for (size_t i = 0; i < text.size() && size_ < sizeof bytes_; i++) put(text[i]);
    return *this;
  }
  Line& number(uint32_t value) {
    char digits[10];
    uint32_t count = 0;
    do {
      digits[count++] = static_cast<char>('0' + value % 10);
      value /= 10;
    } while (value != 0);
    while (count != 0) put(digits[--count]);
    return *this;
  }
  void send() {
    put('\n');
    (void)mote::port::write(1, mote::Bytes(bytes_, size_));
    size_ = 0;
  }

 private:
  void put(char c) {
    if (size_ < sizeof bytes_) bytes_[size_++] = static_cast<uint8_t>(c);
  }

  uint8_t bytes_[48];
  size_t size_ = 0;
};

inline void metric(mote::StringView name, size_t value) {
  Line().text(name).text(" ").number(static_cast<uint32_t>(value)).send();
}

[[noreturn]] inline void fail(mote::StringView what, uint32_t number) {
  Line().text("FAILED ").text(what).text(" ").number(number).send();
  mote::port::exit(1);
}

// `what` names the check in the output; `number` says more.
inline void check(bool holds, mote::StringView what, uint32_t number = 0) {
  if (!holds) fail(what, number);
}

// An error ends the firmware; being out of memory means that the board is too small.
inline void check(const mote::Error& error, mote::StringView what) {
  if (error.ok()) return;
  const uint32_t code = static_cast<uint32_t>(error.code);
  if (error.code != mote::ErrorCode::kOutOfMemory && error.code != mote::ErrorCode::kMemoryQuota) {
    fail(what, code);
  }
  Line().text("OUT OF MEMORY ").text(what).send();
  mote::port::exit(77);
}

// All RAM that is left, as a store. The stack, the fixed RAM and the store are the whole RAM.
class BoardStore {
 public:
  BoardStore() : ram_(SIZE_MAX), store_(ram_.bytes(), mote::StoreOptions{true}) {}
  mote::Store& store() { return store_; }

  // Loads a module from flash and makes an instance.
  mote::Instance& instantiate(mote::Bytes wasm) {
    mote::LoadOptions options;
    options.bytes_stay = true;
    const mote::Module* module = nullptr;
    mote::Instance* instance = nullptr;
    check(mote::load(store_, wasm, &module, options), "load");
    check(store_.instantiate(module, &instance), "instantiate");
    return *instance;
  }

  void report() {
    report_arena();
    metric("native_stack_peak", mote::port::native_stack_peak());
    metric("native_stack_size", mote::port::native_stack_size());
  }
  void report_arena() {
    metric("arena_total", store_.memory().total);
    metric("arena_peak", store_.memory().peak);
  }

 private:
  mote::port::Ram ram_;
  mote::Store store_;
};

// Runs a guest function with at most one i32 parameter to its end.
inline void run(mote::Execution& execution, mote::Instance& instance, mote::StringView name,
                int32_t argument = 0) {
  const mote::Function function = instance.function(name);
  check(function.exists(), "no export");
  const mote::Value value = mote::Value::i32(argument);
  const size_t count = instance.function_type(function.index).parameter_count;
  const mote::RunState state =
      execution.run(function, mote::Span<const mote::Value>(&value, count));
  if (state == mote::RunState::kDone) return;
  check(execution.trap(), "run");  // a quota is the board's fault
  fail("run state", static_cast<uint32_t>(state));
}

}  // namespace boards
