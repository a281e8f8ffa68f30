/*
 * ukbb_windows: the windows of a folder of UKBB_LD, and the core of each.
 *
 * chrC_S_E.npz holds the correlations of [S, E), from 1: windows of 3 Mb that
 * begin every 1 Mb.  The core of each ends half-way through what it shares with
 * the next one of its chromosome in the folder, where that one's begins; the
 * first and the last reach to their ends.  So the cores of all tile what the
 * windows cover, and with no window missing are the middle 1 Mb of each, the
 * ends of a chromosome apart, whatever variants there are.
 */
#ifndef DW_FOREIGN_UKBB_WINDOWS_H
#define DW_FOREIGN_UKBB_WINDOWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/contig.h"

/* 0-based, half-open; core_end 0: not known, all of it is core. */
typedef struct dw_ukbb_window {
    char contig[DW_CONTIG_MAX];
    uint32_t start, end, core_start, core_end;
    char *name; /* of the file; owned */
} dw_ukbb_window;

typedef struct dw_ukbb_windows {
    dw_ukbb_window *item; /* by contig and start */
    size_t n;
} dw_ukbb_windows;

/* Sets all but the core and `name`; false when the name is not such a one. */
bool dw_ukbb_window_parse(const char *name, dw_ukbb_window *w);
/* Has it no core, lying within others? */
bool dw_ukbb_window_is_empty(const dw_ukbb_window *w);
/* Those of a folder; there may be none. */
int dw_ukbb_windows_read(dw_ukbb_windows *w, const char *folder,
                         dw_err *err) DW_MUST_CHECK;
/* XXH64 of "NAME SIZE\n" of each, in order: what the folder holds, without
 * reading it. */
int dw_ukbb_windows_digest(const dw_ukbb_windows *w, const char *folder,
                           uint64_t *digest, dw_err *err) DW_MUST_CHECK;
void dw_ukbb_windows_clear(dw_ukbb_windows *w);

#endif
