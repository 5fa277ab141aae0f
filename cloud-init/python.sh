# shellcheck shell=bash
# Python environments, for the hub and for the archive.

# An environment with what a hash-locked list names, made anew if the list has changed: make_python FOLDER LIST
make_python() {
    local folder=$1 list=$2
    # the copy of the list is written last: without it the environment is a half-made one
    if cmp -s "$list" "$folder/requirements.txt"; then return; fi
    rm -rf "$folder"
    # pip from Debian's own wheel: to install pip takes longer than half of what it then does
    python3 -m venv --without-pip "$folder"
    "$folder/bin/python" "$(find /usr/share/python-wheels -name 'pip-*.whl')/pip" install --quiet \
        --disable-pip-version-check --no-cache-dir --only-binary :all: --require-hashes --requirement "$list"
    install -m 644 "$list" "$folder/requirements.txt"
}
