#include "study/text_study.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "input/contig_cache.h"
#include "input/site_id.h"

/* So many rows are looked at for what their ids are. */
enum { FIRST_ROWS = 1000 };

struct dw_text_study {
    dw_table *table;
    const dw_sumstat_columns *col;
    enum dw_contig_codes codes;
    dw_places places;
    bool zero_based;
    bool select;            /* are there rows to pass over? */
    dw_contig_cache contig; /* of the current row */
    char id_contig[DW_CONTIG_MAX];
};

static dw_span field(const dw_text_study *s, dw_meaning m)
{
    return dw_table_field(s->table, s->col->column[m]);
}

static bool has(const dw_text_study *s, dw_meaning m)
{
    return s->col->column[m] != DW_TABLE_NONE;
}

/* ---- the place ---- */

static bool has_no_position(const dw_text_study *s, dw_span pos)
{
    if (pos.n && *pos.s >= '1' && *pos.s <= '9')
        return false; /* nearly all: no need to look further */
    return dw_text_is_na(pos) || (!s->zero_based && dw_span_eq(pos, "0"));
}

static int place_of_columns(dw_text_study *s, dw_row *row, dw_reason *reason,
                            dw_err *err)
{
    dw_span pos = field(s, DW_MEANING_POS);
    int rc = 0;

    if (dw_contig_cache_take(&s->contig, field(s, DW_MEANING_CHR), s->codes) <
            0 ||
        has_no_position(s, pos)) {
        *reason = DW_REASON_NO_PLACE;
        return 0;
    }
    row->contig = s->contig.name;
    if (s->zero_based && dw_span_eq(pos, "0"))
        row->pos = 0;
    else
        rc = dw_table_position(s->table, s->col->column[DW_MEANING_POS],
                               &row->pos, err);
    row->pos += s->zero_based;
    return rc;
}

static void place_of_id(dw_text_study *s, dw_row *row, dw_reason *reason)
{
    uint32_t pos;

    if (!dw_site_id_place(row->id, s->id_contig, &pos)) {
        *reason = DW_REASON_NO_PLACE;
        return;
    }
    row->contig = s->id_contig;
    row->pos = pos + s->zero_based;
}

/* ---- a row ---- */

/* Rows of other tests, and of tests that failed. */
static dw_reason passed_over(const dw_text_study *s)
{
    for (size_t i = 0; i < DW_FORMAT_ROWS; i++) {
        int column = s->col->rows[i];

        if (column != DW_TABLE_NONE &&
            dw_span_eq(dw_table_field(s->table, column),
                       s->col->format->rows[i].value) ==
                s->col->format->rows[i].differs)
            return s->col->format->rows[i].reason;
    }
    return DW_REASON_NONE;
}

/* The other allele is the one of REF and ALT that the effect allele is not. */
static dw_span other_of_pair(const dw_text_study *s, dw_span effect,
                             dw_reason *reason)
{
    dw_span ref = {"", 0}, alt = {"", 0};

    if (s->col->ref != DW_TABLE_NONE)
        ref = dw_table_field(s->table, s->col->ref);
    if (s->col->alt != DW_TABLE_NONE)
        alt = dw_table_field(s->table, s->col->alt);
    if (alt.n && memchr(alt.s, ',', alt.n)) {
        if (*reason == DW_REASON_NONE)
            *reason = DW_REASON_OTHER_UNCLEAR;
        return (dw_span){"", 0};
    }
    if (effect.n == alt.n && strncasecmp(effect.s, alt.s, alt.n) == 0)
        return ref;
    if (effect.n == ref.n && strncasecmp(effect.s, ref.s, ref.n) == 0)
        return alt;
    if (*reason == DW_REASON_NONE)
        *reason = DW_REASON_OTHER_UNCLEAR;
    return (dw_span){"", 0};
}

static void find_alleles(const dw_text_study *s, dw_row *row, dw_reason *reason)
{
    const dw_study_format *f = s->col->format;

    if (f && f->alleles_of_id && !has(s, DW_MEANING_EA)) {
        if (!dw_site_id_alleles(row->id, &row->a2, &row->a1))
            row->a1 = row->a2 = (dw_span){"", 0};
        return;
    }
    row->a1 = field(s, DW_MEANING_EA);
    if (has(s, DW_MEANING_OA))
        row->a2 = field(s, DW_MEANING_OA);
    else if (f && f->other_of_ref)
        row->a2 = dw_span_of("?");
    else
        row->a2 = other_of_pair(s, row->a1, reason);
}

static int next_row(void *self, dw_row *row, dw_reason *reason, dw_err *err)
{
    dw_text_study *s = self;
    int rc = dw_table_next(s->table, err);

    if (rc <= 0)
        return rc;
    *reason = dw_table_is_split(s->table) ? DW_REASON_ROW_SPLIT
              : s->select                 ? passed_over(s)
                                          : DW_REASON_NONE;
    dw_row_begin(row, "", 0, (dw_span){".", 1});
    if (has(s, DW_MEANING_ID) && !dw_text_is_na(field(s, DW_MEANING_ID)))
        row->id = field(s, DW_MEANING_ID);
    find_alleles(s, row, reason);
    if (*reason != DW_REASON_NONE)
        return 1;
    if (s->places == DW_PLACES_IN_COLUMNS)
        rc = place_of_columns(s, row, reason, err);
    else if (s->places == DW_PLACES_IN_IDS)
        place_of_id(s, row, reason);
    return rc < 0 ? rc : 1;
}

static int number(const void *self, int column, double *x, dw_err *err)
{
    const dw_text_study *s = self;

    return dw_table_double(s->table, column, x, err);
}

static int log10_of(const void *self, int column, double *x, dw_err *err)
{
    const dw_text_study *s = self;
    int rc;

    if (dw_text_log10(dw_table_field(s->table, column), x) == 0)
        return 0;
    /* Missing, or below 0: no p-value, as one above 1 is none. */
    if ((rc = dw_table_double(s->table, column, x, err)) == 0 && !isnan(*x))
        *x = INFINITY;
    return rc;
}

static const char *name(const void *self, int column)
{
    const dw_text_study *s = self;

    return dw_table_name(s->table, (size_t)column);
}

static int rewind_rows(void *self, dw_err *err)
{
    dw_text_study *s = self;

    return dw_table_rewind(s->table, err);
}

static dw_origin origin(const void *self)
{
    const dw_text_study *s = self;

    return dw_lines_origin(dw_table_lines(s->table));
}

static void close_study(void *self)
{
    dw_text_study *s = self;

    if (s)
        dw_table_close(s->table);
    dw_free(s);
}

/* ---- opening ---- */

static int find_places(dw_text_study *s, dw_err *err)
{
    size_t rows = 0, places = 0;
    uint32_t pos;
    int rc = 1;

    s->places = DW_PLACES_IN_COLUMNS;
    if (has(s, DW_MEANING_POS))
        return 0;
    while (rows < FIRST_ROWS && (rc = dw_table_next(s->table, err)) > 0) {
        if (dw_table_is_split(s->table))
            continue;
        rows++;
        places += dw_site_id_place(field(s, DW_MEANING_ID), s->id_contig, &pos);
    }
    s->places = rows && places == rows ? DW_PLACES_IN_IDS : DW_PLACES_BY_ID;
    return rc < 0 ? rc : dw_table_rewind(s->table, err);
}

dw_text_study *dw_text_study_new(dw_table *table,
                                 const dw_sumstat_columns *columns,
                                 bool zero_based, dw_err *err)
{
    dw_text_study *s = dw_alloc(1, sizeof *s);

    s->table = table;
    s->col = columns;
    s->codes = columns->format ? columns->format->codes : DW_CONTIG_PLINK;
    s->zero_based = zero_based;
    for (size_t i = 0; i < DW_FORMAT_ROWS; i++)
        s->select |= columns->rows[i] != DW_TABLE_NONE;
    dw_table_allow_split(table);
    if (find_places(s, err) == 0)
        return s;
    close_study(s);
    return NULL;
}

dw_places dw_text_study_places(const dw_text_study *s)
{
    return s->places;
}

static void share(void *self, dw_crew *crew)
{
    dw_text_study *s = self;

    dw_table_share(s->table, crew);
}

dw_study_source dw_text_study_source(dw_text_study *s)
{
    return (dw_study_source){s,           next_row, number, log10_of,   name,
                             rewind_rows, origin,   share,  close_study};
}
