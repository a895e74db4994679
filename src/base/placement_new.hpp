// Placement new, also where the compiler comes without a C++ library (Debian's
// riscv64-unknown-elf-g++ has no <new>): the only thing that the core needs of one.
#pragma once

#include <stddef.h>

#if __has_include(<new>)
#include <new>
#else
inline void* operator new(size_t, void* place) noexcept { return place; }
#endif
