#include <string.h>

#include "annot/gene_model.h"
#include "base/mem.h"

/* As VEP and the Sequence Ontology have them. */
enum { SITE = 2, REGION_INTRON = 8, REGION_EXON = 3 };

/* One transcript, its stretches merged where they touch. */
struct transcript {
    const dw_gene_node *node;
    const dw_gene_stretch *exon, *cds; /* by start */
    size_t n_exons, n_cds;
    uint32_t start, end;
};

/* What gets the places. */
struct target {
    const dw_gene_model *m;
    const dw_gene_choice *choice;
    dw_stretches *to;
    dw_gene_place place;
};

static int add(const struct target *t, const dw_gene_node *node, uint32_t start,
               uint32_t end, dw_err *err)
{
    return dw_stretches_add(t->to, t->m->contigs.name[node->contig], start, end,
                            1, err);
}

static int add_all(const struct target *t, const dw_gene_node *node,
                   const dw_gene_stretch *s, size_t n, dw_err *err)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = add(t, node, s[i].start, s[i].end, err);
    return rc;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static uint32_t greater(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* The exons before the first coding base, or those behind the last. */
static int add_utr(const struct target *t, const struct transcript *x,
                   bool before, dw_err *err)
{
    uint32_t first = x->cds[0].start, last = 0;
    int rc = 0;

    for (size_t i = 0; i < x->n_cds; i++)
        last = greater(last, x->cds[i].end);
    for (size_t i = 0; rc == 0 && i < x->n_exons; i++) {
        const dw_gene_stretch *e = &x->exon[i];

        rc = before ? add(t, x->node, e->start, smaller(e->end, first), err)
                    : add(t, x->node, greater(e->start, last), e->end, err);
    }
    return rc;
}

/* What lies at the intron [a, b) between two exons. */
static int add_junction(const struct target *t, const dw_gene_node *node,
                        const dw_gene_stretch *left,
                        const dw_gene_stretch *right, uint32_t a, uint32_t b,
                        dw_err *err)
{
    uint32_t acceptor = greater(b > SITE ? b - SITE : 0, a);
    int rc;

    if (t->place == DW_GENE_INTRON)
        return add(t, node, a, b, err);
    if (t->place == DW_GENE_SPLICE_SITE) {
        rc = add(t, node, a, smaller(a + SITE, b), err);
        return rc < 0 ? rc : add(t, node, acceptor, b, err);
    }
    rc = add(t, node,
             greater(left->start, a > REGION_EXON ? a - REGION_EXON : 0), a,
             err);
    if (rc == 0)
        rc = add(t, node, a + SITE, smaller(a + REGION_INTRON, acceptor), err);
    if (rc == 0)
        rc = add(t, node,
                 greater(a + SITE, b > REGION_INTRON ? b - REGION_INTRON : 0),
                 acceptor, err);
    if (rc == 0)
        rc = add(t, node, b, smaller(right->end, b + REGION_EXON), err);
    return rc;
}

static int add_junctions(const struct target *t, const struct transcript *x,
                         dw_err *err)
{
    const dw_gene_stretch *left = x->exon; /* the one that ends last so far */
    int rc = 0;

    for (size_t i = 1; rc == 0 && i < x->n_exons; i++) {
        const dw_gene_stretch *e = &x->exon[i];

        if (e->start > left->end)
            rc = add_junction(t, x->node, left, e, left->end, e->start, err);
        if (e->end > left->end)
            left = e;
    }
    return rc;
}

/* From `up` bases before the first base of the transcript to `down` behind. */
static int add_around_tss(const struct target *t, const struct transcript *x,
                          uint32_t up, uint32_t down, dw_err *err)
{
    bool forward = x->node->strand == '+';
    uint32_t tss = forward ? x->start : x->end - 1;
    uint32_t before = forward ? up : down, behind = forward ? down : up;
    uint32_t room = (uint32_t)INT32_MAX - tss - 1;

    return add(t, x->node, tss > before ? tss - before : 0,
               tss + 1 + smaller(behind, room), err);
}

static int add_transcript(const struct target *t, const struct transcript *x,
                          dw_err *err)
{
    bool stranded = x->node->strand != '.', forward = x->node->strand == '+';

    switch (t->place) {
    case DW_GENE_BODY: return add(t, x->node, x->start, x->end, err);
    case DW_GENE_EXON: return add_all(t, x->node, x->exon, x->n_exons, err);
    case DW_GENE_CODING: return add_all(t, x->node, x->cds, x->n_cds, err);
    case DW_GENE_UTR5:
    case DW_GENE_UTR3:
        return x->n_cds && stranded
                   ? add_utr(t, x, forward == (t->place == DW_GENE_UTR5), err)
                   : 0;
    case DW_GENE_NONCODING_EXON:
        return x->n_cds ? 0 : add_all(t, x->node, x->exon, x->n_exons, err);
    case DW_GENE_INTRON:
    case DW_GENE_SPLICE_SITE:
    case DW_GENE_SPLICE_REGION: return add_junctions(t, x, err);
    case DW_GENE_PROMOTER:
        return stranded
                   ? add_around_tss(t, x, t->choice->up, t->choice->down, err)
                   : 0;
    case DW_GENE_TSS: return stranded ? add_around_tss(t, x, 0, 0, err) : 0;
    case DW_GENE_PLACES: break;
    }
    return 0;
}

/* ---- all transcripts ---- */

/* By its own biotype, else its gene's, else by whether anything is coding. */
static bool is_protein_coding(const dw_gene_model *m,
                              const struct transcript *x)
{
    uint8_t biotype = x->node->biotype;

    if (biotype == DW_BIOTYPE_UNKNOWN && x->node->parent != UINT32_MAX)
        biotype = m->node[x->node->parent].biotype;
    if (biotype == DW_BIOTYPE_UNKNOWN)
        return x->n_cds > 0;
    return biotype == DW_BIOTYPE_PROTEIN_CODING;
}

/* The stretches of a node, n of them, from *at on; moves *at behind them. */
static const dw_gene_stretch *
take_stretches(const dw_gene_stretches *s, uint32_t node, size_t *at, size_t *n)
{
    size_t first;

    while (*at < s->n && s->item[*at].node < node)
        ++*at;
    first = *at;
    while (*at < s->n && s->item[*at].node == node)
        ++*at;
    *n = *at - first;
    return *n ? &s->item[first] : NULL;
}

/* From its own line, or else its exons; false when it has neither. */
static bool find_bounds(struct transcript *x)
{
    x->start = x->node->start;
    x->end = x->node->end;
    if (x->end == 0 && x->n_exons)
        x->start = x->exon[0].start;
    for (size_t i = 0; x->node->end == 0 && i < x->n_exons; i++)
        x->end = greater(x->end, x->exon[i].end);
    return x->end > 0;
}

/* The next transcript that is wanted; *node, *exon and *cds move along. */
static bool next_transcript(const struct target *t, size_t *node, size_t *exon,
                            size_t *cds, struct transcript *x)
{
    const dw_gene_model *m = t->m;

    while (*node < m->n_nodes) {
        uint32_t id = (uint32_t)(*node)++;

        x->node = &m->node[id];
        x->exon = take_stretches(&m->exon, id, exon, &x->n_exons);
        x->cds = take_stretches(&m->cds, id, cds, &x->n_cds);
        if (!x->n_exons) { /* a file of coding parts alone */
            x->n_exons = x->n_cds;
            x->exon = x->cds;
        }
        if (x->node->is_transcript && find_bounds(x) &&
            (!t->choice->protein_coding || is_protein_coding(m, x)))
            return true;
    }
    return false;
}

/* Bodies of the genes that have a transcript of those wanted. */
static int add_bodies(const struct target *t, const bool *wanted, dw_err *err)
{
    const dw_gene_stretches *body = &t->m->body;
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < body->n; i++) {
        const dw_gene_stretch *s = &body->item[i];

        if (wanted[s->node] || !t->choice->protein_coding)
            rc = add(t, &t->m->node[s->node], s->start, s->end, err);
    }
    return rc;
}

int dw_gene_model_places(const dw_gene_model *m, dw_gene_place place,
                         const dw_gene_choice *choice, dw_stretches *to,
                         dw_err *err)
{
    const struct target t = {m, choice, to, place};
    bool bodies = place == DW_GENE_BODY && m->body.n > 0;
    bool *wanted = dw_try_alloc(m->n_nodes, sizeof *wanted);
    size_t node = 0, exon = 0, cds = 0;
    struct transcript x;
    int rc = 0;

    if (!wanted)
        return dw_fail(err, DW_ENOMEM, "not enough memory for %zu genes",
                       m->n_nodes);
    while (rc == 0 && next_transcript(&t, &node, &exon, &cds, &x)) {
        wanted[x.node - m->node] = true;
        if (x.node->parent != UINT32_MAX)
            wanted[x.node->parent] = true;
        if (!bodies)
            rc = add_transcript(&t, &x, err);
    }
    if (rc == 0 && bodies)
        rc = add_bodies(&t, wanted, err);
    dw_free(wanted);
    return rc;
}
