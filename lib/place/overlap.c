#include "place/overlap.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

/* Rows of the study that are looked at: enough for a share. */
enum { SAMPLE = 200000 };
/* A share that says: this is it. */
static const double CONVINCING = 0.5;

struct sample {
    dw_map *contig, *place, *id;
    uint64_t places, ids; /* of the study, distinct */
    uint64_t ref_rows;    /* on its chromosomes */
    uint64_t exact, behind, ahead, id_found;
};

/* A key for contig:pos; its contig by the number that the map gave it. */
static bool make_key(const struct sample *s, const char *contig, uint32_t pos,
                     uint64_t *key)
{
    const uint64_t *c = dw_map_get(s->contig, contig, strlen(contig));

    if (!c)
        return false;
    *key = (*c << 32) | pos;
    return true;
}

static int read_contigs(struct sample *s, const dw_row_reader *ref, dw_err *err)
{
    dw_row row;
    int rc = ref->rewind(ref->self, err);

    while (rc >= 0 && (rc = ref->next(ref->self, &row, err)) > 0) {
        bool fresh;
        size_t n = dw_map_size(s->contig);
        uint64_t *c =
            dw_map_put(s->contig, row.contig, strlen(row.contig), &fresh);

        if (!c)
            return dw_fail(err, DW_ENOMEM, "no memory for chromosomes");
        if (fresh)
            *c = n;
    }
    return rc;
}

static int read_study(struct sample *s, const dw_row_reader *study, dw_err *err)
{
    dw_row row;
    int rc = study->rewind(study->self, err);

    while (rc >= 0 && dw_map_size(s->place) < SAMPLE &&
           (rc = study->next(study->self, &row, err)) > 0) {
        uint64_t key;
        bool fresh;

        if (!make_key(s, row.contig, row.pos, &key))
            continue;
        if (!dw_map_put(s->place, &key, sizeof key, &fresh) ||
            (!dw_span_eq(row.id, ".") &&
             !dw_map_put(s->id, row.id.s, row.id.n, &fresh)))
            return dw_fail(err, DW_ENOMEM, "no memory for a sample of rows");
    }
    s->places = dw_map_size(s->place);
    s->ids = dw_map_size(s->id);
    return rc < 0 ? rc : 0;
}

static int read_ref(struct sample *s, const dw_row_reader *ref, dw_err *err)
{
    dw_row row;
    int rc = ref->rewind(ref->self, err);

    while (rc >= 0 && (rc = ref->next(ref->self, &row, err)) > 0) {
        uint64_t key;

        if (!make_key(s, row.contig, row.pos, &key))
            continue;
        s->ref_rows++;
        s->exact += dw_map_get(s->place, &key, sizeof key) != NULL;
        key--;
        s->behind += dw_map_get(s->place, &key, sizeof key) != NULL;
        key += 2;
        s->ahead += dw_map_get(s->place, &key, sizeof key) != NULL;
        s->id_found += dw_map_get(s->id, row.id.s, row.id.n) != NULL;
    }
    return rc;
}

/* Of what both could have in common at most. */
static double share(uint64_t found, uint64_t study, uint64_t ref)
{
    uint64_t of = study < ref ? study : ref;

    return of ? (double)found / (double)of : 0;
}

static void tell(const struct sample *s, dw_buf *out)
{
    double ids = share(s->id_found, s->ids, s->ref_rows);
    double exact = share(s->exact, s->places, s->ref_rows);
    double behind = share(s->behind, s->places, s->ref_rows);
    double ahead = share(s->ahead, s->places, s->ref_rows);

    if (s->places == 0)
        dw_buf_adds(out, "they have no chromosome in common");
    else if (behind > CONVINCING && behind > exact)
        dw_buf_addf(out,
                    "%.0f %% are there one base further on: does the study "
                    "count positions from 0?",
                    100 * behind);
    else if (ahead > CONVINCING && ahead > exact)
        dw_buf_addf(out,
                    "%.0f %% are there one base before: does the reference "
                    "count positions from 0?",
                    100 * ahead);
    else if (exact > CONVINCING)
        dw_buf_addf(out,
                    "%.0f %% of the positions are there, with other alleles: "
                    "are the allele columns right?",
                    100 * exact);
    else if (ids > CONVINCING)
        dw_buf_addf(out,
                    "%.0f %% of its ids are there, at other positions: is it "
                    "of another genome build?",
                    100 * ids);
}

static int look(struct sample *s, const dw_row_reader *study,
                const dw_row_reader *ref, dw_err *err)
{
    int rc;

    *s = (struct sample){
        .contig = dw_map_new(), .place = dw_map_new(), .id = dw_map_new()};
    rc = read_contigs(s, ref, err);
    if (rc == 0)
        rc = read_study(s, study, err);
    return rc < 0 ? rc : read_ref(s, ref, err);
}

static void clear(struct sample *s)
{
    dw_map_free(s->contig);
    dw_map_free(s->place);
    dw_map_free(s->id);
}

int dw_overlap_explain(const dw_row_reader *study, const dw_row_reader *ref,
                       dw_buf *out, dw_err *err)
{
    struct sample s;
    int rc = look(&s, study, ref, err);

    if (rc == 0)
        tell(&s, out);
    clear(&s);
    return rc;
}

int dw_overlap_share(const dw_row_reader *study, const dw_row_reader *ref,
                     double *exact, dw_err *err)
{
    struct sample s;
    int rc = look(&s, study, ref, err);

    *exact = rc == 0 ? share(s.exact, s.places, s.ref_rows) : 0;
    clear(&s);
    return rc;
}
