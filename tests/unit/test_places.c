/* Where a study's rows lie: genome, indels, chains, order, ids. */
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "data/action.h"
#include "data/allele.h"
#include "data/harmonise.h"
#include "input/site_id.h"
#include "place/chain.h"
#include "place/genome.h"
#include "place/lift.h"
#include "place/near_order.h"
#include "place/normal.h"
#include "place/placed_rows.h"
#include "place/ref_watch.h"
#include "place/survey.h"
#include "tap.h"

static char dir[] = "/tmp/dw-test-places-XXXXXX";

static const char *path_of(const char *name)
{
    static char path[2][128];
    static int turn;

    turn = !turn;
    snprintf(path[turn], sizeof path[turn], "%s/%s", dir, name);
    return path[turn];
}

static const char *put(const char *name, const char *text)
{
    const char *path = path_of(name);
    FILE *f = fopen(path, "wb");

    if (!f || fputs(text, f) < 0 || fclose(f) != 0)
        exit(1);
    return path;
}

static dw_row row_of(const char *contig, uint32_t pos, const char *a1,
                     const char *a2)
{
    static const float value[DW_STUDY_VALUES] = {2, 0.25f, 1000};

    return (dw_row){.contig = contig,
                    .pos = pos,
                    .id = dw_span_of("r"),
                    .a1 = dw_span_of(a1),
                    .a2 = dw_span_of(a2),
                    .value = value};
}

static bool is_row(const dw_row *row, uint32_t pos, const char *a1,
                   const char *a2)
{
    return row->pos == pos && dw_span_eq(row->a1, a1) &&
           dw_span_eq(row->a2, a2);
}

/* ---- small things ---- */

static void test_alleles(void)
{
    static const struct {
        const char *a, *b, *want_a, *want_b;
        uint32_t moved;
    } cases[] = {
        {"A", "C", "A", "C", 0},       {"CA", "CG", "A", "G", 1},
        {"AC", "GC", "A", "G", 0},     {"GCA", "G", "GCA", "G", 0},
        {"GCAT", "GT", "GCA", "G", 0}, {"CTT", "CT", "CT", "C", 0},
        {"TTCC", "TT", "TCC", "T", 1}, {"AAA", "AA", "AA", "A", 0},
    };
    char turned[8] = "";

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        dw_span a = dw_span_of(cases[i].a), b = dw_span_of(cases[i].b);
        uint32_t pos = 10;

        dw_allele_trim(&a, &b, &pos);
        OK(dw_span_eq(a, cases[i].want_a) && dw_span_eq(b, cases[i].want_b) &&
               pos == 10 + cases[i].moved,
           "%s/%s trimmed", cases[i].a, cases[i].b);
    }
    dw_allele_reverse(turned, dw_span_of("AACGTN"));
    OK(!strcmp(turned, "NACGTT"), "the other strand: %s", turned);
    OK(dw_allele_is_indel_code(dw_span_of("I"), dw_span_of("D")) &&
           dw_allele_is_indel_code(dw_span_of("D"), dw_span_of("I")) &&
           !dw_allele_is_indel_code(dw_span_of("I"), dw_span_of("I")) &&
           !dw_allele_is_indel_code(dw_span_of("A"), dw_span_of("D")),
       "I and D");
}

static void test_site_ids(void)
{
    static const struct {
        const char *id, *contig; /* NULL: no place */
        uint32_t pos;
    } cases[] = {
        {"1:12345", "1", 12345},
        {"chr1_12345_A_G", "1", 12345},
        {"X:100:AC:A", "X", 100},
        {"23:100", "X", 100},
        {"chrM_7_b38", "MT", 7},
        {"rs123", NULL, 0},
        {"rs1_2", NULL, 0},
        {"1:", NULL, 0},
        {":5", NULL, 0},
        {"1:0", NULL, 0},
        {"1:99999999999", NULL, 0},
        {"1:12a", NULL, 0},
        {"1", NULL, 0},
        {"", NULL, 0},
        {"AX_11:5", NULL, 0},
        {"22:5_A", "22", 5},
        {"1:-5", NULL, 0},
        {"123:5", NULL, 0},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char contig[DW_CONTIG_MAX] = "";
        uint32_t pos = 0;
        bool is = dw_site_id_place(dw_span_of(cases[i].id), contig, &pos);

        OK(is == (cases[i].contig != NULL) &&
               (!is ||
                (!strcmp(contig, cases[i].contig) && pos == cases[i].pos)),
           "id \"%s\"", cases[i].id);
    }
}

/* ---- the genome and indels ---- */

/* Opens a FASTA of one line. */
static dw_genome *genome_of(const char *name, const char *bases)
{
    size_t n = strlen(bases);
    char *text = malloc(n + 100), index[100];
    dw_err err = {0};
    dw_genome *g;

    if (!text)
        exit(1);
    sprintf(text, ">%s\n%s\n", name, bases);
    put("g.fa", text);
    sprintf(index, "%s\t%zu\t%zu\t%zu\t%zu\n", name, n, strlen(name) + 2, n,
            n + 1);
    put("g.fa.fai", index);
    g = dw_genome_open(path_of("g.fa"), &err);
    if (!g) {
        printf("# %s\n", err.msg);
        exit(1);
    }
    free(text);
    return g;
}

static void test_windows(void)
{
    enum { N = 100000 };
    char *bases = malloc(N + 1);
    dw_genome *g;
    dw_err err = {0};
    dw_span got;
    size_t wrong = 0;

    if (!bases)
        exit(1);
    for (size_t i = 0; i < N; i++)
        bases[i] = "ACGT"[(i * 7919 >> 5) & 3];
    bases[N] = 0;
    g = genome_of("chrX", bases);
    OK(dw_genome_length(g, "X") == N && dw_genome_length(g, "XY") == N &&
           dw_genome_length(g, "1") == 0,
       "X, and XY that lies on it");
    /* Forward, backwards, and far apart. */
    for (uint32_t i = 0; i < 3000; i++) {
        uint32_t pos = 1 + (i < 1000   ? i * 99
                            : i < 2000 ? (2000 - i) * 99
                                       : i * 7717 % (N - 50));

        if (dw_genome_bases(g, "X", pos, 40, &got, &err) < 0 || got.n != 40 ||
            memcmp(got.s, bases + pos - 1, 40) != 0)
            wrong++;
    }
    OK(wrong == 0, "bases of 3000 places");
    OK(dw_genome_bases(g, "X", N - 4, 40, &got, &err) == 0 && got.n == 5,
       "the end of a chromosome");
    OK(dw_genome_bases(g, "X", N + 1, 1, &got, &err) == 0 && got.n == 0 &&
           dw_genome_bases(g, "X", 0, 1, &got, &err) == 0 && got.n == 0 &&
           dw_genome_bases(g, "1", 1, 1, &got, &err) == 0 && got.n == 0,
       "beyond it, before it, elsewhere");
    OK(dw_genome_bases(g, "X", 1, N + 5, &got, &err) == 0 && got.n == N,
       "more than a window");
    dw_genome_close(g);
    free(bases);
}

static void test_normal(void)
{
    static const struct {
        uint32_t pos;
        const char *a1, *a2;
        uint32_t want_pos;
        const char *want_a1, *want_a2;
        int changed;
    } cases[] = {
        /* GGGCACACACTTTT; 3 is the G before the repeat. */
        {3, "GCA", "G", 3, "GCA", "G", 0},
        {7, "ACA", "A", 3, "GCA", "G", 1},
        {8, "CAC", "C", 3, "GCA", "G", 1},
        {9, "A", "ACA", 3, "G", "GCA", 1},
        {4, "CACA", "CA", 3, "GCA", "G", 1},
        {10, "CTT", "CT", 10, "CT", "C", 1},
        {14, "T", "TTT", 10, "C", "CTT", 1},
        {13, "TT", "T", 10, "CT", "C", 1},
        {10, "CT", "CA", 11, "T", "A", 1},
        {10, "CTT", "GTT", 10, "C", "G", 1},
        {5, "AC", "GT", 5, "AC", "GT", 0},
        /* The loss of the first bases: nothing before them. */
        {1, "GG", "G", 1, "GG", "G", 0},
        /* Not what the genome has: trimmed only. */
        {7, "TCTC", "TC", 7, "TCT", "T", 1},
        {6, "C", "T", 6, "C", "T", 0},
    };
    dw_genome *g = genome_of("1", "GGGCACACACTTTT");
    dw_normal n = {.genome = g}, without = {0};
    dw_err err = {0};
    dw_row row;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int rc;

        row = row_of("1", cases[i].pos, cases[i].a1, cases[i].a2);
        rc = dw_normal_row(&n, &row, &err);
        OK(rc == cases[i].changed && is_row(&row, cases[i].want_pos,
                                            cases[i].want_a1, cases[i].want_a2),
           "%u %s/%s is %u %.*s/%.*s", (unsigned)cases[i].pos, cases[i].a1,
           cases[i].a2, (unsigned)row.pos, (int)row.a1.n, row.a1.s,
           (int)row.a2.n, row.a2.s);
    }
    row = row_of("1", 4, "CACA", "CA");
    OK(dw_normal_row(&without, &row, &err) == 1 && is_row(&row, 4, "CAC", "C"),
       "without a genome it stays where it is");
    dw_normal_clear(&n);
    dw_genome_close(g);
}

/* ---- chains ---- */

static void test_chain(void)
{
    static const char text[] =
        "chain 50 chr1 249250621 + 100 200 chr1 248956422 + 300 400 1\n"
        "50 10 10\n40\n\n"
        "# another, of the other strand\n"
        "chain 40\tchrX\t155270560\t+\t10\t20\tchrX\t156040895\t-\t0\t10\t2\n"
        "10\n";
    static const struct {
        const char *contig;
        uint32_t pos;
        size_t n;
        dw_reason reason;
        uint32_t to;
    } cases[] = {
        {"1", 100, 1, DW_REASON_LIFT_NO_CHAIN, 0},
        {"1", 101, 1, DW_REASON_NONE, 301},
        {"1", 150, 1, DW_REASON_NONE, 350},
        {"1", 150, 2, DW_REASON_LIFT_GAP, 0},
        {"1", 149, 2, DW_REASON_NONE, 349},
        {"1", 151, 1, DW_REASON_LIFT_GAP, 0},
        {"1", 160, 1, DW_REASON_LIFT_GAP, 0},
        {"1", 161, 1, DW_REASON_NONE, 361},
        {"1", 200, 1, DW_REASON_NONE, 400},
        {"1", 200, 2, DW_REASON_LIFT_GAP, 0},
        {"1", 201, 1, DW_REASON_LIFT_NO_CHAIN, 0},
        {"2", 101, 1, DW_REASON_LIFT_NO_CHAIN, 0},
        {"X", 11, 1, DW_REASON_NONE, 156040895},
        {"XY", 20, 1, DW_REASON_NONE, 156040886},
        {"X", 10, 1, DW_REASON_LIFT_NO_CHAIN, 0},
        {"1", 0, 1, DW_REASON_LIFT_NO_CHAIN, 0},
    };
    dw_err err = {0};
    dw_chain *c = dw_chain_open(put("c.chain", text), &err);

    OK(c != NULL, "a chain file: %s", err.msg);
    if (!c)
        return;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        dw_lifted to = {0};
        dw_reason r =
            dw_chain_lift(c, cases[i].contig, cases[i].pos, cases[i].n, &to);

        OK(r == cases[i].reason && to.pos == cases[i].to &&
               to.reversed == (to.pos > 1000),
           "%s:%u is %u (%s)", cases[i].contig, (unsigned)cases[i].pos,
           (unsigned)to.pos, dw_reason_word(r));
    }
    OK(dw_chain_from(c) == DW_BUILD_37 && dw_chain_to(c) == DW_BUILD_38,
       "from GRCh37 to GRCh38");
    dw_chain_close(c);
    /* Every allocation that can fail, fails once. */
    for (unsigned long i = 1; i < 100; i++) {
        dw_mem_fail_at(i);
        c = dw_chain_open(path_of("c.chain"), &err);
        dw_mem_fail_at(0);
        dw_chain_close(c);
        if (c) {
            OK(i > 3, "%lu allocations failed, none was missed", i - 1);
            break;
        }
        if (err.code != DW_ENOMEM) {
            OK(0, "allocation %lu: %s", i, err.msg);
            break;
        }
    }
}

static void test_lift(void)
{
    dw_err err = {0};
    dw_chain *c = dw_chain_open(
        put("r.chain", "chain 9 1 40 + 0 20 2 40 - 0 20\n20\n"), &err);
    dw_genome *g = genome_of("2", "CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCGATCCCC");
    dw_lift l = {.chain = c}, with = {.chain = c, .genome = g};
    dw_reason reason;
    dw_row row;

    row = row_of("1", 5, "A", "C");
    OK(dw_lift_row(&l, &row, &reason, &err) == 0 && reason == DW_REASON_NONE &&
           is_row(&row, 36, "T", "G") && !strcmp(row.contig, "2") &&
           row.actions == (DW_ACTION_BIT(DW_ACTION_LIFTED) |
                           DW_ACTION_BIT(DW_ACTION_REVERSED)),
       "a base, backwards");
    row = row_of("1", 5, "AC", "GT");
    OK(dw_lift_row(&l, &row, &reason, &err) == 0 && reason == DW_REASON_NONE &&
           is_row(&row, 35, "GT", "AC"),
       "two bases: they begin where they ended");
    row = row_of("1", 5, "A", "AT");
    OK(dw_lift_row(&l, &row, &reason, &err) == 0 &&
           reason == DW_REASON_LIFT_INDEL,
       "an indel needs the genome");
    row = row_of("1", 5, "A", "AT");
    OK(dw_lift_row(&with, &row, &reason, &err) == 0 &&
           reason == DW_REASON_NONE && is_row(&row, 35, "T", "AT"),
       "which has the longer allele: %u", (unsigned)row.pos);
    row = row_of("1", 5, "A", "AG");
    OK(dw_lift_row(&with, &row, &reason, &err) == 0 &&
           reason == DW_REASON_NONE && is_row(&row, 36, "T", "CT"),
       "or only the shorter one: %u", (unsigned)row.pos);
    row = row_of("1", 6, "G", "GT");
    OK(dw_lift_row(&with, &row, &reason, &err) == 0 &&
           reason == DW_REASON_LIFT_INDEL,
       "or neither");
    dw_lift_clear(&l);
    dw_lift_clear(&with);
    dw_genome_close(g);
    dw_chain_close(c);
}

/* ---- readers of rows ---- */

/* Rows of an array, as a reader gives them. */
struct given {
    const dw_row *row;
    size_t n, next, k;
};

static int next_given(void *self, dw_row *row, dw_err *err)
{
    struct given *g = self;

    (void)err;
    if (g->next == g->n)
        return 0;
    *row = g->row[g->next++];
    return 1;
}

static int rewind_given(void *self, dw_err *err)
{
    (void)err;
    ((struct given *)self)->next = 0;
    return 0;
}

static dw_origin origin_given(const void *self)
{
    (void)self;
    return (dw_origin){.name = "rows"};
}

static dw_row_reader reader_of(struct given *g)
{
    return (dw_row_reader){g, g->k, next_given, rewind_given, origin_given};
}

/* Rows up to 900 bases out of order come in order, and none is lost. */
static void test_near_order(void)
{
    enum { N = 5000 };
    dw_row *rows = calloc(N, sizeof *rows);
    struct given given = {rows, N, 0, DW_STUDY_VALUES};
    dw_row_reader reader = reader_of(&given);
    dw_near_order *o = dw_near_order_new(&reader);
    const dw_row_reader *r = dw_near_order_reader(o);
    unsigned long long sum = 0, want = 0;
    uint32_t seed = 7;
    dw_err err = {0};

    if (!rows)
        exit(1);
    for (uint32_t i = 0; i < N; i++) {
        seed = seed * 1664525 + 1013904223;
        rows[i] = row_of(i < N / 2 ? "1" : "2", 2000 + i * 11, "A", "G");
        rows[i].pos -= (seed >> 16) % 900;
        rows[i].index = i;
        want += rows[i].pos;
    }
    for (int pass = 0; pass < 2; pass++) {
        uint32_t last = 0;
        size_t n = 0, wrong = 0;
        char contig = '1';
        dw_row row;

        sum = 0;
        while (r->next(r->self, &row, &err) > 0 && (pass || n < N / 3)) {
            wrong += *row.contig == contig && row.pos < last;
            wrong += *row.contig < contig || row.value[0] != 2;
            contig = *row.contig;
            last = row.pos;
            sum += row.pos;
            n++;
        }
        OK(wrong == 0, "pass %d: %zu rows in order", pass, n);
        if (!pass && r->rewind(r->self, &err) < 0)
            exit(1);
    }
    OK(sum == want, "none is lost");
    dw_near_order_free(o);
    free(rows);
}

static void test_survey(void)
{
    dw_genome *g = genome_of("1", "GGGCACACACTTTT");
    const dw_row ref[] = {
        row_of("1", 7, "A", "ACA"),     row_of("1", 10, "CT", "CA"),
        row_of("1", 12, "T", "A"),      row_of("XY", 70000, "A", "G"),
        row_of("X", 5000000, "A", "G"),
    };
    struct given given = {ref, 5, 0, 0};
    dw_row_reader reader = reader_of(&given);
    dw_err err = {0};
    dw_survey *s = dw_survey_read(&reader, g, &err);
    dw_buf key = {0};
    dw_row row;

    OK(s && dw_survey_has_contig(s, "XY") && !dw_survey_has_contig(s, "2") &&
           dw_survey_has_xy(s, 70000) && !dw_survey_has_xy(s, 5000000) &&
           dw_survey_has_forms(s),
       "what the reference has");
    if (!s)
        return;
    row = row_of("1", 3, "G", "GCA");
    OK(dw_survey_form(s, &row, &key) && is_row(&row, 7, "A", "ACA"),
       "an indel as the reference writes it");
    row = row_of("1", 3, "GCA", "G");
    OK(dw_survey_form(s, &row, &key) && is_row(&row, 7, "ACA", "A"),
       "also with its alleles exchanged");
    row = row_of("1", 11, "A", "T");
    OK(dw_survey_form(s, &row, &key) && is_row(&row, 10, "CA", "CT"),
       "a base with another before it");
    row = row_of("1", 12, "T", "A");
    OK(!dw_survey_form(s, &row, &key) && is_row(&row, 12, "T", "A"),
       "what is normal stays");
    dw_survey_free(s);
    for (unsigned long i = 1; i < 100; i++) {
        dw_mem_fail_at(i);
        s = dw_survey_read(&reader, g, &err);
        dw_mem_fail_at(0);
        dw_survey_free(s);
        if (s || err.code != DW_ENOMEM) {
            OK(s && i > 3, "%lu allocations failed, none was missed", i - 1);
            break;
        }
    }
    dw_buf_clear(&key);
    dw_genome_close(g);
}

static void test_watch(void)
{
    static const struct {
        const char *contig, *a1, *a2;
        bool needs;
    } cases[] = {
        {"1", "A", "G", false},   {"X", "A", "G", false},
        {"XY", "A", "G", true},   {"1", "A", "AC", false},
        {"1", "CA", "CG", true},  {"1", "AC", "GC", true},
        {"1", "AC", "GT", false},
    };
    dw_err err = {0};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        dw_row ref = row_of(cases[i].contig, 5, cases[i].a1, cases[i].a2), row;
        struct given given = {&ref, 1, 0, 0};
        dw_row_reader reader = reader_of(&given);
        dw_ref_watch w;

        dw_ref_watch_init(&w, &reader);
        OK(w.reader.next(w.reader.self, &row, &err) == 1 &&
               w.needs_survey == cases[i].needs,
           "%s %s/%s", cases[i].contig, cases[i].a1, cases[i].a2);
    }
}

/* Without a reference: REF by the genome, z and frequency turned. */
static void test_placed(void)
{
    dw_genome *g = genome_of("1", "GGGCACACACTTTT");
    const dw_row study[] = {
        row_of("1", 4, "A", "C"), row_of("1", 4, "C", "A"),
        row_of("1", 4, "G", "A"), row_of("1", 7, "A", "ACA"),
        row_of("1", 4, "I", "D"), row_of("2", 4, "A", "G"),
        row_of("", 0, "A", "G"),
    };
    struct given given = {study, 7, 0, DW_STUDY_VALUES};
    dw_row_reader reader = reader_of(&given);
    dw_fates fates = {{0}, NULL, NULL};
    dw_placed_rows *p = dw_placed_rows_new(
        &reader, &(dw_placed_opts){.genome = g, .fates = &fates});
    const dw_row_reader *r = dw_placed_rows_reader(p);
    dw_err err = {0};
    dw_row row;

    OK(r->next(r->self, &row, &err) == 1 && is_row(&row, 3, "G", "GCA") &&
           row.actions == DW_ACTION_BIT(DW_ACTION_NORMALISED),
       "an indel comes to its place");
    OK(r->next(r->self, &row, &err) == 1 && is_row(&row, 4, "A", "C") &&
           row.actions == 0 && row.value[0] == 2,
       "as written");
    OK(r->next(r->self, &row, &err) == 1 && is_row(&row, 4, "A", "C") &&
           row.value[0] == -2 && row.value[1] == 0.75f && row.value[2] == 1000,
       "swapped");
    /* G/A: neither is C; T/C on the other strand is, and C is REF's. */
    OK(r->next(r->self, &row, &err) == 1 && is_row(&row, 4, "T", "C") &&
           row.value[0] == -2 &&
           row.actions == (DW_ACTION_BIT(DW_ACTION_STRAND) |
                           DW_ACTION_BIT(DW_ACTION_SWAPPED)),
       "on the other strand, and swapped");
    OK(r->next(r->self, &row, &err) == 1 && row.pos == 0,
       "a row without a place is passed on");
    OK(r->next(r->self, &row, &err) == 0 &&
           fates.n[DW_REASON_ALLELE_NOT_ACGT] == 1 &&
           fates.n[DW_REASON_FASTA_NO_CONTIG] == 1,
       "I and D, and what the genome lacks, are told");
    dw_placed_rows_free(p);
    dw_genome_close(g);
}

int main(void)
{
    static const char *const files[] = {"g.fa", "g.fa.fai", "c.chain",
                                        "r.chain"};

    if (!mkdtemp(dir))
        return 1;
    test_alleles();
    test_site_ids();
    test_windows();
    test_normal();
    test_chain();
    test_lift();
    test_near_order();
    test_survey();
    test_watch();
    test_placed();
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        remove(path_of(files[i]));
    rmdir(dir);
    return tap_done();
}
