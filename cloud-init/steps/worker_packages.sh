# shellcheck shell=bash
# A worker: a machine that runs servers for the hub, has no files of its own worth keeping, and ends by powering off.

worker_packages() {
    local file
    for file in apt.sh aws.sh clock.sh; do put "$HERE/$file" "/usr/local/lib/pophub/$file"; done
    put "$HERE/fetch-bundle.sh" /usr/local/sbin/pophub-fetch-bundle 755
    put_unit pophub-install.service
    put_unit pophub-refresh.service
    put_unit pophub-refresh.timer
    enable_units --now pophub-refresh.timer
    docker_engine
    # a worker that runs a new engine has ended all of its servers; it lives for a day
    systemctl --quiet disable --now apt-daily-upgrade.timer
    nfs_programs
    install_packages nftables
}
