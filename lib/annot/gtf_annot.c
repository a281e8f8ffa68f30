#include "annot/gtf_annot.h"

#include <string.h>

#include "annot/cover_fill.h"
#include "annot/gene_model.h"
#include "annot/spec.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"

/* The columns, and whether they are there without being asked for: together
 * those say what `gene` and `exon` would say once more. */
static const struct {
    const char *name;
    bool by_default;
    const char *unit;
} columns[DW_GENE_PLACES] = {
    [DW_GENE_BODY] = {"gene", false, "0/1"},
    [DW_GENE_EXON] = {"exon", false, "0/1"},
    [DW_GENE_CODING] = {"coding", true, "0/1"},
    [DW_GENE_UTR5] = {"utr5", true, "0/1"},
    [DW_GENE_UTR3] = {"utr3", true, "0/1"},
    [DW_GENE_NONCODING_EXON] = {"noncoding_exon", true, "0/1"},
    [DW_GENE_INTRON] = {"intron", true, "0/1"},
    [DW_GENE_SPLICE_SITE] = {"splice_site", true, "0/1"},
    [DW_GENE_SPLICE_REGION] = {"splice_region", true, "0/1"},
    [DW_GENE_PROMOTER] = {"promoter", true, "0/1"},
    [DW_GENE_TSS] = {"tss_distance", true, "log10(bp)"},
};

/* A promoter, where nothing else is said. */
enum { UP = 2000, DOWN = 200 };

struct gtf_annot {
    char *file;
    dw_gene_choice choice;
    bool wanted[DW_GENE_PLACES];
    dw_gene_place place[DW_GENE_PLACES];   /* (k) */
    dw_cover cover[DW_GENE_PLACES];        /* (k) */
    dw_contig_set contigs[DW_GENE_PLACES]; /* (k) those of the cover */
    size_t k;
    dw_gene_model model; /* its contigs and counts; the rest is freed */
    bool contig_met;
    uint64_t n_variants;
};

static void close_gtf(void *self)
{
    struct gtf_annot *g = self;

    for (size_t i = 0; i < g->k; i++) {
        dw_cover_clear(&g->cover[i]);
        dw_contig_set_clear(&g->contigs[i]);
    }
    dw_gene_model_clear(&g->model);
    dw_free(g->file);
    dw_free(g);
}

static int fill(void *self, const dw_variants *v, float *out, dw_err *err)
{
    struct gtf_annot *g = self;

    (void)err;
    g->n_variants += v->m;
    g->contig_met |=
        dw_contig_set_find(&g->model.contigs, v->contig) != SIZE_MAX;
    for (size_t i = 0; i < g->k; i++, out += v->m) {
        size_t contig = dw_contig_set_find(&g->contigs[i], v->contig);

        if (g->place[i] == DW_GENE_TSS)
            dw_cover_fill_distance(&g->cover[i], contig, v, out);
        else
            dw_cover_fill(&g->cover[i], contig, v, 0, out);
    }
    return 0;
}

static void say_what_it_is(const struct gtf_annot *g)
{
    const dw_gene_model *m = &g->model;
    dw_buf words = {0};

    dw_buf_addf(&words, "%s, ", m->gff3 ? "GFF3" : "GTF");
    dw_buf_add_count(&words, m->body.n, "gene");
    dw_buf_adds(&words, ", ");
    dw_buf_add_count(&words, m->n_transcripts, "transcript");
    dw_buf_adds(&words, " on ");
    dw_buf_add_count(&words, m->contigs.n, "chromosome");
    dw_note("%s: %s%s", g->file, words.s,
            g->choice.protein_coding ? "; only protein_coding ones are used"
                                     : "");
    if (m->n_no_strand) {
        dw_buf_reset(&words);
        dw_buf_add_count(&words, m->n_no_strand, "transcript");
        dw_note("%s: %s without a strand: neither UTR, promoter nor TSS",
                g->file, words.s);
    }
    dw_buf_clear(&words);
}

/* The file was read when it was opened: what is left is to say what was found,
 * and what is odd about it. */
static int finish(void *self, dw_err *err)
{
    const struct gtf_annot *g = self;
    const dw_gene_model *m = &g->model;

    (void)err;
    say_what_it_is(g);
    if (g->n_variants && !g->contig_met)
        dw_warn("%s: no chromosome of the variants is in it; its first is %s",
                g->file, m->contigs.name[0]);
    for (size_t i = 0; i < g->k; i++) {
        if (g->cover[i].n == 0)
            dw_warn("%s: it has nothing for the annotation %s", g->file,
                    columns[g->place[i]].name);
    }
    return 0;
}

static void inputs(const void *self,
                   void (*add)(void *ctx, const char *name, uint64_t digest),
                   void *ctx)
{
    const struct gtf_annot *g = self;

    add(ctx, g->file, g->model.digest);
}

static const dw_annotator_kind kind = {fill, finish, inputs, close_gtf, NULL};

/* ---- what was asked for ---- */

static int bad_word(const dw_spec *s, const char *word, dw_err *err)
{
    dw_buf list = {0};

    for (size_t c = 0; c < DW_GENE_PLACES; c++)
        dw_buf_addf(&list, "%s, ", columns[c].name);
    dw_fail(err, DW_EUSAGE, "--gtf %s:%s: is none of %sprotein_coding", s->file,
            word, list.s);
    dw_buf_clear(&list);
    return err->code;
}

static int take_word(struct gtf_annot *g, const dw_spec *s, const char *word,
                     dw_err *err)
{
    if (strcmp(word, "protein_coding") == 0) {
        g->choice.protein_coding = true;
        return 0;
    }
    for (size_t c = 0; c < DW_GENE_PLACES; c++) {
        if (strcmp(word, columns[c].name) == 0) {
            g->wanted[c] = true;
            return 0;
        }
    }
    return bad_word(s, word, err);
}

static int take_spec(struct gtf_annot *g, const dw_spec *s, dw_err *err)
{
    bool any = false;

    g->choice = (dw_gene_choice){.up = UP, .down = DOWN};
    if (s->n_sizes > 2)
        return dw_fail(err, DW_EUSAGE,
                       "--gtf %s: @UP,DOWN are two sizes, not %zu", s->file,
                       s->n_sizes);
    if (s->n_sizes) {
        g->choice.up = s->size[0];
        g->choice.down = s->size[s->n_sizes - 1];
    }
    for (size_t i = 0; i < s->n_words; i++) {
        if (take_word(g, s, s->word[i], err) < 0)
            return err->code;
    }
    for (size_t c = 0; c < DW_GENE_PLACES; c++)
        any |= g->wanted[c];
    for (size_t c = 0; c < DW_GENE_PLACES; c++) {
        if (any ? g->wanted[c] : columns[c].by_default)
            g->place[g->k++] = (dw_gene_place)c;
    }
    return 0;
}

/* ---- opening ---- */

static int make_cover(struct gtf_annot *g, size_t i, dw_err *err)
{
    dw_stretches s = {0};
    int rc = dw_gene_model_places(&g->model, g->place[i], &g->choice, &s, err);

    if (rc == 0) {
        dw_stretches_sort(&s);
        rc = dw_cover_make(&g->cover[i], &s, DW_COVER_INSIDE, 0, err);
    }
    g->contigs[i] = s.contigs;
    s.contigs = (dw_contig_set){0};
    dw_stretches_clear(&s);
    return rc;
}

static dw_annotator *make_annotator(struct gtf_annot *g, const dw_spec *s)
{
    dw_annotator *a = dw_annotator_new(&kind, g, g->file, g->k);

    for (size_t i = 0; i < g->k; i++) {
        const char *column = columns[g->place[i]].name;
        dw_buf name = {0};

        dw_buf_addf(&name, "%s%s%s", s->name ? s->name : "", s->name ? "." : "",
                    column);
        dw_annotator_name(a, i, name.s, columns[g->place[i]].unit);
        dw_buf_clear(&name);
    }
    return a;
}

dw_annotator *dw_gtf_annot_open(const char *text, const char *bim, dw_err *err)
{
    dw_annotator *a = NULL;
    struct gtf_annot *g;
    dw_spec s;
    int rc;

    (void)bim;
    rc = dw_spec_parse(&s, "--gtf", text,
                       DW_SPEC_MAY_NAME | DW_SPEC_WORDS | DW_SPEC_SIZES, err);
    if (rc < 0)
        return NULL;
    g = dw_alloc(1, sizeof *g);
    g->file = dw_strdup(s.file);
    rc = take_spec(g, &s, err);
    if (rc == 0)
        rc = dw_gene_model_read(&g->model, g->file, err);
    for (size_t i = 0; rc == 0 && i < g->k; i++)
        rc = make_cover(g, i, err);
    if (rc == 0) {
        dw_gene_model_release(&g->model);
        a = make_annotator(g, &s);
    } else {
        close_gtf(g);
    }
    dw_spec_clear(&s);
    return a;
}
