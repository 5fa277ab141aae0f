"""Quotas: which one a machine counts against, and whether the event fits, at accounts of several kinds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lab.account_kinds import NEW, ORDINARY, AccountKind
from lab.aws import LabAws
from pophub.organizer.doctor import quota
from pophub.organizer.doctor.finding import Colour
from tests.pophub.organizer.doctor.conftest import MakeCase

TAG = {"Key": "pophub:event", "Value": "geo-hackweek"}


@pytest.mark.parametrize(
    ("instance_type", "code"),
    [
        ("r6i.8xlarge", "L-1216C47A"),
        ("t3.small", "L-1216C47A"),
        ("im4gn.large", "L-1216C47A"),
        ("i4i.large", "L-1216C47A"),
        ("mac2.metal", None),
        ("g5.xlarge", "L-DB2E81BA"),
        ("gr6.4xlarge", "L-DB2E81BA"),
        ("p5.48xlarge", "L-417A185B"),
        ("x2idn.16xlarge", "L-7295265B"),
        ("x1.16xlarge", "L-7295265B"),
        ("u-6tb1.metal", "L-43DA4232"),
        ("inf2.xlarge", "L-1945791B"),
    ],
)
def test_a_machine_counts_against_the_quota_of_its_family(instance_type: str, code: str | None) -> None:
    assert quota.quota_of(instance_type) == code


@pytest.mark.parametrize(
    ("instance_type", "code"), [("r7i.2xlarge", "L-34B43A08"), ("g5.xlarge", "L-3819A6DF"), ("mac2.metal", None)]
)
def test_a_spot_instance_counts_against_a_quota_of_its_own(instance_type: str, code: str | None) -> None:
    assert quota.quota_of(instance_type, spot=True) == code


@pytest.mark.parametrize(
    ("instance", "counted"),
    [
        ({"InstanceType": "m5.large"}, True),
        ({"InstanceType": "m5.large", "InstanceLifecycle": "spot"}, False),
        ({"InstanceType": "g5.xlarge"}, False),
    ],
)
def test_only_on_demand_machines_of_the_same_families_count(instance: dict[str, str], counted: bool) -> None:
    assert quota.counts(instance, quota.STANDARD) is counted


@pytest.mark.parametrize(("lifecycle", "counted"), [("spot", True), ("scheduled", False), ("", False)])
def test_only_spot_instances_count_against_the_quota_of_spot_instances(lifecycle: str, counted: bool) -> None:
    instance = {"InstanceType": "m5.large", "InstanceLifecycle": lifecycle}

    assert quota.counts(instance, quota.SPOT[quota.STANDARD]) is counted


@pytest.mark.parametrize(
    ("limit", "used", "colour", "words"),
    [
        (64, 0, Colour.GREEN, "takes 32 of 64 vCPUs"),
        (64, 32, Colour.GREEN, "of which other machines use 32"),
        (64, 33, Colour.RED, "ask AWS for 65"),
        (16, 0, Colour.RED, "ask AWS for 32"),
    ],
)
def test_the_machine_must_fit_beside_what_runs(limit: int, used: int, colour: Colour, words: str) -> None:
    verdict = quota.judge_processors("r6i.8xlarge", 32, limit, used, "https://console")

    assert verdict.colour is colour
    assert words in f"{verdict.answer} {verdict.next_step}"


@pytest.mark.parametrize(
    ("found", "colour"),
    [([{}] * 4, Colour.GREEN), ([{}] * 5, Colour.RED), ([{}] * 4 + [{"Tags": [TAG]}], Colour.GREEN)],
)
def test_the_events_own_address_needs_no_other(found: list[dict[str, object]], colour: Colour) -> None:
    assert quota.judge_count("Elastic IP", found, 5, "geo-hackweek", "https://console").colour is colour


@pytest.mark.parametrize(("kind", "colour"), [(ORDINARY, Colour.GREEN), (NEW, Colour.RED)], ids=str)
def test_a_new_account_cannot_run_the_example(make_case: MakeCase, kind: AccountKind, colour: Colour) -> None:
    case = make_case(kind)

    assert quota.processors(case).colour is colour
    assert [ask(case).colour for ask in (quota.addresses, quota.networks)] == [Colour.GREEN] * 2


def test_the_last_network_is_missed_before_the_deploy(
    make_case: MakeCase, accounts: Callable[[AccountKind], LabAws]
) -> None:
    full = AccountKind(name="full", vpcs=2, addresses=1)
    ec2 = accounts(full).client("ec2", "us-west-2")
    ec2.create_vpc(CidrBlock="10.0.0.0/24")
    ec2.allocate_address(Domain="vpc")

    assert [ask(make_case(full)).colour for ask in (quota.addresses, quota.networks)] == [Colour.RED] * 2


def test_what_runs_already_counts(make_case: MakeCase, accounts: Callable[[AccountKind], LabAws]) -> None:
    busy = AccountKind(name="busy", vcpus=33)
    ec2 = accounts(busy).client("ec2", "us-west-2")
    image = ec2.describe_images()["Images"][0]["ImageId"]
    ec2.run_instances(ImageId=image, InstanceType="m5.large", MinCount=1, MaxCount=1)

    assert quota.processors(make_case(busy)).answer.endswith("may run 33 at once, of which other machines use 2")
