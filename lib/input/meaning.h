/*
 * meaning: what a column of a table of variants can mean, and the names that
 * such columns commonly have.
 */
#ifndef DW_INPUT_MEANING_H
#define DW_INPUT_MEANING_H

#include "base/text.h"
#include "input/table.h"

/* What a column can mean: name in --columns, words, common names in order. */
#define DW_MEANINGS(X)                                                       \
    X(CHR, "chromosome", "CHR CHROM CHROMOSOME CHR_NAME HM_CHROM")           \
    X(POS, "position",                                                       \
      "BP POS POSITION BASE_PAIR_LOCATION CHR_POSITION POS_BP HM_POS")       \
    X(ID, "variant id",                                                      \
      "SNP RSID ID MARKERNAME VARIANT_ID SNPID RS RS_NUMBER RS_NUMBERS "     \
      "MARKER MARKERID VARIANT PREDICTOR HM_RSID RSIDS")                     \
    X(EA, "effect allele", "EFFECT_ALLELE EA TESTED_ALLELE A1 ALT")          \
    X(OA, "other allele",                                                    \
      "OTHER_ALLELE NON_EFFECT_ALLELE NONEFFECT_ALLELE NEA OA A2 A0 REF")    \
    X(EAF, "frequency of the effect allele",                                 \
      "EAF EFFECT_ALLELE_FREQUENCY EFFECT_ALLELE_FREQ A1FREQ A1_FREQ AF1 "   \
      "FREQ1 FREQ AF FRQ")                                                   \
    X(BETA, "effect", "BETA B EFFECT EFFECT_SIZE LOG_OR LOGOR LOG_ODDS ES")  \
    X(OR, "odds ratio", "OR ODDS_RATIO ODDSRATIO HAZARD_RATIO HR")           \
    X(SE, "standard error",                                                  \
      "SE STANDARD_ERROR STDERR STD_ERR STD_ERROR SE_BETA SEBETA LOG_OR_SE " \
      "LOG(OR)_SE")                                                          \
    X(CILO, "lower end of the 95 % interval",                                \
      "CI_LOWER L95 OR_L95 OR_95L LOWER_95 CI_95_LOWER CI95_LOWER")          \
    X(CIHI, "upper end of the 95 % interval",                                \
      "CI_UPPER U95 OR_U95 OR_95U UPPER_95 CI_95_UPPER CI95_UPPER")          \
    X(Z, "z-score", "Z ZSCORE Z_SCORE Z_STAT ZSTAT Z_VALUE")                 \
    X(CHISQ, "chi-square", "CHISQ CHI2 CHI_SQUARED")                         \
    X(P, "p-value", "P PVAL PVALUE P_VALUE P_VAL GC_PVALUE P_GC")            \
    X(LOG10P, "-log10 of the p-value",                                       \
      "LOG10P LOG10_P NEG_LOG_10_P_VALUE NEG_LOG10_P_VALUE NEG_LOG10_P "     \
      "MLOG10P MLOGP PVALUE_MLOG LP MINUS_LOG10_P MINUS_LOG10_PVAL "         \
      "NEGLOG10_PVAL NEG_LOG10_PVAL")                                        \
    X(LOGP, "log10 of the p-value (0 or less)", "LOG(P)")                    \
    X(N, "sample size",                                                      \
      "NEFF N_EFF EFFECTIVE_N N N_TOTAL TOTAL_N TOTALN TOTALSAMPLESIZE "     \
      "OBS_CT NMISS SAMPLE_SIZE")                                            \
    X(NHALF, "half of the effective sample size", "NEFF_HALF NEFFDIV2")      \
    X(NCAS, "cases", "N_CASES NCASES N_CASE NCASE N_CAS NCAS NCA CASES_N")   \
    X(NCON, "controls",                                                      \
      "N_CONTROLS NCONTROLS N_CONTROL NCONTROL N_CON NCON NCO N_CTRLS "      \
      "N_CTRL CONTROLS_N")                                                   \
    X(INFO, "imputation quality", "INFO IMPINFO INFO_SCORE IMPUTATION_INFO")

typedef enum dw_meaning {
#define DW_MEANING_ENUM(name, words, synonyms) DW_MEANING_##name,
    DW_MEANINGS(DW_MEANING_ENUM)
#undef DW_MEANING_ENUM
        DW_MEANING_COUNT
} dw_meaning;

/* The meaning of that name ("EA"), case ignored, or -1. */
int dw_meaning_named(dw_span name);
/* "CHR", and "chromosome". */
const char *dw_meaning_name(dw_meaning meaning);
const char *dw_meaning_words(dw_meaning meaning);
/* All names, each behind a blank, for messages. */
const char *dw_meaning_names(void);

/* A column by the common names of its meaning, or DW_TABLE_NONE. */
int dw_meaning_find(const dw_table *t, dw_meaning meaning);

#endif
