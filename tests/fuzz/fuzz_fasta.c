/* Any bytes as a FASTA and its index (divided at the first NUL): bases are
 * within the chromosome, and an indel that was normalised is normal. */
#include "as_file.h"
#include "data/allele.h"
#include "place/genome.h"
#include "place/normal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char index_path[64];

static void remove_index(void)
{
    remove(index_path);
}

static void put_index(const uint8_t *data, size_t size)
{
    FILE *f;

    if (!index_path[0]) {
        snprintf(index_path, sizeof index_path, "%s.fai", as_file_path);
        atexit(remove_index);
    }
    f = fopen(index_path, "wb");
    if (!f || fwrite(data, 1, size, f) != size || fclose(f) != 0)
        abort();
}

static void normalise(dw_genome *g, const char *contig, uint32_t pos)
{
    static const char *const pairs[][2] = {
        {"A", "AA"}, {"CA", "C"}, {"ACAC", "AC"}, {"GT", "T"}, {"TGA", "TCA"}};
    dw_err err = {0};

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        dw_normal n = {.genome = g}, m = {.genome = g};
        dw_row row = {.contig = contig,
                      .pos = pos,
                      .a1 = dw_span_of(pairs[i][0]),
                      .a2 = dw_span_of(pairs[i][1])};

        if (dw_normal_row(&n, &row, &err) >= 0) {
            dw_row again = row;

            if (!row.pos || !row.a1.n || !row.a2.n ||
                dw_normal_row(&m, &again, &err) > 0)
                abort();
        } else if (!err.msg[0]) {
            abort();
        }
        dw_normal_clear(&n);
        dw_normal_clear(&m);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const contig[] = {"1", "X", "XY", "a"};
    const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
    size_t n = nul ? (size_t)(nul - data) : size;
    const char *path = as_file(data, n);
    dw_err err = {0};
    dw_genome *g;

    put_index(nul ? nul + 1 : data, nul ? size - n - 1 : 0);
    g = dw_genome_open(path, &err);
    if (!g && !err.msg[0])
        abort();
    for (size_t i = 0; g && i < sizeof contig / sizeof *contig; i++) {
        uint32_t length = dw_genome_length(g, contig[i]);

        for (uint32_t pos = 0; pos < 40; pos += 3) {
            dw_span bases;

            if (dw_genome_bases(g, contig[i], pos, 5, &bases, &err) < 0)
                continue;
            if (bases.n > 5 || (bases.n && pos + bases.n - 1 > length))
                abort();
            if (pos)
                normalise(g, contig[i], pos);
        }
    }
    dw_genome_close(g);
    return 0;
}
