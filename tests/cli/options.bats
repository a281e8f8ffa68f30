# What all tools share: help, version, usage faults, exit statuses, full disks
# and closed pipes, no binary on a terminal.
# shellcheck disable=SC2154 # stderr is set by run
load helper

tools() {
    (cd "$DW_BIN" && ls)
}

@test "--help goes to stdout with status 0, and names every option's default" {
    for tool in $(tools); do
        run --separate-stderr "$tool" --help
        [ "$status" -eq 0 ]
        [ -z "$stderr" ]
        [[ $output == "$tool: "* ]]
        [[ $output == *"--threads INT"*"[1]"* ]]
    done
}

@test "--version names the tool, the suite's version and the libraries" {
    version=$(sed -n 's/^VERSION := //p' "$ROOT/Makefile")
    for tool in $(tools); do
        run --separate-stderr "$tool" --version
        [ "$status" -eq 0 ]
        [ "${lines[0]}" = "$tool $version" ]
        [ "${#lines[@]}" -gt 1 ]
    done
}

@test "a misspelt option is told with the one that was meant, status 2" {
    for tool in $(tools); do
        run --separate-stderr "$tool" --threds 2
        [ "$status" -eq 2 ]
        [ -z "$output" ]
        [[ $stderr == "$tool: there is no option --threds; did you mean --threads"* ]]
        [[ $stderr == *"usage: $tool"* ]]
    done
}

@test "a value out of bounds is told with the bounds, status 2" {
    for tool in $(tools); do
        run --separate-stderr "$tool" -@ 0
        [ "$status" -eq 2 ]
        [[ $stderr == *"--threads: 0 is not from 1 to 1024"* ]]
    done
}

@test "a manual page for every tool, and every option of the tool in it" {
    for tool in $(tools); do
        page=$ROOT/man/$tool.1
        [ -s "$page" ]
        for option in $("$tool" --help |
            sed -n '/^Common/q; s/^ *\(-[a-zA-Z@], \)\{0,1\}--\([a-z0-9-]*\).*/\2/p'); do
            if ! grep -qE "Fl (. , )?-$option( |\$)" "$page"; then
                echo "$page lacks --$option"
                return 1
            fi
        done
    done
}
