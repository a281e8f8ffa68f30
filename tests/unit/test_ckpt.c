/* ckpt: there and back, cut anywhere, changed anywhere. */
#include <unistd.h>

#include "base/mem.h"
#include "record/rec_ckpt.h"
#include "tap.h"

static void make(dw_snapshot *s, size_t n_params)
{
    dw_err err = {0};

    *s = (dw_snapshot){.options = dw_strdup("--model 'a b'"),
                       .data = 0x0123456789abcdef,
                       .seconds = 12.5,
                       .log = dw_strdup("EPOCH\tX\n0\tNA\n")};
    s->journal = dw_alloc(3, sizeof *s->journal);
    s->n_journal = s->cap_journal = 3;
    s->journal[1] = -1e300;
    if (!n_params)
        return;
    if (dw_snapshot_shape(s, n_params, 2, &err) < 0)
        OK(0, "%s", err.msg);
    for (size_t i = 0; i < DW_AT_COUNTS; i++)
        s->count[i] = i + 1;
    for (size_t i = 0; i < DW_AT_NUMBERS; i++)
        s->number[i] = 0.1 * (double)i;
    s->number[DW_AT_BEST] = NAN;
    for (size_t i = 0; i < n_params; i++) {
        s->param[i] = (float)i / 3;
        s->best[i] = -(float)i;
        s->moment[i] = 1 / (double)(i + 1);
    }
    s->noise[3] = 0.7;
    s->best_noise[0] = 1;
    s->noise_moment[9] = 0.25;
}

static int unpack_copy(const char *bytes, size_t n, dw_err *err)
{
    unsigned char *copy = dw_alloc(n, 1);
    dw_snapshot s = {0};
    int rc;

    if (n)
        memcpy(copy, bytes, n);
    rc = dw_ckpt_unpack(&s, 1, copy, n, err);
    dw_snapshot_clear(&s);
    dw_free(copy);
    return rc;
}

static void test_round_trip(size_t n_params)
{
    dw_snapshot s, back = {0};
    dw_buf bytes = {0}, again = {0};
    dw_err err = {0};
    size_t n_taken = 0;

    make(&s, n_params);
    dw_ckpt_pack(&s, &bytes);
    OK(dw_ckpt_unpack(&back, 1, (unsigned char *)bytes.s, bytes.n, &err) == 0,
       "%zu parameters: %s", n_params, err.msg);
    dw_ckpt_pack(&back, &again);
    OK(again.n == bytes.n && memcmp(again.s, bytes.s, bytes.n) == 0,
       "the same bytes again");
    OK(back.data == s.data && back.seconds == 12.5 && back.n_journal == 3 &&
           back.journal[1] == -1e300 && strcmp(back.log, s.log) == 0 &&
           strcmp(back.options, s.options) == 0 && back.n_params == n_params,
       "what it says");
    OK(!n_params ||
           (back.count[DW_AT_STEPS] == 3 && isnan(back.number[DW_AT_BEST]) &&
            back.noise[3] == 0.7 && back.noise_moment[9] == 0.25 &&
            back.param[4] == s.param[4] && back.moment[4] == s.moment[4]),
       "its training");
    for (size_t n = 0; n < bytes.n; n++) {
        dw_err why = {0};

        n_taken += unpack_copy(bytes.s, n, &why) == 0 || !why.msg[0];
    }
    OK(n_taken == 0, "cut at each of %zu bytes: %zu taken", bytes.n, n_taken);
    OK(dw_ckpt_unpack(&back, 2, (unsigned char *)bytes.s, bytes.n, &err) ==
           DW_EVERSION,
       "a newer version: %s", err.msg);
    dw_buf_clear(&bytes);
    dw_buf_clear(&again);
    dw_snapshot_clear(&s);
    dw_snapshot_clear(&back);
}

/* A text in place of another of the same length. */
static void test_edit(const char *from, const char *to, const char *words)
{
    dw_snapshot s;
    dw_buf bytes = {0};
    dw_err err = {0};
    size_t n = strlen(from);
    int rc = 0;

    make(&s, 5);
    dw_ckpt_pack(&s, &bytes);
    for (size_t i = 0; i + n <= bytes.n; i++) {
        if (memcmp(bytes.s + i, from, n) == 0) {
            memcpy(bytes.s + i, to, n);
            rc = unpack_copy(bytes.s, bytes.n, &err);
            break;
        }
    }
    OK(rc < 0 && strstr(err.msg, words), "%s: %s", to, err.msg);
    dw_buf_clear(&bytes);
    dw_snapshot_clear(&s);
}

static void test_not_finite(void)
{
    for (int i = 0; i < 4; i++) {
        dw_snapshot s;
        dw_buf bytes = {0};
        dw_err err = {0};

        make(&s, 5);
        if (i == 0)
            s.journal[0] = INFINITY;
        else if (i == 1)
            s.param[1] = NAN;
        else if (i == 2)
            s.moment[11] = NAN;
        else
            s.noise[0] = INFINITY;
        dw_ckpt_pack(&s, &bytes);
        OK(unpack_copy(bytes.s, bytes.n, &err) == DW_EFORMAT, "%s", err.msg);
        dw_buf_clear(&bytes);
        dw_snapshot_clear(&s);
    }
}

static void test_no_memory(void)
{
    dw_snapshot s;
    dw_buf bytes = {0};
    unsigned long i = 0;
    int rc;

    make(&s, 5);
    dw_ckpt_pack(&s, &bytes);
    do {
        dw_err err = {0};

        dw_mem_fail_at(++i);
        rc = unpack_copy(bytes.s, bytes.n, &err);
        dw_mem_fail_at(0);
    } while (rc == DW_ENOMEM && i < 100);
    OK(rc == 0 && i > 5, "memory that is not there, %lu times", i - 1);
    dw_buf_clear(&bytes);
    dw_snapshot_clear(&s);
}

static void test_no_file(void)
{
    dw_snapshot s = {0};
    dw_err err = {0};

    OK(dw_ckpt_read("/nowhere/at all", &s, &err) == 0, "no file is no fault");
    OK(dw_ckpt_read("/dev/null", &s, &err) < 0, "an empty one is: %s", err.msg);
}

int main(void)
{
    test_round_trip(0);
    test_round_trip(5);
    test_edit("n_params\t5", "n_params\t6", "ckpt");
    test_edit("n_params\t5", "n_params\t0", "ckpt");
    test_edit("n_traits\t2", "n_traits\t0", "ckpt");
    test_edit("n_journal\t3", "n_journal\t9", "ckpt");
    test_edit("seconds\t12.5", "seconds\tabcd", "not a number");
    test_edit("options\t", "Options\t", "Options");
    test_edit("options\t", "0ptions\t", "options");
    test_edit("EPOCH", "EP\0CH", "NUL");
    test_not_finite();
    test_no_memory();
    test_no_file();
    return tap_done();
}
