#!/bin/sh
# The last touches to the image of people's servers. $1: the folder with requirements.txt and trusted/; $2: its root
set -eu
given=$1
root=$2
cp -r "$given/trusted/." "$root/"
chroot "$root" update-ca-certificates >/dev/null
chroot "$root" useradd --uid 1000 --gid 100 --shell /bin/bash --create-home jovyan
cp "$given/requirements.txt" "$root/tmp/requirements.txt"
# where the images of Jupyter's docker-stacks have theirs, and as theirs open to whoever works in it
chroot "$root" python3 -m venv /opt/conda
chroot "$root" /opt/conda/bin/pip install --quiet --no-cache-dir --disable-pip-version-check --no-compile \
    --require-hashes --requirement /tmp/requirements.txt
# mmdebstrap writes no time into its archive that is later than its own start: compiled earlier, all would look outdated
find "$root/opt/conda" -name '*.py' -exec touch --date '2026-01-01 UTC' {} +
chroot "$root" /opt/conda/bin/python3 -m compileall -q -j 0 /opt/conda/lib || true
chroot "$root" chown -R jovyan:users /opt/conda
rm -f "$root/tmp/requirements.txt"
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
