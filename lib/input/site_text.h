/*
 * site_text: the texts of one variant of a panel, kept in a buffer.
 */
#ifndef DW_INPUT_SITE_TEXT_H
#define DW_INPUT_SITE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/text.h"

/* An allele that names one: not empty, "0" or ".", no blank and no control
 * character in it. */
bool dw_site_is_allele(dw_span a);

/* Adds a text and a 0 behind it; gives its offset, since the buffer may move.
 * Alleles in upper case; a text that is empty or holds control characters
 * becomes
 * ".". */
size_t dw_site_text(dw_buf *b, dw_span a, bool is_allele);

#endif
