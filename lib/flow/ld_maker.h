/*
 * ld_maker: blocks from LD that was made before, by this suite or by others.
 */
#ifndef DW_FLOW_LD_MAKER_H
#define DW_FLOW_LD_MAKER_H

#include "data/scope.h"
#include "flow/block_maker.h"
#include "flow/panel_blocks.h"

/* Opens the LD of --ld; options and regions are borrowed.  With self NULL when
 * that fails. */
dw_block_maker dw_ld_maker_open(const dw_panel_blocks_opts *o,
                                const dw_scope *scope, const dw_blocks_out *out,
                                dw_err *err);

#endif
