/*
 * rec_modl: MODL, a trained model to bytes and back.  dw-stream(5), "MODL"; the
 * keys of its lines are listed in dw-fit(1).
 */
#ifndef DW_RECORD_REC_MODL_H
#define DW_RECORD_REC_MODL_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "nn/model.h"
#include "record/rec_head.h"
#include "record/rec_stream.h"

enum { DW_MODL_VERSION = 3 };

/* The lowest version that can hold the model, in which it is packed: 1 if it is
 * of one trait and looks at no tracks. */
unsigned dw_modl_version(const dw_model *model);
void dw_modl_pack(const dw_model *model, dw_buf *out);
/* model is cleared first.  DW_EFORMAT, DW_EVERSION or DW_ENOMEM. */
int dw_modl_unpack(dw_model *model, unsigned version, const unsigned char *p,
                   size_t n, dw_err *err) DW_MUST_CHECK;

/* One run HEAD, MODL, TAIL. */
int dw_modl_write(dw_sink *sink, const dw_head *head, const dw_model *model,
                  dw_err *err) DW_MUST_CHECK;
/* The source's current chunk, which is a MODL. */
int dw_modl_take(dw_source *src, dw_model *model, dw_err *err) DW_MUST_CHECK;
/* The one model of a stream (NULL or "-": stdin). */
int dw_modl_read(const char *path, dw_model *model, dw_err *err) DW_MUST_CHECK;

/* dw_model_bind to the annotations of a head. */
int dw_modl_bind(const dw_model *model, const dw_head *head, size_t *column,
                 dw_err *err) DW_MUST_CHECK;

#endif
