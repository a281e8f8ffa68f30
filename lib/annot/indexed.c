#include "annot/indexed.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <htslib/bgzf.h>
#include <htslib/hts.h>
#include <htslib/kstring.h>
#include <htslib/tbx.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "data/contig.h"

struct dw_indexed {
    dw_lines *lines; /* from the start */

    htsFile *file; /* by the index */
    tbx_t *tbx;    /* NULL: no index */
    dw_index_columns columns;
    uint64_t digest;
    const char **name; /* (n_names) contigs as the file has them */
    int n_names;
    hts_itr_t *part;
    kstring_t line;
    bool sought;
    char contig[DW_CONTIG_MAX];
    uint32_t first, last;
};

/* ---- the index ---- */

bool dw_index_is_file(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

char *dw_index_find(const char *path)
{
    static const char *const ending[] = {".csi", ".tbi"};
    struct stat of_file, of_index;

    for (size_t i = 0; i < DW_COUNT(ending); i++) {
        dw_buf name = {0};

        dw_buf_addf(&name, "%s%s", path, ending[i]);
        if (stat(name.s, &of_index) == 0) {
            if (stat(path, &of_file) == 0 &&
                of_index.st_mtime < of_file.st_mtime)
                dw_warn("%s: is older than its file: if that was changed, make "
                        "it anew (tabix -f, bcftools index -f)",
                        name.s);
            return name.s;
        }
        dw_buf_clear(&name);
    }
    return NULL;
}

int dw_index_digest(const char *path, uint64_t *digest, dw_err *err)
{
    BGZF *f = bgzf_open(path, "r");
    dw_digest *d = dw_digest_new();
    char part[1 << 14];
    ssize_t n = -1;

    while (f && (n = bgzf_read(f, part, sizeof part)) > 0)
        dw_digest_add(d, part, (size_t)n);
    *digest = dw_digest_value(d);
    dw_digest_free(d);
    if (f)
        (void)!bgzf_close(f); /* only ever read */
    return n < 0 ? dw_fail(err, DW_EFORMAT,
                           "%s: this index cannot be read: make it anew", path)
                 : 0;
}

static void take_columns(dw_indexed *x)
{
    const tbx_conf_t *c = &x->tbx->conf;

    x->columns = (dw_index_columns){
        .contig = c->sc - 1,
        .first = c->bc - 1,
        .last = c->ec > 0 && c->ec != c->bc ? c->ec - 1 : -1,
        .from_0 = (c->preset & TBX_UCSC) != 0,
        .meta = (char)c->meta_char,
        .skip = c->line_skip,
    };
}

/* A chromosome by two names would be sought by one of them only. */
static int check_names(const dw_indexed *x, dw_err *err)
{
    dw_map *seen = dw_map_new();
    int rc = 0;

    for (int i = 0; i < x->n_names && rc == 0; i++) {
        char name[DW_CONTIG_MAX];
        uint64_t *of;
        bool fresh;

        if (dw_contig_name(dw_span_of(x->name[i]), DW_CONTIG_PLINK, name) < 0)
            continue;
        of = dw_map_put(seen, name, strlen(name), &fresh);
        if (!of)
            rc = dw_fail(err, DW_ENOMEM, "no memory for names of chromosomes");
        else if (!fresh)
            rc = dw_fail(err, DW_EFORMAT,
                         "%s: has chromosome %s by two names, %s and %s",
                         dw_lines_name(x->lines), name, x->name[*of],
                         x->name[i]);
        else
            *of = (uint64_t)i;
    }
    dw_map_free(seen);
    return rc;
}

static int load_index(dw_indexed *x, const char *path, const char *index,
                      dw_err *err)
{
    int rc = dw_index_digest(index, &x->digest, err);

    if (rc < 0)
        return rc;
    x->tbx = tbx_index_load3(path, index, HTS_IDX_SILENT_FAIL);
    if (!x->tbx)
        return dw_fail(err, DW_EFORMAT,
                       "%s: this index cannot be read: make it anew (tabix -f)",
                       index);
    if (hts_check_EOF(x->file) == 0)
        return dw_fail(err, DW_EFORMAT,
                       "%s: this .gz file is broken or cut short: get it again",
                       path);
    take_columns(x);
    x->name = tbx_seqnames(x->tbx, &x->n_names);
    return check_names(x, err);
}

/* Only a file that is packed by bgzip can have one. */
static int open_index(dw_indexed *x, const char *path, dw_err *err)
{
    char *index = dw_index_find(path);
    int rc = 0;

    if (!index)
        return 0;
    x->file = hts_open(path, "r");
    if (x->file && hts_get_format(x->file)->compression == bgzf)
        rc = load_index(x, path, index, err);
    dw_free(index);
    return rc;
}

dw_indexed *dw_indexed_open(const char *path, dw_err *err)
{
    dw_indexed *x = dw_alloc(1, sizeof *x);

    x->lines = dw_lines_open_kept(path, err);
    if (!x->lines || open_index(x, path, err) < 0) {
        dw_indexed_close(x);
        return NULL;
    }
    return x;
}

void dw_indexed_close(dw_indexed *x)
{
    if (!x)
        return;
    hts_itr_destroy(x->part);
    free(x->line.s);
    free(x->name);
    if (x->tbx)
        tbx_destroy(x->tbx);
    if (x->file)
        (void)!hts_close(x->file); /* only ever read */
    dw_lines_close(x->lines);
    dw_free(x);
}

const dw_index_columns *dw_indexed_columns(const dw_indexed *x)
{
    return x->tbx ? &x->columns : NULL;
}

dw_origin dw_indexed_origin(const dw_indexed *x)
{
    dw_origin of = dw_lines_origin(x->lines);

    if (x->tbx)
        of.digest = x->digest;
    if (x->sought)
        of.line = 0;
    return of;
}

/* ---- reading ---- */

void dw_indexed_seek(dw_indexed *x, const char *contig, uint32_t first,
                     uint32_t last)
{
    x->sought = true;
    strcpy(x->contig, contig);
    x->first = first;
    x->last = last;
}

/* The contig's number in the index, or -1. */
static int number_of(const dw_indexed *x, const char *contig)
{
    char name[DW_CONTIG_MAX];

    for (int i = 0; i < x->n_names; i++) {
        if (dw_contig_name(dw_span_of(x->name[i]), DW_CONTIG_PLINK, name) ==
                0 &&
            strcmp(name, contig) == 0)
            return i;
    }
    return -1;
}

int dw_indexed_rewind(dw_indexed *x, dw_err *err)
{
    int id;

    if (!x->sought)
        return dw_lines_rewind(x->lines, err);
    hts_itr_destroy(x->part);
    x->part = NULL;
    if ((id = number_of(x, x->contig)) < 0)
        return 0;
    x->part = tbx_itr_queryi(x->tbx, id, x->first - 1, x->last);
    if (!x->part)
        return dw_fail(err, DW_EFORMAT,
                       "%s: its index does not lead to %s:%u-%u; make it anew "
                       "(tabix -f)",
                       dw_lines_name(x->lines), x->contig, (unsigned)x->first,
                       (unsigned)x->last);
    return 0;
}

int dw_indexed_next(dw_indexed *x, dw_span *line, dw_err *err)
{
    int rc;

    if (!x->sought)
        return dw_lines_next(x->lines, line, err);
    if (!x->part)
        return 0;
    rc = tbx_itr_next(x->file, x->tbx, x->part, &x->line);
    if (rc == -1)
        return 0;
    if (rc < -1 || memchr(x->line.s, 0, x->line.l))
        return dw_fail(err, DW_EFORMAT,
                       "%s: a line at %s:%u-%u cannot be read: the file is "
                       "broken, or is not that of its index",
                       dw_lines_name(x->lines), x->contig, (unsigned)x->first,
                       (unsigned)x->last);
    *line = (dw_span){x->line.s, x->line.l};
    if (line->n && line->s[line->n - 1] == '\r')
        line->n--;
    return 1;
}
