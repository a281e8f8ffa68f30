#include "input/read_plink.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "input/read_bim.h"
#include "input/site_text.h"

enum { MAGIC_SIZE = 3, CACHE_SIZE = 1 << 18 };

/* One variant of a .bim that had to be sorted. */
struct entry {
    size_t row;
    uint32_t contig, pos;
    size_t id, ref, alt; /* offsets into the texts */
};

struct dw_plink {
    char *path, *bim_path, *fam_path;
    int fd;
    size_t m, row_bytes;
    dw_people people;
    dw_bim *bim;
    uint64_t digest, unplaced;

    /* Contigs in order of their first row: rows [first, end) of the .bim, or,
     * when it was sorted, of `entry`. */
    struct plink_contig {
        char name[DW_CONTIG_MAX];
        size_t first, end;
    } * contig;
    size_t n_contigs, cap_contigs;
    bool in_order;

    struct entry *entry; /* NULL when the .bim is streamed */
    size_t n_entries, cap_entries;
    dw_buf texts;

    size_t at, end; /* what dw_plink_next has yet to look at */
    size_t row;     /* the current variant's */
    dw_buf text;    /* and its id and alleles, when streamed */

    const dw_regions *regions;
    char region_name[DW_CONTIG_MAX];
    size_t region_contig;

    unsigned char *cache; /* rows [cached, cached + n_cached) */
    size_t cached, n_cached, cache_rows;
};

/* ---- opening ---- */

bool dw_plink_magic(const unsigned char *p, size_t n)
{
    return n >= 2 && p[0] == 0x6c && p[1] == 0x1b;
}

static char *beside(const char *path, const char *suffix)
{
    size_t n = strlen(path);
    dw_buf b = {0};

    if (n > 4 && strcmp(path + n - 4, ".bed") == 0)
        n -= 4;
    dw_buf_add(&b, path, n);
    dw_buf_adds(&b, suffix);
    return b.s;
}

static int check_magic(const dw_plink *p, dw_err *err)
{
    unsigned char magic[MAGIC_SIZE] = {0};
    ssize_t n = pread(p->fd, magic, sizeof magic, 0);

    if (n < 0)
        return dw_fail_errno(err, "%s", p->path);
    if (n < MAGIC_SIZE)
        return dw_fail(err, DW_EFORMAT,
                       "%s: holds %zd bytes, too few for a .bed: it was cut "
                       "short",
                       p->path, n);
    if (!dw_plink_magic(magic, sizeof magic))
        return dw_fail(err, DW_EFORMAT,
                       "%s: begins with %02x %02x %02x; a .bed begins with 6c "
                       "1b 01",
                       p->path, magic[0], magic[1], magic[2]);
    if (magic[2] == 0)
        return dw_fail(err, DW_EFORMAT,
                       "%s: stands person by person (mode 0); rewrite it with "
                       "plink1.9 --make-bed",
                       p->path);
    if (magic[2] != 1)
        return dw_fail(err, DW_EFORMAT,
                       "%s: is a PLINK file of mode %02x, no .bed; convert it "
                       "with plink2 --make-bed",
                       p->path, magic[2]);
    return 0;
}

static int check_size(const dw_plink *p, dw_err *err)
{
    uint64_t want = MAGIC_SIZE + (uint64_t)p->m * p->row_bytes;
    struct stat st;

    if (fstat(p->fd, &st) < 0)
        return dw_fail_errno(err, "%s", p->path);
    if (!S_ISREG(st.st_mode))
        return dw_fail(err, DW_EIO,
                       "%s: is not a regular file; a .bed is read "
                       "at many places",
                       p->path);
    if ((uint64_t)st.st_size == want)
        return 0;
    return dw_fail(err, DW_EFORMAT,
                   "%s: holds %" PRIu64 " bytes, but %zu variants (%s) of %zu "
                   "people (%s) take %" PRIu64 ": %s",
                   p->path, (uint64_t)st.st_size, p->m, p->bim_path,
                   p->people.n_all, p->fam_path, want,
                   (uint64_t)st.st_size < want
                       ? "it was cut short, or these do not belong to it"
                       : "these do not belong to it");
}

/* ---- the .bim ---- */

static bool is_placed(const dw_bim_row *row)
{
    return row->contig[0] && row->pos && dw_site_is_allele(row->a1) &&
           dw_site_is_allele(row->a2);
}

/* The contig's index, or SIZE_MAX. */
static size_t find_contig(const dw_plink *p, const char *name)
{
    for (size_t c = 0; c < p->n_contigs; c++) {
        if (strcmp(p->contig[c].name, name) == 0)
            return c;
    }
    return SIZE_MAX;
}

static int add_contig(dw_plink *p, const char *name, size_t row, dw_err *err)
{
    void *q = p->contig;

    if (dw_try_grow(&q, &p->cap_contigs, p->n_contigs + 1, sizeof *p->contig) <
        0)
        return dw_fail(err, DW_ENOMEM, "%s: not enough memory for its contigs",
                       p->bim_path);
    p->contig = q;
    p->contig[p->n_contigs] = (struct plink_contig){.first = row};
    strcpy(p->contig[p->n_contigs++].name, name);
    return 0;
}

/* Counts the rows, notes where each contig stands, and whether all is in order.
 */
static int survey(dw_plink *p, dw_err *err)
{
    dw_bim_row row;
    uint32_t last_pos = 0;
    size_t c = SIZE_MAX;
    int rc;

    p->in_order = true;
    while ((rc = dw_bim_next(p->bim, &row, err)) > 0) {
        p->m = row.index + 1;
        if (!is_placed(&row)) {
            p->unplaced++;
            continue;
        }
        if (c == SIZE_MAX || strcmp(p->contig[c].name, row.contig) != 0) {
            c = find_contig(p, row.contig);
            if (c != SIZE_MAX) {
                p->in_order = false;
            } else {
                c = p->n_contigs;
                if ((rc = add_contig(p, row.contig, row.index, err)) < 0)
                    return rc;
            }
            last_pos = 0;
        }
        p->in_order &= row.pos >= last_pos;
        last_pos = row.pos;
        p->contig[c].end = row.index + 1;
    }
    p->digest = dw_lines_digest(dw_bim_lines(p->bim));
    return rc < 0 ? rc : dw_bim_rewind(p->bim, err);
}

static int cmp_entries(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;

    if (x->contig != y->contig)
        return x->contig < y->contig ? -1 : 1;
    if (x->pos != y->pos)
        return x->pos < y->pos ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* Holds all rows, sorted; contigs stay in the order of their first row. */
static int load_sorted(dw_plink *p, dw_err *err)
{
    dw_bim_row row;
    int rc;

    while ((rc = dw_bim_next(p->bim, &row, err)) > 0) {
        void *q = p->entry;

        if (!is_placed(&row))
            continue;
        if (dw_try_grow(&q, &p->cap_entries, p->n_entries + 1,
                        sizeof *p->entry) < 0)
            return dw_fail(err, DW_ENOMEM,
                           "%s: not in order, and not enough memory to sort "
                           "it; rewrite it with plink1.9 --make-bed",
                           p->bim_path);
        p->entry = q;
        p->entry[p->n_entries++] = (struct entry){
            .row = row.index,
            .contig = (uint32_t)find_contig(p, row.contig),
            .pos = row.pos,
            .id = dw_site_text(&p->texts, row.id, false),
            .ref = dw_site_text(&p->texts, row.a2, true),
            .alt = dw_site_text(&p->texts, row.a1, true),
        };
    }
    if (rc < 0)
        return rc;
    qsort(p->entry, p->n_entries, sizeof *p->entry, cmp_entries);
    for (size_t i = p->n_entries; i-- > 0;)
        p->contig[p->entry[i].contig].first = i;
    for (size_t i = 0; i < p->n_entries; i++)
        p->contig[p->entry[i].contig].end = i + 1;
    return 0;
}

static int open_files(dw_plink *p, const dw_geno_query *query, dw_err *err)
{
    int rc;

    p->fd = open(p->path, O_RDONLY);
    if (p->fd < 0)
        return dw_fail_errno(err, "%s", p->path);
    if ((rc = check_magic(p, err)) < 0 ||
        (rc = dw_people_read_fam(&p->people, p->fam_path, err)) < 0)
        return rc;
    p->row_bytes = dw_geno_bytes(DW_GENO_PACKED, p->people.n_all);
    p->bim = dw_bim_open(p->bim_path, err);
    if (!p->bim)
        return err->code;
    if ((rc = survey(p, err)) < 0 || (rc = check_size(p, err)) < 0 ||
        (rc = dw_people_select(&p->people, query->samples, p->fam_path, err)) <
            0)
        return rc;
    if (!p->in_order && (rc = load_sorted(p, err)) < 0)
        return rc;
    p->end = p->in_order ? p->m : p->n_entries;
    p->cache_rows = CACHE_SIZE / p->row_bytes + 1;
    p->cache = dw_try_alloc(p->cache_rows, p->row_bytes);
    return p->cache ? 0
                    : dw_fail(err, DW_ENOMEM,
                              "%s: not enough memory for rows "
                              "of %zu people",
                              p->path, p->people.n_all);
}

dw_plink *dw_plink_open(const char *path, const dw_geno_query *query,
                        dw_err *err)
{
    dw_plink *p = dw_alloc(1, sizeof *p);

    p->path = dw_strdup(path);
    p->bim_path = beside(path, ".bim");
    p->fam_path = beside(path, ".fam");
    p->regions = query->regions;
    p->region_contig = SIZE_MAX;
    if (open_files(p, query, err) < 0) {
        dw_plink_close(p);
        return NULL;
    }
    return p;
}

void dw_plink_close(dw_plink *p)
{
    if (!p)
        return;
    if (p->fd >= 0)
        close(p->fd);
    dw_bim_close(p->bim);
    dw_people_clear(&p->people);
    dw_buf_clear(&p->texts);
    dw_buf_clear(&p->text);
    dw_free(p->path);
    dw_free(p->bim_path);
    dw_free(p->fam_path);
    dw_free(p->contig);
    dw_free(p->entry);
    dw_free(p->cache);
    dw_free(p);
}

const dw_people *dw_plink_people(const dw_plink *p)
{
    return &p->people;
}

const char *dw_plink_text(const dw_plink *p)
{
    return dw_lines_name(dw_bim_lines(p->bim));
}

uint64_t dw_plink_digest(const dw_plink *p)
{
    return p->digest;
}

bool dw_plink_contigs(const dw_plink *p, dw_contig_set *set)
{
    for (size_t c = 0; c < p->n_contigs; c++) {
        if (dw_contig_set_add(set, p->contig[c].name) == SIZE_MAX)
            return false;
    }
    return true;
}

uint64_t dw_plink_unplaced(const dw_plink *p)
{
    return p->unplaced;
}

/* ---- variants ---- */

static bool is_asked_for(dw_plink *p, const dw_site *site)
{
    if (!p->regions)
        return true;
    if (strcmp(p->region_name, site->contig) != 0) {
        strcpy(p->region_name, site->contig);
        p->region_contig = dw_regions_contig(p->regions, site->contig);
    }
    return dw_regions_find(p->regions, p->region_contig, site->pos) != SIZE_MAX;
}

static void give_entry(dw_plink *p, dw_site *site)
{
    const struct entry *e = &p->entry[p->at++];

    strcpy(site->contig, p->contig[e->contig].name);
    site->pos = e->pos;
    site->id = p->texts.s + e->id;
    site->ref = p->texts.s + e->ref;
    site->alt = p->texts.s + e->alt;
    p->row = e->row;
}

/* The next row of the .bim: 1, 0 when it is to be passed over. */
static int give_row(dw_plink *p, dw_site *site, dw_err *err)
{
    dw_bim_row row;
    size_t id, ref, alt;
    int rc = dw_bim_next(p->bim, &row, err);

    if (rc < 0)
        return rc;
    if (rc == 0)
        return dw_fail(err, DW_EIO, "%s: became shorter while it was read",
                       p->bim_path);
    p->at++;
    if (!is_placed(&row))
        return 0;
    dw_buf_reset(&p->text);
    id = dw_site_text(&p->text, row.id, false);
    ref = dw_site_text(&p->text, row.a2, true);
    alt = dw_site_text(&p->text, row.a1, true);
    strcpy(site->contig, row.contig);
    site->pos = row.pos;
    site->id = p->text.s + id;
    site->ref = p->text.s + ref;
    site->alt = p->text.s + alt;
    p->row = row.index;
    return 1;
}

int dw_plink_next(dw_plink *p, dw_site *site, dw_err *err)
{
    while (p->at < p->end) {
        int rc = 1;

        if (p->entry)
            give_entry(p, site);
        else
            rc = give_row(p, site, err);
        if (rc < 0 || (rc > 0 && is_asked_for(p, site)))
            return rc;
    }
    return 0;
}

int dw_plink_seek(dw_plink *p, const char *contig, dw_err *err)
{
    size_t c = find_contig(p, contig);
    dw_bim_row row;
    int rc;

    p->end = p->at;
    if (c == SIZE_MAX)
        return 0;
    if (!p->entry) {
        if (p->at > p->contig[c].first) {
            if ((rc = dw_bim_rewind(p->bim, err)) < 0)
                return rc;
            p->at = 0;
        }
        for (; p->at < p->contig[c].first; p->at++) {
            if ((rc = dw_bim_next(p->bim, &row, err)) <= 0)
                return rc < 0 ? rc
                              : dw_fail(err, DW_EIO,
                                        "%s: became shorter while "
                                        "it was read",
                                        p->bim_path);
        }
    }
    p->at = p->contig[c].first;
    p->end = p->contig[c].end;
    return 1;
}

/* ---- genotypes ---- */

/* Makes row `row` be in the cache, with those behind it. */
static int fill_cache(dw_plink *p, size_t row, dw_err *err)
{
    size_t rows = p->m - row < p->cache_rows ? p->m - row : p->cache_rows;
    size_t want = rows * p->row_bytes, got = 0;
    off_t from = (off_t)(MAGIC_SIZE + (uint64_t)row * p->row_bytes);

    p->n_cached = 0;
    while (got < want) {
        ssize_t n = pread(p->fd, p->cache + got, want - got, from + (off_t)got);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return dw_fail_errno(err, "%s", p->path);
        if (n == 0)
            return dw_fail(err, DW_EIO, "%s: became shorter while it was read",
                           p->path);
        got += (size_t)n;
    }
    p->cached = row;
    p->n_cached = rows;
    return 0;
}

int dw_plink_column(dw_plink *p, unsigned char *column, dw_err *err)
{
    const dw_people *who = &p->people;
    const unsigned char *from;
    int rc;

    if (p->row < p->cached || p->row - p->cached >= p->n_cached) {
        if ((rc = fill_cache(p, p->row, err)) < 0)
            return rc;
    }
    from = p->cache + (p->row - p->cached) * p->row_bytes;
    if (dw_people_all(who)) {
        memcpy(column, from, p->row_bytes);
        /* The file's padding is not to be trusted. */
        if (who->n % 4)
            column[p->row_bytes - 1] &=
                (unsigned char)((1u << who->n % 4 * 2) - 1);
        return 0;
    }
    memset(column, 0, dw_geno_bytes(DW_GENO_PACKED, who->n));
    for (size_t i = 0; i < who->n; i++) {
        size_t a = who->at[i];
        unsigned code = (unsigned)from[a / 4] >> a % 4 * 2 & 3;

        column[i / 4] |= (unsigned char)(code << i % 4 * 2);
    }
    return 0;
}
