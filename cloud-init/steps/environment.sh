# shellcheck shell=bash
# JupyterHub's own Python environment.

# JupyterHub with exactly the packages of its hash-locked list. A changed list gets a new environment.
environment() {
    make_environment
    if [ "$(readlink "$HUB")" = "$(wanted_environment)" ]; then return; fi
    ln -sfn "$(wanted_environment)" "$HUB.new"
    mv -T "$HUB.new" "$HUB"
}

wanted_environment() {
    echo "/opt/pophub/environments/$(sha256sum "$CONFIG/requirements-hub.txt" | cut -c 1-12)"
}

# A second call at the same time waits, and then finds the environment made.
make_environment() (
    install -d -m 755 /opt/pophub/environments
    exec 8>"$RUN/environment.lock"
    flock 8
    make_python "$(wanted_environment)" "$CONFIG/requirements-hub.txt"
)
