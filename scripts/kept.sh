# shellcheck shell=bash
# Sourced: what is dear to make, and the same in each checkout of a user, is kept as an archive in the folder that the lab's
# images are in. An archive appears whole, by its rename, and its name says what it was made from and its checksum. All of
# them may be deleted.

kept=${XDG_CACHE_HOME:-${HOME:-$PWD/.pophub}/.cache}/pophub/kept
# of each kind; those that have not been used for longest go
MOST_KEPT=3

# The beginning of its name: kept_as KIND, with what it is made from on stdin
kept_as() { echo "$kept/$1-$(cksum | cut -d ' ' -f 1)"; }

newest() { ls -t "$@" 2>/dev/null || true; }

forget() { rm -f "$@" 2>/dev/null || true; }

checksum() { cksum <"$1" | tr ' ' -; }

# Unpack it here: take_kept NAME. Fails if there is none, and deletes one that is broken. One that root has kept under the
# same HOME can be neither read nor deleted, and is as good as none.
take_kept() {
    local archive
    archive=$(newest "$1".*.tar | head -n 1)
    [ -n "$archive" ] || return
    if [ "$archive" = "$1.$(checksum "$archive" 2>/dev/null).tar" ] && tar -xof "$archive" 2>/dev/null; then
        touch "$archive"
    else
        forget "$archive"
        return 1
    fi
}

# keep NAME PATH…, if something there is newer. What cannot be kept is made again the next time.
keep() {
    local name=$1 before new
    shift
    before=$(newest "$name".*.tar | head -n 1)
    if [ -n "$before" ] && [ -z "$(find "$@" -type f -newer "$before" -print -quit)" ]; then return; fi
    mkdir -p "$kept" 2>/dev/null && new=$(mktemp "$kept/new.XXXXXX" 2>/dev/null) || return 0
    # on the disk before it has its name: a computer may lose its power in between
    if tar -cf "$new" "$@" 2>/dev/null && sync "$new"; then
        if [ -n "$before" ]; then forget "$before"; fi
        mv -f "$new" "$name.$(checksum "$new").tar"
    else
        rm -f "$new"
    fi
    forget_oldest "${name%-*}"
}

forget_oldest() {
    local archive
    newest "$1"-*.tar | tail -n +$((MOST_KEPT + 1)) | while read -r archive; do forget "$archive"; done
    # of one that was killed
    find "$kept" -name 'new.*' -mmin +60 -exec rm -f {} + || true
}
