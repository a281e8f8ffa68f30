/*
 * sample: one small thing of each kind that a stream holds, with all that is
 * awkward: missing values, indels, several traits, no traits.
 */
#ifndef DW_TESTS_SAMPLE_H
#define DW_TESTS_SAMPLE_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/ldblock.h"
#include "data/track.h"
#include "data/variant.h"
#include "record/rec_head.h"
#include "record/rec_ldbk.h"
#include "record/rec_scor.h"
#include "record/rec_stream.h"
#include "record/rec_trak.h"
#include "record/rec_true.h"
#include "record/rec_vars.h"
#include "stream/pack.h"

/* Sets up tests: what cannot fail here ends the program if it does. */
static inline void sample_must(int rc, const dw_err *err)
{
    if (rc < 0) {
        printf("not ok - setting up: %s\n", err->msg);
        exit(1);
    }
}

static inline void sample_add_texts(dw_texts *t, const char *const *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sample_must(dw_texts_add(t, s[i], strlen(s[i])), &(dw_err){0});
}

enum { SAMPLE_M = 5 };

/* Five variants, t of two traits, two annotations, from a position on. */
static inline void sample_variants(dw_variants *v, const char *contig,
                                   uint32_t first, size_t t)
{
    static const uint32_t step[] = {0, 0, 7, 300, 70000};
    static const char *const id[] = {"rs1", ".", "rs3;rs33", "rs4", "\xc3\xa9"};
    static const char *const ref[] = {"A", "A", "ACGT", "C", "G"};
    static const char *const alt[] = {"C", "G", "A", "T", "GTTT"};
    static const float eaf[] = {0.25f, NAN, 0.5f, 0, 1};
    static const float z[] = {1.5f, -2, NAN, 0, 30.25f, NAN, 1, 2, 3, -0.1f};
    static const float n[] = {1e5f, 1e5f, NAN, 99999, 1, NAN, 10, 20, 30, 40};
    static const float annot[] = {1, 0, 0, 1, NAN, 0.1f, -3e-5f, 1e20f, 4, 5};
    dw_err err = {0};

    sample_must(dw_variants_resize(v, SAMPLE_M, t, 2, &err), &err);
    strcpy(v->contig, contig);
    for (size_t i = 0; i < SAMPLE_M; i++)
        v->pos[i] = first + step[i];
    sample_add_texts(&v->id, id, SAMPLE_M);
    sample_add_texts(&v->ref, ref, SAMPLE_M);
    sample_add_texts(&v->alt, alt, SAMPLE_M);
    memcpy(v->eaf, eaf, sizeof eaf);
    memcpy(v->z, z, t * SAMPLE_M * sizeof *z);
    memcpy(v->n, n, t * SAMPLE_M * sizeof *n);
    memcpy(v->annot, annot, sizeof annot);
}

/* The factor for them: the second to the fourth are the core, of rank 2. */
static inline void sample_ldblock(dw_ldblock *b, const char *contig,
                                  uint32_t start)
{
    dw_err err = {0};

    sample_must(dw_ldblock_resize(b, SAMPLE_M, 2, &err), &err);
    strcpy(b->contig, contig);
    b->start = start;
    b->end = start + 400;
    b->people = 489;
    b->core = 1;
    b->l = 3;
    b->trace = 3;
    b->lambda[0] = 1.75;
    b->lambda[1] = 1.0 / 3;
    for (size_t i = 0; i < 2 * SAMPLE_M; i++)
        b->q[i] = (float)i / 8 - 0.5f;
}

static inline void sample_tracks(dw_tracks *t, const char *contig)
{
    static const uint32_t end[] = {120, 125, 900};
    static const float value[] = {2, NAN, 0.5f};
    dw_err err = {0};
    dw_track *track;

    strcpy(t->contig, contig);
    t->window = 40;
    t->bin = 10;
    track = dw_tracks_add(t, "DNase", "fold", 3, &err);
    sample_must(track ? 0 : -1, &err);
    track->start = 100;
    memcpy(track->end, end, sizeof end);
    memcpy(track->value, value, sizeof value);
    sample_must(dw_tracks_add(t, "nothing", ".", 0, &err) ? 0 : -1, &err);
}

static inline void sample_scores(dw_scores *s, const char *contig)
{
    dw_err err = {0};

    s->trait = dw_strdup("height");
    sample_variants(&s->var, contig, 100, 0);
    /* Scores have keys only. */
    s->var.p = 0;
    sample_must(dw_scores_fit(s, &err), &err);
    for (size_t j = 0; j < DW_SCORES; j++) {
        for (size_t i = 0; i < SAMPLE_M; i++)
            s->score[j][i] = i == 3 ? NAN : (float)(j + 1) / (float)(i + 3);
    }
}

static inline void sample_truth(dw_truth *t, const char *contig)
{
    dw_err err = {0};

    t->trait = dw_strdup("height");
    strcpy(t->contig, contig);
    sample_must(dw_truth_resize(t, SAMPLE_M, &err), &err);
    for (size_t i = 0; i < SAMPLE_M; i++) {
        t->var[i] = 1e-6 * (double)i;
        t->effect[i] = (i % 2 ? -1 : 1) * sqrt(t->var[i]);
    }
}

/* A linear model of one annotation that was missing somewhere. */
static inline void sample_modl(dw_buf *out)
{
    static const char text[] =
        "spec\tlinear\nlink\texp\ntrait\theight\nn\t100000\n"
        "c\t1e-06\ns2\t1\ntau\t0.34999999999999998\nn_params\t3\n"
        "input\tcons\tvalue\t0.5\t0.25\ninput\tcons\tmissing\t0.125\t1\n";
    static const float param[] = {0.5f, -0.25f, 2};

    dw_pack_text(out, text, sizeof text - 1);
    dw_pack_u64(out, DW_COUNT(param));
    dw_pack_f32s(out, param, DW_COUNT(param));
}

static inline void sample_head(dw_head *h, size_t t, bool blocks)
{
    dw_head_set_build(h, "GRCh37");
    if (t > 0)
        dw_head_add_trait(h, "height", "quantitative", 100000);
    if (t > 1)
        dw_head_add_trait(h, "a\tb\\c", "binary", NAN);
    dw_head_add_annot(h, "cons", ".", DW_MISSING_UNKNOWN);
    dw_head_add_annot(h, "DNase\nHepG2", "fold", DW_MISSING_UNKNOWN);
    if (blocks)
        dw_head_set_panel(h, "panel", 489, "genotypes, min-eigen 1e-4");
    dw_head_add_step(h, "dw-ingest", "0.1.0", "--trait height in.tsv");
    dw_head_add_input(h, "in.tsv", 0x0123456789abcdef);
    dw_head_add_input(h, "ref.bim", 7);
}

/* ---- whole streams ---- */

static inline void sample_begin(dw_sink *sink, size_t t, bool blocks)
{
    dw_head head = {0};
    dw_err err = {0};

    sample_head(&head, t, blocks);
    sample_must(dw_sink_begin(sink, &head, &err), &err);
    dw_head_clear(&head);
}

static inline void sample_end(dw_sink *sink)
{
    dw_tally tally = {0};
    dw_err err = {0};

    dw_tally_add(&tally, "ambiguous", 3);
    sample_must(dw_sink_end(sink, NULL, "dw-ingest", &tally, &err), &err);
    dw_tally_clear(&tally);
}

static inline void sample_put_variants(dw_sink *sink, const char *contig,
                                       uint32_t first, size_t t)
{
    dw_variants v = {0};
    dw_err err = {0};

    sample_variants(&v, contig, first, t);
    sample_must(dw_sink_variants(sink, &v, &err), &err);
    dw_variants_clear(&v);
}

static inline void sample_put_ldblock(dw_sink *sink, const char *contig,
                                      uint32_t start)
{
    dw_ldblock b = {0};
    dw_err err = {0};

    sample_ldblock(&b, contig, start);
    sample_must(dw_sink_ldblock(sink, &b, &err), &err);
    dw_ldblock_clear(&b);
}

/* A factor with a row of eight bits, one of halves and one of floats. */
static inline void sample_put_stored(dw_sink *sink, const char *contig,
                                     uint32_t start)
{
    static const double lambda[] = {2, 0.25, 0.0005};
    dw_ldblock b = {0};
    dw_buf payload = {0};
    dw_err err = {0};
    unsigned version;

    sample_ldblock(&b, contig, start);
    sample_must(dw_ldblock_resize(&b, b.m, DW_COUNT(lambda), &err), &err);
    memcpy(b.lambda, lambda, sizeof lambda);
    for (size_t i = 0; i < b.k * b.m; i++)
        b.q[i] = (float)(i * i % 17) / 100 - 0.07f;
    version = dw_ldblock_pack_as(&b, DW_STORE_I8, &payload);
    sample_must(dw_sink_chunk(sink, "LDBK", version, b.k, &payload, &err),
                &err);
    dw_buf_clear(&payload);
    dw_ldblock_clear(&b);
}

static inline void sample_put(dw_sink *sink, const char *type, unsigned version,
                              uint64_t records, dw_buf *payload)
{
    dw_err err = {0};

    sample_must(dw_sink_chunk(sink, type, version, records, payload, &err),
                &err);
    dw_buf_clear(payload);
}

static inline void sample_put_truth(dw_sink *sink, const char *contig)
{
    dw_truth t = {0};
    dw_buf b = {0};

    sample_truth(&t, contig);
    dw_truth_pack(&t, &b);
    sample_put(sink, "true", DW_TRUE_VERSION, t.m, &b);
    dw_truth_clear(&t);
}

/* The kinds of streams there are, one for each golden file. */
enum sample_kind {
    VARIANTS,
    BLOCKS,
    TRACKS,
    MODEL,
    SCORES,
    HALVES,
    SAMPLE_KINDS
};

static const char *const sample_name[SAMPLE_KINDS] = {
    "variants", "blocks", "tracks", "model", "scores", "halves",
};

static inline void sample_tracks_run(dw_sink *sink)
{
    dw_tracks t = {0};
    dw_buf b = {0};

    sample_begin(sink, 1, false);
    sample_put_variants(sink, "X", 100, 1);
    sample_tracks(&t, "X");
    dw_tracks_pack(&t, &b);
    sample_put(sink, "TRAK", DW_TRAK_VERSION, t.n, &b);
    dw_tracks_clear(&t);
}

static inline void sample_scores_run(dw_sink *sink)
{
    dw_scores s = {0};
    dw_buf b = {0};

    sample_begin(sink, 1, false);
    sample_scores(&s, "22");
    dw_scores_pack(&s, &b);
    sample_put(sink, "SCOR", DW_SCOR_VERSION, s.var.m, &b);
    dw_scores_clear(&s);
}

static inline void sample_run(dw_sink *sink, enum sample_kind kind)
{
    dw_buf b = {0};

    switch (kind) {
    case VARIANTS:
        sample_begin(sink, 2, false);
        sample_put_variants(sink, "9", 100, 2);
        sample_put_variants(sink, "22", 100, 2);
        break;
    case BLOCKS:
        sample_begin(sink, 1, true);
        sample_put_variants(sink, "22", 100, 1);
        sample_put_ldblock(sink, "22", 99);
        sample_put_truth(sink, "22");
        sample_put_variants(sink, "22", 300, 1);
        sample_put_ldblock(sink, "22", 299);
        sample_put_truth(sink, "22");
        break;
    case TRACKS: sample_tracks_run(sink); break;
    case MODEL:
        sample_begin(sink, 1, false);
        sample_modl(&b);
        sample_put(sink, "MODL", 1, 3, &b);
        break;
    case SCORES: sample_scores_run(sink); break;
    case HALVES:
        sample_begin(sink, 1, true);
        sample_put_variants(sink, "22", 100, 1);
        sample_put_stored(sink, "22", 99);
        break;
    case SAMPLE_KINDS: break;
    }
    sample_end(sink);
}

static inline void sample_write(const char *path, enum sample_kind kind)
{
    dw_err err = {0};
    dw_sink *sink = dw_sink_open(path, &err);

    sample_must(sink ? 0 : -1, &err);
    sample_run(sink, kind);
    sample_must(dw_sink_close(sink, &err), &err);
}

#endif
