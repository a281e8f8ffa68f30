/*
 * bench_net: what a step of training costs in the network, forward and
 * backward, and the rate of its products against the SGEMM of the same BLAS in
 * the same run.  Asserts nothing.
 *
 *     bench_net [VARIANTS [TRACKS [SPEC ...]]]
 *
 * VARIANTS (256) are measured; what is printed is of 3,000, which is that in
 * proportion.  Windows are cut from runs of 5 to 45 bases, and variants are
 * some 300 bases apart, as they are in a genome.  CPU time of one thread.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "data/track_windows.h"
#include "linalg/blas.h"
#include "linalg/dense.h"
#include "nn/net.h"
#include "nn/net_plan.h"

enum { PER_STEP = 3000, P = 20, WINDOW = 256 };

/* GFLOP/s of 1,000 x 1,000 x 1,000, the best of three. */
static double sgemm_rate(void)
{
    enum { N = 1000 };
    float *a = dw_alloc(N * N, 3 * sizeof *a);
    double best = 0;

    for (size_t i = 0; i < 2 * N * N; i++)
        a[i] = (float)(i % 17) - 8;
    for (int i = 0; i < 3; i++) {
        double start = dw_clock_thread(), rate;

        dw_sgemm(false, false, N, N, N, 1, a, N, a + N * N, N, 0, a + 2 * N * N,
                 N);
        rate = 2e-9 * N * N * N / (dw_clock_thread() - start);
        best = rate > best ? rate : best;
    }
    dw_free(a);
    return best;
}

static void make_tracks(dw_tracks *t, size_t n, uint32_t end)
{
    dw_rng rng = dw_rng_init(1, 2);
    dw_err err = {0};

    for (size_t i = 0; i < n; i++) {
        char name[32];
        dw_track *track;
        uint32_t at = 0;
        size_t runs = end / 25;

        snprintf(name, sizeof name, "t%zu", i);
        track = dw_tracks_add(t, name, ".", runs, &err);
        if (!track)
            exit(1);
        for (size_t j = 0; j < runs; j++) {
            at += 5 + (uint32_t)dw_rng_below(&rng, 41);
            track->end[j] = at;
            track->value[j] = (float)dw_rng_normal(&rng);
        }
    }
}

/* Flops of the products on the way forward, of one variant; and of those the
 * share whose input needs no gradient. */
static double flops(const dw_plan *plan, double *first)
{
    double sum = 0;

    *first = 0;
    for (size_t i = 0; i < plan->n; i++) {
        const dw_stage *s = &plan->stage[i];
        const dw_value *in = &plan->value[s->src], *out = &plan->value[s->dst];
        double c = (double)in->c, t = (double)in->t, wide = (double)out->c * t;
        double n = 0;

        switch (s->op) {
        case DW_OP_LINEAR:
        case DW_OP_JOIN: n = 2 * c * wide; break;
        case DW_OP_CONV: n = 2 * c * wide * (double)s->k; break;
        case DW_OP_POOL: n = c * c * t; break; /* of differences */
        case DW_OP_ATTEND: n = 8 * c * c * t + 4 * c * t * t; break;
        default: break;
        }
        sum += n;
        if (s->src == 0)
            *first = n;
    }
    return sum;
}

static void one(const char *spec, size_t bin, dw_track_windows *windows,
                size_t m, double rate)
{
    dw_net_input in = {.windows = {dw_track_windows_cut, windows}};
    double forward, backward, cut, start, gflop, first;
    dw_err err = {0};
    dw_net_ws *ws;
    dw_plan plan;
    dw_net net;
    float *param, *grad, *x = dw_alloc(m, P * sizeof *x), *out;
    size_t n;

    if (dw_net_parse(&net, spec, P, &err) < 0 ||
        (dw_net_looks(&net) &&
         dw_net_set_tracks(&net, windows->n, WINDOW, bin, &err) < 0)) {
        fprintf(stderr, "bench_net: %s\n", err.msg);
        exit(1);
    }
    windows->window = WINDOW;
    windows->bin = (uint32_t)bin;
    n = dw_net_n_params(&net);
    param = dw_alloc(n, sizeof *param);
    grad = dw_alloc(n, sizeof *grad);
    out = dw_alloc(m, sizeof *out);
    dw_net_init(&net, 1, param);
    for (size_t i = 0; i < m; i++)
        out[i] = 1;
    in.x = x;
    ws = dw_net_ws_new(&net);
    dw_plan_make(&plan, &net);
    gflop = 1e-9 * flops(&plan, &first) * (double)m;
    first *= 1e-9 * (double)m;

    start = dw_clock_thread();
    for (size_t at = 0; dw_net_looks(&net) && at < m; at += plan.tile) {
        float *to =
            dw_alloc(plan.tile, plan.value[0].c * plan.value[0].t * sizeof *to);

        dw_track_windows_cut(windows, at,
                             m - at < plan.tile ? m - at : plan.tile, to);
        dw_free(to);
    }
    cut = dw_clock_thread() - start;
    start = dw_clock_thread();
    dw_net_forward(&net, ws, param, m, &in, NULL, out);
    forward = dw_clock_thread() - start;
    start = dw_clock_thread();
    dw_net_backward(&net, ws, param, m, &in, NULL, out, grad);
    backward = dw_clock_thread() - start;
    /* Forward twice, and two products back for each, but one for the first. */
    printf("%-58s %4zu %9zu %7.2f %7.2f %6.2f %6.1f %5.0f %% %5.0f\n", spec,
           bin, n, PER_STEP / (double)m * forward,
           PER_STEP / (double)m * backward, PER_STEP / (double)m * 2 * cut,
           (4 * gflop - first) / (forward + backward),
           100 * (4 * gflop - first) / (forward + backward) / rate,
           (double)dw_net_ws_bytes(&net) / 1e6);
    fflush(stdout);
    dw_plan_clear(&plan);
    dw_net_ws_free(ws);
    dw_free(param);
    dw_free(grad);
    dw_free(out);
    dw_free(x);
}

int main(int argc, char **argv)
{
    static const char *const spec[] = {
        "conv:dim=64", "conv:dim=128", "transformer:dim=64",
        "transformer:dim=128", "transformer:dim=384"};
    size_t m = argc > 1 ? strtoul(argv[1], NULL, 10) : 256;
    size_t tracks = argc > 2 ? strtoul(argv[2], NULL, 10) : 165;
    uint32_t *pos = dw_alloc(m, sizeof *pos);
    size_t *which = dw_alloc(tracks, sizeof *which);
    dw_tracks t = {0};
    dw_track_windows windows = {
        .tracks = &t, .which = which, .n = tracks, .pos = pos};
    double rate;

    dw_linalg_single_thread();
    for (size_t i = 0; i < m; i++)
        pos[i] = (uint32_t)(1000 + 300 * i);
    for (size_t i = 0; i < tracks; i++)
        which[i] = i;
    make_tracks(&t, tracks, (uint32_t)(2000 + 300 * m));
    rate = sgemm_rate();
    printf("Networks: a step of %d variants, windows of %d bases, %zu tracks, "
           "%d annotations; SGEMM %.1f GFLOP/s\n"
           "%-58s %4s %9s %7s %7s %6s %6s %7s %5s\n",
           PER_STEP, WINDOW, tracks, P, rate, "model", "bin", "params", "fwd s",
           "bwd s", "cut s", "GF/s", "share", "MB");
    if (argc > 3) {
        for (int i = 3; i < argc; i++)
            for (size_t bin = 1; bin <= 16; bin *= 4)
                one(argv[i], bin, &windows, m, rate);
    } else {
        one("mlp:64,64", 1, &windows, m, rate);
        for (size_t i = 0; i < DW_COUNT(spec); i++)
            for (size_t bin = 1; bin <= 16; bin *= 4)
                one(spec[i], bin, &windows, m, rate);
    }
    dw_tracks_clear(&t);
    dw_free(which);
    dw_free(pos);
    return 0;
}
