/*
 * spec: how a source of annotations is written on the command line:
 *
 *     [NAME=]FILE[:WORD,WORD..][@SIZE,SIZE..]
 *
 * WORDs are columns or tags, SIZEs are bases (500, 2k, 1M).  A FILE whose own
 * name ends in what looks like one of these is taken whole, if it is there; so
 * is one that is there before a colon.
 */
#ifndef DW_ANNOT_SPEC_H
#define DW_ANNOT_SPEC_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Which parts an option knows; NAME= must then be there, the others may. */
enum {
    DW_SPEC_NAME = 1,
    DW_SPEC_WORDS = 2,
    DW_SPEC_SIZES = 4,
    DW_SPEC_MAY_NAME = 8, /* NAME= may be there, before any slash */
};

typedef struct dw_spec {
    char *name; /* NULL unless DW_SPEC_NAME */
    char *file;
    char **word; /* (n_words) */
    size_t n_words;
    uint32_t *size; /* (n_sizes) bases, at most 2^30 */
    size_t n_sizes;
} dw_spec;

/* `option` is for the message: "--bed". */
int dw_spec_parse(dw_spec *s, const char *option, const char *text,
                  unsigned parts, dw_err *err) DW_MUST_CHECK;
void dw_spec_clear(dw_spec *s); /* {0} is fine */

#endif
