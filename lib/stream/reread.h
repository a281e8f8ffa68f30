/*
 * reread: chunks of a file once more, by where they stand in it.
 *
 * A reader goes through a stream once, and says of chunks where they are; these
 * are then read again from the same open file, in any order.
 */
#ifndef DW_STREAM_REREAD_H
#define DW_STREAM_REREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "stream/frame.h"

typedef struct dw_reread dw_reread;

/* Of what the reader reads from, which has to be a file (dw_reader_place);
 * independent of the reader from then on. */
dw_reread *dw_reread_new(const dw_reader *r, dw_err *err) DW_MUST_CHECK;
void dw_reread_free(dw_reread *r); /* NULL is fine */

/* The payload of the chunk that stood there, unpacked; lent until the next
 * call.  DW_EMISMATCH when it does not stand there any more: the file was
 * changed or cut.  Messages begin with the name of the file. */
int dw_reread_payload(dw_reread *r, const dw_place *place,
                      const unsigned char **p, size_t *n,
                      dw_err *err) DW_MUST_CHECK;

#endif
