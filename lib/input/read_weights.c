#include "input/read_weights.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"
#include "data/allele.h"
#include "input/site_text.h"
#include "input/table.h"

enum { CHR, POS, ID, EA, OA, WEIGHT, ROLES };
enum { NAMES_MAX = 8 };

static const char *const ROLE_NAMES[ROLES] = {"CHR", "POS", "ID",
                                              "EA",  "OA",  "WEIGHT"};

/* What a column may be called, the surest first.  Effect alleles follow the
 * usage of the files that go with each name. */
static const char *const KNOWN[ROLES][NAMES_MAX] = {
    [CHR] = {"hm_chr", "CHR", "CHROM", "chr_name", "chromosome"},
    [POS] = {"hm_pos", "POS", "BP", "chr_position", "base_pair_location",
             "position"},
    [ID] = {"ID", "SNP", "rsID", "variant_id", "hm_rsID"},
    [EA] = {"effect_allele", "EA", "A1"},
    [OA] = {"other_allele", "OA", "NEA", "A2", "hm_inferOtherAllele"},
    [WEIGHT] = {"WEIGHT", "effect_weight", "BETA", "SCORE"},
};

struct dw_weights {
    dw_weight *item;
    size_t n, cap;
    char (*contig)[DW_CONTIG_MAX];
    size_t n_contigs, cap_contigs;
    dw_buf texts;
    bool by_id;
    dw_map *ids; /* to item: the first of its id */
};

enum { NOWHERE = UINT32_MAX };

/* ---- columns ---- */

static int set_columns(const dw_table *t, const char *columns, int at[ROLES],
                       dw_err *err)
{
    while (columns && *columns) {
        size_t n = strcspn(columns, ","), role = 0, key = strcspn(columns, "=");
        char *name;
        int rc;

        while (role < ROLES && !(key < n && strlen(ROLE_NAMES[role]) == key &&
                                 strncmp(columns, ROLE_NAMES[role], key) == 0))
            role++;
        if (role == ROLES)
            return dw_fail(err, DW_EUSAGE,
                           "--columns: \"%.*s\" is not one of CHR=, POS=, ID=, "
                           "EA=, OA=, WEIGHT= and a column",
                           n > 60 ? 60 : (int)n, columns);
        name = dw_strndup(columns + key + 1, n - key - 1);
        rc = dw_table_require(t, name, &at[role], err);
        dw_free(name);
        if (rc < 0)
            return rc;
        columns += n + (columns[n] == ',');
    }
    return 0;
}

static int find_columns(const dw_table *t, const char *columns, int at[ROLES],
                        dw_err *err)
{
    int ref = dw_table_find(t, "REF"), alt = dw_table_find(t, "ALT"), rc;

    for (size_t r = 0; r < ROLES; r++) {
        at[r] = DW_TABLE_NONE;
        for (size_t i = 0; i < NAMES_MAX && KNOWN[r][i]; i++) {
            if (at[r] == DW_TABLE_NONE)
                at[r] = dw_table_find(t, KNOWN[r][i]);
        }
    }
    if (at[EA] == DW_TABLE_NONE && alt != DW_TABLE_NONE) {
        at[EA] = alt;
        at[OA] = ref;
    }
    if ((rc = set_columns(t, columns, at, err)) < 0)
        return rc;
    if (at[CHR] == DW_TABLE_NONE || at[POS] == DW_TABLE_NONE)
        at[CHR] = at[POS] = DW_TABLE_NONE;
    for (size_t r = 0; r < ROLES; r++) {
        bool needed =
            r == EA || r == WEIGHT ||
            (at[CHR] == DW_TABLE_NONE && at[ID] == DW_TABLE_NONE && r == CHR);

        if (needed && at[r] == DW_TABLE_NONE)
            return dw_fail(err, DW_EFORMAT,
                           "%s: no column of the %s (%s ...); name it by "
                           "--columns %s=NAME",
                           dw_lines_name(dw_table_lines(t)),
                           r == EA       ? "effect allele"
                           : r == WEIGHT ? "weight"
                                         : "chromosome and position, or id",
                           KNOWN[r][r == EA ? 0 : 1], ROLE_NAMES[r]);
    }
    return 0;
}

/* ---- rows ---- */

/* The contig's index, made if there was none; NOWHERE: no memory. */
static uint32_t take_contig(dw_weights *w, const char *name)
{
    void *p = w->contig;

    for (size_t c = w->n_contigs; c-- > 0;) {
        if (strcmp(w->contig[c], name) == 0)
            return (uint32_t)c;
    }
    if (dw_try_grow(&p, &w->cap_contigs, w->n_contigs + 1, sizeof *w->contig) <
        0)
        return NOWHERE;
    w->contig = p;
    strcpy(w->contig[w->n_contigs], name);
    return (uint32_t)w->n_contigs++;
}

static bool is_allele(dw_span a)
{
    return dw_site_is_allele(a) && !dw_text_is_na(a);
}

/* Where the row's variant is; the reason if it has no place. */
static const char *place_of(dw_weights *w, const dw_table *t,
                            const int at[ROLES], dw_weight *x, dw_err *err)
{
    char contig[DW_CONTIG_MAX];

    x->contig = NOWHERE;
    if (w->by_id)
        return NULL;
    if (dw_text_is_na(dw_table_field(t, at[POS])) ||
        dw_contig_name(dw_table_field(t, at[CHR]), DW_CONTIG_PLINK, contig) < 0)
        return "no_position";
    if (dw_table_position(t, at[POS], &x->pos, err) < 0)
        return "fault";
    x->contig = take_contig(w, contig);
    return NULL;
}

/* Adds the current row, or tallies why not. */
static int take_row(dw_weights *w, const dw_table *t, const int at[ROLES],
                    dw_tally *tally, dw_err *err)
{
    dw_span id = {"", 0}, oa = {"", 0}, ea = dw_table_field(t, at[EA]);
    const char *reason;
    void *p = w->item;
    dw_weight x = {0};

    if (dw_table_double(t, at[WEIGHT], &x.weight, err) < 0)
        return err->code;
    reason = place_of(w, t, at, &x, err);
    if (err->code)
        return err->code;
    if (at[ID] != DW_TABLE_NONE)
        id = dw_table_field(t, at[ID]);
    if (at[OA] != DW_TABLE_NONE)
        oa = dw_table_field(t, at[OA]);
    if (!reason && !isfinite(x.weight))
        reason = "no_weight";
    if (!reason && !is_allele(ea))
        reason = "bad_allele";
    if (reason) {
        dw_tally_add(tally, reason, 1);
        return 0;
    }
    if ((x.contig == NOWHERE && !w->by_id) ||
        dw_try_grow(&p, &w->cap, w->n + 1, sizeof *w->item) < 0)
        return dw_fail(err, DW_ENOMEM, "not enough memory for %zu weights",
                       w->n + 1);
    w->item = p;
    x.ea = dw_site_text(&w->texts, ea, true);
    /* "A/T": inferred, and not known which. */
    x.oa = is_allele(oa) && !memchr(oa.s, '/', oa.n)
               ? dw_site_text(&w->texts, oa, true)
               : 0;
    x.id = w->by_id ? dw_site_text(&w->texts, id, false) : 0;
    w->item[w->n++] = x;
    return 0;
}

static int cmp_weights(const void *a, const void *b)
{
    const dw_weight *x = a, *y = b;

    if (x->contig != y->contig)
        return x->contig < y->contig ? -1 : 1;
    if (x->pos != y->pos)
        return x->pos < y->pos ? -1 : 1;
    return (x->ea > y->ea) - (x->ea < y->ea); /* the order of the lines */
}

static void sort_weights(dw_weights *w)
{
    if (w->n)
        qsort(w->item, w->n, sizeof *w->item, cmp_weights);
}

dw_weights *dw_weights_read(const char *path, const char *columns,
                            dw_tally *tally, dw_err *err)
{
    dw_table *t = dw_table_open(path, err);
    dw_weights *w = dw_alloc(1, sizeof *w);
    int at[ROLES], rc = t ? find_columns(t, columns, at, err) : err->code;

    dw_buf_addc(&w->texts, 0); /* offset 0 is "" */
    if (rc == 0)
        w->by_id = at[CHR] == DW_TABLE_NONE;
    while (rc == 0 && (rc = dw_table_next(t, err)) > 0) {
        dw_tally_add(tally, "rows", 1);
        rc = take_row(w, t, at, tally, err);
    }
    dw_table_close(t);
    if (rc < 0) {
        dw_weights_free(w);
        return NULL;
    }
    sort_weights(w);
    return w;
}

void dw_weights_free(dw_weights *w)
{
    if (!w)
        return;
    dw_free(w->item);
    dw_free(w->contig);
    dw_buf_clear(&w->texts);
    dw_map_free(w->ids);
    dw_free(w);
}

/* ---- asking ---- */

size_t dw_weights_size(const dw_weights *w)
{
    return w->n;
}

const dw_weight *dw_weights_at(const dw_weights *w, size_t i)
{
    return &w->item[i];
}

const char *dw_weights_contig(const dw_weights *w, const dw_weight *x)
{
    return w->contig[x->contig];
}

const char *dw_weights_text(const dw_weights *w, size_t text)
{
    return w->texts.s + text;
}

bool dw_weights_by_id(const dw_weights *w)
{
    return w->by_id;
}

/* The first weight whose contig's index is at least c. */
static size_t first_of(const dw_weights *w, uint32_t c)
{
    size_t lo = 0, hi = w->n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (w->item[mid].contig < c)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

void dw_weights_of(const dw_weights *w, const char *contig, size_t *begin,
                   size_t *end)
{
    *begin = *end = 0;
    for (uint32_t c = 0; c < w->n_contigs; c++) {
        if (strcmp(w->contig[c], contig) == 0) {
            *begin = first_of(w, c);
            *end = first_of(w, c + 1);
        }
    }
}

/* ---- places by id ---- */

static int index_ids(dw_weights *w, dw_err *err)
{
    w->ids = dw_map_new();
    for (size_t i = 0; i < w->n; i++) {
        const char *id = dw_weights_text(w, w->item[i].id);
        bool fresh;
        uint64_t *at = dw_map_put(w->ids, id, strlen(id), &fresh);

        if (!at)
            return dw_fail(err, DW_ENOMEM, "not enough memory for %zu ids",
                           w->n);
        w->item[i].next = fresh ? SIZE_MAX : (size_t)*at;
        *at = i;
    }
    return 0;
}

int dw_weights_place(dw_weights *w, const char *id, const char *contig,
                     uint32_t pos, dw_err *err)
{
    const uint64_t *at;

    if (!w->ids && index_ids(w, err) < 0)
        return err->code;
    at = dw_map_get(w->ids, id, strlen(id));
    if (!at || strcmp(id, ".") == 0)
        return 0;
    for (size_t i = (size_t)*at; i != SIZE_MAX; i = w->item[i].next) {
        dw_weight *x = &w->item[i];

        if (x->contig != NOWHERE)
            break;
        x->contig = take_contig(w, contig);
        x->pos = pos;
        if (x->contig == NOWHERE)
            return dw_fail(err, DW_ENOMEM, "not enough memory for contigs");
    }
    return 0;
}

void dw_weights_placed(dw_weights *w, dw_tally *tally)
{
    size_t placed;

    sort_weights(w);
    placed = first_of(w, NOWHERE);
    if (placed < w->n)
        dw_tally_add(tally, "not_in_panel", w->n - placed);
    w->n = placed;
    dw_map_free(w->ids);
    w->ids = NULL;
}
