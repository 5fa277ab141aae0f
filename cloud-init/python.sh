# shellcheck shell=bash
# Python environments, for the hub and for the archive.

# An environment with exactly the packages of a hash-locked list; made again if the list has changed:
# make_python FOLDER LIST
make_python() {
    local folder=$1 list=$2
    # the copy of the list is written last: an environment without it is incomplete
    if cmp -s "$list" "$folder/requirements.txt"; then return; fi
    rm -rf "$folder"
    # pip runs from Debian's own wheel: installing pip would take more than half as long as using it
    python3 -m venv --without-pip "$folder"
    "$folder/bin/python" "$(find /usr/share/python-wheels -name 'pip-*.whl')/pip" install --quiet \
        --disable-pip-version-check --no-cache-dir --only-binary :all: --no-deps --require-hashes --requirement "$list"
    install -m 644 "$list" "$folder/requirements.txt"
}
