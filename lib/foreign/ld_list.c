#include "foreign/ld_list.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "data/allele.h"
#include "input/contig_cache.h"
#include "input/meaning.h"
#include "input/read_bim.h"

enum { BIM_COLUMNS = 6 };

void dw_ld_list_clear(dw_ld_list *list)
{
    dw_contig_set_clear(&list->contigs);
    dw_free(list->name);
    dw_free(list->contig);
    dw_free(list->pos);
    dw_free(list->eaf);
    dw_texts_clear(&list->id);
    dw_texts_clear(&list->alt);
    dw_texts_clear(&list->ref);
    *list = (dw_ld_list){0};
}

int dw_ld_list_contig(const dw_ld_list *list, size_t begin, size_t end,
                      char contig[DW_CONTIG_MAX], dw_err *err)
{
    while (begin < end && list->contig[begin] == SIZE_MAX)
        begin++;
    if (begin == end)
        return dw_fail(err, DW_EDEGENERATE,
                       "%s: none of the variants of a matrix has a place",
                       list->name);
    strcpy(contig, list->contigs.name[list->contig[begin]]);
    return 0;
}

/* One row as it was read. */
struct row {
    const char *contig; /* "": not placed */
    uint32_t pos;
    dw_span id, alt, ref;
    double eaf;
};

static int grow(dw_ld_list *list, size_t need)
{
    void *contig = list->contig, *pos = list->pos, *eaf = list->eaf;
    int rc = dw_try_grow(&contig, &list->cap_contig, need, sizeof(size_t));

    list->contig = contig;
    if (rc == 0)
        rc = dw_try_grow(&pos, &list->cap_pos, need, sizeof *list->pos);
    list->pos = pos;
    if (rc == 0)
        rc = dw_try_grow(&eaf, &list->cap_eaf, need, sizeof *list->eaf);
    list->eaf = eaf;
    return rc;
}

static int add_upper(dw_texts *to, dw_span text)
{
    int rc = dw_texts_add(to, text.s, text.n);

    if (rc == 0) {
        char *s = to->bytes + to->start[to->n - 1];

        dw_allele_upper(s, s, text.n);
    }
    return rc;
}

/* Fit for one field of a line. */
static bool is_field(dw_span text)
{
    for (size_t i = 0; i < text.n; i++) {
        if ((unsigned char)text.s[i] < ' ' || text.s[i] == 0x7f)
            return false;
    }
    return true;
}

static int add_row(dw_ld_list *list, const struct row *row, dw_err *err)
{
    size_t c = SIZE_MAX;
    dw_span id = row->id.n ? row->id : dw_span_of(".");

    if (!is_field(id))
        return dw_fail(err, DW_EFORMAT,
                       "the id of variant %zu holds a control character",
                       list->n + 1);
    if (row->contig[0] &&
        (c = dw_contig_set_add(&list->contigs, row->contig)) == SIZE_MAX)
        goto no_memory;
    if (grow(list, list->n + 1) < 0 ||
        dw_texts_add(&list->id, id.s, id.n) < 0 ||
        add_upper(&list->alt, row->alt) < 0 ||
        add_upper(&list->ref, row->ref) < 0)
        goto no_memory;
    list->contig[list->n] = c;
    list->pos[list->n] = c == SIZE_MAX ? 0 : row->pos;
    list->eaf[list->n++] =
        row->eaf >= 0 && row->eaf <= 1 ? (float)row->eaf : NAN;
    return 0;
no_memory:
    return dw_fail(err, DW_ENOMEM, "not enough memory for %zu variants",
                   list->n + 1);
}

/* ---- a .bim ---- */

/* The first line has what no header has: a distance and a position. */
static int is_bim(dw_lines *lines, dw_err *err)
{
    dw_span line = {"", 0}, f[BIM_COLUMNS];
    int64_t pos;
    double cm;
    int rc;

    do
        rc = dw_lines_next(lines, &line, err);
    while (rc > 0 && line.n == 0);
    if (rc <= 0)
        return rc;
    return dw_text_split(line, ' ', f, BIM_COLUMNS) == BIM_COLUMNS &&
           dw_text_double(f[2], &cm) == 0 && dw_text_int64(f[3], &pos) == 0;
}

static int read_bim(dw_ld_list *list, dw_lines *take_lines, dw_err *err)
{
    dw_bim *bim = dw_bim_take(take_lines);
    dw_bim_row row;
    int rc;

    while ((rc = dw_bim_next(bim, &row, err)) > 0) {
        const struct row r = {row.contig, row.pos, row.id,
                              row.a1,     row.a2,  (double)NAN};

        if ((rc = add_row(list, &r, err)) < 0) {
            dw_err_prefix(err, "%s", dw_lines_name(dw_bim_lines(bim)));
            break;
        }
    }
    list->digest = dw_lines_digest(dw_bim_lines(bim));
    dw_bim_close(bim);
    return rc;
}

/* ---- a table ---- */

struct columns {
    int contig, pos, id, alt, ref, eaf, n;
};

/* The first of the names that the table has, or of the common ones. */
static int find(const dw_table *t, const char *first, dw_meaning meaning)
{
    int column = first ? dw_table_find(t, first) : DW_TABLE_NONE;

    return column == DW_TABLE_NONE ? dw_meaning_find(t, meaning) : column;
}

static int find_columns(const dw_table *t, struct columns *c, dw_err *err)
{
    const char *missing = NULL;

    c->contig = find(t, NULL, DW_MEANING_CHR);
    c->pos = find(t, "PhysPos", DW_MEANING_POS);
    c->id = find(t, NULL, DW_MEANING_ID);
    c->alt = find(t, "allele1", DW_MEANING_EA);
    c->ref = find(t, "allele2", DW_MEANING_OA);
    c->eaf = find(t, NULL, DW_MEANING_EAF);
    c->n = find(t, NULL, DW_MEANING_N);
    missing = c->contig == DW_TABLE_NONE ? "chromosome"
              : c->pos == DW_TABLE_NONE  ? "position"
              : c->alt == DW_TABLE_NONE  ? "allele1"
              : c->ref == DW_TABLE_NONE  ? "allele2"
                                         : NULL;
    if (!missing)
        return 0;
    return dw_fail(err, DW_EFORMAT,
                   "%s: no column %s: a list of the variants of a matrix is a "
                   ".bim, or a table with chromosome, position, allele1 "
                   "(counted), allele2",
                   dw_lines_name(dw_table_lines(t)), missing);
}

static int read_row(dw_table *t, const struct columns *c,
                    dw_contig_cache *contig, struct row *row, double *people,
                    dw_err *err)
{
    *row = (struct row){.eaf = (double)NAN};
    if (dw_contig_cache_take(contig, dw_table_field(t, c->contig),
                             DW_CONTIG_PLINK) == 0 &&
        !dw_text_is_na(dw_table_field(t, c->pos)) &&
        dw_table_position(t, c->pos, &row->pos, err) < 0)
        return err->code;
    row->contig = contig->name;
    row->alt = dw_table_field(t, c->alt);
    row->ref = dw_table_field(t, c->ref);
    if (c->id != DW_TABLE_NONE)
        row->id = dw_table_field(t, c->id);
    if (c->eaf != DW_TABLE_NONE &&
        dw_table_double(t, c->eaf, &row->eaf, err) < 0)
        return err->code;
    *people = 0;
    if (c->n != DW_TABLE_NONE && dw_table_double(t, c->n, people, err) < 0)
        return err->code;
    return 0;
}

static int read_table(dw_ld_list *list, const char *path, dw_err *err)
{
    dw_table *t = dw_table_open(path, err);
    dw_contig_cache contig = {0};
    struct columns c = {0};
    struct row row;
    double people;
    int rc = t ? find_columns(t, &c, err) : err->code;

    if (rc < 0) {
        dw_table_close(t);
        return rc;
    }
    while ((rc = dw_table_next(t, err)) > 0) {
        if ((rc = read_row(t, &c, &contig, &row, &people, err)) < 0)
            break;
        if ((rc = add_row(list, &row, err)) < 0) {
            dw_err_prefix(err, "%s", path);
            break;
        }
        if (people > (double)list->people && people < 1e12)
            list->people = (uint64_t)people;
    }
    list->digest = dw_lines_digest(dw_table_lines(t));
    dw_table_close(t);
    return rc;
}

int dw_ld_list_read(dw_ld_list *list, const char *path, dw_err *err)
{
    dw_lines *lines = dw_lines_open_kept(path, err);
    int rc = lines ? is_bim(lines, err) : err->code;

    dw_ld_list_clear(list);
    list->name = dw_strdup(path);
    if (rc > 0 && (rc = dw_lines_rewind(lines, err)) == 0)
        return read_bim(list, lines, err);
    dw_lines_close(lines);
    return rc < 0 ? rc : read_table(list, path, err);
}
