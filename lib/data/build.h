/*
 * build: the genome builds of people, by name and by the lengths of their
 * chromosomes.
 */
#ifndef DW_DATA_BUILD_H
#define DW_DATA_BUILD_H

#include <stdint.h>

enum { DW_BUILD_NONE = -1, DW_BUILD_36, DW_BUILD_37, DW_BUILD_38, DW_BUILDS };

/* hg19, b37 and 37 are GRCh37; hg38, b38 and 38 are GRCh38; hg18, b36 and 36
 * are NCBI36, in any case; any other name stays as it is. */
const char *dw_build_name(const char *name);
/* The build of a name by dw_build_name, or DW_BUILD_NONE. */
int dw_build_of(const char *name);
const char *dw_build_word(int build); /* "GRCh37" */

/* Bases of a chromosome, by its name as contig.h has it; 0: not one of 1 to 22,
 * X, XY (which lies on X) and Y. */
uint32_t dw_build_length(int build, const char *contig);
/* The one build that has a chromosome of just this length, or none. */
int dw_build_of_length(const char *contig, uint32_t length);

#endif
