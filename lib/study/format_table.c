#include "study/format_table.h"

#include "base/mem.h"

/* What PLINK 2 and REGENIE say of rows. */
#define ADDITIVE                                   \
    {                                              \
        "TEST", "ADD", false, DW_REASON_TEST_OTHER \
    }

static const dw_study_format formats[] = {
    /* BETA and SE are the infinitesimal model's, so that BETA / SE is not the z
     * of the better model where there is one. */
    {.name = "bolt",
     .program = "BOLT-LMM",
     .tells = "SNP CHR BP GENPOS ALLELE1 ALLELE0",
     .columns = "CHR=CHR,POS=BP,ID=SNP,EA=ALLELE1,OA=ALLELE0,EAF=A1FREQ,"
                "INFO=INFO,BETA=BETA,SE=SE",
     .ways = "CHISQ=CHISQ_BOLT_LMM P=P_BOLT_LMM CHISQ=CHISQ_BOLT_LMM_INF SE "
             "P=P_BOLT_LMM_INF CHISQ=CHISQ_LINREG P=P_LINREG",
     .no_n = "BOLT-LMM does not write it"},
    {.name = "fastgwa",
     .program = "GCTA fastGWA",
     .tells = "CHR SNP POS A1 A2 N AF1 BETA SE P",
     .columns = "CHR=CHR,POS=POS,ID=SNP,EA=A1,OA=A2,EAF=AF1,N=N,BETA=BETA,"
                "SE=SE,P=P,INFO=INFO"},
    {.name = "regenie",
     .program = "REGENIE",
     .tells = "CHROM GENPOS ID ALLELE0 ALLELE1 TEST BETA SE",
     .columns = "CHR=CHROM,POS=GENPOS,ID=ID,EA=ALLELE1,OA=ALLELE0,EAF=A1FREQ,"
                "INFO=INFO,N=N,NCAS=N_CASES,NCON=N_CONTROLS,BETA=BETA,SE=SE,"
                "CHISQ=CHISQ,LOG10P=LOG10P",
     .ways = "SE LOG10P CHISQ",
     .rows = {ADDITIVE, {"EXTRA", "TEST_FAIL", true, DW_REASON_TEST_FAILED}}},
    {.name = "plink2",
     .program = "PLINK 2 --glm",
     .tells = "CHROM POS ID REF ALT TEST OBS_CT",
     .columns = "CHR=CHROM,POS=POS,ID=ID,EA=A1,OA=OMITTED|AX,EAF=A1_FREQ,"
                "INFO=MACH_R2,N=OBS_CT,BETA=BETA,OR=OR,SE=SE|LOG(OR)_SE,"
                "Z=Z_STAT|T_STAT|Z_OR_F_STAT|T_OR_F_STAT,"
                "P=P,LOG10P=LOG10_P|NEG_LOG10_P,CILO=L95,CIHI=U95",
     .ways = "SE Z LOG10P P CI",
     .rows = {ADDITIVE, {"ERRCODE", ".", false, DW_REASON_TEST_FAILED}},
     .other_of_pair = true},
    {.name = "plink1",
     .program = "PLINK 1.9 --linear, --logistic",
     .tells = "CHR SNP BP A1 TEST NMISS BETA|OR P",
     .columns = "CHR=CHR,POS=BP,ID=SNP,EA=A1,OA=A2,N=NMISS,BETA=BETA,OR=OR,"
                "SE=SE,Z=STAT,P=P,CILO=L95,CIHI=U95",
     .ways = "SE Z P CI",
     .rows = {ADDITIVE},
     .other_of_ref = true},
    /* The frequency of A1 among controls is the nearest to the people's. */
    {.name = "plink1-assoc",
     .program = "PLINK 1.9 --assoc",
     .tells = "CHR SNP BP A1 F_A F_U A2 CHISQ P OR",
     .columns = "CHR=CHR,POS=BP,ID=SNP,EA=A1,OA=A2,EAF=F_U,CHISQ=CHISQ,P=P,"
                "OR=OR,SE=SE,CILO=L95,CIHI=U95",
     .ways = "SE CHISQ P",
     .no_n = "PLINK's .assoc does not write it"},
    {.name = "saige",
     .program = "SAIGE",
     .tells = "CHR POS Allele1 Allele2 AF_Allele2 BETA SE p.value",
     .columns = "CHR=CHR,POS=POS,ID=MarkerID|SNPID|rsid,EA=Allele2,OA=Allele1,"
                "EAF=AF_Allele2,INFO=imputationInfo,BETA=BETA,SE=SE,P=p.value,"
                "N=N,NCAS=N_case|N.Cases,NCON=N_ctrl|N.Controls",
     .ways = "SE P"},
    {.name = "metal",
     .program = "METAL",
     .tells = "MarkerName Allele1 Allele2 Effect|Zscore P-value|Pvalue|log(P)",
     .columns = "ID=MarkerName,EA=Allele1,OA=Allele2,EAF=Freq1,BETA=Effect,"
                "SE=StdErr,Z=Zscore,P=P-value|Pvalue,LOGP=log(P)",
     .ways = "SE Z LOGP P",
     .no_n = "METAL's Weight is it only where studies were weighted by their "
             "size: then say --columns N=Weight"},
    {.name = "ssf",
     .program = "GWAS-SSF (GWAS Catalog)",
     .tells = "chromosome base_pair_location effect_allele other_allele "
              "beta|odds_ratio|hazard_ratio|z_score p_value|neg_log_10_p_value",
     .never = "hm_effect_allele hm_other_allele hm_chrom hm_pos",
     .columns = "CHR=chromosome,POS=base_pair_location,ID=rsid|variant_id,"
                "EA=effect_allele,OA=other_allele,"
                "EAF=effect_allele_frequency,BETA=beta,"
                "OR=odds_ratio|hazard_ratio,SE=standard_error,Z=z_score,"
                "P=p_value,LOG10P=neg_log_10_p_value,CILO=ci_lower,"
                "CIHI=ci_upper,N=n,INFO=info",
     .ways = "SE Z LOG10P P CI",
     .codes = DW_CONTIG_SSF},
    /* What was harmonised is taken together; standard_error and p_value do not
     * depend on which allele it is. */
    {.name = "gwas-catalog",
     .program = "GWAS Catalog, harmonised",
     .tells = "hm_chrom hm_pos hm_effect_allele hm_other_allele",
     .columns = "CHR=hm_chrom,POS=hm_pos,ID=hm_rsid,EA=hm_effect_allele,"
                "OA=hm_other_allele,EAF=hm_effect_allele_frequency,"
                "BETA=hm_beta,OR=hm_odds_ratio,SE=standard_error,P=p_value,"
                "CILO=hm_ci_lower,CIHI=hm_ci_upper,N=n",
     .ways = "SE P CI",
     .codes = DW_CONTIG_SSF},
    /* Neff_half sums the studies' own; what is called Neff is in some files
     * that and in others its double, so it is not taken. */
    {.name = "daner",
     .program = "PGC daner (RICOPILI)",
     .tells = "CHR SNP BP A1 A2 FRQ_A_* FRQ_U_* OR SE P",
     .columns = "CHR=CHR,POS=BP,ID=SNP,EA=A1,OA=A2,EAF=FRQ_U_*,INFO=INFO,OR=OR,"
                "SE=SE,P=P,NHALF=Neff_half,NCAS=Nca,NCON=Nco",
     .ways = "SE P",
     .own_n = true},
    {.name = "pgc",
     .program = "PGC (vcf.tsv)",
     .tells = "CHROM POS ID A1 A2 BETA|OR SE PVAL FCON IMPINFO",
     .columns = "CHR=CHROM,POS=POS,ID=ID,EA=A1,OA=A2,EAF=FCON,INFO=IMPINFO,"
                "BETA=BETA,OR=OR,SE=SE,P=PVAL,NHALF=NEFFDIV2,NCAS=NCAS,"
                "NCON=NCON",
     .ways = "SE P",
     .own_n = true},
    {.name = "alkesgroup",
     .program = "alkesgroup UK Biobank",
     .tells = "SNP CHR POS A1 A2 EAF Beta se",
     .columns = "CHR=CHR,POS=POS,ID=SNP,EA=A1,OA=A2,EAF=EAF,BETA=Beta,SE=se,"
                "P=P,N=N,INFO=INFO",
     .ways = "SE P"},
    {.name = "snptest",
     .program = "SNPTEST",
     /* Newer versions write the phenotype behind the names of both. */
     .tells = "rsid chromosome position alleleA alleleB "
              "frequentist_add_beta_1|frequentist_add_beta_1:* "
              "frequentist_add_se_1|frequentist_add_se_1:*",
     .columns = "CHR=chromosome,POS=position,ID=rsid,EA=alleleB,OA=alleleA,"
                "BETA=frequentist_add_beta_1|frequentist_add_beta_1:*,"
                "SE=frequentist_add_se_1|frequentist_add_se_1:*,"
                "P=frequentist_add_pvalue|frequentist_add_score_pvalue|"
                "frequentist_add_lrt_pvalue|frequentist_add_wald_pvalue,"
                "N=all_total,NCAS=cases_total,NCON=controls_total,INFO=info",
     .ways = "SE P"},
    {.name = "gemma",
     .program = "GEMMA",
     .tells = "chr rs ps n_miss allele1 allele0 af beta se",
     .columns = "CHR=chr,POS=ps,ID=rs,EA=allele1,OA=allele0,EAF=af,BETA=beta,"
                "SE=se,P=p_wald|p_lrt|p_score,N=n_obs",
     .ways = "SE P",
     .no_n = "GEMMA writes only how many are missing"},
    {.name = "finngen",
     .program = "FinnGen, PheWeb",
     .tells = "chrom pos ref alt pval beta sebeta",
     .columns = "CHR=chrom,POS=pos,ID=rsids|rsid,EA=alt,OA=ref,EAF=af_alt|af,"
                "BETA=beta,SE=sebeta,LOG10P=mlogp,P=pval,"
                "NCAS=num_cases,NCON=num_controls",
     .ways = "SE LOG10P P"},
    /* What GWAMA calls the reference allele is the one of the effect. */
    {.name = "gwama",
     .program = "GWAMA",
     .tells = "rs_number reference_allele other_allele beta|OR q_statistic "
              "n_studies",
     .columns = "CHR=chromosome,POS=position,ID=rs_number,EA=reference_allele,"
                "OA=other_allele,EAF=eaf,BETA=beta,OR=OR,SE=se,Z=z,P=p-value,"
                "CILO=beta_95L|OR_95L,CIHI=beta_95U|OR_95U,N=n_samples",
     .ways = "Z P CI"},
    /* The frequency is the rarer allele's, which may be REF. */
    {.name = "neale",
     .program = "Neale lab UK Biobank",
     .tells = "variant n_complete_samples beta se tstat pval",
     .columns = "ID=variant,N=n_complete_samples,BETA=beta,SE=se,P=pval",
     .ways = "SE P",
     .alleles_of_id = true},
    {.name = "mtag",
     .program = "MTAG",
     .tells = "SNP CHR BP A1 A2 mtag_beta mtag_se mtag_z",
     .columns = "CHR=CHR,POS=BP,ID=SNP,EA=A1,OA=A2,EAF=FRQ,BETA=mtag_beta,"
                "SE=mtag_se,P=mtag_pval,N=N",
     .ways = "Z=mtag_z SE P"},
    {.name = "ldak",
     .program = "LDAK",
     .tells = "Predictor A1 A2 n Stat|Z|BETA",
     .columns = "ID=Predictor,EA=A1,OA=A2,N=n,Z=Z,BETA=Direction|BETA,SE=SE,"
                "CHISQ=Stat,EAF=A1Freq",
     .ways = "Z CHISQ SE"},
    {.name = "cojo",
     .program = "GCTA-COJO .ma",
     .tells = "SNP A1 A2 freq|Freq1|A1Freq|FRQ b se N",
     .never = "CHR CHROM BP POS",
     .columns = "ID=SNP,EA=A1,OA=A2,EAF=freq|Freq1|A1Freq|FRQ,BETA=b,SE=se,P=p,"
                "N=N",
     .ways = "SE P"},
    {.name = "ldsc",
     .program = "LDSC .sumstats",
     .tells = "SNP A1 A2 N Z",
     .never = "CHR CHROM BP POS",
     .columns = "ID=SNP,EA=A1,OA=A2,EAF=FRQ,N=N,Z=Z,INFO=INFO",
     .ways = "Z"},
    {.name = "prscs",
     .program = "PRS-CS input",
     .tells = "SNP A1 A2 BETA|OR P|SE",
     .never = "CHR CHROM BP POS FRQ FREQ EAF AF",
     .columns = "ID=SNP,EA=A1,OA=A2,BETA=BETA,OR=OR,P=P,SE=SE,N=N",
     .ways = "SE P",
     .no_n = "PRS-CS takes it on the command line, too"},
};

static const dw_allele_pair pairs[] = {
    {"EFFECT_ALLELE", "OTHER_ALLELE", true},
    {"EFFECT_ALLELE", "NON_EFFECT_ALLELE", true},
    {"EFFECT_ALLELE", "NONEFFECT_ALLELE", true},
    {"EA", "OA", true},
    {"EA", "NEA", true},
    {"TESTED_ALLELE", "OTHER_ALLELE", true},
    {"EFFECTALLELE", "OTHERALLELE", true},
    {"CODED_ALLELE", "NONCODED_ALLELE", true},
    {"A1", "A2", false},
    {"A1", "A0", false},
    {"ALLELE1", "ALLELE0", false},
    {"ALT", "REF", false},
};

const dw_study_format *dw_study_formats(size_t *n)
{
    *n = DW_COUNT(formats);
    return formats;
}

const dw_allele_pair *dw_allele_pairs(size_t *n)
{
    *n = DW_COUNT(pairs);
    return pairs;
}
