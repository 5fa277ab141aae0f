#!/usr/bin/env bash
# Fetch the organizer's requests for this hub from the account bucket (until when to keep it, and when it was started by
# hand), and copy files of this hub into the event's reports there:
# put-report.sh FOLDER [NAME=FILE…]
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=/dev/null
. "$HERE/contract.env"
# shellcheck source=cloud-init/aws.sh
. "$HERE/aws.sh"

pointer=$(dirname "$HERE")/$POINTER_FILE
bucket=$(jq -er .bucket "$pointer")
region=$(jq -er .region "$pointer")
# $BUNDLES/EVENT/SHA256.tar.gz
event=$(jq -er '.key | split("/")[1]' "$pointer")
folder=$1
shift
for name in "$KEEP_FILE" "$STARTED_FILE"; do
    new=$folder/.$name.new
    if s3 "$region" "$bucket/$REPORTS/$event/$name" --max-time 10 --output "$new" 2>/dev/null; then
        mv "$new" "$folder/$name"
    fi
done
for named in "$@"; do
    file=${named#*=}
    if [ ! -e "$file" ]; then continue; fi
    s3 "$region" "$bucket/$REPORTS/$event/${named%%=*}" --max-time 10 --output /dev/null --upload-file "$file"
done
