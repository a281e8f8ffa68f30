#include "annot/bigwig_annot.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"

static const char OPTION[] = "--bigwig";

struct bigwig_annot {
    dw_spec spec;
    dw_signal *signal;
    dw_signal_misses misses;
};

/* ---- what all who read signals say ---- */

int dw_signal_spec_column(const dw_spec *s, const char *option,
                          const char *text, size_t *column, dw_err *err)
{
    int64_t x;

    *column = 0;
    if (s->n_words == 0)
        return 0;
    if (s->n_words > 1 || dw_text_int64(dw_span_of(s->word[0]), &x) < 0 ||
        x < 4 || x > UINT16_MAX)
        return dw_fail(err, DW_EUSAGE,
                       "%s %s: the column of a bigBed is a number from 4 on",
                       option, text);
    *column = (size_t)x;
    return 0;
}

int dw_signal_check_build(const dw_signal *s, const char *build, dw_err *err)
{
    const char *own = dw_bigwig_build(dw_signal_file(s));

    if (!own || strcmp(build, ".") == 0 || strcmp(own, build) == 0)
        return 0;
    return dw_fail(err, DW_EMISMATCH,
                   "%s: is of %s, by the lengths of its chromosomes, and the "
                   "variants are of %s",
                   dw_bigwig_path(dw_signal_file(s)), own, build);
}

int dw_signal_meet(dw_signal *s, const dw_variants *v, dw_signal_misses *n)
{
    const int there = dw_signal_seek(s, v->contig);
    const uint32_t length = dw_signal_length(s);

    n->asked += v->m;
    if (!there) {
        n->absent += v->m;
        if (v->m && !n->contig[0])
            strcpy(n->contig, v->contig);
    }
    for (size_t i = v->m; i > 0 && v->pos[i - 1] > length; i--)
        n->beyond++;
    return there;
}

void dw_signal_tell(const dw_signal *s, const dw_signal_misses *n)
{
    const dw_bigwig *b = dw_signal_file(s);
    const char *path = dw_bigwig_path(b), *build = dw_bigwig_build(b), *contig;
    uint32_t pos;

    if (n->asked && n->absent == n->asked)
        dw_warn("%s: has none of the variants' chromosomes: they have %s, it "
                "has %s",
                path, n->contig, dw_bigwig_chrom_name(b, 0));
    else if (n->absent)
        dw_note("%s: %" PRIu64 " of %" PRIu64 " variants lie on chromosomes "
                "that it lacks: %s, for one",
                path, n->absent, n->asked, n->contig);
    if (n->beyond)
        dw_warn("%s: %" PRIu64 " variants lie behind the end of their "
                "chromosome: another genome build?%s%s",
                path, n->beyond, build ? " By its lengths it is of " : "",
                build ? build : "");
    contig = dw_signal_infinite(s, &pos);
    if (contig)
        dw_warn("%s: holds values that are infinite, the first at %s:%" PRIu32
                "; they count as missing",
                path, contig, pos);
}

/* ---- the annotator ---- */

static int fill(void *self, const dw_variants *v, float *columns, dw_err *err)
{
    struct bigwig_annot *a = self;

    dw_signal_meet(a->signal, v, &a->misses);
    for (size_t i = 0; i < v->m; i++) {
        for (size_t w = 0; w <= a->spec.n_sizes; w++) {
            uint32_t size = w ? a->spec.size[w - 1] : 1;
            int64_t begin = (int64_t)v->pos[i] - 1 - size / 2;

            if (dw_signal_mean(a->signal, begin, begin + size,
                               &columns[w * v->m + i], err) < 0)
                return err->code;
        }
    }
    return 0;
}

static int finish(void *self, dw_err *err)
{
    struct bigwig_annot *a = self;

    (void)err;
    dw_signal_tell(a->signal, &a->misses);
    return 0;
}

static void inputs(const void *self,
                   void (*add)(void *ctx, const char *name, uint64_t digest),
                   void *ctx)
{
    const struct bigwig_annot *a = self;

    add(ctx, a->spec.file, dw_bigwig_digest(dw_signal_file(a->signal)));
}

static void close_annot(void *self)
{
    struct bigwig_annot *a = self;

    dw_signal_close(a->signal);
    dw_spec_clear(&a->spec);
    dw_free(a);
}

static const dw_annotator_kind KIND = {
    .fill = fill, .finish = finish, .inputs = inputs, .close = close_annot};

static void name_columns(dw_annotator *a, const dw_spec *s)
{
    dw_buf name = {0};

    dw_annotator_name(a, 0, s->name, ".");
    for (size_t w = 0; w < s->n_sizes; w++) {
        dw_buf_reset(&name);
        dw_buf_addf(&name, "%s.%" PRIu32, s->name, s->size[w]);
        dw_annotator_name(a, w + 1, name.s, ".");
    }
    dw_buf_clear(&name);
}

static int check_sizes(const dw_spec *s, const char *text, dw_err *err)
{
    for (size_t i = 0; i < s->n_sizes; i++) {
        for (size_t j = 0; j < i; j++) {
            if (s->size[i] == s->size[j])
                return dw_fail(err, DW_EUSAGE,
                               "%s %s: %" PRIu32 " is there "
                               "twice",
                               OPTION, text, s->size[i]);
        }
    }
    return 0;
}

dw_annotator *dw_bigwig_annot_open(const char *text, const char *bim,
                                   dw_err *err)
{
    struct bigwig_annot *self = dw_alloc(1, sizeof *self);
    dw_spec *s = &self->spec;
    dw_annotator *a;
    size_t column = 0;

    (void)bim;
    if (dw_spec_parse(s, OPTION, text,
                      DW_SPEC_NAME | DW_SPEC_WORDS | DW_SPEC_SIZES, err) < 0 ||
        dw_signal_spec_column(s, OPTION, text, &column, err) < 0 ||
        check_sizes(s, text, err) < 0)
        goto fail;
    /* A window has two ends in different tiles, and the base has one more. */
    self->signal = dw_signal_open(s->file, column, 2 + 2 * s->n_sizes, err);
    if (!self->signal)
        goto fail;
    a = dw_annotator_new(&KIND, self, s->file, 1 + s->n_sizes);
    a->build = dw_bigwig_build(dw_signal_file(self->signal));
    name_columns(a, s);
    return a;
fail:
    close_annot(self);
    return NULL;
}
