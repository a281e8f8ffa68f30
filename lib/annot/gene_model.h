/*
 * gene_model: genes and transcripts of a GTF or GFF3, and the places that they
 * make: exons, introns, promoters ...
 *
 * A transcript is what its exon, CDS and stop_codon lines say; its own line, if
 * there is one, says where it begins and ends.  Coding is CDS with the stop
 * codon, so that a GTF (which keeps it apart) and a GFF3 (which does not) of
 * the same genes are one.  UTRs are what is left of the exons, by strand,
 * whatever lines for them are there.
 */
#ifndef DW_ANNOT_GENE_MODEL_H
#define DW_ANNOT_GENE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/cover.h"

/* The text that a GTF calls a transcript's or a gene's biotype. */
enum dw_biotype {
    DW_BIOTYPE_UNKNOWN,
    DW_BIOTYPE_PROTEIN_CODING,
    DW_BIOTYPE_OTHER
};

/* A gene or a transcript. */
typedef struct dw_gene_node {
    uint32_t contig, parent; /* UINT32_MAX: none */
    uint32_t start, end;     /* of its own line; end 0: there was none */
    char strand;             /* + - . */
    uint8_t biotype;
    bool is_transcript;
} dw_gene_node;

/* A stretch that a line gives to a node. */
typedef struct dw_gene_stretch {
    uint32_t node, start, end; /* 0-based, half-open */
} dw_gene_stretch;

typedef struct dw_gene_stretches {
    dw_gene_stretch *item; /* by node, start, end */
    size_t n, cap;
} dw_gene_stretches;

typedef struct dw_gene_model {
    dw_contig_set contigs;
    dw_gene_node *node;
    size_t n_nodes, cap_nodes;
    dw_gene_stretches body, exon, cds; /* body: lines of genes */
    size_t n_transcripts;
    size_t n_no_strand; /* of those */
    uint64_t digest;
    bool gff3;
} dw_gene_model;

int dw_gene_model_read(dw_gene_model *m, const char *path,
                       dw_err *err) DW_MUST_CHECK;
void dw_gene_model_clear(dw_gene_model *m);
/* Frees all but contigs, counts and digest: no places after that. */
void dw_gene_model_release(dw_gene_model *m);

/* ---- places ---- */

typedef enum dw_gene_place {
    DW_GENE_BODY, /* from a gene's first base to its last */
    DW_GENE_EXON,
    DW_GENE_CODING,
    DW_GENE_UTR5,
    DW_GENE_UTR3,
    DW_GENE_NONCODING_EXON, /* of transcripts without CDS */
    DW_GENE_INTRON,         /* between two exons of a transcript */
    DW_GENE_SPLICE_SITE,    /* the first and last 2 bases of an intron */
    DW_GENE_SPLICE_REGION,  /* 3 bases of the exon, the 3rd to 8th of intron */
    DW_GENE_PROMOTER,
    DW_GENE_TSS, /* the first base of a transcript */
    DW_GENE_PLACES
} dw_gene_place;

typedef struct dw_gene_choice {
    bool protein_coding; /* only transcripts of that biotype */
    uint32_t up, down;   /* bases of a promoter before and behind the TSS */
} dw_gene_choice;

/* Adds the places of all transcripts.  Where no strand is known, there is
 * neither UTR nor promoter nor TSS. */
int dw_gene_model_places(const dw_gene_model *m, dw_gene_place place,
                         const dw_gene_choice *choice, dw_stretches *to,
                         dw_err *err) DW_MUST_CHECK;

#endif
