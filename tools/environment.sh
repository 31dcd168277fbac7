#!/usr/bin/env bash
# Makes a virtual environment from a Python that is new enough: tools/environment.sh .venv
# PYTHON=… chooses the interpreter.
set -euo pipefail

venv=$1

die() {
    printf 'axenic: %s\n' "$1" >&2
    exit 1
}

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

can_make_environments() {
    "$1" -c 'import ensurepip, venv' 2>/dev/null
}

choose_python() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if new_enough "$candidate"; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    local first=${PYTHON:-python3}
    die "Python 3.11 or newer is needed; $first is $("$first" --version 2>/dev/null || echo missing)."
}

# Debian keeps ensurepip in a package of its own.
install_venv_module() {
    local package=python3-venv
    [[ $(basename "$1") == python3 ]] || package=$(basename "$1")-venv
    if [[ $(id -u) -eq 0 ]] && command -v apt-get >/dev/null; then
        echo "axenic: installing $package"
        if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package"; } \
            </dev/null >/dev/null; then
            die "apt-get could not install $package."
        fi
    else
        die "Python's venv module is missing. Type: sudo apt-get install -y $package"
    fi
}

python=$(choose_python)
can_make_environments "$python" || install_venv_module "$python"
echo "axenic: making $venv with $("$python" --version)"
"$python" -m venv "$venv"
