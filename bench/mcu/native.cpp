// The guests as native code, see native.hpp: the same sources, compiled -O2.
#include "native.hpp"

#include "guest.h"

#define GUEST_RUN_NAME run
namespace native_fib {
#include "fib.c"
}
namespace native_sieve {
#include "sieve.c"
#undef SIZE
}  // namespace native_sieve
namespace native_crc32 {
#include "crc32.c"
#undef LENGTH
#undef ROUNDS
}  // namespace native_crc32
namespace native_matmul {
#include "matmul.c"
#undef N
#undef ROUNDS
}  // namespace native_matmul
namespace native_medium {
#include "medium.c"
#undef RING
#undef WINDOW
#undef TEXT
}  // namespace native_medium
namespace native_coremark_class {
#include "coremark_class.c"
}
