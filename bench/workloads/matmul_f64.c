// Matrices of f64: multiply and subtract rows.
#include "workload.h"

#define ELEMENT double
#define BITS uint64_t
#include "matmul.inc"

WORKLOAD("matmul_f64", 230)
