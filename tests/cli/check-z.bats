# dw-ldblock --check-z: what it finds of errors planted in a simulated study, and
# what it leaves alone.
# shellcheck disable=SC2154 # stderr is set by run
load helper

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return
    dw-synth -q --seed 4 --people 1000 --chroms 1 --length 3M --variants 2400 --min-maf 0.05 -o p
    awk 'NR <= 300 { print $2 }' p.fam >panel.txt
    awk 'NR > 300 { print $2 }' p.fam >study.txt
    dw-ingest -q --ref p.bim -o p.var
    dw-ldblock -q --geno p.bed --samples study.txt --window 2M --flank 500k p.var |
        dw-sim -q --n 400000 --h2 0.002 -o sim.dws
    dw-view --variants sim.dws | awk -F '\t' -v OFS='\t' '
        NR == 1 { print "CHR", "POS", "ID", "OA", "EA", "EAF", "Z", "N" }
        NR > 1 && $2 == 1 { print $3, $4, $5, $6, $7, $8, $9, $10 }' >clean.tsv
    # Of those with |z| > 3 that three others tell of, every 40th is a flip.
    dw-ldblock -q --geno p.bed --samples panel.txt --window 1M --flank 0 -o panel.dws p.var
    for b in 1 2 3; do
        dw-view --variants panel.dws | awk -F '\t' -v b=$b '$1 == b { print $5 }' >ids
        dw-view --ld $b panel.dws |
            awk '{ n = 0; for (i = 1; i <= NF; i++) n += $i ^ 2 > 0.8; print n }' |
            paste ids - | awk '$2 > 3 { print $1 }'
    done >told
    awk -F '\t' -v OFS='\t' '
        FILENAME == "told" { told[$1]; next }
        FNR > 1 && ($7 > 3 || $7 < -3) && $3 in told && ++n % 40 == 20 { $7 = -$7; print $3 >"flips" }
        { print }' told clean.tsv >flipped.tsv
    take clean
    take flipped
}

# take NAME: NAME.tsv as the stream NAME.var, of a trait of that name.
take() {
    dw-ingest -q --columns CHR=CHR,POS=POS,ID=ID,EA=EA,OA=OA,EAF=EAF,Z=Z,N=N \
        --trait "$1" -o "$1.var" "$1.tsv"
}

# blocks OPTION...: of a panel of other people than the study's.
blocks() {
    dw-ldblock -q --geno p.bed --samples panel.txt --window 2M --flank 500k "$@"
}

# core FILE: ID and z of each core variant.
core() {
    dw-view --variants "$1" | awk -F '\t' 'NR > 1 && $2 == 1 { print $5, $9 }'
}

@test "flips are found, called so, and dropped; a clean study loses nothing" {
    cd "$BATS_FILE_TMPDIR"
    [ "$(wc -l <flips)" -ge 5 ]
    blocks --check-z drop --report clean.out -o clean.dws clean.var
    [ "$(wc -l <clean.out)" -eq 1 ]
    blocks --check-z drop --report flipped.out -o flipped.dws flipped.var
    [ "$(head -n 1 flipped.out)" = "$(printf 'CHR\tPOS\tID\tREF\tALT\tTRAIT\tZ\tEXPECTED\tSD\tP\tREASON\tACTION')" ]
    tail -n +2 flipped.out | cut -f 3 | sort | diff - <(sort flips)
    tail -n +2 flipped.out | awk -F '\t' '
        $11 != "check_z_flip" || $12 != "drop" || $6 != "flipped" || $7 * $8 > 0 || $10 !~ /e-[1-9][0-9]+$/ { exit 1 }'
    core flipped.dws | awk '$2 == "NA" { print $1 }' | sort | diff - <(sort flips)
    # All else is as it was.
    blocks -o all.dws flipped.var
    diff <(core flipped.dws | grep -v NA) <(core all.dws | grep -vwFf flips)
    dw-view --tail flipped.dws | grep -q "dw-ldblock/check_z_flip.*$(wc -l <flips)"
}

@test "mark tells and changes nothing; threads change nothing" {
    cd "$BATS_FILE_TMPDIR"
    for threads in 1 2; do
        blocks "-@$threads" --check-z mark --report mark.out --block-report mark.blocks \
            -o "$threads.dws" flipped.var
        mv mark.out "$threads.out"
        mv mark.blocks "$threads.blocks"
    done
    cmp 1.out 2.out
    cmp 1.blocks 2.blocks
    cmp 1.dws 2.dws
    blocks -o all.dws flipped.var
    diff <(core 1.dws) <(core all.dws)
    tail -n +2 1.out | cut -f 3 | sort | diff - <(sort flips)
    [ "$(tail -n +2 1.out | cut -f 12 | sort -u)" = mark ]
}

@test "--block-report: what is in each block" {
    cd "$BATS_FILE_TMPDIR"
    blocks --check-z drop --block-report blocks.out -o flipped.dws flipped.var
    [ "$(head -n 1 blocks.out)" = "$(printf 'CHR\tSTART\tEND\tTRAIT\tN\tK\tMEAN_Z2\tS2\tTAU\tFLIP\tMISFIT\tPAIR\tUNTESTED')" ]
    dw-view --blocks flipped.dws | awk 'NR > 1 { print $2, $3, $4, $6, $7 }' |
        diff - <(awk 'NR > 1 { print $1, $2, $3, $5, $6 }' blocks.out)
    [ "$(awk 'NR > 1 { n += $10 } END { print n }' blocks.out)" -eq "$(wc -l <flips)" ]
    # The mean of squares, of the first block, by hand.
    dw-view --variants flipped.dws | cut -f 5 >ids
    first=$(awk 'NR == 2 { print $3 }' blocks.out)
    awk -v to="$first" 'NR > 1 && $2 <= to { n++; s += $7 ^ 2 } END { printf "%d %.2f\n", n, s / n }' \
        flipped.tsv | diff - <(awk 'NR == 2 { printf "%d %.2f\n", $5, $7 }' blocks.out)
}

@test "each trait for itself, missing z among them" {
    cd "$BATS_FILE_TMPDIR"
    awk 'FNR == NR { told[$1]; next } FNR == 1 || FNR % 3 || $3 in told' told flipped.tsv >some.tsv
    dw-ingest -q --add --columns CHR=CHR,POS=POS,ID=ID,EA=EA,OA=OA,EAF=EAF,Z=Z,N=N \
        --ambiguous keep --trait some -o both.var some.tsv clean.var
    blocks --check-z drop --report both.out --block-report both.blocks -o both.dws both.var
    [ "$(tail -n +2 both.out | cut -f 6 | sort -u)" = some ]
    tail -n +2 both.out | cut -f 3 | sort | diff - <(cut -f 3 some.tsv | grep -wFf flips | sort)
    # Two lines a block.
    [ "$(wc -l <both.blocks)" -eq $((2 * $(dw-view --blocks both.dws | wc -l) - 1)) ]
}

@test "LD made before says the same" {
    cd "$BATS_FILE_TMPDIR"
    blocks --panel -o panel.dws
    dw-ldblock -q --ld panel.dws --check-z drop --report joined.out -o joined.dws flipped.var
    tail -n +2 joined.out | cut -f 3 | sort | diff - <(sort flips)
}

@test "what cannot be checked" {
    cd "$BATS_FILE_TMPDIR"
    run --separate-stderr dw-ldblock -q --geno p.bed --check-z drop -o no.dws p.var
    refused 'the stream has no trait whose z-scores --check-z could check'
    run --separate-stderr dw-ldblock -q --panel --geno p.bed --check-z drop -o no.dws
    [ "$status" -eq 2 ]
    [[ $stderr =~ "--check-z is for a stream, which has z-scores" ]]
    run --separate-stderr dw-ldblock -q --geno p.bed --report no.out -o no.dws clean.var
    [ "$status" -eq 2 ]
    [[ $stderr =~ "--report and --block-report go with --check-z" ]]
    run --separate-stderr blocks --check-z drop --report no/where.tsv -o no.dws clean.var
    refused 'no/where.tsv'
    # A stream that is cut short leaves no report either.
    head -c 20000 clean.var >cut.var
    run --separate-stderr blocks --check-z drop --report no.out -o no.dws cut.var
    [ "$status" -eq 1 ]
    [ ! -e no.out ]
    [ ! -e no.dws ]
    # Too few to tell.
    head -n 25 clean.tsv >few.tsv
    take few
    blocks --check-z drop --report few.out --block-report few.blocks -o few.dws few.var
    [ "$(wc -l <few.out)" -eq 1 ]
    [ "$(awk 'NR == 2 { print $8, $9, $13 }' few.blocks)" = "NA NA 24" ]
}

@test "susieR's data: the flip at SNP 158, and not the signal at 51" {
    need_shared
    cd "$BATS_TEST_TMPDIR"
    data=$SHARED/ld/susie_SummaryConsistency
    gzip -dc "$data/ld.tsv.gz" | tail -n +2 >susie.ld
    # Places and other alleles are made up; the names end in the allele counted.
    gzip -dc "$data/ld.tsv.gz" | head -n 1 | tr '\t' '\n' | awk -v OFS='\t' '
        BEGIN { print "SNP", "CHR", "POS", "A1", "A2" }
        { a = $1; sub(/.*_/, "", a); print $1, 1, 1000 * NR, a, a == "A" ? "C" : "A" }' >snps.tsv
    gzip -dc "$data/z.tsv.gz" | paste snps.tsv - | sed '1s/z$/Z/' >susie.tsv
    dw-ingest -q --columns CHR=CHR,POS=POS,ID=SNP,EA=A1,OA=A2,Z=Z --n 1000 --trait susie \
        -o susie.var susie.tsv
    dw-ldblock -q --ld susie.ld --ld-snps snps.tsv --check-z drop --report out -o susie.dws susie.var
    awk -F '\t' 'NR > 1 { print $2, $11 }' out | diff - <(echo 158000 check_z_flip)
    [ "$(core susie.dws | awk '$2 == "NA"' | wc -l)" -eq 1 ]
}

@test "real data: height on 489 others loses variants that are wrong, and no locus" {
    need_shared
    cd "$BATS_TEST_TMPDIR"
    data=$SHARED/ukbb_height_windows
    for c in 2 6 11 16 18; do
        dw-ingest -q --n 450000 --min-overlap 0 --ref "$data/geno/1000G.subset.$c.bim" \
            "$data/bolt.sumstats.txt.gz" |
            dw-ldblock -q --geno "$data/geno/1000G.subset.$c.bed" --min-maf 0.01 --window 100M \
                --flank 0 --check-z drop --report "$c.out" -o "$c.dws"
        core "$c.dws" >"$c.core"
    done
    # One of a thousand.
    [ "$(cat ./*.out | grep -c drop)" -le "$(($(cat ./*.core | wc -l) / 1000))" ]
    # Of 966 with chi^2 > 30 one, which is wrong: see below.
    cat ./*.out | awk -F '\t' '$7 ^ 2 > 30 { print $3 }' | diff - <(echo rs7239632)
    [ "$(awk '$2 ^ 2 > 30' ./*.core | wc -l)" -eq 965 ]
    # rs3221479 has a frequency of 0.0007 in the study, and above 0.01 here.
    grep -q rs3221479 2.out
}

@test "real data: the one strong signal of height that goes is a flip" {
    need_shared
    cd "$BATS_TEST_TMPDIR"
    data=$SHARED/ukbb_height_windows
    # rs7239632 has INFO 1; those most like it, imputed badly (0.63 to 0.72), share
    # its fault and hide it.  By all others its z of 7.4 has the wrong sign, and
    # not by chance of who is in the panel: each half of it says so.
    dw-ingest -q --min-info 0.8 --n 450000 --min-overlap 0 --ref "$data/geno/1000G.subset.18.bim" \
        -o 18.var "$data/bolt.sumstats.txt.gz"
    awk '{ print $2 >("people." NR % 2); print $2 >"people.all" }' "$data/geno/1000G.subset.18.fam"
    for people in all 0 1; do
        dw-ldblock -q --geno "$data/geno/1000G.subset.18.bed" --samples people.$people \
            --min-maf 0.01 --window 100M --flank 0 --check-z drop --report out -o 18.dws 18.var
        awk -F '\t' 'NR > 1 { print $3, ($7 > 7 && $8 < -5), $11 }' out |
            diff - <(echo rs7239632 1 check_z_flip)
    done
}
