// A guest that never returns.
__attribute__((export_name("run"))) int run(void) {
  volatile int counter = 0;
  for (;;) counter = counter + 1;
}
