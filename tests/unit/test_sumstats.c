/* Studies: what is understood of a header, and the z of a row. */
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "data/harmonise.h"
#include "place/reference.h"
#include "study/read_sumstats.h"
#include "tap.h"

static char dir[] = "/tmp/dw-test-sumstats-XXXXXX";
static char path[sizeof dir + 16], other[sizeof dir + 16];

static void put(const char *file, const char *s, size_t n)
{
    FILE *f = fopen(file, "wb");

    if (!f || fwrite(s, 1, n, f) != n || fclose(f) != 0)
        perror(file), exit(1);
}

/* What a table comes to: "z,eaf,n ..." or ":reason ..." or the message. */
static const char *read_table(const char *text, const dw_sumstats_opts *opts)
{
    static dw_buf out;
    dw_err err = {0};
    dw_fates fates = {0};
    dw_sumstats *s;
    dw_row row;
    int rc;

    dw_buf_reset(&out);
    dw_buf_adds(&out, "");
    put(path, text, strlen(text));
    s = dw_sumstats_open(path, opts, &fates, &err);
    if (!s) {
        dw_buf_adds(&out, err.msg);
        return out.s;
    }
    while ((rc = dw_sumstats_reader(s)->next(dw_sumstats_reader(s)->self, &row,
                                             &err)) > 0) {
        dw_buf_addf(&out, "%s:%u:%.*s/%.*s=%.6g,%.3g,%.7g ", row.contig,
                    row.pos, (int)row.a1.n, row.a1.s, (int)row.a2.n, row.a2.s,
                    row.value[DW_STUDY_Z], row.value[DW_STUDY_EAF],
                    row.value[DW_STUDY_N]);
    }
    for (int i = 1; i < DW_REASON_COUNT; i++) {
        if (fates.n[i])
            dw_buf_addf(&out, ":%s%u ", dw_reason_word((dw_reason)i),
                        (unsigned)fates.n[i]);
    }
    if (rc < 0)
        dw_buf_adds(&out, err.msg);
    dw_sumstats_close(s);
    return out.s;
}

/* How a header is understood. */
static const char *told(const char *text, const dw_sumstats_opts *opts)
{
    static dw_buf out;
    dw_err err = {0};
    dw_fates fates = {0};
    dw_sumstats *s;

    dw_buf_reset(&out);
    dw_buf_adds(&out, "");
    put(path, text, strlen(text));
    s = dw_sumstats_open(path, opts, &fates, &err);
    if (s)
        dw_sumstats_tell(s, &out);
    else
        dw_buf_adds(&out, err.msg);
    dw_sumstats_close(s);
    return out.s;
}

static const dw_sumstats_opts NONE, WITH_N = {.n = 1000};

#define TOLD(header, opts, want)                 \
    do {                                         \
        const char *t = told(header "\n", opts); \
        OK(strstr(t, want), "%s", t);            \
    } while (0)
#define READ(text, opts, want)                  \
    do {                                        \
        const char *t = read_table(text, opts); \
        OK(strcmp(t, want) == 0, "%s", t);      \
    } while (0)
#define FAILS(text, opts, want)                 \
    do {                                        \
        const char *t = read_table(text, opts); \
        OK(strstr(t, want), "%s", t);           \
    } while (0)

#define BOLT "SNP\tCHR\tBP\tGENPOS\tALLELE1\tALLELE0\tA1FREQ\tINFO\t"

static void test_bolt(void)
{
    static const dw_sumstats_opts *n = &WITH_N;

    TOLD(BOLT "CHISQ_LINREG\tP_LINREG\tBETA\tSE\tCHISQ_BOLT_LMM_INF\t"
              "P_BOLT_LMM_INF\tCHISQ_BOLT_LMM\tP_BOLT_LMM",
         n, "bolt: z = sign(BETA) sqrt(CHISQ_BOLT_LMM); effect allele ALLELE1");
    TOLD(BOLT "CHISQ_LINREG\tP_LINREG\tBETA\tSE\tCHISQ_BOLT_LMM_INF\t"
              "P_BOLT_LMM_INF",
         n, "z = sign(BETA) sqrt(CHISQ_BOLT_LMM_INF)");
    TOLD(BOLT "BETA\tSE\tP_BOLT_LMM_INF\tP_BOLT_LMM", n,
         "z = from P_BOLT_LMM, with the sign of BETA");
    TOLD(BOLT "BETA\tSE\tP_BOLT_LMM_INF", n, "z = BETA / SE");
    TOLD(BOLT "CHISQ_LINREG\tP_LINREG\tBETA", n,
         "z = sign(BETA) sqrt(CHISQ_LINREG)");
    FAILS(BOLT "CHISQ_LINREG\tP_LINREG\n", n, "no columns to make z of");
    FAILS(BOLT "BETA\tSE\tP_BOLT_LMM\n", &NONE,
          "no column for the sample size");
    /* What the user names goes first. */
    TOLD(BOLT "CHISQ_LINREG\tP_LINREG\tBETA\tSE\tCHISQ_BOLT_LMM",
         (&(dw_sumstats_opts){.n = 5, .columns = "CHISQ=CHISQ_LINREG"}),
         "z = sign(BETA) sqrt(CHISQ_LINREG)");
    READ(BOLT "BETA\tSE\tCHISQ_BOLT_LMM\tP_BOLT_LMM\n"
              "rs1\t1\t10\t0.1\tA\tG\t0.25\t1\t-0.5\t9\t16\t1\n"
              "rs2\t1\t11\t0.1\tA\tG\t0.25\t1\t0.5\t9\t0\t1\n"
              "rs3\t1\t12\t0.1\tA\tG\t0.25\t1\t0\t9\t4\t1\n",
         n, "1:10:A/G=-4,0.25,1000 1:12:A/G=0,0.25,1000 :chisq_not_positive1 ");
}

#define FASTGWA "CHR\tSNP\tPOS\tA1\tA2\tN\tAF1\tBETA\tSE\tP\n"

static void test_fastgwa(void)
{
    TOLD("CHR\tSNP\tPOS\tA1\tA2\tN\tAF1\tBETA\tSE\tP", &NONE,
         "fastgwa: z = BETA / SE; effect allele A1; frequency of the effect "
         "allele AF1; N from N");
    READ(FASTGWA "chr22\trs1\t16\ta\tg\t500\t0.05\t0.3\t0.1\t0.4\n"
                 "22\trs2\t17\tT\tC\t501\tNA\t-0.2\t0.1\t0.4\n",
         &NONE, "22:16:A/G=3,0.05,500 22:17:T/C=-2,nan,501 ");
    READ(FASTGWA "22\trs1\t16\tA\tG\t500\t0.05\t0.3\t0.1\t0.4\n", &WITH_N,
         "22:16:A/G=3,0.05,1000 ");
}

#define FREE "CHR\tPOS\tSNP\tEFFECT_ALLELE\tOTHER_ALLELE\t"

/* Each reason, by a row that has it. */
static void test_reasons(void)
{
    static const struct {
        const char *row, *want;
    } row[] = {
        {"1\t5\tx\tA\tG\t0.1\t1\t1\t1\t50\n", "1:5:A/G=1,0.1,50 "},
        {"NA\t5\tx\tA\tG\t0.1\t1\t1\t1\t50\n", ":no_place1 "},
        {"1\t.\tx\tA\tG\t0.1\t1\t1\t1\t50\n", ":no_place1 "},
        {"1\t0\tx\tA\tG\t0.1\t1\t1\t1\t50\n", ":no_place1 "},
        {"1\t5\tx\t.\tG\t0.1\t1\t1\t1\t50\n", ":allele_missing1 "},
        {"1\t5\tx\tA\tD\t0.1\t1\t1\t1\t50\n", ":allele_not_acgt1 "},
        {"1\t5\tx\tA\t<DEL>\t0.1\t1\t1\t1\t50\n", ":allele_not_acgt1 "},
        {"1\t5\tx\tA\t1\t0.1\t1\t1\t1\t50\n", ":allele_not_acgt1 "},
        {"1\t5\tx\tA\ta\t0.1\t1\t1\t1\t50\n", ":alleles_equal1 "},
        {"1\t5\tx\tA\tG\t0.1\tNA\t1\t1\t50\n", ":z_missing1 "},
        {"1\t5\tx\tA\tG\t0.1\tNaN\t1\t1\t50\n", ":z_missing1 "},
        {"1\t5\tx\tA\tG\t0.1\t1\t-nan\t1\t50\n", ":z_missing1 "},
        {"1\t5\tx\tA\tG\t0.1\tinf\t1\t1\t50\n", ":not_finite1 "},
        {"1\t5\tx\tA\tG\t0.1\t1\tInf\t1\t50\n", ":not_finite1 "},
        {"1\t5\tx\tA\tG\t0.1\t1e300\t1e-9\t1\t50\n", ":not_finite1 "},
        {"1\t5\tx\tA\tG\t0.1\t1\t0\t1\t50\n", ":se_not_positive1 "},
        {"1\t5\tx\tA\tG\t0.1\t1\t-1\t1\t50\n", ":se_not_positive1 "},
        {"1\t5\tx\tA\tG\t0.1\t1\t1\t1\t0\n", ":n_missing1 "},
        {"1\t5\tx\tA\tG\t0.1\t1\t1\t1\tNA\n", ":n_missing1 "},
        {"1\t5\tx\tA\tG\t1.1\t1\t1\t1\t50\n", ":eaf_out_of_range1 "},
        {"1\t5\tx\tA\tG\tNA\t1\t1\t1\t50\n", ":maf_missing1 "},
        {"1\t5\tx\tA\tG\t0.99\t1\t1\t1\t50\n", ":maf_low1 "},
        {"1\t5\tx\tA\tG\t0.1\t1\t1\tNA\t50\n", ":info_missing1 "},
        {"1\t5\tx\tA\tG\t0.1\t1\t1\t0.2\t50\n", ":info_low1 "},
    };
    const dw_sumstats_opts opts = {.min_maf = 0.02, .min_info = 0.3};

    for (size_t i = 0; i < DW_COUNT(row); i++) {
        dw_buf b = {0};
        const char *t;

        dw_buf_addf(&b, "%sEAF\tBETA\tSE\tINFO\tN\n%s", FREE, row[i].row);
        t = read_table(b.s, &opts);
        OK(strcmp(t, row[i].want) == 0, "%s", t);
        dw_buf_clear(&b);
    }
}

static void test_ways(void)
{
    const dw_sumstats_opts *n = &WITH_N;

    READ(FREE "Z\n1\t5\tx\tA\tG\t-2.5\n", n, "1:5:A/G=-2.5,nan,1000 ");
    READ(FREE "OR\tSE\n1\t5\tx\tA\tG\t0.5\t0.1\n1\t6\tx\tA\tG\t0\t0.1\n", n,
         "1:5:A/G=-6.93147,nan,1000 :or_not_positive1 ");
    READ(FREE "BETA\tP\n1\t5\tx\tA\tG\t-1\t1e-400\n1\t6\tx\tA\tG\t1\t0\n"
              "1\t7\tx\tA\tG\t1\t1\n1\t8\tx\tA\tG\t1\t1.5\n"
              "1\t9\tx\tA\tG\t0\t0.01\n1\t10\tx\tA\tG\t1\tNA\n"
              "1\t11\tx\tA\tG\t1\t-0.1\n",
         n,
         "1:5:A/G=-42.8264,nan,1000 1:7:A/G=0,nan,1000 1:9:A/G=0,nan,1000 "
         ":z_missing1 :p_zero1 :p_out_of_range2 ");
    READ(FREE "OR\tP\n1\t5\tx\tA\tG\t0.9\t0.05\n", n,
         "1:5:A/G=-1.95996,nan,1000 ");
    READ(FREE "BETA\tLOG10P\n1\t5\tx\tA\tG\t1\t300\n1\t6\tx\tA\tG\t1\t-1\n"
              "1\t7\tx\tA\tG\t1\tinf\n",
         n, "1:5:A/G=37.0658,nan,1000 :p_zero1 :p_out_of_range1 ");
    READ(FREE "BETA\tCHISQ\n1\t5\tx\tA\tG\t-1\t9\n", n, "1:5:A/G=-3,nan,1000 ");
    /* An effect over its standard error goes before a p-value. */
    TOLD(FREE "BETA\tSE\tP", n, "z = BETA / SE");
    TOLD(FREE "BETA\tP", n, "z = from P, with the sign of BETA");
}

static void test_n(void)
{
    TOLD(FREE "Z\tN", &NONE, "N from N");
    TOLD(FREE "Z\tN_CASES\tN_CONTROLS\tN", &NONE,
         "N effective, from N_CASES and N_CONTROLS");
    TOLD(FREE "Z", (&(dw_sumstats_opts){.n_cases = 100, .n_controls = 300}),
         "N 300, effective");
    READ(FREE "Z\tNCAS\tNCON\n1\t5\tx\tA\tG\t1\t100\t300\n"
              "1\t6\tx\tA\tG\t1\t0\t300\n",
         &NONE, "1:5:A/G=1,nan,300 :n_missing1 ");
    FAILS(FREE "Z\n", &NONE, "--n N, --n-cases N --n-controls N");
}

static void test_alleles_are_not_guessed(void)
{
    const dw_sumstats_opts *n = &WITH_N;

    TOLD("CHR BP SNP A1 A2 Z", n, "table: z = Z; effect allele A1");
    TOLD("CHR BP SNP ALT REF Z", n, "effect allele ALT");
    TOLD("CHR BP SNP A1 A2 REF Z", n, "effect allele A1");
    TOLD("CHR BP SNP A1 A2 EFFECT_ALLELE OTHER_ALLELE Z", n,
         "effect allele EFFECT_ALLELE");
    FAILS("CHR BP SNP Allele1 Allele2 Z\n", n, "no columns that are surely");
    FAILS("CHR BP SNP REF ALT A1 Z\n", n, "is ALT or A1 the effect allele?");
    FAILS("CHR BP SNP REF ALT A1 A2 Z\n", n, "more than one pair of alleles");
    TOLD("CHR BP SNP Allele1 Allele2 Z",
         (&(dw_sumstats_opts){.n = 1, .columns = "EA=Allele2,OA=Allele1"}),
         "effect allele Allele2");
    FAILS("CHR BP SNP A1 A2 Z\n",
          (&(dw_sumstats_opts){.n = 1, .columns = "EA=A2"}),
          "no column for the other allele");
}

static void test_headers(void)
{
    const dw_sumstats_opts *n = &WITH_N;

    TOLD("SNP\tA1\tA2\tN\tZ", &NONE,
         "ldsc: z = Z; effect allele A1; places by "
         "id; N from N");
    FAILS("SNP A1 A2 Z BP\n", n, "no column CHR");
    FAILS("A1 A2 Z\n", n, "no column CHR");
    FAILS("CHR BP SNP A1 A2 BETTA SE\n", n, "no columns to make z of");
    FAILS(
        "CHR BP SNP A1 A2 Z\n",
        (&(dw_sumstats_opts){.n = 1, .columns = "Z=ZZ"}),
        "no column ZZ; the nearest is Z (the header has: CHR BP SNP A1 A2 Z)");
    FAILS("CHR BP SNP A1 A2 Z\n",
          (&(dw_sumstats_opts){.n = 1, .columns = "X=Z"}),
          "\"X=Z\" is not MEANING=COLUMN");
    FAILS("CHR BP SNP A1 A2 Z\n",
          (&(dw_sumstats_opts){.n = 1, .format = "bolted"}),
          "--format bolted: formats are bolt");
    FAILS("CHR BP SNP A1 A2 Z\n",
          (&(dw_sumstats_opts){.n = 1, .min_info = 0.5}),
          "--columns INFO=NAME");
    FAILS("CHR BP SNP A1 A2 Z\n", (&(dw_sumstats_opts){.n = 1, .min_maf = 0.1}),
          "--columns EAF=NAME");
}

static void test_faults(void)
{
    const dw_sumstats_opts *n = &WITH_N;

    FAILS(FREE "BETA\tSE\n1\t5\tx\tA\tG\t1e5x\t1\n", n,
          ":2: column BETA: \"1e5x\" is not a number");
    FAILS(FREE "BETA\tSE\n1\tfive\tx\tA\tG\t1\t1\n", n,
          ":2: column POS: \"five\" is not a position");
    FAILS(FREE "BETA\tSE\n1\t5\tx\tA\tG\t1\n", n,
          ":2: 6 fields where the header has 7");
    FAILS(FREE "Z\n1\t5\tx\tA\tG\t1\n" FREE "Z\n", n,
          ":3: column POS: a second "
          "header line");
}

/* ---- the reference ---- */

static void test_reference(void)
{
    dw_err err = {0};
    dw_fates fates = {0};
    dw_reference *ref;
    const dw_row_reader *r;
    dw_row row = {0};
    double f[3];
    char file[sizeof dir + 16];

    snprintf(path, sizeof path, "%s/p.bim", dir);
    put(path, "1 r1 0 5 a g\n1 r2 0 6 0 G\n1 . 0 7 C CT\n", 39);
    snprintf(file, sizeof file, "%s/p.fam", dir);
    put(file,
        "1 1 0 0 0 0\n2 2 0 0 0 0\n3 3 0 0 0 0\n4 4 0 0 0 0\n"
        "5 5 0 0 0 0\n",
        60);
    /* Genotypes, lowest bits first: 00 01 10 11 | 11; all missing; 00 x 5. */
    snprintf(other, sizeof other, "%s/p.bed", dir);
    put(other, "\x6c\x1b\x01\xe4\x03\x55\x01\x00\x00", 9);
    ref = dw_reference_open(path, &fates, &err);
    OK(ref && dw_reference_compare_every(ref) == 1,
       "a .bim with its genotypes");
    if (!ref)
        return;
    r = dw_reference_reader(ref);
    OK(r->next(r->self, &row, &err) == 1 && dw_span_eq(row.a1, "A") &&
           dw_span_eq(row.a2, "G") && row.index == 0,
       "A1 is ALT, in upper case");
    OK(r->next(r->self, &row, &err) == 1 && row.index == 2 &&
           dw_span_eq(row.id, ".") && fates.n[DW_REASON_REF_ALLELE] == 1,
       "a row without an allele is told, and keeps its place in the .bed");
    OK(r->next(r->self, &row, &err) == 0 && dw_reference_rows(ref) == 3,
       "three rows");
    for (size_t i = 0; i < 3; i++) {
        row.index = i;
        if (dw_reference_frequency(ref, &row, &f[i], &err) < 0)
            f[i] = -1;
    }
    OK(f[0] == 3.0 / 8, "two, missing, one, none, none: 3 of 8 are A1");
    OK(isnan(f[1]), "all missing");
    OK(f[2] == 1, "all A1");
    row.index = 3;
    OK(dw_reference_frequency(ref, &row, &f[0], &err) == DW_EMISMATCH &&
           strstr(err.msg, "ends before variant 4"),
       "%s", err.msg);
    dw_reference_close(ref);
    put(other, "\x6c\x1b\x00\xe4\x03", 5);
    OK(!dw_reference_open(path, &fates, &err) &&
           strstr(err.msg, "one variant after the other"),
       "%s", err.msg);
    remove(other);
    ref = dw_reference_open(path, &fates, &err);
    OK(ref && dw_reference_compare_every(ref) == 0 &&
           dw_reference_frequency(ref, &row, &f[0], &err) == 0 && isnan(f[0]),
       "no genotypes, no frequency, no fault");
    dw_reference_close(ref);
    remove(file);
}

int main(void)
{
    if (!mkdtemp(dir))
        perror(dir), exit(1);
    snprintf(path, sizeof path, "%s/file", dir);
    test_bolt();
    test_fastgwa();
    test_reasons();
    test_ways();
    test_n();
    test_alleles_are_not_guessed();
    test_headers();
    test_faults();
    remove(path);
    test_reference();
    remove(path);
    remove(other);
    rmdir(dir);
    return tap_done();
}
