#include "place/reference.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "data/allele.h"
#include "data/genotype.h"
#include "input/read_bim.h"

enum { BED_HEADER = 3 };

struct dw_reference {
    dw_bim *bim;
    dw_fates *fates;
    dw_row_reader reader;
    uint64_t rows;
    dw_bim_row row; /* the current one */
    dw_buf a1, a2;

    char *bed_name;
    int bed;       /* -1: none */
    size_t people; /* in the .bed */
    unsigned char *packed;
    size_t n_packed; /* bytes of one variant */
};

static int next_row(void *self, dw_row *row, dw_err *err)
{
    dw_reference *ref = self;
    int rc;

    while ((rc = dw_bim_next(ref->bim, &ref->row, err)) > 0) {
        ref->rows++;
        *row = (dw_row){
            .contig = ref->row.contig,
            .pos = ref->row.pos,
            .index = ref->row.index,
            .id = dw_text_is_na(ref->row.id) ? dw_span_of(".") : ref->row.id,
            .a1 = dw_allele_upper_in(&ref->a1, ref->row.a1),
            .a2 = dw_allele_upper_in(&ref->a2, ref->row.a2),
        };
        if (dw_allele_is_acgt(row->a1) && dw_allele_is_acgt(row->a2))
            break;
        dw_fates_drop(ref->fates, row, DW_REASON_REF_ALLELE);
    }
    return rc;
}

static int rewind_rows(void *self, dw_err *err)
{
    dw_reference *ref = self;

    ref->rows = 0;
    return dw_bim_rewind(ref->bim, err);
}

static dw_origin origin_of(const void *self)
{
    const dw_reference *ref = self;

    return dw_lines_origin(dw_bim_lines(ref->bim));
}

/* ---- frequencies ---- */

/* "X.bim" to "X" ending; NULL when the path does not end in .bim. */
static char *beside(const char *path, const char *ending)
{
    size_t n = strlen(path);
    dw_buf b = {0};
    char *other;

    if (n < 4 || strcmp(path + n - 4, ".bim") != 0)
        return NULL;
    dw_buf_add(&b, path, n - 4);
    dw_buf_adds(&b, ending);
    other = dw_strdup(b.s);
    dw_buf_clear(&b);
    return other;
}

static int count_lines(const char *path, size_t *n, dw_err *err)
{
    dw_lines *l = dw_lines_open(path, err);
    dw_span line;
    int rc;

    if (!l)
        return err->code;
    *n = 0;
    while ((rc = dw_lines_next(l, &line, err)) > 0)
        *n += line.n > 0;
    dw_lines_close(l);
    return rc;
}

/* Takes the genotypes beside the .bim if they are there: without them there
 * are no frequencies, which is no fault. */
static int open_genotypes(dw_reference *ref, const char *path, dw_err *err)
{
    char *fam = beside(path, ".fam");
    unsigned char magic[BED_HEADER];
    int rc = 0;

    ref->bed_name = beside(path, ".bed");
    ref->bed = ref->bed_name ? open(ref->bed_name, O_RDONLY) : -1;
    if (ref->bed < 0)
        goto out;
    if (access(fam, R_OK) != 0) {
        close(ref->bed);
        ref->bed = -1;
        goto out;
    }
    if ((rc = count_lines(fam, &ref->people, err)) < 0)
        goto out;
    if (pread(ref->bed, magic, sizeof magic, 0) != sizeof magic ||
        memcmp(magic, "\x6c\x1b\x01", sizeof magic) != 0) {
        rc = dw_fail(err, DW_EFORMAT,
                     "%s: is not a .bed with one variant after the other",
                     ref->bed_name);
        goto out;
    }
    ref->n_packed = dw_geno_bytes(DW_GENO_PACKED, ref->people);
    ref->packed = dw_alloc(ref->n_packed, 1);
out:
    dw_free(fam);
    return rc;
}

int dw_reference_frequency(void *self, size_t index, double *f, dw_err *err)
{
    dw_reference *ref = self;
    dw_geno_stats stats;
    ssize_t got;

    *f = NAN;
    if (ref->bed < 0)
        return 0;
    got = pread(ref->bed, ref->packed, ref->n_packed,
                (off_t)(BED_HEADER + index * ref->n_packed));
    if (got < 0)
        return dw_fail_errno(err, "%s", ref->bed_name);
    if ((size_t)got != ref->n_packed)
        return dw_fail(err, DW_EMISMATCH,
                       "%s: ends before variant %zu of the .bim: is it cut "
                       "short, or of another .bim or .fam?",
                       ref->bed_name, index + 1);
    stats = dw_geno_stats_of(DW_GENO_PACKED, ref->people, ref->packed);
    if (stats.missing < ref->people)
        *f = stats.mean / 2;
    return 0;
}

bool dw_reference_has_frequency(const dw_reference *ref)
{
    return ref->bed >= 0;
}

/* ---- opening ---- */

dw_reference *dw_reference_open(const char *path, dw_fates *fates, dw_err *err)
{
    dw_reference *ref = dw_alloc(1, sizeof *ref);

    ref->bed = -1;
    ref->fates = fates;
    ref->reader = (dw_row_reader){ref, 0, next_row, rewind_rows, origin_of};
    ref->bim = dw_bim_open(path, err);
    if (ref->bim && open_genotypes(ref, path, err) == 0)
        return ref;
    dw_reference_close(ref);
    return NULL;
}

void dw_reference_close(dw_reference *ref)
{
    if (!ref)
        return;
    dw_bim_close(ref->bim);
    if (ref->bed >= 0)
        close(ref->bed);
    dw_buf_clear(&ref->a1);
    dw_buf_clear(&ref->a2);
    dw_free(ref->bed_name);
    dw_free(ref->packed);
    dw_free(ref);
}

const dw_row_reader *dw_reference_reader(const dw_reference *ref)
{
    return &ref->reader;
}

uint64_t dw_reference_rows(const dw_reference *ref)
{
    return ref->rows;
}
