#include "flow/ldscore_table.h"

#include <inttypes.h>
#include <math.h>

#include "base/log.h"
#include "base/mem.h"

/* LDSC's M_5_50 counts the variants above. */
static const double COMMON_MAF = 0.05;

int dw_ldscore_table_begin(dw_ldscore_table *t, const dw_head *head,
                           dw_err *err)
{
    if (t->p)
        return 0;
    t->p = t->by_annotation ? head->p : 1;
    if (t->p == 0)
        return dw_fail(err, DW_EMISMATCH,
                       "the stream has no annotations (dw-ingest takes them "
                       "in)");
    t->all = dw_alloc(t->p, sizeof *t->all);
    t->common = dw_alloc(t->p, sizeof *t->common);
    dw_buf_adds(&t->head, "CHR\tSNP\tBP");
    if (t->p == 1)
        dw_buf_adds(&t->head, "\tL2");
    for (size_t a = 0; t->p > 1 && a < t->p; a++)
        dw_buf_addf(&t->head, "\t%sL2", head->annot[a].name);
    dw_buf_addc(&t->head, '\n');
    return 0;
}

uint64_t dw_ldscore_table_fill(dw_variants *v, size_t from, size_t n)
{
    uint64_t missing = 0;

    for (size_t i = 0; i < v->m * v->p; i++) {
        if (isnan(v->annot[i])) {
            size_t row = i % v->m;

            missing += row >= from && row < from + n;
            v->annot[i] = 0;
        }
    }
    return missing;
}

/* ---- rows ---- */

/* Three digits behind the point, as LDSC has it. */
static void add_number(dw_buf *text, double x)
{
    char digit[24];
    size_t at = sizeof digit;
    uint64_t n;

    if (!(fabs(x) < 1e12)) {
        dw_buf_addf(text, "%.3f", x);
        return;
    }
    n = (uint64_t)llrint(fabs(x) * 1000);
    for (int i = 0; n || i < 5; i++) {
        digit[--at] = i == 3 ? '.' : (char)('0' + n % 10);
        n = i == 3 ? n : n / 10;
    }
    if (signbit(x))
        digit[--at] = '-';
    dw_buf_add(text, digit + at, sizeof digit - at);
}

void dw_ldscore_table_text(dw_buf *text, const dw_variants *v, size_t from,
                           size_t n, size_t p, const double *score)
{
    for (size_t i = 0; i < n; i++) {
        dw_buf_addf(text, "%s\t%s\t%" PRIu32, v->contig,
                    dw_texts_at(&v->id, from + i), v->pos[from + i]);
        for (size_t a = 0; a < p; a++) {
            dw_buf_addc(text, '\t');
            add_number(text, score[i + a * n]);
        }
        dw_buf_addc(text, '\n');
    }
}

static void count(dw_ldscore_table *t, const dw_variants *v, size_t from,
                  size_t n)
{
    for (size_t a = 0; a < t->p; a++) {
        for (size_t i = from; i < from + n; i++) {
            double x = t->by_annotation ? v->annot[i + a * v->m] : 1;
            double maf = fmin(v->eaf[i], 1 - v->eaf[i]);

            t->all[a] += x;
            t->common[a] += maf > COMMON_MAF ? x : 0;
        }
    }
}

void dw_ldscore_table_add(dw_ldscore_table *t, const dw_buf *text,
                          const dw_variants *v, size_t from, size_t n)
{
    dw_outfile_write(t->out, t->head.s, t->head.n);
    dw_buf_reset(&t->head);
    dw_outfile_write(t->out, text->s, text->n);
    count(t, v, from, n);
}

/* ---- the counts beside the scores ---- */

static int write_counts(const char *prefix, const char *suffix,
                        const double *sum, size_t p, dw_err *err)
{
    dw_buf path = {0};
    dw_outfile *out;

    dw_buf_addf(&path, "%s%s", prefix, suffix);
    out = dw_outfile_open(path.s, false, err);
    dw_buf_clear(&path);
    if (!out)
        return err->code;
    for (size_t a = 0; a < p; a++)
        dw_outfile_printf(out, "%s%.15g", a ? "\t" : "", sum[a]);
    dw_outfile_printf(out, "\n");
    return dw_outfile_close(out, err);
}

int dw_ldscore_table_finish(dw_ldscore_table *t, dw_err *err)
{
    if (t->counts &&
        (write_counts(t->counts, ".l2.M", t->all, t->p, err) < 0 ||
         write_counts(t->counts, ".l2.M_5_50", t->common, t->p, err) < 0))
        return err->code;
    if (t->missing)
        dw_note("%" PRIu64 " values of annotations are missing, and taken as 0",
                t->missing);
    return 0;
}

void dw_ldscore_table_clear(dw_ldscore_table *t)
{
    dw_free(t->all);
    dw_free(t->common);
    dw_buf_clear(&t->head);
}
