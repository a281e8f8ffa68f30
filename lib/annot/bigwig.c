#include "annot/bigwig.h"

#include <bigWig.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/text.h"
#include "data/build.h"
#include "data/contig.h"

enum {
    WIG_HEADER = 24, /* bytes of a block of a bigWig */
    BED_PLACE = 12,  /* bytes of an item of a bigBed, before its text */
    COLUMNS_OF_PLACE = 3,
    /* Items of one reading: more than real files have in a stretch. */
    ITEMS_MAX = 1 << 24,
};

/* How the values of a block of a bigWig are placed. */
enum layout { EACH_ITS_PLACE = 1, EACH_ITS_START = 2, EVERY_STEP = 3 };

struct dw_bigwig {
    char *path;
    bigWigFile_t *file;
    dw_bigwig_kind kind;
    uint64_t digest;
    dw_map *chroms; /* by name */
    unsigned char *packed, *raw;
    size_t cap_packed, cap_raw;
};

/* What is asked of the blocks. */
struct query {
    uint32_t chrom, start, end;
    size_t column;
    dw_bigwig_items *items;
};

static uint32_t u16(const unsigned char *p)
{
    return p[0] | (uint32_t)p[1] << 8;
}

static uint32_t u32(const unsigned char *p)
{
    return u16(p) | u16(p + 2) << 16;
}

static float f32(const unsigned char *p)
{
    uint32_t bits = u32(p);
    float x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

/* ---- open and close ---- */

/* Is the file's name of the chromosome this one, but for "chr"? */
static bool is_called(const char *own, const char *name)
{
    if (strncasecmp(own, "chr", 3) == 0)
        own += 3;
    return strcmp(own, name) == 0;
}

static void list_chroms(dw_bigwig *b)
{
    const chromList_t *list = b->file->cl;

    b->chroms = dw_map_new();
    for (size_t i = 0; i < (size_t)list->nKeys; i++) {
        char name[DW_CONTIG_MAX];
        bool fresh;
        uint64_t *at;

        if (dw_contig_name(dw_span_of(list->chrom[i]), DW_CONTIG_PLINK, name) <
            0)
            continue; /* no variant is there */
        at = dw_map_put(b->chroms, name, strlen(name), &fresh);
        if (at && (fresh || is_called(list->chrom[i], name)))
            *at = i;
    }
}

static bool is_address(const char *path)
{
    return strncmp(path, "http://", 7) == 0 ||
           strncmp(path, "https://", 8) == 0 || strncmp(path, "ftp://", 6) == 0;
}

dw_bigwig *dw_bigwig_open(const char *path, dw_err *err)
{
    bigWigFile_t *file;
    dw_bigwig_kind kind;
    uint64_t digest;
    dw_bigwig *b;

    if (is_address(path)) {
        dw_fail(err, DW_EUSAGE, "%s: is an address; download it first", path);
        return NULL;
    }
    if (dw_bigwig_check(path, &kind, &digest, err) < 0)
        return NULL;
    file = kind == DW_BIGBED ? bbOpen(path, NULL) : bwOpen(path, NULL, "r");
    if (!file) {
        dw_fail(err, DW_EIO,
                "%s: libBigWig cannot open it; too many open files? "
                "(ulimit -n)",
                path);
        return NULL;
    }
    b = dw_alloc(1, sizeof *b);
    *b = (dw_bigwig){
        .path = dw_strdup(path), .file = file, .kind = kind, .digest = digest};
    list_chroms(b);
    return b;
}

void dw_bigwig_close(dw_bigwig *b)
{
    if (!b)
        return;
    bwClose(b->file);
    dw_map_free(b->chroms);
    dw_free(b->packed);
    dw_free(b->raw);
    dw_free(b->path);
    dw_free(b);
}

/* ---- what it is ---- */

const char *dw_bigwig_path(const dw_bigwig *b)
{
    return b->path;
}

dw_bigwig_kind dw_bigwig_kind_at(const dw_bigwig *b)
{
    return b->kind;
}

uint64_t dw_bigwig_digest(const dw_bigwig *b)
{
    return b->digest;
}

size_t dw_bigwig_columns(const dw_bigwig *b)
{
    return b->kind == DW_BIGBED ? b->file->hdr->fieldCount : 0;
}

size_t dw_bigwig_chroms(const dw_bigwig *b)
{
    return (size_t)b->file->cl->nKeys;
}

const char *dw_bigwig_chrom_name(const dw_bigwig *b, size_t chrom)
{
    return b->file->cl->chrom[chrom];
}

uint32_t dw_bigwig_chrom_length(const dw_bigwig *b, size_t chrom)
{
    return b->file->cl->len[chrom];
}

size_t dw_bigwig_find(const dw_bigwig *b, const char *contig)
{
    const uint64_t *at = dw_map_get(b->chroms, contig, strlen(contig));

    return at ? (size_t)*at : SIZE_MAX;
}

const char *dw_bigwig_build(const dw_bigwig *b)
{
    int build = DW_BUILD_NONE;

    for (size_t i = 0; i < dw_bigwig_chroms(b); i++) {
        char name[DW_CONTIG_MAX];
        int one;

        if (dw_contig_name(dw_span_of(b->file->cl->chrom[i]), DW_CONTIG_PLINK,
                           name) < 0)
            continue;
        one = dw_build_of_length(name, b->file->cl->len[i]);
        if (one != DW_BUILD_NONE && build != DW_BUILD_NONE && one != build)
            return NULL;
        build = one != DW_BUILD_NONE ? one : build;
    }
    return build == DW_BUILD_NONE ? NULL : dw_build_word(build);
}

/* ---- blocks ---- */

static int bad_block(const dw_bigwig *b, dw_err *err, const char *what)
{
    return dw_fail(err, DW_EFORMAT, "%s: broken: a block %s", b->path, what);
}

static int fit(unsigned char **p, size_t *cap, size_t n)
{
    void *at = *p;
    int rc = dw_try_grow(&at, cap, n, 1);

    *p = at;
    return rc;
}

/* Block i of the list, unpacked: *n bytes in b->raw. */
static int load_block(dw_bigwig *b, const bwOverlapBlock_t *list, uint64_t i,
                      size_t *n, dw_err *err)
{
    const size_t unpacked = b->file->hdr->bufSize, size = list->size[i];
    unsigned char **to = unpacked ? &b->packed : &b->raw;
    uLongf got = unpacked;

    if (fit(to, unpacked ? &b->cap_packed : &b->cap_raw, size) < 0 ||
        (unpacked && fit(&b->raw, &b->cap_raw, unpacked) < 0))
        return dw_fail(err, DW_ENOMEM, "%s: not enough memory for a block",
                       b->path);
    if (urlSeek(b->file->URL, list->offset[i]) != CURLE_OK ||
        urlRead(b->file->URL, *to, size) != size)
        return dw_fail(err, DW_EIO, "%s: cannot read %zu bytes at %" PRIu64,
                       b->path, size, list->offset[i]);
    *n = size;
    if (!unpacked)
        return 0;
    if (uncompress(b->raw, &got, b->packed, size) != Z_OK)
        return dw_fail(err, DW_EFORMAT,
                       "%s: broken: the block at byte %" PRIu64
                       " cannot be unpacked",
                       b->path, list->offset[i]);
    *n = got;
    return 0;
}

static int add_item(const dw_bigwig *b, const struct query *q, uint64_t start,
                    uint64_t end, float value, dw_err *err)
{
    void *item = q->items->item;
    int rc;

    if (start >= end || end > INT32_MAX)
        return bad_block(b, err, "holds a stretch that has no length");
    if (end <= q->start || start >= q->end)
        return 0;
    rc = q->items->n < ITEMS_MAX
             ? dw_try_grow(&item, &q->items->cap, q->items->n + 1,
                           sizeof *q->items->item)
             : DW_ENOMEM;
    q->items->item = item;
    if (rc < 0)
        return dw_fail(err, DW_ENOMEM, "%s: not enough memory for %zu values",
                       b->path, q->items->n + 1);
    q->items->item[q->items->n++] =
        (dw_bigwig_item){(uint32_t)start, (uint32_t)end, value};
    return 0;
}

static int read_wig_block(dw_bigwig *b, const struct query *q, size_t n,
                          dw_err *err)
{
    static const size_t width[] = {0, 12, 8, 4};
    const unsigned char *p = b->raw, *item = p + WIG_HEADER;
    uint64_t start, step, span, items;
    size_t type;

    if (n < WIG_HEADER)
        return bad_block(b, err, "is too short");
    start = u32(p + 4);
    step = u32(p + 12);
    span = u32(p + 16);
    type = p[20];
    items = u16(p + 22);
    if (u32(p) != q->chrom)
        return 0;
    if (type < EACH_ITS_PLACE || type > EVERY_STEP)
        return bad_block(b, err, "is of a type that is none");
    if (items * width[type] > n - WIG_HEADER)
        return bad_block(b, err, "holds fewer values than it says");
    for (uint64_t i = 0; i < items; i++, item += width[type]) {
        uint64_t from = type == EVERY_STEP ? start + i * step : u32(item);
        uint64_t to = type == EACH_ITS_PLACE ? u32(item + 4) : from + span;

        if (add_item(b, q, from, to, f32(item + width[type] - 4), err) < 0)
            return err->code;
    }
    return 0;
}

/* The number in a column of an item's text. */
static int value_of(const dw_bigwig *b, const struct query *q, dw_span text,
                    uint32_t start, float *value, dw_err *err)
{
    double x = 1;

    for (size_t i = COLUMNS_OF_PLACE + 1; q->column > i; i++) {
        const char *tab = memchr(text.s, '\t', text.n);
        size_t skip = tab ? (size_t)(tab - text.s) + 1 : text.n;

        text = (dw_span){text.s + skip, text.n - skip};
    }
    if (q->column) {
        const char *tab = memchr(text.s, '\t', text.n);

        text.n = tab ? (size_t)(tab - text.s) : text.n;
        if (dw_text_is_na(text))
            x = NAN;
        else if (dw_text_double(text, &x) < 0)
            return dw_fail(err, DW_EFORMAT,
                           "%s: chromosome %s, item at %" PRIu32
                           ": column %zu is not a number",
                           b->path, b->file->cl->chrom[q->chrom], start,
                           q->column);
    }
    *value = (float)x;
    return 0;
}

/* A block of a bigBed may hold items of several chromosomes. */
static int read_bed_block(dw_bigwig *b, const struct query *q, size_t n,
                          dw_err *err)
{
    const unsigned char *p = b->raw, *end = p + n;

    while (p < end) {
        const unsigned char *text = p + BED_PLACE, *zero;
        uint32_t start, stop;
        float value = NAN;

        zero =
            end - p > BED_PLACE ? memchr(text, 0, (size_t)(end - text)) : NULL;
        if (!zero)
            return bad_block(b, err, "ends within an item");
        start = u32(p + 4);
        stop = u32(p + 8);
        /* One without a length is an insertion: no base is in it. */
        if (u32(p) == q->chrom && start < q->end && stop > q->start &&
            start != stop) {
            if (value_of(b, q,
                         (dw_span){(const char *)text, (size_t)(zero - text)},
                         start, &value, err) < 0 ||
                add_item(b, q, start, stop, value, err) < 0)
                return err->code;
        }
        p = zero + 1;
    }
    return 0;
}

/* libBigWig's list of blocks: an iterator of no blocks a step reads none. */
static bwOverlapIterator_t *find_blocks(dw_bigwig *b, const struct query *q)
{
    const char *name = b->file->cl->chrom[q->chrom];

    return b->kind == DW_BIGBED
               ? bbOverlappingEntriesIterator(b->file, name, q->start, q->end,
                                              0, 0)
               : bwOverlappingIntervalsIterator(b->file, name, q->start, q->end,
                                                0);
}

int dw_bigwig_read(dw_bigwig *b, size_t chrom, uint32_t start, uint32_t end,
                   size_t column, dw_bigwig_items *items, dw_err *err)
{
    const struct query q = {(uint32_t)chrom, start, end, column, items};
    bwOverlapIterator_t *it = find_blocks(b, &q);
    const bwOverlapBlock_t *list = it ? it->blocks : NULL;
    int rc = 0;

    if (!list)
        rc = dw_fail(err, DW_EIO, "%s: libBigWig cannot read its index",
                     b->path);
    for (uint64_t i = 0; list && i < list->n && rc == 0; i++) {
        size_t n = 0;

        rc = load_block(b, list, i, &n, err);
        if (rc == 0)
            rc = b->kind == DW_BIGBED ? read_bed_block(b, &q, n, err)
                                      : read_wig_block(b, &q, n, err);
    }
    bwIteratorDestroy(it);
    return rc;
}
