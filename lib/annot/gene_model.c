#include "annot/gene_model.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "annot/gtf_lines.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"

/* While it is read. */
struct reading {
    dw_gene_model *m;
    dw_gtf_lines *lines;
    dw_map *index; /* contig, kind and id to node */
    dw_buf key;
};

static void release(dw_gene_stretches *s)
{
    dw_free(s->item);
    s->item = NULL;
    s->cap = 0;
}

void dw_gene_model_release(dw_gene_model *m)
{
    dw_free(m->node);
    m->node = NULL;
    m->cap_nodes = 0;
    release(&m->body);
    release(&m->exon);
    release(&m->cds);
}

void dw_gene_model_clear(dw_gene_model *m)
{
    dw_gene_model_release(m);
    dw_contig_set_clear(&m->contigs);
    *m = (dw_gene_model){0};
}

static int no_memory(const struct reading *r, dw_err *err)
{
    return dw_fail(err, DW_ENOMEM, "%s: not enough memory for its genes",
                   dw_lines_name(dw_gtf_lines_text(r->lines)));
}

/* ---- nodes ---- */

/* A GTF names genes and transcripts apart; a GFF3 has one set of IDs. */
enum kind { ANY = 'n', GENE = 'g', TRANSCRIPT = 't' };

static int new_node(struct reading *r, uint32_t contig, uint64_t *at,
                    dw_err *err)
{
    dw_gene_model *m = r->m;
    void *p = m->node;

    if (m->n_nodes >= UINT32_MAX - 1 ||
        dw_try_grow(&p, &m->cap_nodes, m->n_nodes + 1, sizeof *m->node) < 0)
        return no_memory(r, err);
    m->node = p;
    m->node[m->n_nodes] =
        (dw_gene_node){.contig = contig, .parent = UINT32_MAX, .strand = '.'};
    *at = m->n_nodes++;
    return 0;
}

/* The node of an id on the line's contig: the same transcript may lie on
 * several, as those that X and Y share do. */
static int find_node(struct reading *r, const dw_gtf_line *line, enum kind kind,
                     dw_span id, uint32_t *node, dw_err *err)
{
    size_t contig = dw_contig_set_add(&r->m->contigs, line->contig);
    uint32_t c = (uint32_t)contig;
    uint64_t *at = NULL;
    bool fresh;

    if (contig < UINT32_MAX) {
        dw_buf_reset(&r->key);
        dw_buf_add(&r->key, &c, sizeof c);
        dw_buf_addc(&r->key, (char)kind);
        dw_buf_add(&r->key, id.s, id.n);
        at = dw_map_put(r->index, r->key.s, r->key.n, &fresh);
    }
    if (!at)
        return no_memory(r, err);
    if (fresh && new_node(r, c, at, err) < 0)
        return err->code;
    *node = (uint32_t)*at;
    if (r->m->node[*node].strand == '.')
        r->m->node[*node].strand = line->strand;
    return 0;
}

static int add_stretch(struct reading *r, dw_gene_stretches *to, uint32_t node,
                       const dw_gtf_line *line, dw_err *err)
{
    void *p = to->item;

    if (dw_try_grow(&p, &to->cap, to->n + 1, sizeof *to->item) < 0)
        return no_memory(r, err);
    to->item = p;
    to->item[to->n++] = (dw_gene_stretch){node, line->start, line->end};
    return 0;
}

static void set_bounds(dw_gene_node *n, const dw_gtf_line *line)
{
    n->start = line->start;
    n->end = line->end;
}

/* ---- what a line says ---- */

struct attributes {
    dw_span id, parent;             /* GFF3 */
    dw_span gene_id, transcript_id; /* GTF */
    dw_span own_type;               /* biotypes */
    dw_span gene_type, transcript_type, transcript_source;
};

#define KEY(key, to)                                          \
    {                                                         \
        key, sizeof(key) - 1, offsetof(struct attributes, to) \
    }

static const struct {
    const char *key;
    size_t n, to;
} known[] = {
    KEY("ID", id),
    KEY("Parent", parent),
    KEY("gene_id", gene_id),
    KEY("transcript_id", transcript_id),
    KEY("biotype", own_type),
    KEY("gene_biotype", gene_type),
    KEY("gene_type", gene_type),
    KEY("transcript_biotype", transcript_type),
    KEY("transcript_type", transcript_type),
    KEY("transcript_source", transcript_source),
};

static int read_attributes(const struct reading *r, const dw_gtf_line *line,
                           struct attributes *a, dw_err *err)
{
    dw_span rest = line->attributes, key, value;
    int rc;

    *a = (struct attributes){0};
    while ((rc = dw_gtf_attribute(r->lines, &rest, &key, &value, err)) > 0) {
        for (size_t i = 0; i < DW_COUNT(known); i++) {
            if (key.n == known[i].n && memcmp(key.s, known[i].key, key.n) == 0)
                *(dw_span *)((char *)a + known[i].to) = value;
        }
    }
    return rc;
}

static uint8_t biotype_of(dw_span text)
{
    if (text.n == 0)
        return DW_BIOTYPE_UNKNOWN;
    return dw_span_eq(text, "protein_coding") || dw_span_eq(text, "mRNA")
               ? DW_BIOTYPE_PROTEIN_CODING
               : DW_BIOTYPE_OTHER;
}

static void set_biotype(dw_gene_node *n, dw_span text)
{
    if (n->biotype == DW_BIOTYPE_UNKNOWN)
        n->biotype = biotype_of(text);
}

static int no_id(const struct reading *r, const dw_gtf_line *line,
                 const char *key, dw_err *err)
{
    return dw_lines_fail(dw_gtf_lines_text(r->lines), err, DW_EFORMAT,
                         "9 (attributes)", "a line of %.*s without %s",
                         line->feature.n > 40 ? 40 : (int)line->feature.n,
                         line->feature.s, key);
}

static bool is_coding(dw_span feature)
{
    return dw_span_eq(feature, "CDS") || dw_span_eq(feature, "stop_codon");
}

/* ---- GTF ---- */

static int take_gtf_gene(struct reading *r, const dw_gtf_line *line,
                         const struct attributes *a, dw_err *err)
{
    uint32_t gene;

    if (!a->gene_id.n)
        return no_id(r, line, "gene_id", err);
    if (find_node(r, line, GENE, a->gene_id, &gene, err) < 0)
        return err->code;
    set_biotype(&r->m->node[gene], a->gene_type);
    return add_stretch(r, &r->m->body, gene, line, err);
}

/* Ensembl before release 76 has a transcript's biotype for its source. */
static dw_span transcript_type(const dw_gtf_line *line,
                               const struct attributes *a)
{
    if (!a->transcript_type.n && a->transcript_source.n)
        return line->source;
    return a->transcript_type;
}

static int take_gtf(struct reading *r, const dw_gtf_line *line,
                    const struct attributes *a, dw_err *err)
{
    bool exon = dw_span_eq(line->feature, "exon");
    bool coding = is_coding(line->feature);
    bool transcript = dw_span_eq(line->feature, "transcript");
    uint32_t node, gene;

    if (dw_span_eq(line->feature, "gene"))
        return take_gtf_gene(r, line, a, err);
    if (!exon && !coding && !transcript)
        return 0;
    if (!a->transcript_id.n)
        return no_id(r, line, "transcript_id", err);
    if (find_node(r, line, TRANSCRIPT, a->transcript_id, &node, err) < 0)
        return err->code;
    r->m->node[node].is_transcript = true;
    set_biotype(&r->m->node[node], transcript_type(line, a));
    if (transcript)
        set_bounds(&r->m->node[node], line);
    if (a->gene_id.n) {
        if (find_node(r, line, GENE, a->gene_id, &gene, err) < 0)
            return err->code;
        set_biotype(&r->m->node[gene], a->gene_type);
        r->m->node[node].parent = gene;
    }
    if (transcript)
        return 0;
    return add_stretch(r, exon ? &r->m->exon : &r->m->cds, node, line, err);
}

/* ---- GFF3 ---- */

static bool ends_in(dw_span a, const char *s)
{
    size_t n = strlen(s);

    return a.n >= n && memcmp(a.s + a.n - n, s, n) == 0;
}

/* Takes the next of several parents. */
static bool next_parent(dw_span *parents, dw_span *id)
{
    const char *comma;

    if (!parents->n)
        return false;
    comma = memchr(parents->s, ',', parents->n);
    *id = (dw_span){parents->s,
                    comma ? (size_t)(comma - parents->s) : parents->n};
    *parents =
        comma ? (dw_span){comma + 1, parents->n - id->n - 1} : (dw_span){0};
    return true;
}

/* An exon belongs to each of its parents, which need not have come yet. */
static int take_gff3_stretch(struct reading *r, const dw_gtf_line *line,
                             const struct attributes *a, dw_gene_stretches *to,
                             dw_err *err)
{
    dw_span parents = a->parent, id;
    uint32_t node;

    if (!parents.n)
        return no_id(r, line, "Parent", err);
    while (next_parent(&parents, &id)) {
        if (find_node(r, line, ANY, id, &node, err) < 0 ||
            add_stretch(r, to, node, line, err) < 0)
            return err->code;
        r->m->node[node].is_transcript = true;
    }
    return 0;
}

static int take_gff3(struct reading *r, const dw_gtf_line *line,
                     const struct attributes *a, dw_err *err)
{
    bool gene = ends_in(line->feature, "gene");
    bool transcript =
        ends_in(line->feature, "transcript") || ends_in(line->feature, "RNA");
    dw_span parents = a->parent, id;
    uint32_t node, parent;

    if (dw_span_eq(line->feature, "exon"))
        return take_gff3_stretch(r, line, a, &r->m->exon, err);
    if (is_coding(line->feature))
        return take_gff3_stretch(r, line, a, &r->m->cds, err);
    if (!a->id.n || (!gene && !transcript && !parents.n))
        return 0;
    if (find_node(r, line, ANY, a->id, &node, err) < 0)
        return err->code;
    set_bounds(&r->m->node[node], line);
    r->m->node[node].is_transcript |= transcript;
    set_biotype(&r->m->node[node], a->own_type);
    set_biotype(&r->m->node[node], gene ? a->gene_type : a->transcript_type);
    if (ends_in(line->feature, "RNA")) /* mRNA is coding, lnc_RNA not */
        set_biotype(&r->m->node[node], line->feature);
    if (gene && add_stretch(r, &r->m->body, node, line, err) < 0)
        return err->code;
    if (!next_parent(&parents, &id))
        return 0;
    if (find_node(r, line, ANY, id, &parent, err) < 0)
        return err->code;
    r->m->node[node].parent = parent;
    return 0;
}

/* ---- the whole ---- */

static int cmp_stretches(const void *a, const void *b)
{
    const dw_gene_stretch *x = a, *y = b;

    if (x->node != y->node)
        return x->node < y->node ? -1 : 1;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return (x->end > y->end) - (x->end < y->end);
}

static void sort(dw_gene_stretches *s)
{
    if (s->n)
        qsort(s->item, s->n, sizeof *s->item, cmp_stretches);
}

static int read_lines(struct reading *r, dw_err *err)
{
    struct attributes a;
    dw_gtf_line line;
    int rc;

    while ((rc = dw_gtf_lines_next(r->lines, &line, err)) > 0) {
        rc = read_attributes(r, &line, &a, err);
        if (rc == 0)
            rc = dw_gtf_lines_is_gff3(r->lines) ? take_gff3(r, &line, &a, err)
                                                : take_gtf(r, &line, &a, err);
        if (rc < 0)
            break;
    }
    return rc;
}

static int settle(dw_gene_model *m, const char *path, dw_err *err)
{
    sort(&m->body);
    sort(&m->exon);
    sort(&m->cds);
    for (size_t i = 0; i < m->n_nodes; i++) {
        m->n_transcripts += m->node[i].is_transcript;
        m->n_no_strand += m->node[i].is_transcript && m->node[i].strand == '.';
    }
    if (m->n_transcripts == 0 && m->body.n == 0)
        return dw_fail(err, DW_EFORMAT,
                       "%s: neither a gene, nor a transcript, nor an exon in "
                       "it: is it a GTF or a GFF3?",
                       path);
    return 0;
}

int dw_gene_model_read(dw_gene_model *m, const char *path, dw_err *err)
{
    struct reading r = {.m = m};
    int rc;

    *m = (dw_gene_model){0};
    if (!(r.lines = dw_gtf_lines_open(path, err)))
        return err->code;
    r.index = dw_map_new();
    rc = read_lines(&r, err);
    m->digest = dw_lines_digest(dw_gtf_lines_text(r.lines));
    m->gff3 = dw_gtf_lines_is_gff3(r.lines);
    if (rc == 0)
        rc = settle(m, path, err);
    dw_gtf_lines_close(r.lines);
    dw_map_free(r.index);
    dw_buf_clear(&r.key);
    if (rc < 0)
        dw_gene_model_clear(m);
    return rc;
}
