#include "sim/synth.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/rng.h"
#include "sim/landscape.h"

/* One stream of random numbers for each thing that is drawn. */
enum purpose { MAP, HAPLOTYPES, THIN, ALLELES, LANDSCAPE, MISSING };

/* Twice what is measured in families: the rate that the sizes of the population
 * were estimated with (Gravel et al. 2011), and that gives 3,500 variants of
 * MAF > 1 % a Mb, as 489 Europeans have. */
static const double MUTATION = 2.2e-8;

dw_synth_spec dw_synth_default(void)
{
    return (dw_synth_spec){.seed = 1,
                           .people = 500,
                           .length = 5e6,
                           .mutation = MUTATION,
                           .min_maf = 0.01,
                           .annotations = DW_LANDSCAPE_DEFAULT,
                           .block = 1e6,
                           .demography = dw_demography_european(),
                           .genmap = dw_genmap_human()};
}

int dw_synth_names(const dw_synth_spec *spec, dw_texts *people,
                   dw_texts *columns, dw_err *err)
{
    dw_buf name = {0};
    int rc = 0;

    for (size_t i = 0; i < spec->people && rc == 0; i++) {
        dw_buf_reset(&name);
        dw_buf_addf(&name, "S%04zu", i + 1);
        rc = dw_texts_add(people, name.s, name.n);
    }
    for (size_t i = 0; i < spec->annotations && rc == 0; i++) {
        dw_buf_reset(&name);
        dw_landscape_name(i, &name);
        rc = dw_texts_add(columns, name.s, name.n);
    }
    dw_buf_clear(&name);
    return rc ? dw_fail(err, rc, "not enough memory for the names") : 0;
}

static uint64_t stream_of(const char *contig, enum purpose what)
{
    return dw_hash(contig, strlen(contig)) + (uint64_t)what;
}

static dw_rng rng_for(const dw_synth_spec *spec, const char *contig,
                      enum purpose what)
{
    return dw_rng_init(spec->seed, stream_of(contig, what));
}

/* ---- alleles ---- */

static const char BASES[] = "ACGT";

/* A base with 41 % G and C. */
static char random_base(dw_rng *rng)
{
    double x = dw_rng_uniform(rng);

    return BASES[x < 0.295 ? 0 : x < 0.5 ? 1 : x < 0.705 ? 2 : 3];
}

/* Two transitions (A-G, C-T) for each transversion. */
static char mutate_base(char ref, dw_rng *rng)
{
    size_t i = (size_t)(strchr(BASES, ref) - BASES);
    double x = dw_rng_uniform(rng);

    if (x < 2.0 / 3)
        return BASES[i ^ 2];
    return BASES[i ^ (x < 2.5 / 3 ? 1 : 3)];
}

enum { INDEL_MAX = 30 };

/* An insertion or deletion of 1 base mostly; the base before it leads both
 * alleles, as in a VCF. */
static void draw_indel(char *ref, char *alt, dw_rng *rng)
{
    char *longer = dw_rng_uniform(rng) < 0.5 ? ref : alt;
    size_t n = 1;

    ref[0] = alt[0] = random_base(rng);
    do
        longer[n++] = random_base(rng);
    while (n < INDEL_MAX && dw_rng_uniform(rng) < 0.45);
}

static int add_alleles(dw_variants *v, double indels, dw_rng *rng)
{
    char ref[INDEL_MAX + 1] = {0}, alt[INDEL_MAX + 1] = {0};

    if (indels > 0 && dw_rng_uniform(rng) < indels) {
        draw_indel(ref, alt, rng);
    } else {
        ref[0] = random_base(rng);
        alt[0] = mutate_base(ref[0], rng);
    }
    if (dw_texts_add(&v->ref, ref, strlen(ref)) ||
        dw_texts_add(&v->alt, alt, strlen(alt)))
        return DW_ENOMEM;
    return 0;
}

/* ---- variants ---- */

/* Names that occur once in the panel and are in no order, as rs numbers are:
 * (chromosome, variant) is 30 bits, and times an odd number, modulo 2^30, is a
 * permutation. */
static int add_id(dw_variants *v, size_t i)
{
    uint64_t contig = dw_hash(v->contig, strlen(v->contig)) % 64;
    char text[32];
    int64_t number;

    if (dw_text_int64(dw_span_of(v->contig), &number) == 0)
        contig = (uint64_t)number % 64;

    uint64_t rs = ((contig << 24 | i) * 0x2545f491u) & 0x3fffffffu;
    int n = snprintf(text, sizeof text, "rs%" PRIu64, rs + 1000);

    return dw_texts_add(&v->id, text, (size_t)n);
}

static int fill_variants(dw_synth *s, const dw_synth_spec *spec, dw_err *err)
{
    dw_variants *v = &s->var;
    dw_rng rng = rng_for(spec, v->contig, ALLELES);

    for (size_t i = 0; i < s->hap.m; i++) {
        v->pos[i] = DW_SYNTH_START + s->hap.pos[i] + 1;
        v->eaf[i] = (float)((double)s->hap.count[i] / (double)s->hap.n);
        s->cm[i] = 100 * dw_genmap_morgan(&s->map, s->hap.pos[i]);
        if (add_id(v, i) || add_alleles(v, spec->indels, &rng))
            return dw_fail(err, DW_ENOMEM,
                           "not enough memory for the names of %zu variants",
                           s->hap.m);
    }
    return 0;
}

/* ---- blocks ---- */

/* The strongest hot spot about `at`, at most `reach` away: its middle.  Without
 * one, `at`. */
static double best_cut(const dw_genmap *map, double at, double reach)
{
    double best = 0, cut = at;

    for (size_t i = dw_genmap_piece(map, fmax(0, at - reach));
         i < map->n && map->begin[i + 1] <= at + reach; i++) {
        double morgan = map->morgan[i + 1] - map->morgan[i];

        if (map->hot[i] && map->begin[i] >= at - reach && morgan > best) {
            best = morgan;
            cut = 0.5 * (map->begin[i] + map->begin[i + 1]);
        }
    }
    return floor(cut);
}

static void cut_blocks(dw_synth *s, double size)
{
    double length = dw_genmap_length(&s->map), begin = 0;
    double n = fmax(1, floor(length / size + 0.5));

    for (double i = 1; i <= n; i++) {
        double end = i < n ? best_cut(&s->map, i * length / n, 0.3 * length / n)
                           : length;

        dw_intervals_add(&s->block, begin, end, 1);
        begin = end;
    }
}

/* ---- the chromosome ---- */

static int draw(dw_synth *s, const dw_synth_spec *spec, const char *contig,
                dw_err *err)
{
    dw_rng rng = rng_for(spec, contig, MAP);
    size_t n = 2 * spec->people;
    size_t least = (size_t)fmax(1, ceil(spec->min_maf * (double)n - 1e-9));

    if (dw_genmap_draw(&s->map, &spec->genmap, spec->length, &rng) ||
        dw_haplotypes_draw(&s->hap, n, least, &spec->demography, &s->map,
                           spec->mutation, rng_for(spec, contig, HAPLOTYPES)))
        return dw_fail(err, DW_ENOMEM,
                       "chromosome %s: not enough memory for %zu people over "
                       "%.0f bp",
                       contig, spec->people, spec->length);
    rng = rng_for(spec, contig, THIN);
    if (spec->variants)
        dw_haplotypes_thin(&s->hap, spec->variants, &rng);
    if (s->hap.m == 0)
        return dw_fail(err, DW_EDEGENERATE,
                       "chromosome %s: no variant in %.0f bp has a MAF of at "
                       "least %g; make it longer",
                       contig, spec->length, spec->min_maf);
    return 0;
}

int dw_synth_draw(dw_synth *s, const dw_synth_spec *spec, const char *contig,
                  dw_err *err)
{
    int rc;

    dw_synth_clear(s);
    rc = draw(s, spec, contig, err);
    if (rc < 0)
        return rc;
    rc = dw_variants_resize(&s->var, s->hap.m, 0, spec->annotations, err);
    if (rc < 0)
        return rc;
    snprintf(s->var.contig, sizeof s->var.contig, "%s", contig);
    s->cm = dw_try_alloc(s->hap.m, sizeof *s->cm);
    if (!s->cm || dw_landscape_paint(&s->map, s->hap.pos, s->hap.age, s->hap.m,
                                     spec->annotations,
                                     spec->seed ^ stream_of(contig, LANDSCAPE),
                                     s->var.annot))
        return dw_fail(err, DW_ENOMEM,
                       "chromosome %s: not enough memory for %zu annotations "
                       "of %zu variants",
                       contig, spec->annotations, s->hap.m);
    cut_blocks(s, spec->block);
    return fill_variants(s, spec, err);
}

void dw_synth_clear(dw_synth *s)
{
    dw_variants_clear(&s->var);
    dw_haplotypes_clear(&s->hap);
    dw_genmap_clear(&s->map);
    dw_intervals_clear(&s->block);
    dw_free(s->cm);
    memset(s, 0, sizeof *s);
}

void dw_synth_genotypes(const dw_synth *s, const dw_synth_spec *spec, size_t i,
                        int8_t *hap)
{
    const uint64_t *bits = s->hap.bits + i * s->hap.words;
    dw_rng rng = dw_rng_init(spec->seed ^ stream_of(s->var.contig, MISSING), i);

    for (size_t k = 0; k < s->hap.n; k++)
        hap[k] = (int8_t)(bits[k / 64] >> (k % 64) & 1);
    if (spec->missing <= 0)
        return;
    for (size_t k = 0; k < s->hap.n; k += 2) {
        if (dw_rng_uniform(&rng) < spec->missing)
            hap[k] = hap[k + 1] = -1;
    }
}
