/*
 * contig: one name for each chromosome, whatever a file calls it, and one
 * order.
 *
 * "chr" is dropped in any case; X, Y, XY (also PAR, PAR1, PAR2) and MT (also M)
 * are upper case; the number codes of PLINK are read as 23 X, 24 Y, 25 XY, 26
 * MT.  GWAS-SSF means MT by 25: its reader says so.  Zeros before a number are
 * dropped (01).  The accessions of a human chromosome (RefSeq's NC_000001.10,
 * GenBank's CM000663.1) are that chromosome.  Other names, such as 1_random,
 * stay as they are.  Order: numbers by value, X, Y, XY, MT, then all others by
 * their bytes.
 */
#ifndef DW_DATA_CONTIG_H
#define DW_DATA_CONTIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

enum { DW_CONTIG_MAX = 64 }; /* bytes, with the 0 */

enum dw_contig_codes {
    DW_CONTIG_PLINK, /* 25 is XY, 26 is MT */
    DW_CONTIG_SSF,   /* 25 is MT */
};

/* 0, or -1 when the name is empty, "0", too long, or holds a blank or a control
 * character. */
int dw_contig_name(dw_span raw, enum dw_contig_codes codes,
                   char name[DW_CONTIG_MAX]) DW_MUST_CHECK;
/* What a file calls 25 and this one XY is MT where the position lies within MT,
 * since the regions that X and Y share begin behind it. */
void dw_contig_settle(char name[DW_CONTIG_MAX], uint32_t pos);
/* Are two names the same?  They have a letter or two mostly: no call is worth
 * it. */
static inline bool dw_contig_eq(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}
/* <0, 0, >0 for two names given by dw_contig_name. */
int dw_contig_cmp(const char *a, const char *b);

#endif
