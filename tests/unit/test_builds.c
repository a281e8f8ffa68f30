/* Of which build files are; what was done to rows; how frequencies agree. */
#include <stdlib.h>

#include "data/action.h"
#include "data/agreement.h"
#include "place/build_check.h"
#include "tap.h"

static void test_actions(void)
{
    uint64_t n[DW_ACTION_COUNT] = {0};
    dw_buf b = {0};

    dw_action_tell(0, &b);
    OK(!strcmp(b.s, "."), "nothing was done");
    dw_buf_reset(&b);
    dw_action_tell(
        DW_ACTION_BIT(DW_ACTION_SWAPPED) | DW_ACTION_BIT(DW_ACTION_LIFTED), &b);
    OK(!strcmp(b.s, "lifted,swapped"), "%s", b.s);
    dw_action_count(DW_ACTION_BIT(DW_ACTION_SWAPPED), n);
    OK(n[DW_ACTION_SWAPPED] == 1 && n[DW_ACTION_LIFTED] == 0, "counted");
    dw_buf_clear(&b);
}

static void test_agreement(void)
{
    static const double x[] = {0.1, 0.5, 0.9, 0.3}, y[] = {0.2, 0.4, 0.6, 0.35};
    dw_agreement a = {0}, none = {0};
    double mx = 0, my = 0, xx = 0, yy = 0, xy = 0;

    for (int i = 0; i < 4; i++) {
        dw_agreement_add(&a, x[i], y[i]);
        mx += x[i] / 4;
        my += y[i] / 4;
    }
    for (int i = 0; i < 4; i++) {
        xx += (x[i] - mx) * (x[i] - mx);
        yy += (y[i] - my) * (y[i] - my);
        xy += (x[i] - mx) * (y[i] - my);
    }
    NEAR(dw_agreement_r(&a), xy / sqrt(xx * yy), 1e-14, 0, "correlation");
    OK(a.n == 4 && a.far == 1, "one of four is far apart");
    dw_agreement_add(&none, 0.5, 0.5);
    OK(isnan(dw_agreement_r(&none)), "one pair has no correlation");
}

static void see(dw_build_evidence *e, const char *id, const char *contig,
                uint32_t pos)
{
    dw_row row = {.contig = contig, .pos = pos, .id = dw_span_of(id)};

    dw_build_evidence_row(e, &row);
}

static void test_evidence(void)
{
    dw_build_evidence e = {0}, sizes = {0}, beyond = {0};
    dw_buf why = {0};

    see(&e, "rs129438", "22", 34558740);
    see(&e, "rs130121", "22", 49095071);
    OK(dw_build_evidence_tell(&e, &why) == DW_BUILD_NONE && why.n == 0,
       "two are too few");
    see(&e, "RS132046", "22", 45437561);
    see(&e, "rs7", "22", 1);
    see(&e, "rs133081", "21", 1);
    OK(dw_build_evidence_tell(&e, &why) == DW_BUILD_37 &&
           !strcmp(why.s, "3 of 3 known variants"),
       "three: %s", why.s);
    dw_buf_reset(&why);
    OK(!dw_build_evidence_denies(&e, DW_BUILD_37, &why) &&
           dw_build_evidence_denies(&e, DW_BUILD_38, &why),
       "it is no other");
    see(&e, "rs133081", "22", 40694005);
    dw_buf_reset(&why);
    OK(dw_build_evidence_tell(&e, &why) == DW_BUILD_NONE, "divided");
    dw_build_evidence_size(&sizes, "X", 156040895);
    dw_build_evidence_size(&sizes, "GL1", 5);
    OK(dw_build_evidence_tell(&sizes, &why) == DW_BUILD_38 &&
           !strcmp(why.s, "the lengths of 1 of 1 chromosomes"),
       "by length: %s", why.s);
    for (int i = 0; i < 20000; i++)
        see(&beyond, ".", "17", 1000);
    see(&beyond, ".", "17", 82000000);
    dw_buf_reset(&why);
    OK(!dw_build_evidence_denies(&beyond, DW_BUILD_37, &why),
       "one of 20000 beyond the end is an accident");
    see(&beyond, ".", "17", 82000000);
    see(&beyond, ".", "17", 82000000);
    OK(dw_build_evidence_denies(&beyond, DW_BUILD_37, &why) &&
           !dw_build_evidence_denies(&beyond, DW_BUILD_38, &why),
       "three are not: %s", why.s);
    dw_buf_clear(&why);
}

static void test_check(void)
{
    dw_build_evidence old = {0}, new = {0};
    dw_build_check c = {.study = {"s", &old, NULL, NULL}, .share = NAN};
    dw_buf why = {0};
    dw_err err = {0};
    int build;

    dw_build_evidence_size(&old, "1", 249250621);
    dw_build_evidence_size(&new, "1", 248956422);
    OK(dw_build_check_all(&c, &build, &why, &err) == 0 &&
           build == DW_BUILD_37 && strstr(why.s, "s: the lengths"),
       "a study alone");
    c.stated = "38";
    OK(dw_build_check_all(&c, &build, &why, &err) == DW_EMISMATCH &&
           strstr(err.msg, "not of GRCh38 as --build says"),
       "%s", err.msg);
    c.stated = "mm10";
    OK(dw_build_check_all(&c, &build, &why, &err) == 0, "another's name");
    c.stated = NULL;
    c.ref = (dw_build_witness){"r", NULL, &new, NULL};
    c.share = 0.125;
    OK(dw_build_check_all(&c, &build, &why, &err) == DW_EMISMATCH &&
           strstr(err.msg, "s is of GRCh37") &&
           strstr(err.msg, "r of GRCh38") && strstr(err.msg, "(12 %"),
       "%s", err.msg);
    c.study.rows = &new;
    c.genome = (dw_build_witness){"g", NULL, &old, NULL};
    OK(dw_build_check_all(&c, &build, &why, &err) == DW_EMISMATCH &&
           strstr(err.msg, "g of GRCh37"),
       "%s", err.msg);
    c = (dw_build_check){.study = {"s", NULL, NULL, "hg38"}, .share = NAN};
    OK(dw_build_check_all(&c, &build, &why, &err) == 0 && build == DW_BUILD_38,
       "a study's own word, where nothing else speaks");
    c.study.rows = &old;
    OK(dw_build_check_all(&c, &build, &why, &err) == DW_EMISMATCH &&
           strstr(err.msg, "says that it is of GRCh38, and is of GRCh37"),
       "%s", err.msg);
    c.stated = "GRCh37";
    OK(dw_build_check_all(&c, &build, &why, &err) == 0 && build == DW_BUILD_37,
       "--build goes before it");
    dw_buf_clear(&why);
}

static void test_build_names(void)
{
    OK(dw_build_length(DW_BUILD_37, "X") == 155270560 &&
           dw_build_length(DW_BUILD_37, "XY") == 155270560 &&
           dw_build_length(DW_BUILD_38, "22") == 50818468 &&
           dw_build_length(DW_BUILD_38, "23") == 0 &&
           dw_build_length(DW_BUILD_38, "MT") == 0 &&
           dw_build_length(DW_BUILD_36, "1") == 247249719 &&
           dw_build_length(DW_BUILD_36, "0") == 0,
       "lengths");
    OK(dw_build_of("HG18") == DW_BUILD_36 && dw_build_of("mm10") == -1 &&
           dw_build_of_length("Y", 57227415) == DW_BUILD_38 &&
           dw_build_of_length("Y", 0) == DW_BUILD_NONE,
       "names");
}

int main(void)
{
    test_actions();
    test_agreement();
    test_evidence();
    test_check();
    test_build_names();
    return tap_done();
}
