/*
 * info_header: what the header of a VCF says of its INFO fields.
 */
#ifndef DW_ANNOT_INFO_HEADER_H
#define DW_ANNOT_INFO_HEADER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/text.h"

/* How many values a field has. */
enum {
    DW_INFO_FLAG = 0,       /* none: it is there or not */
    DW_INFO_LIST = -1,      /* any number */
    DW_INFO_ALTS = -2,      /* one for each ALT */
    DW_INFO_ALLELES = -3,   /* one for each allele, REF first */
    DW_INFO_GENOTYPES = -4, /* one for each genotype */
};

/* Integer and Float are one: a number. */
typedef enum dw_info_type { DW_INFO_NUMBER, DW_INFO_TEXT } dw_info_type;

typedef struct dw_info_tag {
    char *name;
    int number; /* so many, or one of the above */
    dw_info_type type;
    bool is_integer; /* in a BCF */
} dw_info_tag;

/* {0} is an empty one. */
typedef struct dw_info_header {
    dw_info_tag *tag; /* (n) in the header's order */
    size_t n;
    bool ended; /* the line of columns was seen */
} dw_info_header;

void dw_info_header_clear(dw_info_header *h);
/* Takes a line of the header; 0, or -1 when it is none. */
int dw_info_header_take(dw_info_header *h, dw_span line) DW_MUST_CHECK;
/* The tag of that name, or NULL. */
const dw_info_tag *dw_info_header_find(const dw_info_header *h,
                                       const char *name);
/* DW_EFORMAT: there is no such tag, with the nearest one. */
int dw_info_header_lacks(const dw_info_header *h, const char *file,
                         const char *name, dw_err *err);

#endif
