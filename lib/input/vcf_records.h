/*
 * vcf_records: the records of a VCF or BCF, in its own order, or by an index
 * (.tbi, .csi) those of one contig, or of the regions on it.
 *
 * Of a VCF htslib reads what is before FORMAT; the rest is for vcf_genotype.h.
 */
#ifndef DW_INPUT_VCF_RECORDS_H
#define DW_INPUT_VCF_RECORDS_H

#include <stdbool.h>
#include <stdint.h>

#include <htslib/hts.h>
#include <htslib/kstring.h>
#include <htslib/tbx.h>
#include <htslib/vcf.h>

#include "base/err.h"
#include "data/contig_set.h"
#include "data/region.h"

/* {.path, .regions} is one that was not opened. */
typedef struct dw_vcf_records {
    const char *path;          /* borrowed */
    const dw_regions *regions; /* sorted, borrowed; NULL: everywhere */
    htsFile *file;
    bcf_hdr_t *header;
    bcf1_t *rec;        /* the current one */
    const char *format; /* of a VCF: its column FORMAT and what is behind */
    const char *wrong;  /* with it, in words that follow its name; or NULL */
    bool is_bcf;
    bool at_end; /* of the file */
    bool opened; /* a contig, by index */

    /* Its own: the parts of that contig that are asked for, one at a time. */
    hts_idx_t *csi; /* of a BCF */
    tbx_t *tbx;     /* of a VCF */
    hts_itr_t *part;
    kstring_t line;  /* of a VCF */
    const char *raw; /* the contig's name in the file */
    size_t next_part, end_part;
    uint32_t part_start, part_end;
} dw_vcf_records;

/* At the first record; opens it, or opens it anew. */
int dw_vcf_records_start(dw_vcf_records *r, dw_err *err) DW_MUST_CHECK;
void dw_vcf_records_close(dw_vcf_records *r);
/* Takes an index, if there is one, of a file that can be sought in. */
void dw_vcf_records_index(dw_vcf_records *r);
bool dw_vcf_records_indexed(const dw_vcf_records *r);

/* By the index: adds the contigs that it knows; false when memory is exhausted.
 */
bool dw_vcf_records_contigs(const dw_vcf_records *r, dw_contig_set *set);
/* Opens a contig; false when the file or the regions have none of that name. */
bool dw_vcf_records_seek(dw_vcf_records *r, const char *contig);

/* The next record, of the contig where one is open: 1, 0, negative; where that
 * is the record's fault, without a message: `wrong` says what. */
int dw_vcf_records_next(dw_vcf_records *r, dw_err *err) DW_MUST_CHECK;

#endif
