#!/usr/bin/env bash
# Make .venv and node_modules from the lock files. A second run does nothing. What was cut off is made anew.
# Usage: setup.sh [python | keep]
#   python: only .venv, which is all that a server of your own needs
#   keep:   keep what Python has compiled in .venv for the next checkout
set -euo pipefail
unset CDPATH
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
. scripts/kept.sh

log=.setup.log
what=${1:-all}
terraform_page=https://developer.hashicorp.com/terraform/install

main() {
    if [ "$what" = keep ]; then
        keep_compiled
        return
    fi
    choose_python
    if [ "$what" = all ]; then check_node; fi
    if is_complete; then
        notice_terraform
        return
    fi
    wait_for_other_setups
    use_caches_that_can_be_written
    trap 'on_exit' EXIT
    if ! venv_is_complete; then make_venv; fi
    if [ "$what" = all ] && ! node_modules_are_complete; then make_node_modules; fi
    if [ "$what" = all ]; then
        echo "next: source .venv/bin/activate, which makes \`pophub\` a command of this terminal" >&2
    fi
    notice_terraform
}

fail() {
    echo "$1" >&2
    exit 1
}

# --- what has to be there already

# The first of these that is new enough, or the one that PYTHON names.
choose_python() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        python=$(command -v "$candidate") || continue
        # 3.15 and newer: some of the locked packages have no build for it
        if "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null; then
            leave_venv
            return
        fi
    done
    candidate=${PYTHON:-python3}
    fail "Python 3.11 to 3.14 is needed; $candidate is $("$candidate" --version 2>&1 | grep '^Python' || echo missing)
hint: install one with your system's packages, and name it if it is not python3: make setup PYTHON=python3.13"
}

# An activated .venv is first on the PATH, and is about to be made anew: the Python it was made from makes it.
leave_venv() {
    local base
    if [ "$python" -ef .venv/bin/python ]; then
        base=$("$python" -c 'import sys; print(sys._base_executable)') && python=$base
    fi
}

check_node() {
    local version hint="install Node.js 22 with your system's packages, or from https://nodejs.org/en/download"
    command -v node >/dev/null || fail "Node.js 20 or newer is needed, and there is no node on the PATH
hint: $hint"
    version=$(node --version 2>&1) || fail "Node.js 20 or newer is needed, and node does not run: ${version%%$'\n'*}
hint: $hint"
    [[ $version =~ ^v([0-9]+)\. && ${BASH_REMATCH[1]} -ge 20 ]] || fail "Node.js 20 or newer is needed, node is $version
hint: $hint"
}

notice_terraform() {
    if [ "$what" != all ] || command -v terraform >/dev/null; then return; fi
    echo "notice: Terraform is not installed. \`pophub deploy\`, \`pophub destroy\` and \`make demo\` need 1.11 or newer:" \
        "$terraform_page" >&2
}

# --- what is complete

# pophub-complete says what a folder was made from, by which Python or Node, and where. It is written when what was
# installed has run, so a folder without it is unfinished.
venv_made_from() {
    cksum requirements-dev.txt pyproject.toml
    .venv/bin/python -c 'import platform, sys; print(sys.version_info[:2], platform.machine())'
    pwd
}

node_modules_made_from() {
    cksum package.json package-lock.json
    # a native module fits one ABI and one processor
    node -p 'process.versions.modules + " " + process.arch'
    pwd
}

venv_is_complete() {
    [ -e .venv/pophub-complete ] && [ "$(venv_made_from 2>/dev/null)" = "$(cat .venv/pophub-complete)" ] && is_named_python
}

node_modules_are_complete() {
    [ -e node_modules/pophub-complete ] && [ "$(node_modules_made_from 2>/dev/null)" = "$(cat node_modules/pophub-complete)" ]
}

is_complete() { venv_is_complete && { [ "$what" = python ] || node_modules_are_complete; }; }

# PYTHON=python3.13 asks for another .venv than the one that python3.11 has made
is_named_python() {
    [ -z "${PYTHON:-}" ] || [ "$("$python" --version)" = "$(.venv/bin/python --version)" ]
}

# --- making it

make_venv() {
    if only_the_lock_is_newer; then
        echo "bringing .venv up to date" >&2
        rm .venv/pophub-complete
    else
        echo "making .venv with $("$python" --version) (a minute the first time)" >&2
        make_empty_venv
    fi
    attempt .venv/bin/uv pip sync --python .venv --require-hashes requirements-dev.txt
    attempt .venv/bin/uv pip install --python .venv --no-deps --no-build-isolation --editable .
    write_ascii_pth
    take_compiled
    attempt .venv/bin/python -c 'import pophub, boto3, pydantic, typer'
    venv_made_from >.venv/pophub-complete
}

only_the_lock_is_newer() {
    [ -e .venv/pophub-complete ] && is_named_python && .venv/bin/uv --version >/dev/null 2>&1 &&
        [ "$(venv_made_from 2>/dev/null | tail -n 2)" = "$(tail -n 2 .venv/pophub-complete)" ]
}

make_empty_venv() {
    rm -rf .venv
    attempt "$python" -m venv .venv
    # uv installs all others; its own version and hashes are locked like theirs
    sed -n '/^uv==/,/[^\\]$/p' requirements-dev.txt >.venv/uv.txt
    attempt .venv/bin/python -m pip install --disable-pip-version-check --require-hashes --no-deps -r .venv/uv.txt
}

# Python 3.11 cannot start if LC_ALL is C and a .pth file has a letter beyond ASCII in it, as the path of this checkout may.
# https://github.com/python/cpython/issues/77102
write_ascii_pth() {
    local file
    for file in .venv/lib/python*/site-packages/_pophub.pth; do
        if ! LC_ALL=C grep -q '[^ -~]' "$file"; then continue; fi
        echo 'import sys, pathlib; sys.path.append(str(pathlib.Path(sys.prefix).parent))' >"$file"
    done
}

# Python compiles a module anew if its file has another size or time; uv leaves both as they were in its cache.
compiled_as() { venv_made_from | sed '$d' | kept_as compiled; }

# Python does not start with half of one
take_compiled() { take_kept "$(compiled_as)" || find .venv -name '*.pyc' -delete; }

keep_compiled() {
    local files
    mapfile -t files < <(find .venv -name '*.pyc')
    keep "$(compiled_as)" "${files[@]}"
}

make_node_modules() {
    local name npm_hint="it comes with Node.js from https://nodejs.org, and as the package npm in Debian"
    command -v npm >/dev/null || fail "Node.js is there, but its package manager npm is not
hint: $npm_hint"
    rm -rf node_modules
    name=$(node_modules_made_from | sed '$d' | kept_as node_modules)
    if ! { take_kept "$name" && runs_node_modules >"$log" 2>&1; }; then
        forget "$name".*.tar
        echo "installing package-lock.json into node_modules (a minute the first time)" >&2
        attempt npm ci --no-progress --ignore-scripts
        attempt runs_node_modules
    fi
    build_terminal_module
    # the library starts Node.js
    attempt .venv/bin/python -c 'import cdktf'
    keep "$name" node_modules
    node_modules_made_from >node_modules/pophub-complete
}

# cdktf-cli's parts are read
runs_node_modules() { node -e 'require("cdktf"); require("configurable-http-proxy")'; }

# cdktf-cli shows its progress through a native module, which is built for Node 20 and 22 (on arm64: 20). Only the command
# `cdktf` needs it. https://github.com/hashicorp/terraform-cdk/issues/3896
build_terminal_module() {
    local module=@cdktf/node-pty-prebuilt-multiarch
    if runs_terminal_module; then return; fi
    if command -v c++ >/dev/null; then npm rebuild --no-progress "$module" >>"$log" 2>&1 || true; fi
    if runs_terminal_module; then return; fi
    echo "notice: \`cdktf deploy\` by hand does not work with $(node --version) here. It needs Node 20 or 22 (on arm64: 20), or a" \
        "C++ compiler: with one, rm -r node_modules and make setup. \`pophub deploy\` does not need it." >&2
}

runs_terminal_module() { node -e 'require("@cdktf/node-pty-prebuilt-multiarch")' >>"$log" 2>&1; }

# --- what may go wrong

# One at a time: the second one waits. The lock ends with the last program that this one has started.
wait_for_other_setups() {
    : >>.setup.lock || fail "this folder cannot be written to: $PWD
hint: make the set-up as the user whose folder it is"
    exec 9>>.setup.lock
    if hold_lock '| fcntl.LOCK_NB'; then return; fi
    echo "another set-up of this folder is under way; this one waits for it" >&2
    hold_lock '' || echo "notice: this disk has no file locks: let one set-up run at a time" >&2
}

hold_lock() { "$python" -c "import fcntl; fcntl.flock(9, fcntl.LOCK_EX $1)" 2>/dev/null; }

# pip, uv, npm and jsii keep what they have fetched or unpacked in HOME
use_caches_that_can_be_written() {
    if [ -d "${HOME:-}" ] && (: >"$HOME/.pophub-setup-$$") 2>/dev/null; then
        rm -f "$HOME/.pophub-setup-$$"
        return
    fi
    export PIP_CACHE_DIR="${PIP_CACHE_DIR:-$PWD/.pophub/pip}" UV_CACHE_DIR="${UV_CACHE_DIR:-$PWD/.pophub/uv}"
    export npm_config_cache="${npm_config_cache:-$PWD/.pophub/npm}"
    export JSII_RUNTIME_PACKAGE_CACHE_ROOT="${JSII_RUNTIME_PACKAGE_CACHE_ROOT:-$PWD/.pophub/jsii}"
}

# Run a command whose words go into the log; what they mean, if it fails.
attempt() {
    "$@" >"$log" 2>&1 </dev/null && return
    fail "this failed: $*
$(meaning)"
}

# The first that fits, of a pattern in the log and what it means.
meaning() {
    local proxy=${HTTPS_PROXY:-${https_proxy:-}} last disks
    last=$(grep -v '^ *$' "$log" | tail -n 1 | cut -c 1-300)
    if is_full || said 'no space left|ENOSPC|disk quota exceeded'; then
        # none if a quota is full
        disks=$(full_disks)
        echo "hint: the disk is full; make room${disks:+ on $disks}: the set-up takes 2 GB"
    elif said 'certificate verify failed|invalid peer certificate|UnknownIssuer|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)'; then
        echo "hint: this network's certificates are not trusted; name its authority's file in SSL_CERT_FILE, PIP_CERT and NODE_EXTRA_CA_CERTS"
    elif said 'ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|NewConnectionError|ProxyError|name resolution|dns error|error sending request|failed to (connect|fetch)|Connection refused|timed out|tunnel'; then
        if [ -n "$proxy" ]; then
            # an address may hold a password
            echo "hint: nothing could be downloaded through the proxy ${proxy##*@} (HTTPS_PROXY); is it right?"
        else
            echo "hint: nothing could be downloaded; is the network up? Behind a proxy, export HTTPS_PROXY=http://proxy:port"
        fi
    elif said 'ensurepip is not|No module named venv'; then
        echo "hint: this Python cannot make environments; on Debian and Ubuntu: apt install python3-venv"
    elif said 'EACCES|EROFS|Permission denied|Read-only file system'; then
        echo "hint: something cannot be written to: $last"
    else
        echo "hint: its last words are: $last (all of them: $log)"
    fi
}

said() { grep -qiE "$1" "$log"; }

# Those of this folder, of temporary files and of what pip, uv and npm keep, that have less than 1 GB left.
full_disks() {
    df -Pk . "${TMPDIR:-/tmp}" "${HOME:-.}" 2>/dev/null | awk 'NR > 1 && $4 < 1000000 && !seen[$6]++ { print $6 }' | paste -sd , -
}

is_full() { [ "$(df -Pk . | awk 'END { print $4 }')" -lt 1024 ]; }

on_exit() {
    local code=$?
    if [ "$code" -ne 0 ]; then echo "the set-up is not complete; once the cause is gone, \`make setup\` goes on" >&2; fi
}

main
