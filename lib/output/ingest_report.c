#include "output/ingest_report.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/tmpfile.h"
#include "output/ingest_verdict.h"
#include "stream/outfile.h"

static double share(uint64_t n, uint64_t of)
{
    return of ? (double)n / (double)of : 0;
}

/* ---- the table ---- */

static void put(dw_outfile *out, const char *source, const char *reason,
                uint64_t n, uint64_t of)
{
    dw_outfile_printf(out, "%s\t%s\t%" PRIu64 "\t%.6g\n", source, reason, n,
                      share(n, of));
}

static void put_reasons(dw_outfile *out, const dw_ingest_counts *c,
                        bool of_reference)
{
    for (int r = DW_REASON_NONE + 1; r < DW_REASON_COUNT; r++) {
        uint64_t n = c->fates->n[r];

        if (n && dw_reason_is_of_reference((dw_reason)r) == of_reference)
            put(out, of_reference ? "reference" : "sumstats",
                dw_reason_word((dw_reason)r), n,
                of_reference ? c->ref_rows : c->study_rows);
    }
}

/* Variants compared and their correlation; those that are far apart. */
static void put_agreement(dw_outfile *out, const dw_ingest_counts *c)
{
    const dw_agreement *a = &c->agreement;

    if (a->n == 0)
        return;
    dw_outfile_printf(out, "frequencies\tcorrelation\t%" PRIu64 "\t%.6g\n",
                      a->n, dw_agreement_r(a));
    put(out, "frequencies", "far_apart", a->far, a->n);
}

int dw_ingest_report_write(const char *path, const dw_ingest_counts *c,
                           dw_err *err)
{
    dw_outfile *out = dw_outfile_open(path, false, err);
    uint64_t variants = c->taken + c->latent;

    if (!out)
        return err->code;
    dw_outfile_printf(out, "SOURCE\tREASON\tCOUNT\tSHARE\n");
    if (c->has_study) {
        put(out, "sumstats", "rows", c->study_rows, c->study_rows);
        put(out, "sumstats", "taken", c->taken, c->study_rows);
        put_reasons(out, c, false);
    }
    if (c->has_ref) {
        put(out, "reference", "rows", c->ref_rows, c->ref_rows);
        put(out, "reference", "taken", variants, c->ref_rows);
        put_reasons(out, c, true);
    }
    for (int a = 0; a < DW_ACTION_COUNT; a++) {
        if (c->acted[a])
            put(out, "actions", dw_action_word((dw_action)a), c->acted[a],
                c->taken);
    }
    if (c->n_high)
        put(out, "actions", "n_high", c->n_high, c->taken);
    put_agreement(out, c);
    for (size_t a = 0; a < c->n_annots; a++)
        put(out, c->annot[a], "annot_missing", c->annot_missing[a], variants);
    return dw_outfile_close(out, err);
}

/* ---- for people ---- */

/* A/T and C/G that were not taken because of that. */
static uint64_t ambiguous(const dw_ingest_counts *c)
{
    return c->fates->n[DW_REASON_AMBIGUOUS] +
           c->fates->n[DW_REASON_AMBIGUOUS_EAF] +
           c->fates->n[DW_REASON_AMBIGUOUS_NO_EAF];
}

/* Which annotations lack values; of many, the first. */
static void tell_annots(const dw_ingest_counts *c, uint64_t variants)
{
    enum { SHOWN = 5 };
    size_t shown = 0, lacking = 0;

    for (size_t a = 0; a < c->n_annots; a++) {
        uint64_t n = c->annot_missing[a];

        lacking += n > 0;
        if (n && shown++ < SHOWN)
            dw_note("annotation %s: NA for %" PRIu64 " of %" PRIu64 " variants",
                    c->annot[a], n, variants);
    }
    if (lacking > SHOWN)
        dw_note("... and %zu more of %zu annotations lack some (--report)",
                lacking - SHOWN, c->n_annots);
}

void dw_ingest_report_tell(const dw_ingest_counts *c)
{
    uint64_t variants = c->taken + c->latent;
    uint64_t elsewhere = c->fates->n[DW_REASON_CONTIG_NOT_IN_REFERENCE];
    uint64_t rows = c->study_rows - elsewhere;
    dw_buf verdict = {0};

    if (c->has_study)
        dw_note("%" PRIu64 " of %" PRIu64 " rows%s taken (%.1f %%)", c->taken,
                rows, elsewhere ? " on the reference's chromosomes" : "",
                100 * share(c->taken, rows));
    if (c->has_study && c->has_ref)
        dw_note("of those %" PRIu64 " with alleles swapped, %" PRIu64
                " on the other strand, %" PRIu64
                " A/T or C/G turned by frequency",
                c->acted[DW_ACTION_SWAPPED], c->acted[DW_ACTION_STRAND],
                c->acted[DW_ACTION_BY_FREQUENCY]);
    if (c->has_ref && c->taken && c->acted[DW_ACTION_STRAND] == 0 &&
        ambiguous(c))
        dw_note("no other variant is on the other strand: --ambiguous keep "
                "would take %" PRIu64 " more A/T and C/G",
                ambiguous(c));
    for (int r = DW_REASON_NONE + 1; r < DW_REASON_COUNT; r++) {
        if (c->fates->n[r])
            dw_note("  %-20s %9" PRIu64 "  %s", dw_reason_word((dw_reason)r),
                    c->fates->n[r], dw_reason_text((dw_reason)r));
    }
    tell_annots(c, variants);
    if (c->n_high)
        dw_note("%" PRIu64 " variants have an N above 1.25 times the median",
                c->n_high);
    if (c->latent)
        dw_note("%" PRIu64 " variants of the reference without a z", c->latent);
    dw_ingest_verdict(c, &verdict);
    if (verdict.n)
        dw_note("%s", verdict.s);
    dw_buf_clear(&verdict);
}

int dw_ingest_report_refuse(const dw_ingest_counts *c, const char *name,
                            dw_err *err)
{
    uint64_t rows = c->has_study ? c->study_rows : c->ref_rows;
    int most = DW_REASON_NONE;

    for (int r = DW_REASON_NONE + 1; r < DW_REASON_COUNT; r++) {
        if (dw_reason_is_of_reference((dw_reason)r) != c->has_study &&
            c->fates->n[r] > c->fates->n[most])
            most = r;
    }
    if (rows == 0)
        return dw_fail(err, DW_EDEGENERATE, "%s: has no rows", name);
    return dw_fail(err, DW_EDEGENERATE,
                   "%s: none of %" PRIu64 " rows can be taken; %" PRIu64
                   " of them: %s (%s)",
                   name, rows, c->fates->n[most],
                   dw_reason_text((dw_reason)most),
                   dw_reason_word((dw_reason)most));
}

void dw_ingest_report_tally(const dw_ingest_counts *c, dw_tally *tally)
{
    if (c->has_study)
        dw_tally_add(tally, "rows", c->study_rows);
    if (c->has_ref)
        dw_tally_add(tally, "ref_rows", c->ref_rows);
    dw_tally_add(tally, "taken", c->taken);
    dw_tally_add(tally, "latent", c->latent);
    for (int r = DW_REASON_NONE + 1; r < DW_REASON_COUNT; r++) {
        if (c->fates->n[r])
            dw_tally_add(tally, dw_reason_word((dw_reason)r), c->fates->n[r]);
    }
    for (size_t a = 0; a < c->n_annots; a++) {
        if (c->annot_missing[a])
            dw_tally_add(tally, "annot_missing", c->annot_missing[a]);
    }
}

/* ---- one line a row ---- */

struct dw_drop_log {
    FILE *file;
};

dw_drop_log *dw_drop_log_new(dw_err *err)
{
    dw_drop_log *d;
    int fd = dw_tmpfile_open(err);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w+b");

    if (!file) {
        if (fd >= 0) {
            dw_fail_errno(err, "temporary file");
            close(fd);
        }
        return NULL;
    }
    d = dw_alloc(1, sizeof *d);
    d->file = file;
    return d;
}

void dw_drop_log_free(dw_drop_log *d)
{
    if (!d)
        return;
    fclose(d->file);
    dw_free(d);
}

void dw_drop_log_reset(dw_drop_log *d)
{
    /* What fails here fails again, and is told, when the log is written. */
    rewind(d->file);
    if (ftruncate(fileno(d->file), 0) != 0)
        return;
}

void dw_drop_log_add(void *log, const dw_row *row, dw_reason reason)
{
    dw_drop_log *d = log;
    const char *source =
        dw_reason_is_of_reference(reason) ? "reference" : "sumstats";

    fprintf(d->file, "%s\t%s\t", source, row->contig[0] ? row->contig : "NA");
    if (row->pos)
        fprintf(d->file, "%" PRIu32, row->pos);
    else
        fputs("NA", d->file);
    fprintf(d->file, "\t%.*s\t%.*s\t%.*s\t%s\n", (int)row->id.n, row->id.s,
            (int)row->a1.n, row->a1.s, (int)row->a2.n, row->a2.s,
            dw_reason_word(reason));
}

void dw_action_log_add(void *log, const dw_row *study, const dw_row *variant,
                       uint32_t actions)
{
    dw_drop_log *d = log;
    dw_buf words = {0};

    if (!actions)
        return;
    dw_action_tell(actions, &words);
    fprintf(d->file, "%zu\t%s\t%" PRIu32 "\t%.*s\t%.*s\t%.*s\t%s\n",
            study->index + 1, variant->contig, variant->pos, (int)study->id.n,
            study->id.s, (int)variant->a2.n, variant->a2.s, (int)variant->a1.n,
            variant->a1.s, words.s);
    dw_buf_clear(&words);
}

static int write_log(dw_drop_log *d, const char *path, const char *names,
                     dw_err *err)
{
    dw_outfile *out = dw_outfile_open(path, false, err);
    char part[1 << 14];
    size_t n;

    if (!out)
        return err->code;
    dw_outfile_printf(out, "%s\n", names);
    if (fflush(d->file) != 0 || ferror(d->file)) {
        dw_outfile_abandon(out);
        return dw_fail_errno(err, "temporary file for %s (TMPDIR says where)",
                             path);
    }
    rewind(d->file);
    while ((n = fread(part, 1, sizeof part, d->file)) > 0)
        dw_outfile_write(out, part, n);
    return dw_outfile_close(out, err);
}

int dw_drop_log_write(dw_drop_log *d, const char *path, dw_err *err)
{
    return write_log(d, path, "SOURCE\tCHR\tPOS\tID\tA1\tA2\tREASON", err);
}

int dw_action_log_write(dw_drop_log *d, const char *path, dw_err *err)
{
    return write_log(d, path, "ROW\tCHR\tPOS\tID\tREF\tALT\tACTIONS", err);
}
