/* The parts of a study's reader: places in ids, the YAML beside it, what a
 * standard error says of a frequency. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "study/id_place.h"
#include "study/sd_check.h"
#include "study/study_meta.h"
#include "tap.h"

static void test_id_place(void)
{
    static const struct {
        const char *id, *contig; /* NULL: no place */
        uint32_t pos;
    } row[] = {
        {"1:100", "1", 100},
        {"chr22:100:A:G", "22", 100},
        {"CHRx-7-A-G", "x", 7},
        {"03_9_C_T", "03", 9},
        {"MT:2147483647", "MT", 2147483647},
        {"26:1", "26", 1},
        {"1:2147483648", NULL, 0},
        {"1:0", NULL, 0},
        {"1:", NULL, 0},
        {"1", NULL, 0},
        {"", NULL, 0},
        {":5", NULL, 0},
        {"chr:5", NULL, 0},
        {"rs123", NULL, 0},
        {"rs1:100", NULL, 0},
        {"AX-12345", NULL, 0},
        {"exm_123", NULL, 0},
        {"27:5", NULL, 0},
        {"1:5x", NULL, 0},
        {"1:x5", NULL, 0},
        {"1:-5", NULL, 0},
    };

    for (size_t i = 0; i < DW_COUNT(row); i++) {
        dw_span contig;
        uint32_t pos = 0;
        int rc = dw_id_place(dw_span_of(row[i].id), &contig, &pos);

        OK(row[i].contig ? rc == 0 && dw_span_eq(contig, row[i].contig) &&
                               pos == row[i].pos
                         : rc < 0,
           "\"%s\"", row[i].id);
    }
}

static int parse(const char *text, dw_study_meta *m, dw_err *err)
{
    *err = (dw_err){0};
    return dw_study_meta_parse(text, strlen(text), "meta", m, err);
}

static void test_meta(void)
{
    dw_study_meta m;
    dw_err err;

    OK(parse("genome_assembly: GRCh38\ncoordinate_system: 1-based\n"
             "samples:\n  - sample_size: 10\n    sample_ancestry:\n"
             "      - genome_assembly\n  - sample_size: 20\n"
             "    case_control_study: true\n",
             &m, &err) == 0 &&
           strcmp(m.build, "GRCh38") == 0 && !m.zero_based && m.n == 30 &&
           m.case_control && m.cases == 0,
       "sizes are summed; an item of a list is no key");
    OK(parse("genomeAssembly: hg19\ncoordinateSystem: 0-based\n"
             "samples: [{caseCount: 1, controlCount: 2}, {caseCount: 3}]\n",
             &m, &err) == 0 &&
           strcmp(m.build, "hg19") == 0 && m.zero_based && m.cases == 4 &&
           m.controls == 2,
       "names as older files have them");
    OK(parse("sample_size: NA\n# no more\n", &m, &err) == 0 && m.n == 0,
       "NA is no size");
    OK(parse("", &m, &err) == 0 && m.there && !m.build[0], "an empty file");
    OK(parse("sample_size: many\n", &m, &err) == DW_EFORMAT &&
           strstr(err.msg,
                  "meta: sample_size: \"many\" is no number of people"),
       "%s", err.msg);
    OK(parse("a: b\n- c\n", &m, &err) == DW_EFORMAT &&
           strstr(err.msg, "meta:2: is no YAML"),
       "%s", err.msg);
}

static void test_sd(void)
{
    dw_sd_check c = {0};

    /* A trait of sd 5 in 1000 people, its errors exact. */
    for (int i = 1; i < 100; i++) {
        double f = i / 100.0;

        dw_sd_check_add(&c, f, NAN, 1000, 5 / sqrt(1000 * 2 * f * (1 - f)), 0);
    }
    dw_sd_check_settle(&c);
    OK(fabs(c.trait / 5 - 1) < 0.012, "the trait's sd to 1.2 %%: %g", c.trait);
    OK(dw_sd_check_is_right(&c, 0.5, NAN, 1000, 5 / sqrt(500), 0),
       "an error that fits");
    OK(!dw_sd_check_is_right(&c, 0.5, NAN, 100, 5 / sqrt(500), 0),
       "an N too small: the genotype would vary too much");
    OK(!dw_sd_check_is_right(&c, 0.5, NAN, 1000, 2.1 * 5 / sqrt(500), 0),
       "an error that is too large");
    OK(dw_sd_check_is_right(&c, 0.5, 0.25, 1000, 2 * 5 / sqrt(500), 0),
       "what was badly imputed varies less");
    OK(dw_sd_check_is_right(&c, NAN, NAN, 1000, 1, 0), "no frequency, no word");
    c = (dw_sd_check){0};
    dw_sd_check_settle(&c);
    OK(c.trait == 1, "nothing to learn from");
}

int main(void)
{
    test_id_place();
    test_meta();
    test_sd();
    return tap_done();
}
