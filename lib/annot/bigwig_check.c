#include "annot/bigwig_check.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

static const uint32_t MAGIC_WIG = 0x888FFC26, MAGIC_BED = 0x8789F2EB;
static const uint32_t MAGIC_CHROMS = 0x78CA8C91, MAGIC_INDEX = 0x2468ACE0;

enum {
    HEADER = 64,
    ZOOM = 24,
    CHROMS_HEADER = 32,
    INDEX_HEADER = 48,
    NODE_HEADER = 4,
    LEAF_ITEM = 32,
    TWIG_ITEM = 24,
    DEPTH_MAX = 32,           /* of a tree; real ones have 2 to 5 levels */
    NAME_MAX_BYTES = 255,     /* of a chromosome */
    BLOCK_MAX = 1 << 28,      /* bytes of a block, unpacked */
    DIGEST_BYTES = 64 * 1024, /* at either end of the file */
};

struct probe {
    FILE *f;
    const char *path;
    uint64_t size;
    uint64_t left; /* bytes that the nodes of a tree can still take */
    /* from the header */
    uint64_t chroms_at, index_at;
    /* of the list of chromosomes */
    uint32_t key;
    uint64_t n_chroms, n_found;
    bool *found;
    /* of the index: where the block before this one begins */
    uint32_t chrom, base;
};

static uint32_t u16(const unsigned char *p)
{
    return p[0] | (uint32_t)p[1] << 8;
}

static uint32_t u32(const unsigned char *p)
{
    return u16(p) | u16(p + 2) << 16;
}

static uint64_t u64(const unsigned char *p)
{
    return u32(p) | (uint64_t)u32(p + 4) << 32;
}

static int broken(const struct probe *p, dw_err *err, const char *fmt, ...)
    DW_PRINTF(3, 4);
static int broken(const struct probe *p, dw_err *err, const char *fmt, ...)
{
    char what[256];
    va_list args;

    va_start(args, fmt);
    vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    return dw_fail(err, DW_EFORMAT, "%s: broken: %s", p->path, what);
}

/* n bytes from `at` on, of what the file calls its `part`. */
static int read_at(const struct probe *p, uint64_t at, void *to, size_t n,
                   const char *part, dw_err *err)
{
    if (at > p->size || n > p->size - at)
        return broken(p, err,
                      "its %s should lie at byte %" PRIu64 ", and it has "
                      "%" PRIu64 ": was it cut short?",
                      part, at, p->size);
    if (fseeko(p->f, (off_t)at, SEEK_SET) != 0 || fread(to, 1, n, p->f) != n)
        return dw_fail_errno(err, "%s", p->path);
    return 0;
}

/* ---- header ---- */

static dw_bigwig_kind kind_of_magic(uint32_t magic)
{
    return magic == MAGIC_WIG   ? DW_BIGWIG
           : magic == MAGIC_BED ? DW_BIGBED
                                : DW_NOT_BIGWIG;
}

static int check_magic(const struct probe *p, const unsigned char *h,
                       dw_bigwig_kind *kind, dw_err *err)
{
    const unsigned char turned[] = {h[3], h[2], h[1], h[0]};

    *kind = kind_of_magic(u32(h));
    if (*kind != DW_NOT_BIGWIG)
        return 0;
    if (kind_of_magic(u32(turned)) != DW_NOT_BIGWIG)
        return dw_fail(err, DW_EFORMAT,
                       "%s: is big-endian, which is not read: write it anew "
                       "(bigWigToBedGraph, then bedGraphToBigWig)",
                       p->path);
    return dw_fail(err, DW_EFORMAT, "%s: is neither bigWig nor bigBed",
                   p->path);
}

static int check_header(struct probe *p, dw_bigwig_kind *kind, dw_err *err)
{
    unsigned char h[HEADER] = {0};
    uint64_t zooms, summary;

    if (p->size < 4 || read_at(p, 0, h, 4, "magic", err) < 0 ||
        check_magic(p, h, kind, err) < 0)
        return p->size < 4
                   ? dw_fail(err, DW_EFORMAT,
                             "%s: is neither bigWig nor bigBed", p->path)
                   : err->code;
    if (read_at(p, 0, h, sizeof h, "header", err) < 0)
        return err->code;
    zooms = u16(h + 6);
    p->chroms_at = u64(h + 8);
    p->index_at = u64(h + 24);
    summary = u64(h + 44);
    if (HEADER + ZOOM * zooms > p->size)
        return broken(p, err, "%" PRIu64 " zoom levels do not fit", zooms);
    if (summary && (summary > p->size || p->size - summary < 40))
        return broken(p, err, "its summary lies behind its end");
    if (u32(h + 52) > BLOCK_MAX)
        return broken(p, err, "blocks of %" PRIu32 " bytes", u32(h + 52));
    return 0;
}

/* ---- trees: what both have in common ---- */

/* A node's header: whether it is a leaf, and its number of items, of which each
 * takes so many bytes.  In a sound file nodes do not overlap, so that together
 * they are no larger than the file; this is what ends a circle. */
static int open_node(struct probe *p, uint64_t at, size_t depth, size_t leaf,
                     size_t twig, bool *is_leaf, size_t *n, dw_err *err)
{
    unsigned char h[NODE_HEADER] = {0};
    uint64_t bytes;

    if (depth > DEPTH_MAX)
        return broken(p, err, "a tree of more than %d levels", DEPTH_MAX);
    if (read_at(p, at, h, sizeof h, "node of a tree", err) < 0)
        return err->code;
    if (h[0] > 1)
        return broken(p, err, "a node at byte %" PRIu64 " that is none", at);
    *is_leaf = h[0];
    *n = u16(h + 2);
    bytes = NODE_HEADER + *n * (uint64_t)(*is_leaf ? leaf : twig);
    if (bytes > p->size - at || bytes > p->left)
        return broken(p, err, "the node at byte %" PRIu64 " does not fit", at);
    p->left -= bytes;
    return 0;
}

/* ---- chromosomes ---- */

/* Each number below n_chroms is to be given once: libBigWig uses it as an index
 * of an array that has no holes. */
static int check_chrom(struct probe *p, const unsigned char *item, dw_err *err)
{
    uint32_t id = u32(item + p->key);

    if (!item[0])
        return broken(p, err, "a chromosome without a name");
    if (id >= p->n_chroms || p->found[id])
        return broken(p, err, "a chromosome has number %" PRIu32 " of %" PRIu64,
                      id, p->n_chroms);
    p->found[id] = true;
    p->n_found++;
    return 0;
}

static int check_chrom_node(struct probe *p, uint64_t at, size_t depth,
                            dw_err *err)
{
    unsigned char item[NAME_MAX_BYTES + 9] = {0};
    const size_t bytes = p->key + 8;
    bool is_leaf = false;
    size_t n = 0;

    if (open_node(p, at, depth, bytes, bytes, &is_leaf, &n, err) < 0)
        return err->code;
    at += NODE_HEADER;
    for (size_t i = 0; i < n; i++, at += bytes) {
        int rc = read_at(p, at, item, bytes, "chromosomes", err);

        if (rc == 0)
            rc = is_leaf
                     ? check_chrom(p, item, err)
                     : check_chrom_node(p, u64(item + p->key), depth + 1, err);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int check_chroms(struct probe *p, dw_err *err)
{
    unsigned char h[CHROMS_HEADER] = {0};
    int rc;

    if (read_at(p, p->chroms_at, h, sizeof h, "chromosomes", err) < 0)
        return err->code;
    p->key = u32(h + 8);
    p->n_chroms = u64(h + 16);
    if (u32(h) != MAGIC_CHROMS)
        return broken(p, err, "no list of chromosomes where it should be");
    if (p->key == 0 || p->key > NAME_MAX_BYTES || u32(h + 12) != 8)
        return broken(p, err,
                      "chromosomes of %" PRIu32 " and %" PRIu32 " bytes",
                      p->key, u32(h + 12));
    if (p->n_chroms == 0 || p->n_chroms > p->size / (p->key + 8))
        return broken(p, err, "%" PRIu64 " chromosomes do not fit",
                      p->n_chroms);
    p->found = dw_try_alloc(p->n_chroms, sizeof *p->found);
    if (!p->found)
        return dw_fail(err, DW_ENOMEM, "%s: not enough memory", p->path);
    p->left = p->size;
    rc = check_chrom_node(p, p->chroms_at + CHROMS_HEADER, 1, err);
    if (rc == 0 && p->n_found != p->n_chroms)
        rc = broken(p, err, "%" PRIu64 " chromosomes, and it says %" PRIu64,
                    p->n_found, p->n_chroms);
    return rc;
}

/* ---- index ---- */

/* Blocks stand in the order of their begins: libBigWig stops looking at the
 * first that begins too late. */
static int check_block(struct probe *p, const unsigned char *item, dw_err *err)
{
    uint32_t chrom = u32(item), base = u32(item + 4), last = u32(item + 8);
    uint64_t at = u64(item + 16), size = u64(item + 24);

    if (chrom > last || last >= p->n_chroms)
        return broken(p, err, "a block on chromosome %" PRIu32 " of %" PRIu64,
                      last, p->n_chroms);
    if (chrom < p->chrom || (chrom == p->chrom && base < p->base))
        return broken(p, err, "its blocks are not in order");
    if (size == 0 || size > BLOCK_MAX || at > p->size || size > p->size - at)
        return broken(p, err,
                      "a block of %" PRIu64 " bytes at byte %" PRIu64
                      ", and it has %" PRIu64 ": was it cut short?",
                      size, at, p->size);
    p->chrom = chrom;
    p->base = base;
    return 0;
}

/* A child at byte 0, which to libBigWig is the root again, is none: the magic
 * is there. */
static int check_index_node(struct probe *p, uint64_t at, size_t depth,
                            dw_err *err)
{
    unsigned char item[LEAF_ITEM] = {0};
    bool is_leaf = false;
    size_t n = 0, bytes;

    if (open_node(p, at, depth, LEAF_ITEM, TWIG_ITEM, &is_leaf, &n, err) < 0)
        return err->code;
    bytes = is_leaf ? LEAF_ITEM : TWIG_ITEM;
    at += NODE_HEADER;
    for (size_t i = 0; i < n; i++, at += bytes) {
        int rc = read_at(p, at, item, bytes, "index", err);

        if (rc == 0)
            rc = is_leaf ? check_block(p, item, err)
                         : check_index_node(p, u64(item + 16), depth + 1, err);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int check_index(struct probe *p, dw_err *err)
{
    unsigned char h[INDEX_HEADER] = {0};

    if (read_at(p, p->index_at, h, sizeof h, "index", err) < 0)
        return err->code;
    if (p->index_at == 0 || u32(h) != MAGIC_INDEX)
        return broken(p, err, "no index where it should be");
    p->left = p->size;
    return check_index_node(p, p->index_at + INDEX_HEADER, 1, err);
}

/* ---- the whole ---- */

static int digest_ends(const struct probe *p, uint64_t *digest, dw_err *err)
{
    const size_t n = p->size < DIGEST_BYTES ? p->size : DIGEST_BYTES;
    unsigned char size[8], *ends = dw_alloc(2, DIGEST_BYTES);
    dw_digest *d = dw_digest_new();
    int rc = read_at(p, 0, ends, n, "begin", err);

    for (size_t i = 0; i < sizeof size; i++)
        size[i] = (unsigned char)(p->size >> 8 * i);
    if (rc == 0)
        rc = read_at(p, p->size - n, ends + n, n, "end", err);
    dw_digest_add(d, size, sizeof size);
    dw_digest_add(d, ends, 2 * n);
    *digest = dw_digest_value(d);
    dw_digest_free(d);
    dw_free(ends);
    return rc;
}

dw_bigwig_kind dw_bigwig_kind_of(const char *path)
{
    unsigned char magic[4] = {0};
    FILE *f = fopen(path, "rb");

    if (f && fread(magic, 1, sizeof magic, f) != sizeof magic)
        magic[0] = 0;
    if (f)
        fclose(f);
    return kind_of_magic(u32(magic));
}

int dw_bigwig_check(const char *path, dw_bigwig_kind *kind, uint64_t *digest,
                    dw_err *err)
{
    struct probe p = {.path = path, .f = fopen(path, "rb")};
    off_t size;
    int rc;

    if (!p.f)
        return dw_fail_errno(err, "%s", path);
    if (fseeko(p.f, 0, SEEK_END) != 0 || (size = ftello(p.f)) < 0) {
        fclose(p.f);
        return dw_fail(err, DW_EIO,
                       "%s: is read at many places, and has to be a file that "
                       "lies on a disk",
                       path);
    }
    p.size = (uint64_t)size;
    rc = check_header(&p, kind, err);
    if (rc == 0)
        rc = check_chroms(&p, err);
    if (rc == 0)
        rc = check_index(&p, err);
    if (rc == 0)
        rc = digest_ends(&p, digest, err);
    dw_free(p.found);
    fclose(p.f);
    return rc;
}
