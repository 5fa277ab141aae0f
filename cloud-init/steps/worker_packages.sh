# shellcheck shell=bash
# A worker: a machine that runs servers for the hub, has no files of its own worth keeping, and ends by powering off.

worker_packages() {
    # first, because it also ends a worker whose hub never comes
    put_unit pophub-worker.service
    enable_units pophub-worker.service
    apply_unit pophub-worker.service restart /etc/systemd/system/pophub-worker.service "$(readlink -f "$CONFIG")"
    look_for_bundles
    docker_engine
    # an upgrade of Docker would end all servers, and a worker exists for a day at most
    systemctl stop apt-daily-upgrade.timer || true
    nfs_programs
    # in the background, because it takes the longest; the step `worker_image` waits for it and reports its errors
    worker_image >/dev/null 2>&1 &
    install_packages nftables
}
