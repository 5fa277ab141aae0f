# shellcheck shell=bash
# The page that people see until the hub is open.

# /pophub/status.json at the event's address, over http and https; the waiting page and `pophub deploy` read it.
# fetch-bundle.sh writes the first versions. After each boot it is missing until the first step.
#   state       preparing, failed (it is tried again automatically), or ready
#   step, of    the current step, from 1 to `of`; 0 before there is a bundle; `of` when ready
#   doing       that step in words
#   failed      why the step failed and what to do, in one line; empty unless the state is failed
#   refused     why the newest bundle was refused while the previous one goes on; empty if it was not
#   bundle      sha256 of the bundle in use; empty before there is one, and outside EC2
#   title, contact   the event's; empty before there is a bundle
#   log         the log file on the machine
#   at          when this was written, in UTC
# write_status STATE STEP DOING [WHY-IT-FAILED]
write_status() {
    if ! command -v jq >/dev/null; then return; fi
    jq --arg state "$1" --argjson step "$2" --argjson of "${#STEPS[@]}" --arg doing "$3" --arg failed "${4:-}" \
        --arg refused "$(cat "$STATE/refusal" 2>/dev/null)" --arg log "$LOG" \
        --arg bundle "$(jq -r '.sha256 // ""' "$BUNDLE/$POINTER_FILE" 2>/dev/null)" \
        '{state: $state, step: $step, of: $of, doing: $doing, failed: $failed, refused: $refused, bundle: $bundle,
          title, contact: (.contact // []), log: $log, at: (now | todate)}' "$EVENT" >"$work/$STATUS_FILE"
    chmod 644 "$work/$STATUS_FILE"
    mv "$work/$STATUS_FILE" "$RUN/$STATUS_FILE"
    if [ "$1" != ready ] && [ ! -e "$STATE/open" ]; then touch "$RUN/preparing"; fi
}

waiting_page() {
    install_packages caddy jq
    write_status preparing 1 "this page"
    put "$HERE/page/waiting.html" "$PAGE/waiting.html"
    # the first run has set up Caddy, and later runs leave it
    if [ ! -e "$OWN/caddy.env" ]; then serve waiting; fi
    if on_ec2; then keep_up; fi
}

# On EC2: two ways in for the organizer, and the search for new bundles. All three work even if later steps fail.
keep_up() {
    local file
    for file in apt.sh aws.sh clock.sh; do put "$HERE/$file" "/usr/local/lib/pophub/$file"; done
    put "$HERE/fetch-bundle.sh" /usr/local/sbin/pophub-fetch-bundle 755
    for file in pophub-install.service pophub-{refresh,requests}.{service,timer} pophub-session-manager.service; do
        put_unit "$file"
    done
    enable_units --now pophub-refresh.timer pophub-requests.timer
    systemctl start --no-block pophub-session-manager.service
}
