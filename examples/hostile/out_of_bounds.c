// A guest that writes where it has no memory, three calls deep.
__attribute__((noinline)) static void poke(volatile int* at) { *at = 42; }
__attribute__((noinline)) static void overrun(int* array, int index) { poke(array + index); }

static int numbers[4];

__attribute__((export_name("run"))) int run(void) {
  overrun(numbers, 0x10000000);
  return numbers[0];
}
