"""EC2 Auto Scaling: launches as the launch template says, scaling activities, a group's size kept, and forced deletion.

moto launches without the template's interface, role, disk tags and market, reports no activity, raises a launch's error
to whoever sets the size, replaces a terminated instance even if that is suspended, and forgets a group's mixed instances
policy when its size is updated.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from moto.autoscaling.models import ASG_NAME_TAG, AutoScalingBackend, FakeAutoScalingGroup, InstanceState
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.utils import convert_tag_spec
from werkzeug.exceptions import HTTPException

from lab.aws_rules.auto_scaling import cannot_use_the_key, check_deletion

# where this process keeps a group's activities, newest first
_activities: dict[str, list[dict[str, Any]]] = {}
_moto_update = FakeAutoScalingGroup.update
_moto_describe = AutoScalingBackend.describe_auto_scaling_groups
_LAUNCHING = threading.RLock()
_GONE = ("shutting-down", "terminated")


def replace_autoscaling_group_instances(self: Any, count_needed: int, propagated_tags: dict[str, str]) -> None:
    """Launch as many instances as are missing; a launch that fails is an activity, and is no error of the call.

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/CHAP_Troubleshooting.html
    """
    # each request has a thread of its own, and two may find the same instance missing
    with _LAUNCHING:
        missing = (self.desired_capacity or 0) - len(self.active_instances())
        _launch_missing(self, min(count_needed, missing), propagated_tags)


def _launch_missing(self: Any, count: int, propagated_tags: dict[str, str]) -> None:
    for _ in range(count):
        try:
            instance = _launch(self, propagated_tags)
        except (EC2ClientError, HTTPException) as error:
            _failed(self, _said(error))
            return
        if reason := cannot_use_the_key(self, instance):
            self.ec2_backend.terminate_instances([instance.id])
            _failed(self, reason, instance.id)
            return
        instance.autoscaling_group = self
        protected = self.new_instances_protected_from_scale_in
        self.instance_states.append(InstanceState(instance, protected_from_scale_in=protected))
        _note(self, f"Launching a new EC2 instance: {instance.id}", "Successful")


def _launch(group: Any, propagated_tags: dict[str, str]) -> Any:
    """The first type of the group that can be launched; the error of the last one if none can be.

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/allocation-strategies.html
    """
    problem: Exception | None = None
    for instance_type in _types(group):
        try:
            return _run(group, instance_type, propagated_tags)
        except (EC2ClientError, HTTPException) as error:
            problem = error
    assert problem is not None
    raise problem


def _types(group: Any) -> Iterator[str]:
    policy = group.mixed_instances_policy or {}
    overrides = policy.get("LaunchTemplate", {}).get("Overrides", [])
    yield from [each["InstanceType"] for each in overrides if "InstanceType" in each] or [group.instance_type]


def _run(group: Any, instance_type: str, propagated_tags: dict[str, str]) -> Any:
    ec2, template = group.ec2_backend, group.ec2_launch_template
    if template is None:
        raise EC2ClientError("InvalidParameterValue", "the lab's Auto Scaling knows only launch templates")
    data = template.get_version(group.launch_template_version).data
    subnet = group.vpc_zone_identifier.split(",")[0]
    interfaces = [{**each, "SubnetId": subnet, "DeviceIndex": 0} for each in data.get("NetworkInterfaces", [])]
    tags = convert_tag_spec(data.get("TagSpecifications", []))
    reservation = ec2.run_instances(
        data["ImageId"], 1, data.get("UserData"), [],
        instance_type=instance_type, is_instance_type_default=False, region_name=group.region,
        launch_template={"LaunchTemplateId": template.id, "Version": group.launch_template_version},
        nics=interfaces, subnet_id=None if interfaces else subnet, ebs_optimized=bool(data.get("EbsOptimized")),
        instance_initiated_shutdown_behavior=data.get("InstanceInitiatedShutdownBehavior"),
        instance_market_options="spot" if is_spot(group) else {}, metadata_options=data.get("MetadataOptions", {}),
        block_device_mappings=data.get("BlockDeviceMappings", []),
        tags={"instance": {ASG_NAME_TAG: group.name, **propagated_tags}, "volume": tags.get("volume", {})},
    )  # fmt: skip
    [instance] = reservation.instances
    for interface in instance.nics.values():
        interface.add_tags(tags.get("network-interface", {}))
    if name := data.get("IamInstanceProfile", {}).get("Name"):
        ec2.associate_iam_instance_profile(instance_id=instance.id, iam_instance_profile_name=name)
    return instance


def is_spot(group: Any) -> bool:
    """Whether the group launches spot instances alone."""
    distribution = (group.mixed_instances_policy or {}).get("InstancesDistribution", {})
    return str(distribution.get("OnDemandPercentageAboveBaseCapacity", 100)) == "0"


def update(self: Any, **asked: Any) -> None:
    """Update as moto does; what the request does not name stays."""
    policy = asked["mixed_instances_policy"] or self.mixed_instances_policy
    if policy:
        # moto adds the name, and accepts only one of the two
        spec = policy["LaunchTemplate"]["LaunchTemplateSpecification"]
        if spec.get("LaunchTemplateId"):
            spec.pop("LaunchTemplateName", None)
    _moto_update(self, **(asked | {"mixed_instances_policy": policy}))


def notify_terminate_instances(self: Any, instance_ids: list[str]) -> None:
    """An instance that somebody terminates is replaced, unless the process is suspended; then it stays, as unhealthy.

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/understand-how-suspending-processes-affects-other-processes.html
    """
    for group in self.autoscaling_groups.values():
        for state in [each for each in group.instance_states if each.instance_id in instance_ids]:
            state.health_status = "Unhealthy"
            if "ReplaceUnhealthy" not in {each["ProcessName"] for each in group.suspended_processes}:
                group.instance_states.remove(state)
                replace_autoscaling_group_instances(group, 1, group.get_propagated_tags())


def describe_auto_scaling_groups(self: Any, names: list[str], filters: Any = None) -> list[Any]:
    """As moto does. Auto Scaling tries failed launches again by itself; the lab does so whenever somebody looks."""
    found = _moto_describe(self, names, filters)
    for group in found:
        for state in group.instance_states:
            # a machine that has powered itself off
            if state.instance.state in _GONE:
                state.health_status = "Unhealthy"
        missing = (group.desired_capacity or 0) - len(group.active_instances())
        replace_autoscaling_group_instances(group, max(0, missing), group.get_propagated_tags())
    return list(found)


def describe_scaling_activities(self: AutoScalingResponse) -> ActionResult:
    """What the group has done and tried, newest first."""
    name = self._get_param("AutoScalingGroupName")
    return ActionResult(
        {"Activities": [each for group, found in _activities.items() if group == name for each in found]}
    )


def delete_auto_scaling_group(self: AutoScalingResponse) -> EmptyResult:
    """Delete as moto does; `ForceDelete` ends the instances too, even those that are protected from scale-in.

    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DeleteAutoScalingGroup.html
    """
    name = self._get_param("AutoScalingGroupName")
    group = self.autoscaling_backend.autoscaling_groups.get(name)
    if group is not None:
        check_deletion(group, force=bool(self._get_bool_param("ForceDelete", False)))
        for state in group.instance_states:
            state.protected_from_scale_in = False
        group.min_size = 0
    self.autoscaling_backend.delete_auto_scaling_group(name)
    _activities.pop(name, None)
    return EmptyResult()


def _said(error: Exception) -> str:
    # a full zone is answered with a document, not with moto's own exception
    text = str(getattr(error, "message", "") or getattr(error, "description", ""))
    return text.partition("<Message>")[2].partition("</Message>")[0] or text


def _failed(group: Any, reason: str, instance: str = "") -> None:
    what = f"Launching a new EC2 instance{f': {instance}' if instance else ''}.  Status Reason: {reason}"
    _note(group, what if instance else f"{what} Launching EC2 instance failed.", "Failed", reason)


def _note(group: Any, description: str, status: str, message: str = "") -> None:
    now = datetime.now(UTC).isoformat()
    activity = {"ActivityId": str(uuid.uuid4()), "AutoScalingGroupName": group.name, "Description": description} | {
        "Cause": "a difference between desired and actual capacity", "StartTime": now, "EndTime": now,
        "StatusCode": status, "StatusMessage": message, "Progress": 100,
    }  # fmt: skip
    _activities.setdefault(group.name, []).insert(0, activity)


def close_gaps() -> None:
    """Add the methods to moto's classes."""
    for owner, methods in (
        (FakeAutoScalingGroup, (replace_autoscaling_group_instances, update)),
        (AutoScalingBackend, (notify_terminate_instances, describe_auto_scaling_groups)),
        (AutoScalingResponse, (describe_scaling_activities, delete_auto_scaling_group)),
    ):
        for method in methods:
            setattr(owner, method.__name__, method)
