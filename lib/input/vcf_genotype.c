#include "input/vcf_genotype.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "data/genotype.h"

/* Imputation programs round: a dosage that far out of [0, 2] is still one. */
#define DOSAGE_SLACK 0.001

/* More copies than there are: to be looked at allele by allele.  And a code
 * that is none, for an allele that is none. */
enum { NOT_PLAIN = 4, NO_ALLELE = 5 };

static const char *const BAD_PLOIDY =
    "has a genotype that is not of one or two alleles";

static const char *const BAD_ALLELE =
    "has a genotype of an allele that it does not have";

/* htslib believes each record of a BCF. */
static const char *const OTHER_PEOPLE =
    "has another number of people than the header";

static const unsigned char BY_COPIES[3] = {DW_GENO_ALT0, DW_GENO_ALT1,
                                           DW_GENO_ALT2};

/* Value i of a person's GT as htslib stores it, whatever its width. */
static int gt_value(const bcf_fmt_t *gt, const uint8_t *p, int i)
{
    int16_t x16;
    int32_t x32;

    switch (gt->type) {
    case BCF_BT_INT8:
        return (int8_t)p[i] == bcf_int8_vector_end ? bcf_int32_vector_end
                                                   : (int8_t)p[i];
    case BCF_BT_INT16:
        memcpy(&x16, p + 2 * i, sizeof x16);
        return x16 == bcf_int16_vector_end ? bcf_int32_vector_end : x16;
    default: memcpy(&x32, p + 4 * i, sizeof x32); return x32;
    }
}

/* The code of one person for allele `alt` of n_alts. */
static unsigned code_of(const bcf_fmt_t *gt, const uint8_t *p, int alt,
                        int n_alts)
{
    int copies = 0, ploidy = 0;

    for (int i = 0; i < gt->n; i++) {
        int x = gt_value(gt, p, i);

        if (x == bcf_int32_vector_end)
            break;
        if (x < 2) /* missing, phased or not */
            return DW_GENO_MISSING;
        if (bcf_gt_allele(x) > n_alts)
            return NO_ALLELE;
        ploidy++;
        copies += bcf_gt_allele(x) == alt;
    }
    if (ploidy == 0)
        return DW_GENO_MISSING;
    if (ploidy == 1)
        copies *= 2;
    return BY_COPIES[copies];
}

/* How many copies of `alt` each byte of an 8-bit GT stands for. */
static void table_of(int alt, int n_alts, unsigned char copies[256])
{
    for (int x = 0; x < 256; x++)
        copies[x] = x < 2 || x > INT8_MAX || (x >> 1) - 1 > n_alts
                        ? NOT_PLAIN
                        : (x >> 1) - 1 == alt;
}

const char *dw_vcf_packed(const bcf_hdr_t *header, bcf1_t *rec, int alt,
                          const dw_people *who, unsigned char *column)
{
    const bcf_fmt_t *gt = bcf_get_fmt(header, rec, "GT");
    bool plain = gt && gt->type == BCF_BT_INT8 && gt->n == 2;
    unsigned char copies[256];
    int n_alts = (int)rec->n_allele - 1;

    if (rec->n_sample != who->n_all)
        return OTHER_PEOPLE;
    if (gt && gt->type != BCF_BT_INT8 && gt->type != BCF_BT_INT16 &&
        gt->type != BCF_BT_INT32)
        return "has a GT that is no genotype";
    if (gt && gt->n > 2)
        return BAD_PLOIDY;
    memset(column, 0, dw_geno_bytes(DW_GENO_PACKED, who->n));
    table_of(alt, n_alts, copies);
    for (size_t i = 0; i < who->n; i++) {
        unsigned code = DW_GENO_MISSING;

        if (gt) {
            const uint8_t *p = gt->p + who->at[i] * (size_t)gt->size;
            unsigned sum =
                plain ? (unsigned)copies[p[0]] + copies[p[1]] : NOT_PLAIN;

            code = sum < 3 ? BY_COPIES[sum] : code_of(gt, p, alt, n_alts);
            if (code == NO_ALLELE)
                return BAD_ALLELE;
        }
        column[i / 4] |= (unsigned char)(code << i % 4 * 2);
    }
    return NULL;
}

/* A dosage as it is kept; false when it is none.  Missing and end-of-vector of
 * htslib are NaN too. */
static bool take_dosage(float x, float *to)
{
    if (x < -DOSAGE_SLACK || x > 2 + DOSAGE_SLACK)
        return false;
    *to = isnan(x) ? NAN : x < 0 ? 0 : x > 2 ? 2 : x;
    return true;
}

static const char *const NOT_A_DOSAGE = "has a DS that is not within 0 and 2";
static const char *const DS_COUNT = "has another number of DS than of ALT";

const char *dw_vcf_dosage(const bcf_hdr_t *header, bcf1_t *rec, int alt,
                          const dw_people *who, float **ds, int *n_ds,
                          float *column)
{
    int n = bcf_get_format_float(header, rec, "DS", ds, n_ds);
    size_t each = n > 0 ? (size_t)n / who->n_all : 0;

    if (rec->n_sample != who->n_all)
        return OTHER_PEOPLE;
    if (n == -2)
        return "has a DS that is no number";
    if (n > 0 && each != rec->n_allele - 1u)
        return DS_COUNT;
    for (size_t i = 0; i < who->n; i++) {
        float x = n > 0 ? (*ds)[who->at[i] * each + (size_t)alt - 1] : NAN;

        if (!take_dosage(x, &column[i]))
            return NOT_A_DOSAGE;
    }
    return NULL;
}

/* ---- text ---- */

/* Does what begins at p end a value of a sample, or the sample? */
static bool is_end(char c)
{
    return c == ':' || c == '\t' || c == 0;
}

/* Which of the values of FORMAT is `tag`; -1: none.  *p to the first sample,
 * NULL when there is none. */
static int find_tag(const char **p, const char *tag)
{
    int found = -1;
    const char *s = *p;

    for (int i = 0;; i++) {
        const char *from = s;

        while (!is_end(*s))
            s++;
        if (s - from == 2 && memcmp(from, tag, 2) == 0)
            found = i;
        if (*s != ':')
            break;
        s++;
    }
    *p = *s ? s + 1 : NULL;
    return found;
}

/* A genotype as it is written; NOT_PLAIN when it is none. */
static unsigned code_of_text(const char *p, int alt, int n_alts)
{
    int copies = 0, ploidy = 0, missing = 0;

    for (;; p++) {
        int allele = 0, digits = 0;

        for (; *p >= '0' && *p <= '9' && digits < 8; p++, digits++)
            allele = allele * 10 + (*p - '0');
        if (!digits && *p++ != '.')
            return NOT_PLAIN;
        if (allele > n_alts)
            return NO_ALLELE;
        missing += !digits;
        copies += digits && allele == alt;
        if (++ploidy > 2)
            return NOT_PLAIN;
        if (*p != '/' && *p != '|')
            break;
    }
    if (!is_end(*p))
        return NOT_PLAIN;
    if (missing)
        return DW_GENO_MISSING;
    return BY_COPIES[ploidy == 1 ? 2 * copies : copies];
}

/* From somewhere in a sample to the one behind it; NULL when it is the last. */
static const char *next_sample(const char *p)
{
    p = *p == '\t' ? p : strchr(p, '\t');
    return p ? p + 1 : NULL;
}

static const char *const SAMPLE_COUNT =
    "has another number of genotypes than the header has names";

/* Two alleles of one digit each, as nearly all are written. */
static bool is_plain(const char *p, int last)
{
    return p[0] >= '0' && p[0] <= last && (p[1] == '|' || p[1] == '/') &&
           p[2] >= '0' && p[2] <= last && is_end(p[3]);
}

const char *dw_vcf_text_packed(const char *format, int alt, int n_alts,
                               const dw_people *who, unsigned char *column)
{
    const char *p = format;
    int tag = find_tag(&p, "GT"), digit = '0' + alt;
    int last = '0' + (n_alts < 9 ? n_alts : 9);
    size_t next = 0;

    if (tag > 0)
        return "has a GT that is not the first of FORMAT";
    memset(column, 0, dw_geno_bytes(DW_GENO_PACKED, who->n));
    for (size_t i = 0; i < who->n_all; i++) {
        bool plain = p && tag == 0 && is_plain(p, last);

        if (!p)
            return SAMPLE_COUNT;
        if (next < who->n && who->at[next] == i) {
            unsigned code = DW_GENO_MISSING;

            if (plain)
                code = BY_COPIES[(p[0] == digit) + (p[2] == digit)];
            else if (tag == 0)
                code = code_of_text(p, alt, n_alts);
            if (code == NOT_PLAIN)
                return BAD_PLOIDY;
            if (code == NO_ALLELE)
                return BAD_ALLELE;
            column[next / 4] |= (unsigned char)(code << next % 4 * 2);
            next++;
        }
        p = next_sample(plain ? p + 3 : p);
    }
    return p ? SAMPLE_COUNT : NULL;
}

/* Value `alt` of the sample's value number `tag`; false when it is no number;
 * *n counts the values. */
static bool dosage_of_text(const char *p, int tag, int alt, float *x, size_t *n)
{
    for (; tag > 0; tag--) {
        while (!is_end(*p))
            p++;
        *x = NAN; /* values at the end may be left out */
        *n = 0;
        if (*p != ':')
            return true;
        p++;
    }
    for (*n = 0;; p++) {
        const char *from = p;
        double value = NAN;

        while (*p != ',' && !is_end(*p))
            p++;
        if (dw_text_double((dw_span){from, (size_t)(p - from)}, &value) < 0 &&
            !(p - from == 1 && *from == '.'))
            return false;
        if (++*n == (size_t)alt)
            *x = (float)value;
        if (*p != ',')
            return true;
    }
}

const char *dw_vcf_text_dosage(const char *format, int alt, size_t n_alts,
                               const dw_people *who, float *column)
{
    const char *p = format;
    int tag = find_tag(&p, "DS");
    size_t next = 0;

    for (size_t i = 0; i < who->n_all; i++) {
        if (!p)
            return SAMPLE_COUNT;
        if (next < who->n && who->at[next] == i) {
            float x = NAN;
            size_t n = 0;

            if (tag >= 0 && !dosage_of_text(p, tag, alt, &x, &n))
                return "has a DS that is no number";
            /* One missing value may stand for all. */
            if (n > 1 && n != n_alts)
                return DS_COUNT;
            if (n == 1 && n_alts > 1 && !isnan(x))
                return DS_COUNT;
            if (n == 1 && alt > 1)
                x = NAN;
            if (!take_dosage(x, &column[next++]))
                return NOT_A_DOSAGE;
        }
        p = next_sample(p);
    }
    return p ? SAMPLE_COUNT : NULL;
}
