/* keyed: rows joined to tables of variants in any order, against looking each
 * one up; and tables of annotations as its source. */
#include "annot/keyed.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "annot/table_annot.h"
#include "base/mem.h"
#include "base/rng.h"
#include "data/allele.h"
#include "fill_anew.h"
#include "tap.h"

/* ---- a source in memory ---- */

enum { ROWS = 400, K = 2, CONTIGS = 3 };

static const char *const contigs[CONTIGS] = {"1", "2", "X"};

struct made {
    struct made_row {
        int contig;
        uint32_t pos;
        char a1, a2;
        float value[K];
    } row[ROWS];
    size_t n, next;
    size_t rewinds, read, closed;
    bool sought;
    const char *contig; /* that was sought */
    uint32_t first, last;
} made;

static int next_made(void *self, dw_row *row, dw_err *err)
{
    struct made *m = self;
    const struct made_row *r;

    (void)err;
    while (m->sought && m->next < m->n &&
           (strcmp(contigs[m->row[m->next].contig], m->contig) != 0 ||
            m->row[m->next].pos < m->first || m->row[m->next].pos > m->last))
        m->next++;
    if (m->next == m->n)
        return 0;
    r = &m->row[m->next];
    m->read++;
    *row = (dw_row){.contig = contigs[r->contig],
                    .pos = r->pos,
                    .index = m->next++,
                    .id = {".", 1},
                    .a1 = {&r->a1, 1},
                    .a2 = {&r->a2, 1},
                    .value = r->value};
    return 1;
}

static int rewind_made(void *self, dw_err *err)
{
    struct made *m = self;

    (void)err;
    m->next = 0;
    m->rewinds++;
    return 0;
}

static dw_origin origin_of_made(const void *self)
{
    (void)self;
    return (dw_origin){"made", made.next, made.n};
}

static void seek_made(void *self, const char *contig, const uint32_t *pos,
                      size_t n)
{
    struct made *m = self;

    m->sought = true;
    m->contig = contig;
    m->first = pos[0];
    m->last = pos[n - 1];
}

static void close_made(void *self)
{
    struct made *m = self;

    m->closed++;
}

static dw_annotator *open_made(bool indexed)
{
    made.next = made.rewinds = made.read = 0;
    made.sought = indexed;
    made.contig = "";
    return dw_keyed_annotator(
        &(dw_keyed_source){
            .reader = {&made, K, next_made, rewind_made, origin_of_made},
            .seek = indexed ? seek_made : NULL,
            .close = close_made,
        },
        "made");
}

static bool shuffled; /* the rows are not in order */

/* Rows in order: several at some places, spread widely at others. */
static void make_rows(dw_rng *rng)
{
    uint32_t pos = 0;
    int contig = 0;

    shuffled = false;
    made.n = ROWS;
    for (size_t i = 0; i < ROWS; i++) {
        struct made_row *r = &made.row[i];

        if (i && i % 150 == 0) {
            contig++;
            pos = 0;
        }
        pos += i % 150 == 0 ? 1 : (uint32_t)dw_rng_below(rng, 3);
        if (dw_rng_below(rng, 20) == 0)
            pos += 50000;
        r->contig = contig;
        r->pos = pos;
        r->a1 = "ACGT"[dw_rng_below(rng, 4)];
        r->a2 = "ACGT"[dw_rng_below(rng, 4)];
        for (size_t c = 0; c < K; c++)
            r->value[c] = (float)(i * 10 + c);
    }
}

static void shuffle_rows(dw_rng *rng)
{
    shuffled = true;
    for (size_t i = ROWS - 1; i; i--) {
        size_t j = (size_t)dw_rng_below(rng, i + 1);
        struct made_row r = made.row[i];

        made.row[i] = made.row[j];
        made.row[j] = r;
    }
}

/* ---- tables of variants, and what they should get ---- */

static dw_variants v;
static float got[ROWS * K];
static dw_err err;

static void add_variant(size_t i, uint32_t pos, const char *id, const char *ref,
                        const char *alt)
{
    v.pos[i] = pos;
    if (dw_texts_add(&v.id, id, strlen(id)) < 0 ||
        dw_texts_add(&v.ref, ref, strlen(ref)) < 0 ||
        dw_texts_add(&v.alt, alt, strlen(alt)) < 0)
        abort();
}

/* A table of m variants on places from row `first` on, some of them between. */
static void make_table(dw_rng *rng, size_t first, size_t m)
{
    uint32_t pos = made.row[first].pos;

    if (dw_variants_resize(&v, m, 0, 0, &err) < 0)
        abort();
    strcpy(v.contig, contigs[made.row[first].contig]);
    for (size_t i = 0; i < m; i++) {
        char ref[2] = {"ACGT"[dw_rng_below(rng, 4)], 0};
        char alt[2] = {"ACGT"[dw_rng_below(rng, 4)], 0};

        add_variant(i, pos, ".", ref, alt);
        pos += (uint32_t)dw_rng_below(rng, 3);
        if (dw_rng_below(rng, 30) == 0)
            pos += 50000;
    }
}

/* The rows looked through for one variant, best match first: the first row in
 * the file's order that has its alleles. */
static const float *look_up(size_t i)
{
    dw_span alt = dw_span_of(dw_texts_at(&v.alt, i));
    dw_span ref = dw_span_of(dw_texts_at(&v.ref, i));

    for (int as = DW_MATCH_SAME; as <= DW_MATCH_STRAND; as++) {
        for (size_t j = 0; j < made.n; j++) {
            const struct made_row *r = &made.row[j];
            dw_match m = dw_allele_match((dw_span){&r->a1, 1},
                                         (dw_span){&r->a2, 1}, alt, ref);

            if (strcmp(contigs[r->contig], v.contig) == 0 &&
                r->pos == v.pos[i] &&
                ((int)m == as ||
                 (as == DW_MATCH_STRAND && m == DW_MATCH_STRAND_SWAPPED)))
                return r->value;
        }
    }
    return NULL;
}

/* How many of the values got are not those looked up; `found`: how many are
 * not missing. */
static size_t count_wrong(size_t *found)
{
    size_t wrong = 0;

    for (size_t i = 0; i < v.m; i++) {
        const float *want = look_up(i);

        *found += want != NULL;
        for (size_t c = 0; c < K; c++) {
            float x = got[c * v.m + i];

            wrong += want ? x != want[c] : !isnan(x);
        }
    }
    return wrong;
}

static size_t min(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Rows that are not in order are found out: what is asked from then on is of
 * sorted ones. */
static void find_out(const dw_annotator *a)
{
    if (!shuffled)
        return;
    OK(!a->kind->broken(a->self) &&
           a->kind->finish(a->self, &err) == DW_EMISMATCH &&
           strstr(err.msg, "not in order") && a->kind->broken(a->self),
       "%s", err.msg);
}

/* Tables whose starts ascend and that overlap, as blocks do. */
static void test_blocks(dw_rng *rng, bool indexed, const char *what,
                        size_t rewinds)
{
    dw_annotator *a = open_made(indexed);
    size_t wrong = 0, found = 0;
    int rc = 0;

    find_out(a);
    for (size_t first = 0; first < ROWS && rc == 0; first += 10) {
        make_table(rng, first, min(40, 150 - first % 150));
        rc = a->kind->fill(a->self, &v, got, &err);
        wrong += count_wrong(&found);
    }
    OK(rc == 0 && wrong == 0 && found > 100,
       "%s, overlapping tables: %zu wrong, %zu found", what, wrong, found);
    OK(rc == 0 && a->kind->finish(a->self, &err) == 0, "%s: finish", what);
    if (rewinds)
        OK(made.rewinds <= rewinds, "%s: begun %zu times", what, made.rewinds);
    dw_annotator_free(a);
}

static void test_any_order(dw_rng *rng, bool indexed, const char *what)
{
    dw_annotator *a = open_made(indexed);
    size_t wrong = 0, found = 0;
    int rc = 0;

    find_out(a);
    for (size_t i = 0; i < 60 && rc == 0; i++) {
        make_table(rng, (size_t)dw_rng_below(rng, ROWS), 1 + i);
        rc = a->kind->fill(a->self, &v, got, &err);
        wrong += count_wrong(&found);
    }
    OK(rc == 0 && wrong == 0 && found > 100,
       "%s, tables in any order: %zu wrong, %zu found", what, wrong, found);
    dw_annotator_free(a);
}

/* The same variants again and again, each table a little further: what was read
 * once serves all. */
static void test_window(void)
{
    dw_annotator *a;
    size_t wrong = 0, found = 0;
    int rc = 0;

    made.n = 100;
    for (size_t i = 0; i < made.n; i++)
        made.row[i] =
            (struct made_row){0, (uint32_t)(2 * i + 1), 'A', 'C', {1, 2}};
    a = open_made(false);
    for (uint32_t first = 1; first < 160 && rc == 0; first += 7) {
        if (dw_variants_resize(&v, 40, 0, 0, &err) < 0)
            abort();
        strcpy(v.contig, "1");
        for (uint32_t i = 0; i < 40; i++)
            add_variant(i, first + i, ".", "C", "A");
        rc = a->kind->fill(a->self, &v, got, &err);
        wrong += count_wrong(&found);
    }
    OK(rc == 0 && wrong == 0, "places with rows and without, asked again");
    OK(made.rewinds == 1 && made.read <= made.n, "read once: %zu rows",
       made.read);
    dw_annotator_free(a);
}

/* Variants that trimming moves behind others are asked for in their order. */
static void test_moved(void)
{
    dw_annotator *a;
    int rc;

    made.n = 100;
    for (size_t i = 0; i < made.n; i++)
        made.row[i] = (struct made_row){0, (uint32_t)i + 1, 'C', 'A', {1, 2}};
    a = open_made(false);
    if (dw_variants_resize(&v, 3, 0, 0, &err) < 0)
        abort();
    strcpy(v.contig, "1");
    add_variant(0, 10, ".", "GGGA", "GGGC");
    add_variant(1, 11, ".", "A", "C");
    add_variant(2, 12, ".", "A", "C");
    rc = a->kind->fill(a->self, &v, got, &err);
    OK(rc == 0 && got[0] == 1 && got[1] == 1 && got[2] == 1,
       "a variant that begins with the same bases in both alleles");
    OK(made.rewinds == 1, "begun %zu times", made.rewinds);
    dw_annotator_free(a);
}

static void test_no_memory(dw_rng *rng)
{
    size_t failed = 0, wrong = 0, found = 0;
    unsigned long n = 1;
    int rc = -1;

    make_rows(rng);
    shuffle_rows(rng);
    for (; rc < 0 && n < 2000; n++) {
        dw_annotator *a = open_made(false);

        make_table(rng, 0, 20);
        err = (dw_err){0};
        dw_mem_fail_at(n);
        rc = fill_anew(a, &v, got, &err);
        dw_mem_fail_at(0);
        failed += rc == DW_ENOMEM && strstr(err.msg, "made");
        dw_annotator_free(a);
    }
    wrong = count_wrong(&found);
    OK(rc == 0 && failed == n - 2 && failed > 10 && wrong == 0,
       "each of %zu allocations failed once, and was told", failed);
}

/* ---- tables ---- */

static char dir[] = "/tmp/dw-test-XXXXXX", path[64], bim[64];

static void put(const char *to, const char *text)
{
    FILE *f = fopen(to, "w");

    if (!f || fputs(text, f) < 0 || fclose(f) != 0)
        perror(to), exit(1);
}

/* Fills a table of variants 1:5 r1 C>A, 1:6 r2 G>T, 1:7 . CT>C from a file of
 * this text; columns named by `words`, if not NULL. */
static int annotate(const char *text, const char *words, const char *keys,
                    dw_annotator **a)
{
    char spec[128];

    put(path, text);
    snprintf(spec, sizeof spec, "%s%s%s", path, words ? ":" : "",
             words ? words : "");
    if (dw_variants_resize(&v, 3, 0, 0, &err) < 0)
        abort();
    strcpy(v.contig, "1");
    add_variant(0, 5, "r1", "C", "A");
    add_variant(1, 6, "r2", "G", "T");
    add_variant(2, 7, ".", "CT", "C");
    err = (dw_err){0};
    *a = dw_table_annot_open(spec, keys, &err);
    if (!*a)
        return err.code;
    return fill_anew(*a, &v, got, &err);
}

static bool same(float a, float b)
{
    return isnan(a) ? isnan(b) : a == b;
}

/* The single column, or the first of k, is this. */
static bool is(float a, float b, float c)
{
    return same(got[0], a) && same(got[1], b) && same(got[2], c);
}

static void test_full(void)
{
    dw_annotator *a = NULL;

    OK(annotate("CHR\tBP\tSNP\tCM\tbase\tcoding\n1\t5\tr1\t0\t1\t0.5\n"
                "1\t6\tr2\t0\tNA\t0\n",
                NULL, NULL, &a) == 0 &&
           is(1, NAN, NAN) && got[3] == 0.5f && got[4] == 0,
       "by id; NA is missing: %s", err.msg);
    OK(a && a->k == 2 && strcmp(a->name[0], "base") == 0 &&
           strcmp(a->name[1], "coding") == 0 && strcmp(a->unit[0], ".") == 0,
       "CM is no annotation");
    dw_annotator_free(a);
    OK(annotate("CHR\tBP\tA1\tA2\tx\tid2\n1\t7\tCT\tC\t3\ttext\n"
                "1\t5\tT\tG\t1\ttext\n1\t5\tA\tT\t9\ttext\n",
                "x", NULL, &a) == 0 &&
           is(1, NAN, 3),
       "by alleles, swapped or on the other strand, not in order: %s", err.msg);
    dw_annotator_free(a);
    OK(annotate("CHR\tBP\tA1\tA2\tx\n1\t5\tG\tT\t1\n1\t5\tC\tA\t2\n"
                "1\t5\tA\tC\t3\n",
                NULL, NULL, &a) == 0 &&
           is(3, NAN, NAN),
       "as written before swapped before the other strand");
    dw_annotator_free(a);
    OK(annotate("CHR\tBP\tA1\tA2\tx\n1\t5\t\t\t7\n1\t5\tA\tC\t8\n", NULL, NULL,
                &a) == 0 &&
           is(8, NAN, NAN),
       "a row without alleles among others is no variant's: %s", err.msg);
    dw_annotator_free(a);
    OK(annotate("CHR\tBP\tx\n1\t5\t1\n1\t5\t1\n1\t6\t1\n1\t6\t2\n", NULL, NULL,
                &a) == 0 &&
           is(1, NAN, NAN),
       "neither alleles nor id: if all rows of the place say the same");
    dw_annotator_free(a);
    OK(annotate("CHR\tBP\tx\tt\n1\t5\tTRUE\ta\n1\t6\tno\tb\n1\t7\t.\tc\n", "x",
                NULL, &a) == 0 &&
           is(1, 0, NAN),
       "true and no are 1 and 0");
    dw_annotator_free(a);
    OK(annotate("CHR\tBP\tx\ty\n1\t5\t1\t2\n", "y,x", NULL, &a) == 0 &&
           is(2, NAN, NAN) && got[3] == 1 && strcmp(a->name[0], "y") == 0,
       "columns in the order asked for");
    dw_annotator_free(a);
}

static void test_thin(void)
{
    dw_annotator *a = NULL;

    put(bim, "1 r1 0 5 a c\n1 r2 0 6 T G\n1 . 0 7 C CT\n");
    OK(annotate("ANNOT\n1\n2\n3\n", NULL, bim, &a) == 0 && is(1, 2, 3),
       "a thin one has the .bim's keys: %s", err.msg);
    OK(a && strcmp(a->name[0], "x") == 0, "ANNOT is named by its file");
    dw_annotator_free(a);
    OK(annotate("ANNOT\n1\n2\n", NULL, bim, &a) == DW_EMISMATCH &&
           strstr(err.msg, "has fewer than its 3"),
       "%s", err.msg);
    dw_annotator_free(a);
    OK(annotate("ANNOT\n1\n2\n3\n4\n", NULL, bim, &a) == DW_EMISMATCH &&
           strstr(err.msg, "has more than its 3"),
       "%s", err.msg);
    dw_annotator_free(a);
    OK(annotate("ANNOT\n1\n", NULL, NULL, &a) == DW_EFORMAT &&
           strstr(err.msg, "--ref FILE.bim"),
       "%s", err.msg);
    remove(bim);
}

/* Refused, in these words. */
static void refused(const char *text, const char *words, const char *message)
{
    dw_annotator *a = NULL;

    OK(annotate(text, words, NULL, &a) == DW_EFORMAT &&
           strstr(err.msg, message),
       "%s", err.msg);
    dw_annotator_free(a);
}

static void test_faults(void)
{
    refused("CHR\tBP\tSNP\n1\t5\tr1\n", NULL, "no column of annotations");
    refused("CHR\tBP\tx\n1\t5\tabc\n", NULL,
            ":2: column x: \"abc\" is not a number: name the columns to read");
    refused("CHR\tBP\tx\n1\t5\tabc\n", "x",
            ":2: column x: \"abc\" is not a number");
    refused("CHR\tBP\tx\n1\t5\t1\nCHR\tBP\tx\n", NULL, "a second header line");
    refused("CHR\tBP\tx\n1\t5\tinf\n", NULL, "infinite");
    refused("CHR\tBP\tx\n1\t5\t1e39\n", NULL, "infinite");
    refused("CHR\tBP\tx\n1\t5\t1\n1\t99\tz\n", NULL, ":3: column x");
    refused("CHR\tBP\tx\tx\n1\t5\t1\t1\n", NULL, "column x is there twice");
    refused("CHR\tBP\tx\ty\n1\t5\t1\t1\n", "x,x", "column x is there twice");
    refused("CHR\tBP\tx\t\n1\t5\t1\t1\n", NULL,
            "a column of annotations has no name");
    refused("CHR\tBP\tcoding\n1\t5\t1\n", "codin",
            "no column codin; the nearest is coding");
    refused("CHR\tBP\tx\n1\t5\n", NULL, "2 fields where the header has 3");
}

int main(void)
{
    dw_rng rng = dw_rng_init(7, 0);

    make_rows(&rng);
    test_blocks(&rng, false, "in order", 0);
    test_any_order(&rng, false, "in order");
    test_blocks(&rng, true, "with an index", 0);
    test_any_order(&rng, true, "with an index");
    shuffle_rows(&rng);
    test_blocks(&rng, false, "shuffled", 0);
    test_any_order(&rng, false, "shuffled");
    test_window();
    test_moved();
    test_no_memory(&rng);
    OK(made.closed > 6, "closed");
    if (!mkdtemp(dir))
        perror(dir), exit(1);
    snprintf(path, sizeof path, "%s/x.annot", dir);
    snprintf(bim, sizeof bim, "%s/x.bim", dir);
    test_full();
    test_thin();
    test_faults();
    remove(path);
    rmdir(dir);
    dw_variants_clear(&v);
    return tap_done();
}
