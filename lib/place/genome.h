/*
 * genome: the bases of a genome, from a FASTA file and its index.
 *
 * Plain or packed by bgzip, with the .fai (and .gzi) beside it.  A window of
 * bases is kept, so that places in order cost next to nothing.  Chromosomes
 * have the names of contig.h; XY lies on X.
 */
#ifndef DW_PLACE_GENOME_H
#define DW_PLACE_GENOME_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "input/lines.h"

typedef struct dw_genome dw_genome;

dw_genome *dw_genome_open(const char *path, dw_err *err) DW_MUST_CHECK;
void dw_genome_close(dw_genome *g); /* NULL is fine */

/* Bases of a chromosome; 0: the file does not have it. */
uint32_t dw_genome_length(const dw_genome *g, const char *contig);
/* The n bases from pos (1-based) on, in upper case; fewer, or none, where the
 * chromosome ends.  Lent until the next call. */
int dw_genome_bases(dw_genome *g, const char *contig, uint32_t pos, size_t n,
                    dw_span *bases, dw_err *err) DW_MUST_CHECK;

/* Each chromosome: its name as contig.h has it, and its length. */
void dw_genome_contigs(const dw_genome *g,
                       void (*add)(void *ctx, const char *contig,
                                   uint32_t length),
                       void *ctx);
/* Its name, and the digest of its index, which names and measures it. */
dw_origin dw_genome_origin(const dw_genome *g);

#endif
