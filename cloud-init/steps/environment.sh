# shellcheck shell=bash
# JupyterHub's own Python environment.

# JupyterHub as its hash-locked list says. A list that changed gets a new environment beside the one that runs.
environment() {
    make_environment
    if [ "$(readlink "$HUB")" = "$(wanted_environment)" ]; then return; fi
    ln -sfn "$(wanted_environment)" "$HUB.new"
    mv -T "$HUB.new" "$HUB"
}

wanted_environment() {
    echo "/opt/pophub/environments/$(sha256sum "$CONFIG/requirements-hub.txt" | cut -c 1-12)"
}

# May be asked for twice at once: the second one waits, and finds it made.
make_environment() (
    place=$(wanted_environment)
    install -d -m 755 /opt/pophub/environments
    exec 8>"$RUN/environment.lock"
    flock 8
    # written last: without it the environment is a half-made one
    if [ -e "$place/requirements.txt" ]; then return; fi
    rm -rf "$place"
    # pip from Debian's own wheel, because putting it into the environment takes longer than the half of using it
    python3 -m venv --without-pip "$place"
    "$place/bin/python" "$(find /usr/share/python-wheels -name 'pip-*.whl')/pip" install --quiet \
        --disable-pip-version-check --no-cache-dir --only-binary :all: \
        --require-hashes --requirement "$CONFIG/requirements-hub.txt"
    install -m 644 "$CONFIG/requirements-hub.txt" "$place/requirements.txt"
)
