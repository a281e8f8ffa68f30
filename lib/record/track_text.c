#include "record/track_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>

#include "base/mem.h"
#include "record/rec_text.h"

static void put_block(dw_outfile *out, size_t block)
{
    if (block)
        dw_outfile_printf(out, "%zu\t", block);
    else
        dw_outfile_printf(out, ".\t");
}

static uint32_t run_start(const dw_track *t, size_t i)
{
    return i ? t->end[i - 1] : t->start;
}

void dw_text_tracks_head(dw_outfile *out)
{
    dw_outfile_printf(out, "BLOCK\tCHR\tTRACK\tUNIT\tWINDOW\tBIN\tSTART\tEND\t"
                           "RUNS\tCOVERED\tMEAN\n");
}

void dw_text_tracks(dw_outfile *out, const dw_tracks *t, size_t block)
{
    for (size_t i = 0; i < t->n; i++) {
        const dw_track *track = &t->track[i];
        double sum = 0;
        uint64_t covered = 0;

        for (size_t r = 0; r < track->n; r++) {
            uint32_t bases = track->end[r] - run_start(track, r);

            if (isnan(track->value[r]))
                continue;
            covered += bases;
            sum += (double)track->value[r] * bases;
        }
        put_block(out, block);
        dw_outfile_printf(out, "%s", t->contig);
        dw_text_name(out, "\t", track->name);
        dw_text_name(out, "\t", track->unit);
        dw_outfile_printf(out,
                          "\t%" PRIu32 "\t%" PRIu32 "\t%" PRIu32 "\t%" PRIu32
                          "\t%zu\t%" PRIu64,
                          t->window, t->bin, track->start,
                          track->n ? track->end[track->n - 1] : track->start,
                          track->n, covered);
        dw_text_number(out, covered ? sum / (double)covered : NAN);
        dw_outfile_write(out, "\n", 1);
    }
}

void dw_text_runs_head(dw_outfile *out)
{
    dw_outfile_printf(out, "BLOCK\tCHR\tSTART\tEND\tVALUE\n");
}

void dw_text_runs(dw_outfile *out, const dw_tracks *t, size_t track,
                  size_t block)
{
    const dw_track *of = &t->track[track];

    for (size_t r = 0; r < of->n; r++) {
        if (isnan(of->value[r]))
            continue;
        put_block(out, block);
        dw_outfile_printf(out, "%s\t%" PRIu32 "\t%" PRIu32, t->contig,
                          run_start(of, r), of->end[r]);
        dw_text_number(out, of->value[r]);
        dw_outfile_write(out, "\n", 1);
    }
}

void dw_text_bins_head(dw_outfile *out, const dw_tracks *t)
{
    dw_outfile_printf(out, "BLOCK\tCORE\tCHR\tPOS\tID\tREF\tALT");
    for (uint32_t at = 0; at < t->window; at += t->bin)
        dw_outfile_printf(out, "\t%+" PRId64,
                          (int64_t)at - (int64_t)(t->window / 2));
    dw_outfile_write(out, "\n", 1);
}

int dw_text_bins(dw_outfile *out, const dw_variants *v, const dw_ldblock *ld,
                 const dw_tracks *t, size_t track, size_t block, dw_err *err)
{
    const size_t n = t->window / t->bin;
    float *mean = dw_try_alloc(n, sizeof *mean);

    if (!mean)
        return dw_fail(err, DW_ENOMEM, "not enough memory for %zu bins", n);
    for (size_t i = 0; i < v->m; i++) {
        bool core = !ld || (i >= ld->core && i - ld->core < ld->l);

        put_block(out, ld ? block : 0);
        dw_outfile_printf(out, "%d\t%s\t%" PRIu32 "\t%s\t%s\t%s", core,
                          v->contig, v->pos[i], dw_texts_at(&v->id, i),
                          dw_texts_at(&v->ref, i), dw_texts_at(&v->alt, i));
        dw_track_bins(&t->track[track], dw_track_begin(t, v->pos[i]), t->bin, n,
                      mean);
        for (size_t k = 0; k < n; k++)
            dw_text_number(out, mean[k]);
        dw_outfile_write(out, "\n", 1);
    }
    dw_free(mean);
    return 0;
}
