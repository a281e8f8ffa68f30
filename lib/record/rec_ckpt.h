/*
 * rec_ckpt: ckpt, a fit stopped on its way, to bytes and back.  dw-stream(5),
 * "ckpt".
 */
#ifndef DW_RECORD_REC_CKPT_H
#define DW_RECORD_REC_CKPT_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "nn/model.h"
#include "nn/snapshot.h"
#include "record/rec_head.h"

enum { DW_CKPT_VERSION = 1 };

void dw_ckpt_pack(const dw_snapshot *s, dw_buf *out);
/* s is cleared first.  DW_EFORMAT, DW_EVERSION or DW_ENOMEM. */
int dw_ckpt_unpack(dw_snapshot *s, unsigned version, const unsigned char *p,
                   size_t n, dw_err *err) DW_MUST_CHECK;

/* One run HEAD, MODL (best, unless NULL), ckpt, TAIL, written beside `path` and
 * renamed. */
int dw_ckpt_write(const char *path, const dw_head *head, const dw_snapshot *s,
                  const dw_model *best, dw_err *err) DW_MUST_CHECK;
/* The one of a file: 1; 0 when there is no such file; negative. */
int dw_ckpt_read(const char *path, dw_snapshot *s, dw_err *err) DW_MUST_CHECK;

#endif
