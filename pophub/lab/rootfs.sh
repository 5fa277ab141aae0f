#!/bin/sh
# The last touches to a new root file system; $1 is its folder.
set -eu
root=$1
chroot "$root" update-ca-certificates
chroot "$root" systemctl enable systemd-networkd systemd-resolved lab-cgroup-rw.service
# cloud-init reads no DMI in a container, and without it takes no IMDSv2: it gets EC2's from a folder
sed -i 's#^DMI_SYS_PATH = .*#DMI_SYS_PATH = "/etc/fake-dmi"#; s#if is_container():#if False:#' \
    "$root/usr/lib/python3/dist-packages/cloudinit/dmi.py"
# as in Debian's own cloud images: no list of data sources
rm -f "$root/etc/cloud/cloud.cfg.d/90_dpkg.cfg"
echo localhost >"$root/etc/hostname"
: >"$root/etc/machine-id"
ln -sf /run/systemd/resolve/stub-resolv.conf "$root/etc/resolv.conf"
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
