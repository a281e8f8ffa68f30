#!/usr/bin/env bats
# What dw-ingest understands of a study: each format with its traps, the ways to
# z and N, --explain; and real files against another reading of them.
# shellcheck disable=SC2154 # status, stdout and stderr are set by run
# shellcheck disable=SC2016 # the programs of awk9 have dollars of their own
# shellcheck disable=SC2094 # rows named as files are: no pipe reads what it writes
load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    printf '%s\t%s\t0\t%s\t%s\t%s\n' \
        1 rs1 100 A G  1 rs2 200 C T  1 rs3 300 G A >p.bim
}

# row FIELD...: a line of a table.
row() {
    local IFS=$'\t'
    echo "$*"
}

# taken FILE [OPTION]...: CHR POS ID REF ALT EAF Z N of each variant; the counts
# go to r.tsv, what is said to said.
taken() {
    local file=$1
    shift
    dw-ingest --report r.tsv -o out.dws "$@" "$file" 2>said || {
        cat said
        return 1
    }
    dw-view --variants out.dws | cut -f 3-10 | tail -n +2 | tr '\t' ' '
}

# count REASON: of the last `taken`.
count() {
    awk -v r="$1" '$1 == "sumstats" && $2 == r { print $3 }' r.tsv
}

# is FORMAT FILE: as --explain has it.
is() {
    dw-ingest --explain --n 1 "$2" 2>/dev/null | grep -q "^format *$1:" ||
        { dw-ingest --explain --n 1 "$2" | sed -n '/^format/p'; return 1; }
}

# same WANT GOT: two outputs, compared with the difference shown.
same() {
    [ "$1" = "$2" ] || { diff <(echo "$1") <(echo "$2"); return 1; }
}

# ---- each format ----

@test "BOLT-LMM: the better model's p, no N in the file" {
    { row SNP CHR BP GENPOS ALLELE1 ALLELE0 A1FREQ INFO BETA SE P_BOLT_LMM_INF P_BOLT_LMM
      row rs1 1 100 0.5 A G 0.2 1 -0.1 9 1 0.05
      row rs2 1 200 0.5 C T 0.2 1 0.1 0.05 1 NA; } >f
    is bolt f
    run --separate-stderr dw-ingest -o x.dws f
    refused 'no column for the sample size \(BOLT-LMM does not write it\)'
    same "1 100 rs1 G A 0.200000003 -1.95996404 9
1 200 rs2 T C 0.200000003 2 9" "$(taken f --n 9)"
    # A row without the better model's p takes the next way, and is counted.
    grep -q 'z = from P_BOLT_LMM, with the sign of BETA (of 1 rows BETA / SE)' said
}

@test "fastGWA, alkesgroup" {
    { row CHR SNP POS A1 A2 N AF1 BETA SE P
      row 1 rs1 100 A G 50 0.2 0.2 0.1 0.1; } >f
    is fastgwa f
    same "1 100 rs1 G A 0.200000003 2 50" "$(taken f)"
    { row SNP CHR POS A1 A2 REF EAF Beta se P N INFO
      row rs1 1 100 A G G 0.2 0.2 0.1 0.1 50 1; } >f
    is alkesgroup f
    same "1 100 rs1 G A 0.200000003 2 50" "$(taken f)"
}

@test "REGENIE: blanks, ALLELE1, TEST, TEST_FAIL, cases and controls" {
    { echo "CHROM GENPOS ID ALLELE0 ALLELE1 A1FREQ INFO N N_CASES N_CONTROLS TEST BETA SE CHISQ LOG10P EXTRA"
      echo "1 100 rs1 G A 0.2 1 400 100 300 ADD 0.2 0.1 4 1.3 NA"
      echo "1 100 rs1 G A 0.2 1 400 100 300 DOM 0.9 0.1 4 1.3 NA"
      echo "1 200 rs2 T C 0.2 1 400 100 300 ADD NA NA NA NA TEST_FAIL"
      echo "1 300 rs3 A G 0.2 1 400 100 300 ADD -0.2 NA NA 2 NA"; } >f
    is regenie f
    same "1 100 rs1 G A 0.200000003 2 300
1 300 rs3 A G 0.200000003 -2.57582927 300" "$(taken f)"
    [ "$(count test_other)" = 1 ]
    [ "$(count test_failed)" = 1 ]
    grep -q 'N effective, from N_CASES and N_CONTROLS' said
    dw-view --head out.dws | grep -q binary
}

@test "PLINK 2: A1 may be REF, the other allele, ERRCODE, TEST, .hybrid" {
    { row '#CHROM' POS ID REF ALT A1 TEST OBS_CT BETA SE T_STAT P ERRCODE
      row 1 100 rs1 G A A ADD 50 0.2 0.1 2 0.05 .
      row 1 200 rs2 T C T ADD 50 0.2 0.1 2 0.05 .
      row 1 200 rs2 T C T SEX 50 0.9 0.1 2 0.05 .
      row 1 300 rs3 A G,C G ADD 50 0.2 0.1 2 0.05 .
      row 1 300 rs3 A G,C A ADD 50 0.2 0.1 2 0.05 .
      row 1 400 rs4 A G G ADD 50 NA NA NA NA CONST_ALLELE
      row 1 500 rs5 A G T ADD 50 0.2 0.1 2 0.05 .
      row 1 600 rs6 A G G ADD 50 0.2 NA 1.5 0.1 .; } >f
    is plink2 f
    same "1 100 rs1 G A NA 2 50
1 200 rs2 C T NA 2 50
1 600 rs6 A G NA 1.5 50" "$(taken f)"
    [ "$(count test_other) $(count test_failed) $(count other_unclear)" = "1 1 3" ]
    # With the omitted allele named, a third allele is no riddle.
    { row '#CHROM' POS ID REF ALT A1 OMITTED A1_FREQ 'FIRTH?' TEST OBS_CT OR 'LOG(OR)_SE' Z_STAT LOG10_P ERRCODE
      row 1 100 rs1 G A,C C G 0.2 N ADD 50 0.5 0.1 NA 9 .
      row 1 200 rs2 T C C T 0.2 Y ADD 50 2 NA NA 2 .; } >f
    is plink2 f
    same "1 100 rs1 G C 0.200000003 -6.93147182 50
1 200 rs2 T C 0.200000003 2.57582927 50" "$(taken f)"
    sed -i 's/\tA1\t/\t/; s/\tC\tG\t/\tG\t/; s/\tC\tT\t/\tT\t/' f
    run --separate-stderr dw-ingest -o x.dws f
    refused 'no column for the effect allele'
}

@test "PLINK 1.9: aligned by blanks; .assoc by its chi-square; .linear has no A2" {
    { echo " CHR         SNP         BP   A1      F_A      F_U   A2        CHISQ            P           OR "
      echo "   1         rs1        100    A      0.3      0.2    G            4       0.0455          0.5 "
      echo "   1         rs2        200    2      0.3      0.2    4            9       0.0027            2 "
      echo "   1         rs3        300    0      0.3      0.2    4            9       0.0027            2 "; } >f
    is plink1-assoc f
    same "1 100 rs1 G A 0.200000003 -2 300
1 200 rs2 T C 0.200000003 3 300" "$(taken f --n-cases 100 --n-controls 300)"
    [ "$(count allele_missing)" = 1 ]
    run --separate-stderr dw-ingest -o x.dws f
    refused 'sample size .*--n-cases N --n-controls N'
    { echo " CHR         SNP         BP   A1       TEST    NMISS       BETA         STAT            P "
      echo "   1         rs1        100    A        ADD       50      0.2          2           0.05 "
      echo "   1         rs1        100    A        COV1       50      0.2          7           0.05 "; } >f
    is plink1 f
    run --separate-stderr dw-ingest -o x.dws f
    refused 'does not say the other allele; --ref FILE does'
    # A1 is ALT, REF, on the other strand; two variants have it; none has it.
    { echo " CHR SNP BP A1 TEST NMISS BETA STAT P"
      for i in 1 2 3 4 5 6; do echo " 1 rs$i ${i}00 A ADD 50 0.2 2 0.05"; done; } >f
    printf '%s\n' '1 a 0 100 A G' '1 b 0 200 C A' '1 c 0 300 T G' '1 d 0 400 A G' '1 e 0 400 A C' \
        '1 f 0 500 C G' '1 g 0 600 A AT' >p.bim
    same "1 100 a G A NA 2 50
1 200 b A C NA -2 50
1 300 c G T NA 2 50
1 600 g AT A NA 2 50" "$(taken f --ref p.bim)"
    [ "$(count other_unclear)" = 1 ]
    [ "$(count alleles_differ)" = 1 ]
    { echo " CHR         SNP         BP   A1       TEST    NMISS       BETA         STAT            P "
      echo "   1         rs1        100    A        ADD       50      0.2          2           0.05 "
      echo "   1         rs1        100    A        COV1       50      0.2          7           0.05 "; } >f
    sed 's/A1 /A1 A2 /; s/    A /    A G /' f >g
    same "1 100 rs1 G A NA 2 50" "$(taken g)"
    [ "$(count test_other)" = 1 ]
}

@test "SAIGE: the effect is Allele2's" {
    { row CHR POS MarkerID Allele1 Allele2 AC_Allele2 AF_Allele2 MissingRate BETA SE Tstat var p.value p.value.NA Is.SPA AF_case AF_ctrl N_case N_ctrl
      row 1 100 rs1 G A 20 0.2 0 0.2 0.1 1 1 0.05 0.05 FALSE 0.2 0.2 100 300; } >f
    is saige f
    same "1 100 rs1 G A 0.200000003 2 300" "$(taken f)"
}

@test "METAL: lower case, no positions, log(P) below 0, Weight is no N" {
    { row MarkerName Allele1 Allele2 Freq1 Effect StdErr P-value Direction
      row rs1 a g 0.2 0.2 0.1 0.05 ++
      row rs2 c t 0.2 -0.2 0.1 0.05 -+; } >f
    is metal f
    run --separate-stderr dw-ingest --ref p.bim -o x.dws f
    refused "sample size \(METAL's Weight"
    same "1 100 rs1 G A 0.200000003 2 9
1 200 rs2 T C 0.200000003 -2 9" "$(taken f --n 9 --ref p.bim)"
    { row MarkerName Allele1 Allele2 Weight Zscore 'log(P)' Direction
      row chr1:100:G:A a g 50 2 -1.3 ++
      row chr1:200:T:C c t 50 NA -2 ++; } >f
    is metal f
    same "1 100 chr1:100:G:A G A NA 2 50" "$(taken f --columns N=Weight)"
    [ "$(count z_missing)" = 1 ]
    { row MarkerName Allele1 Allele2 Effect 'log(P)' Direction
      row 1:100 a g -1 -400 --; } >f
    same "1 100 1:100 G A NA -42.8264084 9" "$(taken f --n 9)"
}

@test "LDSC: no positions; SNPs that were not merged are empty" {
    { row SNP A1 A2 Z N
      row rs1 A G 1.5 50
      row rs2 '' '' '' ''
      row rs3 G A -1 50; } >f
    is ldsc f
    same "1 100 rs1 G A NA 1.5 50
1 300 rs3 A G NA -1 50" "$(taken f --ref p.bim)"
    [ "$(count allele_missing)" = 1 ]
    run --separate-stderr dw-ingest -o x.dws f
    refused 'has ids but no positions; --ref FILE'
}

@test "GCTA-COJO .ma, LDAK, PRS-CS: by id" {
    { row SNP A1 A2 freq b se p N
      row rs1 A G 0.2 0.2 0.1 0.05 50; } >f
    is cojo f
    same "1 100 rs1 G A 0.200000003 2 50" "$(taken f --ref p.bim)"
    { echo "Predictor A1 A2 n Direction Stat"
      echo "1:100 A G 50 -1 4"; } >f
    is ldak f
    same "1 100 1:100 G A NA -2 50" "$(taken f)"
    { echo "Predictor A1 A2 n Z"
      echo "rs1 A G 50 -3"; } >f
    same "1 100 rs1 G A NA -3 50" "$(taken f --ref p.bim)"
    { row SNP A1 A2 OR P
      row rs1 A G 0.9 0.05; } >f
    is prscs f
    same "1 100 rs1 G A NA -1.95996404 50" "$(taken f --ref p.bim --n 50)"
}

@test "GWAS-SSF: #NA, 25 is MT, z-scores, odds, hazards, its YAML" {
    { row chromosome base_pair_location effect_allele other_allele beta standard_error effect_allele_frequency p_value rsid n
      row 1 100 A G 0.2 0.1 0.2 0.05 '#NA' 50
      row 23 100 A G 0.2 '#NA' 0.2 0.05 '#NA' 50
      row 25 100 A G -0.2 '#NA' '#NA' 1e-400 '#NA' 50; } >f
    is ssf f
    same "1 100 . G A 0.200000003 2 50
X 100 . G A 0.200000003 1.95996404 50
MT 100 . G A NA -42.8264084 50" "$(taken f)"
    grep -q 'of 2 rows from p_value, with the sign of beta' said
    { row chromosome base_pair_location effect_allele other_allele z_score standard_error effect_allele_frequency neg_log_10_p_value
      row 1 99 A G -2 '#NA' 0.2 9; } >f.tsv
    printf 'genome_assembly: GRCh37\ncoordinate_system: 0-based\nsamples:\n  - sample_size: 40\n    case_count: 10\n  - sample_size: 360\n    case_count: 90\n    control_count: 300\n' >f.tsv-meta.yaml
    same "1 100 . G A 0.200000003 -2 300" "$(taken f.tsv)"
    dw-view --head out.dws | grep -q GRCh37
    dw-view --head out.dws | grep -q binary
    dw-view --head out.dws | grep -q "f.tsv-meta.yaml"
    grep -q 'N 300, effective, from the YAML file beside it (100 cases, 300 controls)' said
    dw-ingest --explain f.tsv | grep -q 'positions count from 0, so 1 is added'
    printf 'coordinate_system: 2-based\n' >f.tsv-meta.yaml
    run --separate-stderr dw-ingest -o x.dws f.tsv
    refused 'f.tsv-meta.yaml: coordinate_system: "2-based" is neither'
    printf 'a: [b\n' >f.tsv-meta.yaml
    run --separate-stderr dw-ingest -o x.dws f.tsv
    refused 'f.tsv-meta.yaml:[0-9]*: is no YAML'
    for effect in odds_ratio hazard_ratio; do
        { row chromosome base_pair_location effect_allele other_allele $effect standard_error effect_allele_frequency p_value
          row 1 100 A G 0.5 0.1 0.2 0.05; } >f
        same "1 100 . G A 0.200000003 -6.93147182 9" "$(taken f --n 9)"
    done
}

@test "GWAS Catalog, harmonised: hm_ columns together or not at all" {
    { row hm_variant_id hm_rsid hm_chrom hm_pos hm_other_allele hm_effect_allele hm_beta hm_odds_ratio hm_ci_lower hm_ci_upper hm_effect_allele_frequency hm_code chromosome base_pair_location effect_allele other_allele beta standard_error p_value
      row 1_100_G_A rs1 1 100 G A -0.2 NA NA NA 0.8 11 1 90 G A 0.2 0.1 0.05
      row NA NA NA NA NA NA NA NA NA NA NA 14 1 90 G A 0.2 0.1 0.05; } >f
    is gwas-catalog f
    same "1 100 rs1 G A 0.800000012 -2 9" "$(taken f --n 9)"
    [ "$(count no_place)" = 1 ]
    sed 's/hm_effect_allele\t/x\t/' f >g
    run --separate-stderr dw-ingest --n 9 -o x.dws g
    refused 'some of the harmonised columns \(hm_\) are there and some are not'
}

@test "PGC daner: N in the names, Nca and Nco, half of Neff" {
    { row CHR SNP BP A1 A2 FRQ_A_100 FRQ_U_300 INFO OR SE P ngt
      row 1 rs1 100 A G 0.3 0.2 1 2 0.1 0.05 0; } >f
    is daner f
    same "1 100 rs1 G A 0.200000003 6.93147182 300" "$(taken f)"
    dw-view --head out.dws | grep -q binary
    { row CHR SNP BP A1 A2 FRQ_A_100 FRQ_U_300 INFO OR SE P ngt Nca Nco Neff
      row 1 rs1 100 A G 0.3 0.2 1 2 0.1 0.05 0 50 150 9; } >f
    same "1 100 rs1 G A 0.200000003 6.93147182 150" "$(taken f)"
    { row CHR SNP BP A1 A2 FRQ_A_100 FRQ_U_300 INFO OR SE P ngt Nca Nco Neff_half
      row 1 rs1 100 A G 0.3 0.2 1 2 0.1 0.05 0 50 150 70; } >f
    same "1 100 rs1 G A 0.200000003 6.93147182 140" "$(taken f)"
    { echo '##fileformat=PGCv1.0'; echo '## words = "x, y"'
      row '#CHROM' POS ID A1 A2 BETA SE PVAL NGT FCAS FCON IMPINFO NEFFDIV2 NCAS NCON DIRE
      row 1 100 rs1 A G 0.2 0.1 0.05 0 0.3 0.2 1 70 50 150 ++; } >f
    is pgc f
    same "1 100 rs1 G A 0.200000003 2 140" "$(taken f)"
}

@test "SNPTEST: remarks above and below; alleleB" {
    { echo '# Analysis: "x y"'; echo '#'
      echo "alternate_ids rsid chromosome position alleleA alleleB index info all_total cases_total controls_total frequentist_add_pvalue frequentist_add_beta_1 frequentist_add_se_1"
      echo "1 rs1 01 100 G A 1 1 400 100 300 0.05 0.2 0.1"
      echo "# Completed successfully at 12:00"; } >f
    is snptest f
    same "1 100 rs1 G A NA 2 300" "$(taken f)"
}

@test "SNPTEST: names with the phenotype behind them" {
    { echo "rsid chromosome position alleleA alleleB info all_total frequentist_add_lrt_pvalue frequentist_add_beta_1:add/height frequentist_add_se_1:add/height"
      echo "rs1 01 100 G A 1 400 0.05 0.2 0.1"; } >f
    is snptest f
    same "1 100 rs1 G A NA 2 400" "$(taken f)"
}

@test "GWAMA: the reference allele has the effect; Neale lab: alleles in the id" {
    { row rs_number reference_allele other_allele eaf beta se beta_95L beta_95U z p-value _-log10_p-value q_statistic q_p-value i2 n_studies n_samples effects
      row 1:100 A G 0.2 0.2 0.1 0 0.4 2 0.05 1.3 1 1 0 3 400 +++; } >f
    is gwama f
    same "1 100 1:100 G A 0.200000003 2 400" "$(taken f)"
    { row variant minor_allele minor_AF low_confidence_variant n_complete_samples AC ytx beta se tstat pval
      row 1:100:G:A G 0.2 false 400 1 1 0.2 0.1 2 0.05
      row X:200:C:CT C 0.2 false 400 1 1 -0.2 0.1 -2 0.05
      row 1:300:C C 0.2 false 400 1 1 -0.2 0.1 -2 0.05
      row 1:400:C:A:T C 0.2 false 400 1 1 -0.2 0.1 -2 0.05; } >f
    is neale f
    same "1 100 1:100:G:A G A NA 2 400
X 200 X:200:C:CT C CT NA -2 400" "$(taken f)"
    [ "$(count allele_missing)" = 2 ]
    dw-ingest --explain f | grep -q 'other and effect allele  *variant'
    sed -i '1s/AC\tytx/A1\tA2/; 2s/1\t1/C\tT/; 3,$d' f
    same "1 100 1:100:G:A T C NA 2 400" "$(taken f --columns EA=A1,OA=A2)"
}

@test "GEMMA, FinnGen, MTAG" {
    { row chr rs ps n_miss allele1 allele0 af beta se logl_H1 l_remle p_wald
      row 1 rs1 100 0 A G 0.2 0.2 0.1 1 1 0.05; } >f
    is gemma f
    same "1 100 rs1 G A 0.200000003 2 9" "$(taken f --n 9)"
    { row '#chrom' pos ref alt rsids nearest_genes pval mlogp beta sebeta af_alt
      row 23 100 G A rs1 g 0.05 1.3 0.2 0.1 0.2; } >f
    is finngen f
    same "X 100 rs1 G A 0.200000003 2 9" "$(taken f --n 9)"
    { row SNP CHR BP A1 A2 Z N FRQ mtag_beta mtag_se mtag_z mtag_pval
      row rs1 1 100 A G 9 50 0.2 1 1 2 0.05; } >f
    is mtag f
    same "1 100 rs1 G A 0.200000003 2 50" "$(taken f)"
}

# ---- GWAS-VCF ----

vcf() {
    cat <<'END'
##fileformat=VCFv4.2
##contig=<ID=1,assembly=GRCh37>
##SAMPLE=<ID=two,TotalCases=100,TotalControls=300,StudyType=CaseControl>
##FORMAT=<ID=ES,Number=A,Type=Float,Description="e">
##FORMAT=<ID=SE,Number=A,Type=Float,Description="s">
##FORMAT=<ID=LP,Number=A,Type=Float,Description="p">
##FORMAT=<ID=AF,Number=A,Type=Float,Description="f">
##FORMAT=<ID=SS,Number=A,Type=Float,Description="n">
##FORMAT=<ID=NC,Number=A,Type=Float,Description="c">
##FORMAT=<ID=EZ,Number=A,Type=Float,Description="z">
##FORMAT=<ID=ID,Number=1,Type=String,Description="i">
END
    row '#CHROM' POS ID REF ALT QUAL FILTER INFO FORMAT one two
    row 1 100 rs1 G A . PASS . ES:SE:LP:AF:SS:ID 0.2:0.1:1:0.2:50:rs1 0.4:0.1:1:0.2:.:rs1
    row 1 200 rs2 T C . PASS . ES:LP:SS -0.2:2:50 -0.2:400:.
    row 1 300 rs3 A G,T . PASS . ES:SE:AF:SS 0.1,0.2:0.1,0.1:0.1,0.3:40,50 1,2:1,1:.,.:.,.
    row 1 400 rs4 A AC . PASS . ES:SE:LP:EZ:SS .:.:.:-3:50 .:.:.:3:50
    row 1 500 rs5 A C . PASS . ES:SE:SS:NC 0.2:0.1:50:10 0.2:0.1:400:100
    row 1 600 rs6 A . . PASS . ES:SE:SS .:.:50 .:.:50
    row 1 700 rs7 A '<DEL>' . PASS . ES:SE:SS 1:1:50 1:1:50
}

@test "GWAS-VCF: FORMAT by row, multi-allelic, EZ, N, the study's column" {
    vcf >f.vcf
    run --separate-stderr dw-ingest -o x.dws f.vcf
    refused 'has 2 studies: choose one with --study: one two'
    run --separate-stderr dw-ingest --study three -o x.dws f.vcf
    refused 'has no study three; it has: one two'
    same "1 100 rs1 G A 0.200000003 2 50
1 200 rs2 T C NA -2.57582927 50
1 300 rs3 A G 0.100000001 1 40
1 300 rs3 A T 0.300000012 2 50
1 400 rs4 A AC NA -3 50
1 500 rs5 A C NA 2 32" "$(taken f.vcf --study one --min-n-share 0)"
    [ "$(count rows) $(count allele_missing) $(count allele_not_acgt)" = "8 1 1" ]
    dw-view --head out.dws | grep -q GRCh37
    same "4 -42.8264084 1 2 3 2" "$(taken f.vcf --study two |
        awk '{ if ($8 != 300) print "N", $8; printf "%s%s", sep, $7; sep = " " }')"
    dw-view --head out.dws | grep -q binary
}

@test "GWAS-VCF: plain, bgzip, BCF and a pipe are the same; not a GWAS-VCF" {
    need_cmd bcftools
    vcf >f.vcf
    taken f.vcf --study one --min-n-share 0 >want
    bgzip -c f.vcf >f.vcf.gz
    bcftools view -Ob -o f.bcf f.vcf
    for f in f.vcf.gz f.bcf; do
        taken $f --study one --min-n-share 0 | cmp want
    done
    dw-ingest -q --study one --min-n-share 0 - <f.vcf | dw-view --variants | cut -f 3-10 |
        tail -n +2 | tr '\t' ' ' | cmp want
    # An oracle: what bcftools says ES / SE is.
    bcftools query -s one -e 'N_ALT!=1' -f '%POS [%ES %SE]\n' f.vcf |
        awk '$3 + 0 > 0 && $1 != 700 { print $1, $2 / $3 }' >z
    [ "$(wc -l <z)" = 2 ]
    while read -r pos z; do
        grep -q "^1 $pos [^ ]* [^ ]* [ACGT]* [^ ]* $z " want
    done <z
    sed 's/ES/XS/; s/EZ/XZ/' f.vcf >g.vcf
    run --separate-stderr dw-ingest --study one -o x.dws g.vcf
    refused 'is a VCF, but no GWAS-VCF'
    vcf | cut -f 1-8 >g.vcf
    run --separate-stderr dw-ingest -o x.dws g.vcf
    refused 'is a VCF without a column of a study'
    sed 's/0.2:0.1:1:0.2:50:rs1/0.2:zero:1:0.2:50:rs1/; s/\t100\t/\tten\t/' f.vcf >g.vcf
    run --separate-stderr dw-ingest --study one -o x.dws g.vcf
    refused 'g.vcf:13: is no proper VCF record'
    run --separate-stderr dw-ingest --study one --columns Z=EZ -o x.dws f.vcf
    [ "$status" -eq 2 ]
    run --separate-stderr dw-ingest --study one --format bolt -o x.dws f.vcf
    [ "$status" -eq 2 ]
    [[ $stderr == *"such a --format is for tables; this is a VCF"* ]]
    taken f.vcf --study one --min-n-share 0 --format gwasvcf | cmp want
    echo "SNP CHR BP EA OA Z N" >g
    run --separate-stderr dw-ingest --format gwasvcf -o x.dws g
    [ "$status" -eq 2 ]
    [[ $stderr == *"--format gwasvcf is for a GWAS-VCF; this is a table"* ]]
    head -c 300 f.bcf >g.bcf
    run --separate-stderr dw-ingest --study one -o x.dws g.bcf
    refused 'g.bcf: '
}

# ---- alleles, places, names ----

@test "a header that leaves the effect allele open is refused until it is said" {
    { row SNP CHR BP Allele1 Allele2 BETA SE N
      row rs1 1 100 A G 0.2 0.1 50; } >f
    run --separate-stderr dw-ingest -o x.dws f
    refused 'no columns that are surely the effect and the other allele; say it with --columns EA=NAME,OA=NAME'
    same "1 100 rs1 A G NA 2 50" "$(taken f --columns EA=Allele2,OA=Allele1)"
    sed '1s/Allele1/REFERENCE_ALLELE/; 1s/Allele2/A2/' f >g
    run --separate-stderr dw-ingest -o x.dws g
    refused 'surely the effect and the other allele'
    # Turned by the user: the frequency of A1 is not that of A2.
    { row CHR SNP POS A1 A2 N AF1 BETA SE P
      row 1 rs1 100 A G 50 0.2 0.2 0.1 0.1; } >f
    same "1 100 rs1 A G NA 2 50" "$(taken f --columns EA=A2,OA=A1)"
    run --separate-stderr dw-ingest --columns EA=A2 -o x.dws f
    refused 'one column for both alleles'
}

@test "an effect allele with a column of its own goes before A1 and ALT" {
    { row SNP CHR BP A1 A2 EFFECT_ALLELE AF BETA SE N
      row rs1 1 100 A G G 0.2 0.2 0.1 50
      row rs2 1 200 C T c 0.2 0.2 0.1 50
      row rs3 1 300 A G T 0.2 0.2 0.1 50; } >f
    # Whose frequency AF is, it does not say.
    same "1 100 rs1 A G NA 2 50
1 200 rs2 T C NA 2 50" "$(taken f)"
    [ "$(count other_unclear)" = 1 ]
    sed '1s/A1\tA2/REF\tALT/; 1s/EFFECT_ALLELE\tAF/EA\tEAF/' f >g
    same "1 100 rs1 A G 0.200000003 2 50
1 200 rs2 T C 0.200000003 2 50" "$(taken g)"
    dw-ingest --explain g | grep -q 'other allele  *REF, ALT  *the one that'
    # A known format with one more column is another table.
    { row CHR SNP POS A1 A2 N AF1 BETA SE P EFFECT_ALLELE
      row 1 rs1 100 A G 50 0.2 0.2 0.1 0.1 G; } >f
    is table f
    same "1 100 rs1 A G NA 2 50" "$(taken f)"
}

@test "the frequency of A1 is not that of ALT" {
    { row SNP CHR BP REF ALT A1FREQ BETA SE N
      row rs1 1 100 A G 0.2 0.2 0.1 50; } >f
    same "1 100 rs1 A G NA 2 50" "$(taken f)"
    same "1 100 rs1 A G 0.200000003 2 50" "$(taken f --columns EAF=A1FREQ)"
    sed '1s/REF/ALLELE0/; 1s/ALT/ALLELE1/' f >g
    same "1 100 rs1 A G 0.200000003 2 50" "$(taken g)"
}

@test "a name that is there twice is refused if it is used" {
    { row SNP CHR BP A1 A2 P P BETA N
      row rs1 1 100 A G 0.05 0.1 1 50; } >f
    run --separate-stderr dw-ingest -o x.dws f
    refused 'f:1: column P is there twice, as the 6th and the 7th'
    sed '1s/P\tP\t/P\tp\t/' f >g
    run --separate-stderr dw-ingest -o x.dws g
    refused 'column P is there twice'
    same "1 100 rs1 G A NA 1.64485359 50" "$(taken g --columns P=p)"
    sed '1s/P\tP\t/X\tX\t/; 1s/BETA/Z/' f >g
    same "1 100 rs1 G A NA 1 50" "$(taken g)"
}

@test "ids that are places: all of them, some of them, codes" {
    { row SNP A1 A2 Z N
      row 1:100_A_G A G 1 50
      row chr1:200:C:T C T 2 50
      row X:300_G_A G A 3 50; } >f
    same "1 100 1:100_A_G G A NA 1 50
1 200 chr1:200:C:T T C NA 2 50
X 300 X:300_G_A A G NA 3 50" "$(taken f)"
    grep -q 'places from ids' said
    row rs3 G A 4 50 >>f
    run --separate-stderr dw-ingest -o x.dws f
    refused 'has ids but no positions'
    same "1 100 rs1 G A NA 1 50
1 200 rs2 T C NA 2 50
1 300 rs3 A G NA 4 50" "$(taken f --ref p.bim)"
}

@test "alleles: digits are letters, what is no base is counted" {
    { row SNP CHR BP A1 A2 Z N
      row a 1 100 1 3 1 50
      row b 1 101 4 2 1 50
      row c 1 102 I D 1 50
      row d 1 103 R D 1 50
      row e 1 104 '<DEL>' A 1 50
      row f 1 105 A - 1 50
      row g 1 106 A 0 1 50
      row h 1 107 A 2 1 50
      row i 1 108 acg A 1 50; } >f
    same "1 100 a G A NA 1 50
1 101 b C T NA 1 50
1 108 i A ACG NA 1 50" "$(taken f)"
    [ "$(count allele_not_acgt) $(count allele_missing)" = "5 1" ]
}

@test "--zero-based; 25 is XY for PLINK and MT in GWAS-SSF" {
    { row SNP CHR BP A1 A2 Z N
      row a 1 0 A G 1 50
      row b 25 70099 A G 1 50; } >f
    same "XY 70099 b G A NA 1 50" "$(taken f)"
    same "1 1 a G A NA 1 50
XY 70100 b G A NA 1 50" "$(taken f --zero-based)"
    { row chromosome base_pair_location effect_allele other_allele beta standard_error effect_allele_frequency p_value n
      row 25 70099 A G 1 1 0.2 0.5 50; } >f
    same "MT 70099 . G A 0.200000003 1 50" "$(taken f)"
}

# ---- z and N ----

@test "z: a row takes the first way whose numbers it has, and they are counted" {
    { row SNP CHR BP EA OA OR SE P L95 U95 N
      row a 1 1 A G 2 0.1 0.5 NA NA 50
      row b 1 2 A G 2 NA 1e-400 NA NA 50
      row c 1 3 A G 2 . NA 1.5 2.66666666666666666 50
      row d 1 4 A G 2 0 0.05 1 2 50
      row e 1 5 A G 2 '' 0 1 NA 50
      row f 1 6 A G 0 NA 0.1 1 2 50
      row g 1 7 A G 2 NA 0 1.5 2.6666666666666666 50; } >f
    same "1 1 a G A NA 6.93147182 50
1 2 b G A NA 42.8264084 50
1 3 c G A NA 4.72237825 50
1 7 g G A NA 4.72237825 50" "$(taken f)"
    grep -q 'z = log(OR) / SE (of 1 rows from P, with the sign of log(OR)) (of 2 rows log(OR) over its interval L95 to U95)' said
    [ "$(count se_not_positive) $(count p_zero) $(count or_not_positive)" = "1 1 1" ]
}

@test "z of BETA with its interval; N from --n se, with what it is" {
    { row SNP CHR BP EA OA EAF BETA CI_LOWER CI_UPPER N
      row a 1 1 A G 0.2 0.2 0.0040036 0.3959964 50; } >f
    same "1 1 a G A 0.2 2.0 50" "$(taken f | awk '{ $6 = sprintf("%.1f", $6); $7 = sprintf("%.1f", $7); print }')"
    { row SNP CHR BP EA OA EAF BETA SE
      row a 1 1 A G 0.5 0.2 0.1
      row b 1 2 A G NA 0.2 0.1
      row c 1 3 A G 0.1 0.2 0.1; } >f
    same "1 1 a G A 0.5 2 200
1 3 c G A 0.100000001 2 555.555542" "$(taken f --n se --min-n-share 0)"
    [ "$(count n_missing)" = 1 ]
    grep -q 'N inferred from SE and EAF' said
    sed '1s/BETA/OR/; s/\t0.2\t/\t1.2\t/' f >g
    same "800 2222.22217" "$(taken g --n se --min-n-share 0 | awk '{ printf "%s%s", s, $8; s = " " }')"
    grep -q 'N, effective, inferred' said
    run --separate-stderr dw-ingest --n some -o x.dws f
    [ "$status" -eq 2 ]
    [[ $stderr == *'"some" is neither a number from 1 to 1e9 nor "se"'* ]]
    sed '1s/EAF/X/' f >g
    run --separate-stderr dw-ingest --n se -o x.dws g
    refused 'g:1: --n se needs columns for SE and for the frequency'
}

@test "--check-sd: rows whose SE and frequency cannot both be right" {
    # sd of the trait 3; the variants at 40 and 41 have a frequency of others,
    # and two an N that is a tenth, or ten times as much.
    awk 'BEGIN { OFS = "\t"; print "SNP", "CHR", "BP", "EA", "OA", "EAF", "BETA", "SE", "N"
        for (i = 1; i <= 100; i++) {
            f = 0.05 + 0.009 * i; if (f > 0.95) f = 0.95
            n = 10000; se = 3 / sqrt(n * 2 * f * (1 - f))
            if (i == 40) f = 0.01
            if (i == 41) f = 0.001
            if (i == 50) n = 1000
            if (i == 60) n = 100000
            print "v" i, 1, i, "A", "G", f, 0.01, se, n } }' >f
    taken f --check-sd --min-n-share 0 | cut -d ' ' -f 2 >got
    [ "$(wc -l <got)" = 96 ]
    [ "$(count sd_mismatch)" = 4 ]
    run ! grep -qx -e 40 -e 41 -e 50 -e 60 got
    grep -q 'sd of the trait [23]' said
    taken f --min-n-share 0 >got
    [ "$(wc -l <got)" = 100 ]
    cut -f 1-5,7- f >g
    run --separate-stderr dw-ingest --check-sd -o x.dws g
    refused '--check-sd asks for a column that is not there: name it with --columns EAF=NAME'
}

# ---- hostile ----

@test "a record over two lines is counted, not believed; one cut line is a fault" {
    { row SNP CHR BP A1 A2 BETA SE N ID P
      row rs1 1 100 A G 0.2 0.1 50 rs1 0.05
      printf 'rs2\t1\t200\tC\tT\t0.2\t0.1\t50\nrs9\t0.05\n'
      row rs3 1 300 G A 0.2 0.1 50 rs3 0.05; } >f
    same "1 100 rs1 G A NA 2 50
1 300 rs3 A G NA 2 50" "$(taken f)"
    [ "$(count rows) $(count row_split)" = "3 1" ]
    grep -v '^rs9' f >g
    run --separate-stderr dw-ingest -o x.dws g
    refused 'g:3: 8 fields where the header has 10'
    head -3 f >g
    run --separate-stderr dw-ingest -o x.dws g
    refused 'g:3: 8 fields where the header has 10'
}

@test "CSV with quotes, CR LF, a BOM, no last newline" {
    printf '\357\273\277"SNP","CHR","BP","EA","OA","BETA","SE","N"\r\n"rs1","1",100,"A","G",0.2,0.1,50' >f
    same "1 100 rs1 G A NA 2 50" "$(taken f)"
    # What stands in quotes may hold commas, and quotes.
    { echo 'SNP,CHR,BP,EA,OA,GENE,BETA,SE,N'
      echo 'rs1,1,100,A,G,"a, ""b"", c",0.2,0.1,50'
      echo '"rs2","1",200,"A","G","",0.2,0.1,50'; } >f
    same "1 100 rs1 G A NA 2 50
1 200 rs2 G A NA 2 50" "$(taken f)"
    echo 'rs3,1,300,A,G,"a, b,0.2,0.1,50' >>f
    run --separate-stderr dw-ingest -o x.dws f
    refused 'f:4: 6 fields where the header has 9'
    printf 'SNP;CHR;BP;EA;OA;BETA;SE;N\nrs1;1;100;A;G;0.2;0.1;50\n' >f
    same "1 100 rs1 G A NA 2 50" "$(taken f)"
    sed -i 's/0.2/0,2/' f
    run --separate-stderr dw-ingest -o x.dws f
    refused 'f:2: column BETA: "0,2": a decimal comma\?'
    printf 'SNP\tCHR\tBP\tEA\tOA\tBETA\tSE\tN\n' >g
    run --separate-stderr dw-ingest -o x.dws g
    refused 'g: has no rows'
    printf 'SNP\tCHR\tBP\tEA\tOA\tBETA\tSE\tN\nrs1\t1\t100\tA\tG\t1e999\t1\t5\n' >g
    run --separate-stderr dw-ingest -o x.dws g
    refused 'g:2: column BETA: "1e999" is not a number'
}

@test "a line of 100 MB is refused in bounded memory" {
    { row SNP CHR BP EA OA BETA SE N
      head -c 100000000 /dev/zero | tr '\0' A; } >f
    run --separate-stderr dw-ingest -o x.dws f
    refused 'f:2: a line of more than 64 MiB'
}

# ---- --explain ----

@test "--explain: what is understood and why; no stream, no reference" {
    { row CHR SNP POS A1 A2 N AF1 BETA SE P EXTRA
      row 1 rs1 100 A G 50 0.2 0.2 0.1 0.1 x
      row 1 rs2 200 A '<DEL>' 50 0.2 0.2 0.1 0.1 x; } >f
    run --separate-stderr dw-ingest --explain f
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
    same "file      f: plain text, 11 columns divided by tabs, header in line 1
format    fastgwa: GCTA fastGWA; told by the columns CHR SNP POS A1 A2 N AF1 BETA SE P
columns
  chromosome                        CHR                      fastgwa
  position                          POS                      fastgwa
  variant id                        SNP                      fastgwa
  effect allele                     A1                       fastgwa
  other allele                      A2                       fastgwa
  frequency of the effect allele    AF1                      fastgwa
  effect                            BETA                     fastgwa
  standard error                    SE                       fastgwa
  p-value                           P                        fastgwa
  sample size                       N                        fastgwa
  not used                          EXTRA
z         BETA / SE
          where that is missing: from P, with the sign of BETA
N         N from N; the trait is quantitative, as far as is told
places    by chromosome and position
build     not told
first rows
  CHR POS ID EFFECT OTHER EAF Z N
  1 100 rs1 A G 0.2 2 50
  1 200 rs2 A <DEL> not taken: an allele is not made of ACGT (allele_not_acgt)
  of the first 2 rows 1 can be taken
  allele_not_acgt 1: an allele is not made of ACGT" "$output"
    gzip -c f | dw-ingest --explain - | head -1 |
        grep -qx 'file      -: gzip, 11 columns divided by tabs, header in line 1'
    dw-ingest --explain --columns P=SE f | grep -q 'p-value  *SE  *--columns'
}

@test "--explain of what cannot be read: as far as it goes, the reason, 1" {
    { row SNP CHR BP Allele1 Allele2 BETA SE N
      row rs1 1 100 A G 0.2 0.1 50; } >f
    run --separate-stderr dw-ingest --explain f
    [ "$status" -eq 1 ]
    [[ $output == *"format    table: the header is of no known format"* ]]
    [[ $output == *"not used                          SNP CHR BP Allele1"* ]]
    [[ $stderr == *"surely the effect and the other allele"* ]]
    sed -i '2s/.*/rs1\t1\t100\tA\tA\t0.2\t0.1\t50/' f
    run --separate-stderr dw-ingest --explain --columns EA=Allele1,OA=Allele2 f
    [ "$status" -eq 1 ]
    [[ $output == *"alleles_equal 1: both alleles are the same"* ]]
    [[ $stderr == *"none of the first 1 rows can be taken"* ]]
}

# warned FILE PATTERN: --explain and a run both say it.
warned() {
    dw-ingest --explain "$1" >got
    sed -n '/^warnings/,$p' got | grep -qE "$2" || { cat got; return 1; }
    dw-ingest -o x.dws "$1" 2>&1 | grep -qE "$2"
}

@test "warnings: odds ratios called effects, wrong errors, minor alleles" {
    rows() {
        awk -v effect="$1" -v se="$2" 'BEGIN { OFS = "\t"
            print "SNP", "CHR", "BP", "EA", "OA", "EAF", effect, "SE", "P", "N"
            for (i = 1; i <= 120; i++) {
                z = (i % 7) - 3 + 0.5; p = z < 0 ? -z : z
                # p of |z| = 0.5, 1.5, 2.5, 3.5
                split("0.617075077 0.133614403 0.0124193307 0.000465258158", of, " ")
                b = z * 0.05
                print "v" i, 1, i, "A", "G", i / 300, effect == "OR" || effect == "b" ? exp(b) : b, se * 0.05, of[p + 0.5], 50 } }'
    }
    rows BETA 1 >f
    dw-ingest --explain f >got
    grep -q 'EAF is never above 0.5: of the minor allele' got
    [ "$(sed -n '/^warnings/,$p' got | wc -l)" = 2 ]
    rows OR 1 >f
    dw-ingest --explain f | grep -c 'times' | grep -qx 0
    rows OR 3 >f
    warned f 'z by log\(OR\) / SE is 0.333 times \(in the median\) what P says: .*error of the odds ratio itself'
    rows b 1 >f
    warned f 'b is above 0 everywhere and near 1 \(median [0-9.]*\): an odds ratio\? then say --columns OR=b'
    sed '1s/EAF/X/; 1s/BETA/OR/' <(rows BETA 1) >f
    warned f 'OR is below 0 in [0-9]* of 1[0-9]* rows: a log odds ratio'
    awk 'BEGIN { OFS = "\t" } { print $0, NR == 1 ? "Z" : $7 < 0 ? -$7 / 0.05 : $7 / 0.05 }' <(rows BETA 1) >f
    warned f 'Z has another sign than BETA in [0-9]* of 120 rows'
}

# ---- real files ----

# agrees WANT [more]: lines CHR POS OTHER EFFECT Z N, by somebody else, are what
# out.dws holds, to seven digits; or are among what it holds.
agrees() {
    dw-view --variants out.dws | tail -n +2 |
        awk '{ print $3, $4, $6, $7, $9, $10 }' >got
    awk -v more="${2:-}" 'function far(a, b) { d = a - b; if (d < 0) d = -d; m = a < 0 ? -a : a
             return d > 2e-7 * (m > 1e-3 ? m : 1e-3) }
         { key = $1 " " $2 " " $3 " " $4 }
         FNR == NR { z[key] = $5; n[key] = $6; left++; next }
         more && !(key in z) { next }
         !(key in z) || far(z[key], $5) || far(n[key], $6) { print "got:", $0, "want:", z[key], n[key]; bad = 1; exit }
         { left-- }
         END { if (!bad && left) print left, "are missing"; exit bad || left }' "$1" got
}

# awk with all digits that a float has.
awk9() {
    awk -v OFMT=%.9g -v CONVFMT=%.9g "$@"
}

@test "real: every file, its rows and what is taken of them" {
    need_shared
    cd "$SHARED/sumstats"
    while read -r file options; do
        # shellcheck disable=SC2086 # several options in one word
        dw-ingest -q $options --min-n-share 0 --report "$BATS_TEST_TMPDIR/r.tsv" \
            -o "$BATS_TEST_TMPDIR/out.dws" "$file"
        echo "$file" "$(awk '$1 == "sumstats" { printf "%s%s %s", sep, $2, $3; sep = ", " }' "$BATS_TEST_TMPDIR/r.tsv")"
    done <<END >"$BATS_TEST_TMPDIR/got"
alkes_ukb_N458303_chr1.sumstats.tsv
bolt-lmm_ebi.tsv --n 450000
giant2014_height_chr22_rs11090631.ma.gz --ref ../ukbb_height_chr22_hm3/geno/1000G_eur_chr22.bim
gwas-ssf_GCST90000123.tsv
gwasvcf_ieu_data.vcf.gz
igap_AD_ieu-a-298.tsv.gz
metal_CAD_5k.tbl.gz --n 5000
okbay2016_edu_tophits.txt --n 293723
pgc_daner_adhd2_1row.tsv
plink2_mouse_MCH_500.glm.linear
regenie_ebi.tsv
saige_ebi_renamed.tsv
../ukbb_height_chr22_hm3/ukb_height_chr22.fastGWA.gz
../ukbb_height_windows/bolt.sumstats.txt.gz --n 450000
END
    cat "$BATS_TEST_TMPDIR/got"
    same "alkes_ukb_N458303_chr1.sumstats.tsv rows 999, taken 999
bolt-lmm_ebi.tsv rows 14, taken 14
giant2014_height_chr22_rs11090631.ma.gz rows 963, taken 425, id_unknown 532, ambiguous_eaf 6
gwas-ssf_GCST90000123.tsv rows 5, taken 5
gwasvcf_ieu_data.vcf.gz rows 92, taken 92
igap_AD_ieu-a-298.tsv.gz rows 416, taken 415, row_split 1
metal_CAD_5k.tbl.gz rows 5000, taken 5000
okbay2016_edu_tophits.txt rows 93, taken 93
pgc_daner_adhd2_1row.tsv rows 1, taken 1
plink2_mouse_MCH_500.glm.linear rows 500, taken 500
regenie_ebi.tsv rows 11, taken 11
saige_ebi_renamed.tsv rows 4, taken 4
../ukbb_height_chr22_hm3/ukb_height_chr22.fastGWA.gz rows 15935, taken 15935
../ukbb_height_windows/bolt.sumstats.txt.gz rows 59883, taken 59883" "$(cat "$BATS_TEST_TMPDIR/got")"
}

@test "real: z and N of tables against awk" {
    need_shared
    s=$SHARED/sumstats
    taken "$s/alkes_ukb_N458303_chr1.sumstats.tsv" >/dev/null
    awk9 'NR > 1 { print $2, $3, $5, $4, $8 / $9, $11 }' \
        "$s/alkes_ukb_N458303_chr1.sumstats.tsv" >want
    agrees want
    taken "$s/regenie_ebi.tsv" --min-n-share 0 >/dev/null
    awk9 'NR > 1 { print $1, $2, $4, $5, $10 / $11, $8 }' "$s/regenie_ebi.tsv" >want
    agrees want
    taken "$s/plink2_mouse_MCH_500.glm.linear" --min-n-share 0 >/dev/null
    awk9 'NR > 1 { print $1, $2, $6 == $5 ? $4 : $5, $6, $9 / $10, $8 }' \
        "$s/plink2_mouse_MCH_500.glm.linear" >want
    agrees want
    taken "$s/metal_CAD_5k.tbl.gz" --n 5000 >/dev/null
    gzip -dc "$s/metal_CAD_5k.tbl.gz" | awk9 'NR > 1 {
        print $17, $18, toupper($3), toupper($2), $8 / $9, 5000 }' >want
    agrees want
    taken "$s/pgc_daner_adhd2_1row.tsv" >/dev/null
    awk9 'NR > 1 { print $1, $3, $5, $4, log($9) / $10, 4 / (1 / 19099 + 1 / 34194) }' \
        "$s/pgc_daner_adhd2_1row.tsv" >want
    agrees want
    taken "$s/gwas-ssf_GCST90000123.tsv" >/dev/null
    awk9 'NR > 1 { print $1 == 23 ? "X" : $1, $2, $4, $3, $5 / $6, 12345 }' \
        "$s/gwas-ssf_GCST90000123.tsv" >want
    agrees want
    taken "$s/igap_AD_ieu-a-298.tsv.gz" >/dev/null
    gzip -dc "$s/igap_AD_ieu-a-298.tsv.gz" |
        awk9 'NR > 1 && NF == 12 { print $2, $3, $5, $4, $7 / $8, $10 }' >want
    agrees want
    taken "$s/okbay2016_edu_tophits.txt" --n 293723 >/dev/null
    awk9 'NR > 1 { print $2, $3, $5, $4, $7 / $8, 293723 }' \
        "$s/okbay2016_edu_tophits.txt" >want
    agrees want
    taken "$s/saige_ebi_renamed.tsv" >/dev/null
    awk9 'NR > 1 { print $1, $2, $4, $3, $5 / $6, $14 }' "$s/saige_ebi_renamed.tsv" >want
    agrees want
    # By id: the place and the sign come from the reference.
    b=$SHARED/ukbb_height_chr22_hm3/geno/1000G_eur_chr22.bim
    taken "$s/giant2014_height_chr22_rs11090631.ma.gz" --ref "$b" \
        --ambiguous drop --min-n-share 0 >/dev/null
    gzip -dc "$s/giant2014_height_chr22_rs11090631.ma.gz" | awk9 '
        FNR == NR { pos[$2] = $4; alt[$2] = $5; ref[$2] = $6; next }
        !($1 in pos) || index("AT TA CG GC", $2 $3) { next }
        $2 == alt[$1] && $3 == ref[$1] { print 22, pos[$1], $3, $2, $5 / $6, $7 }
        $3 == alt[$1] && $2 == ref[$1] { print 22, pos[$1], $2, $3, -$5 / $6, $7 }' "$b" - >want
    [ "$(wc -l <want)" -gt 100 ]
    agrees want
}

@test "real: z of p-values against Python, GWAS-VCF against bcftools" {
    need_shared
    need_cmd python3
    need_cmd bcftools
    s=$SHARED/sumstats
    taken "$s/bolt-lmm_ebi.tsv" --n 450000 >/dev/null
    python3 - "$s/bolt-lmm_ebi.tsv" >want <<'END'
import statistics, sys
normal = statistics.NormalDist()
for line in list(open(sys.argv[1]))[1:]:
    f = line.split()
    z = -normal.inv_cdf(float(f[11]) / 2)
    print(f[1], f[2], f[5], f[4], z if float(f[8]) > 0 else -z, 450000)
END
    agrees want
    taken "$s/gwasvcf_ieu_data.vcf.gz" --min-n-share 0 >/dev/null
    bcftools query -f '%CHROM %POS %REF %ALT [%ES %SE %SS]\n' \
        "$s/gwasvcf_ieu_data.vcf.gz" | awk9 '{ print $1, $2, $3, $4, $5 / $6, $7 }' >want
    agrees want
}

@test "real: what PLINK 1.9 and 2 write of the same people" {
    need_shared
    need_cmd plink1.9
    need_cmd plink2
    g=$SHARED/geno/gwasvcf_chr1/eur
    { echo "FID IID Q C"
      awk 'BEGIN { srand(7) } { q = rand() * 3; print $1, $2, q, 1 + (q > 1.5) }' "$g.fam"; } >ph
    plink1.9 --bfile "$g" --pheno ph --pheno-name C --assoc --allow-no-sex --out a >/dev/null 2>&1
    plink1.9 --bfile "$g" --pheno ph --pheno-name C --logistic --ci 0.95 --allow-no-sex --out a >/dev/null 2>&1
    plink2 --bfile "$g" --pheno ph --pheno-name Q --glm allow-no-covars cols=+a1freq,+ax,+err --out b >/dev/null 2>&1
    plink2 --bfile "$g" --pheno ph --pheno-name C --glm allow-no-covars log10 --out b >/dev/null 2>&1
    is plink1-assoc a.assoc
    is plink1 a.assoc.logistic
    is plink2 b.Q.glm.linear
    is plink2 b.C.glm.logistic.hybrid
    # The logistic model of both, PLINK 1.9's with the other allele put beside
    # A1; it prints four digits.
    awk9 'FNR == NR { a[$2] = $5; b[$2] = $6; next }
         FNR == 1 { print $0, "A2"; next }
         { print $0, $4 == a[$2] ? b[$2] : a[$2] }' "$g.bim" a.assoc.logistic >a2
    taken a2 --ref "$g.bim" --ambiguous keep | awk9 '{ print $3, $5, $7 }' | sort >one
    taken b.C.glm.logistic.hybrid --ref "$g.bim" --ambiguous keep |
        awk9 '{ print $3, $5, $7 }' | sort >two
    join one two | awk9 '{ n++; d = $3 - $5; if (d < 0) d = -d
            if ($2 != $4 || d > 0.02) { print; bad = 1 } } END { exit bad || n < 1900 }'
    taken b.Q.glm.linear --min-n-share 0 >/dev/null
    # Indels are written shorter in the stream.
    awk9 'NR > 1 && $NF == "." && length($6 $7) == 2 {
        print $1, $2, $7, $6, $11 / $12, $10 }' b.Q.glm.linear >want
    agrees want more
}
