#!/bin/sh
# The last touches to a new root file system; $1 is its folder.
set -eu
root=$1
chroot "$root" update-ca-certificates
chroot "$root" systemctl enable systemd-networkd systemd-resolved
# as in Debian's own cloud images: no list of data sources
rm -f "$root/etc/cloud/cloud.cfg.d/90_dpkg.cfg"
echo localhost >"$root/etc/hostname"
: >"$root/etc/machine-id"
ln -sf /run/systemd/resolve/stub-resolv.conf "$root/etc/resolv.conf"
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
