/*
 * gctb_source: LD of GCTB and SBayesRC, decomposed already, as an ld_source.
 *
 * A folder of
 *     ldm.info          Block Chrom StartSnpIdx StartSnpID EndSnpIdx EndSnpID
 *                       NumSnps; indices from 0 into
 *     snp.info          Chrom ID Index GenPos PhysPos A1 A2 A1Freq N Block
 *     blockB.eigen.bin  int32 m, int32 k, float32 sum of the positive
 *                       eigenvalues, float32 share of it that was kept, then
 *                       float32 eigenvalues (k) and vectors (m x k), a vector
 *                       behind the other; little-endian
 * R = U L U' of the eigenvalues kept, so Q = L^1/2 U' at once.  GCTB writes
 * them ascending, SBayesRC descending: both are taken.  A1 is counted, and is
 * ALT.  Each block is all core and has no flanks; what it covers goes from its
 * first variant to its last.
 */
#ifndef DW_FOREIGN_GCTB_SOURCE_H
#define DW_FOREIGN_GCTB_SOURCE_H

#include "base/err.h"
#include "ld/ld_source.h"

dw_ld_source *dw_gctb_source_open(const char *folder,
                                  dw_err *err) DW_MUST_CHECK;

#endif
