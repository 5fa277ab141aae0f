#!/bin/sh
# Makes a disk that boots, and its kernel beside it, out of the layers of a root file system. No loop device is needed.
# Run in a mount namespace of its own. $1: the folder; $2: the layers, as overlayfs writes them; $3: Docker's folder, or nothing
set -eu
folder=$1
layers=$2
docker=$3
disk=$folder/disk.raw
gibibytes=16
mkdir -p "$folder/root" "$folder/upper" "$folder/work"
mount -t overlay overlay -o "lowerdir=$layers,upperdir=$folder/upper,workdir=$folder/work" "$folder/root"
cd "$folder/root"
mount -t proc proc proc
mount --rbind /dev dev
rm -f etc/resolv.conf
cp -L /etc/resolv.conf etc/resolv.conf
printf '#!/bin/sh\nexit 101\n' >usr/sbin/policy-rc.d
chmod +x usr/sbin/policy-rc.d
inside() {
    env -i DEBIAN_FRONTEND=noninteractive PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
        chroot . "$@"
}
inside apt-get -qq update
inside apt-get -qq install --no-install-recommends kmod qemu-guest-agent
# unpacked, not installed: that would make an initrd, which nothing here needs
kernel=$(inside apt-cache depends linux-image-cloud-amd64 | awk '$1 == "Depends:" { print $2; exit }')
inside sh -c "cd /tmp && apt-get -qq download $kernel && dpkg-deb --extract $kernel*.deb / && rm $kernel*.deb"
inside depmod "${kernel#linux-image-}"
cp "boot/vmlinuz-${kernel#linux-image-}" "$folder/vmlinuz"
rm -f usr/sbin/policy-rc.d etc/resolv.conf
ln -s /run/systemd/resolve/stub-resolv.conf etc/resolv.conf
rm -rf var/cache/apt/archives/*.deb var/lib/apt/lists/* boot/*
umount --recursive dev
umount proc
if [ -n "$docker" ]; then
    mkdir -p var/lib/docker
    mount --bind "$docker" var/lib/docker
fi

# by the kernel's names (nvme0n1) a disk cannot be found, and without an initrd the kernel knows no label but this
truncate -s "${gibibytes}G" "$disk"
printf 'label: gpt\nstart=2048, type=linux, uuid=%s, name=root\n' 5b1ce000-0000-4000-8000-000000000001 | sfdisk --quiet "$disk"
mke2fs -q -F -t ext4 -L cloudimg-rootfs -E offset=1048576,lazy_itable_init=1,lazy_journal_init=1 -d . "$disk" \
    $((gibibytes * 1024 * 1024 - 2048))k
rm -rf "$folder/work"
