// Start-up and the port alone, without Mote: variables, RAM, clock, float arithmetic.
#include "harness.hpp"

namespace {

volatile uint32_t with_value[3] = {0x12345678, 2, 3};
volatile uint32_t without_value[3];

}  // namespace

int main() {
  boards::check(with_value[0] == 0x12345678 && with_value[2] == 3, ".data", with_value[0]);
  for (volatile uint32_t& word : without_value) boards::check(word == 0, ".bss", word);
  with_value[0] = 0;

  const mote::MutableBytes first = mote::port::take_ram(10);
  const mote::MutableBytes second = mote::port::take_ram(SIZE_MAX);
  boards::check(first.size() == 10 && second.size() > 1000, "sizes",
                static_cast<uint32_t>(second.size()));
  boards::check(second.data() == first.data() + 16, "alignment");
  boards::check(mote::port::take_ram(1).empty(), "more than there is");
  for (uint8_t& byte : second) {
    boards::check(byte == 0, "not zero", byte);
    byte = 0xFF;
  }
  mote::port::give_back_ram(second);
  const mote::MutableBytes again = mote::port::take_ram(100);
  boards::check(again.data() == second.data() && again.size() == 100, "given back");
  boards::check(again[0] == 0 && again[99] == 0, "not zero again");

  volatile float half = 0.5f;
  volatile double third = 1.0 / 3;
  boards::check(half * half == 0.25f && third * 3 == 1.0, "float");

  uint64_t before = 0, after = 0;
  boards::check(mote::port::clock_time(1, &before) && mote::port::clock_time(1, &after), "clock");
  boards::check(after >= before, "clock runs backwards");
  boards::check(!mote::port::clock_time(2, &before), "clock 2");

  boards::check(mote::port::native_stack_used() < mote::port::native_stack_peak(), "stack peak");
  boards::metric("native_stack_peak", mote::port::native_stack_peak());
  boards::metric("ram_free", first.size() + second.size());
  return 0;
}
