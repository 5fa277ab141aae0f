"""What a worker is made of, what it may do and who reaches it; and that an event without workers has nothing of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pophub.core.contract import HUB_PORT, IMAGE_PORT, NFS_PORT, SWARM_PORT, WORKER_PORTS
from tests.stacks.conftest import BOUNDARY
from tests.stacks.synthesis import Stack, Synthesis

pytestmark = pytest.mark.synth

OF_WORKERS = {"aws_autoscaling_group", "aws_launch_template"}
ACCOUNT = "${data.aws_caller_identity.caller.account_id}"
GROUP_ARN = f"arn:aws:autoscaling:us-west-2:{ACCOUNT}:autoScalingGroup:*:autoScalingGroupName/pophub-course-workers"


@pytest.fixture(scope="module")
def template(course: Stack) -> dict[str, Any]:
    return course.only("aws_launch_template")


@pytest.fixture(scope="module")
def group(course: Stack) -> dict[str, Any]:
    return course.only("aws_autoscaling_group")


def test_an_event_without_workers_has_no_part_of_them(stack: Stack) -> None:
    assert not OF_WORKERS & stack.document["resource"].keys()
    assert "autoscaling" not in json.dumps(stack.document)


def test_the_group_begins_with_no_worker_and_its_size_is_not_terraform_s(group: dict[str, Any]) -> None:
    assert (group["min_size"], group["wait_for_capacity_timeout"]) == (0, "0")
    assert "desired_capacity" not in group
    assert group["lifecycle"]["ignore_changes"] == ["desired_capacity"]


def test_workers_that_the_hub_protects_do_not_hinder_a_destroy(group: dict[str, Any]) -> None:
    assert group["force_delete"] is True


def test_a_worker_that_never_joins_can_be_ended_from_outside(group: dict[str, Any]) -> None:
    assert group["protect_from_scale_in"] is False


def test_nothing_but_the_hub_replaces_or_moves_a_worker(group: dict[str, Any]) -> None:
    assert set(group["suspended_processes"]) == {"AZRebalance", "ReplaceUnhealthy"}
    assert group["capacity_rebalance"] is False


def test_workers_are_in_the_subnet_of_the_hub_and_so_in_the_zone_of_the_homes(
    course: Stack, group: dict[str, Any]
) -> None:
    assert group["vpc_zone_identifier"] == [course.reference("network/public", "id")]


@pytest.fixture(scope="module")
def on_demand(synth: Synthesis) -> Stack:
    """The event on demand."""
    return synth.stacks["on-demand"]


def test_the_warm_size_is_never_larger_than_the_group(on_demand: Stack) -> None:
    grow = [it["target"]["input"] for it in on_demand.all("aws_scheduler_schedule") if it["name"].startswith("grow-")]

    [size] = {json.loads(each)["DesiredCapacity"] for each in grow}
    assert 0 < size <= on_demand.only("aws_autoscaling_group")["max_size"]


def test_workers_are_spot_instances_if_the_event_says_so_and_otherwise_on_demand(
    group: dict[str, Any], on_demand: Stack
) -> None:
    other = on_demand.only("aws_autoscaling_group")
    shares = [
        each["mixed_instances_policy"]["instances_distribution"]["on_demand_percentage_above_base_capacity"]
        for each in (group, other)
    ]

    assert shares == [0, 100]


def test_the_chosen_type_comes_first_and_its_siblings_after_it(template: dict[str, Any], group: dict[str, Any]) -> None:
    policy = group["mixed_instances_policy"]
    types = [each["instance_type"] for each in policy["launch_template"]["override"]]

    assert types[0] == template["instance_type"]
    assert len(types) == len(set(types)) > 1
    assert policy["instances_distribution"]["on_demand_allocation_strategy"] == "prioritized"


def test_a_worker_is_born_as_the_hub_is(course: Stack, template: dict[str, Any]) -> None:
    hub = course.only("aws_instance")

    assert template["user_data"] == hub["user_data_base64"]
    assert template["image_id"] == hub["ami"]
    assert template["metadata_options"] == hub["metadata_options"]
    assert "key_name" not in template


def test_a_power_off_ends_a_worker(template: dict[str, Any]) -> None:
    assert template["instance_initiated_shutdown_behavior"] == "terminate"


def test_a_worker_s_disk_is_encrypted_and_goes_with_it(template: dict[str, Any]) -> None:
    [mapping] = template["block_device_mappings"]

    assert mapping["ebs"] | {"encrypted": "true", "delete_on_termination": "true"} == mapping["ebs"]
    assert mapping["device_name"].endswith(".root_device_name}")


def test_machine_disk_and_interface_carry_the_event_s_tags_and_the_role(template: dict[str, Any]) -> None:
    tags = {each["resource_type"]: each["tags"] for each in template["tag_specifications"]}

    assert tags.keys() == {"instance", "volume", "network-interface"}
    for each in tags.values():
        assert (each["pophub:event"], each["pophub:role"]) == ("course", "worker")
        assert "pophub:ends" in each


def test_the_group_itself_carries_them_and_gives_none_to_its_machines(group: dict[str, Any]) -> None:
    tags = {each["key"]: (each["value"], each["propagate_at_launch"]) for each in group["tag"]}

    assert tags["pophub:event"] == ("course", False)
    assert {"pophub:ends", "Name"} < tags.keys()


def rules_of(course: Stack, path: str) -> set[tuple[int, int, str]]:
    """From port, to port, and who may come in."""
    return {
        (rule["from_port"], rule["to_port"], source)
        for rule in course.at(path)["ingress"]
        for source in (*(rule.get("security_groups") or ()), *(rule.get("cidr_blocks") or ()))
    }


def test_a_worker_reaches_four_ports_of_the_hub(course: Stack) -> None:
    workers = course.reference("worker_groups/workers", "id")
    ports = (SWARM_PORT, NFS_PORT, HUB_PORT, IMAGE_PORT)

    assert rules_of(course, "worker_groups/hub") == {(port, port, workers) for port in ports}


def test_only_the_hub_reaches_a_worker_so_no_worker_reaches_another(course: Stack, template: dict[str, Any]) -> None:
    assert rules_of(course, "worker_groups/workers") == {(*WORKER_PORTS, course.reference("network/web", "id"))}
    assert template["network_interfaces"][0]["security_groups"] == [course.reference("worker_groups/workers", "id")]


def test_the_hub_has_both_groups(course: Stack) -> None:
    assert course.only("aws_network_interface")["security_groups"] == [
        course.reference("network/web", "id"),
        course.reference("worker_groups/hub", "id"),
    ]


def test_ec2_takes_every_description(course: Stack) -> None:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html."""
    allowed = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789. _-:/()#,@[]+=&;{}!$*")
    rules = [rule for each in course.all("aws_security_group") for rule in (each, *each.get("ingress", ()))]

    assert [rule["description"] for rule in rules if set(rule["description"]) - allowed] == []


def test_the_hub_may_size_its_one_group_and_end_workers(course: Stack) -> None:
    statements = {action: it["Resource"] for it in course.policy("role/permissions") for action in it["Action"]}
    own = {
        action: on
        for action, on in statements.items()
        if action.startswith("autoscaling:") and "Describe" not in action
    }

    assert own == {
        f"autoscaling:{name}": [GROUP_ARN]
        for name in ("SetDesiredCapacity", "SetInstanceProtection", "TerminateInstanceInAutoScalingGroup")
    }
    assert statements["ssm:PutParameter"] == [f"arn:aws:ssm:us-west-2:{ACCOUNT}:parameter/pophub/course/worker-token"]
    assert [action for action in statements if action.startswith("ec2:")] == ["ec2:DescribeSpotPriceHistory"]


def test_a_worker_may_read_two_parameters_and_its_bundle_and_end_itself(course: Stack) -> None:
    own = f"arn:aws:ssm:us-west-2:{ACCOUNT}:parameter/pophub/course"

    assert [(it["Action"], it["Resource"]) for it in course.policy("worker_role/permissions")] == [
        (["ssm:GetParameter", "ssm:GetParameters"], [f"{own}/bundle", f"{own}/worker-token"]),
        (["s3:GetObject"], [f"arn:aws:s3:::pophub-{ACCOUNT}/bundles/course/*"]),
        (["autoscaling:TerminateInstanceInAutoScalingGroup"], [GROUP_ARN]),
    ]


def test_the_token_is_written_once_without_a_value(course: Stack) -> None:
    token = course.at("workers/token")

    assert (token["type"], token["value_wo"], token["value_wo_version"]) == ("SecureString", "unset", 1)


def test_each_stop_also_sets_the_size_to_zero_and_each_start_has_a_warm_size(course: Stack) -> None:
    schedules = {each["name"]: each for each in course.all("aws_scheduler_schedule")}
    asked = {name: (it["target"]["arn"].rpartition(":")[2], it["target"]["input"]) for name, it in schedules.items()}
    stops = [name for name, (call, _) in asked.items() if call == "stopInstances"]
    group = course.reference("workers/group", "name")

    assert len(stops) > 3
    for name in stops:
        assert schedules[f"shrink-{name}"]["schedule_expression"] == schedules[name]["schedule_expression"]
        assert asked[f"shrink-{name}"][0] == "updateAutoScalingGroup"
        assert json.loads(asked[f"shrink-{name}"][1]) == {"AutoScalingGroupName": group, "DesiredCapacity": 0}
    [grow] = [(call, json.loads(given)) for name, (call, given) in asked.items() if name.startswith("grow-")]
    assert grow == ("setDesiredCapacity", {"AutoScalingGroupName": group, "DesiredCapacity": 4})


def test_a_used_up_budget_starts_no_worker_and_still_ends_them(course: Stack) -> None:
    denied = {action: it["Resource"] for it in course.policy("schedule/no_start") for action in it["Action"]}

    assert denied["autoscaling:SetDesiredCapacity"] == [course.reference("workers/group", "arn")]
    assert "autoscaling:UpdateAutoScalingGroup" not in denied


def test_the_homes_disk_is_as_fast_as_its_price_includes(course: Stack) -> None:
    assert not {"iops", "throughput"} & course.only("aws_ebs_volume").keys()


def test_the_zone_has_the_types_of_hub_and_workers(course: Stack) -> None:
    [condition] = course.only("aws_autoscaling_group")["lifecycle"]["precondition"]
    both = course.only("aws_subnet")["availability_zone"]

    assert both.count("data.aws_ec2_instance_type_offerings.") == 2
    assert "Set another `workers.type`" in condition["error_message"]


def test_a_worker_s_role_has_the_boundary_that_the_account_demands(named_bucket: Synthesis) -> None:
    roles = named_bucket.stacks["course"].all("aws_iam_role")

    assert any("worker" in role["name"] for role in roles)
    assert {role["permissions_boundary"] for role in roles} == {BOUNDARY}
