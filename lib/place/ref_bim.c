#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "data/genotype.h"
#include "input/read_bim.h"
#include "place/ref_rows.h"

/* Bytes of genotypes read at once, at least those of one variant. */
enum { BED_HEADER = 3, READ_AHEAD = 1 << 16 };

struct ref_bim {
    dw_ref_rows *face;
    dw_bim *bim;
    dw_bim_row row; /* the current one */
    dw_buf a1, a2;

    char *bed_name;
    int bed;              /* -1: none */
    size_t people;        /* in the .bed */
    size_t n_packed;      /* bytes of one variant */
    unsigned char *ahead; /* variants [first, first + n) of it */
    size_t first, n, cap;
};

static int next_row(void *self, dw_row *row, dw_err *err)
{
    struct ref_bim *b = self;
    int rc;

    while ((rc = dw_bim_next(b->bim, &b->row, err)) > 0) {
        dw_contig_settle(b->row.contig, b->row.pos);
        dw_row_begin(row, b->row.contig, b->row.pos,
                     dw_text_is_na(b->row.id) ? (dw_span){".", 1} : b->row.id);
        row->index = b->row.index;
        if (dw_ref_take(b->face, row, b->row.a1, b->row.a2, &b->a1, &b->a2))
            break;
    }
    return rc;
}

static int rewind_rows(void *self, dw_err *err)
{
    struct ref_bim *b = self;

    b->face->rows = 0;
    return dw_bim_rewind(b->bim, err);
}

static dw_origin origin_of(const void *self)
{
    const struct ref_bim *b = self;

    return dw_lines_origin(dw_bim_lines(b->bim));
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

static int make_room(struct ref_bim *b, dw_err *err)
{
    b->n_packed = dw_geno_bytes(DW_GENO_PACKED, b->people);
    b->cap =
        b->n_packed && b->n_packed < READ_AHEAD ? READ_AHEAD / b->n_packed : 1;
    b->ahead = dw_try_alloc(b->cap, b->n_packed);
    if (!b->ahead)
        return dw_fail(err, DW_ENOMEM, "%s: no memory for %zu people",
                       b->bed_name, b->people);
    return 0;
}

/* Takes the genotypes beside the .bim if they are there: without them there
 * are no frequencies, which is no fault. */
static int open_genotypes(struct ref_bim *b, const char *path, dw_err *err)
{
    char *fam = beside(path, ".fam");
    unsigned char magic[BED_HEADER];
    int rc = 0;

    b->bed_name = beside(path, ".bed");
    b->bed = b->bed_name ? open(b->bed_name, O_RDONLY) : -1;
    if (b->bed < 0)
        goto out;
    if (access(fam, R_OK) != 0) {
        close(b->bed);
        b->bed = -1;
        goto out;
    }
    if ((rc = count_lines(fam, &b->people, err)) < 0)
        goto out;
    if (pread(b->bed, magic, sizeof magic, 0) != sizeof magic ||
        memcmp(magic, "\x6c\x1b\x01", sizeof magic) != 0) {
        rc = dw_fail(err, DW_EFORMAT,
                     "%s: is not a .bed with one variant after the other",
                     b->bed_name);
        goto out;
    }
    rc = make_room(b, err);
out:
    dw_free(fam);
    return rc;
}

/* Reads the variant, and those behind it. */
static int read_ahead(struct ref_bim *b, size_t index, dw_err *err)
{
    ssize_t got = pread(b->bed, b->ahead, b->cap * b->n_packed,
                        (off_t)(BED_HEADER + index * b->n_packed));

    b->n = 0;
    if (got < 0)
        return dw_fail_errno(err, "%s", b->bed_name);
    if ((size_t)got < b->n_packed)
        return dw_fail(err, DW_EMISMATCH,
                       "%s: ends before variant %zu of the .bim: is it cut "
                       "short, or of another .bim or .fam?",
                       b->bed_name, index + 1);
    b->first = index;
    b->n = b->n_packed ? (size_t)got / b->n_packed : 0;
    return 0;
}

static int frequency_of(void *self, size_t index, double *f, dw_err *err)
{
    struct ref_bim *b = self;
    dw_geno_stats stats;
    int rc = 0;

    *f = NAN;
    if (b->people == 0)
        return 0;
    if (index < b->first || index - b->first >= b->n)
        rc = read_ahead(b, index, err);
    if (rc < 0)
        return rc;
    stats = dw_geno_stats_of(DW_GENO_PACKED, b->people,
                             b->ahead + (index - b->first) * b->n_packed);
    if (stats.missing < b->people)
        *f = stats.mean / 2;
    return 0;
}

/* ---- opening ---- */

static void close_bim(void *self)
{
    struct ref_bim *b = self;

    dw_bim_close(b->bim);
    if (b->bed >= 0)
        close(b->bed);
    dw_buf_clear(&b->a1);
    dw_buf_clear(&b->a2);
    dw_free(b->bed_name);
    dw_free(b->ahead);
    dw_free(b);
}

int dw_ref_bim_open(dw_ref_rows *r, const char *path, dw_lines *take_lines,
                    dw_err *err)
{
    struct ref_bim *b = dw_alloc(1, sizeof *b);
    int rc;

    b->face = r;
    b->bed = -1;
    b->bim = dw_bim_take(take_lines);
    r->reader = (dw_row_reader){b, 0, next_row, rewind_rows, origin_of};
    r->close = close_bim;
    rc = open_genotypes(b, path, err);
    if (rc == 0 && b->bed >= 0) {
        r->frequency = frequency_of;
        r->frequency_bytes = b->n_packed;
    }
    return rc;
}
