// A guest for the tests of source lines: it divides by zero in an inlined function.
static inline __attribute__((always_inline)) int divide(int a, int b) { return a / b; }
int helper(int x) { return 100 / x + divide(x, x - 3); }
__attribute__((noinline)) int middle(int x) {
  int sum = 0;
  for (int i = 0; i < x; i++) {
    sum += helper(i + 1);
  }
  return sum;
}
__attribute__((export_name("outer"))) int outer(int x) { return middle(x) + 1; }
