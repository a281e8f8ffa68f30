/*
 * usage: the text of --help, printed from the tool's own table, with the
 * defaults that are really in force.
 */
#ifndef DW_CLI_USAGE_H
#define DW_CLI_USAGE_H

#include "cli/opts.h"

/* To stdout.  `opt` is the tool's table with the shared options behind it. */
void dw_usage_print(const dw_tool *tool, const dw_opt *opt, size_t n);

#endif
