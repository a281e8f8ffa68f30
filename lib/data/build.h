/*
 * build: one name for each of the genome builds that have many.
 */
#ifndef DW_DATA_BUILD_H
#define DW_DATA_BUILD_H

/* hg19, b37 and 37 are GRCh37; hg38, b38 and 38 are GRCh38, in any case; any
 * other name stays as it is. */
const char *dw_build_name(const char *name);

#endif
