#!/bin/sh
# Runs a Docker of a root file system that leaves this computer's network alone, loads the image that comes on standard
# input, and completes it as the machine would. Run in mount and process namespaces of its own.
# $1: the folder; $2: the layers of its root; $3: the project; $4: the image's name; $5: this computer's Python
set -eu
folder=$1
layers=$2
project=$3
image=$4
python=$5
mount -t overlay overlay -o "lowerdir=$layers,upperdir=$folder/upper,workdir=$folder/work" "$folder/root"
cd "$folder/root"
mount -t proc proc proc
mount --rbind /dev dev
mount --rbind /sys sys
mount -t tmpfs tmpfs run
mkdir -p var/lib/docker opt/pophub/bundle/cloud-init opt/pophub/bundle/hub-config opt/pophub/bundle/pophub run/pophub
mount --bind "$folder/docker" var/lib/docker
mount --bind "$project/cloud-init" opt/pophub/bundle/cloud-init
mount --bind "$project/hub-config" opt/pophub/bundle/hub-config
mount --bind "$project/pophub" opt/pophub/bundle/pophub
cp "$folder/contract.env" run/contract.env
rm -f etc/resolv.conf
cp -L /etc/resolv.conf etc/resolv.conf
start() {
    chroot . dockerd --bridge=none --iptables=false --ip6tables=false --ip-forward=false --exec-root /run/docker &
    docker=$!
    tries=0
    until chroot . docker version >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ "$tries" -lt 150 ]
        sleep 0.2
    done
}

end() {
    kill "$docker"
    wait "$docker" || true
}

mv etc/docker/daemon.json run/daemon.json
start
chroot . docker load
mkdir run/lab
cat >run/lab/docker <<'END'
#!/bin/sh
[ "$1" = build ] || exec /usr/bin/docker "$@"
shift
exec /usr/bin/docker build --network host "$@"
END
chmod +x run/lab/docker
# the inner shell expands
# shellcheck disable=SC2016
chroot . bash -euc '
    CONFIG=/opt/pophub/bundle/hub-config RUN=/run/pophub WORK=/run/pophub image=$1
    . /run/contract.env
    . /opt/pophub/bundle/cloud-init/helpers.sh
    . /opt/pophub/bundle/cloud-init/steps/image.sh
    setting() { echo "$image"; }
    PATH=/run/lab:$PATH
    make_image
    [ "$(docker image inspect --format "{{.Id}}" "$image")" != "$(docker image inspect --format "{{.Id}}" "$SERVER_IMAGE")" ]
' bash "$image"
end
# for the users that containers have on a machine; a build for them could not use this computer's network
PYTHONPATH=$project "$python" -m lab.machine.remapped "$folder/docker"
mv run/daemon.json etc/docker/daemon.json
start
# the image as it was and as completed
[ "$(chroot . docker image ls --quiet | wc -l)" -eq 2 ]
end
