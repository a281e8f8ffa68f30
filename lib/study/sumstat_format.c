#include "study/sumstat_format.h"

#include <stdbool.h>
#include <string.h>

#include "base/mem.h"

enum { NAME_MAX_BYTES = 128 };

/* Which meanings a way to z needs: `by`, which makes it that way, and `sign`.
 * In the words, @ stands for the column of `by` and ^ for that of `sign`. */
static const struct way {
    dw_z_way way;
    const char *name;
    dw_meaning by, sign;
    const char *words;
} ways[] = {
    {DW_Z_Z, "Z", DW_MEANING_Z, DW_MEANING_Z, "@"},
    {DW_Z_BETA_SE, "SE", DW_MEANING_SE, DW_MEANING_BETA, "^ / @"},
    {DW_Z_OR_SE, "SE", DW_MEANING_SE, DW_MEANING_OR, "log(^) / @"},
    {DW_Z_CHISQ, "CHISQ", DW_MEANING_CHISQ, DW_MEANING_BETA, "sign(^) sqrt(@)"},
    {DW_Z_BETA_LOGP, "LOG10P", DW_MEANING_LOG10P, DW_MEANING_BETA,
     "from @, with the sign of ^"},
    {DW_Z_OR_LOGP, "LOG10P", DW_MEANING_LOG10P, DW_MEANING_OR,
     "from @, with the sign of log(^)"},
    {DW_Z_BETA_P, "P", DW_MEANING_P, DW_MEANING_BETA,
     "from @, with the sign of ^"},
    {DW_Z_OR_P, "P", DW_MEANING_P, DW_MEANING_OR,
     "from @, with the sign of log(^)"},
};

/*
 * The formats.  `tells`: a header that has all of these (and no column of
 * `not`) is of this format.  `columns`: as --columns takes them; a column that
 * the header lacks is passed over.  `ways`: the ways to z, the best first; one
 * with a column of its own is open only where the header has that.
 *
 * bolt: BETA and SE are the infinitesimal model's, so that BETA / SE is not the
 * z of the better model where there is one.
 */
static const struct format {
    const char *name, *tells, *not, *columns, *ways;
} formats[] = {
    {"bolt", "SNP CHR BP GENPOS ALLELE1 ALLELE0", "",
     "CHR=CHR,POS=BP,ID=SNP,EA=ALLELE1,OA=ALLELE0,EAF=A1FREQ,INFO=INFO,"
     "BETA=BETA,SE=SE",
     "CHISQ=CHISQ_BOLT_LMM P=P_BOLT_LMM CHISQ=CHISQ_BOLT_LMM_INF SE "
     "P=P_BOLT_LMM_INF CHISQ=CHISQ_LINREG P=P_LINREG"},
    {"fastgwa", "CHR SNP POS A1 A2 N AF1 BETA SE P", "",
     "CHR=CHR,POS=POS,ID=SNP,EA=A1,OA=A2,EAF=AF1,N=N,BETA=BETA,SE=SE,P=P",
     "SE P"},
    {"ldsc", "SNP A1 A2 N Z", "CHR BP POS",
     "ID=SNP,EA=A1,OA=A2,EAF=FRQ,N=N,Z=Z,INFO=INFO", "Z"},
};
static const char *const COMMON_WAYS = "Z SE LOG10P CHISQ P";

/* Which names go together.  The later ones say less of what they mean: two
 * such pairs in one header leave it open which allele has the effect. */
static const struct allele_pair {
    const char *effect, *other;
    bool plain; /* says what it means */
} allele_pairs[] = {
    {"EFFECT_ALLELE", "OTHER_ALLELE", true},
    {"EFFECT_ALLELE", "NON_EFFECT_ALLELE", true},
    {"EFFECT_ALLELE", "NONEFFECT_ALLELE", true},
    {"EA", "OA", true},
    {"EA", "NEA", true},
    {"TESTED_ALLELE", "OTHER_ALLELE", true},
    {"A1", "A2", false},
    {"A1", "A0", false},
    {"ALT", "REF", false},
};

const char *dw_sumstat_format_names(void)
{
    return "bolt, fastgwa, ldsc, table";
}

/* Takes the next word of a list, ended by any of `ends`; false at the end. */
static bool next_word(const char **list, const char *ends,
                      char word[NAME_MAX_BYTES])
{
    size_t n;

    *list += strspn(*list, ends);
    n = strcspn(*list, ends);
    if (n == 0)
        return false;
    n = n < NAME_MAX_BYTES ? n : NAME_MAX_BYTES - 1;
    memcpy(word, *list, n);
    word[n] = 0;
    *list += n;
    return true;
}

static bool has_all(const dw_table *t, const char *list)
{
    char word[NAME_MAX_BYTES];

    while (next_word(&list, " ", word)) {
        if (dw_table_find(t, word) == DW_TABLE_NONE)
            return false;
    }
    return true;
}

static bool has_any(const dw_table *t, const char *list)
{
    char word[NAME_MAX_BYTES];

    while (next_word(&list, " ", word)) {
        if (dw_table_find(t, word) != DW_TABLE_NONE)
            return true;
    }
    return false;
}

/* Reads "EA=A1,OA=A2". Strict: each column has to be there. */
static int apply_columns(dw_sumstat_columns *c, const dw_table *t,
                         const char *columns, bool strict, dw_err *err)
{
    char word[NAME_MAX_BYTES];

    while (columns && next_word(&columns, ",", word)) {
        char *name = strchr(word, '=');
        int meaning =
            name ? dw_meaning_named((dw_span){word, (size_t)(name - word)})
                 : -1;
        int column, rc;

        if (meaning < 0)
            return dw_fail(err, DW_EUSAGE,
                           "--columns: \"%s\" is not MEANING=COLUMN; meanings "
                           "are CHR POS ID EA OA EAF BETA OR SE Z CHISQ P "
                           "LOG10P N NCAS NCON INFO",
                           word);
        column = dw_table_find(t, name + 1);
        if (strict && (rc = dw_table_require(t, name + 1, &column, err)) < 0)
            return rc;
        if (c->column[meaning] == DW_TABLE_NONE)
            c->column[meaning] = column;
    }
    return 0;
}

/* ---- alleles ---- */

static int refuse_header(const dw_table *t, const char *why, dw_err *err)
{
    dw_buf names = {0};

    dw_table_list(t, &names);
    dw_fail(err, DW_EFORMAT,
            "%s:%zu: %s; say it with --columns EA=NAME,OA=NAME (the header "
            "has: %s)",
            dw_lines_name(dw_table_lines(t)), dw_table_header_line(t), why,
            names.s);
    dw_buf_clear(&names);
    return DW_EFORMAT;
}

/* The effect allele is never guessed: one pair of names, or a refusal. */
static int find_alleles(dw_sumstat_columns *c, const dw_table *t, dw_err *err)
{
    const struct allele_pair *found = NULL;

    bool ea = c->column[DW_MEANING_EA] != DW_TABLE_NONE;
    bool oa = c->column[DW_MEANING_OA] != DW_TABLE_NONE;

    if (ea && oa)
        return 0;
    if (ea || oa)
        return refuse_header(t,
                             ea ? "no column for the other allele"
                                : "no column for the effect allele",
                             err);
    for (size_t i = 0; i < DW_COUNT(allele_pairs); i++) {
        const struct allele_pair *pair = &allele_pairs[i];

        if (dw_table_find(t, pair->effect) == DW_TABLE_NONE ||
            dw_table_find(t, pair->other) == DW_TABLE_NONE)
            continue;
        if (found && !found->plain)
            return refuse_header(
                t, "more than one pair of alleles, and which has the effect?",
                err);
        if (!found)
            found = pair;
    }
    if (!found)
        return refuse_header(
            t, "no columns that are surely the effect and the other allele",
            err);
    if (strcmp(found->effect, "ALT") == 0 &&
        dw_table_find(t, "A1") != DW_TABLE_NONE)
        return refuse_header(t, "is ALT or A1 the effect allele?", err);
    c->column[DW_MEANING_EA] = dw_table_find(t, found->effect);
    c->column[DW_MEANING_OA] = dw_table_find(t, found->other);
    return 0;
}

/* ---- the way to z ---- */

/* Opens the first way of that name that the columns allow. */
static bool open_way(dw_sumstat_columns *c, const char *name)
{
    for (size_t i = 0; i < DW_COUNT(ways); i++) {
        if (strcmp(ways[i].name, name) == 0 &&
            c->column[ways[i].by] != DW_TABLE_NONE &&
            c->column[ways[i].sign] != DW_TABLE_NONE) {
            c->way = ways[i].way;
            return true;
        }
    }
    return false;
}

/* Tries the ways of a list in turn: "CHISQ=CHISQ_BOLT_LMM SE P". */
static bool try_ways(dw_sumstat_columns *c, const dw_table *t, const char *list)
{
    char word[NAME_MAX_BYTES];

    while (next_word(&list, " ", word)) {
        char *own = strchr(word, '=');
        int saved, meaning;

        if (!own) {
            if (open_way(c, word))
                return true;
            continue;
        }
        *own++ = 0;
        meaning = dw_meaning_named(dw_span_of(word));
        saved = c->column[meaning];
        c->column[meaning] = dw_table_find(t, own);
        if (open_way(c, word))
            return true;
        c->column[meaning] = saved;
    }
    return false;
}

static int find_way(dw_sumstat_columns *c, const dw_table *t,
                    const dw_sumstat_columns *given,
                    const struct format *format, dw_err *err)
{
    /* What the user named goes before what the format prefers. */
    for (size_t i = 0; i < DW_COUNT(ways); i++) {
        if (given->column[ways[i].by] != DW_TABLE_NONE &&
            open_way(c, ways[i].name))
            return 0;
    }
    if (format && try_ways(c, t, format->ways))
        return 0;
    if (try_ways(c, t, COMMON_WAYS))
        return 0;
    return refuse_header(
        t,
        "no columns to make z of: Z; or BETA (or OR) with SE, CHISQ, P or "
        "LOG10P; name them with --columns, as BETA=NAME,SE=NAME",
        err);
}

/* ---- all of it ---- */

static const struct format *tell_format(const dw_table *t)
{
    for (size_t i = 0; i < DW_COUNT(formats); i++) {
        if (has_all(t, formats[i].tells) && !has_any(t, formats[i].not ))
            return &formats[i];
    }
    return NULL;
}

static int choose_format(const dw_table *t, const char *name,
                         const struct format **format, dw_err *err)
{
    *format = NULL;
    if (!name) {
        *format = tell_format(t);
        return 0;
    }
    if (strcmp(name, "table") == 0)
        return 0;
    for (size_t i = 0; i < DW_COUNT(formats); i++) {
        if (strcmp(formats[i].name, name) == 0) {
            *format = &formats[i];
            return 0;
        }
    }
    return dw_fail(err, DW_EUSAGE, "--format %s: formats are %s", name,
                   dw_sumstat_format_names());
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

int dw_sumstat_columns_find(dw_sumstat_columns *c, const dw_table *t,
                            const char *format, const char *columns,
                            dw_err *err)
{
    dw_sumstat_columns given;
    const struct format *f;
    int rc;

    c->way = DW_Z_NONE;
    for (size_t i = 0; i < DW_MEANING_COUNT; i++)
        c->column[i] = DW_TABLE_NONE;
    if ((rc = apply_columns(c, t, columns, true, err)) < 0 ||
        (rc = choose_format(t, format, &f, err)) < 0)
        return rc;
    given = *c;
    c->format = f ? f->name : "table";
    if (f && (rc = apply_columns(c, t, f->columns, false, err)) < 0)
        return rc;
    if ((rc = find_alleles(c, t, err)) < 0)
        return rc;
    for (size_t i = 0; !f && i < DW_MEANING_COUNT; i++) {
        if (c->column[i] == DW_TABLE_NONE)
            c->column[i] = dw_meaning_find(t, (dw_meaning)i);
    }
    if ((rc = check_place(c, t, err)) < 0)
        return rc;
    return find_way(c, t, &given, f, err);
}

static void add_words(dw_buf *out, const char *words, const char *by,
                      const char *sign)
{
    for (const char *s = words; *s; s++) {
        if (*s == '@')
            dw_buf_adds(out, by);
        else if (*s == '^')
            dw_buf_adds(out, sign);
        else
            dw_buf_addc(out, *s);
    }
}

void dw_sumstat_columns_tell(const dw_sumstat_columns *c, const dw_table *t,
                             dw_buf *out)
{
    static const dw_meaning shown[] = {DW_MEANING_EA, DW_MEANING_EAF,
                                       DW_MEANING_INFO};

    dw_buf_addf(out, "%s: z = ", c->format);
    for (size_t i = 0; i < DW_COUNT(ways); i++) {
        const char *by, *sign;

        if (ways[i].way != c->way)
            continue;
        by = dw_table_name(t, (size_t)c->column[ways[i].by]);
        sign = dw_table_name(t, (size_t)c->column[ways[i].sign]);
        add_words(out, ways[i].words, by, sign);
    }
    for (size_t i = 0; i < DW_COUNT(shown); i++) {
        int column = c->column[shown[i]];

        if (column != DW_TABLE_NONE)
            dw_buf_addf(out, "; %s %s", dw_meaning_words(shown[i]),
                        dw_table_name(t, (size_t)column));
    }
}
