# shellcheck shell=bash
# The secrets that the hub needs to sign people in.

# The file that the hub's unit reads: readable by root only, and never a program's argument.
secrets() {
    wanted_secrets
    put "$WORK/$SECRETS_FILE" "$OWN/$SECRETS_FILE" 600
    own_token "$PROXY_TOKEN" "$PROXY_TOKEN_FILE"
    own_token "$REHEARSAL_TOKEN" "$REHEARSAL_TOKEN_FILE"
}

# Write the secrets that this bundle's event needs to $WORK/$SECRETS_FILE. Outside EC2 the organizer writes them.
# A second call at the same time waits, and then finds them.
wanted_secrets() (
    umask 077
    exec 8>"$RUN/secrets.lock"
    flock 8
    if [ -e "$WORK/$SECRETS_FILE" ]; then return; fi
    hub_install secrets "$(on_ec2 || echo "$OWN/$SECRETS_FILE")" >"$WORK/secrets.new"
    mv "$WORK/secrets.new" "$WORK/$SECRETS_FILE"
)

# A token between this machine's own programs, made once: own_token VARIABLE FILE
own_token() {
    if [ -s "$OWN/$2" ]; then return; fi
    echo "$1=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')" >"$WORK/$2"
    put "$WORK/$2" "$OWN/$2" 600
}
