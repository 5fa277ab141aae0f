# shellcheck shell=bash
# Translate the last output of a failed step for an organizer. To be sourced.

# Why a step failed and what to do, in one line: explain LOG
explain() {
    local clock
    if grep -qiE 'no space left on device|disk quota exceeded' "$1"; then
        echo "the disk is full ($(full_disks)): delete what is not needed, or enlarge the disk"
        return
    fi
    clock=$(clock_problem "$(if on_ec2; then echo http://169.254.169.254/; fi)") || true
    echo "${clock:-$(grep -v '^ *$' "$1" | tail -n 1 | cut -c 1-400)}"
}

# The disks with less than 200 MB left.
full_disks() {
    df --block-size=1M --output=avail,target / /opt/pophub /opt/pophub/environments /var/lib/docker /var/lib/containerd /srv /tmp 2>/dev/null |
        awk 'NR > 1 && $1 < 200 && !seen[$2]++ { printf "%s%s: %d MB left", sep, $2, $1; sep = ", " }'
}
