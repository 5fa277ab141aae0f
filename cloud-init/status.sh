# shellcheck shell=bash
# /pophub/status.json at the event's address, over http and https; the waiting page and `pophub deploy` read it.
# To be sourced. fetch_bundle.py writes the first versions. After each boot it is missing until the first step.
#   state       preparing, failed (it is tried again automatically), or ready
#   step, of    the current step, from 1 to `of`; 0 before there is a bundle; `of` when ready
#   doing       that step in words
#   failed      why the step failed and what to do, in one line; empty unless the state is failed
#   refused     why the newest bundle was refused while the previous one goes on; empty if it was not
#   bundle      sha256 of the bundle in use; empty before there is one, and outside EC2
#   title, contact   the event's; empty before there is a bundle
#   log         the log file on the machine
#   at          when this was written, in UTC

# write_status STATE STEP DOING [WHY-IT-FAILED]; in bash, because each of its many calls would be a start of Python
write_status() {
    # a worker has no page; without Python, the settings are not known yet
    if [ "${MACHINE:-}" = "$WORKER_ROLE" ] || ! command -v python3 >/dev/null; then return; fi
    if [ "$1" != ready ] && [ ! -e "$STATE/open" ]; then touch "$RUN/preparing"; fi
    local pointer='' refused='' sha256='' new=$RUN/.$STATUS_FILE.new
    read -r -d '' pointer 2>/dev/null <"$BUNDLE/$POINTER_FILE" || true
    if [[ $pointer =~ \"sha256\":\ *\"([0-9a-f]+)\" ]]; then sha256=${BASH_REMATCH[1]}; fi
    read -r -d '' refused 2>/dev/null <"$STATE/refusal" || true
    {
        printf '{"state": "%s", "step": %d, "of": %d, "bundle": "%s", ' "$1" "$2" "${#STEPS[@]}" "$sha256"
        printf '"title": %s, "contact": %s, ' "$(setting title)" "$(setting contact)"
        printf '"%s": "%s", ' doing "$(escaped "$3")" failed "$(escaped "${4:-}")" refused "$(escaped "$refused")"
        TZ=UTC printf '"log": "%s", "at": "%(%FT%TZ)T"}' "$LOG" -1
    } >"$new"
    mv "$new" "$RUN/$STATUS_FILE"
}

# As inside a string of JSON
escaped() {
    local text=${1//\\/\\\\}
    text=${text//\"/\\\"}
    printf %s "${text//[[:cntrl:]]/ }"
}
