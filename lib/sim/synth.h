/*
 * synth: a synthetic panel, one chromosome at a time.
 *
 * All that is drawn depends on the seed and the chromosome's name alone: a
 * chromosome is the same whatever others are made, and in whatever thread.
 */
#ifndef DW_SIM_SYNTH_H
#define DW_SIM_SYNTH_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/variant.h"
#include "sim/demography.h"
#include "sim/genmap.h"
#include "sim/haplotype.h"
#include "sim/intervals.h"

enum { DW_SYNTH_START = 5000000 }; /* bp before a chromosome's first base */

typedef struct dw_synth_spec {
    uint64_t seed;
    size_t people;
    double length;   /* bp of each chromosome */
    double mutation; /* per bp and generation */
    double min_maf;  /* variants below it are left out */
    size_t variants; /* to keep on this chromosome, at random; 0: all */
    double indels;   /* share of variants */
    double missing;  /* share of genotypes */
    size_t annotations;
    double block; /* bp: what blocks are to be long */
    dw_demography demography;
    dw_genmap_spec genmap;
} dw_synth_spec;

typedef struct dw_synth {
    dw_variants var; /* no traits; ALT is the derived allele */
    double *cm;      /* (m) centimorgans from the chromosome's first base */
    dw_haplotypes hap;
    dw_genmap map;
    dw_intervals block; /* approximately independent; positions as in `map` */
} dw_synth;

/* People as Europeans, 500 of them; what `dw-synth` does when told nothing. */
dw_synth_spec dw_synth_default(void);

/* Adds the names of people (S0001 ...) and of annotations. */
int dw_synth_names(const dw_synth_spec *spec, dw_texts *people,
                   dw_texts *columns, dw_err *err) DW_MUST_CHECK;

/* {0} is an empty panel.  `contig` is a name by dw_contig_name. */
int dw_synth_draw(dw_synth *s, const dw_synth_spec *spec, const char *contig,
                  dw_err *err) DW_MUST_CHECK;
void dw_synth_clear(dw_synth *s);

/* Genotypes of variant i: hap (2 x people), 0 REF, 1 ALT, -1 missing (both
 * alleles of a person).  The same whenever it is asked. */
void dw_synth_genotypes(const dw_synth *s, const dw_synth_spec *spec, size_t i,
                        int8_t *hap);

#endif
