/* Numbers to bytes and back; a cursor that cannot run past its end. */
#include <stdlib.h>

#include "base/rng.h"
#include "stream/pack.h"
#include "tap.h"

static void test_layout(void)
{
    static const unsigned char want[] = {
        0x12, 0x34, 0x12, 0x78, 0x56, 0x34, 0x12, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0,
        0, 0, 0, 0, 0xf0, 0x3f, 2, 0, 0, 0, 'a', 'b',
        /* 0x04030201 and 0x14131211 as planes */
        0x01, 0x11, 0x02, 0x12, 0x03, 0x13, 0x04, 0x14,
        /* 1.0f and any NaN */
        0x00, 0x00, 0x00, 0x00, 0x80, 0xc0, 0x3f, 0x7f};
    const uint32_t x[] = {0x04030201, 0x14131211};
    const float f[] = {1, -NAN};
    dw_buf b = {0};

    dw_pack_u8(&b, 0x12);
    dw_pack_u16(&b, 0x1234);
    dw_pack_u32(&b, 0x12345678);
    dw_pack_u64(&b, 0x0102030405060708);
    dw_pack_f64(&b, 1);
    dw_pack_text(&b, "ab", 2);
    dw_pack_u32s(&b, x, 2);
    dw_pack_f32s(&b, f, 2);
    OK(b.n == sizeof want, "%zu bytes", b.n);
    OK(b.n == sizeof want && !memcmp(b.s, want, b.n), "each where it belongs");
    dw_buf_clear(&b);
}

static void test_round_trip(void)
{
    enum { N = 1000 };
    dw_rng r = dw_rng_init(7, 0);
    uint32_t u[N], u2[N];
    float f[N], f2[N];
    double d[N], d2[N];
    dw_buf b = {0};
    dw_unpack in;
    dw_span text;

    for (size_t i = 0; i < N; i++) {
        u[i] = (uint32_t)dw_rng_u64(&r);
        f[i] = (float)dw_rng_normal(&r);
        d[i] = dw_rng_normal(&r) * 1e300;
    }
    dw_pack_u32s(&b, u, N);
    dw_pack_f32s(&b, f, N);
    dw_pack_f64s(&b, d, N);
    dw_pack_text(&b, "", 0);
    dw_pack_u16(&b, 65535);
    in = (dw_unpack){.p = (unsigned char *)b.s, .n = b.n};
    dw_unpack_u32s(&in, u2, N);
    dw_unpack_f32s(&in, f2, N);
    dw_unpack_f64s(&in, d2, N);
    text = dw_unpack_text(&in);
    OK(!memcmp(u, u2, sizeof u) && !memcmp(f, f2, sizeof f) &&
           !memcmp(d, d2, sizeof d) && text.n == 0,
       "what went in comes out");
    OK(dw_unpack_u16(&in) == 65535 && in.n == 0 && !in.bad, "to the end");
    dw_buf_clear(&b);
}

static void test_end(void)
{
    static const unsigned char bytes[] = {1, 2, 3, 4, 5};
    dw_unpack u = {.p = bytes, .n = sizeof bytes};
    uint32_t x[2] = {9, 9};

    OK(dw_unpack_room(&u, 5, 1) && !u.bad, "there is room for five");
    OK(dw_unpack_u8(&u) == 1 && dw_unpack_u64(&u) == 0 && u.bad && u.n == 4,
       "a take beyond the end is zero, sets bad and moves nothing");
    OK(dw_unpack_u8(&u) == 0 && u.n == 4, "what was bad stays so");
    u = (dw_unpack){.p = bytes, .n = sizeof bytes};
    dw_unpack_u32s(&u, x, 2);
    OK(u.bad && x[0] == 0 && x[1] == 0, "an array beyond the end is zeros");
    u = (dw_unpack){.p = bytes, .n = sizeof bytes};
    OK(!dw_unpack_room(&u, UINT64_MAX, 8) && u.bad, "a size that overflows");
    u = (dw_unpack){.p = bytes, .n = sizeof bytes};
    OK(dw_unpack_text(&u).n == 0 && u.bad, "a text longer than what is left");
    u = (dw_unpack){.p = NULL, .n = 0};
    OK(dw_unpack_u8(&u) == 0 && u.bad, "nothing holds nothing");
}

int main(void)
{
    test_layout();
    test_round_trip();
    test_end();
    return tap_done();
}
