/*
 * rec_keys: what binary payloads have in common: a version before them, the
 * key columns of variants, an end.  dw-stream(5), "Primitive types".
 */
#ifndef DW_RECORD_REC_KEYS_H
#define DW_RECORD_REC_KEYS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "data/variant.h"
#include "stream/pack.h"

/* 0, or DW_EVERSION when a payload's version is not the one that is known. */
int dw_rec_check_version(const char *type, unsigned version, unsigned known,
                         dw_err *err) DW_MUST_CHECK;
/* 0 if all was there and nothing is left, else DW_EFORMAT. */
int dw_rec_check_end(const char *type, const dw_unpack *u,
                     dw_err *err) DW_MUST_CHECK;
/* DW_EFORMAT: a count claims more than there is. */
int dw_rec_no_room(const char *type, dw_err *err);

/* The next text as a contig's name: 0, or DW_EFORMAT. */
int dw_rec_take_contig(const char *type, dw_unpack *u,
                       char contig[DW_CONTIG_MAX], dw_err *err) DW_MUST_CHECK;
/* The next text, without control characters; a copy, to be freed. */
int dw_rec_take_name(const char *type, dw_unpack *u, char **name,
                     dw_err *err) DW_MUST_CHECK;

/* contig, m, pos, id, ref, alt, eaf. */
void dw_rec_pack_keys(const dw_variants *v, dw_buf *out);
/* v is made to fit t traits and p annotations, which are not set; that m of
 * each are still to come is checked before memory is taken. */
int dw_rec_take_keys(const char *type, dw_unpack *u, dw_variants *v, size_t t,
                     size_t p, dw_err *err) DW_MUST_CHECK;

#endif
