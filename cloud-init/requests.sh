#!/usr/bin/env bash
# Carry out the organizer's requests from the account bucket, for the case that Systems Manager's agent does not answer.
# reports/EVENT/request.json is {"id": …, "arguments": […]}, with arguments of archive.sh. reports/EVENT/answer.json has
# the same id and the state, named as in Systems Manager (pophub/organizer/destroy/bucket_request.py reads it).
# pophub-requests.timer runs this once a minute, also while the hub is closed.
set -euo pipefail
umask 077

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=/dev/null
. "$HERE/contract.env"
# shellcheck source=cloud-init/aws.sh
. "$HERE/aws.sh"
RUN=${RUN:-$RUN_FOLDER}
# the id of the newest request that was started; while it runs, also in `under-way`
STATE=${STATE:-$STATE_FOLDER/requests}
# nobody waits for an older request any more, and after a restart it would close a hub that people use again
OLDEST_SECONDS=900

pointer=$(dirname "$HERE")/$POINTER_FILE
bucket=$(jq -er .bucket "$pointer")
region=$(jq -er .region "$pointer")
# $BUNDLES/EVENT/SHA256.tar.gz
place=$bucket/$REPORTS/$(jq -er '.key | split("/")[1]' "$pointer")
mkdir -p "$STATE"
work=$(mktemp -d -p "$RUN")
trap 'rm -rf "$work"' EXIT
touch "$work/output" "$work/errors"

# answer ID STATUS
answer() {
    jq -n --arg id "$1" --arg status "$2" --arg output "$(tail -n 1 "$work/output")" \
        --arg errors "$(tail -n 3 "$work/errors")" \
        '{id: $id, Status: $status, StatusDetails: $status, StandardOutputContent: $output, StandardErrorContent: $errors}' \
        >"$work/$ANSWER_FILE"
    s3 "$region" "$place/$ANSWER_FILE" --max-time 30 --output /dev/null --upload-file "$work/$ANSWER_FILE"
}

# The seconds between two header fields of the answer; both come from the bucket's clock
age() {
    local field seconds=()
    for field in date last-modified; do
        seconds+=("$(date --date "$(sed -n "s/^$field: *//Ip" "$work/headers" | tr -d '\r' | tail -n 1)" +%s)")
    done
    echo $((seconds[0] - seconds[1]))
}

if [ -e "$STATE/under-way" ]; then
    echo "the machine or its network stopped while it did this" >"$work/errors"
    answer "$(cat "$STATE/under-way")" Failed
    rm "$STATE/under-way"
fi
# usually there is no request
s3 "$region" "$place/$REQUEST_FILE" --max-time 10 --dump-header "$work/headers" --output "$work/$REQUEST_FILE" 2>/dev/null || exit 0
id=$(jq -er '.id | select(type == "string" and test("^[0-9a-f]{32}$"))' "$work/$REQUEST_FILE") || exit 0
if [ "$id" = "$(cat "$STATE/newest" 2>/dev/null)" ] || [ "$(age)" -gt "$OLDEST_SECONDS" ]; then exit 0; fi
echo "$id" >"$STATE/newest"
mapfile -t -d '' arguments < <(jq -j '.arguments[] | tostring + "\u0000"' "$work/$REQUEST_FILE")
case ${arguments[0]:-} in
at-work | close | is-closed | make) ;;
*)
    echo "nobody may ask for '${arguments[0]:-}' in the account bucket" >"$work/errors"
    answer "$id" Failed
    exit 0
    ;;
esac
echo "<5>asked for in the account bucket: ${arguments[0]}"
echo "$id" >"$STATE/under-way"
answer "$id" InProgress
status=Success
"$HERE/archive.sh" "${arguments[@]}" >"$work/output" 2>"$work/errors" || status=Failed
answer "$id" "$status"
rm "$STATE/under-way"
