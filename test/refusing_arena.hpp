// An arena that refuses its n-th request for memory, for tests. What links refusing_arena.cpp gets
// it in place of the library's.
#pragma once

#include <cstdint>

namespace mote::test {

// Counts requests from 0 on; refuses number `nth` and grants all others that fit.
void refuse_request(uint32_t nth);
// Refuses nothing any more. How many requests there were since refuse_request().
uint32_t stop_refusing();

}  // namespace mote::test
