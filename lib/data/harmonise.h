/*
 * harmonise: the rows of a study at one place against the variants that a
 * reference has there.
 *
 * A row belongs to the reference variant that has its two alleles, as written
 * or swapped, and only then on the other strand (single bases); a row of I and
 * D to the one indel there, of which I is the longer allele.  Where the study's
 * effect allele is the reference's REF, z changes its sign and the frequency
 * becomes 1 - f.  Several variants at a place are several keys.
 */
#ifndef DW_DATA_HARMONISE_H
#define DW_DATA_HARMONISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/action.h"
#include "data/agreement.h"
#include "data/allele.h"
#include "data/group.h"
#include "data/reason.h"

/* What is done with A/T and C/G, whose strand the letters do not tell. */
typedef enum dw_ambiguous {
    DW_AMBIGUOUS_DROP,
    DW_AMBIGUOUS_KEEP, /* believed as written */
    DW_AMBIGUOUS_AF,   /* told by the frequencies, where they can tell */
} dw_ambiguous;

/* A study's three numbers in dw_row.value. */
enum { DW_STUDY_Z, DW_STUDY_EAF, DW_STUDY_N, DW_STUDY_VALUES };

/* ALT's frequency in the panel of a reference's row; NAN: not known. */
typedef int dw_frequency_fn(void *self, const dw_row *ref, double *f,
                            dw_err *err);

/* A variant at this place: a row of the reference and one of the study. */
typedef struct dw_pair {
    size_t ref;   /* row in the group */
    size_t study; /* row in the group, or SIZE_MAX: no z */
    bool flip;    /* the study's effect allele is REF */
} dw_pair;

typedef struct dw_harmonise {
    dw_ambiguous ambiguous;
    double af_limit; /* a rarer allele is known by its frequency; 0: 0.4 */
    dw_frequency_fn *frequency; /* NULL: none known */
    void *frequency_self;
    /* The frequencies of each such row of the reference are held against the
     * study's, by its index; 0: of none. */
    size_t compare_every;
    /* Hears of each row taken and all that was done to it; or NULL. */
    void (*told)(void *ctx, const dw_row *study, const dw_row *variant,
                 uint32_t actions);
    void *told_ctx;

    /* Of the rows taken: what was done to them, and their frequencies. */
    uint64_t acted[DW_ACTION_COUNT];
    dw_agreement agreement;
    /* workspace */
    dw_pair *pair;
    size_t n_pairs, cap_pairs;
    struct dw_harmonise_row {
        size_t ref;
        uint32_t actions;
        bool flip;
    } * row;
    size_t cap_rows;
    bool own; /* there is no reference */
} dw_harmonise;

/* Sets h->pair[0 .. n_pairs): one for each variant of `ref` that is not a
 * duplicate, sorted by REF, ALT.  Rows that are not taken are told to `fates`;
 * reference variants without a z are not.  `ref` may be NULL: the study's own
 * rows are then the variants, REF their other allele and ALT the effect's. */
int dw_harmonise_group(dw_harmonise *h, const dw_group *study,
                       const dw_group *ref, dw_fates *fates,
                       dw_err *err) DW_MUST_CHECK;
/* What was counted is forgotten. */
void dw_harmonise_reset(dw_harmonise *h);
void dw_harmonise_clear(dw_harmonise *h);

#endif
