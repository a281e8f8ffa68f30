/* Blocks through threads: order, runs, truths, faults. */
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "flow/block_flow.h"

enum { BLOCKS = 7 }; /* in each of two runs */

static void must(int rc, const dw_err *err)
{
    if (rc < 0) {
        printf("Bail out! %s\n", err->msg);
        exit(1);
    }
}

/* Block b: one variant more than the one before; a truth of two traits, one
 * before the factor and one behind it. */
static void put_truth(dw_sink *sink, const char *trait, size_t m, double var)
{
    dw_err err = {0};
    dw_truth t = {0};
    dw_buf payload = {0};

    must(dw_truth_resize(&t, m, &err), &err);
    t.trait = dw_strdup(trait);
    strcpy(t.contig, "1");
    for (size_t i = 0; i < m; i++)
        t.var[i] = t.effect[i] = var;
    dw_truth_pack(&t, &payload);
    must(dw_sink_chunk(sink, "true", DW_TRUE_VERSION, m, &payload, &err), &err);
    dw_buf_clear(&payload);
    dw_truth_clear(&t);
}

/* Of b: variants alone if `ld` is false. */
static void put_block(dw_sink *sink, size_t b, bool ld)
{
    dw_err err = {0};
    dw_block x = {0};
    size_t m = b + 1;

    must(dw_variants_resize(&x.var, m, 1, 0, &err), &err);
    must(dw_ldblock_resize(&x.ld, m, 1, &err), &err);
    strcpy(x.var.contig, "1");
    strcpy(x.ld.contig, "1");
    for (size_t i = 0; i < m; i++) {
        x.var.pos[i] = (uint32_t)(100 * b + i + 1);
        x.var.eaf[i] = 0.5F;
        x.var.z[i] = (float)b;
        x.var.n[i] = 100;
        must(dw_texts_add(&x.var.id, ".", 1), &err);
        must(dw_texts_add(&x.var.ref, "A", 1), &err);
        must(dw_texts_add(&x.var.alt, "C", 1), &err);
        x.ld.q[i] = 1;
    }
    x.ld.start = (uint32_t)(100 * b);
    x.ld.end = (uint32_t)(100 * b + m);
    x.ld.l = m;
    x.ld.lambda[0] = 1;
    x.ld.trace = (double)m;
    must(dw_sink_variants(sink, &x.var, &err), &err);
    put_truth(sink, "y", m, (double)b);
    if (ld)
        must(dw_sink_ldblock(sink, &x.ld, &err), &err);
    put_truth(sink, "other", m, 999);
    dw_block_clear(&x);
}

static void write_stream(const char *path, bool ld)
{
    dw_err err = {0};
    dw_sink *sink = dw_sink_open(path, &err);

    must(sink ? 0 : err.code, &err);
    for (int run = 0; run < 2; run++) {
        dw_head head = {0};

        dw_head_set_build(&head, "GRCh37");
        dw_head_add_trait(&head, "y", "simulated", run ? 200 : 100);
        if (ld)
            dw_head_set_panel(&head, "panel", 10, "by hand");
        must(dw_sink_begin(sink, &head, &err), &err);
        for (size_t b = 0; b < BLOCKS; b++)
            put_block(sink, b, ld);
        must(dw_sink_end(sink, NULL, "test", NULL, &err), &err);
        dw_head_clear(&head);
    }
    must(dw_sink_close(sink, &err), &err);
}

typedef struct seen {
    size_t n, fail_work, fail_finish, fail_begin, begun;
    double sum;
    int order, truths, kept;
    bool tables; /* takes variants without LD */
    size_t n_lone;
} seen;

typedef struct own {
    double n, product;
    size_t used;
} own;

static int begin(void *self, dw_source *src, dw_flow_item *item, dw_err *err)
{
    seen *s = self;

    ((own *)item->own)->n = dw_source_head(src)->trait[0].n;
    return ++s->begun == s->fail_begin ? dw_fail(err, DW_EMISMATCH, "begin")
                                       : 0;
}

static bool truth(void *self, const dw_truth *t)
{
    (void)self;
    return strcmp(t->trait, "y") == 0;
}

static void work(void *self, size_t thread, dw_flow_item *item)
{
    seen *s = self;
    own *o = item->own;

    (void)thread;
    o->product = o->n * (double)item->b.var.z[0] + (double)item->b.var.m;
    o->used++;
    if (item->b.index == s->fail_work)
        dw_fail(&item->err, DW_EDEGENERATE, "work");
}

static int finish(void *self, dw_flow_item *item, dw_err *err)
{
    seen *s = self;
    own *o = item->own;

    s->n++;
    s->n_lone += !item->has_block;
    s->order = s->order && item->b.index == s->n;
    s->truths += item->has_truth && item->truth.m == item->b.var.m &&
                 item->truth.var[0] == (double)item->b.var.z[0];
    s->kept += o->used > 1;
    s->sum = s->sum / 3 + o->product;
    return s->n == s->fail_finish ? dw_fail(err, DW_EBUG, "finish") : 0;
}

static int flow(const char *path, size_t threads, seen *s, dw_err *err)
{
    const dw_flow f = {.own_size = sizeof(own),
                       .tables = s->tables,
                       .begin = begin,
                       .truth = truth,
                       .work = work,
                       .finish = finish};
    dw_source *src = dw_source_open(path, err);
    dw_pool *pool = threads ? dw_pool_new(threads) : NULL;
    int rc = src ? dw_flow_run(&f, s, src, pool, err) : err->code;

    dw_pool_free(pool);
    dw_source_close(src);
    return rc;
}

static void test_order(const char *path)
{
    double sum = 0;

    for (size_t threads = 0; threads <= 5; threads++) {
        dw_err err = {0};
        seen s = {.order = 1};

        OK(flow(path, threads, &s, &err) == 0, "%zu threads %s", threads,
           err.msg);
        OK(s.n == 2 * BLOCKS && s.order && !s.n_lone, "all blocks, in order");
        OK(s.truths == 2 * BLOCKS, "each with the truth of its trait");
        OK(s.kept > 0, "what is a tool's own is kept from block to block");
        sum = threads ? sum : s.sum;
        OK(s.sum == sum && sum > 0, "the same sum");
    }
}

static void test_faults(const char *path, const char *cut)
{
    for (size_t threads = 1; threads <= 4; threads++) {
        dw_err err = {0};
        seen s = {.fail_work = 5, .fail_begin = 6};

        OK(flow(path, threads, &s, &err) == DW_EDEGENERATE &&
               strstr(err.msg, "block 5 (1:400-405): work"),
           "the first block that fails is told, though a later one was begun: "
           "%s",
           err.msg);
        OK(s.n == 4, "those before it are finished");
        s = (seen){.fail_begin = 6};
        OK(flow(path, threads, &s, &err) == DW_EMISMATCH && s.n == 5,
           "a fault of reading, after what was read: %zu", s.n);
        s = (seen){.fail_finish = 3};
        OK(flow(path, threads, &s, &err) == DW_EBUG && s.n == 3, "finish");
        s = (seen){0};
        OK(flow(cut, threads, &s, &err) < 0 && s.n == 2 * BLOCKS - 1,
           "a stream that was cut short: %zu blocks, %s", s.n, err.msg);
    }
}

/* Variants alone: for a flow that takes them, and for one that does not. */
static void test_tables(const char *path)
{
    for (size_t threads = 1; threads <= 4; threads++) {
        dw_err err = {0};
        seen s = {.order = 1, .tables = true};

        OK(flow(path, threads, &s, &err) == 0 && s.n == 2 * BLOCKS && s.order,
           "all tables, in order: %s", err.msg);
        OK(s.n_lone == s.n && s.truths == 2 * BLOCKS, "without LD");
        s = (seen){.tables = true, .fail_work = 5};
        OK(flow(path, threads, &s, &err) == DW_EDEGENERATE &&
               strstr(err.msg, "table 5 (1): work"),
           "which one failed: %s", err.msg);
        s = (seen){0};
        OK(flow(path, threads, &s, &err) == DW_EMISMATCH &&
               strstr(err.msg, "dw-ldblock") && s.n == 0,
           "refused with the mend");
    }
}

/* `to` becomes the first blocks of `from`, without the last block's end. */
static void cut_file(const char *from, const char *to)
{
    static unsigned char bytes[1 << 20];
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    size_t n = in ? fread(bytes, 1, sizeof bytes, in) : 0;
    size_t last = 0;

    for (size_t i = 0; i + 4 < n; i++)
        if (memcmp(bytes + i, "LDBK", 4) == 0)
            last = i;
    if (out && fwrite(bytes, 1, last + 60, out) != last + 60)
        printf("Bail out! cannot write\n");
    if (in)
        fclose(in);
    if (out)
        fclose(out);
}

int main(void)
{
    char path[] = "/tmp/dw-flow-XXXXXX", cut[] = "/tmp/dw-flow-XXXXXX";
    int a = mkstemp(path), b = mkstemp(cut);

    if (a < 0 || b < 0)
        return 1;
    close(a);
    close(b);
    write_stream(path, true);
    cut_file(path, cut);
    test_order(path);
    test_faults(path, cut);
    write_stream(path, false);
    test_tables(path);
    unlink(path);
    unlink(cut);
    return tap_done();
}
