# shellcheck shell=bash
# The programs from Debian.

DOCKER=(docker.io docker-cli iptables)
# Debian's own configurable-http-proxy: Debian patches it and Node.js, and it needs no npm (364 packages).
PACKAGES=("${DOCKER[@]}" nftables nodejs node-configurable-http-proxy python3-venv xfsprogs)
# For events with workers: the hub serves the homes, a worker mounts them, and both pack the image.
# shellcheck disable=SC2034  # workers.sh installs them
NFS=(nfs-kernel-server nfs-common zstd)

packages() {
    # on EC2, fetch-bundle.sh has already installed it
    install_packages python3-venv
    # JupyterHub is downloaded in the meantime; the step `environment` waits for it and reports its errors
    make_environment >/dev/null 2>&1 &
    docker_engine
    # and so is the image
    begin_image
    docker_programs
}

# `make docker`: Docker and the other programs.
docker_programs() {
    docker_engine
    install_packages "${PACKAGES[@]}"
}

docker_engine() {
    # before Docker's first start; an existing Docker keeps its owner's settings
    remap_containers
    if { ! command -v dockerd >/dev/null || docker_waits; } && [ ! -e /etc/docker/daemon.json ]; then
        put "$HERE/docker.json" /etc/docker/daemon.json
    fi
    if has_workers; then
        if [ -e /etc/docker/daemon.json ]; then live_restore false; fi
    elif [ -e "$EXPORTS" ]; then
        without_workers
    fi
    install_packages "${DOCKER[@]}"
    if docker_waits; then
        systemctl --quiet unmask docker.service docker.socket
        systemctl start docker.service
    fi
}

# Whether fetch_bundle.py has installed a Docker that has never run.
docker_waits() {
    [ "$(readlink /etc/systemd/system/docker.service)" = /dev/null ]
}

# Users in containers have no rights on the machine: Docker maps them to the ids of this user, because docker.json has
# "userns-remap": "default".
remap_containers() {
    local user=$CONTAINER_USER file
    id "$user" >/dev/null 2>&1 ||
        useradd --system --user-group --no-create-home --shell /usr/sbin/nologin "$user"
    for file in /etc/subuid /etc/subgid; do
        grep -qs "^$user:" "$file" || echo "$user:$FIRST_ID:$IDS" >>"$file"
    done
}
