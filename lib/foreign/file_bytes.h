/*
 * file_bytes: a binary file, whole, and what is said of it in HEAD.
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

/* Is there a file (or a folder) of that name? */
bool dw_file_exists(const char *path);
bool dw_file_is_folder(const char *path);
/* FOLDER/NAME, to be freed. */
char *dw_file_in(const char *folder, const char *name);
/* The folder of a path, "." if it names none; to be freed. */
char *dw_file_folder(const char *path);
/* Behind its last slash; lent from the path. */
const char *dw_file_base(const char *path);

/* The files that a source was read from.  One or two are named each; of a
 * folder only it is, with the XXH64 of their digests in the order in which
 * they were read, eight bytes each, the lowest first. */
typedef struct dw_ld_inputs {
    char *folder; /* owned; NULL: files are named */
    struct dw_ld_input {
        char *name;
        uint64_t digest;
    } * item;
    size_t n;
} dw_ld_inputs;

void dw_ld_inputs_add(dw_ld_inputs *in, const char *path, uint64_t digest);
void dw_ld_inputs_tell(const dw_ld_inputs *in,
                       void (*add)(void *ctx, const char *name,
                                   uint64_t digest),
                       void *ctx);
void dw_ld_inputs_clear(dw_ld_inputs *in);

#endif
