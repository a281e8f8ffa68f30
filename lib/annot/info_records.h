/*
 * info_records: the sites of a VCF or BCF, and of their INFO the fields that
 * are asked for.
 *
 * A VCF is read as text, whatever it is packed by, so that a fault is told by
 * its line; a BCF, and a VCF with an index (.csi, .tbi), through htslib.
 * Genotypes are passed over.
 */
#ifndef DW_ANNOT_INFO_RECORDS_H
#define DW_ANNOT_INFO_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "annot/ask.h"
#include "annot/info_header.h"
#include "input/lines.h"

/* One field that is asked for, and what the current record has of it. */
typedef struct dw_info_field {
    const dw_info_tag *tag;
    dw_ask_rule rule; /* for lists within one value */
    bool ruled;       /* and for more values than there should be */
    bool there;
    float *x; /* (n) NAN where missing */
    size_t n, cap;
    size_t next; /* 1 + the next field of the same tag, or 0 */
} dw_info_field;

typedef struct dw_info_records {
    /* Set by dw_info_records_open, and constant. */
    char *path;
    dw_info_header header;
    bool has_index;
    /* The fields wanted: set by the caller, whose array it stays. */
    dw_info_field *field; /* (n_fields) */
    size_t n_fields;

    /* The current record; texts are lent until the next one. */
    const char *contig;
    uint32_t pos;
    dw_span ref;
    dw_span *alt; /* (n_alts) */
    size_t n_alts;

    struct dw_info_input *in; /* its own */
} dw_info_records;

/* Reads the header; {0} is fine to be closed. */
int dw_info_records_open(dw_info_records *r, const char *path,
                         dw_err *err) DW_MUST_CHECK;
void dw_info_records_close(dw_info_records *r);
/* 1, 0 at the end, negative. */
int dw_info_records_next(dw_info_records *r, dw_err *err) DW_MUST_CHECK;
/* Back to the first record; with an index, to those that were sought. */
int dw_info_records_rewind(dw_info_records *r, dw_err *err) DW_MUST_CHECK;
/* With an index: which records are wanted, those at [first, last]. */
void dw_info_records_seek(dw_info_records *r, const char *contig,
                          uint32_t first, uint32_t last);
dw_origin dw_info_records_origin(const dw_info_records *r);

/* "FILE:LINE: INFO TAG: message", or "FILE: at CHR:POS: .."; the code. */
int dw_info_records_fail(const dw_info_records *r, dw_err *err, int code,
                         const char *tag, const char *fmt, ...) DW_PRINTF(5, 6);

#endif
