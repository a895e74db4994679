// The marks: see marks.hpp.
#include "marks.hpp"

void mote_bench_begin() { __asm__ volatile(""); }
void mote_bench_end() { __asm__ volatile(""); }
