// fib(20) by recursion: calls and returns. 21,891 calls when none of them is optimized away.
#include "guest.h"

static __attribute__((noinline)) uint32_t fib(uint32_t n) {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

GUEST_RUN { return (int32_t)fib(20); }
