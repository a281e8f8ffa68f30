#include "input/panel_match.h"

#include <inttypes.h>

/* Positions of two builds agree by chance for far fewer than this share. */
static const double NO_MATCH = 0.01;

static const char *likely_reason(const dw_panel_match *m)
{
    if (m->other > (m->asked - m->found) / 2)
        return "most positions are there, but with other alleles: is it "
               "another strand, or are alleles coded?";
    if (m->by_id)
        return "are the ids of one kind?";
    return "are they of one genome build?";
}

int dw_panel_match_check(const dw_panel_match *m, const char *panel,
                         const char *variants, dw_err *err)
{
    if (m->found && (double)m->found >= NO_MATCH * (double)m->asked)
        return 0;
    return dw_fail(err, DW_EMISMATCH,
                   "%s has %" PRIu64 " of the %" PRIu64 " variants of %s; %s",
                   panel, m->found, m->asked, variants, likely_reason(m));
}
