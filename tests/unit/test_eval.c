/* What dw-eval adds up: scopes, gradients, deciles, correlations; and the table
 * of prior variances that it reads. */
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "input/read_prior.h"
#include "score/calibration.h"
#include "score/eval_sums.h"
#include "score/gradsum.h"

static void test_corr(void)
{
    /* By hand: x = 1 2 3 4, y = 2 1 4 3 gives 0.6. */
    const double y[] = {2, 1, 4, 3};
    dw_corr c = {0};
    dw_buf text = {0};

    OK(isnan(dw_corr_value(&c)), "nothing has no correlation");
    for (int i = 0; i < 4; i++)
        dw_corr_add(&c, 1e6 + i, y[i]);
    NEAR(dw_corr_value(&c), 0.6, 1e-12, 1, "far from 0");
    dw_corr_print(&c, "x", &text);
    OK(strcmp(text.s, "x\t4\t0.6\n") == 0, "its line");
    c = (dw_corr){0};
    dw_corr_add(&c, 1, 2);
    dw_corr_add(&c, 1, 3);
    dw_buf_reset(&text);
    dw_corr_print(&c, "x", &text);
    OK(strcmp(text.s, "x\t2\tNA\n") == 0, "what does not vary has none");
    dw_buf_clear(&text);
}

static void test_calibration(void)
{
    enum { L = 25 };
    float z[L];
    double expected[L];
    dw_eval e = {.expected = expected};
    dw_calibration c = {0};
    dw_decile d[DW_DECILES];
    dw_err err = {0};
    size_t n = 0, least = L, most = 0;

    for (int j = 0; j < L; j++) {
        z[j] = j == 24 ? NAN : 2;
        expected[j] = (j * 7) % L; /* 0 .. 24, shuffled; 18 is not observed */
    }
    OK(dw_calibration_add(&c, z, L, &e, &err) == 0, "added");
    dw_calibration_deciles(&c, d);
    for (int i = 0; i < DW_DECILES; i++) {
        n += d[i].n;
        least = d[i].n < least ? d[i].n : least;
        most = d[i].n > most ? d[i].n : most;
    }
    OK(n == 24 && least == 2 && most == 3, "24 in ten parts of 2 or 3");
    OK(d[0].low == 0 && d[0].high == 1 && d[0].expected == 0.5 &&
           d[0].observed == 4,
       "the lowest part");
    OK(d[9].high == 24, "the highest part");
    dw_mem_fail_at(1);
    for (int i = 0; i < 9; i++)
        c.n += c.cap - c.n; /* full */
    OK(dw_calibration_add(&c, z, L, &e, &err) == DW_ENOMEM, "%s", err.msg);
    dw_mem_fail_at(0);
    c.n = 0;
    dw_calibration_deciles(&c, d);
    OK(d[3].n == 0 && isnan(d[3].observed), "nothing in it");
    dw_calibration_clear(&c);
}

/* Variants at positions first .. first + 2, A to C. */
static dw_variants three(const char *contig, uint32_t first)
{
    dw_variants v = {0};
    dw_err err = {0};

    if (dw_variants_resize(&v, 3, 0, 0, &err) < 0)
        abort();
    strcpy(v.contig, contig);
    for (uint32_t i = 0; i < 3; i++) {
        v.pos[i] = first + i;
        if (dw_texts_add(&v.id, "rs", 2) || dw_texts_add(&v.ref, "A", 1) ||
            dw_texts_add(&v.alt, "C", 1))
            abort();
    }
    return v;
}

static void test_gradsum(void)
{
    double f[] = {10, 20, 30}, grad[] = {1, 2, 4};
    dw_eval e = {.m = 3, .f = f, .grad = grad};
    dw_variants a = three("1", 5), b = three("1", 4), c = three("2", 1);
    dw_gradsum *g = dw_gradsum_new();
    dw_buf text = {0};
    dw_err err = {0};

    OK(dw_gradsum_add(g, &a, &e, 10, &text, &err) == 0, "a block");
    OK(dw_gradsum_add(g, &b, &e, 10, &text, &err) == 0, "one that overlaps");
    OK(text.n == 0, "nothing is told before the contig is over");
    OK(dw_gradsum_add(g, &c, &e, 10, &text, &err) == 0, "another contig");
    OK(strcmp(text.s, "1\t4\trs\tA\tC\t1\t1\n1\t5\trs\tA\tC\t2\t3\n"
                      "1\t6\trs\tA\tC\t3\t6\n1\t7\trs\tA\tC\t3\t4\n") == 0,
       "sums in order of position");
    dw_buf_reset(&text);
    OK(dw_gradsum_finish(g, &text, &err) == 0 &&
           strncmp(text.s, "2\t1\trs\tA\tC\t1\t1\n", 15) == 0,
       "the last contig");
    OK(dw_gradsum_add(g, &a, &e, 10, &text, &err) == DW_EMISMATCH &&
           strstr(err.msg, "chromosome 1 comes back"),
       "%s", err.msg);
    dw_gradsum_free(g);
    dw_gradsum_free(NULL);
    dw_buf_clear(&text);
    dw_variants_clear(&a);
    dw_variants_clear(&b);
    dw_variants_clear(&c);
}

static void test_scopes(void)
{
    dw_eval e = {.n_observed = 4, .k = 3, .loglik = -2, .null = -5, .ldsr = 8};
    dw_scopes s = {0};
    dw_buf text = {0};
    dw_err err = {0};

    OK(dw_scopes_add(&s, "1", &e, &err) == 0 &&
           dw_scopes_add(&s, "2", &e, &err) == 0 &&
           dw_scopes_add(&s, "1", &e, &err) == 0,
       "added");
    dw_scopes_print(&s, &text);
    OK(strcmp(text.s, "1\t8\t6\t-4\t-10\t6\t2\n2\t4\t3\t-2\t-5\t3\t2\n") == 0,
       "in the order in which they came");
    dw_buf_clear(&text);
    dw_scopes_clear(&s);
}

static dw_prior *prior(const char *text, dw_err *err)
{
    char path[] = "/tmp/dw-prior-XXXXXX";
    int fd = mkstemp(path);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    dw_prior *p;

    if (!f || fputs(text, f) < 0 || fclose(f) != 0)
        abort();
    p = dw_prior_read(path, err);
    unlink(path);
    return p;
}

static void test_prior(void)
{
    dw_err err = {0};
    dw_prior *p = prior("POS PRIOR_VAR extra ALT CHR REF\n"
                        "7 3 x A 2 C\n6 NA x C 2 A\n5 1 x c chr2 a\n"
                        "7 8 x T 2 A\n1 1e-6 x C X A\n",
                        &err);
    dw_variants v = three("2", 4), x = three("X", 1), none = three("9", 1);
    double f[3];

    OK(p && dw_prior_n(p) == 4, "four rows have a variance %s", err.msg);
    NEAR(dw_prior_mean(p), 12.000001 / 4, 1e-14, 1, "their mean");
    strcpy(v.contig, "2");
    dw_prior_variances(p, &v, f);
    OK(isnan(f[0]) && f[1] == 1 && isnan(f[2]), "not there, there, NA");
    for (int i = 0; i < 3; i++)
        v.pos[i]++;
    dw_prior_variances(p, &v, f);
    OK(f[2] == 3, "alleles the other way round");
    dw_prior_variances(p, &x, f);
    OK(f[0] == 1e-6 && isnan(f[1]), "the last contig");
    dw_prior_variances(p, &none, f);
    OK(isnan(f[0]) && isnan(f[2]), "a contig that is not there");
    dw_prior_free(p);
    dw_prior_free(NULL);

    OK(!prior("CHR POS REF ALT PRIOR_VAR\n1 2 A C 1\n1 2 C A 2\n", &err), "%s",
       err.msg);
    OK(!prior("CHR POS REF ALT PRIOR_VAR\n1 x A C 1\n", &err), "%s", err.msg);
    OK(!prior("CHR POS REF ALT PRIOR_VAR\n0 1 A C 1\n", &err) &&
           strstr(err.msg, "\"0\" is no chromosome"),
       "%s", err.msg);
    for (unsigned long i = 1; i <= 6; i++) {
        dw_prior *q;

        dw_mem_fail_at(i);
        q = prior("CHR POS REF ALT PRIOR_VAR\n1 2 A C 1\n", &err);
        dw_mem_fail_at(0);
        OK(!q && err.code == DW_ENOMEM, "allocation %lu: %s", i, err.msg);
        dw_prior_free(q);
    }
    dw_variants_clear(&v);
    dw_variants_clear(&x);
    dw_variants_clear(&none);
}

int main(void)
{
    test_corr();
    test_calibration();
    test_gradsum();
    test_scopes();
    test_prior();
    return tap_done();
}
