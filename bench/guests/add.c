// The smallest useful module: add(i32, i32) -> i32, no memory.
#include "guest.h"

#ifdef __wasm__
__attribute__((export_name("add")))
#endif
int32_t
add(int32_t a, int32_t b) {
  return a + b;
}
