/*
 * ingest: a study, a reference and annotation files, opened and merged.
 *
 * What dw-ingest reads, from paths to tables of variants.  Inputs that are
 * sorted are streamed; one that turns out not to be costs a new beginning, with
 * that one sorted in memory.
 */
#ifndef DW_INGEST_INGEST_H
#define DW_INGEST_INGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "annot/sources.h"
#include "base/buf.h"
#include "base/crew.h"
#include "base/err.h"
#include "ingest/join.h"
#include "place/placed_rows.h"
#include "place/ref_watch.h"
#include "place/reference.h"
#include "study/read_sumstats.h"

typedef struct dw_ingest_opts {
    const char *study, *ref, *exclude; /* paths; NULL: none */
    const char *fasta, *chain;         /* the same */
    const dw_row_reader *ref_rows;     /* NULL, or the reference's rows, as
                                        * dw_reference_of_rows takes them: then
                                        * `ref` is their name, and no file */
    const char *build;                 /* as stated; NULL: it is not */
    const dw_annot_source *annot;      /* (n_annots), in the order of columns */
    size_t n_annots;
    dw_sumstats_opts columns;
    bool all;
    dw_ambiguous ambiguous;
    double af_limit; /* see harmonise.h */
    double min_overlap;
    size_t batch;
} dw_ingest_opts;

/* Open for reading; to be changed by the functions below only. */
typedef struct dw_ingest {
    const dw_ingest_opts *o;
    dw_crew *crew;
    dw_fates fates;
    dw_sumstats *study;     /* NULL: none */
    dw_reference *ref;      /* NULL: none */
    dw_genome *genome;      /* NULL: none */
    dw_chain *chain;        /* NULL: none */
    dw_ref_watch watch;     /* on the reference, if there is one */
    dw_survey *survey;      /* of it; NULL: not needed */
    dw_placed_rows *placed; /* the study's rows; NULL: no study */
    dw_build_evidence genome_sizes;
    dw_annotators annot;
    const char **annot_name; /* (annot.p) lent by annot */
    dw_ordered *study_rows, *ref_rows;
    dw_regions exclude;
    uint64_t exclude_digest;
    dw_join join;
    uint64_t n_study_rows, n_ref_rows; /* read, taken or not */
} dw_ingest;

/* What gets the tables. `begin` is called before the first and whenever all
 * begins anew: what was put is then to be forgotten. */
typedef struct dw_ingest_sink {
    int (*begin)(void *ctx, dw_err *err);
    int (*put)(void *ctx, dw_variants *v, dw_err *err);
    void *ctx;
    void (*drop)(void *ctx, const dw_row *row, dw_reason reason); /* or NULL */
    void *drop_ctx;
    /* Of each row taken: what was done to it; or NULL. */
    void (*act)(void *ctx, const dw_row *study, const dw_row *variant,
                uint32_t actions);
    void *act_ctx;
} dw_ingest_sink;

/* Opens all inputs and understands their headers; the options and the crew,
 * which unpacks what is read (NULL: nobody does), are borrowed. */
int dw_ingest_open(dw_ingest *in, const dw_ingest_opts *o, dw_crew *crew,
                   dw_err *err) DW_MUST_CHECK;
void dw_ingest_close(dw_ingest *in); /* one that was zeroed is fine */

int dw_ingest_run(dw_ingest *in, const dw_ingest_sink *sink,
                  dw_err *err) DW_MUST_CHECK;

/* After the run: DW_EMISMATCH, with a diagnosis, when study and reference have
 * next to nothing in common; when it is little, 0 and the same words in
 * `warning`.  Reads both files anew, so digests are to be taken before. */
int dw_ingest_check_overlap(dw_ingest *in, dw_buf *warning,
                            dw_err *err) DW_MUST_CHECK;

/* After the run, and before the overlap: DW_EMISMATCH where the inputs are of
 * several builds, or not of the one that was stated; else the build found, or
 * DW_BUILD_NONE, and why. */
int dw_ingest_check_build(dw_ingest *in, int *build, dw_buf *why,
                          dw_err *err) DW_MUST_CHECK;

/* So many of the variants were dropped for their N after the run. */
void dw_ingest_drop_low_n(dw_ingest *in, size_t dropped);
/* Lends from `in`. */
dw_ingest_counts dw_ingest_count(const dw_ingest *in);

/* For the history: each text input read, by name and digest. */
void dw_ingest_inputs(const dw_ingest *in,
                      void (*add)(void *ctx, const char *name, uint64_t digest),
                      void *ctx);

#endif
