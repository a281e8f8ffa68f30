/*
 * file_bytes: a binary file, whole; and names of files.
 */
#ifndef DW_FOREIGN_FILE_BYTES_H
#define DW_FOREIGN_FILE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* {0} is an empty one; reused from file to file. */
typedef struct dw_file_bytes {
    unsigned char *p;
    size_t n, cap;
} dw_file_bytes;

/* Reads the file; at most 16 GiB. */
int dw_file_bytes_read(dw_file_bytes *f, const char *path,
                       dw_err *err) DW_MUST_CHECK;
void dw_file_bytes_clear(dw_file_bytes *f);

int dw_file_size(const char *path, uint64_t *size, dw_err *err) DW_MUST_CHECK;

/* Is there a file (or a folder) of that name? */
bool dw_file_exists(const char *path);
bool dw_file_is_folder(const char *path);
/* FOLDER/NAME, to be freed. */
char *dw_file_in(const char *folder, const char *name);
/* The folder of a path, "." if it names none; to be freed. */
char *dw_file_folder(const char *path);
/* Behind its last slash; lent from the path. */
const char *dw_file_base(const char *path);

/* XXH64 of its bytes, as they are. */
int dw_file_digest(const char *path, uint64_t *digest,
                   dw_err *err) DW_MUST_CHECK;

#endif
