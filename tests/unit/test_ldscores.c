/* LD scores by tiles against sums over all pairs; windows against LDSC's rule.
 */
#include "tap.h"

#include <stdbool.h>

#include "base/mem.h"
#include "base/rng.h"
#include "ld/ld_window.h"
#include "ld/ldscores.h"
#include "linalg/blas.h"

enum { M = 700, CORE = 150, L = 400, K = 30, P = 3, PEOPLE = 40 };

typedef struct problem {
    float q[K * M], annot[M * P];
    uint32_t pos[M];
    size_t first[M];
    dw_ldblock b;
} problem;

/* Positions in bursts, so that some windows hold few and some many. */
static void make(problem *p)
{
    dw_rng rng = dw_rng_init(11, 0);
    uint32_t pos = 1000;

    for (size_t i = 0; i < K * M; i++)
        p->q[i] = (float)(dw_rng_uniform(&rng) - 0.5) / 3;
    for (size_t i = 0; i < M * P; i++)
        p->annot[i] = (float)(dw_rng_uniform(&rng) * 4 - 1);
    for (size_t i = 0; i < M; i++) {
        pos += i % 150 == 149 ? 5000 : i % 3;
        p->pos[i] = pos;
    }
    p->b = (dw_ldblock){
        .people = PEOPLE, .m = M, .core = CORE, .l = L, .k = K, .q = p->q};
}

/* LDSC's rule, a pair at a time: of i < j, is i in the window of j? */
static bool paired(const dw_ld_window *w, const uint32_t *pos, size_t rank,
                   size_t i, size_t j)
{
    size_t head = (rank + j) / w->chunk * w->chunk, left = rank;

    head = head < rank ? rank : head;
    while ((double)pos[head - rank] - (double)pos[left - rank] > w->reach)
        left++;
    return rank + i >= left / w->chunk * w->chunk;
}

static void test_windows(void)
{
    static const dw_ld_window window[] = {
        {100, 1}, {60, 50}, {6000, 7}, {INFINITY, 1}, {0.5, 64}};
    static problem p;

    make(&p);
    for (size_t w = 0; w < DW_COUNT(window); w++) {
        for (size_t rank = 0; rank < 130; rank += 43) {
            size_t wrong = 0;

            dw_ld_window_first(&window[w], M, p.pos, rank, p.first);
            for (size_t j = 0; j < M; j++) {
                for (size_t i = 0; i <= j; i++)
                    wrong += (i >= p.first[j]) !=
                             paired(&window[w], p.pos, rank, i, j);
            }
            OK(wrong == 0, "window %zu from rank %zu: %zu pairs differ", w,
               rank, wrong);
        }
    }
}

static double r2(const problem *p, size_t i, size_t j)
{
    double r = 0;

    for (size_t h = 0; h < K; h++)
        r += (double)p->q[h + i * K] * (double)p->q[h + j * K];
    return r * r - (1 - r * r) / (PEOPLE - 2);
}

static double plain(const problem *p, size_t j, const float *annot)
{
    double sum = 0;

    for (size_t i = 0; i < M; i++) {
        if (i < j ? i >= p->first[j] : j >= p->first[i])
            sum += r2(p, i, j) * (annot ? (double)annot[i] : 1);
    }
    return sum;
}

static void test_scores(void)
{
    static const dw_ld_window window[] = {
        {100, 1}, {60, 50}, {0.5, 1}, {INFINITY, 1}};
    static problem p;
    static double got[L * P];
    dw_ldscores_ws *ws = dw_ldscores_ws_new();

    make(&p);
    for (size_t w = 0; w < DW_COUNT(window); w++) {
        double worst = 0;

        dw_ld_window_first(&window[w], M, p.pos, 17, p.first);
        OK(dw_ldscores_block(ws, &p.b, p.first, 1, NULL, got) == 0, "total");
        for (size_t j = 0; j < L; j++)
            worst = fmax(worst, fabs(got[j] - plain(&p, CORE + j, NULL)));
        OK(dw_ldscores_block(ws, &p.b, p.first, P, p.annot, got) == 0, "parts");
        for (size_t a = 0; a < P; a++) {
            for (size_t j = 0; j < L; j++)
                worst = fmax(worst, fabs(got[j + a * L] -
                                         plain(&p, CORE + j, p.annot + a * M)));
        }
        /* Sums of up to 700 terms below 1, in single precision by parts. */
        OK(worst < 2e-5, "window %zu: off by %.1g", w, worst);
    }
    dw_ldscores_ws_free(ws);
}

static void test_broken(void)
{
    static problem p;
    static double got[L];
    dw_ldscores_ws *ws = dw_ldscores_ws_new();

    make(&p);
    dw_ld_window_first(&(dw_ld_window){100, 1}, M, p.pos, 0, p.first);
    dw_mem_fail_at(1);
    OK(dw_ldscores_block(ws, &p.b, p.first, 1, NULL, got) == DW_ENOMEM,
       "no memory");
    dw_mem_fail_at(0);
    OK(dw_ldscores_block(ws, &p.b, p.first, 1, NULL, got) == 0,
       "and then it goes");
    dw_ldscores_ws_free(ws);
    dw_ldscores_ws_free(NULL);
}

int main(void)
{
    dw_linalg_single_thread();
    test_windows();
    test_scores();
    test_broken();
    return tap_done();
}
