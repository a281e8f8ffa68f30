/*
 * half: IEEE 754 binary16 to float and back, in plain integers.
 *
 * Every half is a float exactly.  The way back rounds to the nearest half, ties
 * to even, with subnormals; from 65520 on it is infinite.  No branch depends on
 * the value.  One way on every machine: F16C would save 2 ns an element, once a
 * run, of what zstd takes as long for.
 */
#ifndef DW_BASE_HALF_H
#define DW_BASE_HALF_H

#include <stdint.h>
#include <string.h>

/* Values of half's range whose float exponents are 112 above it. */
#define DW_HALF_BIAS (UINT32_C(112) << 23)

static inline float dw_float_of_bits(uint32_t bits)
{
    float x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

static inline uint32_t dw_bits_of_float(float x)
{
    uint32_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline float dw_half_float(uint16_t h)
{
    uint32_t sign = (uint32_t)(h & 0x8000) << 16;
    uint32_t rest = (uint32_t)(h & 0x7fff) << 13;
    /* Subnormals: 2^-14 + x less 2^-14, which normalises x. */
    uint32_t small = dw_bits_of_float(
        dw_float_of_bits(rest + DW_HALF_BIAS + (UINT32_C(1) << 23)) - 0x1p-14f);
    uint32_t normal = rest + DW_HALF_BIAS;
    uint32_t large = rest | UINT32_C(0x7f800000);

    rest = rest < UINT32_C(1) << 23 ? small : normal;
    return dw_float_of_bits(sign | ((h & 0x7c00) == 0x7c00 ? large : rest));
}

static inline uint16_t dw_half_of_float(float x)
{
    uint32_t bits = dw_bits_of_float(x), rest = bits & UINT32_C(0x7fffffff);
    /* Subnormals: the last bit of 0.5 + x is 2^-24, and the sum is rounded. */
    uint32_t small =
        dw_bits_of_float(dw_float_of_bits(rest) + 0.5f) - (UINT32_C(126) << 23);
    uint32_t normal = (rest - DW_HALF_BIAS + 0xfff + (rest >> 13 & 1)) >> 13;
    uint32_t nan = rest > UINT32_C(0x7f800000) ? 0x7e00 : 0x7c00;
    uint32_t h = rest < UINT32_C(113) << 23 ? small : normal;

    h = rest < UINT32_C(143) << 23 ? h : nan;
    return (uint16_t)(h | bits >> 31 << 15);
}

#endif
