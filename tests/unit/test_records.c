/* Payloads: HEAD and its history, which heads agree; every type with each of
 * its counts turned into a lie, with each allocation failing. */
#include "record/rec_tail.h"
#include "sample.h"
#include "tap.h"

/* ---- HEAD ---- */

static void unpack_text(dw_head *h, const char *text, int want,
                        const char *words)
{
    dw_err err = {0};
    int rc =
        dw_head_unpack(h, 1, (const unsigned char *)text, strlen(text), &err);

    OK(rc == want && strstr(err.msg, words), "HEAD: %d %s", rc, err.msg);
}

static void test_head(void)
{
    dw_head h = {0}, back = {0}, copy = {0};
    dw_buf a = {0}, b = {0};
    dw_err err = {0};
    size_t lines = 0;

    sample_head(&h, 2, true);
    OK(dw_head_pack(&h, &a) == 9, "nine lines");
    for (size_t i = 0; i < a.n; i++)
        lines += a.s[i] == '\n';
    OK(lines == 9, "and so many there are");
    OK(dw_head_unpack(&back, 1, (unsigned char *)a.s, a.n, &err) == 0,
       "unpacked: %s", err.msg);
    OK(!strcmp(back.trait[1].name, "a\tb\\c") && isnan(back.trait[1].n) &&
           !strcmp(back.annot[1].name, "DNase\nHepG2"),
       "awkward names come back");
    OK(back.step[0].n_inputs == 2 && back.step[0].input[1].digest == 7,
       "inputs");
    dw_head_copy(&copy, &back);
    dw_head_pack(&copy, &b);
    OK(a.n == b.n && !memcmp(a.s, b.s, a.n), "a copy is the same");
    OK(dw_head_find_trait(&h, "height") == 0 &&
           dw_head_find_annot(&h, "cons") == 0 &&
           dw_head_find_annot(&h, "height") == SIZE_MAX,
       "found by name");
    OK(copy.annot[0].missing == DW_MISSING_UNKNOWN, "missing: not known");
    copy.annot[0].missing = 12;
    dw_buf_reset(&b);
    dw_head_pack(&copy, &b);
    OK(dw_head_unpack(&back, 1, (unsigned char *)b.s, b.n, &err) == 0 &&
           back.annot[0].missing == 12 && dw_head_agree(&back, &h, &err) == 0,
       "missing: 12, and agrees with another count");
    dw_head_clear(&copy);
    dw_head_clear(&back);

    unpack_text(&h, "", DW_EFORMAT, "no build");
    unpack_text(&h, "build\t.", DW_EFORMAT, "line 1 has no end");
    unpack_text(&h, "build\n", DW_EFORMAT, "line 1, field 2: is not there");
    unpack_text(&h, "trait\ta\tb\t1\nbuild\t.\n", DW_EFORMAT, "not the first");
    unpack_text(&h, "build\t.\ntrait\ta\tb\tmany\n", DW_EFORMAT,
                "line 2, field 4: is not a number");
    unpack_text(&h, "build\t.\ntrait\ta\tb\t-1\n", DW_EFORMAT, "N is not");
    unpack_text(&h, "build\t.\ntrait\ta\tb\t1\ntrait\ta\tb\t1\n", DW_EFORMAT,
                "line 3: a name is there twice");
    unpack_text(&h, "build\t.\ntrait\ta\tb\t1\nannot\ta\t.\n", 0, "");
    unpack_text(&h, "build\t.\nannot\t\t.\n", DW_EFORMAT, "a name is empty");
    unpack_text(&h, "build\t.\nannot\ta\\x\t.\n", DW_EFORMAT, "an escape");
    unpack_text(&h, "build\t.\nannot\ta\\\t.\n", DW_EFORMAT, "an escape");
    unpack_text(&h, "build\t.\nannot\ta\t.\tmany\n", DW_EFORMAT, "below 2^64");
    unpack_text(&h, "build\t.\nstep\t1\ta\tb\tc\n", DW_EFORMAT,
                "a lineage is not the next one");
    unpack_text(&h, "build\t.\nstep\t99999999999999999999\ta\tb\tc\n",
                DW_EFORMAT, "below 2^64");
    unpack_text(&h, "build\t.\ninput\ta\t00\n", DW_EFORMAT, "before any step");
    unpack_text(&h, "build\t.\npanel\ta\t1\tb\npanel\ta\t1\tb\n", DW_EFORMAT,
                "a second panel");
    dw_head_clear(&h);
    dw_buf_clear(&a);
    dw_buf_clear(&b);
}

static void test_history(void)
{
    dw_head a = {0}, b = {0}, same = {0};

    sample_head(&a, 1, false);
    sample_head(&same, 1, false);
    sample_head(&b, 1, false);
    dw_head_add_step(&b, "dw-ldblock", "0.1.0", "");
    dw_head_join_history(&a, &same);
    OK(a.n_steps == 1, "a history that is the same is kept once");
    dw_head_join_history(&a, &b);
    OK(a.n_steps == 3 && a.step[1].lineage == 1 && a.step[2].lineage == 1 &&
           a.step[1].n_inputs == 2,
       "another one stands beside it");
    dw_head_join_history(&a, &b);
    OK(a.n_steps == 3, "and is kept once too");
    dw_head_add_step(&a, "dw-fit", "0.1.0", "--model linear");
    OK(a.n_steps == 5 && a.step[3].lineage == 0 && a.step[4].lineage == 1,
       "a step more is one of each lineage");
    dw_head_add_input(&a, "x", 1);
    OK(a.step[3].n_inputs == 1 && a.step[4].n_inputs == 1 &&
           a.step[2].n_inputs == 0,
       "and so is its input");
    dw_head_clear(&a);
    dw_head_clear(&b);
    dw_head_clear(&same);
}

static void test_agree(void)
{
    dw_head a = {0}, b = {0};
    dw_err err = {0};

    sample_head(&a, 2, true);
#define DIFFER(change, words)                               \
    do {                                                    \
        dw_head_copy(&b, &a);                               \
        change;                                             \
        OK(dw_head_agree(&a, &b, &err) == DW_EMISMATCH &&   \
               strstr(err.msg, words) &&                    \
               dw_head_agree(&b, &a, &err) == DW_EMISMATCH, \
           "%s", err.msg);                                  \
    } while (0)
    DIFFER(dw_head_set_build(&b, "GRCh38"), "build is \"GRCh37\" in one");
    DIFFER(dw_head_add_trait(&b, "x", "binary", 1), "2 traits and the other 3");
    DIFFER(b.trait[0].name[0] = 'w', "\"height\" in one and \"weight\"");
    DIFFER(b.trait[0].kind[0] = 'Q', "a trait's kind");
    DIFFER(b.annot[0].name[0] = 'C', "an annotation is \"cons\"");
    DIFFER(b.annot[1].unit[0] = 'F', "an annotation's unit");
    DIFFER(b.panel.people++, "LD of 489 people in one and of 490");
    DIFFER(b.panel.how[0] = 'G', "the making of LD");
    DIFFER(b.annot[0].name[0] = b.trait[0].name[0] = 'x', "a trait is");
#undef DIFFER
    dw_head_copy(&b, &a);
    b.trait[0].n = 5;
    b.panel.name[0] = 'P';
    dw_head_add_step(&b, "dw-fit", "2", "");
    OK(dw_head_agree(&a, &b, &err) == 0,
       "N, the panel's name and the history may differ");
    dw_head_clear(&a);
    dw_head_clear(&b);
}

/* ---- TAIL ---- */

static void test_tail(void)
{
    dw_run run = {.chunks = 3, .n_types = 1};
    dw_tally tally = {0}, back = {0};
    dw_err err = {0};
    dw_buf b = {0};

    memcpy(run.count[0].type, "HEAD", 5);
    run.count[0].chunks = 3;
    dw_tally_add(&tally, "dw-ingest/no_alt", 12);
    OK(dw_tail_pack(&run, &tally, &b) == 4, "four lines");
    OK(dw_tail_unpack(&run, &back, 1, (unsigned char *)b.s, b.n, &err) == 0 &&
           dw_tally_get(&back, "dw-ingest/no_alt") == 12,
       "a TAIL comes back: %s", err.msg);
    run.chunks = 4;
    OK(dw_tail_unpack(&run, &back, 1, (unsigned char *)b.s, b.n, &err) ==
           DW_EFORMAT,
       "%s", err.msg);
    run.chunks = 3;
    run.count[0].records = 1;
    OK(dw_tail_unpack(&run, &back, 1, (unsigned char *)b.s, b.n, &err) ==
           DW_EFORMAT,
       "%s", err.msg);
    run.count[0].records = 0;
    run.n_types = 2;
    OK(dw_tail_unpack(&run, &back, 1, (unsigned char *)b.s, b.n, &err) ==
           DW_EFORMAT,
       "a type that it does not count: %s", err.msg);
    OK(dw_tail_unpack(&run, &back, 1, (unsigned char *)b.s, 0, &err) ==
           DW_EFORMAT,
       "%s", err.msg);
    dw_tally_clear(&tally);
    dw_tally_clear(&back);
    dw_buf_clear(&b);
}

/* ---- the binary types, by one set of hands each ---- */

static int try_vars(const unsigned char *p, size_t n, dw_buf *again,
                    dw_err *err)
{
    dw_variants v = {0};
    int rc = dw_variants_unpack(&v, 1, p, n, err);

    if (rc == 0)
        dw_variants_pack(&v, again);
    dw_variants_clear(&v);
    return rc;
}

static int try_ldbk(const unsigned char *p, size_t n, dw_buf *again,
                    dw_err *err)
{
    dw_ldblock b = {0};
    int rc = dw_ldblock_unpack(&b, 1, p, n, err);

    if (rc == 0)
        dw_ldblock_pack(&b, again);
    dw_ldblock_clear(&b);
    return rc;
}

static int try_trak(const unsigned char *p, size_t n, dw_buf *again,
                    dw_err *err)
{
    dw_tracks t = {0};
    int rc = dw_tracks_unpack(&t, 1, p, n, err);

    if (rc == 0)
        dw_tracks_pack(&t, again);
    dw_tracks_clear(&t);
    return rc;
}

static int try_scor(const unsigned char *p, size_t n, dw_buf *again,
                    dw_err *err)
{
    dw_scores s = {0};
    int rc = dw_scores_unpack(&s, 1, p, n, err);

    if (rc == 0)
        dw_scores_pack(&s, again);
    dw_scores_clear(&s);
    return rc;
}

static int try_true(const unsigned char *p, size_t n, dw_buf *again,
                    dw_err *err)
{
    dw_truth t = {0};
    int rc = dw_truth_unpack(&t, 1, p, n, err);

    if (rc == 0)
        dw_truth_pack(&t, again);
    dw_truth_clear(&t);
    return rc;
}

typedef int try_fn(const unsigned char *, size_t, dw_buf *, dw_err *);

static void make_payload(const char *type, dw_buf *out)
{
    dw_variants v = {0};
    dw_ldblock b = {0};
    dw_tracks t = {0};
    dw_scores s = {0};
    dw_truth truth = {0};

    sample_variants(&v, "22", 100, 2);
    sample_ldblock(&b, "22", 99);
    sample_tracks(&t, "22");
    sample_scores(&s, "22");
    sample_truth(&truth, "22");
    if (!strcmp(type, "VARS"))
        dw_variants_pack(&v, out);
    else if (!strcmp(type, "LDBK"))
        dw_ldblock_pack(&b, out);
    else if (!strcmp(type, "TRAK"))
        dw_tracks_pack(&t, out);
    else if (!strcmp(type, "SCOR"))
        dw_scores_pack(&s, out);
    else
        dw_truth_pack(&truth, out);
    dw_variants_clear(&v);
    dw_ldblock_clear(&b);
    dw_tracks_clear(&t);
    dw_scores_clear(&s);
    dw_truth_clear(&truth);
}

/* Cut anywhere, or with a byte more: refused.  With four bytes anywhere turned
 * into a huge count: refused, or, where they were numbers, read as what was put
 * there.  With each allocation failing: told. */
static void test_payload(const char *type, try_fn *try)
{
    dw_buf good = {0}, again = {0};
    size_t taken = 0, changed = 0;
    unsigned long fails = 0;
    dw_err err = {0};

    make_payload(type, &good);
    OK(try((unsigned char *)good.s, good.n, &again, &err) == 0 &&
           again.n == good.n && !memcmp(again.s, good.s, good.n),
       "%s comes back: %s", type, err.msg);
    for (size_t n = 0; n < good.n; n++) {
        unsigned char *cut = dw_alloc(n, 1);

        memcpy(cut, good.s, n);
        taken += try(cut, n, &again, &err) == 0;
        dw_free(cut);
    }
    OK(taken == 0, "%s: no cut is taken", type);
    dw_buf_addc(&good, 0);
    OK(try((unsigned char *)good.s, good.n, &again, &err) == DW_EFORMAT,
       "%s: a byte too many: %s", type, err.msg);
    good.n--;
    for (size_t i = 0; i + 4 <= good.n; i++) {
        char kept[4];

        memcpy(kept, good.s + i, 4);
        for (int fill = 0x7f; fill <= 0xff; fill += 0x80) {
            memset(good.s + i, fill, 4);
            dw_buf_reset(&again);
            if (try((unsigned char *)good.s, good.n, &again, &err) == 0)
                changed += again.n != good.n;
        }
        memcpy(good.s + i, kept, 4);
    }
    OK(changed == 0, "%s: no lie about a count is believed", type);
    do {
        dw_err told = {0};

        dw_mem_fail_at(++fails);
        taken =
            (size_t)(try((unsigned char *)good.s, good.n, &again, &told) == 0);
        dw_mem_fail_at(0);
        if (!taken && told.code != DW_ENOMEM)
            OK(0, "%s: allocation %lu fails: %s", type, fails, told.msg);
    } while (!taken);
    OK(fails > 2, "%s: %lu allocations, each of which may fail", type,
       fails - 1);
    dw_buf_clear(&good);
    dw_buf_clear(&again);
}

static bool same_floats(const float *a, const float *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (isnan(a[i]) ? !isnan(b[i]) : a[i] != b[i])
            return false;
    }
    return true;
}

static bool same_texts(const dw_texts *a, const dw_texts *b)
{
    for (size_t i = 0; i < a->n; i++) {
        if (b->n != a->n || strcmp(dw_texts_at(a, i), dw_texts_at(b, i)) != 0)
            return false;
    }
    return true;
}

/* Column for column, since packing again would hide two that were swapped. */
static void test_columns(void)
{
    dw_variants want = {0}, got = {0};
    dw_buf b = {0};
    dw_err err = {0};
    size_t m = SAMPLE_M;

    make_payload("VARS", &b);
    sample_variants(&want, "22", 100, 2);
    OK(dw_variants_unpack(&got, 1, (unsigned char *)b.s, b.n, &err) == 0 &&
           got.m == m && got.t == 2 && got.p == 2,
       "VARS of its size");
    OK(!memcmp(got.pos, want.pos, m * sizeof *got.pos), "positions");
    OK(same_texts(&want.id, &got.id) && same_texts(&want.ref, &got.ref) &&
           same_texts(&want.alt, &got.alt),
       "id, REF, ALT");
    OK(same_floats(want.eaf, got.eaf, m), "frequencies");
    OK(same_floats(want.z, got.z, 2 * m), "z");
    OK(same_floats(want.n, got.n, 2 * m), "sample sizes");
    OK(same_floats(want.annot, got.annot, 2 * m), "annotations");
    dw_variants_clear(&want);
    dw_variants_clear(&got);
    dw_buf_clear(&b);
}

/* What only a check of the values can find. */
static void test_values(void)
{
    dw_buf b = {0}, again = {0};
    dw_err err = {0};

    make_payload("LDBK", &b);
    b.s[b.n - 2 * SAMPLE_M * 4 - 1] = 1; /* the store code */
    OK(try_ldbk((unsigned char *)b.s, b.n, &again, &err) == DW_EVERSION, "%s",
       err.msg);
    OK(dw_ldblock_unpack(&(dw_ldblock){0}, 3, NULL, 0, &err) == DW_EVERSION,
       "%s", err.msg);
    OK(dw_ldblock_unpack(&(dw_ldblock){0}, 0, NULL, 0, &err) == DW_EFORMAT,
       "%s", err.msg);
    dw_buf_reset(&b);
    make_payload("VARS", &b);
    memcpy(b.s + 12, "23", 2);
    OK(try_vars((unsigned char *)b.s, b.n, &again, &err) == DW_EFORMAT &&
           strstr(err.msg, "\"23\" is no contig's name"),
       "%s", err.msg);
    dw_buf_reset(&b);
    /* No variants, and a billion annotations of each of them. */
    dw_pack_u32(&b, 1);
    dw_pack_u32(&b, 1u << 30);
    OK(try_vars((unsigned char *)b.s, b.n, &again, &err) == DW_EFORMAT, "%s",
       err.msg);
    dw_buf_clear(&b);
    dw_buf_clear(&again);
}

int main(void)
{
    test_head();
    test_history();
    test_agree();
    test_tail();
    test_payload("VARS", try_vars);
    test_payload("LDBK", try_ldbk);
    test_payload("TRAK", try_trak);
    test_payload("SCOR", try_scor);
    test_payload("true", try_true);
    test_columns();
    test_values();
    return tap_done();
}
