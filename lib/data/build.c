#include "data/build.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"

/* Chromosomes 1 to 22, X, Y. */
enum { CHROMOSOMES = 24 };

static const char *const WORD[DW_BUILDS] = {"NCBI36", "GRCh37", "GRCh38"};

static const uint32_t LENGTH[DW_BUILDS][CHROMOSOMES] = {
    {247249719, 242951149, 199501827, 191273063, 180857866, 170899992,
     158821424, 146274826, 140273252, 135374737, 134452384, 132349534,
     114142980, 106368585, 100338915, 88827254,  78774742,  76117153,
     63811651,  62435964,  46944323,  49691432,  154913754, 57772954},
    {249250621, 243199373, 198022430, 191154276, 180915260, 171115067,
     159138663, 146364022, 141213431, 135534747, 135006516, 133851895,
     115169878, 107349540, 102531392, 90354753,  81195210,  78077248,
     59128983,  63025520,  48129895,  51304566,  155270560, 59373566},
    {248956422, 242193529, 198295559, 190214555, 181538259, 170805979,
     159345973, 145138636, 138394717, 133797422, 135086622, 133275309,
     114364328, 107043718, 101991189, 90338345,  83257441,  80373285,
     58617616,  64444167,  46709983,  50818468,  156040895, 57227415},
};

static const struct {
    const char *alias;
    int build;
} ALIAS[] = {
    {"hg18", DW_BUILD_36},   {"b36", DW_BUILD_36},    {"36", DW_BUILD_36},
    {"NCBI36", DW_BUILD_36}, {"GRCh36", DW_BUILD_36}, {"hg19", DW_BUILD_37},
    {"b37", DW_BUILD_37},    {"37", DW_BUILD_37},     {"GRCh37", DW_BUILD_37},
    {"hg38", DW_BUILD_38},   {"b38", DW_BUILD_38},    {"38", DW_BUILD_38},
    {"GRCh38", DW_BUILD_38},
};

int dw_build_of(const char *name)
{
    for (size_t i = 0; i < DW_COUNT(ALIAS); i++) {
        if (dw_span_eq_nocase(dw_span_of(name), ALIAS[i].alias))
            return ALIAS[i].build;
    }
    return DW_BUILD_NONE;
}

const char *dw_build_word(int build)
{
    return WORD[build];
}

const char *dw_build_name(const char *name)
{
    int build = dw_build_of(name);

    return build == DW_BUILD_NONE ? name : WORD[build];
}

/* 0 to 23, or -1. */
static int chromosome(const char *contig)
{
    int number = 0;

    if (strcmp(contig, "X") == 0 || strcmp(contig, "XY") == 0)
        return 22;
    if (strcmp(contig, "Y") == 0)
        return 23;
    for (const char *s = contig; *s; s++) {
        if (*s < '0' || *s > '9' || number > 22)
            return -1;
        number = 10 * number + *s - '0';
    }
    return number >= 1 && number <= 22 ? number - 1 : -1;
}

uint32_t dw_build_length(int build, const char *contig)
{
    int c = chromosome(contig);

    return c < 0 ? 0 : LENGTH[build][c];
}

int dw_build_of_length(const char *contig, uint32_t length)
{
    for (int b = 0; b < DW_BUILDS; b++) {
        if (length && dw_build_length(b, contig) == length)
            return b;
    }
    return DW_BUILD_NONE;
}
