// Matrices of f32: multiply and subtract rows.
#include "workload.h"

#define ELEMENT float
#define BITS uint32_t
#include "matmul.inc"

WORKLOAD("matmul_f32", 240)
