# shellcheck shell=bash
# Whether the clock is right: with a wrong one no certificate is valid and AWS takes no signature. To be sourced.

# What is wrong with it, by the time of whoever answers at an address of plain http; nothing where it is right or
# nobody answers: clock_problem ADDRESS
clock_problem() {
    local told off
    told=$(curl -s --max-time 5 --dump-header - --output /dev/null "$1" | tr -d '\r' | sed -n 's/^[Dd]ate: *//p')
    if [ -z "$told" ]; then return; fi
    off=$(($(date +%s) - $(date --date "$told" +%s)))
    if [ "${off#-}" -lt 300 ]; then return; fi
    echo "the machine's clock is wrong: it says $(date --utc '+%F %R') and should say" \
        "$(date --utc --date "$told" '+%F %R'); set it (chronyc makestep, or timedatectl set-time)"
}
