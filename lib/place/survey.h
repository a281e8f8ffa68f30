/*
 * survey: what has to be known of some references before a study is held
 * against them: their chromosomes, and how they write their indels.
 *
 * The reference is read once for it.  What is kept of it is small: positions on
 * XY, and the indels that it writes in another way than normal.h would.
 */
#ifndef DW_PLACE_SURVEY_H
#define DW_PLACE_SURVEY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "input/ordered.h"
#include "place/genome.h"
#include "place/genome_fit.h"

typedef struct dw_survey dw_survey;

/* Reads the reference from its start to its end.  The genome, which is NULL or
 * borrowed, is asked as for the study. */
dw_survey *dw_survey_read(const dw_row_reader *ref, dw_genome *genome,
                          dw_err *err) DW_MUST_CHECK;
void dw_survey_free(dw_survey *s); /* NULL is fine */

bool dw_survey_has_contig(const dw_survey *s, const char *contig);
/* Has it a variant at this position of XY? */
bool dw_survey_has_xy(const dw_survey *s, uint32_t pos);
/* Does it write any variant in a way that is not normal? */
bool dw_survey_has_forms(const dw_survey *s);
/* Writes the row, which is normal, as the reference writes that variant; false
 * when that is the normal way, or it has no such variant.  Lent as long as the
 * survey lives; `key` is workspace. */
bool dw_survey_form(const dw_survey *s, dw_row *row, dw_buf *key);
/* How its positions fit the genome, if there is one. */
const dw_genome_fit *dw_survey_fit(const dw_survey *s);

#endif
