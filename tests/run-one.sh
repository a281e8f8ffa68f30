#!/bin/sh
# Runs one test program, fuzz replay or bats file into one TAP log; an end
# without a word (a crash, a leak) counts as a failure.  run-one.sh LOGS TEST
set -u

log=$1/$(basename "$2").tap
case $2 in
*.bats) bats --formatter tap "$2" >"$log" 2>&1 ;;
*/replay/*)
    name=$(basename "$2")
    "$2" tests/fuzz/corpus/"${name#fuzz_}"/* >"$log" 2>&1
    ;;
*) "$2" >"$log" 2>&1 ;;
esac
status=$?
if [ "$status" -ne 0 ] && ! grep -q '^not ok' "$log"; then
    echo "not ok - $2 ended with status $status" >>"$log"
fi
