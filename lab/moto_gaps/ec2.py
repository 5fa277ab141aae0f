"""EC2: a terminated instance releases the network interfaces given to it; a disk says if it is deleted with its instance."""

from __future__ import annotations

from typing import Any

from moto.ec2.models.elastic_block_store import VolumeAttachment
from moto.ec2.models.instances import Instance

_moto_terminate = Instance.terminate


def terminate(self: Instance) -> Any:
    """Terminate as moto does; interfaces that outlive the instance become available, as in EC2."""
    given = [interface for interface in self.nics.values() if not interface.delete_on_termination]
    setattr(self, "ends", True)  # noqa: B010 - for aws_rules/dependencies.py; moto's class has no such field
    before = _moto_terminate(self)
    for interface in given:
        # detach_eni() cannot be used, because moto's answers about a terminated instance still read its interfaces
        interface.instance = interface.attachment_id = interface.attach_time = interface.device_index = None
        interface.status = "available"
    return before


def delete_on_termination(self: VolumeAttachment) -> bool:
    """The value in the instance's block device mapping; moto does not copy it to the volume."""
    mapped = self.instance.block_device_mapping.get(self.device)
    return bool(mapped and mapped.volume_id == self.volume_id and mapped.delete_on_termination)


def close_gaps() -> None:
    """Add the methods to moto's classes."""
    setattr(Instance, terminate.__name__, terminate)
    setattr(VolumeAttachment, delete_on_termination.__name__, property(delete_on_termination))
