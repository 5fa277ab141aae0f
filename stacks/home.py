"""The home volume: participants' files and the hub's own state, on a disk that outlives the instance."""

from __future__ import annotations

from cdktf_cdktf_provider_aws.ebs_volume import EbsVolume, EbsVolumeTimeouts
from cdktf_cdktf_provider_aws.volume_attachment import VolumeAttachment
from constructs import Construct

from pophub.naming import HOME_DEVICE
from stacks.hub import Hub

# a full disk of this size takes hours for its last snapshot, and the provider would wait for ten minutes
SNAPSHOT_TAKES_AT_MOST = "6h"


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
            timeouts=EbsVolumeTimeouts(delete=SNAPSHOT_TAKES_AT_MOST),
            tags={"Name": f"{name}-home"},
        )
        VolumeAttachment(
            self,
            "attachment",
            device_name=HOME_DEVICE,
            volume_id=self.volume.id,
            instance_id=hub.instance.id,
            stop_instance_before_detaching=True,
        )
