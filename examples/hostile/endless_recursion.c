// A guest that calls itself without end.
__attribute__((noinline)) static int descend(volatile int* depth) {
  *depth = *depth + 1;
  return descend(depth) + *depth;
}

__attribute__((export_name("run"))) int run(void) {
  volatile int depth = 0;
  return descend(&depth);
}
