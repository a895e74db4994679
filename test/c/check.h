/* What the tests in C share: checks that count failures and go on, and reading a file. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int check_failures = 0;
static int check_count = 0;

#define CHECK(condition)                                                 \
  do {                                                                   \
    check_count++;                                                       \
    if (!(condition)) {                                                  \
      check_failures++;                                                  \
      printf("%s:%d: %s is not true\n", __FILE__, __LINE__, #condition); \
    }                                                                    \
  } while (0)

/* The end of main(): says how many checks there were. */
static inline int check_end(void) {
  printf("%d checks, %d failures\n", check_count, check_failures);
  return check_failures == 0 && check_count != 0 ? 0 : 1;
}

/* The bytes of a file; the caller frees them. Ends the program if it cannot be read. */
static inline char* read_file(const char* folder, const char* name, size_t* size) {
  char path[1024];
  FILE* file;
  char* bytes;
  snprintf(path, sizeof path, "%s/%s", folder, name);
  file = fopen(path, "rb");
  if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
    printf("cannot read %s\n", path);
    exit(1);
  }
  *size = (size_t)ftell(file);
  rewind(file);
  bytes = (char*)malloc(*size + 1);
  if (bytes == NULL || fread(bytes, 1, *size, file) != *size) {
    printf("cannot read %s\n", path);
    exit(1);
  }
  fclose(file);
  return bytes;
}

#endif
