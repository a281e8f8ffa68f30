# shellcheck shell=sh
# dw-ingest against decompression alone, Python and bcftools; its memory.  Its
# output is not written to a disk, whose speed is not ours.  Part of bench.sh;
# BENCH_ROWS is the length of the long file (10,000,000).
# shellcheck disable=SC2154 # dir, cpu, wall and memory are of bench.sh

# study ROWS and panel ROWS: a study like fastGWA's, and a .bim for it.
study() {
    awk -v rows="$1" 'BEGIN {
        srand(1); OFS = "\t"; print "CHR", "SNP", "POS", "A1", "A2", "N", "AF1", "BETA", "SE", "P"
        for (i = 1; i <= rows; i++)
            printf "1\trs%d\t%d\tA\tG\t%d\t%.6f\t%.6g\t%.6g\t%.6g\n", i, 100 * i, 450000 - int(rand() * 1000), \
                0.01 + 0.98 * rand(), (rand() - 0.5) / 50, 0.003 + rand() / 1000, rand()
    }'
}
panel() {
    awk -v rows="$1" 'BEGIN {
        for (i = 1; i <= rows; i++) printf "1\trs%d\t0\t%d\tA\tG\n", i, 100 * i }'
}

# gwas_vcf ROWS: the same as GWAS-VCF, its fields those of the OpenGWAS files.
gwas_vcf() {
    printf '%s\n' '##fileformat=VCFv4.2' '##contig=<ID=1,length=249250621>' \
        '##FORMAT=<ID=ES,Number=A,Type=Float,Description="effect size">' \
        '##FORMAT=<ID=SE,Number=A,Type=Float,Description="standard error">' \
        '##FORMAT=<ID=LP,Number=A,Type=Float,Description="-log10 p">' \
        '##FORMAT=<ID=AF,Number=A,Type=Float,Description="frequency">' \
        '##FORMAT=<ID=SS,Number=A,Type=Float,Description="sample size">' \
        '##FORMAT=<ID=ID,Number=1,Type=String,Description="rsID">'
    awk -v rows="$1" 'BEGIN {
        srand(1); OFS = "\t"
        print "#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", "trait"
        for (i = 1; i <= rows; i++)
            printf "1\t%d\trs%d\tG\tA\t.\tPASS\t.\tES:SE:LP:AF:SS:ID\t%.6g:%.6g:%.6g:%.6f:%d:rs%d\n", 100 * i, i, \
                (rand() - 0.5) / 50, 0.003 + rand() / 1000, -log(rand() + 1e-9) / log(10), \
                0.01 + 0.98 * rand(), 450000 - int(rand() * 1000), i
    }'
}

# against NAME COMMAND DW..: dw-ingest with one thread and with two against a
# command that only unpacks.
against() {
    name=$1
    plain=$2
    shift 2
    measure "$name" "$plain"
    alone=$wall
    alone_cpu=$cpu
    for at in 1 2; do
        measure "dw-ingest -@$at $*" "dw-ingest -q -@ $at $*"
        ratio "$alone" "$wall" "wall, of its speed"
    done
    ratio "$alone_cpu" "$cpu" "CPU, of its speed"
}

echo "Reading a study of 2,000,000 rows"
study 2000000 >"$dir/study"
bgzip -c "$dir/study" >"$dir/study.bgz"
gzip -c "$dir/study" >"$dir/study.gz"
zstd -qf "$dir/study" -o "$dir/study.zst"
panel 2000000 >"$dir/study.bim"
against "bgzip -dc | wc -l" "bgzip -dc $dir/study.bgz | wc -l" "$dir/study.bgz"
against "zcat | wc -l" "zcat $dir/study.gz | wc -l" "$dir/study.gz"
against "zstd -dc | wc -l" "zstd -dc $dir/study.zst | wc -l" "$dir/study.zst"
against "bgzip -dc | cat - study.bim | wc -l" \
    "bgzip -dc $dir/study.bgz | cat - $dir/study.bim | wc -l" \
    "--ref $dir/study.bim" "$dir/study.bgz"

# LDSC's munge does this, and much more, to each line.
if have python3; then
    measure "dw-ingest -@1" "dw-ingest -q $dir/study.gz"
    ours=$wall
    runs=3
    measure "Python: split, four numbers, two sets" "python3 -c '
import gzip
for line in gzip.open(\"$dir/study.gz\", \"rt\"):
    f = line.split()
    if f[0] == \"CHR\": continue
    n, af, beta, se = float(f[5]), float(f[6]), float(f[7]), float(f[8])
    if f[3] in {\"A\", \"C\", \"G\", \"T\"} and f[4] in {\"A\", \"C\", \"G\", \"T\"}: z = beta / se
'"
    unset runs
    ratio "$wall" "$ours" "wall, Python to dw-ingest"
fi

# bcftools does not turn what it reads into z.
if have bcftools; then
    echo "Reading a GWAS-VCF of 500,000 records"
    gwas_vcf 500000 | bgzip -c >"$dir/study.vcf.gz"
    bcftools view -Ob -o "$dir/study.bcf" "$dir/study.vcf.gz"
    for kind in vcf.gz bcf; do
        measure "bcftools query, .$kind" \
            "bcftools query -f '%CHROM\\t%POS\\t%ID\\t%REF\\t%ALT[\\t%ES\\t%SE\\t%AF\\t%SS]\\n' $dir/study.$kind"
        theirs=$wall
        theirs_cpu=$cpu
        for at in 1 2; do
            measure "dw-ingest -@$at, .$kind" "dw-ingest -q -@ $at $dir/study.$kind"
            ratio "$theirs" "$wall" "wall, bcftools to dw-ingest"
        done
        ratio "$theirs_cpu" "$cpu" "CPU, bcftools to dw-ingest"
    done
fi

long=${BENCH_ROWS:-10000000}
echo "Memory at 100,000 and $long rows, both files sorted"
# shellcheck disable=SC2034 # measure reads it
runs=1
for rows in 100000 "$long"; do
    study "$rows" | bgzip -l 1 >"$dir/long.bgz"
    panel "$rows" | bgzip -l 1 >"$dir/long.bim.gz"
    measure "bgzip -dc | wc -l, $rows rows" "bgzip -dc $dir/long.bgz | wc -l"
    measure "dw-ingest -@2" "dw-ingest -q -@ 2 $dir/long.bgz"
    measure "dw-ingest -@2 --ref" \
        "dw-ingest -q -@ 2 --ref $dir/long.bim.gz $dir/long.bgz"
done
unset runs
rm -f "$dir"/long.*
