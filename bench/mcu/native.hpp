// The guests as native code: what the work costs without a virtual machine.
#pragma once

#include <stdint.h>

namespace native_fib {
int32_t run();
}
namespace native_sieve {
int32_t run();
}
namespace native_crc32 {
int32_t run();
}
namespace native_matmul {
int32_t run();
}
namespace native_medium {
int32_t run();
}
namespace native_coremark_class {
int32_t run();
}
