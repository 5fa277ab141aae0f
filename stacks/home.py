"""The home volume: participants' files and the hub's own data, on a disk that outlives the instance."""

from __future__ import annotations

from cdktf import Postcondition, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.ebs_volume import EbsVolume, EbsVolumeTimeouts
from cdktf_cdktf_provider_aws.volume_attachment import VolumeAttachment
from constructs import Construct

from pophub.core.contract import HOME_DEVICE
from stacks.base import address
from stacks.hub import Hub

# the last snapshot of a full disk of this size takes hours; by default the provider waits ten minutes
SNAPSHOT_TAKES_AT_MOST = "6h"


class Home(Construct):
    """An encrypted gp3 volume. Destroying it leaves a final snapshot."""

    def __init__(self, scope: Construct, id_: str, *, name: str, event: str, size_gib: int, hub: Hub) -> None:
        super().__init__(scope, id_)
        self.volume = EbsVolume(
            self,
            "volume",
            availability_zone=hub.availability_zone,
            size=size_gib,
            type="gp3",
            # with the 3,000 IOPS and 125 MB/s that are in the price, also beside workers: nothing measured asks for more,
            # and twice as many with 500 MB/s cost 30 USD a month: https://aws.amazon.com/ebs/pricing/
            encrypted=True,
            final_snapshot=True,
            timeouts=EbsVolumeTimeouts(delete=SNAPSHOT_TAKES_AT_MOST),
            tags={"Name": f"{name}-home"},
            # the disk comes after the instance: if EC2 has no free machine in this zone, no disk ties the event to the
            # zone
            depends_on=[hub.instance],
            lifecycle=_stays_in_its_zone(event, f"{address(hub.network.subnet)}.availability_zone"),
        )
        VolumeAttachment(
            self,
            "attachment",
            device_name=HOME_DEVICE,
            volume_id=self.volume.id,
            instance_id=hub.instance.id,
            stop_instance_before_detaching=True,
        )

    def disk_keys(self, hub: Hub) -> list[str]:
        """The KMS keys of the machine's two disks, which whoever starts it must be allowed to use.

        To start an instance, a role needs kms:CreateGrant on a customer-managed key of its disks. Without that
        permission the start is accepted, but the instance stops again:
        https://repost.aws/knowledge-center/kms-iam-ec2-permission

        The keys are read from the disks, because the account's default key may have changed since the disks were made.
        """
        root = f"{address(hub.instance)}.root_block_device[0].kms_key_id"
        return [f"${{{address(self.volume)}.kms_key_id}}", f"${{{root}}}"]


def _stays_in_its_zone(event: str, zone: str) -> TerraformResourceLifecycle:
    """Refuse to plan a disk in another zone, because it would be a new and empty one."""
    return TerraformResourceLifecycle(
        ignore_changes=["availability_zone"],
        postcondition=[
            Postcondition(
                condition=f"${{self.availability_zone == {zone}}}",
                error_message="The home volume is in ${self.availability_zone}, and a disk cannot move to "
                f"another zone. Set `host.availability_zone` in the event file to ${{self.availability_zone}}; "
                f"or end the event and deploy it anew: pophub destroy {event}",
            )
        ],
    )
