/* foreign: LD in the forms of others, made here from one matrix, against that
 * matrix; and the real fixtures, where they are. */
#include "foreign/open_foreign.h"

#include <stdlib.h>
#include <unistd.h>

#include <zip.h>

#include "base/mem.h"
#include "base/rng.h"
#include "linalg/blas.h"
#include "linalg/dense.h"
#include "linalg/eigen.h"
#include "tap.h"

enum { N = 40, M = 24 };

/* ---- one block of a source, as R again ---- */

typedef struct got {
    dw_variants v;
    dw_ldblock b;
    dw_tally tally;
    dw_err err;
    int blocks;
    uint64_t people;
} got;

static void got_clear(got *g)
{
    dw_variants_clear(&g->v);
    dw_ldblock_clear(&g->b);
    dw_tally_clear(&g->tally);
    *g = (got){0};
}

static void count_input(void *ctx, const char *name, uint64_t digest)
{
    *(int *)ctx += name[0] && digest;
}

/* Reads all blocks; keeps the first. */
static got read_all(const char *path, const char *snps, double min_eigen)
{
    const dw_factor_cut cut = {min_eigen, 1};
    got g = {0}, more = {0};
    dw_ld_source *s = dw_foreign_open(path, snps, &g.err);
    void *item = s ? s->kind->item_new() : NULL;
    int rc = 0, inputs = 0;

    while (s && (rc = s->kind->read(s->self, item, &g.err)) > 0) {
        got *to = g.blocks ? &more : &g;

        if (s->kind->make(s->self, item, &cut, &to->v, &to->b, &g.tally,
                          &g.err) < 0)
            break;
        if (to->v.m && (dw_variants_check(&to->v, &g.err) < 0 ||
                        dw_ldblock_check(&to->b, &g.err) < 0))
            break;
        g.blocks++;
    }
    if (s) {
        g.people = s->people;
        s->kind->inputs(s->self, count_input, &inputs);
        s->kind->item_free(item);
        if (rc == 0 && inputs == 0)
            dw_fail(&g.err, DW_EBUG, "no input was named");
    }
    dw_ld_source_close(s);
    got_clear(&more);
    return g;
}

/* q_i' q_j of the block. */
static double r_of(const dw_ldblock *b, size_t i, size_t j)
{
    double sum = 0;

    for (size_t x = 0; x < b->k; x++)
        sum += (double)b->q[i * b->k + x] * (double)b->q[j * b->k + x];
    return sum;
}

/* ---- the matrix and files of it ---- */

static double R[M * M]; /* of N people */
static char dir[] = "/tmp/dw-foreign-XXXXXX";

static void make_r(void)
{
    dw_rng rng = dw_rng_init(4, 0);
    static double x[N * M];

    for (size_t j = 0; j < M; j++) {
        double mean = 0, ss = 0;

        for (size_t i = 0; i < N; i++) {
            x[i + j * N] = j && dw_rng_uniform(&rng) < 0.7
                               ? x[i + (j - 1) * N]
                               : dw_rng_normal(&rng);
            mean += x[i + j * N] / N;
        }
        for (size_t i = 0; i < N; i++)
            ss += (x[i + j * N] - mean) * (x[i + j * N] - mean);
        for (size_t i = 0; i < N; i++) /* the next one copies standard ones */
            x[i + j * N] = (x[i + j * N] - mean) / sqrt(ss);
    }
    dw_gemm(true, false, M, M, N, 1, x, N, x, N, 0, R, M);
    for (size_t j = 0; j < M; j++)
        R[j + j * M] = 1;
}

static const char *in_dir(const char *name)
{
    static char path[64][256];
    static int at;
    char *p = path[at++ % 64];

    snprintf(p, sizeof path[0], "%s/%s", dir, name);
    return p;
}

static void put_file(const char *name, const void *p, size_t n)
{
    FILE *f = fopen(in_dir(name), "wb");

    if (!f || fwrite(p, 1, n, f) != n || fclose(f) != 0)
        abort();
}

/* M variants, 100 apart, from the last to the first: the matrix is not in the
 * order of the genome. */
static const char *put_list(const char *name, const char *header)
{
    FILE *f = fopen(in_dir(name), "w");

    if (!f)
        abort();
    fputs(header, f);
    for (size_t j = 0; j < M; j++)
        fprintf(f, header[0] ? "rs%zu 7 %zu A G\n" : "7 rs%zu 0 %zu A G\n", j,
                1000 + (M - j) * 100);
    fclose(f);
    return in_dir(name);
}

typedef struct member {
    char name[24];
    unsigned char *p;
    size_t n;
} member;

static member array_of(const char *name, const char *descr, const char *shape,
                       const void *p, size_t n, int version)
{
    char head[256] = "\x93NUMPY\x01";
    size_t at = version == 1 ? 10 : 12, k;
    member a;

    head[6] = (char)version;
    k = (size_t)snprintf(head + at, sizeof head - at,
                         "{'descr': '%s', 'fortran_order': False, 'shape': %s, "
                         "}   \n",
                         descr, shape);
    head[8] = (char)k;
    snprintf(a.name, sizeof a.name, "%s.npy", name);
    a.n = at + k + n;
    a.p = malloc(a.n);
    memcpy(a.p, head, at + k);
    memcpy(a.p + at + k, p, n);
    return a;
}

static void put_npz(const char *name, const member *a, size_t n, bool deflate)
{
    int why;
    zip_t *z;

    remove(in_dir(name));
    z = zip_open(in_dir(name), ZIP_CREATE, &why);
    for (size_t i = 0; z && i < n; i++) {
        zip_source_t *s = zip_source_buffer(z, a[i].p, a[i].n, 1);
        zip_int64_t at = zip_file_add(z, a[i].name, s, 0);

        zip_set_file_compression(z, (zip_uint64_t)at,
                                 deflate ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0);
    }
    if (!z || zip_close(z) != 0)
        abort();
}

typedef enum part { LOWER, UPPER, BOTH, STRICT } part;

/* R, or one triangle of it, in a format of SciPy. */
static void put_matrix(const char *name, const char *format, part which,
                       double diagonal, bool wide, bool deflate)
{
    static int32_t major[M * M], minor[M * M], pointer[M + 1];
    static int64_t minor64[M * M];
    static float x[M * M];
    static double x64[M * M];
    const int64_t shape[2] = {M, M};
    bool coo = strcmp(format, "coo") == 0, csc = strcmp(format, "csc") == 0;
    size_t n = 0, count = 0;
    char items[32];
    member a[5];

    for (int32_t i = 0; i < M; i++) {
        pointer[i] = (int32_t)n;
        for (int32_t j = 0; j < M; j++) {
            int32_t row = csc ? j : i, column = csc ? i : j;
            double r = row == column ? diagonal : R[row + column * M];

            if ((which == LOWER && row < column) ||
                (which == UPPER && row > column) ||
                (which == STRICT && row <= column))
                continue;
            major[n] = i;
            minor[n] = j;
            minor64[n] = j;
            x[n] = (float)r;
            x64[n++] = r;
        }
    }
    pointer[M] = (int32_t)n;
    snprintf(items, sizeof items, "(%zu,)", n);
    a[count++] = array_of("format", "|S3", "()", format, 3, 1);
    a[count++] = array_of("shape", "<i8", "(2,)", shape, sizeof shape, 1);
    a[count++] = wide ? array_of("data", "<f8", items, x64, 8 * n, 2)
                      : array_of("data", "<f4", items, x, 4 * n, 1);
    a[count++] =
        wide
            ? array_of(coo ? "col" : "indices", "<i8", items, minor64, 8 * n, 3)
            : array_of(coo ? "col" : "indices", "<i4", items, minor, 4 * n, 1);
    snprintf(items, sizeof items, "(%d,)", M + 1);
    if (coo) {
        snprintf(items, sizeof items, "(%zu,)", n);
        a[count++] = array_of("row", "<i4", items, major, 4 * n, 1);
    } else {
        a[count++] =
            array_of("indptr", "<i4", items, pointer, sizeof pointer, 1);
    }
    put_npz(name, a, count, deflate);
}

/* Variant j of the block is M - 1 - j of the matrix. */
static double largest_error(const got *g)
{
    double worst = g->v.m == M ? 0 : INFINITY;

    for (size_t i = g->b.core; worst < 1 && i < g->b.core + g->b.l; i++) {
        for (size_t j = 0; j < M; j++)
            worst = fmax(worst, fabs(r_of(&g->b, i, j) -
                                     R[M - 1 - i + (M - 1 - j) * M]));
    }
    return worst;
}

static void check_r(const char *path, const char *snps, const char *what)
{
    got g = read_all(path, snps, 1e-8);
    double worst = g.err.code ? INFINITY : largest_error(&g);

    OK(worst < 2e-6 && g.blocks == 1 && g.tally.n_items == 0,
       "%s: R to %.1e %s", what, worst, g.err.msg);
    OK(g.v.m == M && strcmp(g.v.contig, "7") == 0 && g.v.pos[0] == 1100 &&
           strcmp(dw_texts_at(&g.v.alt, 0), "A") == 0 &&
           strcmp(dw_texts_at(&g.v.ref, 0), "G") == 0 &&
           strcmp(dw_texts_at(&g.v.id, 0), "rs23") == 0,
       "%s: its variants", what);
    got_clear(&g);
}

/* ---- UKBB_LD ---- */

static void test_npz(void)
{
    static const struct {
        const char *format;
        part part;
        double diagonal;
        bool wide, deflate;
        const char *what;
    } form[] = {
        {"csr", LOWER, 0.5, false, true, "csr, lower, 0.5, deflated"},
        {"csr", UPPER, 0.5, true, false, "csr, upper, 0.5, stored, 64 bits"},
        {"csc", LOWER, 1, false, true, "csc, lower, 1"},
        {"csc", UPPER, 0.5, true, true, "csc, upper, 0.5, 64 bits"},
        {"coo", LOWER, 0.5, true, true, "coo, lower, 0.5, 64 bits"},
        {"coo", UPPER, 1, false, false, "coo, upper, 1, stored"},
        {"coo", BOTH, 1, false, true, "coo, both"},
        {"csr", BOTH, 1, false, true, "csr, both"},
        {"csc", STRICT, 1, false, true, "csc, lower without a diagonal"},
    };
    const char *list =
        put_list("list.gz", "rsid chromosome position allele1 allele2\n");

    for (size_t i = 0; i < DW_COUNT(form); i++) {
        put_matrix("one.npz", form[i].format, form[i].part, form[i].diagonal,
                   form[i].wide, form[i].deflate);
        check_r(in_dir("one.npz"), list, form[i].what);
    }
    put_list("one.gz", "SNP CHR BP A1 A2\n");
    check_r(in_dir("one.npz"), NULL, "the list beside it");
    check_r(in_dir("one"), NULL, "named without .npz");
}

/* Windows of 1,200 that begin every 400: cores are cut half-way. */
static void test_windows(void)
{
    static const char *name[] = {"chr7_1101_2301", "chr7_1501_2701",
                                 "chr7_1901_3101"};
    static const uint32_t bound[] = {1100, 1900, 2300, 3100};
    char file[64], sub[64];
    got g;

    snprintf(sub, sizeof sub, "%s/windows", dir);
    if (system("exit 0") != 0 || mkdtemp(strcat(sub, "-XXXXXX")) == NULL)
        abort();
    for (size_t i = 0; i < DW_COUNT(name); i++) {
        snprintf(file, sizeof file, "%s/%s.npz", sub + strlen(dir) + 1,
                 name[i]);
        put_matrix(file, "csr", LOWER, 0.5, false, true);
        snprintf(file, sizeof file, "%s/%s.gz", sub + strlen(dir) + 1, name[i]);
        put_list(file, "rsid chromosome position allele1 allele2\n");
    }
    g = read_all(sub, NULL, 1e-8);
    OK(g.blocks == 3 && !g.err.code, "a folder of three windows: %d %s",
       g.blocks, g.err.msg);
    OK(g.b.start == bound[0] && g.b.end == bound[1] && g.b.core == 1 &&
           g.b.l == 8 && largest_error(&g) < 2e-6,
       "the first core goes from the window's start: %u-%u, %zu of %zu",
       g.b.start, g.b.end, g.b.l, g.b.m);
    got_clear(&g);
    for (size_t i = 0; i < DW_COUNT(name); i++) {
        char path[128];

        snprintf(path, sizeof path, "%s/%s.npz", sub, name[i]);
        g = read_all(path, NULL, 1e-8);
        OK(g.blocks == 1 && g.b.start == bound[i] && g.b.end == bound[i + 1] &&
               largest_error(&g) < 2e-6,
           "%s by itself has the core that it has in its folder: %u-%u",
           name[i], g.b.start, g.b.end);
        got_clear(&g);
    }
}

/* ---- square ---- */

static void put_text(const char *name, bool header, bool names, bool triangle,
                     char sep)
{
    FILE *f = fopen(in_dir(name), "w");

    for (size_t j = 0; header && j < M; j++)
        fprintf(f, "%srs%zu", j ? "\t" : "", j);
    fputs(header ? "\n" : "", f);
    for (size_t i = 0; i < M; i++) {
        if (names)
            fprintf(f, "\"rs%zu\"%c", i, sep);
        for (size_t j = 0; j < (triangle ? i + 1 : M); j++)
            fprintf(f, "%s%.9g", j ? sep == ',' ? "," : "\t" : "",
                    R[i + j * M]);
        fputc('\n', f);
    }
    fclose(f);
}

static void test_square(void)
{
    const char *bim = put_list("list.bim", "");
    float x[M * M];

    for (size_t i = 0; i < M * M; i++)
        x[i] = (float)R[i];
    put_file("r.ld.bin", R, sizeof R);
    check_r(in_dir("r.ld.bin"), bim, "bin");
    put_file("r.ld.bin", x, sizeof x);
    check_r(in_dir("r.ld.bin"), bim, "bin4");
    put_text("r.ld", false, false, false, '\t');
    check_r(in_dir("r.ld"), bim, "text");
    put_text("r.ld", true, true, false, '\t');
    check_r(in_dir("r.ld"), bim, "text with names");
    put_text("r.ld", false, true, false, ',');
    check_r(in_dir("r.ld"), bim, "text with commas");
    put_text("r.ld", false, false, true, '\t');
    check_r(in_dir("r.ld"), bim, "text, a triangle");
    put_text("r.ld", false, true, true, '\t');
    check_r(in_dir("r.ld"), bim, "text, a triangle with names");
    put_list("r.bim", "");
    check_r(in_dir("r.ld"), NULL, "the .bim beside it");
}

/* ---- GCTB ---- */

/* Two blocks: the second is all of R, the first its first two variants. */
static void put_gctb(bool descending, const char *first_a1, size_t keep)
{
    static double v[M * M];
    double w[M];
    dw_eigen_ws *ws = dw_eigen_ws_new(M);
    FILE *f = fopen(in_dir("snp.info"), "w");
    float head[2] = {M, 0.995f};
    int32_t size[2];

    fputs("Chrom ID Index GenPos PhysPos A1 A2 A1Freq N Block\n", f);
    fprintf(f, "6 a 0 0 10 A G 0.25 %d 1\n6 b 1 0 20 C T 0.5 %d 1\n", N, N - 1);
    for (size_t j = 0; j < M; j++)
        fprintf(f, "7 rs%zu %zu 0 %zu %s G 0.1 %d 2\n", j, j + 2,
                1000 + (M - j) * 100, j ? "A" : first_a1, N);
    fclose(f);
    f = fopen(in_dir("ldm.info"), "w");
    fprintf(f,
            "Block Chrom StartSnpIdx StartSnpID EndSnpIdx EndSnpID NumSnps\n"
            "1 6 0 a 1 b 2\n2 7 2 rs0 %d rs%d %d\n",
            M + 1, M - 1, M);
    fclose(f);

    memcpy(v, R, sizeof v);
    if (dw_eigen_symmetric(ws, M, v, M, w) != 0)
        abort();
    dw_eigen_ws_free(ws);
    f = fopen(in_dir("block2.eigen.bin"), "wb");
    size[0] = M;
    size[1] = (int32_t)keep;
    fwrite(size, 4, 2, f);
    fwrite(head, 4, 2, f);
    for (size_t i = 0; i < keep; i++) {
        float x = (float)w[descending ? i : keep - 1 - i];

        fwrite(&x, 4, 1, f);
    }
    for (size_t i = 0; i < keep; i++) {
        for (size_t j = 0; j < M; j++) {
            float x = (float)v[j + (descending ? i : keep - 1 - i) * M];

            fwrite(&x, 4, 1, f);
        }
    }
    fclose(f);
    {
        static const float one[] = {2, 1, 1.5f, 0.70710678f, 0.70710678f};

        f = fopen(in_dir("block1.eigen.bin"), "wb");
        size[0] = 2;
        size[1] = 1;
        fwrite(size, 4, 2, f);
        fwrite(one, 4, 5, f);
        fclose(f);
    }
}

/* Both blocks; the second is kept. */
static got read_gctb(void)
{
    const dw_factor_cut cut = {1e-8, 1};
    got g = {0};
    dw_ld_source *s = dw_foreign_open(dir, NULL, &g.err);
    void *item = s ? s->kind->item_new() : NULL;

    while (s && s->kind->read(s->self, item, &g.err) > 0) {
        if (s->kind->make(s->self, item, &cut, &g.v, &g.b, &g.tally, &g.err) <
            0)
            break;
        if (dw_variants_check(&g.v, &g.err) < 0 ||
            dw_ldblock_check(&g.b, &g.err) < 0)
            break;
        if (g.blocks++ == 0)
            OK(g.b.m == 2 && g.b.k == 1 && g.b.people == N &&
                   fabs(r_of(&g.b, 0, 1) - 0.75) < 1e-6 &&
                   g.v.eaf[0] == 0.25f && strcmp(g.v.contig, "6") == 0,
               "gctb: the first block");
    }
    if (s)
        s->kind->item_free(item);
    dw_ld_source_close(s);
    return g;
}

static void test_gctb(void)
{
    got g;
    double worst = 0;

    for (int descending = 0; descending < 2; descending++) {
        put_gctb(descending, "A", M);
        g = read_gctb();
        OK(g.blocks == 2 && !g.err.code && largest_error(&g) < 2e-6,
           "gctb, values %s: R %s", descending ? "descending" : "ascending",
           g.err.msg);
        got_clear(&g);
    }
    put_gctb(0, "A", M / 2);
    g = read_gctb();
    OK(g.blocks == 2 && g.b.k == M / 2 && g.b.trace == M, "gctb: half of them");
    got_clear(&g);

    /* The first variant of the matrix, the last of the block, is left out. */
    put_gctb(0, "D", M);
    g = read_gctb();
    for (size_t i = 0; g.blocks == 2 && i < g.v.m; i++) {
        for (size_t j = 0; j < g.v.m; j++)
            worst = fmax(
                worst, fabs(r_of(&g.b, i, j) - R[M - 1 - i + (M - 1 - j) * M]));
    }
    OK(g.blocks == 2 && g.v.m == M - 1 && worst < 2e-6 &&
           dw_tally_get(&g.tally, "bad_allele") == 1,
       "gctb: one left out, the others' R to %.1e %s", worst, g.err.msg);
    worst = 0;
    for (size_t x = 0; g.blocks == 2 && x < g.b.k; x++) {
        for (size_t y = 0; y <= x; y++) {
            double sum = x == y ? -g.b.lambda[x] : 0;

            for (size_t j = 0; j < g.b.m; j++)
                sum +=
                    (double)g.b.q[x + j * g.b.k] * (double)g.b.q[y + j * g.b.k];
            worst = fmax(worst, fabs(sum));
        }
    }
    OK(worst < 1e-5, "gctb: Q Q' is L again, to %.1e", worst);
    got_clear(&g);
}

/* ---- real ones ---- */

#define REAL "../shared/data/ld/ukbb_ld_npz_fixture/"

static void test_real(void)
{
    static const char *path[] = {REAL "chr22_20000001_20300001.npz",
                                 REAL "chr22_20000001_20300001.coo.npz", REAL};
    got plink;

    if (access(path[0], R_OK) != 0) {
        OK(1, "UKBB_LD's form # skip the real data are not here");
        return;
    }
    plink = read_all(REAL "plink1.9_r.ld.gz", REAL "chr22_20000001_20300001.gz",
                     1e-4);
    OK(plink.blocks == 1 && plink.v.m == 600, "PLINK's matrix: %s",
       plink.err.msg);
    for (size_t f = 0; f < DW_COUNT(path); f++) {
        got g = read_all(path[f], NULL, 1e-4);
        double worst = g.v.m == 600 ? 0 : INFINITY;

        for (size_t i = 0; worst < 1 && i < 600; i++) {
            for (size_t j = 0; j < 600; j++)
                worst =
                    fmax(worst, fabs(r_of(&g.b, i, j) - r_of(&plink.b, i, j)));
        }
        /* 5e-7 of PLINK's six digits, and 1e-7 of float32 storage a term. */
        OK(worst < 2e-6 && (f == 1 || g.b.start == 20000000),
           "%s: PLINK's R to %.1e, %u-%u, k %zu and %zu %s",
           path[f] + strlen(REAL), worst, g.b.start, g.b.end, g.b.k, plink.b.k,
           g.err.msg);
        got_clear(&g);
    }
    got_clear(&plink);
}

int main(void)
{
    dw_linalg_single_thread();
    if (!mkdtemp(dir))
        abort();
    make_r();
    test_npz();
    test_windows();
    test_square();
    test_gctb();
    test_real();
    {
        char command[64];

        snprintf(command, sizeof command, "rm -rf %s", dir);
        if (system(command) != 0)
            return 1;
    }
    return tap_done();
}
