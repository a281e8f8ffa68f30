/* Names of chromosomes, and their order. */
#include "data/contig.h"
#include "tap.h"

static const struct {
    const char *raw, *plink, *ssf; /* NULL: refused */
} CASES[] = {
    {"1", "1", "1"},
    {"chr1", "1", "1"},
    {"CHR22", "22", "22"},
    {"01", "1", "1"},
    {"chr09", "9", "9"},
    {"23", "X", "X"},
    {"chrX", "X", "X"},
    {"x", "X", "X"},
    {"24", "Y", "Y"},
    {"25", "XY", "MT"},
    {"26", "MT", "MT"},
    {"chrM", "MT", "MT"},
    {"MT", "MT", "MT"},
    {"PAR1", "XY", "XY"},
    {"chrX_par1", "XY", "XY"},
    {"X_NONPAR", "X", "X"},
    {"par2", "XY", "XY"},
    {"XY", "XY", "XY"},
    {"27", "27", "27"},
    {"GL000192.1", "GL000192.1", "GL000192.1"},
    {"chrUn_1", "Un_1", "Un_1"},
    {"chr1_random", "1_random", "1_random"},
    {"NC_000001.10", "1", "1"},
    {"NC_000022.11", "22", "22"},
    {"NC_000023.11", "X", "X"},
    {"NC_000024.10", "Y", "Y"},
    {"NC_012920.1", "MT", "MT"},
    {"CM000663.2", "1", "1"},
    {"CM000685.1", "X", "X"},
    {"NC_000067.6", "NC_000067.6", "NC_000067.6"}, /* a mouse's */
    {"NC_000001.", "NC_000001.", "NC_000001."},
    {"NC_000000.1", "NC_000000.1", "NC_000000.1"},
    {"NC_0000011.1", "NC_0000011.1", "NC_0000011.1"},
    {"chr", "chr", "chr"},
    {"", NULL, NULL},
    {"0", NULL, NULL},
    {"chr0", NULL, NULL},
    {"000", NULL, NULL},
    {"a b", NULL, NULL},
    {"a\tb", NULL, NULL},
};

static void test_names(void)
{
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        dw_span raw = dw_span_of(CASES[i].raw);
        const char *want[] = {CASES[i].plink, CASES[i].ssf};

        for (int codes = DW_CONTIG_PLINK; codes <= DW_CONTIG_SSF; codes++) {
            char name[DW_CONTIG_MAX] = "?", again[DW_CONTIG_MAX];
            int rc = dw_contig_name(raw, (enum dw_contig_codes)codes, name);

            OK(want[codes] ? rc == 0 && !strcmp(name, want[codes]) : rc < 0,
               "\"%s\" is \"%s\"", CASES[i].raw, name);
            if (rc < 0)
                continue;
            OK(dw_contig_name(dw_span_of(name), DW_CONTIG_PLINK, again) == 0 &&
                   !strcmp(name, again),
               "\"%s\" is itself", name);
        }
    }
}

static void test_length(void)
{
    char raw[DW_CONTIG_MAX + 1], name[DW_CONTIG_MAX];

    memset(raw, 'a', sizeof raw);
    OK(dw_contig_name((dw_span){raw, DW_CONTIG_MAX - 1}, DW_CONTIG_PLINK,
                      name) == 0 &&
           strlen(name) == DW_CONTIG_MAX - 1,
       "the longest name");
    OK(dw_contig_name((dw_span){raw, DW_CONTIG_MAX}, DW_CONTIG_PLINK, name) < 0,
       "one letter more");
}

static void test_order(void)
{
    static const char *const order[] = {
        "1", "2", "9", "10", "22", "100", "X", "Y", "XY", "MT", "GL1", "Un",
    };
    size_t n = sizeof order / sizeof *order, wrong = 0;

    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            int c = dw_contig_cmp(order[i], order[j]);

            wrong += i < j ? c >= 0 : i > j ? c <= 0 : c != 0;
        }
    }
    OK(wrong == 0, "contigs in order");
}

static void test_settle(void)
{
    static const struct {
        const char *name;
        uint32_t pos;
        const char *want;
    } cases[] = {
        {"XY", 263, "MT"},   {"XY", 16571, "MT"}, {"XY", 16572, "XY"},
        {"XY", 60001, "XY"}, {"XY", 0, "XY"},     {"X", 263, "X"},
        {"MT", 263, "MT"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char name[DW_CONTIG_MAX];

        strcpy(name, cases[i].name);
        dw_contig_settle(name, cases[i].pos);
        OK(!strcmp(name, cases[i].want), "%s:%u is %s", cases[i].name,
           (unsigned)cases[i].pos, name);
    }
}

int main(void)
{
    test_settle();
    test_names();
    test_length();
    test_order();
    return tap_done();
}
