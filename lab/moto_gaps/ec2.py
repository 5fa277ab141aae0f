"""EC2: a terminated instance lets go of the interfaces given to it; a disk says whether it goes with its instance."""

from __future__ import annotations

from typing import Any

from moto.ec2.models.elastic_block_store import VolumeAttachment
from moto.ec2.models.instances import Instance

_moto_terminate = Instance.terminate


def terminate(self: Instance) -> Any:
    """As moto's, and interfaces that outlive the instance become available, as on EC2."""
    given = [interface for interface in self.nics.values() if not interface.delete_on_termination]
    setattr(self, "ends", True)  # noqa: B010 - for aws_rules/dependencies.py; moto's class has no such field
    before = _moto_terminate(self)
    for interface in given:
        # not detach_eni(): moto's own answers about a terminated instance still read its interfaces
        interface.instance = interface.attachment_id = interface.attach_time = interface.device_index = None
        interface.status = "available"
    return before


def delete_on_termination(self: VolumeAttachment) -> bool:
    """What the instance was told of this disk; moto knows it there and does not tell it here."""
    mapped = self.instance.block_device_mapping.get(self.device)
    return bool(mapped and mapped.volume_id == self.volume_id and mapped.delete_on_termination)


def close_gaps() -> None:
    """Put them on moto's classes."""
    setattr(Instance, terminate.__name__, terminate)
    setattr(VolumeAttachment, delete_on_termination.__name__, property(delete_on_termination))
