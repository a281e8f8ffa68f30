/*
 * reason: why a row was not taken.
 *
 * Every row of a study or a reference is either taken or has exactly one of
 * these.  The words go into reports and into the stream's TAIL.
 */
#ifndef DW_DATA_REASON_H
#define DW_DATA_REASON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/action.h"
#include "data/agreement.h"
#include "data/rows.h"

/* In the order in which a row is tried. */
#define DW_REASON_CODES(X)                                                   \
    X(ROW_SPLIT, "row_split", "a record broken over two lines")              \
    X(TEST_OTHER, "test_other", "of another test than the additive one")     \
    X(TEST_FAILED, "test_failed", "the program says that its test failed")   \
    X(NO_PLACE, "no_place", "chromosome or position missing")                \
    X(LIFT_NO_CHAIN, "lift_no_chain", "in no chain of --chain")              \
    X(LIFT_GAP, "lift_gap", "in a gap of its chain")                         \
    X(LIFT_AMBIGUOUS, "lift_ambiguous", "in two chains of the same score")   \
    X(LIFT_INDEL, "lift_indel",                                              \
      "indel in a reversed chain, and not in a --fasta of the new build")    \
    X(ALLELE_MISSING, "allele_missing", "an allele is missing")              \
    X(OTHER_UNCLEAR, "other_unclear",                                        \
      "several alleles, and not told which one is the other")                \
    X(ALLELE_NOT_ACGT, "allele_not_acgt", "an allele is not made of ACGT")   \
    X(ALLELES_EQUAL, "alleles_equal", "both alleles are the same")           \
    X(Z_MISSING, "z_missing", "a number that makes z is missing")            \
    X(NOT_FINITE, "not_finite", "a number that makes z is infinite")         \
    X(SE_NOT_POSITIVE, "se_not_positive", "standard error of 0 or less")     \
    X(OR_NOT_POSITIVE, "or_not_positive", "odds ratio of 0 or less")         \
    X(CHISQ_NOT_POSITIVE, "chisq_not_positive", "chi-square of 0 or less")   \
    X(P_ZERO, "p_zero", "p-value of 0, and nothing else to make z of")       \
    X(P_OUT_OF_RANGE, "p_out_of_range", "p-value not within [0, 1]")         \
    X(N_MISSING, "n_missing", "sample size missing, or not above 0")         \
    X(EAF_OUT_OF_RANGE, "eaf_out_of_range", "frequency not within [0, 1]")   \
    X(MAF_MISSING, "maf_missing", "no frequency to hold to --min-maf")       \
    X(MAF_LOW, "maf_low", "minor allele rarer than --min-maf")               \
    X(INFO_MISSING, "info_missing", "no INFO to hold to --min-info")         \
    X(INFO_LOW, "info_low", "INFO below --min-info")                         \
    X(SD_MISMATCH, "sd_mismatch",                                            \
      "standard error and frequency disagree (--check-sd)")                  \
    X(ID_UNKNOWN, "id_unknown", "no position, and id not in the reference")  \
    X(ID_AMBIGUOUS, "id_ambiguous",                                          \
      "no position, and id at several places of the reference")              \
    X(EXCLUDED, "excluded", "in a region of --exclude")                      \
    X(FASTA_NO_CONTIG, "fasta_no_contig",                                    \
      "on a chromosome that --fasta lacks")                                  \
    X(FASTA_MISMATCH, "fasta_mismatch",                                      \
      "neither allele is the genome's there, on either strand")              \
    X(CONTIG_NOT_IN_REFERENCE, "contig_not_in_reference",                    \
      "on a chromosome that the reference lacks")                            \
    X(NOT_IN_REFERENCE, "not_in_reference", "position not in the reference") \
    X(ALLELES_DIFFER, "alleles_differ",                                      \
      "position in the reference, with other alleles")                       \
    X(INDEL_CODE, "indel_code",                                              \
      "I/D, and not just one indel of the reference there")                  \
    X(AMBIGUOUS, "ambiguous", "A/T or C/G, and --ambiguous drop")            \
    X(AMBIGUOUS_NO_EAF, "ambiguous_no_eaf",                                  \
      "A/T or C/G, and no frequency in study or panel to tell the strand")   \
    X(AMBIGUOUS_EAF, "ambiguous_eaf",                                        \
      "A/T or C/G, and a frequency too near 0.5 to tell the strand")         \
    X(DUPLICATE, "duplicate", "the same variant and z again")                \
    X(DUPLICATE_CONFLICT, "duplicate_conflict",                              \
      "the same variant with different z")                                   \
    X(N_LOW, "n_low", "sample size below --min-n-share of the median")       \
    X(REF_NO_PLACE, "ref_no_place", "reference: not placed")                 \
    X(REF_ALLELE, "ref_allele", "reference: an allele is not ACGT")          \
    X(REF_SYMBOLIC, "ref_symbolic", "reference: ALT is symbolic, * or .")    \
    X(REF_DUPLICATE, "ref_duplicate", "reference: the same variant again")   \
    X(REF_EXCLUDED, "ref_excluded", "reference: in a region of --exclude")   \
    X(REF_NO_Z, "ref_no_z", "reference: no z in the study")

typedef enum dw_reason {
    DW_REASON_NONE, /* taken */
#define DW_REASON_ENUM(name, word, text) DW_REASON_##name,
    DW_REASON_CODES(DW_REASON_ENUM)
#undef DW_REASON_ENUM
        DW_REASON_COUNT
} dw_reason;

const char *dw_reason_word(dw_reason reason); /* "p_zero" */
const char *dw_reason_text(dw_reason reason); /* for people */

/* Is it a reason of the reference's rows, and not of the study's? */
bool dw_reason_is_of_reference(dw_reason reason);

/* What became of rows: counts, and whoever wants to hear of each. */
typedef struct dw_fates {
    uint64_t n[DW_REASON_COUNT];
    void (*tell)(void *ctx, const dw_row *row, dw_reason reason); /* or NULL */
    void *ctx;
} dw_fates;

void dw_fates_drop(dw_fates *f, const dw_row *row, dw_reason reason);
/* All counts to 0; `tell` stays. */
void dw_fates_reset(dw_fates *f);

/* All that there is to say of one reading of a study and a reference.  Rows of
 * the study: taken and the sum of their reasons; those of the reference: taken,
 * latent and the sum of theirs. */
typedef struct dw_ingest_counts {
    bool has_study, has_ref;
    uint64_t study_rows, ref_rows;
    uint64_t taken;  /* variants with a z */
    uint64_t latent; /* variants without */
    uint64_t n_high; /* of those with one: N far above the median */
    const dw_fates *fates;
    const uint64_t *acted;  /* (DW_ACTION_COUNT) of those taken */
    dw_agreement agreement; /* of their frequencies with the panel's */
    size_t n_annots;
    const char *const *annot;      /* (n_annots) names of annotations */
    const uint64_t *annot_missing; /* (n_annots) variants without a value */
} dw_ingest_counts;

#endif
