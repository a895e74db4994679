// Where the counter (counter.c) begins and ends to count. In a file of their own, never inlined.
#pragma once

extern "C" {
void mote_bench_begin();
void mote_bench_end();
}
