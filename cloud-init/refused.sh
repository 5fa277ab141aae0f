# shellcheck shell=bash
# What happens on this machine when a bundle is refused. To be sourced.

# In memory, so that a boot installs everything again. An image that could not be completed is tried again.
note_installed() {
    [ -e "$WORK/incomplete" ] || readlink -f "$BUNDLE" >"$RUN/installed"
}

# Whether pophub-refresh has started this run for a bundle that was refused before it replaced this one, which is installed.
# Until then only its `check` has run, which changes nothing that a step installs. A run by hand or at boot does everything.
only_refused() {
    [ -e "$RUN/news" ] && [ ! -e "$RUN/$CLOSED_FILE" ] &&
        [ "$(cat "$RUN/installed" 2>/dev/null)" = "$(readlink -f "$BUNDLE")" ]
}

# What was installed stays; only what `check` has unpacked and downloaded goes.
stay_installed() {
    rm "$RUN/news"
    say "the new bundle is refused, and has changed nothing: $(cat "$STATE/refusal" 2>/dev/null || echo "it could not be fetched")"
    remove_unused_bundles
    if [ "$MACHINE" = "$HUB_ROLE" ]; then remove_unused_environments; fi
    write_status ready "${#STEPS[@]}" "the hub is ready"
}

# A hub that was open before goes on with the previous bundle: go_back again|refused REASON
go_back() {
    if ! [ -e "$STATE/open" ] || ! [ -e "$BUNDLE.old" ] || [ "$HERE" != "$BUNDLE/cloud-init" ]; then return; fi
    local verdict=refused.json until="another bundle is deployed. To try this one again after the cause is gone:"
    until+=" systemctl restart pophub-install"
    # the step `image` tries a server that could not start again, which disturbs nobody
    if [ "$1" = again ] || failed_trial; then
        verdict=tried.json until="this one is tried again, in ten minutes"
    fi
    say "the new bundle is refused: $2. The one before it comes back, and stays until $until"
    cp "$BUNDLE/$POINTER_FILE" "$STATE/$verdict"
    echo "$2" >"$STATE/refusal"
    rm -rf "$WORK"
    mv -T "$BUNDLE.old" "$BUNDLE"
    exec 9>&- 1>&3 3>&-
    exec "$BUNDLE/cloud-init/install-hub.sh"
}
