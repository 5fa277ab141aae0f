#!/bin/sh
# The last touches to the image of people's servers. $1: the folder with requirements.txt and trusted/; $2: its root
set -eu
given=$1
root=$2
cp -r "$given/trusted/." "$root/"
chroot "$root" update-ca-certificates >/dev/null
chroot "$root" useradd --uid 1000 --gid 100 --shell /bin/bash --create-home jovyan
cp "$given/requirements.txt" "$root/tmp/requirements.txt"
chroot "$root" python3 -m venv /opt/server
chroot "$root" /opt/server/bin/pip install --quiet --no-cache-dir --disable-pip-version-check \
    --require-hashes --requirement /tmp/requirements.txt
rm -f "$root/tmp/requirements.txt"
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
