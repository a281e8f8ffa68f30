/* as_file: a fuzzer's bytes as a file, for readers that open a path. */
#ifndef DW_TESTS_FUZZ_AS_FILE_H
#define DW_TESTS_FUZZ_AS_FILE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char as_file_path[] = "/tmp/dw-fuzz-XXXXXX";

static inline void as_file_remove(void)
{
    remove(as_file_path);
}

/* The path of a file that holds the bytes; the same one each time. */
static inline const char *as_file(const uint8_t *data, size_t size)
{
    static int made;
    FILE *f;

    if (!made) {
        int fd = mkstemp(as_file_path);

        if (fd < 0)
            abort();
        close(fd);
        atexit(as_file_remove);
        made = 1;
    }
    f = fopen(as_file_path, "wb");
    if (!f || fwrite(data, 1, size, f) != size || fclose(f) != 0)
        abort();
    return as_file_path;
}

#endif
