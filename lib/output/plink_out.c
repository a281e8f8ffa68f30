#include "output/plink_out.h"

#include <inttypes.h>

#include "base/buf.h"
#include "base/mem.h"
#include "stream/outfile.h"

enum { BED, BIM, FAM, N_FILES };

struct dw_plink_out {
    dw_outfile *file[N_FILES];
    size_t n;
    unsigned char *row; /* ((n + 3) / 4) */
};

static const char *const suffix[N_FILES] = {".bed", ".bim", ".fam"};

static int open_files(dw_plink_out *out, const char *prefix, dw_err *err)
{
    dw_buf path = {0};
    int rc = 0;

    for (int i = 0; i < N_FILES && rc == 0; i++) {
        dw_buf_reset(&path);
        dw_buf_addf(&path, "%s%s", prefix, suffix[i]);
        out->file[i] = dw_outfile_open(path.s, i == BED, err);
        rc = out->file[i] ? 0 : -1;
    }
    dw_buf_clear(&path);
    return rc;
}

dw_plink_out *dw_plink_out_open(const char *prefix, const dw_texts *people,
                                dw_err *err)
{
    static const unsigned char magic[] = {0x6c, 0x1b, 1}; /* variant-major */
    dw_plink_out *out = dw_alloc(1, sizeof *out);

    out->n = people->n;
    out->row = dw_alloc((out->n + 3) / 4, 1);
    if (open_files(out, prefix, err) < 0) {
        dw_plink_out_abandon(out);
        return NULL;
    }
    dw_outfile_write(out->file[BED], magic, sizeof magic);
    for (size_t i = 0; i < people->n; i++) {
        const char *id = dw_texts_at(people, i);

        dw_outfile_printf(out->file[FAM], "%s\t%s\t0\t0\t0\t-9\n", id, id);
    }
    return out;
}

/* 00 twice A1, 10 once, 11 never, 01 missing. */
static unsigned code_of(const int8_t *hap)
{
    static const unsigned code[3] = {3, 2, 0};

    return hap[0] < 0 ? 1 : code[hap[0] + hap[1]];
}

void dw_plink_out_add(dw_plink_out *out, const dw_variants *v, size_t i,
                      double cm, const int8_t *hap)
{
    size_t width = (out->n + 3) / 4;

    for (size_t b = 0; b < width; b++) {
        unsigned byte = 0;

        for (size_t s = 0; s < 4 && 4 * b + s < out->n; s++)
            byte |= code_of(hap + 2 * (4 * b + s)) << (2 * s);
        out->row[b] = (unsigned char)byte;
    }
    dw_outfile_write(out->file[BED], out->row, width);
    dw_outfile_printf(out->file[BIM], "%s\t%s\t%.6f\t%" PRIu32 "\t%s\t%s\n",
                      v->contig, dw_texts_at(&v->id, i), cm, v->pos[i],
                      dw_texts_at(&v->alt, i), dw_texts_at(&v->ref, i));
}

int dw_plink_out_finish(dw_plink_out *out, dw_err *err)
{
    for (int i = 0; i < N_FILES; i++) {
        dw_outfile *file = out->file[i];

        (void)!dw_outfile_path(file); /* flushes */
        if (dw_outfile_failed(file)) {
            out->file[i] = NULL;
            return dw_outfile_close(file, err); /* says why */
        }
    }
    return 0;
}

int dw_plink_out_close(dw_plink_out *out, dw_err *err)
{
    int rc = dw_plink_out_finish(out, err);

    /* The .bed last: where it is, the others are. */
    for (int i = N_FILES; i-- > 0 && rc == 0;) {
        rc = dw_outfile_close(out->file[i], err);
        out->file[i] = NULL;
    }
    dw_plink_out_abandon(out);
    return rc;
}

void dw_plink_out_abandon(dw_plink_out *out)
{
    if (!out)
        return;
    for (int i = 0; i < N_FILES; i++)
        dw_outfile_abandon(out->file[i]);
    dw_free(out->row);
    dw_free(out);
}
