"""The home volume: participants' files and the hub's own state, on a disk that outlives the instance."""

from __future__ import annotations

from cdktf_cdktf_provider_aws.ebs_volume import EbsVolume
from cdktf_cdktf_provider_aws.volume_attachment import VolumeAttachment
from constructs import Construct

from stacks.hub import Hub


class Home(Construct):
    """An encrypted gp3 volume; when it is destroyed, a final snapshot of it stays."""

    def __init__(self, scope: Construct, id_: str, *, name: str, size_gib: int, hub: Hub) -> None:
        super().__init__(scope, id_)
        self.volume = EbsVolume(
            self,
            "volume",
            availability_zone=hub.availability_zone,
            size=size_gib,
            type="gp3",
            encrypted=True,
            final_snapshot=True,
            tags={"Name": f"{name}-home"},
        )
        VolumeAttachment(
            self,
            "attachment",
            # what the machine sees is an NVMe disk with the volume's id as its serial number
            device_name="/dev/sdf",
            volume_id=self.volume.id,
            instance_id=hub.instance.id,
            stop_instance_before_detaching=True,
        )
