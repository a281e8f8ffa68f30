/*
 * chain_pieces: the chains of a file, as they lie in memory.
 *
 * Private to chain.c, which looks places up, and read_chain.c, which reads.
 */
#ifndef DW_PLACE_CHAIN_PIECES_H
#define DW_PLACE_CHAIN_PIECES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "data/build.h"
#include "data/contig.h"
#include "input/lines.h"

/* A chain: what it spans of the old build, and where it leads. */
struct dw_chain_span {
    uint32_t start, end; /* 0-based, half-open */
    uint32_t reach;      /* the largest end up to here, in order of start */
    uint32_t q_size;
    uint64_t score;
    size_t q_contig;
    bool reversed;
};

/* A piece of a chain without gaps. */
struct dw_chain_piece {
    uint32_t start, end, reach;
    uint32_t q_start; /* on the strand of the chain */
    size_t chain;     /* among all, as read */
};

struct dw_chain_contig {
    struct dw_chain_span *span; /* by start */
    struct dw_chain_piece *piece;
    size_t n_spans, cap_spans, n_pieces, cap_pieces;
    size_t last; /* the piece that was found last */
};

struct dw_chain {
    dw_lines *lines;
    dw_map *from, *to;           /* names to index */
    struct dw_chain_contig *of;  /* one for each of `from` */
    char (*name)[DW_CONTIG_MAX]; /* one for each of `to` */
    struct dw_chain_span *all;   /* every chain, as read */
    size_t n, n_of, cap, cap_of, cap_name;
    uint64_t from_build[DW_BUILDS], to_build[DW_BUILDS];
    uint64_t digest;
    char *path;
};

/* Reads all chains of c->path into c, which has its maps and is empty else. */
int dw_chain_read(struct dw_chain *c, dw_err *err) DW_MUST_CHECK;

#endif
