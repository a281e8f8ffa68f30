/*
 * sumstat_format: which column of a study's table means what.
 *
 * A format is one row of data: its name, the headers that tell it, its columns,
 * and the ways to z in the order in which they are preferred.  A table of no
 * known format is read by the names that columns commonly have.
 */
#ifndef DW_INPUT_SUMSTAT_FORMAT_H
#define DW_INPUT_SUMSTAT_FORMAT_H

#include "base/buf.h"
#include "base/err.h"
#include "input/table.h"

/* What a column can mean: name in --columns, words, common names in order. */
#define DW_MEANINGS(X)                                                      \
    X(CHR, "chromosome", "CHR CHROM CHROMOSOME CHR_NAME")                   \
    X(POS, "position", "BP POS POSITION BASE_PAIR_LOCATION CHR_POSITION")   \
    X(ID, "variant id",                                                     \
      "SNP RSID ID MARKERNAME VARIANT_ID SNPID RS RS_NUMBER RS_NUMBERS "    \
      "MARKER MARKERID")                                                    \
    X(EA, "effect allele", "EFFECT_ALLELE EA TESTED_ALLELE A1 ALT")         \
    X(OA, "other allele",                                                   \
      "OTHER_ALLELE NON_EFFECT_ALLELE NONEFFECT_ALLELE NEA OA A2 A0 REF")   \
    X(EAF, "frequency of the effect allele",                                \
      "EAF EFFECT_ALLELE_FREQUENCY EFFECT_ALLELE_FREQ A1FREQ A1_FREQ AF1 "  \
      "FREQ1 FREQ AF FRQ")                                                  \
    X(BETA, "effect", "BETA B EFFECT EFFECT_SIZE LOG_OR LOGOR LOG_ODDS ES") \
    X(OR, "odds ratio", "OR ODDS_RATIO ODDSRATIO")                          \
    X(SE, "standard error",                                                 \
      "SE STANDARD_ERROR STDERR STD_ERR SE_BETA LOG_OR_SE LOG(OR)_SE")      \
    X(Z, "z-score", "Z ZSCORE Z_SCORE Z_STAT ZSTAT Z_VALUE")                \
    X(CHISQ, "chi-square", "CHISQ CHI2 CHI_SQUARED")                        \
    X(P, "p-value", "P PVAL PVALUE P_VALUE P_VAL GC_PVALUE P_GC")           \
    X(LOG10P, "-log10 of the p-value",                                      \
      "LOG10P LOG10_P NEG_LOG_10_P_VALUE NEG_LOG10_P_VALUE MLOG10P MLOGP "  \
      "LP")                                                                 \
    X(N, "sample size",                                                     \
      "NEFF N_EFF EFFECTIVE_N N N_TOTAL TOTAL_N TOTALSAMPLESIZE OBS_CT "    \
      "NMISS SAMPLE_SIZE")                                                  \
    X(NCAS, "cases", "N_CASES NCASES N_CASE NCASE N_CAS NCAS NCA CASES_N")  \
    X(NCON, "controls",                                                     \
      "N_CONTROLS NCONTROLS N_CONTROL NCONTROL N_CON NCON NCO N_CTRLS "     \
      "CONTROLS_N")                                                         \
    X(INFO, "imputation quality", "INFO IMPINFO INFO_SCORE IMPUTATION_INFO")

typedef enum dw_meaning {
#define DW_MEANING_ENUM(name, words, synonyms) DW_MEANING_##name,
    DW_MEANINGS(DW_MEANING_ENUM)
#undef DW_MEANING_ENUM
        DW_MEANING_COUNT
} dw_meaning;

/* The ways to z. */
typedef enum dw_z_way {
    DW_Z_NONE,
    DW_Z_Z,
    DW_Z_CHISQ,     /* sign(BETA) sqrt(CHISQ) */
    DW_Z_BETA_SE,   /* BETA / SE */
    DW_Z_OR_SE,     /* log(OR) / SE */
    DW_Z_BETA_LOGP, /* sign(BETA), LOG10P */
    DW_Z_OR_LOGP,
    DW_Z_BETA_P, /* sign(BETA), P */
    DW_Z_OR_P,
} dw_z_way;

/* What was understood of a header. */
typedef struct dw_sumstat_columns {
    const char *format;           /* "bolt"; "table" when none was told */
    int column[DW_MEANING_COUNT]; /* or DW_TABLE_NONE */
    dw_z_way way;
} dw_sumstat_columns;

/* Understands the header of t.  `format`: NULL to tell it from the header;
 * `columns`: NULL, or "EA=A1,OA=A2,..." that goes before all else.  Fails when
 * alleles, place (or id) or z cannot be found, with what to say. */
int dw_sumstat_columns_find(dw_sumstat_columns *c, const dw_table *t,
                            const char *format, const char *columns,
                            dw_err *err) DW_MUST_CHECK;

/* Adds "fastgwa: z = BETA / SE, effect allele A1, ..." */
void dw_sumstat_columns_tell(const dw_sumstat_columns *c, const dw_table *t,
                             dw_buf *out);

/* A column by the common names of its meaning, or DW_TABLE_NONE. */
int dw_meaning_find(const dw_table *t, dw_meaning meaning);

/* "bolt, fastgwa, ...", for the usage text. */
const char *dw_sumstat_format_names(void);

#endif
