// poll_oneoff, for worlds with and without files.
#pragma once

#include <mote/wasi.hpp>

#include "wasi/memory.hpp"

namespace mote::wasi {

// What a descriptor can do without waiting.
struct Readiness {
  Errno error = kSuccess;
  uint64_t bytes = 0;  // 0: it would have to wait
};
// Looks at a descriptor, waiting for at most `nanoseconds`.
using ReadinessOf = Readiness (*)(void* world, uint32_t fd, bool to_write, uint64_t nanoseconds);

// Of a standard stream.
Readiness stream_readiness(const WasiSystem& system, uint32_t stream, bool to_write,
                           uint64_t nanoseconds);

// The call, with the guest's parameters.
Errno poll(Host& host, const WasiSystem& system, ReadinessOf readiness, void* world, uint32_t in,
           uint32_t out, uint32_t count, uint32_t events_at);

}  // namespace mote::wasi
