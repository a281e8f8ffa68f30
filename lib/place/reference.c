#include "place/reference.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "input/bcf_file.h"
#include "place/ref_rows.h"

/* Bytes of genotypes that one variant may cost on average, to hold a study's
 * frequencies against the panel's. */
enum { COMPARE_BYTES = 2048 };

struct dw_reference {
    dw_ref_rows rows;
    dw_build_evidence evidence;
    dw_lines *lines; /* the rows'; NULL: they are of a BCF, or given */
    const dw_row_reader *given; /* NULL: they are read from a file */
};

/* A text by its first line: a VCF or .pvar begins with '#', a .bim does not. */
static int open_text(dw_reference *ref, const char *path, dw_err *err)
{
    dw_lines *lines = dw_lines_open_kept(path, err);
    bool sites = false;
    dw_span line;
    int rc;

    if (!lines)
        return err->code;
    if ((rc = dw_lines_next(lines, &line, err)) > 0)
        sites = line.n && *line.s == '#';
    if (rc >= 0)
        rc = dw_lines_rewind(lines, err);
    if (rc < 0) {
        dw_lines_close(lines);
        return rc;
    }
    ref->lines = lines;
    return sites ? dw_ref_sites_open(&ref->rows, lines, &ref->evidence, err)
                 : dw_ref_bim_open(&ref->rows, path, lines, err);
}

dw_reference *dw_reference_open(const char *path, dw_fates *fates, dw_err *err)
{
    dw_reference *ref = dw_alloc(1, sizeof *ref);
    int rc;

    ref->rows.fates = fates;
    rc = dw_bcf_file_is(path)
             ? dw_ref_bcf_open(&ref->rows, path, &ref->evidence, err)
             : open_text(ref, path, err);
    if (rc == 0)
        return ref;
    dw_reference_close(ref);
    return NULL;
}

/* ---- rows that are there already ---- */

static int next_given(void *self, dw_row *row, dw_err *err)
{
    dw_reference *ref = self;
    int rc = ref->given->next(ref->given->self, row, err);

    ref->rows.rows += rc > 0;
    return rc;
}

static int rewind_given(void *self, dw_err *err)
{
    dw_reference *ref = self;

    ref->rows.rows = 0;
    return ref->given->rewind(ref->given->self, err);
}

static dw_origin origin_given(const void *self)
{
    const dw_reference *ref = self;

    return ref->given->origin(ref->given->self);
}

dw_reference *dw_reference_of_rows(const dw_row_reader *rows)
{
    dw_reference *ref = dw_alloc(1, sizeof *ref);

    ref->given = rows;
    ref->rows.reader =
        (dw_row_reader){ref, rows->k, next_given, rewind_given, origin_given};
    return ref;
}

void dw_reference_close(dw_reference *ref)
{
    if (!ref)
        return;
    if (ref->rows.close)
        ref->rows.close(ref->rows.reader.self);
    dw_free(ref);
}

void dw_reference_share(dw_reference *ref, dw_crew *crew)
{
    if (ref->lines)
        dw_lines_share(ref->lines, crew);
}

const dw_row_reader *dw_reference_reader(const dw_reference *ref)
{
    return &ref->rows.reader;
}

uint64_t dw_reference_rows(const dw_reference *ref)
{
    return ref->rows.rows;
}

const dw_build_evidence *dw_reference_evidence(const dw_reference *ref)
{
    return &ref->evidence;
}

int dw_reference_frequency(void *self, const dw_row *row, double *f,
                           dw_err *err)
{
    dw_reference *ref = self;

    *f = NAN;
    if (ref->rows.frequency)
        return ref->rows.frequency(ref->rows.reader.self, row->index, f, err);
    if (ref->rows.reader.k)
        *f = row->value[0];
    return 0;
}

size_t dw_reference_compare_every(const dw_reference *ref)
{
    if (ref->rows.reader.k)
        return 1;
    if (!ref->rows.frequency)
        return 0;
    return 1 + ref->rows.frequency_bytes / COMPARE_BYTES;
}
