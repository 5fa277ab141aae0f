# shellcheck shell=bash
# A worker: a machine that runs servers for the hub, has no files of its own worth keeping, and ends by powering off.

worker_packages() {
    look_for_bundles
    docker_engine
    # a worker that runs a new engine has ended all of its servers; it lives for a day
    systemctl --quiet disable --now apt-daily-upgrade.timer
    nfs_programs
    install_packages nftables
}
