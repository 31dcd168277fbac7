#!/usr/bin/env bash
# Sees that programs which the tests drive are there: tools/system.sh mosquitto chromium postgresql rsync
# As root with apt-get they are installed; else it says which tests are skipped. Where nothing may
# be skipped (CI=true or AXENIC_CI=true), a missing program is an error.
set -euo pipefail

found() {
    local name
    case $1 in
        chromium) set -- chromium chromium-browser google-chrome ;;
        # Debian keeps each version's programs in a folder of its own.
        postgresql) set -- postgres /usr/lib/postgresql/*/bin/postgres ;;
    esac
    for name in "$@"; do
        # Debian keeps daemons in a folder that only root has on its PATH.
        PATH=$PATH:/usr/sbin:/usr/local/sbin command -v "$name" >/dev/null && return
    done
    return 1
}

tests_of() {
    case $1 in
        chromium) echo "tests marked \`browser\`" ;;
        mosquitto) echo "tests marked \`broker\`" ;;
        postgresql) echo "tests marked \`postgres\`" ;;
        rsync) echo "tests marked \`rsync\`" ;;
    esac
}

install() {
    echo "axenic: installing $*"
    apt-get update -qq </dev/null >/dev/null || true
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" </dev/null >/dev/null
}

missing=()
for program in "$@"; do
    found "$program" || missing+=("$program")
done

if ((${#missing[@]})) && [[ $(id -u) -eq 0 ]] && command -v apt-get >/dev/null; then
    install "${missing[@]}" || echo "axenic: apt-get could not install ${missing[*]}" >&2
fi

lacking=0
for program in ${missing[@]+"${missing[@]}"}; do
    found "$program" && continue
    lacking=1
    echo "axenic: $program is missing: $(tests_of "$program") are skipped. To have them: sudo apt-get install -y $program" >&2
done

if ((lacking)) && [[ ${CI:-} == true || ${AXENIC_CI:-} == true ]]; then
    echo "axenic: nothing may be skipped here" >&2
    exit 1
fi
