/* Signal tracks: what is cut from a signal, and from what was cut of it, gives
 * each window's bins as the whole signal does. */
#include "annot/signal_tracks.h"

#include <stdbool.h>
#include <unistd.h>

#include "base/log.h"
#include "base/rng.h"
#include "data/track_cut.h"
#include "flow/track_pieces.h"
#include "made_bigwig.h"
#include "sample.h"
#include "tap.h"

static char dir[] = "/tmp/dw-test-XXXXXX";
static char path[64];
static dw_err err;

enum { LENGTH = 600000, MAX_ITEMS = 30000, WINDOW = 240, BIN = 24, M = 2000 };

static float base[LENGTH]; /* NAN: nothing */

static void make_signal(uint64_t seed)
{
    static const char *const chrom[] = {"chr2"};
    static const uint32_t length[] = {LENGTH};
    static made_item item[MAX_ITEMS];
    made_bigwig m = {.type = 1,
                     .per_block = 300,
                     .packed = 1,
                     .fan = 50,
                     .chrom = chrom,
                     .length = length,
                     .n_chroms = 1,
                     .item = item};
    dw_rng r = dw_rng_init(seed, 0);
    uint32_t at = 3;

    for (size_t i = 0; i < LENGTH; i++)
        base[i] = NAN;
    while (m.n < MAX_ITEMS) {
        uint32_t end = at + 1 + (uint32_t)dw_rng_below(&r, 30);
        float value = (float)dw_rng_below(&r, 6);

        if (dw_rng_below(&r, 50) == 0)
            end += 2000;
        if (end > LENGTH)
            break;
        item[m.n++] = (made_item){0, at, end, value, NULL};
        for (; at < end; at++)
            base[at] = value;
        if (dw_rng_below(&r, 4) == 0)
            at += (uint32_t)dw_rng_below(&r, 100);
        if (dw_rng_below(&r, 500) == 0)
            at += 20000;
    }
    made_write(path, &m);
}

/* m variants, some at one place, some far from each other. */
static void make_table(dw_variants *v, size_t m, uint64_t seed)
{
    dw_rng r = dw_rng_init(seed, 1);
    uint32_t pos = 1;

    if (dw_variants_resize(v, m, 0, 0, &err) < 0)
        abort();
    strcpy(v->contig, "2");
    for (size_t i = 0; i < m; i++) {
        v->pos[i] = pos;
        pos += (uint32_t)dw_rng_below(&r, dw_rng_below(&r, 10) ? 400 : 3000);
    }
}

static void part_of(dw_variants *part, const dw_variants *v, size_t begin,
                    size_t end)
{
    if (dw_variants_resize(part, end - begin, 0, 0, &err) < 0)
        abort();
    strcpy(part->contig, v->contig);
    memcpy(part->pos, v->pos + begin, (end - begin) * sizeof *v->pos);
}

static float slow_mean(int64_t begin, int64_t end)
{
    double sum = 0, n = 0;

    for (int64_t at = begin; at < end; at++) {
        if (at >= 0 && at < LENGTH && !isnan(base[at])) {
            sum += base[at];
            n++;
        }
    }
    return n > 0 ? (float)(sum / n) : NAN;
}

static size_t wrong_bins(const dw_tracks *t, const dw_variants *v)
{
    size_t wrong = 0;

    for (size_t i = 0; i < v->m; i++) {
        float mean[WINDOW / BIN];
        int64_t begin = dw_track_begin(t, v->pos[i]);

        dw_track_bins(&t->track[0], begin, BIN, WINDOW / BIN, mean);
        for (int64_t k = 0; k < WINDOW / BIN; k++) {
            float want = slow_mean(begin + k * BIN, begin + (k + 1) * BIN);

            wrong += isnan(want) ? !isnan(mean[k])
                                 : !tap_near(mean[k], want, 1e-6, 0);
        }
    }
    return wrong;
}

/* Runs that would be one, or begin or end without data. */
static size_t idle_runs(const dw_track *t)
{
    size_t idle = 0;

    for (size_t i = 0; i < t->n; i++) {
        bool none = isnan(t->value[i]);

        idle += none && (i == 0 || i + 1 == t->n);
        idle += i && (t->value[i] == t->value[i - 1] ||
                      (none && isnan(t->value[i - 1])));
    }
    return idle;
}

static dw_signal_tracks *open_tracks(size_t threads)
{
    static char spec[2][96];
    static const char *text[] = {spec[0], spec[1]};
    dw_track_plan plan = {text, 2, WINDOW, BIN, threads};

    snprintf(spec[0], sizeof spec[0], "one=%s", path);
    snprintf(spec[1], sizeof spec[1], "other=%s", path);
    return dw_signal_tracks_open(&plan, &err);
}

static void test_fill(void)
{
    dw_signal_tracks *s = open_tracks(1);
    dw_variants v = {0}, part = {0};
    dw_tracks t = {0};
    size_t wrong = 0, idle = 0, runs = 0;

    make_table(&v, M, 1);
    OK(s != NULL, "opened %s", err.msg);
    for (size_t begin = M; begin > 0; begin -= M / 8) {
        part_of(&part, &v, begin - M / 8, begin);
        if (dw_signal_tracks_fill(s, &part, &t, &err) < 0 ||
            dw_tracks_check(&t, &err) < 0)
            wrong++;
        wrong += t.n != 2 || wrong_bins(&t, &part);
        idle += idle_runs(&t.track[0]);
        runs += t.track[0].n;
    }
    OK(wrong == 0, "bins of tables that descend %s", err.msg);
    OK(idle == 0 && runs > 1000, "no run is idle, of %zu", runs);
    strcpy(part.contig, "9");
    OK(dw_signal_tracks_fill(s, &part, &t, &err) == 0 && t.track[0].n == 0,
       "a chromosome without signal");
    part.m = 0;
    OK(dw_signal_tracks_fill(s, &part, &t, &err) == 0 && t.n == 2 &&
           t.track[1].n == 0,
       "a table of no variants");
    dw_tracks_clear(&t);
    dw_variants_clear(&v);
    dw_variants_clear(&part);
    dw_signal_tracks_close(s);
}

/* What is left out between windows: a stretch of three runs or more, but not
 * one that costs less than to leave it out. */
static void test_gaps(void)
{
    static const struct {
        const char *what;
        size_t n;
        uint32_t end[6];
        float value[6];
        size_t want; /* runs that are kept */
    } signal[] = {
        {"one run throughout", 1, {2000}, {1}, 1},
        {"two runs", 2, {1000, 2000}, {1, 2}, 2},
        {"many runs", 5, {700, 800, 900, 1000, 2000}, {1, 2, 3, 4, 1}, 3},
        {"three runs", 3, {700, 1000, 2000}, {1, 2, 3}, 3},
        {"no data", 3, {700, 900, 2000}, {1, NAN, 1}, 3},
    };
    static const uint32_t pos[] = {501, 1501};
    static const uint32_t end[] = {620, 1620};

    for (size_t i = 0; i < DW_COUNT(signal); i++) {
        dw_track_pieces *p = dw_track_pieces_new();
        dw_tracks t = {.contig = "2", .window = 240, .bin = 24}, cut = {0};
        dw_variants v = {0};
        dw_track *track;
        size_t n = signal[i].n;

        make_table(&v, 2, 1);
        memcpy(v.pos, pos, sizeof pos);
        track = dw_tracks_add(&t, "a", ".", n, &err);
        memcpy(track->end, signal[i].end, n * sizeof *track->end);
        memcpy(track->value, signal[i].value, n * sizeof *track->value);
        dw_track_pieces_take(p, &v, &t);
        OK(dw_track_pieces_cut(p, &v, &cut, &err) == 1 &&
               cut.track[0].n == signal[i].want && cut.track[0].start == 380 &&
               cut.track[0].end[cut.track[0].n - 1] == end[1] &&
               (cut.track[0].n < 3 || isnan(cut.track[0].value[1])),
           "%s: %zu runs", signal[i].what, cut.track[0].n);
        dw_tracks_clear(&cut);
        dw_variants_clear(&v);
        dw_track_pieces_free(p);
    }
}

/* Blocks of any variants of a few tables, as dw-ldblock cuts them. */
static void test_pieces(void)
{
    dw_signal_tracks *s = open_tracks(2);
    dw_track_pieces *p = dw_track_pieces_new();
    dw_variants v = {0}, part = {0};
    dw_tracks t = {0};
    dw_rng r = dw_rng_init(3, 0);
    size_t wrong = 0, idle = 0;

    make_table(&v, M, 2);
    for (size_t begin = 0; begin < M; begin += M / 20) {
        part_of(&part, &v, begin, begin + M / 20);
        if (dw_signal_tracks_fill(s, &part, &t, &err) < 0)
            abort();
        dw_track_pieces_take(p, &part, &t);
    }
    for (int i = 0; i < 60; i++) {
        size_t begin = (size_t)dw_rng_below(&r, M), end = begin, kept = 0;

        end += 1 + (size_t)dw_rng_below(&r, M - begin);
        part_of(&part, &v, begin, end);
        for (size_t j = 0; j < part.m; j++) { /* some are not in the panel */
            if (dw_rng_below(&r, 3) || (kept == 0 && j + 1 == part.m))
                part.pos[kept++] = part.pos[j];
        }
        part.m = kept;
        wrong += dw_track_pieces_cut(p, &part, &t, &err) != 1 ||
                 dw_tracks_check(&t, &err) < 0 || wrong_bins(&t, &part);
        idle += idle_runs(&t.track[1]);
    }
    OK(wrong == 0 && idle == 0, "blocks over several tables %s", err.msg);
    for (unsigned long i = 1;; i++) {
        dw_err told = {0};
        int rc;

        dw_mem_fail_at(i);
        rc = dw_track_pieces_cut(p, &part, &t, &told);
        dw_mem_fail_at(0);
        if (rc == 1) {
            OK(i > 4, "%lu allocations, each of which may fail", i - 1);
            break;
        }
        if (rc != DW_ENOMEM || !told.msg[0])
            OK(0, "allocation %lu: %s", i, told.msg);
    }
    dw_track_pieces_drop(p, "2", v.pos[M / 2]);
    part_of(&part, &v, M / 2, M);
    OK(dw_track_pieces_cut(p, &part, &t, &err) == 1 && !wrong_bins(&t, &part),
       "what is behind a place stays");
    dw_track_pieces_drop(p, "3", 1);
    OK(dw_track_pieces_cut(p, &part, &t, &err) == 0, "another contig: nothing");
    dw_tracks_clear(&t);
    dw_variants_clear(&v);
    dw_variants_clear(&part);
    dw_track_pieces_free(p);
    dw_signal_tracks_close(s);
}

static void test_threads(void)
{
    dw_buf got[2] = {{0}, {0}};
    dw_variants v = {0};
    dw_tracks t = {0};

    make_table(&v, M, 4);
    for (size_t i = 0; i < 2; i++) {
        dw_signal_tracks *s = open_tracks(1 + 2 * i);

        if (dw_signal_tracks_fill(s, &v, &t, &err) < 0)
            abort();
        dw_tracks_pack(&t, &got[i]);
        dw_signal_tracks_close(s);
    }
    OK(got[0].n == got[1].n && memcmp(got[0].s, got[1].s, got[0].n) == 0,
       "the same bytes for any number of threads");
    dw_buf_clear(&got[0]);
    dw_buf_clear(&got[1]);
    dw_tracks_clear(&t);
    dw_variants_clear(&v);
}

/* Chunks of a stream by their letters, Vars and Trak: what is said of it. */
static int read_order(const char *order)
{
    dw_sink *sink = dw_sink_open(path, &err);
    dw_tracks t = {0}, again = {0};
    dw_source *src;
    dw_chunk chunk;
    int rc;

    sample_tracks(&t, "22");
    sample_begin(sink, 1, false);
    for (uint32_t at = 100; *order; order++, at += 100000) {
        if (*order == 'V')
            sample_put_variants(sink, "22", at, 1);
        else
            sample_must(dw_sink_tracks(sink, &t, &err), &err);
        if (*order == 'W')
            t.bin /= 2;
    }
    sample_end(sink);
    sample_must(dw_sink_close(sink, &err), &err);
    err = (dw_err){0};
    src = dw_source_open(path, &err);
    while ((rc = dw_source_next(src, &chunk, &err)) > 0) {
        if (dw_chunk_is(&chunk, "TRAK") &&
            (rc = dw_source_tracks(src, &again, &err)) < 0)
            break;
    }
    dw_source_close(src);
    dw_tracks_clear(&t);
    dw_tracks_clear(&again);
    return rc;
}

static void test_order(void)
{
    OK(read_order("VTVT") == 0, "a TRAK for each VARS %s", err.msg);
    OK(read_order("VV") == 0, "none at all");
    OK(read_order("VVT") == DW_EFORMAT && strstr(err.msg, "have no tracks"),
       "%s", err.msg);
    OK(read_order("VTV") == DW_EFORMAT && strstr(err.msg, "have no tracks"),
       "%s", err.msg);
    OK(read_order("TV") == DW_EFORMAT && strstr(err.msg, "no variants before"),
       "%s", err.msg);
    OK(read_order("VTT") == DW_EFORMAT && strstr(err.msg, "no variants before"),
       "%s", err.msg);
    OK(read_order("VWVT") == DW_EMISMATCH && strstr(err.msg, "40 by 5"), "%s",
       err.msg);
}

static void test_batch(void)
{
    dw_track_plan plan = {.n = 1, .window = 256, .bin = 16};

    OK(dw_track_plan_batch(&plan, 16384) == 2048, "windows of 256");
    plan.window = 16;
    OK(dw_track_plan_batch(&plan, 16384) == 16384, "no more than asked");
    plan.window = 1 << 20;
    OK(dw_track_plan_batch(&plan, 16384) == 1, "but one at least");
    plan.n = 0;
    OK(dw_track_plan_batch(&plan, 16384) == 16384, "without tracks");
}

int main(void)
{
    if (!mkdtemp(dir))
        return 1;
    snprintf(path, sizeof path, "%s/a.bw", dir);
    dw_log_init("test", DW_LOG_QUIET);
    make_signal(1);
    test_fill();
    test_gaps();
    test_pieces();
    test_threads();
    test_order();
    test_batch();
    remove(path);
    rmdir(dir);
    return tap_done();
}
