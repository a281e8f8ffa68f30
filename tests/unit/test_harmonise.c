/* Rows of a study against a reference: one place, and the whole merge. */
#include <stdlib.h>

#include "base/mem.h"
#include "data/harmonise.h"
#include "data/low_n.h"
#include "ingest/join.h"
#include "input/lines.h"
#include "input/ordered.h"
#include "tap.h"

/* A row as a test writes it. */
struct given {
    const char *contig;
    uint32_t pos;
    const char *id, *a1, *a2;
    float z, eaf, n;
};

static dw_row row_of(const struct given *g, size_t i, float value[3])
{
    value[DW_STUDY_Z] = g->z;
    value[DW_STUDY_EAF] = g->eaf;
    value[DW_STUDY_N] = g->n;
    return (dw_row){.contig = g->contig,
                    .pos = g->pos,
                    .index = i,
                    .id = dw_span_of(g->id),
                    .a1 = dw_span_of(g->a1),
                    .a2 = dw_span_of(g->a2),
                    .value = value};
}

/* Study rows end where a1 is NULL. */
static void fill(dw_group *r, size_t k, const struct given *g)
{
    *r = (dw_group){.k = k};
    for (size_t i = 0; g[i].a1; i++) {
        float value[3];
        dw_row row = row_of(&g[i], i, value);

        if (dw_group_add(r, &row) < 0)
            exit(1);
    }
}

/* The panel's frequency: by index. */
static int frequency(void *self, const dw_row *row, double *f, dw_err *err)
{
    (void)err;
    *f = ((const double *)self)[row->index];
    return 0;
}

/* One place: what became of it. */
struct outcome {
    dw_harmonise h;
    dw_fates fates;
    dw_group study, ref;
};

static void run(struct outcome *o, const struct given *study,
                const struct given *ref, dw_ambiguous ambiguous, double *panel)
{
    dw_err err = {0};

    *o = (struct outcome){.h = {.ambiguous = ambiguous,
                                .frequency = panel ? frequency : NULL,
                                .frequency_self = panel}};
    fill(&o->study, DW_STUDY_VALUES, study);
    if (ref)
        fill(&o->ref, 0, ref);
    if (dw_harmonise_group(&o->h, &o->study, ref ? &o->ref : NULL, &o->fates,
                           &err) < 0)
        exit(1);
}

static void clear(struct outcome *o)
{
    dw_harmonise_clear(&o->h);
    dw_group_clear(&o->study);
    dw_group_clear(&o->ref);
}

#define END \
    {       \
        0   \
    }
#define S(a1, a2, z, eaf)                \
    {                                    \
        "1", 7, "s", a1, a2, z, eaf, 100 \
    }
#define R(a1, a2)                    \
    {                                \
        "1", 7, "r", a1, a2, 0, 0, 0 \
    }
#define ROWS(...)          \
    (const struct given[]) \
    {                      \
        __VA_ARGS__, END   \
    }

/* One study row and one reference row: taken, and flipped? */
static int one(const char *ea, const char *oa, const char *alt, const char *ref,
               dw_ambiguous ambiguous, float eaf, double panel)
{
    struct outcome o;
    int r;

    run(&o, ROWS(S(ea, oa, 2, eaf)), ROWS(R(alt, ref)), ambiguous, &panel);
    r = o.h.pair[0].study == SIZE_MAX ? -1 : o.h.pair[0].flip;
    for (int i = 1; i < DW_REASON_COUNT; i++) {
        if (o.fates.n[i])
            r = -i;
    }
    clear(&o);
    return r;
}

static void test_one(void)
{
    dw_ambiguous af = DW_AMBIGUOUS_AF, keep = DW_AMBIGUOUS_KEEP,
                 drop = DW_AMBIGUOUS_DROP;

    OK(one("A", "G", "A", "G", af, 0.1f, 0.1) == 0, "as written");
    OK(one("G", "A", "A", "G", af, 0.1f, 0.1) == 1, "swapped");
    OK(one("T", "C", "A", "G", af, 0.1f, 0.1) == 0, "strand");
    OK(one("C", "T", "A", "G", af, 0.1f, 0.1) == 1, "strand and swapped");
    OK(one("A", "C", "A", "G", af, 0.1f, 0.1) == -DW_REASON_ALLELES_DIFFER,
       "other alleles");
    OK(one("A", "T", "A", "T", drop, 0.1f, 0.1) == -DW_REASON_AMBIGUOUS,
       "A/T dropped");
    OK(one("A", "T", "A", "T", keep, 0.1f, 0.9) == 0, "A/T kept as written");
    OK(one("T", "A", "A", "T", keep, 0.1f, 0.9) == 1, "A/T kept, swapped");
    /* af: what the frequencies say. */
    OK(one("A", "T", "A", "T", af, 0.1f, 0.2) == 0, "af: same strand");
    OK(one("A", "T", "A", "T", af, 0.9f, 0.2) == 1, "af: other strand");
    OK(one("T", "A", "A", "T", af, 0.9f, 0.2) == 1, "af: swapped");
    OK(one("T", "A", "A", "T", af, 0.1f, 0.2) == 0,
       "af: swapped, on the other strand");
    OK(one("A", "T", "A", "T", af, 0.45f, 0.2) == -DW_REASON_AMBIGUOUS_EAF,
       "af: study near a half");
    OK(one("A", "T", "A", "T", af, 0.1f, 0.55) == -DW_REASON_AMBIGUOUS_EAF,
       "af: panel near a half");
    OK(one("A", "T", "A", "T", af, NAN, 0.2) == -DW_REASON_AMBIGUOUS_NO_EAF,
       "af: study without frequency");
    OK(one("A", "T", "A", "T", af, 0.1f, NAN) == -DW_REASON_AMBIGUOUS_NO_EAF,
       "af: panel without frequency");
}

/* What becomes of the one row, whether its variant is alone or one of two, and
 * it itself alone or one of two. */
static bool same_outcome(const struct outcome *x, const struct outcome *y)
{
    for (size_t p = 0; p < y->h.n_pairs; p++) {
        const dw_pair *pair = &y->h.pair[p];

        if (pair->ref == 0)
            return x->h.n_pairs == 1 && x->h.pair[0].ref == 0 &&
                   x->h.pair[0].study == pair->study &&
                   x->h.pair[0].flip == pair->flip &&
                   !memcmp(x->h.acted, y->h.acted, sizeof x->h.acted) &&
                   !memcmp(x->fates.n, y->fates.n, sizeof x->fates.n);
    }
    return x->h.n_pairs == 0 &&
           !memcmp(x->fates.n, y->fates.n, sizeof x->fates.n);
}

/* The short way for one row and one variant is the rule for several. */
static void test_one_is_several(void)
{
    static const char *const allele[] = {"A",  "C", "G", "T", "AT",
                                         "AC", "I", "D", "?", "N"};
    enum { N = DW_COUNT(allele) };
    double panel[] = {0.3, 0.3};
    size_t wrong = 0, tried = 0;

    for (size_t i = 0; i < 3 * N * N * N * N; i++) {
        const char *ea = allele[i % N], *oa = allele[i / N % N],
                   *alt = allele[i / N / N % N],
                   *ref = allele[i / N / N / N % N];
        dw_ambiguous how = (dw_ambiguous)(i / N / N / N / N);
        struct outcome x, y;

        run(&x, ROWS(S(ea, oa, 2, 0.1f)), ROWS(R(alt, ref)), how, panel);
        run(&y, ROWS(S(ea, oa, 2, 0.1f)), ROWS(R(alt, ref), R("GGT", "CCA")),
            how, panel);
        wrong += !same_outcome(&x, &y);
        clear(&x);
        clear(&y);
        if (i >= N * N)
            continue;
        run(&x, ROWS(S(ea, oa, 2, 0.1f)), NULL, how, NULL);
        run(&y, ROWS(S(ea, oa, 2, 0.1f), S("GGT", "CCA", 1, 0.1f)), NULL, how,
            NULL);
        wrong += !same_outcome(&x, &y);
        tried++;
        clear(&x);
        clear(&y);
    }
    OK(wrong == 0 && tried == N * N, "one row, one variant: as of several");
}

static void test_places(void)
{
    struct outcome o;

    /* Several variants: each study row finds its own. */
    run(&o,
        ROWS(S("C", "A", 1, 0.1f), S("A", "G", 2, 0.2f), S("AT", "A", 3, 0)),
        ROWS(R("T", "A"), R("G", "A"), R("C", "A"), R("AT", "A")),
        DW_AMBIGUOUS_KEEP, NULL);
    OK(o.h.n_pairs == 4, "four keys");
    OK(o.h.pair[0].ref == 3 && o.h.pair[0].study == 2 && !o.h.pair[0].flip,
       "AT is first in the order of ALT");
    OK(o.h.pair[1].ref == 2 && o.h.pair[1].study == 0 && !o.h.pair[1].flip,
       "then C");
    OK(o.h.pair[2].ref == 1 && o.h.pair[2].study == 1 && o.h.pair[2].flip,
       "then G, swapped");
    OK(o.h.pair[3].ref == 0 && o.h.pair[3].study == SIZE_MAX,
       "then T, without a z");
    clear(&o);

    /* As written goes before the other strand. */
    run(&o, ROWS(S("T", "C", 1, 0.1f)), ROWS(R("A", "G"), R("T", "C")),
        DW_AMBIGUOUS_KEEP, NULL);
    OK(o.h.pair[0].ref == 1 && o.h.pair[0].study == 0 &&
           o.h.pair[1].study == SIZE_MAX,
       "T/C is T/C, not A/G");
    clear(&o);

    /* The same variant twice in the reference, also swapped. */
    run(&o, ROWS(S("A", "G", 1, 0.1f)),
        ROWS(R("A", "G"), R("G", "A"), R("A", "G")), DW_AMBIGUOUS_KEEP, NULL);
    OK(o.h.n_pairs == 1 && o.fates.n[DW_REASON_REF_DUPLICATE] == 2 &&
           o.h.pair[0].ref == 0 && o.h.pair[0].study == 0,
       "the first of the reference's duplicates");
    clear(&o);

    /* A group without a reference row. */
    run(&o, ROWS(S("A", "G", 1, 0.1f)), (const struct given[]){END},
        DW_AMBIGUOUS_KEEP, NULL);
    OK(o.h.n_pairs == 0 && o.fates.n[DW_REASON_NOT_IN_REFERENCE] == 1,
       "not in the reference");
    clear(&o);
}

static void test_duplicates(void)
{
    struct outcome o;

    run(&o,
        ROWS(S("A", "G", 1.5f, 0.1f), S("G", "A", -1.5f, 0.9f),
             S("T", "C", 1.5f, 0.1f)),
        ROWS(R("A", "G")), DW_AMBIGUOUS_KEEP, NULL);
    OK(o.h.pair[0].study == 0 && o.fates.n[DW_REASON_DUPLICATE] == 2,
       "the same z three times, in three spellings");
    clear(&o);
    run(&o,
        ROWS(S("A", "G", 1.5f, 0.1f), S("G", "A", 1.5f, 0.9f),
             S("A", "G", 1.5f, 0.1f)),
        ROWS(R("A", "G")), DW_AMBIGUOUS_KEEP, NULL);
    OK(o.h.pair[0].study == SIZE_MAX &&
           o.fates.n[DW_REASON_DUPLICATE_CONFLICT] == 3,
       "different z: none is taken");
    clear(&o);
}

static void test_without_reference(void)
{
    struct outcome o;

    run(&o,
        ROWS(S("T", "A", 1, 0.1f), S("A", "G", 2, 0.2f), S("G", "A", -2, 0.8f),
             S("T", "C", 3, 0.2f)),
        NULL, DW_AMBIGUOUS_DROP, NULL);
    OK(o.h.n_pairs == 3 && o.fates.n[DW_REASON_DUPLICATE] == 1,
       "three variants of its own; A/T is one of them");
    OK(o.h.pair[0].study == 0 && !o.h.pair[0].flip &&
           dw_span_eq(o.study.row[o.h.pair[0].ref].a2, "A"),
       "REF is the other allele; REF A, ALT T is first");
    clear(&o);
}

/* ---- the merge ---- */

/* A reader of given rows; an order that breaks is taken from them too. */
struct fake {
    const struct given *row;
    size_t at, k;
    float value[3];
};

static int fake_next(void *self, dw_row *row, dw_err *err)
{
    struct fake *f = self;

    (void)err;
    if (!f->row[f->at].contig)
        return 0;
    *row = row_of(&f->row[f->at], f->at, f->value);
    f->at++;
    return 1;
}

static int fake_rewind(void *self, dw_err *err)
{
    (void)err;
    ((struct fake *)self)->at = 0;
    return 0;
}

static dw_origin fake_origin(const void *self)
{
    (void)self;
    return (dw_origin){"fake", 0, 0};
}

static dw_row_reader reader_of(struct fake *f, size_t k)
{
    return (dw_row_reader){f, k, fake_next, fake_rewind, fake_origin};
}

/* Writes the variants down: "1:7:A:G:rs:0.1:2 " with eaf and z. */
static char got[4096];
static size_t tables;

static int put(void *ctx, dw_variants *v, dw_err *err)
{
    size_t at = strlen(got);

    (void)ctx;
    tables++;
    for (size_t i = 0; i < v->m; i++) {
        at += (size_t)snprintf(
            got + at, sizeof got - at, "%s:%u:%s:%s:%s:%.3g:%.3g", v->contig,
            v->pos[i], dw_texts_at(&v->ref, i), dw_texts_at(&v->alt, i),
            dw_texts_at(&v->id, i), v->eaf[i], v->t ? v->z[i] : 99);
        if (v->p)
            at += (size_t)snprintf(got + at, sizeof got - at, ":%.3g",
                                   v->annot[i]);
        at += (size_t)snprintf(got + at, sizeof got - at, " ");
    }
    return dw_variants_check(v, err);
}

/* Joins, beginning anew where an order breaks; the rc of the last time. */
static int join(dw_join *j, const struct given *study, const struct given *ref,
                size_t *begun, dw_err *err)
{
    struct fake fs, fr;
    dw_row_reader rs, rr;
    dw_ordered *os = NULL, *o_ref = NULL;
    dw_fates *fates = j->fates;
    int rc;

    if (study) {
        fs = (struct fake){.row = study};
        rs = reader_of(&fs, DW_STUDY_VALUES);
        os = dw_ordered_new(&rs, fates, DW_REASON_NO_PLACE);
    }
    if (ref) {
        fr = (struct fake){.row = ref};
        rr = reader_of(&fr, 0);
        o_ref = dw_ordered_new(&rr, fates, DW_REASON_REF_NO_PLACE);
    }
    j->study = os;
    j->ref = o_ref;
    j->put = put;
    *begun = 0;
    do {
        got[0] = 0;
        tables = 0;
        ++*begun;
        dw_fates_reset(fates);
        rc = study ? dw_ordered_start(os, err) : 0;
        if (rc == 0 && ref)
            rc = dw_ordered_start(o_ref, err);
        if (rc == 0)
            rc = dw_join_run(j, err);
    } while (rc == DW_EMISMATCH && *begun < 9);
    dw_ordered_free(os);
    dw_ordered_free(o_ref);
    return rc;
}

static const struct given REF[] = {
    {"1", 5, "r5", "A", "G", 0, 0, 0},   {"1", 7, "r7", "C", "T", 0, 0, 0},
    {"1", 7, "r7b", "G", "T", 0, 0, 0},  {"2", 1, ".", "A", "C", 0, 0, 0},
    {"10", 4, "r4", "AC", "A", 0, 0, 0}, END};
static const struct given STUDY[] = {
    {"1", 4, "s4", "A", "G", 9, .1f, 5}, {"1", 5, "s5", "G", "A", 1, .1f, 5},
    {"1", 7, "s7", "C", "T", 2, .2f, 5}, {"2", 1, "s1", "T", "G", 3, .3f, 5},
    {"X", 3, "sx", "A", "G", 4, .1f, 5}, END};
static const char WANT[] =
    "1:5:G:A:r5:0.9:-1 1:7:T:C:r7:0.2:2 2:1:C:A:s1:0.3:3 ";

static void test_join(void)
{
    dw_fates fates = {0};
    dw_join j = {.fates = &fates, .batch = 100};
    dw_err err = {0};
    size_t begun;

    OK(join(&j, STUDY, REF, &begun, &err) == 0 && begun == 1, "a merge");
    OK(strcmp(got, WANT) == 0, "%s", got);
    OK(j.taken == 3 && j.latent == 0 &&
           fates.n[DW_REASON_NOT_IN_REFERENCE] == 1 &&
           fates.n[DW_REASON_CONTIG_NOT_IN_REFERENCE] == 1 &&
           fates.n[DW_REASON_REF_NO_Z] == 2,
       "each row has one fate");
    OK(tables == 2, "a table for each contig");
    OK(j.both_places == 3 && j.agreed_places == 3 && j.study_places == 3 &&
           j.ref_places == 3,
       "places: %u of study, %u of reference", (unsigned)j.study_places,
       (unsigned)j.ref_places);
    dw_join_clear(&j);

    j = (dw_join){.fates = &fates, .batch = 2, .all = true};
    OK(join(&j, STUDY, REF, &begun, &err) == 0, "with --all");
    OK(strcmp(got, "1:5:G:A:r5:0.9:-1 1:7:T:C:r7:0.2:2 1:7:T:G:r7b:nan:nan "
                   "2:1:C:A:s1:0.3:3 10:4:A:AC:r4:nan:nan ") == 0,
       "%s", got);
    OK(j.taken == 3 && j.latent == 2 && tables == 4, "in tables of two");
    dw_join_clear(&j);

    j = (dw_join){.fates = &fates, .batch = 100};
    OK(join(&j, NULL, REF, &begun, &err) == 0 && j.latent == 5 &&
           strncmp(got, "1:5:G:A:r5:nan:99 ", 18) == 0,
       "a reference alone: %s", got);
    dw_join_clear(&j);
    j = (dw_join){.fates = &fates, .batch = 100};
    OK(join(&j, STUDY, NULL, &begun, &err) == 0 && j.taken == 5 &&
           strncmp(got, "1:4:G:A:s4:0.1:9 1:5:A:G:s5:0.1:1 ", 34) == 0,
       "a study alone: %s", got);
    dw_join_clear(&j);
}

/* Whatever the order of the rows, the variants are the same. */
static void test_orders(void)
{
    struct given study[8], ref[8];
    size_t n = 5, differ = 0, begun, most = 0;
    unsigned s = 7;

    for (int turn = 0; turn < 40; turn++) {
        dw_fates fates = {0};
        dw_join j = {.fates = &fates, .batch = 100};
        dw_err err = {0};

        memcpy(study, STUDY, sizeof STUDY);
        memcpy(ref, REF, sizeof REF);
        for (size_t i = n - 1; i > 0; i--) {
            size_t k = (s = s * 1103515245 + 12345) / 65536 % (i + 1);
            struct given x = study[i];

            study[i] = study[k];
            study[k] = x;
            k = (s = s * 1103515245 + 12345) / 65536 % (i + 1);
            x = ref[i];
            ref[i] = ref[k];
            ref[k] = x;
        }
        differ +=
            join(&j, study, ref, &begun, &err) != 0 || strcmp(got, WANT) != 0;
        most = begun > most ? begun : most;
        dw_join_clear(&j);
    }
    OK(differ == 0, "%zu of 40 orders gave something else", differ);
    OK(most == 3, "begun at most three times, and here %zu", most);
}

/* An annotator of one column: twice the position, none where that is odd. */
static size_t finished;

static int fake_fill(void *self, const dw_variants *v, float *x, dw_err *err)
{
    (void)self;
    (void)err;
    for (size_t i = 0; i < v->m; i++)
        x[i] = v->pos[i] % 2 ? NAN : 2 * (float)v->pos[i];
    return 0;
}

static int fake_finish(void *self, dw_err *err)
{
    (void)self;
    (void)err;
    finished++;
    return 0;
}

static void fake_close(void *self)
{
    (void)self;
}

static void test_annotations(void)
{
    static const dw_annotator_kind kind = {fake_fill, fake_finish, NULL,
                                           fake_close, NULL};
    dw_annotators all = {0};
    dw_annotator *a = dw_annotator_new(&kind, NULL, "fake", 1);
    dw_fates fates = {0};
    dw_join j = {.fates = &fates, .batch = 2, .annot = &all};
    dw_err err = {0};
    size_t begun;

    dw_annotator_name(a, 0, "twice", "bp");
    OK(dw_annotators_take(&all, a, &err) == 0 && all.p == 1, "taken");
    OK(join(&j, NULL, REF, &begun, &err) == 0 && finished == 1 &&
           strcmp(got, "1:5:G:A:r5:nan:99:nan 1:7:T:C:r7:nan:99:nan "
                       "1:7:T:G:r7b:nan:99:nan 2:1:C:A:.:nan:99:nan "
                       "10:4:A:AC:r4:nan:99:8 ") == 0,
       "in tables whole and cut: %s", got);
    OK(all.missing[0] == 4, "what is missing is counted");
    dw_join_clear(&j);

    a = dw_annotator_new(&kind, NULL, "other", 1);
    dw_annotator_name(a, 0, "twice", ".");
    OK(dw_annotators_take(&all, a, &err) == DW_EMISMATCH &&
           strcmp(err.msg, "other: has an annotation twice, as fake has: give "
                           "one another name") == 0,
       "%s", err.msg);
    dw_annotators_clear(&all);
}

static void test_limits(void)
{
    enum { MANY = 5000 };
    struct given *g = calloc(MANY + 1, sizeof *g);
    dw_fates fates = {0};
    dw_join j = {.fates = &fates, .batch = 100};
    dw_err err = {0};
    size_t begun;

    for (size_t i = 0; i < MANY; i++)
        g[i] = (struct given){"1", 1, "x", "A", "G", 1, .1f, 5};
    OK(join(&j, g, NULL, &begun, &err) == DW_EFORMAT &&
           strstr(err.msg, "4096 rows at 1:1"),
       "%s", err.msg);
    dw_join_clear(&j);
    free(g);
    j = (dw_join){.fates = &fates, .batch = 100};
    dw_mem_fail_at(3);
    OK(join(&j, STUDY, REF, &begun, &err) == DW_ENOMEM, "%s", err.msg);
    dw_mem_fail_at(0);
    dw_join_clear(&j);
}

static void test_low_n(void)
{
    dw_fates fates = {0};
    dw_join j = {.fates = &fates, .batch = 100};
    dw_variants out = {0};
    dw_err err = {0};
    size_t begun, dropped;

    if (join(&j, STUDY, REF, &begun, &err) < 0)
        exit(1);
    /* The last table is chromosome 2's; make three rows of N 5, 9, 10. */
    if (dw_variants_resize(&out, 3, 1, 1, &err) < 0)
        exit(1);
    strcpy(out.contig, "1");
    for (size_t i = 0; i < 3; i++) {
        out.pos[i] = (uint32_t)i + 1;
        out.eaf[i] = 0.5f;
        out.z[i] = (float)i;
        out.n[i] = (float[]){10, 5, 9}[i];
        out.annot[i] = (float)(10 * i);
        if (dw_texts_add(&out.id, "x", 1) < 0 ||
            dw_texts_add(&out.ref, "A", 1) < 0 ||
            dw_texts_add(&out.alt, "C", 1) < 0)
            exit(1);
    }
    OK(dw_low_n_min(&out) == 5, "the lowest N");
    dw_fates_reset(&fates);
    OK(dw_low_n_drop(&j.part, &out, 8, false, &fates, &dropped, &err) == 0 &&
           dropped == 1 && j.part.m == 2 && j.part.pos[1] == 3 &&
           j.part.z[1] == 2 && j.part.annot[1] == 20 &&
           fates.n[DW_REASON_N_LOW] == 1,
       "left out");
    OK(dw_low_n_drop(&j.part, &out, 9, false, &fates, &dropped, &err) == 0 &&
           dropped == 1,
       "an N of just the limit is enough");
    OK(dw_low_n_drop(&j.part, &out, 8, true, &fates, &dropped, &err) == 0 &&
           dropped == 1 && j.part.m == 3 && isnan(j.part.z[1]) &&
           isnan(j.part.n[1]) && j.part.annot[1] == 10 && j.part.z[2] == 2,
       "kept without its z");
    dw_variants_clear(&out);
    dw_join_clear(&j);
}

int main(void)
{
    test_one();
    test_one_is_several();
    test_places();
    test_duplicates();
    test_without_reference();
    test_join();
    test_orders();
    test_annotations();
    test_limits();
    test_low_n();
    return tap_done();
}
