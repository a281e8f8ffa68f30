#include "input/vcf_records.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "data/contig.h"
#include "input/bcf_file.h"

/* ---- before and after ---- */

int dw_vcf_records_start(dw_vcf_records *r, dw_err *err)
{
    if (r->file)
        (void)!hts_close(r->file); /* only ever read */
    r->at_end = false;
    r->file = dw_bcf_file_open(r->path, &r->header, err);
    if (!r->file)
        return err->code;
    r->is_bcf = hts_get_format(r->file)->format == bcf;
    if (!r->rec)
        r->rec = bcf_init();
    if (!r->rec)
        return dw_fail(err, DW_ENOMEM, "%s: no memory", r->path);
    return 0;
}

void dw_vcf_records_close(dw_vcf_records *r)
{
    hts_itr_destroy(r->part);
    if (r->csi)
        hts_idx_destroy(r->csi);
    if (r->tbx)
        tbx_destroy(r->tbx);
    free(r->line.s);
    if (r->rec)
        bcf_destroy(r->rec);
    if (r->header)
        bcf_hdr_destroy(r->header);
    if (r->file)
        (void)!hts_close(r->file);
}

void dw_vcf_records_index(dw_vcf_records *r)
{
    if (hts_get_format(r->file)->compression != bgzf ||
        strcmp(r->path, "-") == 0)
        return;
    if (r->is_bcf)
        r->csi = bcf_index_load3(r->path, NULL, HTS_IDX_SILENT_FAIL);
    else
        r->tbx = tbx_index_load3(r->path, NULL, HTS_IDX_SILENT_FAIL);
}

bool dw_vcf_records_indexed(const dw_vcf_records *r)
{
    return r->csi || r->tbx;
}

/* ---- contigs ---- */

/* Names of the contigs that the index knows, as the file writes them. */
static const char **raw_names(const dw_vcf_records *r, int *n)
{
    *n = 0;
    return r->tbx ? tbx_seqnames(r->tbx, n)
                  : bcf_index_seqnames(r->csi, r->header, n);
}

/* The contig's name as the file writes it, or NULL. */
static const char *raw_name(const dw_vcf_records *r, const char *contig)
{
    const char **names, *found = NULL;
    char name[DW_CONTIG_MAX];
    int n;

    names = raw_names(r, &n);
    for (int i = 0; i < n && !found; i++) {
        if (dw_contig_name(dw_span_of(names[i]), DW_CONTIG_PLINK, name) == 0 &&
            strcmp(name, contig) == 0)
            found = names[i];
    }
    free(names);
    return found;
}

bool dw_vcf_records_contigs(const dw_vcf_records *r, dw_contig_set *set)
{
    const char **names;
    char name[DW_CONTIG_MAX];
    bool done = true;
    int n;

    names = raw_names(r, &n);
    for (int i = 0; i < n && done; i++)
        done =
            dw_contig_name(dw_span_of(names[i]), DW_CONTIG_PLINK, name) < 0 ||
            dw_contig_set_add(set, name) != SIZE_MAX;
    free(names);
    return done;
}

static void end_part(dw_vcf_records *r)
{
    hts_itr_destroy(r->part);
    r->part = NULL;
}

bool dw_vcf_records_seek(dw_vcf_records *r, const char *contig)
{
    end_part(r);
    r->at_end = false;
    r->raw = raw_name(r, contig);
    r->next_part = 0;
    r->end_part = 1;
    if (r->regions) {
        size_t c = dw_regions_contig(r->regions, contig);

        if (c == SIZE_MAX)
            r->raw = NULL;
        else {
            r->next_part = r->regions->contig[c].first;
            r->end_part = r->regions->contig[c].end;
        }
    }
    r->opened = r->raw != NULL;
    return r->opened;
}

/* ---- records ---- */

/* Reads the line of a VCF, up to its ALT. */
static int parse_line(dw_vcf_records *r)
{
    const char *p = r->line.s;

    for (int tabs = 0; p && tabs < 8; tabs++)
        p = (p = strchr(p, '\t')) ? p + 1 : NULL;
    if (!p)
        return -1;
    r->format = p;
    r->rec->max_unpack = BCF_UN_STR;
    return vcf_parse(&r->line, r->header, r->rec);
}

/* The next record of the file, as htslib counts: 0, -1 at the end, below. */
static int read_in_order(dw_vcf_records *r)
{
    int rc;

    if (r->is_bcf)
        return bcf_read(r->file, r->header, r->rec);
    do {
        rc = hts_getline(r->file, '\n', &r->line);
    } while (rc >= 0 && r->line.l == 0);
    return rc < 0 ? rc : parse_line(r) < 0 ? -2 : 0;
}

/* The next record of the part, likewise. */
static int read_of_part(dw_vcf_records *r)
{
    int rc;

    if (r->csi)
        return bcf_itr_next(r->file, r->part, r->rec);
    rc = tbx_itr_next(r->file, r->tbx, r->part, &r->line);
    return rc >= 0 && parse_line(r) < 0 ? -2 : rc;
}

/* Begins the next part of the contig that is open: 1, 0 when all were read. */
static int next_part(dw_vcf_records *r, dw_err *err)
{
    int id;

    if (!r->opened || r->next_part == r->end_part)
        return 0;
    r->part_start = 0;
    r->part_end = INT32_MAX;
    if (r->regions) {
        const dw_region *region = &r->regions->item[r->next_part];

        r->part_start = region->start;
        r->part_end = region->end;
        /* Regions that overlap are read as one. */
        while (r->next_part + 1 < r->end_part &&
               region[1].start <= r->part_end) {
            r->next_part++;
            if ((++region)->end > r->part_end)
                r->part_end = region->end;
        }
    }
    r->next_part++;
    id = r->csi ? bcf_hdr_name2id(r->header, r->raw)
                : tbx_name2id(r->tbx, r->raw);
    r->part = r->csi ? bcf_itr_queryi(r->csi, id, r->part_start, r->part_end)
                     : tbx_itr_queryi(r->tbx, id, r->part_start, r->part_end);
    if (!r->part)
        return dw_fail(err, DW_EFORMAT,
                       "%s: its index does not lead to %s:%" PRIu32 "-%" PRIu32
                       "; make it anew with bcftools index -f",
                       r->path, r->raw, r->part_start + 1, r->part_end);
    return 1;
}

/* The next record of the contig that is open. */
static int next_of_contig(dw_vcf_records *r, dw_err *err)
{
    int rc;

    for (;;) {
        if (!r->part && (rc = next_part(r, err)) <= 0)
            return rc;
        rc = read_of_part(r);
        if (rc < -1) {
            r->wrong = "cannot be read";
            return DW_EFORMAT;
        }
        if (rc == -1)
            end_part(r);
        /* Long records reach into parts in which they do not begin. */
        else if (r->rec->pos >= (hts_pos_t)r->part_start &&
                 r->rec->pos < (hts_pos_t)r->part_end)
            return 1;
    }
}

int dw_vcf_records_next(dw_vcf_records *r, dw_err *err)
{
    int rc;

    r->wrong = NULL;
    if (r->opened)
        return next_of_contig(r, err);
    if (r->at_end)
        return 0;
    rc = read_in_order(r);
    if (rc < -1) {
        r->wrong = "cannot be read: the file is broken or cut short";
        return DW_EFORMAT;
    }
    r->at_end = rc == -1;
    return rc == 0;
}
