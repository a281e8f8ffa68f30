/*
 * real: the number that networks are made of.
 *
 * float; a test that defines DW_REAL_DOUBLE before it includes a source file of
 * nn has the same code in double, so that gradients can be held against finite
 * differences.
 */
#ifndef DW_NN_REAL_H
#define DW_NN_REAL_H

#include "linalg/dense.h"

#ifdef DW_REAL_DOUBLE
typedef double dw_real;
#    define dw_real_gemm dw_gemm
#else
typedef float dw_real;
#    define dw_real_gemm dw_sgemm
#endif

#endif
