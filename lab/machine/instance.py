"""What EC2 tells an instance's machine: user data, tags and role, as deployed or as a deployment would make them."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from lab.aws import LabAws
from pophub.core.contract import EVENT_TAG, HUB_ROLE, ROLE_TAG, resource_name
from pophub.organizer.deploy.bundle import user_data
from pophub.organizer.event.event import Event

# keys that the lab AWS does not check
ANYBODY = {"AccessKeyId": "ASIALAB", "SecretAccessKey": "lab", "SessionToken": "lab"}


@dataclass(frozen=True, slots=True)
class Instance:
    """One instance; `role` is the name under which its metadata has `keys`."""

    id: str
    user_data: str
    tags: dict[str, str]
    role: str
    keys: Mapping[str, str] = field(default_factory=lambda: ANYBODY, compare=False, repr=False)

    @classmethod
    def of(cls, event: Event, keys: Mapping[str, str] = ANYBODY) -> Self:
        """The instance that a deployment would create."""
        name = resource_name(event.name)
        tags = {"Name": name, EVENT_TAG: event.name, ROLE_TAG: HUB_ROLE}
        return cls("i-0abcdef1234567890", user_data(), tags, resource_name(event.name, "hub"), keys)

    @classmethod
    def described(cls, aws: LabAws, region: str, instance: str) -> Self:
        """The instance that was deployed into the lab AWS."""
        ec2 = aws.client("ec2", region)
        answer = ec2.describe_instance_attribute(InstanceId=instance, Attribute="userData")
        known = ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
        profile = known["IamInstanceProfile"]["Arn"].rpartition("/")[2]
        roles = aws.client("iam", region).get_instance_profile(InstanceProfileName=profile)["InstanceProfile"]["Roles"]
        return cls(
            instance,
            base64.b64decode(answer["UserData"]["Value"]).decode(),
            {tag["Key"]: tag["Value"] for tag in known["Tags"]},
            roles[0]["RoleName"],
            aws.assume(roles[0]["RoleName"]),
        )
