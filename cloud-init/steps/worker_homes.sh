# shellcheck shell=bash
# The hub's folders on a worker.

# write=wait: a program gets the error of a full home when it writes. With delayed writes, NFS would retry for ever what does
# not fit, and a file's space would stay in use even after its owner has deleted it:
# https://github.com/torvalds/linux/blob/v6.12/fs/nfs/file.c
MOUNT_OPTIONS=vers=4.2,hard,nosuid,nodev,noatime,lookupcache=positive,write=wait,_netdev,nofail,x-systemd.mount-timeout=60

# The hub's folders at the paths that they have there.
worker_homes() {
    local folder
    for folder in "$HOMES_FOLDER" "$SHARED_FOLDER" "$SERVED_FOLDER" "$WORKERS_FOLDER"; do
        grep -q "^$HUB_PRIVATE_ADDRESS:$folder " /etc/fstab ||
            echo "$HUB_PRIVATE_ADDRESS:$folder $folder nfs4 $MOUNT_OPTIONS 0 0" >>/etc/fstab
        install -d -m 755 "$folder"
    done
    systemctl daemon-reload
    for folder in "$HOMES_FOLDER" "$SHARED_FOLDER" "$SERVED_FOLDER" "$WORKERS_FOLDER"; do
        mountpoint --quiet "$folder" || timeout 60 mount "$folder" ||
            fail "the hub's $folder cannot be mounted: does the hub run, and does its security group let workers in?"
    done
}
