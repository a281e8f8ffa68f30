#include "flow/synth_files.h"

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/par.h"
#include "output/panel_out.h"
#include "stream/outfile.h"

struct panel {
    const dw_synth_files *o;
    dw_panel_spec files;
    dw_panel_out *out;
    dw_outfile *blocks, *map; /* map NULL: not wanted */
    dw_synth_counts *counts;
    /* The chromosomes in hand: `first` and those after it. */
    size_t first;
    struct chrom {
        dw_synth synth;
        dw_synth_spec spec;
        dw_err err;
    } * chrom;
    dw_err err[DW_PANEL_KINDS];
};

/* ---- blocks and map: one file for all chromosomes ---- */

static dw_outfile *open_text(const struct panel *p, const char *suffix,
                             dw_err *err)
{
    dw_buf path = {0};
    dw_outfile *out;

    dw_buf_addf(&path, "%s%s", p->o->prefix, suffix);
    out = dw_outfile_open(path.s, false, err);
    dw_buf_clear(&path);
    return out;
}

static void add_texts(struct panel *p, const dw_synth *s)
{
    for (size_t i = 0; i < s->block.n; i++)
        dw_outfile_printf(p->blocks, "%s\t%.0f\t%.0f\n", s->var.contig,
                          DW_SYNTH_START + s->block.at[i].begin,
                          DW_SYNTH_START + s->block.at[i].end);
    for (size_t i = 0; p->map && i < s->map.n; i++)
        dw_outfile_printf(p->map, "%s\t%.0f\t%.6g\t%.9g\n", s->var.contig,
                          DW_SYNTH_START + s->map.begin[i] + 1,
                          1e8 * dw_genmap_rate(&s->map, i),
                          100 * s->map.morgan[i]);
    p->counts->variants += s->var.m;
    p->counts->blocks += s->block.n;
}

/* ---- genotypes and annotations ---- */

static int open_files(struct panel *p, const char *contig, dw_err *err)
{
    dw_buf stem = {0};

    dw_buf_adds(&stem, p->o->prefix);
    if (contig)
        dw_buf_addf(&stem, ".%s", contig);
    p->out = dw_panel_out_open(stem.s, &p->files, err);
    dw_buf_clear(&stem);
    return p->out ? 0 : err->code;
}

static int close_files(struct panel *p, dw_err *err)
{
    dw_panel_out *out = p->out;

    p->out = NULL;
    return dw_panel_out_close(out, err);
}

static void genotypes(const void *ctx, size_t i, int8_t *hap)
{
    const struct chrom *c = ctx;

    dw_synth_genotypes(&c->synth, &c->spec, i, hap);
}

struct task {
    struct panel *panel;
    const struct chrom *begin, *end;
};

/* Each kind of file is written by a thread of its own. */
static void write_kind(void *ctx, size_t t, size_t kind)
{
    struct task *task = ctx;
    struct panel *p = task->panel;
    int rc = 0;

    (void)t;
    if (!dw_panel_out_wants(p->out, (enum dw_panel_kind)kind))
        return;
    for (const struct chrom *c = task->begin; c < task->end && rc == 0; c++)
        rc = dw_panel_out_add(p->out, (enum dw_panel_kind)kind, &c->synth.var,
                              c->synth.cm, genotypes, c, &p->err[kind]);
}

static int write_files(dw_pool *pool, struct task task, dw_err *err)
{
    dw_pool_for(pool, DW_PANEL_KINDS, write_kind, &task);
    for (int kind = 0; kind < DW_PANEL_KINDS; kind++) {
        if (task.panel->err[kind].code) {
            *err = task.panel->err[kind];
            return err->code;
        }
    }
    return 0;
}

/* ---- the run ---- */

static const char *contig_at(const struct panel *p, size_t i)
{
    return dw_texts_at(&p->files.contigs.name, i);
}

static void draw_chrom(void *ctx, size_t t, size_t i)
{
    struct panel *p = ctx;
    struct chrom *c = &p->chrom[i];

    (void)t;
    /* What went wrong is in c->err, and asked for there. */
    (void)!dw_synth_draw(&c->synth, &c->spec, contig_at(p, p->first + i),
                         &c->err);
}

/* Draws the next n chromosomes, all at the same time, and writes them. */
static int add_chroms(struct panel *p, dw_pool *pool, size_t n, dw_err *err)
{
    size_t total = p->o->variants, n_all = p->files.contigs.name.n;
    int rc = 0;

    for (size_t c = 0; c < n; c++) {
        size_t i = p->first + c; /* each has its part of the variants */

        p->chrom[c].spec = p->o->spec;
        p->chrom[c].spec.variants = (i + 1) * total / n_all - i * total / n_all;
    }
    dw_pool_for(pool, n, draw_chrom, p);
    for (size_t c = 0; c < n; c++) {
        if (p->chrom[c].err.code) {
            *err = p->chrom[c].err;
            return err->code;
        }
        add_texts(p, &p->chrom[c].synth);
    }
    if (!p->o->by_chrom)
        return write_files(pool, (struct task){p, p->chrom, p->chrom + n}, err);
    for (size_t c = 0; c < n && rc == 0; c++) {
        struct task one = {p, p->chrom + c, p->chrom + c + 1};

        rc = open_files(p, contig_at(p, p->first + c), err);
        if (rc == 0)
            rc = write_files(pool, one, err);
        if (rc == 0)
            rc = close_files(p, err);
    }
    return rc;
}

static int add_all(struct panel *p, size_t threads, dw_err *err)
{
    size_t n = p->files.contigs.name.n;
    dw_pool *pool = dw_pool_new(threads);
    dw_progress *bar = dw_progress_begin("chromosome", n);
    int rc = 0;

    for (; p->first < n && rc == 0; p->first += threads) {
        size_t left = n - p->first;

        rc = add_chroms(p, pool, left < threads ? left : threads, err);
        dw_progress_at(bar, p->first, NULL);
    }
    dw_progress_end(bar);
    dw_pool_free(pool);
    return rc;
}

static int make_panel(struct panel *p, size_t threads, dw_err *err)
{
    int rc = 0;

    if (!(p->blocks = open_text(p, ".blocks.bed", err)) ||
        (p->o->map && !(p->map = open_text(p, ".map", err))))
        return err->code;
    if (p->map)
        dw_outfile_printf(p->map, "CHR\tBP\tRATE_CM_PER_MB\tCM\n");
    if (!p->o->by_chrom)
        rc = open_files(p, NULL, err);
    if (rc == 0)
        rc = add_all(p, threads, err);
    if (rc == 0 && !p->o->by_chrom)
        rc = close_files(p, err);
    if (rc == 0) {
        rc = dw_outfile_close(p->blocks, err);
        p->blocks = NULL;
    }
    if (rc == 0 && p->map) {
        rc = dw_outfile_close(p->map, err);
        p->map = NULL;
    }
    return rc;
}

/* The names in the files, and the lengths of chromosomes for a VCF. */
static int name_all(struct panel *p, dw_err *err)
{
    dw_panel_spec *f = &p->files;

    f->contigs.source = "dw-synth";
    f->contigs.length = dw_alloc(f->contigs.name.n, sizeof(double));
    for (size_t i = 0; i < f->contigs.name.n; i++)
        f->contigs.length[i] = DW_SYNTH_START + p->o->spec.length;
    return dw_synth_names(&p->o->spec, &f->people, &f->columns, err);
}

static void panel_clear(struct panel *p, size_t threads)
{
    for (size_t c = 0; c < threads; c++)
        dw_synth_clear(&p->chrom[c].synth);
    dw_panel_out_abandon(p->out);
    dw_outfile_abandon(p->blocks);
    dw_outfile_abandon(p->map);
    dw_texts_clear(&p->files.people);
    dw_texts_clear(&p->files.columns);
    dw_free(p->files.contigs.length);
    dw_free(p->chrom);
}

int dw_synth_files_write(const dw_synth_files *files, size_t threads,
                         dw_synth_counts *counts, dw_err *err)
{
    struct panel p = {.o = files, .counts = counts};
    int rc;

    *counts = (dw_synth_counts){0};
    p.files.contigs.name = files->chroms; /* borrowed */
    p.files.want_vcf = files->vcf;
    p.files.want_bcf = files->bcf;
    p.chrom = dw_alloc(threads, sizeof *p.chrom);
    rc = name_all(&p, err);
    if (rc == 0)
        rc = make_panel(&p, threads, err);
    panel_clear(&p, threads);
    return rc;
}
