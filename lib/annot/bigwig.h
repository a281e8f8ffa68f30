/*
 * bigwig: a bigWig or bigBed on disk: its chromosomes, and the items that
 * overlap a stretch.
 *
 * libBigWig opens the file, once bigwig_check has found it sound, and finds the
 * blocks; they are unpacked here, since libBigWig reads past the end of one
 * that holds less than it says.
 */
#ifndef DW_ANNOT_BIGWIG_H
#define DW_ANNOT_BIGWIG_H

#include <stddef.h>
#include <stdint.h>

#include "annot/bigwig_check.h"
#include "base/err.h"

typedef struct dw_bigwig dw_bigwig;

/* What is stated of [start, end), from 0 and half-open. */
typedef struct dw_bigwig_item {
    uint32_t start, end;
    float value;
} dw_bigwig_item;

typedef struct dw_bigwig_items {
    dw_bigwig_item *item;
    size_t n, cap;
} dw_bigwig_items;

/* A file of this machine, at that path. */
dw_bigwig *dw_bigwig_open(const char *path, dw_err *err) DW_MUST_CHECK;
void dw_bigwig_close(dw_bigwig *b); /* NULL is fine */

const char *dw_bigwig_path(const dw_bigwig *b);
dw_bigwig_kind dw_bigwig_kind_at(const dw_bigwig *b);
uint64_t dw_bigwig_digest(const dw_bigwig *b);
/* Columns of a bigBed, those of the place too; 0 for a bigWig. */
size_t dw_bigwig_columns(const dw_bigwig *b);

/* Chromosomes as the file numbers them, from 0. */
size_t dw_bigwig_chroms(const dw_bigwig *b);
const char *dw_bigwig_chrom_name(const dw_bigwig *b, size_t chrom);
uint32_t dw_bigwig_chrom_length(const dw_bigwig *b, size_t chrom);
/* By its name as dw_contig_name gives it; SIZE_MAX: it is not there.  Where
 * several have that name, the one that is called so but for "chr". */
size_t dw_bigwig_find(const dw_bigwig *b, const char *contig);
/* The genome build of which the chromosomes' lengths are, or NULL. */
const char *dw_bigwig_build(const dw_bigwig *b);

/* Adds what overlaps [start, end), in the file's order.  The value is that of a
 * bigWig; of a bigBed that of its column (from 1, as in its text), where NAN is
 * a value that is not known; and 1 if column is 0. */
int dw_bigwig_read(dw_bigwig *b, size_t chrom, uint32_t start, uint32_t end,
                   size_t column, dw_bigwig_items *items,
                   dw_err *err) DW_MUST_CHECK;

#endif
