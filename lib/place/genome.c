#include "place/genome.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <htslib/faidx.h>
#include <htslib/hts_log.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"
#include "data/allele.h"
#include "data/contig.h"

/* Bases read at once: a page of a bgzip file or two.  BEFORE of them lie before
 * what was asked for, since indels are shifted that way. */
enum { WINDOW = 1 << 15, BEFORE = 1 << 12 };

struct dw_genome {
    char *path;
    faidx_t *fai;
    dw_map *contig; /* name to index */
    uint64_t digest;
    /* the window: bases [start, start + n) of contig `at`, from 0 */
    char *bases;
    int at; /* -1: none */
    uint32_t start, n;
};

/* A name, its bases, where they begin, and the bases and bytes of a line. */
static bool is_index_line(dw_span line)
{
    enum { NAME, BASES, OFFSET, LINE_BASES, LINE_BYTES, FIELDS };
    dw_span f[FIELDS];
    int64_t x[FIELDS];

    if (dw_text_split(line, '\t', f, FIELDS) != FIELDS || !f[NAME].n)
        return false;
    for (size_t i = BASES; i < FIELDS; i++) {
        if (dw_text_int64(f[i], &x[i]) < 0 || x[i] < 0)
            return false;
    }
    return x[BASES] <= INT32_MAX && x[LINE_BASES] > 0 &&
           x[LINE_BYTES] > x[LINE_BASES] && x[LINE_BYTES] <= INT32_MAX &&
           x[OFFSET] <= INT64_MAX / 4;
}

/* Reads the index to its end: what is wrong with it is told with its line, and
 * not by htslib. */
static int read_index(dw_genome *g, const char *path, dw_err *err)
{
    dw_lines *l = dw_lines_open(path, err);
    dw_span line;
    int rc;

    if (!l)
        return err->code;
    while ((rc = dw_lines_next(l, &line, err)) > 0) {
        if (!is_index_line(line)) {
            rc = dw_lines_fail(l, err, DW_EFORMAT, NULL,
                               "not a line of the index of a FASTA; samtools "
                               "faidx makes it anew");
            break;
        }
    }
    g->digest = dw_lines_digest(l);
    dw_lines_close(l);
    return rc;
}

static int name_contigs(dw_genome *g, dw_err *err)
{
    int n = faidx_nseq(g->fai);

    for (int i = 0; i < n; i++) {
        char name[DW_CONTIG_MAX];
        const char *raw = faidx_iseq(g->fai, i);
        bool fresh;
        uint64_t *at;

        if (dw_contig_name(dw_span_of(raw), DW_CONTIG_PLINK, name) < 0)
            continue; /* a name that no row can have */
        at = dw_map_put(g->contig, name, strlen(name), &fresh);
        if (!at)
            return dw_fail(err, DW_ENOMEM, "%s: too many sequences", g->path);
        if (!fresh)
            return dw_fail(err, DW_EFORMAT,
                           "%s: has chromosome %s twice, as %s and as %s",
                           g->path, name, faidx_iseq(g->fai, (int)*at), raw);
        *at = (uint64_t)i;
    }
    return 0;
}

static int open_index(dw_genome *g, dw_err *err)
{
    dw_buf fai = {0};
    int rc = 0;

    dw_buf_addf(&fai, "%s.fai", g->path);
    if (access(g->path, R_OK) != 0)
        rc = dw_fail_errno(err, "%s", g->path);
    else if (access(fai.s, R_OK) != 0)
        rc = dw_fail(err, DW_EFORMAT,
                     "%s: has no index beside it; samtools faidx %s makes it",
                     g->path, g->path);
    if (rc == 0)
        rc = read_index(g, fai.s, err);
    if (rc == 0) {
        hts_set_log_level(HTS_LOG_OFF); /* faults are told by us, once */
        g->fai = fai_load3(g->path, fai.s, NULL, 0);
        if (!g->fai)
            rc = dw_fail(err, DW_EFORMAT,
                         "%s: cannot be read with its index; is it plain, or "
                         "packed by bgzip with a .gzi beside it?",
                         g->path);
    }
    dw_buf_clear(&fai);
    return rc;
}

dw_genome *dw_genome_open(const char *path, dw_err *err)
{
    dw_genome *g = dw_alloc(1, sizeof *g);

    g->path = dw_strdup(path);
    g->at = -1;
    g->contig = dw_map_new();
    if (open_index(g, err) == 0 && name_contigs(g, err) == 0)
        return g;
    dw_genome_close(g);
    return NULL;
}

void dw_genome_close(dw_genome *g)
{
    if (!g)
        return;
    free(g->bases);
    if (g->fai)
        fai_destroy(g->fai);
    dw_map_free(g->contig);
    dw_free(g->path);
    dw_free(g);
}

static int index_of(const dw_genome *g, const char *contig)
{
    const uint64_t *at = dw_map_get(g->contig, contig, strlen(contig));

    if (!at && strcmp(contig, "XY") == 0)
        at = dw_map_get(g->contig, "X", 1);
    return at ? (int)*at : -1;
}

static uint32_t length_of(const dw_genome *g, int at)
{
    hts_pos_t n = faidx_seq_len(g->fai, faidx_iseq(g->fai, at));

    return n < 0 ? 0 : n > INT32_MAX ? INT32_MAX : (uint32_t)n;
}

uint32_t dw_genome_length(const dw_genome *g, const char *contig)
{
    int at = index_of(g, contig);

    return at < 0 ? 0 : length_of(g, at);
}

void dw_genome_contigs(const dw_genome *g,
                       void (*add)(void *ctx, const char *contig,
                                   uint32_t length),
                       void *ctx)
{
    for (int i = 0; i < faidx_nseq(g->fai); i++) {
        char name[DW_CONTIG_MAX];

        if (dw_contig_name(dw_span_of(faidx_iseq(g->fai, i)), DW_CONTIG_PLINK,
                           name) == 0)
            add(ctx, name, length_of(g, i));
    }
}

dw_origin dw_genome_origin(const dw_genome *g)
{
    return (dw_origin){.name = g->path, .digest = g->digest};
}

/* Reads the window that holds bases [from, to) of the chromosome, from 0. */
static int read_window(dw_genome *g, int at, uint32_t length, uint32_t from,
                       uint32_t to, dw_err *err)
{
    uint32_t start = from > BEFORE ? from - BEFORE : 0;
    uint32_t end = length - start > WINDOW ? start + WINDOW : length;
    hts_pos_t got = 0;

    if (end < to)
        end = to;
    free(g->bases);
    g->at = -1;
    g->bases = faidx_fetch_seq64(g->fai, faidx_iseq(g->fai, at), start,
                                 (hts_pos_t)end - 1, &got);
    if (!g->bases || got != (hts_pos_t)(end - start) ||
        strlen(g->bases) != end - start)
        return dw_fail(err, DW_EFORMAT,
                       "%s: bases %u to %u of %s cannot be read: is the index "
                       "of another file, or the file cut short?",
                       g->path, (unsigned)start + 1, (unsigned)end,
                       faidx_iseq(g->fai, at));
    dw_allele_upper(g->bases, g->bases, end - start);
    g->at = at;
    g->start = start;
    g->n = end - start;
    return 0;
}

int dw_genome_bases(dw_genome *g, const char *contig, uint32_t pos, size_t n,
                    dw_span *bases, dw_err *err)
{
    int at = index_of(g, contig), rc = 0;
    uint32_t length = at < 0 ? 0 : length_of(g, at), from = pos - 1, to;

    *bases = (dw_span){"", 0};
    if (pos == 0 || from >= length)
        return 0;
    to = n > length - from ? length : from + (uint32_t)n;
    if (at != g->at || from < g->start || to > g->start + g->n)
        rc = read_window(g, at, length, from, to, err);
    if (rc == 0)
        *bases = (dw_span){g->bases + (from - g->start), to - from};
    return rc;
}
