#!/usr/bin/env bash
# Makes this checkout runnable: Debian packages, a virtual environment, the pinned Python packages, our own packages.
# `./demo` and `./test` start here. When nothing has changed since the last time it needs no network and returns at once.
#
#   KEYFOB_PYTHON   the interpreter to use (default: the first of 3.11 or newer that is found)
#   KEYFOB_VENV     where the virtual environment lies (default: .venv)
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

venv=${KEYFOB_VENV:-.venv}
log=.cache/set-up.log
stamp=$venv/set-up.stamp
# libatomic1 is for the driver that playwright brings, fonts-dejavu-core for pages to be read. Of postgresql only the
# programs are used: the tests start a server of their own.
debian_packages=(ca-certificates chromium curl dbus-x11 fonts-dejavu-core gnome-keyring libatomic1 postgresql sqlite3 strace)
programs=(chromium curl dbus-run-session gnome-keyring-daemon initdb psql sqlite3 strace)

say() { printf 'set-up: %s\n' "$*" >&2; }

fail() {
    say "$@"
    exit 1
}

# Runs a step with its output in the log; shows the end of the log when the step fails.
step() {
    local title=$1 started=$SECONDS
    shift
    say "$title"
    if ! "$@" >>"$log" 2>&1; then
        tail -n 25 "$log" >&2
        fail "failed: $title (the whole log: $PWD/$log)"
    fi
    printf '%s: %s s\n' "$title" "$((SECONDS - started))" >>"$log"
}

fit() {
    command -v "$1" >/dev/null 2>&1 &&
        "$1" -c 'import ensurepip, sqlite3, ssl, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    local name
    for name in ${KEYFOB_PYTHON:-python3 python3.11 python3.12 python3.13 python3.14 /usr/bin/python3}; do
        if fit "$name"; then
            command -v "$name"
            return
        fi
    done
    return 1
}

on_debian() { grep -qsx 'ID="\?debian"\?' /etc/os-release; }

# One name a line; nothing when all is there.
missing_system_parts() {
    local installed name
    if on_debian; then
        # shellcheck disable=SC2016  # dpkg-query fills in ${...}
        installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${debian_packages[@]}" 2>/dev/null || true)
        for name in "${debian_packages[@]}"; do
            grep -qx "$name installed" <<<"$installed" || printf '%s\n' "$name"
        done
        find_python >/dev/null || printf '%s\n' python3 python3-venv
    else
        for name in "${programs[@]}"; do
            command -v "$name" >/dev/null 2>&1 || printf '%s\n' "$name"
        done
        find_python >/dev/null || printf '%s\n' "Python 3.11 or newer, with venv"
    fi
}

# policy-rc.d is Debian's own switch against services that start when their package is installed.
# The body is a subshell, so that the trap takes the switch away however this ends.
install_debian_packages() (
    policy=/usr/sbin/policy-rc.d
    if [[ ! -e $policy ]]; then
        trap 'rm -f -- "$policy"' EXIT
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
    fi
    # One unreachable source of several is not fatal: the installation tells whether what we need was found.
    apt-get update -o Acquire::Retries=3 || true
    DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
        -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 "$@" </dev/null
)

install_system_parts() {
    local missing
    mapfile -t missing < <(missing_system_parts)
    ((${#missing[@]})) || return 0
    if ! on_debian; then
        say "this is not Debian, so nothing is installed for you. Install these with your system's tools and start again:"
        printf '    %s\n' "${missing[@]}" >&2
        exit 1
    elif ((EUID != 0)); then
        say "Debian packages are missing, and only root may install them. Do this and start again:"
        fail "    sudo apt-get install --no-install-recommends ${missing[*]}"
    fi
    step "installing Debian packages: ${missing[*]}" install_debian_packages "${missing[@]}"
}

# What the environment was made from; the folder counts because virtual environments cannot be moved.
inputs() {
    printf '%s\n' "$PWD/$venv"
    cat requirements/uv.txt requirements/all.txt packages/*/pyproject.toml scripts/setup.sh
}

up_to_date() { [[ -r $stamp ]] && inputs | cmp -s - "$stamp" && "$venv/bin/python" -c '' 2>/dev/null; }

install_python_packages() {
    local python editable=() package
    python=$(find_python) || fail "no Python 3.11 or newer was found"
    "$venv/bin/python" -c '' 2>/dev/null || rm -rf -- "$venv"
    [[ -x $venv/bin/python ]] ||
        step "making $venv with $("$python" --version)" "$python" -m venv "$venv"
    rm -f -- "$stamp"
    step "installing uv, pinned by hash" "$venv/bin/python" -m pip --disable-pip-version-check install \
        --no-input --require-hashes -r requirements/uv.txt
    step "installing the Python packages, pinned by hash" \
        "$venv/bin/uv" pip install --python "$venv/bin/python" --require-hashes -r requirements/all.txt
    for package in packages/*/; do
        editable+=(-e "./${package%/}")
    done
    step "installing keyfob itself" "$venv/bin/uv" pip install --python "$venv/bin/python" \
        --offline --no-deps --no-build-isolation "${editable[@]}"
    inputs >"$stamp"
}

ready() { up_to_date && [[ -z $(missing_system_parts) ]]; }

ready && exit 0
mkdir -p .cache
# Two set-ups at once would spoil each other's work: the second waits, and then finds nothing to do.
if command -v flock >/dev/null 2>&1; then
    exec 9>.cache/set-up.lock
    flock 9
    ready && exit 0
fi
: >"$log"
install_system_parts
up_to_date || install_python_packages
say "done in $SECONDS s"
