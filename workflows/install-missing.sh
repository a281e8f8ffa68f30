#!/bin/sh
# Installs the Debian or Ubuntu packages among the arguments that are missing,
# after saying which; does nothing, quietly, when all are there.
set -eu

if ! command -v dpkg-query >/dev/null 2>&1; then
    exit 0 # another system: `make` says which library it cannot find
fi

missing=
for package in "$@"; do
    state=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
    case $state in
    'install ok installed') ;;
    *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0

echo "Missing packages:$missing"
if [ "$(id -u)" -eq 0 ]; then
    sudo=
elif command -v sudo >/dev/null 2>&1; then
    sudo=sudo
else
    echo "Install them as root: apt-get install$missing" >&2
    exit 1
fi
echo "Installing them by: ${sudo:+$sudo }apt-get install$missing"
# Said behind sudo, which keeps no variables: a package that asks something
# would wait for an answer to a question that nobody sees.
apt() {
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq "$@"
}
apt update
# shellcheck disable=SC2086 # a list of words
apt install -y --no-install-recommends $missing >/dev/null
