#include "place/placed_rows.h"

#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "data/action.h"
#include "data/allele.h"
#include "data/harmonise.h"
#include "place/lift.h"
#include "place/near_order.h"
#include "place/normal.h"
#include "place/orient.h"

struct dw_placed_rows {
    dw_row_reader study, own;
    dw_placed_opts o;
    dw_build_evidence evidence;
    dw_genome_fit fit;
    bool needs_survey;
    dw_near_order *near; /* NULL: no row is moved far enough to need it */
    dw_lift lift;
    dw_orient orient;
    dw_normal normal;
    char contig[DW_CONTIG_MAX];
    dw_buf key;
};

static void rename_contig(dw_placed_rows *p, dw_row *row, const char *name)
{
    if (strcmp(row->contig, name) == 0)
        return;
    strcpy(p->contig, name);
    row->contig = p->contig;
    row->actions |= DW_ACTION_BIT(DW_ACTION_CONTIG);
}

static void settle_contig(dw_placed_rows *p, dw_row *row)
{
    char name[DW_CONTIG_MAX];

    if (*row->contig != 'X' || !row->contig[1])
        return;
    strcpy(name, row->contig);
    dw_contig_settle(name, row->pos);
    rename_contig(p, row, name);
}

/* What X and Y share stands under X in some files, and under XY in others. */
static void settle_par(dw_placed_rows *p, dw_row *row)
{
    const dw_survey *s = p->o.survey;

    if (*row->contig != 'X')
        return;
    if (!s) {
        p->needs_survey |= strcmp(row->contig, "XY") == 0;
        return;
    }
    if (strcmp(row->contig, "XY") == 0 && !dw_survey_has_xy(s, row->pos) &&
        dw_survey_has_contig(s, "X"))
        rename_contig(p, row, "X");
    else if (strcmp(row->contig, "X") == 0 && dw_survey_has_xy(s, row->pos))
        rename_contig(p, row, "XY");
}

/* Indels as the reference writes them, or normal. */
static int write_normal(dw_placed_rows *p, dw_row *row, dw_err *err)
{
    uint32_t pos = row->pos;
    size_t n = row->a1.n;
    int rc = 0;

    if (n > 1 || row->a2.n > 1)
        rc = dw_normal_row(&p->normal, row, err);
    if (rc < 0)
        return rc;
    if (p->o.survey && dw_survey_has_forms(p->o.survey))
        (void)dw_survey_form(p->o.survey, row, &p->key);
    if (row->pos != pos || row->a1.n != n)
        row->actions |= DW_ACTION_BIT(DW_ACTION_NORMALISED);
    return 0;
}

/* REF by the genome, which has to be the study's. */
static int orient(dw_placed_rows *p, dw_row *row, dw_reason *reason,
                  dw_err *err)
{
    int rc = dw_genome_fit_row(&p->fit, p->o.genome, row, err);

    return rc < 0 ? rc : dw_orient_row(&p->orient, row, reason, err);
}

/* The row, rewritten; or the reason why it has no place. */
static int place(dw_placed_rows *p, dw_row *row, dw_reason *reason, dw_err *err)
{
    bool code = dw_allele_is_indel_code(row->a1, row->a2);
    bool half = dw_allele_is_unknown(row->a2);
    int rc = 0;

    *reason = DW_REASON_NONE;
    row->actions = 0;
    if (code && !p->o.has_ref)
        *reason = DW_REASON_ALLELE_NOT_ACGT;
    if (!row->pos || !*row->contig || *reason != DW_REASON_NONE)
        return 0;
    settle_contig(p, row);
    dw_build_evidence_row(&p->evidence, row);
    if (p->o.chain)
        rc = dw_lift_row(&p->lift, row, reason, err);
    if (rc < 0 || *reason != DW_REASON_NONE)
        return rc;
    if (p->o.has_ref)
        settle_par(p, row);
    else if (p->o.genome)
        rc = orient(p, row, reason, err);
    if (rc < 0 || *reason != DW_REASON_NONE || code || half)
        return rc;
    return write_normal(p, row, err);
}

static int next_row(void *self, dw_row *row, dw_err *err)
{
    dw_placed_rows *p = self;
    bool moves = p->o.chain || p->o.genome; /* what may be dropped then */
    dw_reason reason;
    dw_row written;
    int rc;

    while ((rc = p->study.next(p->study.self, row, err)) > 0) {
        if (moves)
            written = *row;
        if ((rc = place(p, row, &reason, err)) < 0)
            return rc;
        if (reason == DW_REASON_NONE)
            return 1;
        dw_fates_drop(p->o.fates, moves ? &written : row, reason);
    }
    return rc;
}

static int rewind_rows(void *self, dw_err *err)
{
    dw_placed_rows *p = self;

    p->evidence = (dw_build_evidence){0};
    p->fit = (dw_genome_fit){0};
    return p->study.rewind(p->study.self, err);
}

static dw_origin origin_of(const void *self)
{
    const dw_placed_rows *p = self;

    return p->study.origin(p->study.self);
}

dw_placed_rows *dw_placed_rows_new(const dw_row_reader *study,
                                   const dw_placed_opts *opts)
{
    dw_placed_rows *p = dw_alloc(1, sizeof *p);

    p->study = *study;
    p->o = *opts;
    p->own = (dw_row_reader){p, study->k, next_row, rewind_rows, origin_of};
    p->lift.chain = opts->chain;
    p->lift.genome = p->orient.genome = p->normal.genome = opts->genome;
    dw_orient_init(&p->orient, study->k);
    if (opts->genome || (opts->survey && dw_survey_has_forms(opts->survey)))
        p->near = dw_near_order_new(&p->own);
    return p;
}

void dw_placed_rows_free(dw_placed_rows *p)
{
    if (!p)
        return;
    dw_near_order_free(p->near);
    dw_lift_clear(&p->lift);
    dw_orient_clear(&p->orient);
    dw_normal_clear(&p->normal);
    dw_buf_clear(&p->key);
    dw_free(p);
}

const dw_row_reader *dw_placed_rows_reader(const dw_placed_rows *p)
{
    return p->near ? dw_near_order_reader(p->near) : &p->own;
}

const dw_build_evidence *dw_placed_rows_evidence(const dw_placed_rows *p)
{
    return &p->evidence;
}

const dw_genome_fit *dw_placed_rows_fit(const dw_placed_rows *p)
{
    return &p->fit;
}

bool dw_placed_rows_needs_survey(const dw_placed_rows *p)
{
    return p->needs_survey;
}
