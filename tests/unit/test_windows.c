/* Tracks as networks see them: scales, windows of many variants; and that a
 * block's TRAK is found on either side of its LDBK. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/rng.h"
#include "data/track_windows.h"
#include "flow/block_flow.h"
#include "tap.h"

static dw_err err;

static void must(int rc)
{
    if (rc < 0) {
        printf("Bail out! %s\n", err.msg);
        exit(1);
    }
}

/* ---- scales ---- */

static void test_scale(void)
{
    dw_tracks tracks = {0};
    dw_track *t = dw_tracks_add(&tracks, "a", ".", 3, &err);
    dw_track_sums s = {0};

    t->start = 10;
    memcpy(t->end, ((uint32_t[]){12, 15, 25}), 3 * sizeof *t->end);
    memcpy(t->value, ((float[]){3, NAN, -3}), 3 * sizeof *t->value);
    dw_track_sums_add(&s, t);
    NEAR(s.bases, 12, 0, 0, "bases that have data");
    NEAR(s.sum, -8 * log(4), 1e-14, 0, "the sum of signed logarithms");
    NEAR(s.square, 12 * log(4) * log(4), 1e-14, 0, "that of their squares");
    dw_track_rescale(t, 1, 2);
    NEAR(t->value[0], (log(4) - 1) / 2, 1e-6, 0, "rescaled");
    NEAR(t->value[2], (-log(4) - 1) / 2, 1e-6, 0, "so is what is below 0");
    OK(isnan(t->value[1]), "what has no data still has none");
    dw_tracks_clear(&tracks);
}

/* ---- windows ---- */

enum { TRACKS = 4, SHOWN = 3, M = 40, RUNS = 300 };

static void make_tracks(dw_tracks *t)
{
    dw_rng rng = dw_rng_init(3, 1);

    t->window = 64;
    t->bin = 8;
    strcpy(t->contig, "1");
    for (size_t i = 0; i < TRACKS; i++) {
        char name[] = {(char)('a' + i), 0};
        dw_track *track = dw_tracks_add(t, name, ".", RUNS, &err);
        uint32_t at = track->start = 40;

        for (size_t j = 0; j < RUNS; j++) {
            at += 1 + (uint32_t)dw_rng_below(&rng, 20);
            track->end[j] = at;
            track->value[j] = j % 7 == i ? NAN : (float)dw_rng_normal(&rng);
        }
    }
}

/* Each window by dw_track_bins, of tracks in another order. */
static void test_cut(uint32_t window, uint32_t bin)
{
    size_t which[SHOWN] = {2, 0, 3}, bins = window / bin, n_wrong = 0;
    uint32_t pos[M];
    dw_tracks t = {0};
    dw_track_windows w = {.tracks = &t,
                          .which = which,
                          .n = SHOWN,
                          .pos = pos,
                          .window = window,
                          .bin = bin};
    float *all = dw_alloc(M, SHOWN * bins * sizeof *all);
    float *one = dw_alloc(bins, sizeof *one);

    make_tracks(&t);
    for (size_t j = 0; j < M; j++)
        pos[j] = (uint32_t)(1 + 80 * j); /* the first has bases before 0 */
    dw_track_windows_cut(&w, 0, M, all);
    for (size_t at = 0; at < SHOWN * M; at++) {
        size_t i = at % SHOWN, j = at / SHOWN;

        dw_track_bins(&t.track[which[i]],
                      (int64_t)pos[j] - 1 - (int64_t)window / 2, bin, bins,
                      one);
        for (size_t q = 0; q < bins; q++)
            n_wrong +=
                all[i + SHOWN * (q + bins * j)] != (isnan(one[q]) ? 0 : one[q]);
    }
    OK(n_wrong == 0, "windows of %u by %u: %zu wrong", window, bin, n_wrong);
    dw_track_windows_cut(&w, 7, 1, one = dw_realloc(one, SHOWN * bins, 4));
    OK(memcmp(one, all + 7 * SHOWN * bins, SHOWN * bins * sizeof *one) == 0,
       "one of them alone");
    dw_free(all);
    dw_free(one);
    dw_tracks_clear(&t);
}

/* ---- on either side ---- */

static void put_block(dw_sink *sink, size_t b, bool tracks)
{
    dw_block x = {0};
    dw_tracks t = {.window = 4, .bin = 2};
    dw_track *track = dw_tracks_add(&t, "a", ".", 1, &err);

    track->start = 90;
    track->end[0] = 200;
    track->value[0] = (float)b;
    must(dw_variants_resize(&x.var, 1, 1, 0, &err));
    must(dw_ldblock_resize(&x.ld, 1, 1, &err));
    strcpy(t.contig, "1");
    strcpy(x.var.contig, "1");
    strcpy(x.ld.contig, "1");
    x.var.pos[0] = (uint32_t)(100 + b);
    x.var.eaf[0] = 0.5F;
    x.var.z[0] = x.var.n[0] = 1;
    must(dw_texts_add(&x.var.id, ".", 1));
    must(dw_texts_add(&x.var.ref, "A", 1));
    must(dw_texts_add(&x.var.alt, "C", 1));
    x.ld.start = (uint32_t)(99 + b);
    x.ld.end = (uint32_t)(100 + b);
    x.ld.l = 1;
    x.ld.q[0] = 1;
    x.ld.lambda[0] = x.ld.trace = 1;
    must(dw_sink_variants(sink, &x.var, &err));
    if (tracks && b % 2)
        must(dw_sink_tracks(sink, &t, &err));
    must(dw_sink_ldblock(sink, &x.ld, &err));
    if (tracks && b % 2 == 0)
        must(dw_sink_tracks(sink, &t, &err));
    dw_block_clear(&x);
    dw_tracks_clear(&t);
}

enum { BLOCKS = 5 };

static void write_stream(const char *path, bool tracks)
{
    dw_sink *sink = dw_sink_open(path, &err);
    dw_head head = {0};

    must(sink ? 0 : err.code);
    dw_head_add_trait(&head, "y", "simulated", 100);
    dw_head_set_panel(&head, "panel", 10, "by hand");
    must(dw_sink_begin(sink, &head, &err));
    for (size_t b = 0; b < BLOCKS; b++)
        put_block(sink, b, tracks);
    must(dw_sink_end(sink, NULL, "test", NULL, &err));
    must(dw_sink_close(sink, &err));
    dw_head_clear(&head);
}

/* All blocks, one by one; those whose track is their own. */
static void test_blocks(const char *path, bool tracks)
{
    dw_source *src = dw_source_open(path, &err);
    dw_block block = {.with_tracks = true};
    size_t n = 0, n_right = 0;
    int rc;

    must(src ? 0 : err.code);
    while ((rc = dw_source_block(src, &block, &err)) > 0) {
        n_right += tracks ? block.tracks.n == 1 &&
                                block.tracks.track[0].value[0] == (float)n
                          : block.tracks.n == 0;
        n++;
    }
    OK(rc == 0 && n == BLOCKS && n_right == n, "%zu of %zu blocks have %s: %s",
       n_right, n, tracks ? "their tracks" : "none", err.msg);
    dw_block_clear(&block);
    dw_source_close(src);
}

struct seen {
    size_t n, n_right;
};

static int begin(void *self, dw_source *src, dw_flow_item *item, dw_err *e)
{
    (void)self;
    (void)src;
    (void)item;
    (void)e;
    return 0;
}

static bool wanted(void *self)
{
    (void)self;
    return true;
}

static void work(void *self, size_t thread, dw_flow_item *item)
{
    (void)self;
    (void)thread;
    (void)item;
}

static int finish(void *self, dw_flow_item *item, dw_err *e)
{
    struct seen *s = self;
    const dw_tracks *t = &item->b.tracks;

    (void)e;
    s->n_right += t->n == 1 && t->track[0].value[0] == (float)s->n;
    s->n++;
    return 0;
}

static void test_flow(const char *path, size_t threads)
{
    const dw_flow flow = {.own_size = 1,
                          .begin = begin,
                          .tracks = wanted,
                          .work = work,
                          .finish = finish};
    dw_source *src = dw_source_open(path, &err);
    dw_pool *pool = dw_pool_new(threads);
    struct seen s = {0};

    must(src ? 0 : err.code);
    OK(dw_flow_run(&flow, &s, src, pool, &err) == 0 && s.n == BLOCKS &&
           s.n_right == BLOCKS,
       "%zu blocks of %zu have their tracks by %zu threads", s.n_right, s.n,
       threads);
    dw_pool_free(pool);
    dw_source_close(src);
}

int main(void)
{
    char path[] = "/tmp/dw-test-XXXXXX";

    test_scale();
    test_cut(64, 8);
    test_cut(48, 1);
    test_cut(600, 2); /* more bins than are cut at a time */
    close(mkstemp(path));
    write_stream(path, true);
    test_blocks(path, true);
    test_flow(path, 1);
    test_flow(path, 3);
    write_stream(path, false);
    test_blocks(path, false);
    unlink(path);
    return tap_done();
}
