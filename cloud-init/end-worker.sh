#!/usr/bin/env bash
# Ask the Auto Scaling group to end this worker and to want one worker less; pophub/hub/worker runs it when the hub is gone.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=/dev/null
. "$HERE/contract.env"
# shellcheck source=cloud-init/aws.sh
. "$HERE/aws.sh"

region=$(jq -er .region "$(dirname "$HERE")/$POINTER_FILE")
instance=$(from_metadata instance-id)
aws autoscaling "$region" --max-time 30 --output /dev/null "https://autoscaling.$region.amazonaws.com/" \
    --data "Action=TerminateInstanceInAutoScalingGroup&Version=2011-01-01" \
    --data "InstanceId=$instance&ShouldDecrementDesiredCapacity=true"
