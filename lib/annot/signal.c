#include "annot/signal.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "data/contig.h"

/* Sums over bins of two sizes make a mean over a long stretch cheap.  Tiles and
 * bins stand at fixed places, so that a mean does not depend on what else was
 * asked for. */
enum {
    TILE = 1 << 18,
    FINE = 1 << 8,
    COARSE = 1 << 13,
    N_FINE = TILE / FINE,
    N_COARSE = TILE / COARSE,
    N_TILES = (INT32_MAX >> 18) + 1,
    SMALL = 1 << 14, /* runs, items: what may stay when a signal rests */
};

struct sum {
    double total;
    uint32_t bases; /* that have data */
};

struct tile {
    uint32_t index; /* it covers [index, index + 1) * TILE */
    uint64_t used;  /* when last; 0: never */
    size_t n;       /* runs, none of which is NAN */
    size_t cap;
    struct run {
        uint32_t start, end;
        float value;
    } * run;
    struct sum fine[N_FINE], coarse[N_COARSE];
};

/* What is known of a tile once it was read. */
struct whole {
    struct sum sum;
    bool known;
};

struct dw_signal {
    dw_bigwig *file;
    size_t column;
    float ground; /* where no item is */
    char contig[DW_CONTIG_MAX];
    size_t chrom; /* SIZE_MAX: not in the file */
    struct tile *tile;
    size_t n_tiles;
    uint64_t clock;
    struct whole *whole; /* (N_TILES) of the contig; NULL: not asked for */
    dw_bigwig_items items;
    float *paint; /* (TILE) scratch */
    char infinite[DW_CONTIG_MAX];
    uint32_t infinite_pos;
};

dw_signal *dw_signal_open(const char *path, size_t column, size_t tiles,
                          dw_err *err)
{
    dw_bigwig *file = dw_bigwig_open(path, err);
    dw_signal *s;

    if (!file)
        return NULL;
    if (column && (column < 4 || column > dw_bigwig_columns(file))) {
        dw_fail(err, DW_EMISMATCH, "%s: has no column %zu%s", path, column,
                dw_bigwig_columns(file) ? "" : ": it is a bigWig");
        dw_bigwig_close(file);
        return NULL;
    }
    s = dw_alloc(1, sizeof *s);
    s->file = file;
    s->column = column;
    s->ground = dw_bigwig_kind_at(file) == DW_BIGBED && !column ? 0 : NAN;
    s->chrom = SIZE_MAX;
    s->n_tiles = tiles;
    s->tile = dw_alloc(tiles, sizeof *s->tile);
    return s;
}

/* Frees what is larger than that. */
static void let_go(dw_signal *s, size_t most)
{
    for (size_t i = 0; i < s->n_tiles; i++) {
        struct tile *t = &s->tile[i];

        if (t->cap <= most)
            continue;
        dw_free(t->run);
        t->run = NULL;
        t->cap = t->used = 0;
    }
    if (s->items.cap > most) {
        dw_free(s->items.item);
        s->items = (dw_bigwig_items){0};
    }
}

void dw_signal_rest(dw_signal *s)
{
    let_go(s, SMALL);
}

void dw_signal_close(dw_signal *s)
{
    if (!s)
        return;
    let_go(s, 0);
    dw_bigwig_close(s->file);
    dw_free(s->tile);
    dw_free(s->whole);
    dw_free(s->paint);
    dw_free(s);
}

const dw_bigwig *dw_signal_file(const dw_signal *s)
{
    return s->file;
}

int dw_signal_seek(dw_signal *s, const char *contig)
{
    if (strcmp(s->contig, contig) != 0) {
        strcpy(s->contig, contig);
        s->chrom = dw_bigwig_find(s->file, contig);
        for (size_t i = 0; i < s->n_tiles; i++)
            s->tile[i].used = 0;
        if (s->whole)
            memset(s->whole, 0, N_TILES * sizeof *s->whole);
    }
    return s->chrom != SIZE_MAX;
}

uint32_t dw_signal_length(const dw_signal *s)
{
    uint32_t length = s->chrom == SIZE_MAX
                          ? INT32_MAX
                          : dw_bigwig_chrom_length(s->file, s->chrom);

    return length < INT32_MAX ? length : INT32_MAX;
}

const char *dw_signal_infinite(const dw_signal *s, uint32_t *pos)
{
    *pos = s->infinite_pos;
    return s->infinite[0] ? s->infinite : NULL;
}

/* ---- items to runs ---- */

static int no_memory(const dw_signal *s, dw_err *err)
{
    return dw_fail(err, DW_ENOMEM, "%s: not enough memory for its values",
                   dw_bigwig_path(s->file));
}

static int add_run(dw_signal *s, struct tile *t, uint32_t start, uint32_t end,
                   float value, dw_err *err)
{
    void *run = t->run;
    int rc;

    if (t->n && t->run[t->n - 1].end == start &&
        t->run[t->n - 1].value == value) {
        t->run[t->n - 1].end = end;
        return 0;
    }
    rc = dw_try_grow(&run, &t->cap, t->n + 1, sizeof *t->run);
    t->run = run;
    if (rc < 0)
        return no_memory(s, err);
    t->run[t->n++] = (struct run){start, end, value};
    return 0;
}

static int out_of_order(const dw_signal *s, const dw_bigwig_item *item,
                        dw_err *err)
{
    return dw_fail(err, DW_EFORMAT,
                   "%s: broken: chromosome %s: what is stated of %" PRIu32
                   "-%" PRIu32 " overlaps what stands before it",
                   dw_bigwig_path(s->file),
                   dw_bigwig_chrom_name(s->file, s->chrom), item->start,
                   item->end);
}

/* A value that is infinite counts as none; the first is remembered. */
static bool is_known(dw_signal *s, const dw_bigwig_item *item)
{
    if (isinf(item->value) && !s->infinite[0]) {
        strcpy(s->infinite, s->contig);
        s->infinite_pos = item->start + 1;
    }
    return isfinite(item->value);
}

/* Items of a bigWig do not overlap. */
static int runs_of_wig(dw_signal *s, struct tile *t, uint32_t lo, uint32_t hi,
                       dw_err *err)
{
    uint32_t before = 0;

    for (size_t i = 0; i < s->items.n; i++) {
        const dw_bigwig_item *item = &s->items.item[i];

        if (item->start < before)
            return out_of_order(s, item, err);
        before = item->end;
        if (is_known(s, item) &&
            add_run(s, t, item->start > lo ? item->start : lo,
                    item->end < hi ? item->end : hi, item->value, err) < 0)
            return err->code;
    }
    return 0;
}

/* Items of a bigBed stand in the order of their starts. */
static int runs_of_bed(dw_signal *s, struct tile *t, uint32_t lo, uint32_t hi,
                       dw_err *err)
{
    uint32_t before = 0, done = lo;

    for (size_t i = 0; i < s->items.n; i++) {
        const dw_bigwig_item *item = &s->items.item[i];
        uint32_t start = item->start > done ? item->start : done;
        uint32_t end = item->end < hi ? item->end : hi;

        if (item->start < before)
            return out_of_order(s, item, err);
        before = item->start;
        if (start < end && add_run(s, t, start, end, 1, err) < 0)
            return err->code;
        done = end > done ? end : done;
    }
    return 0;
}

/* Of a column: base by base, the largest. */
static int runs_of_column(dw_signal *s, struct tile *t, uint32_t lo,
                          uint32_t hi, dw_err *err)
{
    if (s->items.n == 0)
        return 0;
    if (!s->paint && !(s->paint = dw_try_alloc(TILE, sizeof *s->paint)))
        return no_memory(s, err);
    for (uint32_t i = 0; i < hi - lo; i++)
        s->paint[i] = NAN;
    for (size_t i = 0; i < s->items.n; i++) {
        const dw_bigwig_item *item = &s->items.item[i];
        uint32_t start = item->start > lo ? item->start : lo;
        uint32_t end = item->end < hi ? item->end : hi;

        for (; is_known(s, item) && start < end; start++)
            s->paint[start - lo] = fmaxf(s->paint[start - lo], item->value);
    }
    for (uint32_t i = 0; i < hi - lo; i++) {
        if (!isnan(s->paint[i]) &&
            add_run(s, t, lo + i, lo + i + 1, s->paint[i], err) < 0)
            return err->code;
    }
    return 0;
}

/* ---- tiles ---- */

static void add_to(struct sum *sum, double total, uint32_t bases)
{
    sum->total += total;
    sum->bases += bases;
}

static void sum_up(struct tile *t)
{
    const uint32_t lo = t->index * (uint32_t)TILE;

    memset(t->fine, 0, sizeof t->fine);
    memset(t->coarse, 0, sizeof t->coarse);
    for (size_t i = 0; i < t->n; i++) {
        uint32_t at = t->run[i].start - lo, end = t->run[i].end - lo;

        while (at < end) {
            uint32_t next = (at / FINE + 1) * FINE, bases;

            bases = (next < end ? next : end) - at;
            add_to(&t->fine[at / FINE], (double)t->run[i].value * bases, bases);
            at += bases;
        }
    }
    for (size_t i = 0; i < N_FINE; i++)
        add_to(&t->coarse[i / (COARSE / FINE)], t->fine[i].total,
               t->fine[i].bases);
}

static int read_tile(dw_signal *s, struct tile *t, uint32_t index, dw_err *err)
{
    const uint32_t lo = index * (uint32_t)TILE, hi = lo + TILE;
    int rc;

    t->used = 0; /* it is none, should this fail */
    t->index = index;
    t->n = 0;
    s->items.n = 0;
    rc = dw_bigwig_read(s->file, s->chrom, lo, hi, s->column, &s->items, err);
    if (rc == 0)
        rc = s->column        ? runs_of_column(s, t, lo, hi, err)
             : s->ground == 0 ? runs_of_bed(s, t, lo, hi, err)
                              : runs_of_wig(s, t, lo, hi, err);
    if (rc < 0)
        return rc;
    sum_up(t);
    t->used = ++s->clock;
    return 0;
}

/* The tile of that index, in the place of the one that was used longest ago if
 * it is not there; NULL on failure. */
static struct tile *get_tile(dw_signal *s, uint32_t index, dw_err *err)
{
    struct tile *oldest = s->tile;

    for (size_t i = 0; i < s->n_tiles; i++) {
        struct tile *t = &s->tile[i];

        if (t->used && t->index == index) {
            t->used = ++s->clock;
            return t;
        }
        oldest = t->used < oldest->used ? t : oldest;
    }
    return read_tile(s, oldest, index, err) < 0 ? NULL : oldest;
}

/* The first run that ends behind `at`. */
static size_t first_run(const struct tile *t, uint32_t at)
{
    size_t lo = 0, hi = t->n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (t->run[mid].end > at)
            hi = mid;
        else
            lo = mid + 1;
    }
    return lo;
}

/* ---- means ---- */

/* Run by run. */
static void add_bases(const struct tile *t, uint32_t begin, uint32_t end,
                      struct sum *sum)
{
    for (size_t i = first_run(t, begin); i < t->n; i++) {
        uint32_t from = t->run[i].start, to = t->run[i].end;

        if (from >= end)
            return;
        from = from > begin ? from : begin;
        to = to < end ? to : end;
        add_to(sum, (double)t->run[i].value * (to - from), to - from);
    }
}

/* [begin, end) within the tile: bins where they lie in it whole. */
static void add_stretch(const struct tile *t, uint32_t begin, uint32_t end,
                        struct sum *sum)
{
    const uint32_t lo = t->index * (uint32_t)TILE;
    uint32_t bin = (begin - lo + FINE - 1) / FINE, last = (end - lo) / FINE;

    if (bin >= last) {
        add_bases(t, begin, end, sum);
        return;
    }
    add_bases(t, begin, lo + bin * FINE, sum);
    while (bin < last) {
        const uint32_t many = COARSE / FINE;
        bool coarse = bin % many == 0 && bin + many <= last;
        const struct sum *of = coarse ? &t->coarse[bin / many] : &t->fine[bin];

        add_to(sum, of->total, of->bases);
        bin += coarse ? many : 1;
    }
    add_bases(t, lo + last * FINE, end, sum);
}

static int add_tile(dw_signal *s, uint32_t index, struct sum *sum, dw_err *err)
{
    struct whole *w;

    if (!s->whole && !(s->whole = dw_try_alloc(N_TILES, sizeof *s->whole)))
        return no_memory(s, err);
    w = &s->whole[index];
    if (!w->known) {
        const struct tile *t = get_tile(s, index, err);

        if (!t)
            return err->code;
        for (size_t i = 0; i < N_COARSE; i++)
            add_to(&w->sum, t->coarse[i].total, t->coarse[i].bases);
        w->known = true;
    }
    add_to(sum, w->sum.total, w->sum.bases);
    return 0;
}

int dw_signal_mean(dw_signal *s, int64_t begin, int64_t end, float *mean,
                   dw_err *err)
{
    const int64_t length = dw_signal_length(s);
    struct sum sum = {0};

    begin = begin > 0 ? begin : 0;
    end = end < length ? end : length;
    *mean = s->ground;
    if (s->chrom == SIZE_MAX || begin >= end)
        return 0;
    for (int64_t at = begin, next; at < end; at = next) {
        uint32_t index = (uint32_t)(at / TILE);
        const struct tile *t;

        next = ((int64_t)index + 1) * TILE;
        if (at % TILE == 0 && next <= end) {
            if (add_tile(s, index, &sum, err) < 0)
                return err->code;
            continue;
        }
        t = get_tile(s, index, err);
        if (!t)
            return err->code;
        add_stretch(t, (uint32_t)at, (uint32_t)(next < end ? next : end), &sum);
    }
    if (s->ground == 0)
        *mean = (float)(sum.total / (double)(end - begin));
    else if (sum.bases)
        *mean = (float)(sum.total / sum.bases);
    return 0;
}

/* ---- runs ---- */

static int put_tile(const dw_signal *s, const struct tile *t, uint32_t begin,
                    uint32_t end, size_t limit, dw_runs *out)
{
    uint32_t at = begin;

    for (size_t i = first_run(t, begin); i < t->n; i++) {
        uint32_t from = t->run[i].start, to = t->run[i].end;

        if (from >= end || out->n >= limit)
            break;
        from = from > begin ? from : begin;
        to = to < end ? to : end;
        if ((from > at && dw_runs_put(out, at, from, s->ground) < 0) ||
            dw_runs_put(out, from, to, t->run[i].value) < 0)
            return -1;
        at = to;
    }
    return at < end ? dw_runs_put(out, at, end, s->ground) : 0;
}

int dw_signal_runs(dw_signal *s, uint32_t begin, uint32_t end, size_t limit,
                   dw_runs *out, dw_err *err)
{
    const uint32_t length = dw_signal_length(s);

    end = end < length ? end : length;
    if (s->chrom == SIZE_MAX) {
        if (begin < end && dw_runs_put(out, begin, end, s->ground) < 0)
            return no_memory(s, err);
        return 1;
    }
    for (uint32_t at = begin; at < end;) {
        uint32_t next = (at / TILE + 1) * TILE;
        const struct tile *t = get_tile(s, at / TILE, err);

        if (!t)
            return err->code;
        next = next < end ? next : end;
        if (put_tile(s, t, at, next, limit, out) < 0)
            return no_memory(s, err);
        if (out->n >= limit)
            return 0;
        at = next;
    }
    return 1;
}
