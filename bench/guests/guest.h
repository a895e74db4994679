// Shared by the guests: C without a library, compiled to Wasm, and to native code as a yardstick.
#ifndef MOTE_BENCH_GUEST_H
#define MOTE_BENCH_GUEST_H

#include <stdint.h>

// What the host calls. Every guest returns a checksum of its work, which the firmware compares.
#ifdef __wasm__
#define GUEST_RUN __attribute__((export_name("run"))) int32_t run(void)
#define GUEST_IMPORT(name) __attribute__((import_module("env"), import_name(name)))
#else
// The same source, natively: -DGUEST_RUN_NAME=native_fib and so on.
#define GUEST_RUN int32_t GUEST_RUN_NAME(void)
#define GUEST_IMPORT(name)
#endif

#endif
