#!/bin/sh
# Boots a root file system with systemd-nspawn; run in the machine's network namespace and a mount namespace of its own.
# $1: the machine's folder; $2: its cgroup's name; $3: the layers of its root, as overlayfs writes them; then nspawn's options
set -eu
folder=$1
group=$2
layers=$3
shift 3
# in the last two systemd keeps its units: two machines in one subtree remove each other's
hierarchies="cpu cpuacct cpuset memory devices freezer blkio pids systemd unified"

# a subtree of its own in every hierarchy; with a cgroup namespace it is the root inside
for name in $hierarchies; do
    directory=/sys/fs/cgroup/$name
    [ -d "$directory" ] || continue
    mkdir -p "$directory/$group"
    if [ "$name" = cpuset ]; then
        cat "$directory/cpuset.cpus" >"$directory/$group/cpuset.cpus"
        cat "$directory/cpuset.mems" >"$directory/$group/cpuset.mems"
    fi
    echo $$ >"$directory/$group/cgroup.procs"
done

mount -t overlay overlay -o "lowerdir=$layers,upperdir=$folder/upper,workdir=$folder/work" "$folder/root"
if [ -e "$folder/docker-layers" ]; then
    while read -r source target; do
        mount --bind "$source" "$target"
        mount -o remount,bind,ro "$target"
    done <"$folder/docker-layers"
fi
# nspawn hands our /sys on: it has to be that of the machine's network, and still have the cgroups
mount --rbind /sys/fs/cgroup "$folder/cgroup"
mount -t sysfs sysfs /sys
mount --rbind "$folder/cgroup" /sys/fs/cgroup

SYSTEMD_NSPAWN_API_VFS_WRITABLE=network exec systemd-nspawn --quiet --keep-unit --register=no \
    --directory="$folder/root" --machine="$group" --capability=all \
    --system-call-filter='add_key keyctl bpf perf_event_open' \
    --resolv-conf=off --link-journal=no --timezone=off --console=read-only \
    --bind="$folder/docker:/var/lib/docker" --bind="$folder/containerd:/var/lib/containerd" \
    --bind="$folder/srv:/srv" "$@" --boot
