"""EC2: what a terminated instance releases, what a disk says of its instance, and which tags a launch template gives."""

from __future__ import annotations

from typing import Any

from moto.ec2.models.elastic_block_store import VolumeAttachment
from moto.ec2.models.instances import Instance
from moto.ec2.models.launch_templates import LaunchTemplate
from moto.ec2.utils import parse_user_data

_moto_terminate = Instance.terminate
_moto_prep_nics = Instance.prep_nics
_moto_create_version = LaunchTemplate.create_version


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


def prep_nics(self: Instance, nic_spec: list[dict[str, Any]], *arguments: Any, **named: Any) -> None:
    """Attach interfaces as moto does; one that EC2 makes without being asked goes with its instance.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html
    """
    asked = bool(nic_spec)
    _moto_prep_nics(self, nic_spec, *arguments, **named)
    for interface in () if asked else self.nics.values():
        interface.delete_on_termination = True


def delete_on_termination(self: VolumeAttachment) -> bool:
    """The value in the instance's block device mapping; moto does not copy it to the volume."""
    mapped = self.instance.block_device_mapping.get(self.device)
    return bool(mapped and mapped.volume_id == self.volume_id and mapped.delete_on_termination)


def create_version(self: LaunchTemplate, data: dict[str, Any], description: str) -> Any:
    """Create a version as moto does, which adds the template's own tags to those of its instances."""
    tags = [each for each in data.get("TagSpecifications", []) if each["ResourceType"] != "launch-template"]
    # moto decodes the user data of a template's first version only
    decoded = {"UserData": parse_user_data(data["UserData"])} if isinstance(data.get("UserData"), str) else {}
    return _moto_create_version(self, data | {"TagSpecifications": tags} | decoded, description)


def close_gaps() -> None:
    """Add the methods to moto's classes."""
    setattr(Instance, terminate.__name__, terminate)
    setattr(Instance, prep_nics.__name__, prep_nics)
    setattr(LaunchTemplate, create_version.__name__, create_version)
    setattr(VolumeAttachment, delete_on_termination.__name__, property(delete_on_termination))
