#include "study/sumstat_format.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"

enum { NAME_MAX_BYTES = 128 };

/* The ways to z by the names that they have in format_table. */
static const struct way {
    const char *name;
    dw_z_kind kind;
    dw_meaning by;
} ways[] = {
    {"Z", DW_Z_OF_Z, DW_MEANING_Z},
    {"SE", DW_Z_OF_SE, DW_MEANING_SE},
    {"LOG10P", DW_Z_OF_LOG10P, DW_MEANING_LOG10P},
    {"LOGP", DW_Z_OF_LOGP, DW_MEANING_LOGP},
    {"CHISQ", DW_Z_OF_CHISQ, DW_MEANING_CHISQ},
    {"P", DW_Z_OF_P, DW_MEANING_P},
    {"CI", DW_Z_OF_INTERVAL, DW_MEANING_CILO},
};
/* An interval comes last: it is printed with the fewest digits. */
static const char *const COMMON_WAYS = "Z SE LOG10P LOGP CHISQ P CI";

/* What a known format need not say: none of these depends on an allele. */
static const dw_meaning by_common_name[] = {
    DW_MEANING_CHR,   DW_MEANING_POS,  DW_MEANING_ID,   DW_MEANING_N,
    DW_MEANING_NHALF, DW_MEANING_NCAS, DW_MEANING_NCON, DW_MEANING_INFO,
};

const char *dw_sumstat_format_name(const dw_sumstat_columns *c)
{
    return c->format ? c->format->name : "table";
}

void dw_sumstat_format_list(dw_buf *out)
{
    size_t n;
    const dw_study_format *f = dw_study_formats(&n);

    for (size_t i = 0; i < n; i++)
        dw_buf_addf(out, "%s, ", f[i].name);
    dw_buf_adds(out, "gwasvcf, table");
}

/* ---- names in lists ---- */

/* Takes the next word of a list, ended by any of `ends`; false at the end. */
static bool next_word(const char **list, const char *ends,
                      char word[NAME_MAX_BYTES])
{
    size_t n;

    if (!*list)
        return false;
    *list += strspn(*list, ends);
    n = strcspn(*list, ends);
    if (n == 0)
        return false;
    n = n < NAME_MAX_BYTES ? n : NAME_MAX_BYTES - 1;
    memcpy(word, *list, n);
    word[n] = 0;
    *list += strcspn(*list, ends);
    return true;
}

/* A column by its name, or by how it begins: "FRQ_A_*". */
static int find_one(const dw_table *t, const char *name)
{
    size_t n = strlen(name);

    if (n == 0 || name[n - 1] != '*')
        return dw_table_find(t, name);
    for (size_t i = 0; i < dw_table_width(t); i++) {
        if (strncasecmp(dw_table_name(t, i), name, n - 1) == 0)
            return (int)i;
    }
    return DW_TABLE_NONE;
}

/* The first column that there is of "A|B". */
static int find_column(const dw_table *t, const char *names)
{
    char name[NAME_MAX_BYTES];
    int column = DW_TABLE_NONE;

    while (column == DW_TABLE_NONE && next_word(&names, "|", name))
        column = find_one(t, name);
    return column;
}

/* How many of the list are there; *all is set to whether all are. */
static size_t count_there(const dw_table *t, const char *list, bool *all)
{
    char word[NAME_MAX_BYTES];
    size_t n = 0;

    *all = true;
    while (next_word(&list, " ", word)) {
        bool there = find_column(t, word) != DW_TABLE_NONE;

        n += there;
        *all &= there;
    }
    return n;
}

/* Reads "EA=A1,OA=A2". */
static int apply_columns(dw_sumstat_columns *c, const dw_table *t,
                         const char *columns, dw_column_why why, dw_err *err)
{
    char word[NAME_MAX_BYTES];

    while (next_word(&columns, ",", word)) {
        char *name = strchr(word, '=');
        int meaning =
            name ? dw_meaning_named((dw_span){word, (size_t)(name - word)})
                 : -1;
        int column, rc;

        if (meaning < 0)
            return dw_fail(err, DW_EUSAGE,
                           "--columns: \"%s\" is not MEANING=COLUMN; meanings "
                           "are%s",
                           word, dw_meaning_names());
        if (why == DW_COLUMN_BY_USER) {
            if ((rc = dw_table_require(t, name + 1, &column, err)) < 0)
                return rc;
        } else {
            column = find_column(t, name + 1);
        }
        if (c->column[meaning] == DW_TABLE_NONE) {
            c->column[meaning] = column;
            c->why[meaning] = why;
        }
    }
    return 0;
}

/* ---- alleles ---- */

static int refuse_header(const dw_table *t, const char *why, const char *mend,
                         dw_err *err)
{
    dw_buf names = {0};

    dw_table_list(t, &names);
    dw_fail(err, DW_EFORMAT, "%s:%zu: %s; %s (the header has: %s)",
            dw_lines_name(dw_table_lines(t)), dw_table_header_line(t), why,
            mend, names.s);
    dw_buf_clear(&names);
    return DW_EFORMAT;
}

static const char *const SAY_ALLELES = "say it with --columns EA=NAME,OA=NAME";

/* A column that says by its name that it is the effect allele, or NONE. */
static int effect_word(const dw_table *t)
{
    size_t n;
    const dw_allele_pair *pairs = dw_allele_pairs(&n);
    int column = DW_TABLE_NONE;

    for (size_t i = 0; i < n && column == DW_TABLE_NONE; i++) {
        if (pairs[i].plain)
            column = dw_table_find(t, pairs[i].effect);
    }
    return column;
}

/* A free table: one pair of names, or a refusal.  The effect allele may have a
 * column of its own beside a pair that does not say which it is. */
static int find_pair(dw_sumstat_columns *c, const dw_table *t, dw_err *err)
{
    size_t n;
    const dw_allele_pair *pairs = dw_allele_pairs(&n), *found = NULL;

    for (size_t i = 0; i < n; i++) {
        const dw_allele_pair *pair = &pairs[i];

        if (dw_table_find(t, pair->effect) == DW_TABLE_NONE ||
            dw_table_find(t, pair->other) == DW_TABLE_NONE)
            continue;
        if (found && !found->plain)
            return refuse_header(
                t, "more than one pair of alleles, and which has the effect?",
                SAY_ALLELES, err);
        if (!found)
            found = pair;
    }
    if (!found)
        return refuse_header(
            t, "no columns that are surely the effect and the other allele",
            SAY_ALLELES, err);
    if (strcmp(found->effect, "ALT") == 0 &&
        dw_table_find(t, "A1") != DW_TABLE_NONE)
        return refuse_header(t, "is ALT or A1 the effect allele?", SAY_ALLELES,
                             err);
    c->column[DW_MEANING_EA] = dw_table_find(t, found->effect);
    c->column[DW_MEANING_OA] = dw_table_find(t, found->other);
    if (!found->plain && effect_word(t) != DW_TABLE_NONE) {
        c->alt = c->column[DW_MEANING_EA];
        c->ref = c->column[DW_MEANING_OA];
        c->column[DW_MEANING_EA] = effect_word(t);
        c->column[DW_MEANING_OA] = DW_TABLE_NONE;
    }
    return 0;
}

static int find_alleles(dw_sumstat_columns *c, const dw_table *t, dw_err *err)
{
    bool ea = c->column[DW_MEANING_EA] != DW_TABLE_NONE;
    bool oa = c->column[DW_MEANING_OA] != DW_TABLE_NONE;

    if (ea && c->column[DW_MEANING_EA] == c->column[DW_MEANING_OA])
        return refuse_header(t, "one column for both alleles", SAY_ALLELES,
                             err);
    if (c->format && c->format->alleles_of_id && !ea && !oa)
        return 0;
    if (ea && !oa && c->format && c->format->other_of_pair) {
        c->ref = dw_table_find(t, "REF");
        c->alt = dw_table_find(t, "ALT");
        return 0;
    }
    if (ea && (oa || (c->format && c->format->other_of_ref)))
        return 0;
    if (c->format || ea || oa)
        return refuse_header(t,
                             ea ? "no column for the other allele"
                                : "no column for the effect allele",
                             SAY_ALLELES, err);
    return find_pair(c, t, err);
}

/* ---- the ways to z ---- */

/* Adds the ways of that name that the columns allow: with the effect, and with
 * the log of the odds ratio. */
static size_t open_way(dw_sumstat_columns *c, const char *name)
{
    size_t before = c->plan.n;

    for (size_t i = 0; i < DW_COUNT(ways); i++) {
        int by = c->column[ways[i].by];
        int upper = c->column[DW_MEANING_CIHI];
        const int effect[2] = {c->column[DW_MEANING_BETA],
                               c->column[DW_MEANING_OR]};

        if (strcmp(ways[i].name, name) != 0 || by == DW_TABLE_NONE ||
            (ways[i].kind == DW_Z_OF_INTERVAL && upper == DW_TABLE_NONE))
            continue;
        if (ways[i].kind == DW_Z_OF_Z)
            dw_z_plan_add(&c->plan, (dw_z_way){DW_Z_OF_Z, false, by, by, by});
        for (int odds = 0; odds < 2 && ways[i].kind != DW_Z_OF_Z; odds++) {
            if (effect[odds] != DW_TABLE_NONE)
                dw_z_plan_add(&c->plan, (dw_z_way){ways[i].kind, odds != 0, by,
                                                   upper, effect[odds]});
        }
    }
    return c->plan.n - before;
}

/* Adds the ways of a list: "CHISQ=CHISQ_BOLT_LMM SE P". */
static void open_ways(dw_sumstat_columns *c, const dw_table *t,
                      const char *list)
{
    char word[NAME_MAX_BYTES];

    while (next_word(&list, " ", word)) {
        char *own = strchr(word, '=');
        int saved, meaning;

        if (!own) {
            open_way(c, word);
            continue;
        }
        *own++ = 0;
        meaning = dw_meaning_named(dw_span_of(word));
        saved = c->column[meaning];
        c->column[meaning] = dw_table_find(t, own);
        /* What was first opened stands for the meaning. */
        if (!open_way(c, word) || saved != DW_TABLE_NONE)
            c->column[meaning] = saved;
        else
            c->why[meaning] = DW_COLUMN_BY_FORMAT;
    }
}

static int find_ways(dw_sumstat_columns *c, const dw_table *t, dw_err *err)
{
    /* What the user named goes before what the format prefers. */
    for (size_t i = 0; i < DW_COUNT(ways); i++) {
        if (c->column[ways[i].by] != DW_TABLE_NONE &&
            c->why[ways[i].by] == DW_COLUMN_BY_USER)
            open_way(c, ways[i].name);
    }
    if (c->format)
        open_ways(c, t, c->format->ways);
    open_ways(c, t, COMMON_WAYS);
    if (c->plan.n)
        return 0;
    return refuse_header(
        t,
        "no columns to make z of: Z; or BETA (or OR) with SE, LOG10P, CHISQ, P "
        "or its interval",
        "name them with --columns, as BETA=NAME,SE=NAME", err);
}

/* ---- all of it ---- */

/* Does the header name an effect allele, of which the format knows nothing?
 * Then somebody has made another table of it. */
static bool says_otherwise(const dw_table *t, const dw_study_format *f)
{
    return effect_word(t) != DW_TABLE_NONE &&
           !strstr(f->columns, "effect_allele");
}

static const dw_study_format *tell_format(const dw_table *t)
{
    size_t n;
    const dw_study_format *f = dw_study_formats(&n);

    for (size_t i = 0; i < n; i++) {
        bool all, ignored;

        count_there(t, f[i].tells, &all);
        if (all && (!f[i].never || !count_there(t, f[i].never, &ignored)) &&
            !says_otherwise(t, &f[i]))
            return &f[i];
    }
    return NULL;
}

static int choose_format(dw_sumstat_columns *c, const dw_table *t,
                         const char *name, dw_err *err)
{
    size_t n;
    const dw_study_format *f = dw_study_formats(&n);
    dw_buf list = {0};

    c->format = NULL;
    if (!name)
        c->format = tell_format(t);
    if (!name || strcmp(name, "table") == 0)
        return 0;
    for (size_t i = 0; i < n && !c->format; i++) {
        if (strcmp(f[i].name, name) == 0)
            c->format = &f[i];
    }
    if (c->format)
        return 0;
    dw_sumstat_format_list(&list);
    dw_fail(err, DW_EUSAGE, "--format %s: formats are %s", name, list.s);
    dw_buf_clear(&list);
    return DW_EUSAGE;
}

/* Harmonised and raw columns of the GWAS Catalog may not be mixed. */
static int check_harmonised(const dw_sumstat_columns *c, const dw_table *t,
                            dw_err *err)
{
    bool all;
    size_t n = count_there(t,
                           "hm_chrom hm_pos hm_effect_allele "
                           "hm_other_allele",
                           &all);

    if (n == 0 || all || c->why[DW_MEANING_EA] == DW_COLUMN_BY_USER)
        return 0;
    return refuse_header(t,
                         "some of the harmonised columns (hm_) are there and "
                         "some are not",
                         "name all of what is to be read with --columns", err);
}

static int check_place(const dw_sumstat_columns *c, const dw_table *t,
                       dw_err *err)
{
    bool chr = c->column[DW_MEANING_CHR] != DW_TABLE_NONE;
    bool pos = c->column[DW_MEANING_POS] != DW_TABLE_NONE;
    int ignored;

    if (chr && !pos)
        return dw_table_require(t, "POS", &ignored, err);
    if (pos && !chr)
        return dw_table_require(t, "CHR", &ignored, err);
    if (!pos && c->column[DW_MEANING_ID] == DW_TABLE_NONE)
        return dw_table_require(t, "CHR", &ignored, err);
    return 0;
}

bool dw_sumstat_column_used(const dw_sumstat_columns *c, int column)
{
    for (size_t i = 0; i < DW_MEANING_COUNT; i++) {
        if (c->column[i] == column)
            return true;
    }
    for (size_t i = 0; i < c->plan.n; i++) {
        if (c->plan.way[i].by == column)
            return true;
    }
    for (size_t i = 0; i < DW_FORMAT_ROWS; i++) {
        if (c->rows[i] == column)
            return true;
    }
    return column == c->ref || column == c->alt;
}

/* Two columns of one name cannot be told apart. */
static int check_names(const dw_sumstat_columns *c, const dw_table *t,
                       dw_err *err)
{
    for (size_t i = 0; i < dw_table_width(t); i++) {
        int twin;

        if (!dw_sumstat_column_used(c, (int)i) ||
            (twin = dw_table_namesake(t, (int)i)) == DW_TABLE_NONE)
            continue;
        for (size_t m = 0; m < DW_MEANING_COUNT; m++) {
            /* Named by the user, in a spelling that only one of them has. */
            if (c->column[m] == (int)i && c->why[m] == DW_COLUMN_BY_USER &&
                strcmp(dw_table_name(t, i), dw_table_name(t, (size_t)twin)))
                twin = DW_TABLE_NONE;
        }
        if (twin != DW_TABLE_NONE)
            return dw_fail(err, DW_EFORMAT,
                           "%s:%zu: column %s is there twice, as the %zuth and "
                           "the %dth: rename the one that is not meant",
                           dw_lines_name(dw_table_lines(t)),
                           dw_table_header_line(t), dw_table_name(t, i), i + 1,
                           twin + 1);
    }
    return 0;
}

/* The number at the end of a column's name: FRQ_A_19099. */
static double number_in_name(const dw_table *t, const char *begins)
{
    int column = find_one(t, begins);
    double x;

    if (column == DW_TABLE_NONE ||
        dw_text_double(
            dw_span_of(dw_table_name(t, (size_t)column) + strlen(begins) - 1),
            &x) < 0 ||
        !(x > 0 && x < 1e9))
        return 0;
    return x;
}

static void clear_columns(dw_sumstat_columns *c)
{
    *c = (dw_sumstat_columns){.ref = DW_TABLE_NONE, .alt = DW_TABLE_NONE};
    for (size_t i = 0; i < DW_MEANING_COUNT; i++)
        c->column[i] = DW_TABLE_NONE;
    for (size_t i = 0; i < DW_FORMAT_ROWS; i++)
        c->rows[i] = DW_TABLE_NONE;
}

/* Is there an allele called the first, which is not the effect allele? */
static bool first_is_another(const dw_sumstat_columns *c, const dw_table *t)
{
    const char *ea = dw_table_name(t, (size_t)c->column[DW_MEANING_EA]);

    if (strcasecmp(ea, "A1") == 0 || strcasecmp(ea, "ALLELE1") == 0)
        return false;
    return c->why[DW_MEANING_EA] == DW_COLUMN_BY_USER ||
           strcasecmp(ea, "ALT") == 0 ||
           dw_table_find(t, "A1") != DW_TABLE_NONE ||
           dw_table_find(t, "ALLELE1") != DW_TABLE_NONE;
}

/* A frequency that says whose it is belongs to no other allele: with EA=A2, or
 * ALT beside REF, that of A1 is none.  Nor is one that does not say, where the
 * effect allele is now one of a pair and now the other. */
static void check_frequency(dw_sumstat_columns *c, const dw_table *t)
{
    bool either = !c->format && c->alt != DW_TABLE_NONE;
    int *eaf = &c->column[DW_MEANING_EAF];
    const char *list = either ? "A1FREQ A1_FREQ AF1 FREQ1 AF FREQ FRQ"
                              : "A1FREQ A1_FREQ AF1 FREQ1";
    char word[NAME_MAX_BYTES];

    if (*eaf == DW_TABLE_NONE || c->why[DW_MEANING_EAF] == DW_COLUMN_BY_USER ||
        (c->format && c->why[DW_MEANING_EA] != DW_COLUMN_BY_USER) ||
        (!either && !first_is_another(c, t)))
        return;
    while (next_word(&list, " ", word)) {
        if (dw_table_find(t, word) == *eaf || c->format) {
            *eaf = DW_TABLE_NONE;
            return;
        }
    }
}

static void find_by_name(dw_sumstat_columns *c, const dw_table *t)
{
    if (!c->format) {
        for (size_t i = 0; i < DW_MEANING_COUNT; i++) {
            if (c->column[i] == DW_TABLE_NONE &&
                !(i == DW_MEANING_OA && c->alt != DW_TABLE_NONE))
                c->column[i] = dw_meaning_find(t, (dw_meaning)i);
        }
        return;
    }
    for (size_t i = 0; i < DW_COUNT(by_common_name); i++) {
        dw_meaning m = by_common_name[i];

        if (c->column[m] == DW_TABLE_NONE &&
            !(m == DW_MEANING_N && c->format->own_n)) {
            c->column[m] = dw_meaning_find(t, m);
            c->why[m] = DW_COLUMN_BY_NAME;
        }
    }
    for (size_t i = 0; i < DW_FORMAT_ROWS; i++) {
        if (c->format->rows[i].column)
            c->rows[i] = dw_table_find(t, c->format->rows[i].column);
    }
}

int dw_sumstat_columns_find(dw_sumstat_columns *c, const dw_table *t,
                            const char *format, const char *columns,
                            dw_err *err)
{
    int rc;

    clear_columns(c);
    if ((rc = choose_format(c, t, format, err)) < 0 ||
        (rc = apply_columns(c, t, columns, DW_COLUMN_BY_USER, err)) < 0)
        return rc;
    if (c->format && (rc = apply_columns(c, t, c->format->columns,
                                         DW_COLUMN_BY_FORMAT, err)) < 0)
        return rc;
    if ((rc = check_harmonised(c, t, err)) < 0 ||
        (rc = find_alleles(c, t, err)) < 0)
        return rc;
    find_by_name(c, t);
    check_frequency(c, t);
    c->cases = number_in_name(t, "FRQ_A_*");
    c->controls = number_in_name(t, "FRQ_U_*");
    if ((rc = check_place(c, t, err)) < 0 || (rc = find_ways(c, t, err)) < 0)
        return rc;
    return check_names(c, t, err);
}
