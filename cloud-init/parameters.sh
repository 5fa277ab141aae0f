# shellcheck shell=bash
# The event's values in Parameter Store.

# Some of the event's SecureStrings, as JSON: secret_values NAME…
secret_values() {
    # shellcheck source=cloud-init/aws.sh
    . "$HERE/aws.sh"
    local region event
    region=$(from_metadata placement/region)
    event=$(from_metadata "tags/instance/$EVENT_TAG")
    ssm "$region" GetParameters "$(jq -nc --arg path "/pophub/$event" \
        '{Names: [$ARGS.positional[] | "\($path)/\(.)"], WithDecryption: true}' --args "$@")" |
        jq 'if .InvalidParameters | length > 0
            then "Parameter Store has no \(.InvalidParameters | join(", ")): deploy again\n" | halt_error(1)
            else [.Parameters[] | {name: (.Name | split("/")[-1]), value: .Value}] end'
}
