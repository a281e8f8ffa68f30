#include "input/read_geno.h"

#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "input/geno_file.h"

/* One file of the set. */
struct part {
    char *path, *text;
    char label[DW_CONTIG_MAX]; /* what stood for @; "" for a single file */
    uint64_t digest, unplaced;
    dw_contig_set contigs; /* that it has variants of, as far as known */
    bool known;            /* all of them are */
};

struct dw_geno {
    char *name;
    dw_geno_query query;
    char *samples;       /* the query's, copied */
    struct part *part;   /* in the order in which they are gone through */
    size_t n_parts, at;  /* at: the part that is open in `now` */
    dw_geno_file *first; /* of part 0: it stays open, for its people */
    dw_geno_file *now;   /* `first`, or a file of its own */
    bool sought;
    char contig[DW_CONTIG_MAX]; /* given last, of this part */
};

/* ---- which files ---- */

static void add_part(dw_geno *g, const char *path, const char *label)
{
    struct part *p;

    g->part = dw_realloc(g->part, g->n_parts + 1, sizeof *g->part);
    p = &g->part[g->n_parts++];
    *p = (struct part){.path = dw_strdup(path)};
    strcpy(p->label, label);
}

/* The file in which this word stands for @, if it is there. */
static void try_word(dw_geno *g, const char *word)
{
    const char *at = strchr(g->name, '@');
    char label[DW_CONTIG_MAX];
    dw_buf path = {0};

    dw_buf_add(&path, g->name, (size_t)(at - g->name));
    dw_buf_adds(&path, word);
    dw_buf_adds(&path, at + 1);
    if (access(path.s, F_OK) == 0 &&
        dw_contig_name(dw_span_of(word), DW_CONTIG_PLINK, label) == 0)
        add_part(g, path.s, label);
    dw_buf_clear(&path);
}

static int find_parts(dw_geno *g, dw_err *err)
{
    static const char *const word[] = {"X", "Y", "XY", "MT", "M"};

    /* A file that is called so is that file. */
    if (!strchr(g->name, '@') || access(g->name, F_OK) == 0) {
        add_part(g, g->name, "");
        return 0;
    }
    for (unsigned i = 1; i < 100; i++) {
        dw_buf number = {0};

        dw_buf_addf(&number, "%u", i);
        try_word(g, number.s);
        dw_buf_clear(&number);
    }
    for (size_t i = 0; i < DW_COUNT(word); i++)
        try_word(g, word[i]);
    return g->n_parts ? 0
                      : dw_fail(err, DW_EIO,
                                "%s: no such file, whatever chromosome stands "
                                "for @ (1 to 99, X, Y, XY, MT, M)",
                                g->name);
}

/* ---- opening ---- */

static int other_people(const dw_geno *g, const struct part *p, dw_err *err)
{
    return dw_fail(err, DW_EMISMATCH,
                   "%s: its people are not those of %s, in the same order",
                   p->path, g->part[0].path);
}

static int check_people(const dw_geno *g, const struct part *p,
                        const dw_geno_file *file, dw_err *err)
{
    const dw_people *a = dw_geno_file_people(g->first);
    const dw_people *b = dw_geno_file_people(file);

    if (a->n != b->n || dw_geno_file_kind(file) != dw_geno_file_kind(g->first))
        return other_people(g, p, err);
    for (size_t i = 0; i < a->n; i++) {
        if (strcmp(a->fid[i], b->fid[i]) != 0 ||
            strcmp(a->iid[i], b->iid[i]) != 0)
            return other_people(g, p, err);
    }
    return 0;
}

/* The contig is in this part: it may be in no other. */
static int claim(dw_geno *g, size_t at, const char *contig, dw_err *err)
{
    for (size_t i = 0; i < g->n_parts; i++) {
        if (i != at &&
            dw_contig_set_find(&g->part[i].contigs, contig) != SIZE_MAX)
            return dw_fail(err, DW_EMISMATCH,
                           "%s: has chromosome %s, as %s has; each has to be "
                           "in one file",
                           g->part[at].path, contig, g->part[i].path);
    }
    if (dw_contig_set_add(&g->part[at].contigs, contig) == SIZE_MAX)
        return dw_fail(err, DW_ENOMEM, "%s: too many chromosomes", g->name);
    return 0;
}

/* What is to be known of a part before it is read. */
static int survey(dw_geno *g, size_t at, const dw_geno_file *file, dw_err *err)
{
    struct part *p = &g->part[at];
    const char *text = dw_geno_file_text(file);

    p->text = text ? dw_strdup(text) : NULL;
    p->digest = dw_geno_file_digest(file);
    p->known = dw_geno_file_contigs(file, &p->contigs);
    for (size_t i = 0; i < p->contigs.n; i++) {
        if (claim(g, at, p->contigs.name[i], err) < 0)
            return err->code;
    }
    return at ? check_people(g, p, file, err) : 0;
}

static void leave(dw_geno *g)
{
    if (g->now)
        g->part[g->at].unplaced = dw_geno_file_unplaced(g->now);
    if (g->now != g->first)
        dw_geno_file_close(g->now);
    g->now = NULL;
}

/* Opens part `at`, and leaves the one before. */
static int enter(dw_geno *g, size_t at, dw_err *err)
{
    if (g->now && g->at == at)
        return 0;
    leave(g);
    g->at = at;
    g->contig[0] = 0;
    g->now = at && g->first
                 ? dw_geno_file_open(g->part[at].path, &g->query, err)
                 : g->first;
    return g->now ? 0 : err->code;
}

static int open_parts(dw_geno *g, dw_err *err)
{
    if (find_parts(g, err) < 0)
        return err->code;
    g->first = dw_geno_file_open(g->part[0].path, &g->query, err);
    if (!g->first)
        return err->code;
    for (size_t i = 0; i < g->n_parts; i++) {
        if (enter(g, i, err) < 0 || survey(g, i, g->now, err) < 0)
            return err->code;
    }
    return enter(g, 0, err);
}

dw_geno *dw_geno_open(const char *path, const dw_geno_query *query, dw_err *err)
{
    dw_geno *g = dw_alloc(1, sizeof *g);

    g->name = dw_strdup(path);
    g->query = *query;
    if (query->samples)
        g->query.samples = g->samples = dw_strdup(query->samples);
    if (open_parts(g, err) < 0) {
        dw_geno_close(g);
        return NULL;
    }
    return g;
}

void dw_geno_close(dw_geno *g)
{
    if (!g)
        return;
    leave(g);
    dw_geno_file_close(g->first);
    for (size_t i = 0; i < g->n_parts; i++) {
        dw_contig_set_clear(&g->part[i].contigs);
        dw_free(g->part[i].path);
        dw_free(g->part[i].text);
    }
    dw_free(g->part);
    dw_free(g->samples);
    dw_free(g->name);
    dw_free(g);
}

/* ---- asking ---- */

const char *dw_geno_name(const dw_geno *g)
{
    return g->name;
}

dw_geno_kind dw_geno_kind_of(const dw_geno *g)
{
    return dw_geno_file_kind(g->first);
}

size_t dw_geno_people(const dw_geno *g)
{
    return dw_geno_file_people(g->first)->n;
}

const char *dw_geno_fid(const dw_geno *g, size_t i)
{
    return dw_geno_file_people(g->first)->fid[i];
}

const char *dw_geno_iid(const dw_geno *g, size_t i)
{
    return dw_geno_file_people(g->first)->iid[i];
}

const char *dw_geno_text(const dw_geno *g, size_t i, uint64_t *digest)
{
    if (i >= g->n_parts || !g->part[i].text)
        return NULL;
    *digest = g->part[i].digest;
    return g->part[i].text;
}

uint64_t dw_geno_unplaced(const dw_geno *g)
{
    uint64_t n = g->now ? dw_geno_file_unplaced(g->now) : 0;

    for (size_t i = 0; i < g->n_parts; i++)
        n += g->now && i == g->at ? 0 : g->part[i].unplaced;
    return n;
}

/* ---- variants ---- */

/* Tries one part: 1 when it has the contig, and is there. */
static int seek_in(dw_geno *g, size_t at, const char *contig, dw_err *err)
{
    struct part *p = &g->part[at];
    int rc;

    if (p->known && dw_contig_set_find(&p->contigs, contig) == SIZE_MAX)
        return 0;
    if ((rc = enter(g, at, err)) == 0)
        rc = dw_geno_file_seek(g->now, contig, err);
    return rc;
}

int dw_geno_seek(dw_geno *g, const char *contig, dw_err *err)
{
    size_t from = g->at;
    int rc = 0;

    g->sought = true;
    for (size_t i = 0; i < g->n_parts && rc == 0; i++) {
        if (strcmp(g->part[i].label, contig) == 0)
            rc = seek_in(g, i, contig, err);
    }
    /* Those to come first: what is behind has been gone through. */
    for (size_t i = 0; i < g->n_parts && rc == 0; i++) {
        size_t at = (from + (g->n_parts > 1) + i) % g->n_parts;

        if (!*g->part[at].label || strcmp(g->part[at].label, contig) != 0)
            rc = seek_in(g, at, contig, err);
    }
    if (rc == 0 && g->now) /* nothing is there to be read */
        rc = dw_geno_file_seek(g->now, contig, err);
    return rc;
}

int dw_geno_next(dw_geno *g, dw_site *site, dw_err *err)
{
    int rc;

    while ((rc = dw_geno_file_next(g->now, site, err)) == 0 && !g->sought &&
           g->at + 1 < g->n_parts) {
        if (enter(g, g->at + 1, err) < 0)
            return err->code;
    }
    if (rc > 0 && strcmp(site->contig, g->contig) != 0) {
        if (claim(g, g->at, site->contig, err) < 0)
            return err->code;
        strcpy(g->contig, site->contig);
    }
    return rc;
}

int dw_geno_column(dw_geno *g, void *column, dw_err *err)
{
    return dw_geno_file_column(g->now, column, err);
}
