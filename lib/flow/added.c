#include "flow/added.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/tmpfile.h"
#include "record/rec_stream.h"

struct dw_added {
    FILE *file; /* the columns of each VARS, one behind the other */
    size_t p;
    uint64_t *missing; /* (p x runs) */
    size_t runs;
};

/* ---- tables ---- */

static int copy_texts(dw_texts *dst, const dw_texts *src)
{
    for (size_t i = 0; i < src->n; i++) {
        const char *s = dw_texts_at(src, i);

        if (dw_texts_add(dst, s, strlen(s)) < 0)
            return DW_ENOMEM;
    }
    return 0;
}

int dw_added_widen(dw_variants *dst, const dw_variants *src, size_t traits,
                   size_t annots, dw_err *err)
{
    size_t m = src->m, had = m * src->t;

    if (dw_variants_resize(dst, m, src->t + traits, src->p + annots, err) < 0)
        return err->code;
    if (copy_texts(&dst->id, &src->id) < 0 ||
        copy_texts(&dst->ref, &src->ref) < 0 ||
        copy_texts(&dst->alt, &src->alt) < 0)
        return dw_fail(err, DW_ENOMEM, "no memory for %zu variants", m);
    memcpy(dst->contig, src->contig, sizeof dst->contig);
    memcpy(dst->pos, src->pos, m * sizeof *dst->pos);
    memcpy(dst->eaf, src->eaf, m * sizeof *dst->eaf);
    if (had) {
        memcpy(dst->z, src->z, had * sizeof *dst->z);
        memcpy(dst->n, src->n, had * sizeof *dst->n);
    }
    if (src->p)
        memcpy(dst->annot, src->annot, m * src->p * sizeof *dst->annot);
    for (size_t i = had; i < had + m * traits; i++)
        dst->z[i] = dst->n[i] = NAN;
    return 0;
}

/* ---- the first pass ---- */

static int failed(dw_err *err)
{
    return dw_fail_errno(err, "new columns, kept in a temporary file (TMPDIR "
                              "says where)");
}

static int keep_table(dw_added *a, dw_annotators *columns, const dw_variants *v,
                      dw_variants *wide, dw_err *err)
{
    size_t n = v->m * a->p;

    if (dw_added_widen(wide, v, 0, a->p, err) < 0 ||
        dw_annotators_fill(columns, wide, v->p, err) < 0)
        return err->code;
    if (n && fwrite(wide->annot + v->m * v->p, sizeof(float), n, a->file) != n)
        return failed(err);
    return 0;
}

/* Puts the run's counts behind those of the runs before it. */
static int keep_counts(dw_added *a, dw_annotators *columns, dw_err *err)
{
    void *missing =
        dw_try_realloc(a->missing, (a->runs + 1) * a->p, sizeof *a->missing);

    if (!missing)
        return dw_fail(err, DW_ENOMEM, "no memory for %zu runs", a->runs + 1);
    a->missing = missing;
    if (a->p)
        memcpy(a->missing + a->runs * a->p, columns->missing,
               a->p * sizeof *a->missing);
    a->runs++;
    dw_annotators_reset(columns);
    return 0;
}

static int read_stream(dw_added *a, const char *path, dw_annotators *columns,
                       dw_err *err)
{
    dw_source *src = dw_source_open(path, err);
    dw_variants v = {0}, wide = {0};
    dw_chunk chunk;
    int rc = src ? 0 : err->code;

    while (src && (rc = dw_source_next(src, &chunk, err)) > 0) {
        rc = 0;
        if (dw_chunk_is(&chunk, "VARS") &&
            (rc = dw_source_variants(src, &v, err)) == 0)
            rc = keep_table(a, columns, &v, &wide, err);
        if (dw_chunk_is(&chunk, "TAIL"))
            rc = keep_counts(a, columns, err);
        if (rc < 0)
            break;
    }
    dw_variants_clear(&v);
    dw_variants_clear(&wide);
    dw_source_close(src);
    return rc < 0 ? rc : dw_annotators_finish(columns, err);
}

static int rewind_file(dw_added *a, dw_err *err)
{
    return fseeko(a->file, 0, SEEK_SET) != 0 ? failed(err) : 0;
}

/* Again from the start where an annotator's rows turn out not to be in order:
 * what was written is written over. */
static int first_pass(dw_added *a, const char *path, dw_annotators *columns,
                      dw_err *err)
{
    size_t broken;
    int rc;

    do {
        broken = dw_annotators_broken(columns);
        a->runs = 0;
        dw_annotators_reset(columns);
        rc = rewind_file(a, err);
        if (rc == 0)
            rc = read_stream(a, path, columns, err);
    } while (rc < 0 && dw_annotators_broken(columns) > broken);
    return rc < 0 ? rc : rewind_file(a, err);
}

dw_added *dw_added_make(const char *path, dw_annotators *columns, dw_err *err)
{
    dw_added *a = dw_alloc(1, sizeof *a);
    int fd = dw_tmpfile_open(err), rc;

    a->p = columns->p;
    a->file = fd < 0 ? NULL : fdopen(fd, "w+b");
    rc = fd < 0 ? fd : a->file ? 0 : failed(err);
    if (fd >= 0 && !a->file)
        close(fd);
    if (rc == 0)
        rc = first_pass(a, path, columns, err);
    if (rc == 0)
        return a;
    dw_added_free(a);
    return NULL;
}

void dw_added_free(dw_added *a)
{
    if (!a)
        return;
    if (a->file)
        fclose(a->file);
    dw_free(a->missing);
    dw_free(a);
}

/* ---- the second ---- */

uint64_t dw_added_missing(const dw_added *a, size_t run, size_t column)
{
    return run < a->runs ? a->missing[run * a->p + column] : 0;
}

int dw_added_next(dw_added *a, size_t m, float *columns, dw_err *err)
{
    size_t n = m * a->p;

    if (n && fread(columns, sizeof *columns, n, a->file) != n)
        return failed(err);
    return 0;
}
