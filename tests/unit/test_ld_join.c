/* ld_join, ld_walk, ld_match: LD sources of all shapes, and rows that come in
 * any order of contigs. */
#include "ld/ld_join.h"

#include "base/mem.h"
#include "tap.h"

/* ---- a source ---- */

/* One block of variants A/C at start + 10, start + 20, ...: the first and the
 * last one are flanks, and all are unrelated. */
struct plan {
    const char *contig;
    uint32_t start;
};

struct made {
    const struct plan *plan; /* ended by a contig of NULL */
    size_t next;
    size_t *closed;
};

struct made_item {
    struct plan plan;
};

enum { M = 5, L = 3, MAKE_FAILS = 666 };

static const struct plan *the_plan; /* what is opened */
static size_t n_opened, n_closed;

static void *item_new(void)
{
    return dw_alloc(1, sizeof(struct made_item));
}

static int item_read(void *self, void *item, dw_err *err)
{
    struct made *s = self;
    const struct plan *p = &s->plan[s->next];

    if (!p->contig)
        return 0;
    if (!p->start)
        return dw_fail(err, DW_EIO, "cannot be read");
    ((struct made_item *)item)->plan = *p;
    s->next++;
    return 1;
}

static int item_make(const void *self, void *item, const dw_factor_cut *cut,
                     dw_variants *v, dw_ldblock *b, dw_tally *tally,
                     dw_err *err)
{
    const struct plan *p = &((struct made_item *)item)->plan;

    (void)self;
    (void)cut;
    if (p->start == MAKE_FAILS)
        return dw_fail(err, DW_EFORMAT, "cannot be made");
    if (dw_variants_resize(v, M, 0, 0, err) < 0 ||
        dw_ldblock_resize(b, M, L, err) < 0)
        return err->code;
    strcpy(v->contig, p->contig);
    strcpy(b->contig, p->contig);
    for (size_t i = 0; i < M; i++) {
        v->pos[i] = p->start + 10 * (uint32_t)(i + 1);
        v->eaf[i] = 0.1f * (float)(i + 1);
        if (dw_texts_add(&v->id, "x", 1) < 0 ||
            dw_texts_add(&v->ref, "A", 1) < 0 ||
            dw_texts_add(&v->alt, "C", 1) < 0)
            return DW_ENOMEM;
    }
    b->start = p->start + 10;
    b->end = p->start + 40;
    b->core = 1;
    b->l = L;
    b->trace = L;
    memset(b->q, 0, M * L * sizeof *b->q);
    for (size_t i = 0; i < L; i++) {
        b->lambda[i] = 1;
        b->q[(b->core + i) * L + i] = 1;
    }
    dw_tally_add(tally, "mended", 1);
    return 0;
}

static const char *item_contig(const void *item)
{
    return ((const struct made_item *)item)->plan.contig;
}

static void source_close(void *self)
{
    n_closed++;
    dw_free(self);
}

static const dw_ld_source_kind TELLS = {.item_new = item_new,
                                        .item_free = dw_free,
                                        .read = item_read,
                                        .make = item_make,
                                        .contig = item_contig,
                                        .close = source_close};
static const dw_ld_source_kind MUTE = {.item_new = item_new,
                                       .item_free = dw_free,
                                       .read = item_read,
                                       .make = item_make,
                                       .close = source_close};

static dw_ld_source *source_open(const void *kind, dw_err *err)
{
    dw_ld_source *s = dw_alloc(1, sizeof *s);
    struct made *made = dw_alloc(1, sizeof *made);

    (void)err;
    made->plan = the_plan;
    s->kind = kind;
    s->self = made;
    s->name = dw_strdup("made");
    s->how = dw_strdup("by hand");
    n_opened++;
    return s;
}

/* ---- what comes out ---- */

static int pack(void *ctx, const dw_variants *v, const dw_tracks *t,
                const dw_ldblock *b, dw_buf *packed, dw_err *err)
{
    (void)ctx;
    (void)t;
    (void)err;
    dw_buf_addf(packed, "%s:%u", b->contig, (unsigned)b->start);
    for (size_t i = 0; i < v->m; i++)
        dw_buf_addf(packed, "%s%u%s",
                    i >= b->core && i < b->core + b->l ? "*" : "/",
                    (unsigned)v->pos[i], v->eaf[i] > 0.55f ? "~" : "");
    dw_buf_addc(packed, ' ');
    return 0;
}

static int put(void *ctx, const dw_buf *packed, dw_err *err)
{
    (void)err;
    dw_buf_add(ctx, packed->s, packed->n);
    return 0;
}

static dw_ld_join *begin(const struct plan *plan, const dw_ld_source_kind *kind,
                         size_t threads, dw_buf *got)
{
    const dw_ld_join_opts opts = {
        .open = source_open,
        .ctx = kind,
        .cut = {.min_eigen = 1e-4, .keep_rank = 1},
        .threads = threads,
    };
    const dw_blocks_out out = {got, NULL, pack, put};
    dw_err err = {0};

    the_plan = plan;
    dw_buf_reset(got);
    return dw_ld_join_new(&opts, source_open(kind, &err), &out);
}

/* Rows "CONTIG:POS" (A/C), "CONTIG:POS~" (C/A), "CONTIG:POS!" (A/T), divided by
 * blanks. */
static int take_rows(dw_ld_join *j, const char *rows, dw_err *err)
{
    dw_variants v = {0};
    char contig[DW_CONTIG_MAX] = "", how[2];
    unsigned pos;
    int n, rc = dw_variants_resize(&v, 1, 0, 0, err);

    for (; rc == 0 && *rows; rows += n + (rows[n] == ' ')) {
        n = 0;
        how[0] = 0;
        if (sscanf(rows, "%1[^:]:%u%n%1[~!]%n", v.contig, &pos, &n, how, &n) <
            2)
            return DW_EBUG;
        if (strcmp(v.contig, contig) != 0)
            rc = dw_ld_join_turn(j, v.contig, err);
        strcpy(contig, v.contig);
        dw_texts_reset(&v.id);
        dw_texts_reset(&v.ref);
        dw_texts_reset(&v.alt);
        v.pos[0] = pos;
        v.eaf[0] = NAN;
        if (dw_texts_add(&v.id, ".", 1) < 0 ||
            dw_texts_add(&v.ref, *how == '~' ? "C" : "A", 1) < 0 ||
            dw_texts_add(&v.alt,
                         *how == '~'   ? "A"
                         : *how == '!' ? "T"
                                       : "C",
                         1) < 0)
            return DW_ENOMEM;
        if (rc == 0)
            rc = dw_ld_join_take(j, &v, 0, err);
    }
    if (rc == 0)
        rc = dw_ld_join_turn(j, "", err);
    dw_variants_clear(&v);
    return rc;
}

/* All ways of reading give `want`, and these counts. */
static void joins(const char *what, const struct plan *plan, const char *rows,
                  const char *want, const char *counts, size_t opened)
{
    for (int way = 0; way < 6; way++) {
        const size_t threads[] = {1, 2, 5};
        dw_buf got = {0}, said = {0};
        dw_tally tally = {0};
        dw_err err = {0};
        dw_ld_join *j;

        n_opened = n_closed = 0;
        j = begin(plan, way % 2 ? &MUTE : &TELLS, threads[way / 2], &got);
        if (take_rows(j, rows, &err) < 0)
            dw_buf_addf(&got, "(%s)", err.msg);
        dw_ld_join_tell(j, &tally);
        for (size_t i = 0; i < tally.n_items; i++)
            dw_buf_addf(&said, "%s %u ", tally.item[i].reason,
                        (unsigned)tally.item[i].n);
        dw_ld_join_free(j);
        OK(strcmp(got.s ? got.s : "", want) == 0, "%s, way %d: %s", what, way,
           got.s ? got.s : "nothing");
        OK(!counts || strcmp(said.s ? said.s : "", counts) == 0, "%s: %s", what,
           said.s);
        OK(n_opened == opened && n_closed == opened, "opened %zu times",
           n_opened);
        dw_tally_clear(&tally);
        dw_buf_clear(&got);
        dw_buf_clear(&said);
    }
}

/* The second block of contig 1 begins within the first, its core behind. */
static const struct plan TWO[] = {{"1", 100}, {"1", 130}, {"1", 300},
                                  {"2", 100}, {"3", 50},  {NULL, 0}};

static void test_rows(void)
{
    joins("all of one", TWO, "1:110 1:120 1:130 1:140 1:150",
          "1:110/110*120*130*140/150 1:140/140*150 ", "taken 5 mended 2 ", 1);
    joins("signs and alleles", TWO, "1:120~ 1:130! 1:140~ 1:330",
          "1:110*120~*140~ 1:310*330 ", "taken 3 alleles_differ 1 mended 3 ",
          1);
    joins("none of them", TWO, "1:5 1:111 1:200 1:999", "", "not_in_panel 4 ",
          1);
    joins("a flank alone", TWO, "1:110 1:340", "1:310*340 ",
          "taken 2 outside_blocks 1 mended 2 ", 1);
    joins("a contig that is not there, twice", TWO, "9:120 1:120 9:120 2:120",
          "1:110*120 2:110*120 ", "taken 2 contig_not_in_panel 2 mended 2 ", 2);
}

static void test_contigs(void)
{
    joins("some contigs", TWO, "1:120 3:70", "1:110*120 3:60*70 ", NULL, 1);
    joins("backwards", TWO, "3:70 2:120 1:330", "3:60*70 2:110*120 1:310*330 ",
          "taken 3 mended 3 ", 3);
    joins("again and again", TWO, "2:120 3:70 2:120 3:70",
          "2:110*120 3:60*70 2:110*120 3:60*70 ", NULL, 2);
}

/* Blocks before the fault may have come out, or not yet. */
static void fails(const char *what, const struct plan *plan, const char *rows,
                  const char *why)
{
    for (int way = 0; way < 6; way++) {
        const size_t threads[] = {1, 2, 5};
        dw_buf got = {0};
        dw_err err = {0};
        dw_ld_join *j =
            begin(plan, way % 2 ? &MUTE : &TELLS, threads[way / 2], &got);

        OK(take_rows(j, rows, &err) < 0 && strcmp(err.msg, why) == 0,
           "%s, way %d: %s", what, way, err.msg);
        dw_ld_join_free(j);
        dw_buf_clear(&got);
    }
}

static void test_faults(void)
{
    static const struct plan back[] = {
        {"1", 100}, {"2", 100}, {"1", 300}, {"3", 100}, {NULL, 0}};
    static const struct plan order[] = {{"1", 300}, {"1", 100}, {NULL, 0}};
    static const struct plan cores[] = {{"1", 100}, {"1", 120}, {NULL, 0}};
    static const struct plan io[] = {{"1", 100}, {"2", 0}, {NULL, 0}};
    static const struct plan make[] = {{"1", MAKE_FAILS}, {NULL, 0}};

    fails("not sorted by contig", back, "1:120 3:120",
          "made: comes back to chromosome 1 behind 2; each has to be in one "
          "piece");
    fails("not sorted within one", order, "1:320",
          "contig 1: a block that begins at 110 stands behind one that begins "
          "at 310");
    fails("a variant in two cores", cores, "1:120 1:160",
          "contig 1: a core that begins at 140 stands behind one that ends at "
          "140; no variant may be in two cores");
    fails("a read that fails", io, "1:120 2:120", "cannot be read");
    fails("a block that cannot be made", make, "1:120", "cannot be made");
}

static void test_whole(void)
{
    for (size_t threads = 1; threads < 4; threads++) {
        dw_buf got = {0};
        dw_tally tally = {0};
        dw_err err = {0};
        dw_ld_join *j = begin(TWO, threads % 2 ? &TELLS : &MUTE, threads, &got);

        OK(dw_ld_join_whole(j, &err) == 0 &&
               strncmp(got.s, "1:110/110*120*130*140/150 1:140/140*150*160",
                       40) == 0 &&
               strstr(got.s, "2:110/110") && strstr(got.s, "3:60/60"),
           "the whole: %s", got.s);
        dw_ld_join_tell(j, &tally);
        OK(dw_tally_get(&tally, "taken") == 5 * L &&
               dw_tally_get(&tally, "mended") == 5 &&
               dw_ld_join_counted(j).seen == 5 * L &&
               dw_ld_join_counted(j).blocks.blocks == 5 &&
               dw_ld_join_counted(j).gone == 0,
           "and its counts");
        dw_ld_join_free(j);
        dw_tally_clear(&tally);
        dw_buf_clear(&got);
    }
}

/* Rows where there is no block, whatever batches blocks come in. */
static void test_beyond(void)
{
    for (size_t threads = 1; threads < 4; threads++) {
        dw_buf got = {0};
        dw_err err = {0};
        dw_ld_join *j = begin(TWO, &TELLS, threads, &got);

        OK(take_rows(j, "1:5 1:111 1:145 1:200 1:335 1:999 2:10 9:9", &err) ==
                   0 &&
               dw_ld_join_counted(j).blocks.beyond == 4,
           "%u rows have no block",
           (unsigned)dw_ld_join_counted(j).blocks.beyond);
        dw_ld_join_free(j);
        dw_buf_clear(&got);
    }
}

int main(void)
{
    test_rows();
    test_contigs();
    test_faults();
    test_whole();
    test_beyond();
    return tap_done();
}
