"""The outputs of an event's stack; pophub/organizer/deploy/deployment.py reads them."""

from __future__ import annotations

from cdktf import TerraformOutput

from pophub.core.contract import parameter_path
from pophub.organizer.event.account import Account
from pophub.organizer.event.event import Event
from stacks.alarms import Alarms
from stacks.base import PophubStack
from stacks.bundle_in_bucket import BundleInBucket
from stacks.home import Home
from stacks.hub import Hub


def write_outputs(
    stack: PophubStack,
    event: Event,
    account: Account,
    *,
    hub: Hub,
    home: Home,
    bundle: BundleInBucket,
    alarms: Alarms,
) -> None:
    """Write each output under its plain name."""
    values = {
        "event": event.name,
        "region": event.region,
        "hub_url": event.url,
        "instance_id": hub.instance.id,
        "public_ip": hub.address.public_ip,
        "home_volume_id": home.volume.id,
        "bucket": stack.bucket_name,
        "bucket_region": account.region,
        "bundle_key": bundle.key,
        "bundle_sha256": bundle.sha256,
        "parameter_path": parameter_path(event.name),
        "alerts_topic_arn": alarms.topic.arn,
    }
    for name, value in values.items():
        TerraformOutput(stack, f"output_{name}", value=value).override_logical_id(name)
