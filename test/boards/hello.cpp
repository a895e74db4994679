// A printing guest that nobody made for a small part: it declares whole pages of 64 KiB.
#include "harness.hpp"
#include "hello.wasm.hpp"

namespace {

bool was_printed = false;

void log_text(mote::StringView text) {
  boards::Line().text("log ").text(text).send();
  was_printed = text == "hello, world";
}

constexpr mote::HostFunction kApi[] = {mote::host_function<log_text>("env", "log")};

}  // namespace

int main() {
  boards::BoardStore board;
  boards::check(board.store().provide(kApi), "provide");
  mote::Instance& instance = board.instantiate(mote::Bytes(kHello));
  boards::check(instance.memory_size() >= 65536, "memory",
                static_cast<uint32_t>(instance.memory_size()));
  mote::Execution execution(board.store(), 256);
  boards::check(execution.error(), "stack");
  boards::run(execution, instance, "run");
  boards::check(was_printed, "printed");
  boards::metric("memory_backed", static_cast<size_t>(instance.memory_backed()));
  board.report();
  return 0;
}
