/*
 * The opening of a study: what it is, what its columns mean, what its first
 * rows say.  read_sumstats.h.
 */
#include "study/sumstats_parts.h"

#include <string.h>

#include "base/mem.h"
#include "input/bcf_file.h"

static int next_row(void *self, dw_row *row, dw_err *err)
{
    dw_sumstats *s = self;
    dw_reason reason;
    int rc;

    while ((rc = dw_sumstats_next(s, row, &reason, err)) > 0 &&
           reason != DW_REASON_NONE)
        dw_fates_drop(s->fates, row, reason);
    return rc;
}

/* ---- opening ---- */

static int rewind_rows(void *self, dw_err *err)
{
    return dw_sumstats_rewind(self, err);
}

static dw_origin origin_of(const void *self)
{
    const dw_sumstats *s = self;

    return s->source.origin(s->source.self);
}

static int fail_header(const dw_sumstats *s, const char *text, dw_err *err)
{
    dw_origin of = origin_of(s);

    if (s->table)
        return dw_fail(err, DW_EFORMAT, "%s:%zu: %s", of.name,
                       dw_table_header_line(s->table), text);
    return dw_fail(err, DW_EFORMAT, "%s: %s", of.name, text);
}

static int choose_n(dw_sumstats *s, dw_err *err)
{
    const dw_sumstats_opts *o = s->opts;
    const char *why = s->col.format ? s->col.format->no_n : NULL;
    dw_buf text = {0};

    dw_sample_size_choose(&s->size, &s->col, &s->meta, o->n, o->n_cases,
                          o->n_controls, o->n_of_se);
    if (s->vcf)
        s->size.binary |= dw_gwas_vcf_is_binary(s->vcf);
    if (s->size.from == DW_N_OF_SE && (!dw_sumstats_has(s, DW_MEANING_SE) ||
                                       !dw_sumstats_has(s, DW_MEANING_EAF))) {
        s->size.from = DW_N_NOWHERE;
        return fail_header(
            s, "--n se needs columns for SE and for the frequency (EAF)", err);
    }
    if (s->size.from != DW_N_NOWHERE)
        return 0;
    dw_buf_addf(&text,
                "no column for the sample size%s%s%s: give it with --n N, "
                "--n-cases N --n-controls N, or --columns N=NAME",
                why ? " (" : "", why ? why : "", why ? ")" : "");
    fail_header(s, text.s, err);
    dw_buf_clear(&text);
    return DW_EFORMAT;
}

/* An option needs its column. */
static int check_option(const dw_sumstats *s, const char *option, bool given,
                        dw_meaning m, dw_err *err)
{
    dw_buf text = {0};

    if (!given || dw_sumstats_has(s, m))
        return 0;
    dw_buf_addf(&text,
                "%s asks for a column that is not there: name it with "
                "--columns %s=NAME",
                option, dw_meaning_name(m));
    fail_header(s, text.s, err);
    dw_buf_clear(&text);
    return DW_EFORMAT;
}

static int check_options(const dw_sumstats *s, dw_err *err)
{
    const dw_sumstats_opts *o = s->opts;
    dw_meaning effect =
        dw_sumstats_has(s, DW_MEANING_OR) ? DW_MEANING_OR : DW_MEANING_BETA;
    int rc = check_option(s, "--min-maf", o->min_maf > 0, DW_MEANING_EAF, err);

    if (rc == 0)
        rc = check_option(s, "--min-info", o->min_info > 0, DW_MEANING_INFO,
                          err);
    if (rc == 0)
        rc = check_option(s, "--check-sd", o->check_sd, DW_MEANING_SE, err);
    if (rc == 0)
        rc = check_option(s, "--check-sd", o->check_sd, DW_MEANING_EAF, err);
    return rc ? rc : check_option(s, "--check-sd", o->check_sd, effect, err);
}

static int open_vcf(dw_sumstats *s, dw_lines *lines, const char *path,
                    dw_err *err)
{
    const char *format = s->opts->format;
    bool other = format && strcmp(format, "gwasvcf") != 0;

    if (s->opts->columns || other) {
        dw_lines_close(lines);
        return dw_fail(err, DW_EUSAGE, "%s: %s is for tables; this is a VCF",
                       path, other ? "such a --format" : "--columns");
    }
    s->vcf = dw_gwas_vcf_open(lines, path, s->opts->study, &s->col, err);
    if (!s->vcf)
        return err->code;
    s->source = dw_gwas_vcf_source(s->vcf);
    return 0;
}

static int open_table(dw_sumstats *s, const char *path, dw_err *err)
{
    bool zero_based;
    dw_text_study *text;
    int rc;

    const char *format = s->opts->format;
    bool vcf = format && strcmp(format, "gwasvcf") == 0;

    if (s->opts->study || vcf)
        return dw_fail(err, DW_EUSAGE,
                       "%s: %s is for a GWAS-VCF; this is a table", path,
                       vcf ? "--format gwasvcf" : "--study");
    if ((rc = dw_study_meta_read(path, &s->meta, err)) < 0 ||
        (rc = dw_sumstat_columns_find(&s->col, s->table, s->opts->format,
                                      s->opts->columns, err)) < 0)
        return rc;
    zero_based = s->opts->zero_based || s->meta.zero_based;
    text = dw_text_study_new(s->table, &s->col, zero_based, err);
    if (!text) {
        s->table = NULL;
        return err->code;
    }
    s->source = dw_text_study_source(text);
    s->places = dw_text_study_places(text);
    return 0;
}

/* Learns what --check-sd holds rows to. */
static int learn_sd(dw_sumstats *s, dw_err *err)
{
    dw_reason reason;
    dw_row row;
    int rc;

    if (!s->opts->check_sd)
        return 0;
    s->sd = dw_alloc(1, sizeof *s->sd);
    if (!dw_sumstats_has(s, DW_MEANING_BETA)) {
        s->sd->trait = 2;
        return 0;
    }
    while ((rc = dw_sumstats_next(s, &row, &reason, err)) > 0)
        ;
    dw_sd_check_settle(s->sd);
    return rc < 0 ? rc : dw_sumstats_rewind(s, err);
}

int dw_sumstats_understand(dw_sumstats *s, const char *path,
                           const dw_sumstats_opts *opts, dw_err *err)
{
    dw_err why = {0};
    int rc;

    s->opts = opts;
    s->reader =
        (dw_row_reader){s, DW_STUDY_VALUES, next_row, rewind_rows, origin_of};
    s->table = dw_table_open(path, &why);
    if (!s->table && (why.code == DW_EIO || !dw_bcf_file_is(path))) {
        *err = why;
        return err->code;
    }
    if (!s->table) {
        rc = open_vcf(s, NULL, path, err);
    } else if (dw_gwas_vcf_is_header(s->table)) {
        dw_lines *lines = dw_table_take_lines(s->table);

        s->table = NULL;
        rc = open_vcf(s, lines, path, err);
    } else {
        rc = open_table(s, path, err);
    }
    if (rc == 0)
        rc = choose_n(s, err);
    if (rc == 0)
        rc = check_options(s, err);
    if (rc == 0)
        rc = dw_sumstats_probe(s, err);
    return rc < 0 ? rc : learn_sd(s, err);
}

dw_sumstats *dw_sumstats_open(const char *path, const dw_sumstats_opts *opts,
                              dw_fates *fates, dw_err *err)
{
    dw_sumstats *s = dw_alloc(1, sizeof *s);

    s->fates = fates;
    if (dw_sumstats_understand(s, path, opts, err) == 0)
        return s;
    dw_sumstats_close(s);
    return NULL;
}
