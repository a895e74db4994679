// The smallest useful module: one function (i32, i32) -> i32, no access to memory.
#include "guest.h"

#ifdef __wasm__
__attribute__((export_name("run")))
#endif
int32_t
add(int32_t a, int32_t b) {
  return a + b;
}
