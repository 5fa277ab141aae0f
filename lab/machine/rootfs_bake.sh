#!/bin/sh
# Put the packages and the hub's environment of install-hub.sh into a layer above a root file system.
# Run in a mount namespace of its own. $1: the root file system; $2: the folder of the layer's upper/ and work/.
set -eu
lower=$1
layer=$2
mkdir -p "$layer/root"
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$layer/upper,workdir=$layer/work" "$layer/root"
cd "$layer/root"
mount -t proc proc proc
mount --rbind /dev dev
rm -f etc/resolv.conf
cp -L /etc/resolv.conf etc/resolv.conf
printf '#!/bin/sh\nexit 101\n' >usr/sbin/policy-rc.d
chmod +x usr/sbin/policy-rc.d
env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
    PIP_CERT=/etc/ssl/certs/ca-certificates.crt chroot . /opt/pophub/bundle/cloud-init/install-hub.sh bake
rm -f usr/sbin/policy-rc.d etc/resolv.conf
ln -s /run/systemd/resolve/stub-resolv.conf etc/resolv.conf
rm -rf var/cache/apt/archives/*.deb root/.cache
