/*
 * replay: runs a fuzz target over files, without a fuzzer, so that a corpus is
 * a test like any other.  Prints TAP; a crash is the finding.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        FILE *f = fopen(argv[i], "rb");
        uint8_t *data;
        long size;

        if (!f || fseek(f, 0, SEEK_END) || (size = ftell(f)) < 0) {
            printf("not ok %d - cannot read %s\n", i, argv[i]);
            return 1;
        }
        rewind(f);
        /* Exactly as large as the file: a read past its end is seen. */
        data = malloc((size_t)size + (size == 0));
        if (!data || fread(data, 1, (size_t)size, f) != (size_t)size)
            return 1;
        LLVMFuzzerTestOneInput(data, (size_t)size);
        free(data);
        fclose(f);
        printf("ok %d - %s\n", i, argv[i]);
    }
    printf("1..%d\n", argc - 1);
    return 0;
}
