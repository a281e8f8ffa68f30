/* What is understood of a study's file and why, in words. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "study/sumstats_parts.h"

enum { SHOWN_ROWS = 5, LABEL = 10, MAX_ROWS = 1000 };

static void label(dw_buf *out, const char *name)
{
    dw_buf_addf(out, "%-*s", LABEL, name);
}

static const char *why_words(const dw_sumstats *s, dw_meaning m)
{
    switch (s->col.why[m]) {
    case DW_COLUMN_BY_USER: return "--columns";
    case DW_COLUMN_BY_FORMAT: return dw_sumstat_format_name(&s->col);
    default: return "a common name";
    }
}

static void explain_file(const dw_sumstats *s, const char *path, dw_buf *out)
{
    label(out, "file");
    if (s->vcf)
        dw_buf_addf(out, "%s: a VCF; study %s\n", path,
                    dw_gwas_vcf_study(s->vcf));
    else
        dw_buf_addf(out,
                    "%s: %s, %zu columns divided by %s, header in line "
                    "%zu\n",
                    path, dw_lines_packing(dw_table_lines(s->table)),
                    dw_table_width(s->table), dw_table_separator(s->table),
                    dw_table_header_line(s->table));
    if (s->meta.there) {
        label(out, "");
        dw_buf_addf(out, "and %s-meta.yaml\n", path);
    }
}

static void explain_format(const dw_sumstats *s, dw_buf *out)
{
    const dw_study_format *f = s->col.format;

    label(out, "format");
    if (!f) {
        dw_buf_addf(out, "table: %s\n",
                    s->opts->format ? "as --format says"
                                    : "the header is of no known format");
        return;
    }
    dw_buf_addf(out, "%s: %s; ", f->name, f->program);
    if (s->opts->format)
        dw_buf_adds(out, "as --format says\n");
    else if (s->vcf)
        dw_buf_adds(out, "told by the VCF's columns and its FORMAT fields\n");
    else
        dw_buf_addf(out, "told by the columns %s\n", f->tells);
    for (size_t i = 0; i < DW_FORMAT_ROWS; i++) {
        if (s->col.rows[i] == DW_TABLE_NONE)
            continue;
        label(out, "");
        dw_buf_addf(out, "rows are read where %s is %s%s; others are %s\n",
                    f->rows[i].column, f->rows[i].differs ? "not " : "",
                    f->rows[i].value, dw_reason_word(f->rows[i].reason));
    }
}

static const char *name_of(const dw_sumstats *s, int column)
{
    return s->source.self ? s->source.name(s->source.self, column)
                          : dw_table_name(s->table, (size_t)column);
}

static void explain_columns(const dw_sumstats *s, dw_buf *out)
{
    size_t unused = 0;

    dw_buf_adds(out, "columns\n");
    for (size_t m = 0; m < DW_MEANING_COUNT; m++) {
        if (s->col.column[m] == DW_TABLE_NONE)
            continue;
        dw_buf_addf(out, "  %-33s %-24s %s\n", dw_meaning_words((dw_meaning)m),
                    name_of(s, s->col.column[m]), why_words(s, (dw_meaning)m));
    }
    if (s->col.ref != DW_TABLE_NONE && s->col.alt != DW_TABLE_NONE)
        dw_buf_addf(
            out, "  %-33s %s, %-*s %s\n", "other allele",
            name_of(s, s->col.ref), (int)(22 - strlen(name_of(s, s->col.ref))),
            name_of(s, s->col.alt), "the one that the effect allele is not");
    if (s->col.format && s->col.format->alleles_of_id &&
        s->col.column[DW_MEANING_EA] == DW_TABLE_NONE)
        dw_buf_addf(out, "  %-33s %-24s %s\n", "other and effect allele",
                    name_of(s, s->col.column[DW_MEANING_ID]),
                    "the third and the fourth part");
    for (size_t i = 0; !s->vcf && i < dw_table_width(s->table); i++) {
        if (dw_sumstat_column_used(&s->col, (int)i))
            continue;
        if (unused++ == 0)
            dw_buf_addf(out, "  %-33s", "not used");
        dw_buf_addf(out, " %s", dw_table_name(s->table, i));
    }
    if (unused)
        dw_buf_addc(out, '\n');
}

static void explain_numbers(const dw_sumstats *s, dw_buf *out)
{
    static const char *const places[] = {
        [DW_PLACES_IN_COLUMNS] = "by chromosome and position",
        [DW_PLACES_IN_IDS] = "from the ids, which are all chromosome:position",
        [DW_PLACES_BY_ID] = "by id, from --ref"};
    const char *build = dw_sumstats_build(s);

    label(out, "z");
    for (size_t i = 0; i < s->col.plan.n; i++) {
        if (i) {
            label(out, "");
            dw_buf_adds(out, i == 1 ? "where that is missing: " : "then: ");
        }
        dw_sumstats_tell_way(s, i, out);
        dw_buf_addc(out, '\n');
    }
    label(out, "N");
    dw_sumstats_tell_n(s, out);
    dw_buf_addf(out, "; the trait is %s\n",
                s->size.binary ? "binary" : "quantitative, as far as is told");
    label(out, "places");
    dw_buf_addf(out, "%s%s\n", places[s->places],
                s->opts->zero_based || s->meta.zero_based
                    ? "; positions count from 0, so 1 is added"
                    : "");
    label(out, "build");
    dw_buf_addf(out, "%s\n", *build ? build : "not told");
}

/* The first rows, then how many of the first thousand can be taken. */
static int explain_rows(dw_sumstats *s, dw_buf *out, dw_err *err)
{
    uint64_t n[DW_REASON_COUNT] = {0};
    size_t rows = 0;
    dw_reason reason;
    dw_row row;
    int rc = 0;

    dw_buf_adds(out, "first rows\n  CHR POS ID EFFECT OTHER EAF Z N\n");
    while (rows < MAX_ROWS &&
           (rc = dw_sumstats_next(s, &row, &reason, err)) > 0) {
        n[reason]++;
        if (rows++ >= SHOWN_ROWS)
            continue;
        dw_buf_addf(out, "  %s %" PRIu32 " %.*s %.*s %.*s",
                    *row.contig ? row.contig : ".", row.pos,
                    row.id.n > 60 ? 60 : (int)row.id.n, row.id.s,
                    row.a1.n > 60 ? 60 : (int)row.a1.n, row.a1.s,
                    row.a2.n > 60 ? 60 : (int)row.a2.n, row.a2.s);
        if (reason != DW_REASON_NONE) {
            dw_buf_addf(out, " not taken: %s (%s)\n", dw_reason_text(reason),
                        dw_reason_word(reason));
            continue;
        }
        for (int i = 0; i < DW_STUDY_VALUES; i++) {
            static const int shown[] = {DW_STUDY_EAF, DW_STUDY_Z, DW_STUDY_N};
            float x = s->value[shown[i]];

            dw_buf_addf(out, isnan(x) ? " NA" : " %.6g", (double)x);
        }
        dw_buf_addc(out, '\n');
    }
    dw_buf_addf(out, "  of the first %zu rows %" PRIu64 " can be taken\n", rows,
                n[DW_REASON_NONE]);
    for (int r = DW_REASON_NONE + 1; r < DW_REASON_COUNT; r++) {
        if (n[r])
            dw_buf_addf(out, "  %s %" PRIu64 ": %s\n",
                        dw_reason_word((dw_reason)r), n[r],
                        dw_reason_text((dw_reason)r));
    }
    if (rc >= 0 && rows > 0 && n[DW_REASON_NONE] == 0)
        rc = dw_fail(err, DW_EDEGENERATE,
                     "%s: none of the first %zu rows can be taken",
                     dw_sumstats_reader(s)->origin(s).name, rows);
    if (rc >= 0 && rows == 0)
        rc = dw_fail(err, DW_EDEGENERATE, "%s: has no rows",
                     dw_sumstats_reader(s)->origin(s).name);
    return rc < 0 ? rc : 0;
}

static void explain_warnings(const dw_sumstats *s, dw_buf *out)
{
    const char *line = dw_sumstats_warnings(s);

    if (*line)
        dw_buf_adds(out, "warnings\n");
    while (*line) {
        size_t n = strcspn(line, "\n");

        dw_buf_addf(out, "  %.*s\n", (int)n, line);
        line += n + (line[n] == '\n');
    }
}

int dw_sumstats_explain(const char *path, const dw_sumstats_opts *opts,
                        dw_buf *out, dw_err *err)
{
    dw_sumstats *s = dw_alloc(1, sizeof *s);
    int rc = dw_sumstats_understand(s, path, opts, err);

    if (s->table || s->vcf) {
        explain_file(s, path, out);
        explain_format(s, out);
        explain_columns(s, out);
    }
    if (s->source.self)
        explain_numbers(s, out);
    if (rc == 0) {
        rc = explain_rows(s, out, err);
        explain_warnings(s, out);
    }
    dw_sumstats_close(s);
    return rc;
}
