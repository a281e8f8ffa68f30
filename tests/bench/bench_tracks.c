/*
 * bench_tracks: what signal tracks cost around the variants of a window, stored
 * once as runs, against one window a variant.  Asserts nothing.
 *
 *     bench_tracks [BIM [BIGWIG...]]
 *
 * 165 bigWigs are written by libBigWig: the real ones, where they are densest,
 * moved and scaled; or, without any, a background in steps of some 25 bases
 * with peaks.  Without BIM 4,500 places in 1 Mb.  CPU time of one thread.
 */
#include <bigWig.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "annot/bigwig.h"
#include "annot/signal_tracks.h"
#include "base/mem.h"
#include "base/rng.h"
#include "record/rec_stream.h"
#include "stream/frame.h"
#include "stream/pack.h"

enum {
    TRACKS = 165,
    WINDOW = 256,
    BIN = 16,
    SPAN = 1000000,
    LENGTH = 250000000
};

static dw_err err;
static char dir[] = "/tmp/dw-bench-XXXXXX";
static char spec[TRACKS][96];

static void must(int rc)
{
    if (rc >= 0)
        return;
    fprintf(stderr, "bench_tracks: %s\n", err.msg);
    exit(1);
}

static double cpu(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- variants ---- */

static void add_pos(dw_variants *v, uint32_t pos)
{
    uint32_t *all = dw_realloc(v->pos, v->m + 1, sizeof *all);

    all[v->m] = pos;
    v->pos = all;
    v->m++;
}

static void read_variants(dw_variants *v, const char *bim)
{
    FILE *f = bim ? fopen(bim, "r") : NULL;
    dw_rng r = dw_rng_init(1, 0);
    unsigned pos;

    strcpy(v->contig, "1");
    if (bim && !f)
        must(dw_fail_errno(&err, "%s", bim));
    while (f && fscanf(f, "%*s %*s %*s %u %*s %*s", &pos) == 1)
        add_pos(v, pos);
    for (pos = 20000000; !f; add_pos(v, pos)) {
        pos += 1 + (unsigned)(dw_rng_exponential(&r) * SPAN / 4500);
        if (pos >= 20000000 + SPAN)
            break;
    }
    if (f)
        fclose(f);
}

/* ---- signals ---- */

/* The items of a file in the 1 Mb where it has most, from 0 on. */
static void read_dense(const char *path, dw_bigwig_items *items)
{
    dw_bigwig *b = dw_bigwig_open(path, &err);
    size_t best = 0, n = 0, j = 0;

    must(b ? 0 : -1);
    must(dw_bigwig_read(b, 0, 0, INT32_MAX, 0, items, &err));
    for (size_t i = 0; i < items->n; i++) {
        for (; items->item[i].end - items->item[j].start > SPAN; j++)
            ;
        if (i - j >= n) {
            n = i - j + 1;
            best = j;
        }
    }
    memmove(items->item, items->item + best, n * sizeof *items->item);
    items->n = n;
    for (size_t i = n; i-- > 0;) {
        items->item[i].end -= items->item[0].start;
        items->item[i].start -= items->item[0].start;
    }
    dw_bigwig_close(b);
}

static void simulate(dw_bigwig_items *items, uint64_t seed)
{
    dw_rng r = dw_rng_init(2, seed);
    double peak = 0;

    items->n = 0;
    items->item = dw_realloc(items->item, SPAN, sizeof *items->item);
    for (uint32_t at = 0; at < SPAN;) {
        uint32_t end = at + 1 + (uint32_t)(24 * dw_rng_exponential(&r));

        if (dw_rng_uniform(&r) < 0.0008)
            peak = 20 * dw_rng_exponential(&r);
        peak *= 0.97;
        items->item[items->n++] = (dw_bigwig_item){
            at, end < SPAN ? end : SPAN,
            (float)(floor(1e5 * (peak + 0.3 * dw_rng_exponential(&r))) / 1e5)};
        at = end;
    }
}

/* Track i, moved round within the window and scaled. */
static void write_one(size_t i, const dw_bigwig_items *items, uint32_t begin)
{
    const char *const chrom = "1";
    const uint32_t length = LENGTH, move = (uint32_t)(i * 7919 % SPAN);
    uint32_t *start = dw_alloc(items->n, sizeof *start);
    uint32_t *end = dw_alloc(items->n, sizeof *end);
    float *value = dw_alloc(items->n, sizeof *value);
    const char **name = dw_alloc(items->n, sizeof *name);
    bigWigFile_t *f = bwOpen(strchr(spec[i], '=') + 1, NULL, "w");
    size_t cut = 0, n = 0;

    while (cut < items->n && items->item[cut].end + move <= SPAN)
        cut++;
    for (size_t k = 0; k < items->n; k++) {
        const dw_bigwig_item *item = &items->item[(cut + k) % items->n];
        int64_t at = begin + (int64_t)item->start + move -
                     (cut + k < items->n ? SPAN : 0);

        if (at < 0)
            continue;
        name[n] = chrom;
        start[n] = (uint32_t)at;
        end[n] = (uint32_t)at + item->end - item->start;
        if (n && start[n] < end[n - 1])
            continue;
        value[n++] = item->value * (1 + (float)i / 100);
    }
    if (!f || bwCreateHdr(f, 0) ||
        !(f->cl = bwCreateChromList(&chrom, &length, 1)) || bwWriteHdr(f) ||
        bwAddIntervals(f, name, start, end, value, (uint32_t)n))
        abort();
    bwClose(f);
    dw_free(start);
    dw_free(end);
    dw_free(value);
    dw_free(name);
}

static void write_signals(char **file, size_t n, uint32_t begin)
{
    dw_bigwig_items items = {0};

    for (size_t i = 0; i < TRACKS; i++) {
        snprintf(spec[i], sizeof spec[i], "t%zu=%s/%zu.bw", i, dir, i);
        if (n == 0)
            simulate(&items, i);
        else {
            items.n = 0;
            read_dense(file[i % n], &items);
        }
        write_one(i, &items, begin);
    }
    dw_free(items.item);
}

/* ---- what is measured ---- */

static void line(const char *what, double bytes, double seconds, double rest)
{
    printf("  %-44s %10.2f MB %8.3f s", what, bytes / 1e6, seconds);
    if (rest > 0)
        printf(" %8.1f x", bytes / rest);
    putchar('\n');
}

static void fill_all(const dw_variants *v, dw_tracks *t)
{
    static const char *text[TRACKS];
    const dw_track_plan plan = {text, TRACKS, WINDOW, BIN, 1};
    dw_signal_tracks *s;

    for (size_t i = 0; i < TRACKS; i++)
        text[i] = spec[i];
    s = dw_signal_tracks_open(&plan, &err);
    must(s ? 0 : -1);
    must(dw_signal_tracks_fill(s, v, t, &err));
    dw_signal_tracks_close(s);
}

/* All windows of all tracks in n bins; the sum keeps the compiler honest. */
static double slice_all(const dw_variants *v, const dw_tracks *t, uint32_t bin)
{
    float mean[WINDOW];
    double sum = 0;

    for (size_t i = 0; i < v->m; i++) {
        for (size_t k = 0; k < t->n; k++) {
            dw_track_bins(&t->track[k], dw_track_begin(t, v->pos[i]), bin,
                          WINDOW / bin, mean);
            sum += isnan(mean[0]) ? 0 : mean[0];
        }
    }
    return sum;
}

/* One window a variant, a chunk a track: bytes packed. */
static double pack_windows(const dw_variants *v, const dw_tracks *t,
                           uint32_t bin, double *raw)
{
    const size_t n = WINDOW / bin;
    float *window = dw_alloc(v->m * n, sizeof *window);
    dw_buf payload = {0}, packed = {0};
    double bytes = 0;

    *raw = 0;
    for (size_t k = 0; k < t->n; k++) {
        for (size_t i = 0; i < v->m; i++)
            dw_track_bins(&t->track[k], dw_track_begin(t, v->pos[i]), bin, n,
                          window + i * n);
        dw_buf_reset(&payload);
        dw_buf_reset(&packed);
        dw_pack_f32s(&payload, window, v->m * n);
        must(dw_chunk_pack("TRAK", 1, v->m, payload.s, payload.n, &packed,
                           &err));
        bytes += (double)packed.n;
        *raw += (double)payload.n;
    }
    dw_buf_clear(&payload);
    dw_buf_clear(&packed);
    dw_free(window);
    return bytes;
}

static void measure(const dw_variants *v, const char *what)
{
    dw_tracks t = {0}, again = {0};
    dw_buf payload = {0}, packed = {0};
    double start = cpu(), raw, runs = 0, bytes, sum;

    fill_all(v, &t);
    for (size_t i = 0; i < t.n; i++)
        runs += (double)t.track[i].n;
    printf("%d tracks (%s), windows of %d bp, %zu variants of 1 Mb, %.0f runs "
           "a track\n",
           TRACKS, what, WINDOW, v->m, runs / TRACKS);
    line("read from bigWig", 8 * runs, cpu() - start, 0);
    start = cpu();
    dw_tracks_pack(&t, &payload);
    must(dw_chunk_pack("TRAK", DW_TRAK_VERSION, t.n, payload.s, payload.n,
                       &packed, &err));
    line("TRAK: runs, once, packed (to pack)", (double)packed.n, cpu() - start,
         0);
    start = cpu();
    must(dw_tracks_unpack(&again, DW_TRAK_VERSION,
                          (const unsigned char *)payload.s, payload.n, &err));
    line("TRAK, unpacked (to take apart)", (double)payload.n, cpu() - start, 0);
    for (uint32_t bin = 1; bin <= BIN; bin *= BIN) {
        char words[64];

        start = cpu();
        sum = slice_all(v, &again, bin);
        snprintf(words, sizeof words, "all windows, bins of %u (to slice)%s",
                 bin, isnan(sum) ? "!" : "");
        line(words, 4.0 * WINDOW / bin * (double)v->m * TRACKS, cpu() - start,
             (double)packed.n);
        start = cpu();
        bytes = pack_windows(v, &again, bin, &raw);
        line("  the same, packed", bytes, cpu() - start, (double)packed.n);
    }
    dw_buf_clear(&payload);
    dw_buf_clear(&packed);
    dw_tracks_clear(&t);
    dw_tracks_clear(&again);
}

int main(int argc, char **argv)
{
    dw_variants v = {0};

    if (!mkdtemp(dir))
        return 1;
    read_variants(&v, argc > 1 ? argv[1] : NULL);
    write_signals(argv + 2, argc > 2 ? (size_t)argc - 2 : 0, v.pos[0]);
    measure(&v, argc > 2 ? "real" : "simulated");
    for (size_t i = 0; i < TRACKS; i++)
        remove(strchr(spec[i], '=') + 1);
    rmdir(dir);
    dw_variants_clear(&v);
    return 0;
}
