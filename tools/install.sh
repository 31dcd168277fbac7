#!/usr/bin/env bash
# Installs into .venv, quietly; a failure is explained in one line.
#   tools/install.sh hashed FILE…    exactly the pinned packages of these files
#   tools/install.sh package         Axenic itself, editable
#   tools/install.sh bundle          the web bundle, where its sources changed
#   tools/install.sh wheel FOLDER    a wheel of Axenic
set -euo pipefail

python=.venv/bin/python
log=build/install.log
pip=("$python" -m pip --disable-pip-version-check --no-input)

die() {
    printf 'axenic: %s\n' "$1" >&2
    exit 1
}

log_says() {
    grep -qEi "$1" "$log"
}

unbuilt() {
    sed -nE 's/.*Failed building wheel for ([^ ]+).*/\1/p' "$log" | sort -u | paste -sd ' '
}

explain() {
    local what=$1
    if log_says 'npm-cli.js' && log_says 'ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH'; then
        die "no network: npm cannot reach its registry, so the web bundle cannot be built ($log)."
    elif log_says 'SELF_SIGNED_CERT|UNABLE_TO_(GET|VERIFY)|CERTIFICATE_VERIFY_FAILED'; then
        die "the package index's certificate is not trusted; is there a proxy in between? ($log)"
    elif log_says 'new connection|name resolution|name or service not known|connection refused|timed out|unreachable|ProxyError|connection broken'; then
        die "no network: pip cannot reach its package index ($log)."
    elif log_says 'do not match the hashes'; then
        die "a download does not match its pinned hash, so it was not installed ($log)."
    elif log_says "no space left on device"; then
        die "the disk is full ($log)."
    elif log_says "(command|directory:) '[^']*(gcc|cc|clang|g\+\+)'|no acceptable c compiler|Python\.h: no such file|rust compiler"; then
        die "a compiler is missing for $(unbuilt). Type: sudo apt-get install -y build-essential python3-dev"
    fi
    tail -n 25 "$log" >&2
    die "$what failed (the whole log is $log)."
}

run() {
    local what=$1
    shift
    mkdir -p build
    echo "axenic: $what"
    "$@" >"$log" 2>&1 </dev/null || explain "$what"
}

hashed() {
    local arguments=() file
    for file in "$@"; do
        arguments+=(--requirement "$file")
    done
    run "installing $*" "${pip[@]}" install --retries 2 --require-hashes "${arguments[@]}"
}

"$python" -c '' 2>/dev/null || die "the Python that .venv was made from is gone. Type: make clean"

case $1 in
    hashed) hashed "${@:2}" ;;
    package)
        run "installing Axenic and building its web bundle" \
            "${pip[@]}" install --no-deps --no-build-isolation --editable .
        ;;
    bundle) run "bringing the web bundle up to date" "$python" hatch_build.py ;;
    wheel)
        run "building a wheel into $2" \
            "${pip[@]}" wheel --no-deps --no-build-isolation --wheel-dir "$2" .
        ;;
    *) die "tools/install.sh does not know \`$1\`." ;;
esac
