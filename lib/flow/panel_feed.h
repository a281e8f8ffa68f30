/*
 * panel_feed: variants with the genotypes that a panel has of them, handed on
 * one by one: those of a stream, which are looked up, or all of the panel.
 */
#ifndef DW_FLOW_PANEL_FEED_H
#define DW_FLOW_PANEL_FEED_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/log.h"
#include "data/scope.h"
#include "data/variant.h"
#include "input/read_geno.h"

/* Where they go.  `turn` finishes the contig in hand and begins another one
 * ("": none); `take` is given row `row` of v with a column that counts its
 * ALT, and counts what became of it. */
typedef struct dw_panel_feed_to {
    void *ctx;
    int (*turn)(void *ctx, const char *contig, dw_err *err);
    int (*take)(void *ctx, const dw_variants *v, size_t row, const void *column,
                dw_tally *tally, dw_err *err);
} dw_panel_feed_to;

typedef struct dw_panel_feed dw_panel_feed;

/* Opens a panel of two people at least. */
dw_panel_feed *dw_panel_feed_open(const char *path, const dw_geno_query *query,
                                  const dw_panel_feed_to *to,
                                  dw_err *err) DW_MUST_CHECK;
void dw_panel_feed_close(dw_panel_feed *f); /* NULL is fine */
const dw_geno *dw_panel_feed_geno(const dw_panel_feed *f);

/* Variants of a stream.  Those that the panel has not are counted:
 * contig_not_in_panel, not_in_panel, alleles_differ. */
int dw_panel_feed_turn(dw_panel_feed *f, const char *contig,
                       dw_err *err) DW_MUST_CHECK;
int dw_panel_feed_row(dw_panel_feed *f, const dw_variants *v, size_t row,
                      dw_tally *tally, dw_err *err) DW_MUST_CHECK;

/* All variants of the panel that lie in scope (else the reason is counted); *n
 * counts all.  The last contig is still in hand. */
int dw_panel_feed_all(dw_panel_feed *f, const dw_scope *scope, uint64_t *n,
                      dw_tally *tally, dw_err *err) DW_MUST_CHECK;

/* As notes: what was passed over in the panel. */
void dw_panel_feed_note(const dw_panel_feed *f);

#endif
