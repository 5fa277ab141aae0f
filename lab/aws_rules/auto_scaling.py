"""EC2 Auto Scaling: its service-linked roles, the bounds of a group's size, and what it refuses of a group."""

from __future__ import annotations

from typing import Any

from moto.autoscaling.exceptions import AutoscalingClientError, ValidationError
from moto.autoscaling.models import AutoScalingBackend
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends

from lab.account_kinds import ORGANIZER
from lab.aws_rules.moto_patch import before
from lab.aws_rules.organization import is_denied

# https://docs.aws.amazon.com/autoscaling/ec2/userguide/autoscaling-service-linked-role.html
AUTO_SCALING = ("autoscaling.amazonaws.com", "AWSServiceRoleForAutoScaling")
# the first role may make the second one:
# https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AutoScalingServiceRolePolicy.html
SPOT = ("spot.amazonaws.com", "AWSServiceRoleForEC2Spot")
# https://docs.aws.amazon.com/autoscaling/ec2/userguide/mixed-instances-groups-set-up-overview.html
MOST_TYPES = 40
CREATE = "iam:CreateServiceLinkedRole"


def enforce() -> None:
    """Add the rules to moto's Auto Scaling."""
    before(AutoScalingBackend, "create_auto_scaling_group", _check_creation)
    before(AutoScalingBackend, "set_desired_capacity", _check_size)
    before(AutoScalingBackend, "update_auto_scaling_group", _check_update)
    before(AutoScalingBackend, "terminate_instance", _check_end)


def _check_creation(self: Any, **asked: Any) -> None:
    if asked["name"] in self.autoscaling_groups:
        # https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html
        raise AutoscalingClientError("AlreadyExists", "AutoScalingGroup by this name already exists - "
                                     f"A group with the name {asked['name']} already exists")  # fmt: skip
    _linked_role(self, *AUTO_SCALING)
    policy = asked.get("mixed_instances_policy")
    if policy:
        _check_template(self, policy)
        if str(policy.get("InstancesDistribution", {}).get("OnDemandPercentageAboveBaseCapacity", 100)) != "100":
            _linked_role(self, *SPOT)


def _linked_role(backend: Any, service: str, name: str) -> None:
    """AWS makes the role at the first group, with the rights of whoever makes the group; it stays in the account.

    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html (ServiceLinkedRoleARN)
    Without the right the first group fails: https://github.com/alienplatform/alien/pull/593
    """
    iam = iam_backends[backend.account_id]["aws"]
    if any(role.name == name for role in iam.roles.values()):
        return
    path = f"/aws-service-role/{service}/"
    if is_denied(CREATE) and service == AUTO_SCALING[0]:
        resource = f"arn:aws:iam::{backend.account_id}:role{path}{name}"
        raise AutoscalingClientError("AccessDenied", f"The default Service-Linked Role for Auto Scaling could not be "
                                     f"created. User: {ORGANIZER} is not authorized to perform: {CREATE} on resource: "
                                     f"{resource}")  # fmt: skip
    iam.create_role(name, "{}", path, None, "", {}, 3600)


def _check_template(backend: Any, policy: dict[str, Any]) -> None:
    spec = policy["LaunchTemplate"]["LaunchTemplateSpecification"]
    id_ = str(spec.get("LaunchTemplateId") or spec.get("LaunchTemplateName"))
    # rights are checked when a group is made or gets another template:
    # https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-launch-template-permissions.html, the text:
    # https://gist.github.com/arianvp/643f6862dfebda243cac9de8f0bd8492
    if any(map(is_denied, ("ec2:RunInstances", "ec2:CreateTags", "iam:PassRole"))):
        raise AutoscalingClientError("AccessDenied", f"You are not authorized to use launch template: {id_}")
    template = backend.ec2_backend.get_launch_template(id_)
    data = template.get_version(spec.get("Version") or "$Default").data
    if data.get("InstanceMarketOptions"):
        # https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-mixed-instances-groups.html
        raise ValidationError("Incompatible launch template: You cannot use a launch template that is set to request "
                              "Spot Instances (InstanceMarketOptions) when you configure an Auto Scaling group with a "
                              "mixed instances policy.")  # fmt: skip
    profile = data.get("IamInstanceProfile", {}).get("Name")
    profiles = {each.name for each in iam_backends[backend.account_id]["aws"].instance_profiles.values()}
    if profile and profile not in profiles:
        # https://github.com/hashicorp/terraform-provider-aws/issues/6712
        raise ValidationError(f"You must use a valid fully-formed launch template. Value ({profile}) for parameter "
                              "iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name")  # fmt: skip
    if len(policy["LaunchTemplate"].get("Overrides", ())) > MOST_TYPES:
        raise ValidationError(f"You cannot specify more than {MOST_TYPES} overrides.")


def _check_size(self: Any, group_name: str, desired_capacity: int | None) -> None:
    group = self.autoscaling_groups.get(group_name)
    if group is None:
        raise ValidationError(f"AutoScalingGroup name not found - AutoScalingGroup '{group_name}' not found")
    # https://github.com/kubernetes/autoscaler/issues/943
    for word, bound in (("above max", group.max_size), ("below min", group.min_size)):
        size = desired_capacity or 0
        if size > bound if word == "above max" else size < bound:
            raise ValidationError(
                f"New SetDesiredCapacity value {size} is {word} value {bound} for the AutoScalingGroup."
            )


def _check_update(self: Any, **asked: Any) -> None:
    group, size = self.autoscaling_groups.get(asked["name"]), asked.get("desired_capacity")
    if group is None or size is None:
        return
    given = asked.get("min_size"), asked.get("max_size")
    low, high = (
        each if each is not None else kept for each, kept in zip(given, (group.min_size, group.max_size), strict=True)
    )
    if not low <= size <= high:
        # https://github.com/convox/praxis/pull/258
        raise ValidationError(
            f"Desired capacity:{size} must be between the specified min size:{low} and max size:{high}"
        )


def _check_end(self: Any, instance_id: str, should_decrement: bool) -> None:
    groups = self.autoscaling_groups.values()
    group = next((it for it in groups if instance_id in {each.instance_id for each in it.instance_states}), None)
    if group is None:
        # https://github.com/keikoproj/upgrade-manager/issues/25
        raise ValidationError(f"Instance Id not found - No managed instance found for instance ID {instance_id}")
    if should_decrement and group.desired_capacity <= group.min_size:
        # https://github.com/buildkite/elastic-ci-stack-for-aws/issues/1261
        raise ValidationError(
            f"Currently, desiredSize equals minSize ({group.min_size}). Terminating instance without replacement will "
            "violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower "
            "group's min size."
        )


def check_deletion(group: Any, *, force: bool) -> None:
    """https://github.com/cloud-custodian/cloud-custodian/issues/1686."""
    if group.instance_states and not force:
        raise AutoscalingClientError("ResourceInUse", "You cannot delete an AutoScalingGroup while there are instances or "
                                     "pending Spot instance request(s) still in the group.")  # fmt: skip


def cannot_use_the_key(group: Any, instance: Any) -> str:
    """Why the instance ends again, if its disk has a customer's key that does not know the service-linked role; or empty.

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html, the text:
    https://github.com/terraform-aws-modules/terraform-aws-autoscaling/issues/109
    """
    kms = kms_backends[group.account_id][group.region]
    disks = [it for it in group.ec2_backend.volumes.values() if it.attachment and it.attachment.instance is instance]
    keys = [kms.describe_key(it.kms_key_id) for it in disks if it.kms_key_id]
    if all(key.key_manager == "AWS" or AUTO_SCALING[1] in key.policy for key in keys):
        return ""
    return (
        "Instance became unhealthy while waiting for instance to be in InService state. Termination Reason: "
        "Client.InternalError: Client error on launch"
    )
