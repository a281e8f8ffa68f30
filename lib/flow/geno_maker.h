/*
 * geno_maker: blocks from the genotypes of a panel.
 */
#ifndef DW_FLOW_GENO_MAKER_H
#define DW_FLOW_GENO_MAKER_H

#include "data/scope.h"
#include "flow/block_maker.h"
#include "flow/panel_blocks.h"

/* Opens the panel of --geno and the cores; options and regions are borrowed.
 * With self NULL when that fails. */
dw_block_maker dw_geno_maker_open(const dw_panel_blocks_opts *o,
                                  const dw_scope *scope,
                                  const dw_blocks_out *out, dw_err *err);

#endif
