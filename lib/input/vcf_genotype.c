#include "input/vcf_genotype.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "data/genotype.h"

/* Imputation programs round: a dosage that far out of [0, 2] is still one. */
#define DOSAGE_SLACK 0.001

/* More copies than there are: to be looked at allele by allele. */
enum { NOT_PLAIN = 4 };

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

/* The code of one person for allele `alt`. */
static unsigned code_of(const bcf_fmt_t *gt, const uint8_t *p, int alt)
{
    int copies = 0, ploidy = 0;

    for (int i = 0; i < gt->n; i++) {
        int x = gt_value(gt, p, i);

        if (x == bcf_int32_vector_end)
            break;
        if (x < 2) /* missing, phased or not */
            return DW_GENO_MISSING;
        ploidy++;
        copies += bcf_gt_allele(x) == alt;
    }
    if (ploidy == 0)
        return DW_GENO_MISSING;
    if (ploidy == 1)
        copies *= 2;
    return copies == 2   ? DW_GENO_ALT2
           : copies == 1 ? DW_GENO_ALT1
                         : DW_GENO_ALT0;
}

/* How many copies of `alt` each byte of an 8-bit GT stands for. */
static void table_of(int alt, unsigned char copies[256])
{
    for (int x = 0; x < 256; x++)
        copies[x] = x < 2 || x > INT8_MAX ? NOT_PLAIN : (x >> 1) - 1 == alt;
}

const char *dw_vcf_packed(const bcf_hdr_t *header, bcf1_t *rec, int alt,
                          const dw_people *who, unsigned char *column)
{
    static const unsigned char by_copies[3] = {DW_GENO_ALT0, DW_GENO_ALT1,
                                               DW_GENO_ALT2};
    const bcf_fmt_t *gt = bcf_get_fmt(header, rec, "GT");
    bool plain = gt && gt->type == BCF_BT_INT8 && gt->n == 2;
    unsigned char copies[256];

    if (gt && gt->n > 2)
        return "has genotypes of more than two alleles";
    memset(column, 0, dw_geno_bytes(DW_GENO_PACKED, who->n));
    table_of(alt, copies);
    for (size_t i = 0; i < who->n; i++) {
        unsigned code = DW_GENO_MISSING;

        if (gt) {
            const uint8_t *p = gt->p + who->at[i] * (size_t)gt->size;
            unsigned sum =
                plain ? (unsigned)copies[p[0]] + copies[p[1]] : NOT_PLAIN;

            code = sum < 3 ? by_copies[sum] : code_of(gt, p, alt);
        }
        column[i / 4] |= (unsigned char)(code << i % 4 * 2);
    }
    return NULL;
}

const char *dw_vcf_dosage(const bcf_hdr_t *header, bcf1_t *rec, int alt,
                          const dw_people *who, float **ds, int *n_ds,
                          float *column)
{
    int n = bcf_get_format_float(header, rec, "DS", ds, n_ds);
    size_t each = n > 0 ? (size_t)n / who->n_all : 0;

    if (n == -2)
        return "has a DS that is no number";
    if (n > 0 && each != rec->n_allele - 1u)
        return "has another number of DS than of ALT";
    for (size_t i = 0; i < who->n; i++) {
        float x = n > 0 ? (*ds)[who->at[i] * each + (size_t)alt - 1] : NAN;

        /* Missing and end-of-vector are NaN too. */
        if (x < -DOSAGE_SLACK || x > 2 + DOSAGE_SLACK)
            return "has a DS that is not within 0 and 2";
        column[i] = isnan(x) ? NAN : x < 0 ? 0 : x > 2 ? 2 : x;
    }
    return NULL;
}
