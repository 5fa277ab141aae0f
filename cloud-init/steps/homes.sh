# shellcheck shell=bash
# The place of people's files and of the hub's own data.

LABEL=pophub-home
# Terraform attaches the volume after the machine has started
VOLUME_SECONDS=300

# Homes and the hub's data are on a separate disk, which outlives the machine.
homes() {
    if findmnt --noheadings --mountpoint /srv >/dev/null; then
        echo "/srv is mounted"
        grow_home_volume
    elif systemd-detect-virt --quiet --container || ! on_ec2; then
        echo "no separate home volume: people's files are in the directory /srv"
    else
        mount_home_volume
        grow_home_volume
    fi
    limit_homes
    install -d -m 711 "$HOMES_FOLDER" "$HUB_FOLDER"
    # everybody can read this folder and the helpers can write to it: as the user of all servers, or as accounts in this
    # group (hub-config/sections/unix_accounts.py)
    local first
    first=$(first_id)
    install -d -m 2775 -o $((first + SERVER_UID)) -g $((first + SERVER_GID)) "$SHARED_FOLDER"
    install -d -m 700 -o caddy -g caddy "$HUB_FOLDER/caddy"
    start_cost_watch
}

# The machine's user id of a container's root, also before Docker is installed.
first_id() {
    if ! command -v dockerd >/dev/null || grep -qs '"userns-remap"' /etc/docker/daemon.json; then
        echo "$FIRST_ID"
    else
        echo 0
    fi
}

# Start cost-watch here, before the hub is open: an installation that fails for hours must not keep the machine on, and
# nobody can work on a hub that never opened. A start by hand still keeps it on for an hour.
start_cost_watch() {
    (umask 077 && own_token "$WATCH_TOKEN" "$WATCH_TOKEN_FILE")
    # elsewhere no schedule would start the machine again, so nothing may switch it off
    if on_ec2; then enable_units --now pophub-watch.timer pophub-stop.service; fi
}

mount_home_volume() {
    local disk
    disk=$(home_disk)
    if is_blank "$disk"; then
        install_packages xfsprogs
        mkfs.xfs -q -L "$LABEL" "$disk"
    fi
    # a label, because kernel names of disks (nvme1n1) change between boots
    grep -q "^LABEL=$LABEL " /etc/fstab ||
        echo "LABEL=$LABEL /srv xfs defaults,noatime,prjquota,nofail,x-systemd.device-timeout=$VOLUME_SECONDS 0 2" >>/etc/fstab
    install -d -m 755 /srv
    systemctl daemon-reload
    mount /srv
}

# Use the whole disk after the event file has made it larger; only on our own file system, and without effect otherwise.
grow_home_volume() {
    if [ "$(findmnt --noheadings --output LABEL --mountpoint /srv)" != "$LABEL" ]; then return; fi
    # a new machine with an old volume has not made the file system, so its programs may be missing
    install_packages xfsprogs
    xfs_growfs -d /srv >/dev/null
}

# The one disk that has our label; if there is none, the one blank disk.
home_disk() {
    local end=$((SECONDS + VOLUME_SECONDS)) name ours blank
    while true; do
        ours=() blank=()
        for name in $(disks); do
            if [ "$(blkid --probe --match-tag LABEL --output value "$name")" = "$LABEL" ]; then
                ours+=("$name")
            elif is_blank "$name"; then
                blank+=("$name")
            fi
        done
        if [ "${#ours[@]}" -eq 0 ]; then ours=("${blank[@]}"); fi
        if [ "${#ours[@]}" -gt 0 ] || [ "$SECONDS" -ge "$end" ]; then break; fi
        sleep 2
    done
    if [ "${#ours[@]}" -ne 1 ]; then
        echo "attach one disk for people's files, blank or labelled $LABEL: of $(disks | paste -sd ' ')," \
            "there are ${#ours[@]} (${ours[*]:-none}); what has anything else on it is not touched" >&2
        return 1
    fi
    echo "${ours[0]}"
}

# Without the instance's own disks: every stop erases them, and they are present before the volume is.
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/connect-to-instance-store-volumes.html
disks() {
    lsblk --noheadings --nodeps --paths --output NAME,MODEL --include 259,202,8,252,254 |
        awk '!/Instance[ _]Storage/ { print $1 }'
}

# No partition or other device on it, no mount, no signature of any kind, and only zeros at its beginning.
is_blank() {
    [ "$(lsblk --noheadings --output NAME "$1" | wc -l)" -eq 1 ] &&
        [ -z "$(lsblk --noheadings --nodeps --output MOUNTPOINTS "$1" | tr -d '[:space:]')" ] &&
        [ -z "$(wipefs --no-act --noheadings "$1")" ] &&
        cmp --quiet --bytes=16M "$1" /dev/zero
}

# Limit the size of every home to the event file's value. hub-config/sections/quota.py assigns files to homes.
limit_homes() {
    if ! findmnt --noheadings --mountpoint /srv --types xfs --options prjquota >/dev/null; then
        echo "/srv is no XFS with prjquota: homes have no quota, and one person can fill the disk for all"
        return
    fi
    local limits project commands
    limits=$(hub_install home-limits)
    # the default for new projects; existing projects have their own limits
    commands=(-c "limit -p -d $limits")
    for project in $(xfs_quota -x -c 'report -p -n -N' /srv | awk '/^#[1-9]/ { print substr($1, 2) }'); do
        commands+=(-c "limit -p $limits $project")
    done
    xfs_quota -x "${commands[@]}" /srv
}
