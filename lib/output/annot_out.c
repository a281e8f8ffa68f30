#include "output/annot_out.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>

#include "base/buf.h"
#include "base/mem.h"
#include "output/bgzf_out.h"

struct dw_annot_out {
    dw_bgzf_out *file;
    dw_buf line;
    size_t p;
};

dw_annot_out *dw_annot_out_open(const char *path, const dw_texts *names,
                                dw_err *err)
{
    dw_annot_out *out = dw_alloc(1, sizeof *out);

    out->p = names->n;
    out->file = dw_bgzf_out_open(path, err);
    if (!out->file) {
        dw_free(out);
        return NULL;
    }
    dw_buf_adds(&out->line, "CHR\tBP\tSNP\tCM");
    for (size_t i = 0; i < names->n; i++)
        dw_buf_addf(&out->line, "\t%s", dw_texts_at(names, i));
    dw_buf_addc(&out->line, '\n');
    dw_bgzf_out_write(out->file, out->line.s, out->line.n);
    return out;
}

/* Most values are 0 or 1, and printf is slow. */
static void add_value(dw_buf *line, float x)
{
    if (x == 0 || x == 1)
        dw_buf_addc(line, x == 0 ? '0' : '1');
    else if (isnan(x))
        dw_buf_adds(line, "NA");
    else
        dw_buf_addf(line, "%.6g", (double)x);
}

void dw_annot_out_add(dw_annot_out *out, const dw_variants *v, const double *cm)
{
    dw_buf *line = &out->line;

    assert(v->p == out->p);
    for (size_t i = 0; i < v->m; i++) {
        dw_buf_reset(line);
        dw_buf_addf(line, "%s\t%" PRIu32 "\t%s\t%.6f", v->contig, v->pos[i],
                    dw_texts_at(&v->id, i), cm[i]);
        for (size_t j = 0; j < v->p; j++) {
            dw_buf_addc(line, '\t');
            add_value(line, v->annot[j * v->m + i]);
        }
        dw_buf_addc(line, '\n');
        dw_bgzf_out_write(out->file, line->s, line->n);
    }
}

int dw_annot_out_finish(dw_annot_out *out, dw_err *err)
{
    return dw_bgzf_out_finish(out->file, err);
}

int dw_annot_out_close(dw_annot_out *out, dw_err *err)
{
    int rc = dw_bgzf_out_close(out->file, err);

    out->file = NULL;
    dw_annot_out_abandon(out);
    return rc;
}

void dw_annot_out_abandon(dw_annot_out *out)
{
    if (!out)
        return;
    dw_bgzf_out_abandon(out->file);
    dw_buf_clear(&out->line);
    dw_free(out);
}
