#include "place/build_evidence.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

/* So many known variants at least, and such a share of them, say a build. */
enum { FEW = 3 };
static const double NEARLY_ALL = 0.9;
/* A share of rows beyond the ends of chromosomes that is no accident: the ends
 * of builds differ by about a thousandth of the genome. */
static const double BEYOND = 1e-4;

/* Common variants (rs number, chromosome, position in GRCh37 and in GRCh38), in
 * order of their numbers. */
static const struct known {
    uint32_t rs, chromosome, pos37, pos38;
} KNOWN[] = {
    {129438, 22, 34558740, 34162751},  {130121, 22, 49095071, 48699259},
    {132046, 22, 45437561, 45041680},  {133081, 22, 41090009, 40694005},
    {134107, 22, 28074256, 27678259},  {135958, 22, 44818050, 44422170},
    {136866, 22, 32267042, 31871056},  {137228, 22, 35296615, 34900624},
    {137612, 22, 39698010, 39302005},  {138412, 22, 38860008, 38464003},
    {174764, 22, 29721161, 29325172},  {181408, 22, 18235305, 17752539},
    {343147, 2, 20600237, 20400476},   {388586, 18, 20286968, 22707005},
    {472262, 18, 20109953, 22529990},  {499899, 6, 20001747, 20001516},
    {506615, 17, 20565180, 20661867},  {565979, 22, 21028946, 20674658},
    {586703, 4, 20220321, 20218698},   {670210, 6, 20072580, 20072349},
    {727794, 2, 20742996, 20543236},   {729918, 4, 20506101, 20504478},
    {738662, 22, 47519604, 47123708},  {762004, 21, 20410278, 19037959},
    {762601, 22, 23568858, 23226671},  {762982, 22, 38144235, 37748228},
    {818670, 1, 20338101, 20011608},   {848749, 22, 49728790, 49332865},
    {875307, 22, 43579322, 43183316},  {894747, 11, 20618589, 20597043},
    {918228, 17, 20002012, 20098699},  {929015, 22, 33161150, 32765164},
    {943572, 6, 20184364, 20184133},   {945378, 13, 20891889, 20317750},
    {959419, 19, 20826692, 20643886},  {964911, 3, 20788581, 20747089},
    {981107, 1, 20595251, 20268758},   {981396, 2, 20346651, 20146890},
    {1188546, 14, 20653716, 20185557}, {1319355, 18, 20334589, 22754626},
    {1437861, 2, 20009943, 19810182},  {1497020, 8, 20002426, 20144915},
    {1520894, 11, 20275957, 20254411}, {1530779, 8, 20582438, 20724927},
    {1548304, 22, 42691238, 42295232}, {1605519, 3, 20292220, 20250728},
    {1647712, 22, 22037223, 21682934}, {1713419, 14, 20834548, 20366389},
    {1847899, 3, 20541822, 20500330},  {1850875, 11, 20731343, 20709797},
    {1858988, 16, 20009247, 19997925}, {1883299, 22, 35923105, 35527058},
    {1883565, 1, 20008507, 19682014},  {1887478, 6, 20305067, 20304836},
    {1893250, 18, 20002944, 22422981}, {1984519, 22, 46876483, 46480586},
    {1994539, 13, 20121619, 19547479}, {2008974, 22, 36939387, 36543340},
    {2038912, 10, 20207349, 19918420}, {2065798, 13, 20793579, 20219440},
    {2070501, 22, 17084609, 16603719}, {2072862, 22, 37528606, 37132566},
    {2098328, 19, 20064213, 19953404}, {2127956, 3, 20009298, 19967806},
    {2240112, 22, 19123075, 19135562}, {2283915, 22, 33949096, 33553110},
    {2285200, 22, 26305682, 25909715}, {2318283, 14, 20291410, 19823251},
    {2330929, 22, 25219930, 24823963}, {2358855, 10, 20455667, 20166738},
    {2478744, 10, 20000428, 19711499}, {2562661, 19, 20703235, 20520429},
    {2568119, 11, 20004957, 19983411}, {2616165, 8, 20689799, 20832288},
    {2703821, 17, 20121526, 20218213}, {2708982, 4, 20014010, 20012387},
    {2764754, 16, 20106198, 20094876}, {2792158, 14, 20526904, 20058745},
    {2824964, 21, 20001602, 18629284}, {2825152, 21, 20185469, 18813151},
    {2825482, 21, 20648847, 19276530}, {2884681, 10, 20638066, 20349137},
    {2898501, 8, 20310118, 20452607},  {2934358, 1, 20892557, 20566064},
    {3764964, 4, 20714642, 20713019},  {3783036, 13, 20436506, 19862366},
    {3785080, 16, 20752236, 20740914}, {3788322, 22, 20006040, 20018517},
    {3850785, 17, 20185248, 20281935}, {3907531, 16, 20633644, 20622322},
    {4149478, 22, 26931221, 26535255}, {4820853, 22, 30864610, 30468623},
    {4822843, 22, 27471525, 27075563}, {4823174, 22, 44330274, 43934394},
    {4823703, 22, 48222045, 47826296},
};

/* The bit in `endings` of the four letters before `end`: 64 x 64 bits. */
static inline unsigned ending_of(const char *end)
{
    uint32_t last;

    memcpy(&last, end - sizeof last, sizeof last);
    return (last * UINT32_C(2654435761)) >> 20;
}

static void learn_endings(dw_build_evidence *e)
{
    for (size_t i = 0; i < DW_COUNT(KNOWN); i++) {
        char id[16];
        int n = snprintf(id, sizeof id, "rs%" PRIu32, KNOWN[i].rs);
        unsigned bit = ending_of(id + n);

        e->endings[bit / 64] |= UINT64_C(1) << bit % 64;
    }
}

/* May the id be a known one?  Those have six digits or seven.  Most are none,
 * at the cost of a look at their last letters. */
static inline bool may_be_known(const dw_build_evidence *e, dw_span id)
{
    unsigned bit;

    if (id.n < 8 || id.n > 9)
        return false;
    bit = ending_of(id.s + id.n);
    return e->endings[bit / 64] >> bit % 64 & 1;
}

/* "rs123456" among the known, or NULL. */
static const struct known *find_known(dw_span id)
{
    size_t lo = 0, hi = DW_COUNT(KNOWN);
    uint64_t rs;

    if ((id.s[0] | 32) != 'r' || (id.s[1] | 32) != 's' ||
        dw_text_digits((dw_span){id.s + 2, id.n - 2}, &rs) < 0)
        return NULL;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (KNOWN[mid].rs == rs)
            return &KNOWN[mid];
        if (KNOWN[mid].rs < rs)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

static void enter_contig(dw_build_evidence *e, const char *contig)
{
    strcpy(e->contig, contig);
    e->shortest = UINT32_MAX;
    for (int b = 0; b < DW_BUILDS; b++) {
        e->length[b] = dw_build_length(b, contig);
        if (e->length[b] && e->length[b] < e->shortest)
            e->shortest = e->length[b];
    }
}

void dw_build_evidence_row(dw_build_evidence *e, const dw_row *row)
{
    const struct known *k;
    int64_t contig;

    if (!row->pos)
        return;
    if (e->rows++ == 0)
        learn_endings(e);
    if (!dw_contig_eq(row->contig, e->contig))
        enter_contig(e, row->contig);
    for (int b = 0; row->pos > e->shortest && b < DW_BUILDS; b++)
        e->beyond[b] += row->pos > e->length[b];
    k = may_be_known(e, row->id) ? find_known(row->id) : NULL;
    if (!k || dw_text_int64(dw_span_of(row->contig), &contig) < 0 ||
        contig != k->chromosome)
        return;
    e->known++;
    e->at[DW_BUILD_37] += row->pos == k->pos37;
    e->at[DW_BUILD_38] += row->pos == k->pos38;
}

void dw_build_evidence_size(dw_build_evidence *e, const char *contig,
                            uint32_t length)
{
    int b = dw_build_of_length(contig, length);

    if (!dw_build_length(DW_BUILD_37, contig))
        return;
    e->sizes++;
    if (b != DW_BUILD_NONE)
        e->sized[b]++;
}

/* The build that has nearly all of n, or none. */
static int nearly_all(const uint64_t of[DW_BUILDS], uint64_t n, uint64_t few)
{
    for (int b = 0; b < DW_BUILDS && n >= few; b++) {
        if ((double)of[b] >= NEARLY_ALL * (double)n)
            return b;
    }
    return DW_BUILD_NONE;
}

int dw_build_evidence_tell(const dw_build_evidence *e, dw_buf *why)
{
    int b = nearly_all(e->at, e->known, FEW);

    if (b != DW_BUILD_NONE) {
        dw_buf_addf(why, "%" PRIu64 " of %" PRIu64 " known variants", e->at[b],
                    e->known);
        return b;
    }
    b = e->known ? DW_BUILD_NONE : nearly_all(e->sized, e->sizes, 1);
    if (b != DW_BUILD_NONE)
        dw_buf_addf(why,
                    "the lengths of %" PRIu64 " of %" PRIu64 " chromosomes",
                    e->sized[b], e->sizes);
    return b;
}

/* The build that has an end for nearly all positions beyond this one's; or
 * none: they are beyond any. */
static int holds_beyond(const dw_build_evidence *e, int build)
{
    if ((double)e->beyond[build] <= BEYOND * (double)e->rows)
        return DW_BUILD_NONE;
    for (int b = DW_BUILDS - 1; b >= 0; b--) {
        if (b != build && e->beyond[b] <= e->beyond[build] / 10)
            return b;
    }
    return DW_BUILD_NONE;
}

bool dw_build_evidence_denies(const dw_build_evidence *e, int build,
                              dw_buf *why)
{
    int other = holds_beyond(e, build), told;

    if (other != DW_BUILD_NONE) {
        dw_buf_addf(why,
                    "%" PRIu64 " positions lie beyond the ends of its "
                    "chromosomes, and within those of %s",
                    e->beyond[build] - e->beyond[other], dw_build_word(other));
        return true;
    }
    told = dw_build_evidence_tell(e, why);
    return told != DW_BUILD_NONE && told != build;
}
