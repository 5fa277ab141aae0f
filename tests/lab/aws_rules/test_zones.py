"""Zones as an account sees them: Local Zones, zones without a type, zones without room."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lab.account_kinds import INSTITUTION, ORDINARY
from tests.lab.aws_rules.conftest import Accounts
from tests.lab.aws_rules.network import REGION, make_network

NARROW = dataclasses.replace(
    ORDINARY, name="narrow", full_zones=(f"{REGION}a",), zones_without_type=(f"{REGION}c", f"{REGION}d")
)


def zones(ec2: Any, **more: Any) -> dict[str, str]:
    return {
        each["ZoneName"]: each["OptInStatus"] for each in ec2.describe_availability_zones(**more)["AvailabilityZones"]
    }


def offered(ec2: Any, instance_type: str) -> set[str]:
    filters = [{"Name": "instance-type", "Values": [instance_type]}]
    found = ec2.describe_instance_type_offerings(LocationType="availability-zone", Filters=filters)
    return {each["Location"] for each in found["InstanceTypeOfferings"]}


def test_a_local_zone_that_is_opted_in_is_listed_and_offers_machines(account_of: Accounts) -> None:
    ec2 = account_of(INSTITUTION).client("ec2", REGION)

    assert zones(ec2)["us-west-2-lax-1a"] == "opted-in"
    assert sorted(offered(ec2, "r6i.8xlarge"))[0] == "us-west-2-lax-1a"


def test_zones_can_be_asked_for_by_their_opt_in_status(account_of: Accounts) -> None:
    ec2 = account_of(INSTITUTION).client("ec2", REGION)
    own = zones(ec2, Filters=[{"Name": "opt-in-status", "Values": ["opt-in-not-required"]}])

    assert set(own) == {f"{REGION}{letter}" for letter in "abcd"}
    assert zones(account_of(ORDINARY).client("ec2", REGION)) == own


def test_a_zone_without_the_type_says_which_have_it(account_of: Accounts) -> None:
    aws = account_of(NARROW)
    network = make_network(aws, f"{REGION}c")

    assert offered(network.ec2, "m5.large") == {f"{REGION}a", f"{REGION}b"}
    with pytest.raises(ClientError, match=rf"Unsupported.*\({REGION}c\).*choosing {REGION}a, {REGION}b\."):
        network.run()
    network.take_down()


def test_a_full_zone_runs_and_starts_nothing(account_of: Accounts) -> None:
    network = make_network(account_of(NARROW), f"{REGION}a")
    with pytest.raises(ClientError, match=rf"InsufficientInstanceCapacity.*m5\.large.*choosing {REGION}b\.") as refused:
        network.run()

    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    network.take_down()


def test_a_zone_with_room_runs_it(account_of: Accounts) -> None:
    network = make_network(account_of(NARROW), f"{REGION}b")
    network.ec2.terminate_instances(InstanceIds=[network.run()])
    network.take_down()


def test_a_machine_that_was_stopped_needs_room_to_start(account_of: Accounts) -> None:
    aws = account_of(ORDINARY)
    network = make_network(aws)
    machine = network.run()
    network.ec2.stop_instances(InstanceIds=[machine])
    aws.change(full_zones=(f"{REGION}a",))
    with pytest.raises(ClientError, match="InsufficientInstanceCapacity"):
        network.ec2.start_instances(InstanceIds=[machine])
    aws.change(full_zones=())
    network.ec2.start_instances(InstanceIds=[machine])

    network.ec2.terminate_instances(InstanceIds=[machine])
    network.take_down()
