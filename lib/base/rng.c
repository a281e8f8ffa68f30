#include "base/rng.h"

#include <math.h>

/* splitmix64, which its authors advise for filling xoshiro's state. */
static uint64_t splitmix(uint64_t *x)
{
    uint64_t z = (*x += 0x9e3779b97f4a7c15u);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

dw_rng dw_rng_init(uint64_t seed, uint64_t stream)
{
    uint64_t x = seed, y = stream ^ 0x6a09e667f3bcc909u;
    dw_rng r;

    /* Both pass a mixer first: neighbouring seeds and streams are far apart. */
    x = splitmix(&x) ^ (splitmix(&y) * 0xd1342543de82ef95u);
    for (int i = 0; i < 4; i++)
        r.s[i] = splitmix(&x);
    return r;
}

static uint64_t rotl(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

/* xoshiro256++ 1.0 (Blackman and Vigna 2019). */
uint64_t dw_rng_u64(dw_rng *r)
{
    uint64_t *s = r->s, out = rotl(s[0] + s[3], 23) + s[0], t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotl(s[3], 45);
    return out;
}

double dw_rng_uniform(dw_rng *r)
{
    return (double)(dw_rng_u64(r) >> 11) * 0x1p-53;
}

uint64_t dw_rng_below(dw_rng *r, uint64_t n)
{
    uint64_t low = (0 - n) % n; /* draws under 2^64 mod n would favour some */
    uint64_t x;

    do
        x = dw_rng_u64(r);
    while (x < low);
    return x % n;
}

/* Box and Muller, one of the pair: two draws a number, and no state to keep. */
double dw_rng_normal(dw_rng *r)
{
    const double two_pi = 6.283185307179586;
    double u = 1 - dw_rng_uniform(r); /* in (0, 1] */

    return sqrt(-2 * log(u)) * cos(two_pi * dw_rng_uniform(r));
}

double dw_rng_exponential(dw_rng *r)
{
    return -log(1 - dw_rng_uniform(r));
}
