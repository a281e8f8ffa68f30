#include "output/ingest_verdict.h"

#include <inttypes.h>
#include <math.h>

/* A study that is as it should be lies far on the good side of each of these.
 */
static const double TAKEN = 0.8;      /* of what both could have, at least */
static const double DIFFER = 0.02;    /* other alleles, of what matched */
static const double CONFLICT = 0.001; /* variants twice with different z */
static const double R = 0.9;          /* correlation of frequencies, at least */
/* Turned: A/T and C/G go by their frequencies, and so they agree all the same.
 */
static const double TURNED = 0.3;
static const double FAR = 0.02;    /* frequencies far apart */
static const double HIGH_N = 0.02; /* N far above the median */
enum { FEW = 30 };                 /* variants that say little */

static double share(uint64_t n, uint64_t of)
{
    return of ? (double)n / (double)of : 0;
}

/* Rows that were asked to be left out, or whose chromosome is elsewhere. */
static uint64_t set_aside(const dw_fates *f)
{
    return f->n[DW_REASON_CONTIG_NOT_IN_REFERENCE] + f->n[DW_REASON_EXCLUDED] +
           f->n[DW_REASON_MAF_LOW] + f->n[DW_REASON_INFO_LOW];
}

/* Of the study or of the reference, whichever had less to give. */
static double share_taken(const dw_ingest_counts *c)
{
    double of_study = share(c->taken, c->study_rows - set_aside(c->fates));
    double of_ref =
        c->has_ref
            ? share(c->taken, c->ref_rows - c->fates->n[DW_REASON_REF_EXCLUDED])
            : 0;

    return fmax(of_study, of_ref);
}

/* What gives reason to look again, each with "; " behind it. */
static void add_concerns(const dw_ingest_counts *c, double taken, dw_buf *out)
{
    const dw_agreement *a = &c->agreement;
    uint64_t differ = c->fates->n[DW_REASON_ALLELES_DIFFER] +
                      c->fates->n[DW_REASON_FASTA_MISMATCH];
    uint64_t conflict = c->fates->n[DW_REASON_DUPLICATE_CONFLICT];
    double r = a->n >= FEW ? dw_agreement_r(a) : NAN;

    if (taken < TAKEN)
        dw_buf_addf(out, "only %.1f %% taken; ", 100 * taken);
    if (share(differ, differ + c->taken) > DIFFER)
        dw_buf_addf(out, "%" PRIu64 " rows have other alleles; ", differ);
    if (share(conflict, conflict + c->taken) > CONFLICT)
        dw_buf_addf(out, "%" PRIu64 " rows contradict each other; ", conflict);
    if (r < -TURNED)
        dw_buf_addf(out,
                    "frequencies are those of the other allele (r %.3f): is "
                    "the effect allele the right one, and the frequency its "
                    "own?; ",
                    r);
    else if (r < R)
        dw_buf_addf(out, "frequencies disagree (r %.3f); ", r);
    if (a->n >= FEW && share(a->far, a->n) > FAR)
        dw_buf_addf(out,
                    "%" PRIu64 " of %" PRIu64
                    " frequencies are more than 0.2 apart; ",
                    a->far, a->n);
    if (share(c->n_high, c->taken) > HIGH_N)
        dw_buf_addf(out, "%.1f %% have an N above 1.25 times the median; ",
                    100 * share(c->n_high, c->taken));
}

static void add_facts(const dw_ingest_counts *c, double taken, dw_buf *out)
{
    const dw_agreement *a = &c->agreement;

    dw_buf_addf(out, "healthy: %.1f %% taken", 100 * taken);
    if (!c->has_ref && !c->acted[DW_ACTION_SWAPPED] &&
        !c->acted[DW_ACTION_STRAND])
        return;
    dw_buf_addf(out, "; %" PRIu64 " swapped; ", c->acted[DW_ACTION_SWAPPED]);
    if (c->acted[DW_ACTION_STRAND])
        dw_buf_addf(out, "%" PRIu64 " on the other strand",
                    c->acted[DW_ACTION_STRAND]);
    else
        dw_buf_adds(out, "no strand flips");
    if (a->n >= FEW)
        dw_buf_addf(out,
                    "; frequencies agree (r %.3f; %" PRIu64 " of %" PRIu64
                    " more than 0.2 apart)",
                    dw_agreement_r(a), a->far, a->n);
}

void dw_ingest_verdict(const dw_ingest_counts *c, dw_buf *out)
{
    double taken = share_taken(c);
    dw_buf concerns = {0};

    if (!c->has_study || !c->taken)
        return;
    add_concerns(c, taken, &concerns);
    if (concerns.n)
        dw_buf_addf(out, "look again: %.*s", (int)concerns.n - 2, concerns.s);
    else
        add_facts(c, taken, out);
    dw_buf_clear(&concerns);
}
