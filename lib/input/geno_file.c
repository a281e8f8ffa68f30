#include "input/geno_file.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "input/read_plink.h"
#include "input/read_vcf.h"

/* One of the two, and its people. */
struct dw_geno_file {
    dw_geno_kind kind;
    dw_plink *plink;
    dw_vcf *vcf;
    const dw_people *people;
};

/* Does the path lead to one of PLINK's binary files?  1, 0, negative.  A name
 * without its .bed is told as that. */
static int is_plink(const char *path, dw_err *err)
{
    unsigned char magic[3];
    struct stat st;
    ssize_t n;
    int fd;

    if (strcmp(path, "-") == 0)
        return 0;
    fd = open(path, O_RDONLY);
    if (fd < 0)
        return dw_fail_errno(err, "%s", path);
    /* A pipe's bytes would be gone: there only VCF and BCF come from. */
    n = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? read(fd, magic, 3) : 0;
    close(fd);
    if (n >= 0 && dw_plink_magic(magic, (size_t)n))
        return 1;
    return strlen(path) > 4 && strcmp(path + strlen(path) - 4, ".bed") == 0;
}

dw_geno_file *dw_geno_file_open(const char *path, const dw_geno_query *query,
                                dw_err *err)
{
    int plink = is_plink(path, err);
    dw_geno_file *g;

    if (plink < 0)
        return NULL;
    g = dw_alloc(1, sizeof *g);
    if (plink)
        g->plink = dw_plink_open(path, query, err);
    else
        g->vcf = dw_vcf_open(path, query, err);
    if (!g->plink && !g->vcf) {
        dw_geno_file_close(g);
        return NULL;
    }
    g->kind = !plink && query->dosage ? DW_GENO_DOSAGE : DW_GENO_PACKED;
    g->people = plink ? dw_plink_people(g->plink) : dw_vcf_people(g->vcf);
    return g;
}

void dw_geno_file_close(dw_geno_file *g)
{
    if (!g)
        return;
    dw_plink_close(g->plink);
    dw_vcf_close(g->vcf);
    dw_free(g);
}

dw_geno_kind dw_geno_file_kind(const dw_geno_file *g)
{
    return g->kind;
}

const dw_people *dw_geno_file_people(const dw_geno_file *g)
{
    return g->people;
}

bool dw_geno_file_contigs(const dw_geno_file *g, dw_contig_set *set)
{
    return g->plink ? dw_plink_contigs(g->plink, set)
                    : dw_vcf_contigs(g->vcf, set);
}

const char *dw_geno_file_text(const dw_geno_file *g)
{
    return g->plink ? dw_plink_text(g->plink) : NULL;
}

uint64_t dw_geno_file_digest(const dw_geno_file *g)
{
    return g->plink ? dw_plink_digest(g->plink) : 0;
}

uint64_t dw_geno_file_unplaced(const dw_geno_file *g)
{
    return g->plink ? dw_plink_unplaced(g->plink) : dw_vcf_unplaced(g->vcf);
}

int dw_geno_file_seek(dw_geno_file *g, const char *contig, dw_err *err)
{
    return g->plink ? dw_plink_seek(g->plink, contig, err)
                    : dw_vcf_seek(g->vcf, contig, err);
}

int dw_geno_file_next(dw_geno_file *g, dw_site *site, dw_err *err)
{
    return g->plink ? dw_plink_next(g->plink, site, err)
                    : dw_vcf_next(g->vcf, site, err);
}

int dw_geno_file_column(dw_geno_file *g, void *column, dw_err *err)
{
    return g->plink ? dw_plink_column(g->plink, column, err)
                    : dw_vcf_column(g->vcf, column, err);
}
