// A program on wasi-libc: formatted output, the heap, sorting, arguments and an exit code.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void* a, const void* b) {
  const int x = *(const int*)a;
  const int y = *(const int*)b;
  return (x > y) - (x < y);
}

int main(int argc, char** argv) {
  const int count = 10;
  int* numbers = malloc(count * sizeof *numbers);
  if (numbers == NULL) return 1;
  unsigned state = 42;
  for (int i = 0; i < count; i++) {
    state = state * 1103515245u + 12345u;
    numbers[i] = (int)(state >> 16 & 0xFF);
  }
  qsort(numbers, count, sizeof *numbers, compare);
  printf("sorted:");
  for (int i = 0; i < count; i++) printf(" %d", numbers[i]);
  printf("\npi is about %.5f\n", 3.14159265358979);
  for (int i = 1; i < argc; i++) printf("argument %d: %s\n", i, argv[i]);
  free(numbers);
  return argc > 2 ? 3 : 0;
}
