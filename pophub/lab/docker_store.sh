#!/bin/sh
# Runs a Docker of a root file system without any network, and loads the image that comes on standard input.
# Run in network, mount and process namespaces of its own. $1: the folder; $2: the layers of its root
set -eu
folder=$1
layers=$2
mount -t overlay overlay -o "lowerdir=$layers,upperdir=$folder/upper,workdir=$folder/work" "$folder/root"
cd "$folder/root"
mount -t proc proc proc
mount --rbind /dev dev
mount --rbind /sys sys
mount -t tmpfs tmpfs run
mkdir -p var/lib/docker
mount --bind "$folder/docker" var/lib/docker
chroot . dockerd --bridge=none --iptables=false --ip6tables=false --exec-root /run/docker &
docker=$!
tries=0
until chroot . docker version >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ "$tries" -lt 150 ]
    sleep 0.2
done
chroot . docker load
kill "$docker"
wait "$docker" || true
