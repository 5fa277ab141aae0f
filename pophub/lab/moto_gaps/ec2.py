"""EC2: a terminated instance lets go of the interfaces that were given to it, which moto's does not."""

from __future__ import annotations

from typing import Any

from moto.ec2.models.instances import Instance

_moto_terminate = Instance.terminate


def terminate(self: Instance) -> Any:
    """As moto's, and interfaces that outlive the instance become available, as on EC2."""
    given = [interface for interface in self.nics.values() if not interface.delete_on_termination]
    before = _moto_terminate(self)
    for interface in given:
        # not detach_eni(): moto's own answers about a terminated instance still read its interfaces
        interface.instance = interface.attachment_id = interface.attach_time = interface.device_index = None
        interface.status = "available"
    return before


def close_gaps() -> None:
    """Put it on moto's class."""
    setattr(Instance, terminate.__name__, terminate)
