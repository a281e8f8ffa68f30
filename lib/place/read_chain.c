#include "place/chain_pieces.h"

#include <string.h>

#include "base/mem.h"
#include "place/chain.h"

/* "chain", score, and name, size, strand, start, end of both, id. */
enum { HEAD_FIELDS = 13 };

static int no_memory(const dw_chain *c, dw_err *err)
{
    return dw_fail(err, DW_ENOMEM, "%s: no memory for its chains", c->path);
}

static int fail_field(const dw_chain *c, const char *what, dw_span f,
                      dw_err *err)
{
    return dw_lines_fail(c->lines, err, DW_EFORMAT, NULL,
                         "\"%.*s\" is not %s of a chain",
                         f.n > 40 ? 40 : (int)f.n, f.s, what);
}

static int take_number(const dw_chain *c, dw_span f, const char *what,
                       uint32_t *x, dw_err *err)
{
    int64_t v;

    if (dw_text_int64(f, &v) < 0 || v < 0 || v > INT32_MAX)
        return fail_field(c, what, f, err);
    *x = (uint32_t)v;
    return 0;
}

static bool take_strand(dw_span f, bool *reversed)
{
    *reversed = dw_span_eq(f, "-");
    return *reversed || dw_span_eq(f, "+");
}

static int take_name(const dw_chain *c, dw_span f, char name[DW_CONTIG_MAX],
                     dw_err *err)
{
    if (dw_contig_name(f, DW_CONTIG_PLINK, name) < 0)
        return fail_field(c, "a chromosome", f, err);
    return 0;
}

/* The contig of the old build, made if it is new; lent until the next. */
static struct dw_chain_contig *old_contig(dw_chain *c, const char *name)
{
    bool fresh;
    uint64_t *at = dw_map_put(c->from, name, strlen(name), &fresh);
    void *p = c->of;

    if (!at)
        return NULL;
    if (fresh) {
        size_t n = dw_map_size(c->from);

        *at = n - 1;
        if (dw_try_grow(&p, &c->cap_of, n, sizeof *c->of) < 0)
            return NULL;
        c->of = p;
        c->of[c->n_of++] = (struct dw_chain_contig){0};
    }
    return &c->of[*at];
}

static int new_contig(dw_chain *c, const char *name, size_t *index)
{
    bool fresh;
    uint64_t *at = dw_map_put(c->to, name, strlen(name), &fresh);
    void *p = c->name;

    if (!at)
        return DW_ENOMEM;
    if (fresh) {
        size_t n = dw_map_size(c->to);

        *at = n - 1;
        if (dw_try_grow(&p, &c->cap_name, n, sizeof *c->name) < 0)
            return DW_ENOMEM;
        c->name = p;
        strcpy(c->name[n - 1], name);
    }
    *index = *at;
    return 0;
}

/* Counts the lengths that tell a build. */
static void weigh(uint64_t n[DW_BUILDS], const char *contig, uint32_t length)
{
    int b = dw_build_of_length(contig, length);

    if (b != DW_BUILD_NONE)
        n[b]++;
}

struct head {
    char from[DW_CONTIG_MAX], to[DW_CONTIG_MAX];
    uint32_t t_size, t_start, t_end, q_size, q_start, q_end;
    struct dw_chain_span span;
};

/* chain score tName tSize tStrand tStart tEnd qName qSize qStrand qStart qEnd
 * id */
static int parse_head(dw_chain *c, const dw_span *f, struct head *h,
                      dw_err *err)
{
    bool t_reversed;
    int64_t score;
    int rc;

    *h = (struct head){0};
    if (dw_text_int64(f[1], &score) < 0 || score < 0)
        return fail_field(c, "the score", f[1], err);
    h->span.score = (uint64_t)score;
    if ((rc = take_name(c, f[2], h->from, err)) < 0 ||
        (rc = take_number(c, f[3], "a size", &h->t_size, err)) < 0 ||
        (rc = take_number(c, f[5], "a start", &h->t_start, err)) < 0 ||
        (rc = take_number(c, f[6], "an end", &h->t_end, err)) < 0 ||
        (rc = take_name(c, f[7], h->to, err)) < 0 ||
        (rc = take_number(c, f[8], "a size", &h->q_size, err)) < 0 ||
        (rc = take_number(c, f[10], "a start", &h->q_start, err)) < 0 ||
        (rc = take_number(c, f[11], "an end", &h->q_end, err)) < 0)
        return rc;
    if (!take_strand(f[4], &t_reversed) || t_reversed)
        return fail_field(c, "the first strand (+)", f[4], err);
    if (!take_strand(f[9], &h->span.reversed))
        return fail_field(c, "the second strand (+ or -)", f[9], err);
    if (h->t_start > h->t_end || h->t_end > h->t_size ||
        h->q_start > h->q_end || h->q_end > h->q_size)
        return dw_lines_fail(c->lines, err, DW_EFORMAT, NULL,
                             "the chain's start, end and size contradict each "
                             "other");
    h->span.start = h->t_start;
    h->span.end = h->t_end;
    h->span.q_size = h->q_size;
    return 0;
}

static int add_piece(struct dw_chain_contig *of,
                     const struct dw_chain_piece *piece)
{
    void *p = of->piece;

    if (of->n_pieces + 1 > of->cap_pieces &&
        dw_try_grow(&p, &of->cap_pieces, of->n_pieces + 1, sizeof *of->piece) <
            0)
        return DW_ENOMEM;
    of->piece = p;
    of->piece[of->n_pieces++] = *piece;
    return 0;
}

static int add_span(dw_chain *c, struct dw_chain_contig *of,
                    const struct head *h)
{
    void *p = of->span, *q = c->all;

    if (dw_try_grow(&p, &of->cap_spans, of->n_spans + 1, sizeof *of->span) < 0)
        return DW_ENOMEM;
    of->span = p;
    if (dw_try_grow(&q, &c->cap, c->n + 1, sizeof *c->all) < 0)
        return DW_ENOMEM;
    c->all = q;
    of->span[of->n_spans++] = c->all[c->n++] = h->span;
    return 0;
}

/* "size dt dq" lines up to the last, "size". */
static int read_pieces(dw_chain *c, struct dw_chain_contig *of,
                       const struct head *h, dw_err *err)
{
    uint32_t t = h->t_start, q = h->q_start;
    size_t n = 3;
    int rc = 0;

    while (n == 3) {
        dw_span line, f[3];
        uint32_t size, dt = 0, dq = 0;

        rc = dw_lines_next(c->lines, &line, err);
        if (rc == 0)
            rc = dw_lines_fail(c->lines, err, DW_EFORMAT, NULL,
                               "the file ends within a chain: is it cut "
                               "short?");
        if (rc < 0)
            return rc;
        n = dw_text_split(line, ' ', f, 3);
        if (n != 1 && n != 3)
            return dw_lines_fail(c->lines, err, DW_EFORMAT, NULL,
                                 "%zu fields where a chain has 1 or 3", n);
        if ((rc = take_number(c, f[0], "the size of a piece", &size, err)) < 0)
            return rc;
        if (n == 3 && ((rc = take_number(c, f[1], "a gap", &dt, err)) < 0 ||
                       (rc = take_number(c, f[2], "a gap", &dq, err)) < 0))
            return rc;
        if (size > h->t_end - t || size > h->q_end - q ||
            dt > h->t_end - t - size || dq > h->q_end - q - size)
            return dw_lines_fail(c->lines, err, DW_EFORMAT, NULL,
                                 "the pieces are longer than their chain");
        if (size && add_piece(of, &(struct dw_chain_piece){t, t + size, 0, q,
                                                           c->n - 1}) < 0)
            return no_memory(c, err);
        t += size + dt;
        q += size + dq;
    }
    if (t != h->t_end || q != h->q_end)
        return dw_lines_fail(c->lines, err, DW_EFORMAT, NULL,
                             "the pieces do not add up to their chain");
    return 0;
}

static int read_chain(dw_chain *c, const dw_span *f, dw_err *err)
{
    struct dw_chain_contig *of;
    struct head h;
    int rc = parse_head(c, f, &h, err);

    if (rc < 0)
        return rc;
    of = old_contig(c, h.from);
    if (!of || new_contig(c, h.to, &h.span.q_contig) < 0 ||
        add_span(c, of, &h) < 0)
        return no_memory(c, err);
    weigh(c->from_build, h.from, h.t_size);
    weigh(c->to_build, h.to, h.q_size);
    return read_pieces(c, of, &h, err);
}

static int read_all(dw_chain *c, dw_err *err)
{
    dw_span line, f[HEAD_FIELDS];
    int rc;

    while ((rc = dw_lines_next(c->lines, &line, err)) > 0) {
        size_t n = dw_text_split(line, ' ', f, HEAD_FIELDS);

        if (n == 0 || *f[0].s == '#')
            continue;
        /* The id is left out by some. */
        if ((n != HEAD_FIELDS && n != HEAD_FIELDS - 1) ||
            !dw_span_eq(f[0], "chain"))
            return dw_lines_fail(c->lines, err, DW_EFORMAT, NULL,
                                 "no \"chain\" line of a UCSC chain file");
        if ((rc = read_chain(c, f, err)) < 0)
            return rc;
    }
    if (rc == 0 && c->n == 0)
        rc = dw_fail(err, DW_EFORMAT, "%s: holds no chain", c->path);
    return rc;
}

int dw_chain_read(struct dw_chain *c, dw_err *err)
{
    int rc = -1;

    c->lines = dw_lines_open(c->path, err);
    if (c->lines && (rc = read_all(c, err)) == 0)
        c->digest = dw_lines_digest(c->lines);
    dw_lines_close(c->lines);
    c->lines = NULL;
    return rc;
}
