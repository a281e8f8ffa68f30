#include "place/survey.h"

#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"
#include "data/contig.h"
#include "place/normal.h"

struct dw_survey {
    dw_genome_fit fit;
    dw_map *contigs, *xy;
    /* Variants that are not written in the normal way: the normal one's key to
     * twice their row in `form`, and one more if A1 is the greater allele. */
    dw_map *forms;
    dw_rows form;
    char last[DW_CONTIG_MAX]; /* the contig seen last */
};

/* contig, position, and the alleles in an order of their own. */
static void make_key(dw_buf *key, const dw_row *row, bool *a1_greater)
{
    dw_span a = row->a1, b = row->a2;
    int c = memcmp(a.s, b.s, a.n < b.n ? a.n : b.n);

    *a1_greater = c ? c > 0 : a.n > b.n;
    if (*a1_greater) {
        a = row->a2;
        b = row->a1;
    }
    dw_buf_reset(key);
    dw_buf_adds(key, row->contig);
    dw_buf_addc(key, 0);
    dw_buf_add(key, &row->pos, sizeof row->pos);
    dw_buf_add(key, a.s, a.n);
    dw_buf_addc(key, '/');
    dw_buf_add(key, b.s, b.n);
}

/* Keeps the row, of which `normal` is the normal way; the first one counts. */
static int keep_form(dw_survey *s, dw_buf *key, const dw_row *row,
                     const dw_row *normal)
{
    dw_row bare = *row;
    bool fresh, greater;
    uint64_t *at;

    bare.id = (dw_span){"", 0};
    bare.value = NULL;
    make_key(key, normal, &greater);
    at = dw_map_put(s->forms, key->s, key->n, &fresh);
    if (!at)
        return DW_ENOMEM;
    if (!fresh)
        return 0;
    *at = 2 * s->form.n + greater;
    return dw_rows_add(&s->form, &bare);
}

static int look_at(dw_survey *s, const dw_row *row, dw_normal *normal,
                   dw_buf *key, dw_err *err)
{
    dw_row other = *row;
    bool fresh;
    int rc;

    if (strcmp(row->contig, s->last) != 0) {
        strcpy(s->last, row->contig);
        if (!dw_map_put(s->contigs, s->last, strlen(s->last), &fresh))
            return DW_ENOMEM;
    }
    if (strcmp(row->contig, "XY") == 0 &&
        !dw_map_put(s->xy, &row->pos, sizeof row->pos, &fresh))
        return DW_ENOMEM;
    if (row->a1.n == 1 && row->a2.n == 1)
        return normal->genome
                   ? dw_genome_fit_row(&s->fit, normal->genome, row, err)
                   : 0;
    if (!row->pos || dw_span_eq(row->a1, "") || row->a1.n + row->a2.n < 3 ||
        (row->a1.n == row->a2.n && !memcmp(row->a1.s, row->a2.s, row->a1.n)))
        return 0;
    if ((rc = dw_normal_row(normal, &other, err)) <= 0)
        return rc;
    return keep_form(s, key, row, &other);
}

dw_survey *dw_survey_read(const dw_row_reader *ref, dw_genome *genome,
                          dw_err *err)
{
    dw_survey *s = dw_alloc(1, sizeof *s);
    dw_normal normal = {.genome = genome};
    dw_buf key = {0};
    dw_row row;
    int rc = ref->rewind(ref->self, err);

    s->contigs = dw_map_new();
    s->xy = dw_map_new();
    s->forms = dw_map_new();
    while (rc >= 0 && (rc = ref->next(ref->self, &row, err)) > 0) {
        if ((rc = look_at(s, &row, &normal, &key, err)) == DW_ENOMEM)
            rc = dw_fail(err, DW_ENOMEM, "%s: no memory for what it has",
                         ref->origin(ref->self).name);
    }
    dw_normal_clear(&normal);
    dw_buf_clear(&key);
    if (rc == 0)
        return s;
    dw_survey_free(s);
    return NULL;
}

void dw_survey_free(dw_survey *s)
{
    if (!s)
        return;
    dw_map_free(s->contigs);
    dw_map_free(s->xy);
    dw_map_free(s->forms);
    dw_rows_clear(&s->form);
    dw_free(s);
}

bool dw_survey_has_contig(const dw_survey *s, const char *contig)
{
    return dw_map_get(s->contigs, contig, strlen(contig)) != NULL;
}

bool dw_survey_has_xy(const dw_survey *s, uint32_t pos)
{
    return dw_map_get(s->xy, &pos, sizeof pos) != NULL;
}

bool dw_survey_has_forms(const dw_survey *s)
{
    return s->form.n > 0;
}

bool dw_survey_form(const dw_survey *s, dw_row *row, dw_buf *key)
{
    const uint64_t *at;
    bool greater;
    dw_row form;

    make_key(key, row, &greater);
    at = dw_map_get(s->forms, key->s, key->n);
    if (!at)
        return false;
    form = dw_rows_at(&s->form, *at / 2);
    row->pos = form.pos;
    row->a1 = (*at & 1) == greater ? form.a1 : form.a2;
    row->a2 = (*at & 1) == greater ? form.a2 : form.a1;
    return true;
}

const dw_genome_fit *dw_survey_fit(const dw_survey *s)
{
    return &s->fit;
}
