// The sandboxed app examples/c/blink.c, with its two host functions.
#include "blink.wasm.hpp"
#include "harness.hpp"

namespace {

struct Board {
  uint32_t writes = 0;
  uint32_t level = 2;
  uint32_t logs = 0;
};

void gpio_write(mote::Host& host, uint32_t pin, uint32_t level) {
  Board& board = host.context_as<Board>();
  boards::check(pin == 13 && level == (board.writes + 1) % 2, "gpio", pin);
  board.writes++;
  board.level = level;
}

void log_text(mote::Host& host, mote::StringView text) {
  host.context_as<Board>().logs++;
  boards::Line().text("log ").text(text).send();
}

constexpr mote::HostFunction kApi[] = {
    mote::host_function<gpio_write>("env", "gpio_write"),
    mote::host_function<log_text>("env", "log"),
};

}  // namespace

int main() {
  Board pins;
  boards::BoardStore board;
  boards::check(board.store().provide(kApi, &pins), "provide");
  mote::Instance& instance = board.instantiate(mote::Bytes(kBlink));
  mote::Execution execution(board.store(), 512);
  boards::check(execution.error(), "stack");
  execution.set_fuel(10000);
  boards::run(execution, instance, "run", 3);
  boards::check(pins.writes == 3 && pins.level == 1, "writes", pins.writes);
  boards::check(pins.logs == 4, "logs", pins.logs);
  board.report();
  return 0;
}
