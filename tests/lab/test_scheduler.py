"""The lab's EventBridge Scheduler: cron in a time zone, and the call that a target names."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from lab.aws import LabAws
from lab.scheduler import Firing, LabScheduler, fires_at
from pophub.organizer.deploy import iam
from tests.lab.aws_rules.roles import make_role

REGION, GROUP = "us-west-2", "of-the-test"


def days(first: str, count: int) -> list[date]:
    return [date.fromisoformat(first) + timedelta(days=day) for day in range(count)]


@pytest.mark.parametrize(
    ("expression", "zone", "fires"),
    [
        ("cron(45 8 1-3,5 3 ? 2027)", "America/Los_Angeles", ["01 16:45", "02 16:45", "03 16:45", "05 16:45"]),
        ("cron(30 2 27-29 3 ? 2027)", "Europe/Berlin", ["27 01:30", "29 00:30"]),
        ("cron(30 2 31 10 ? 2027)", "Europe/Berlin", ["31 00:30"]),
        ("cron(0 9 1 3 ? 2026)", "Europe/Berlin", []),
    ],
    ids=["days", "a skipped hour", "a doubled hour", "another year"],
)
def test_it_fires_on_the_clocks_of_its_zone(expression: str, zone: str, fires: list[str]) -> None:
    found = fires_at(expression, zone, days("2027-03-01", 31) + days("2027-10-01", 31))

    assert [f"{at:%d %H:%M}" for at in found] == fires


def test_a_firing_makes_the_targets_call(lab_aws: LabAws) -> None:
    ec2, scheduler = lab_aws.client("ec2", REGION), lab_aws.client("scheduler", REGION)
    [made] = ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1)["Instances"]
    machine = made["InstanceId"]
    scheduler.create_schedule_group(Name=GROUP)
    role = make_role(lab_aws, GROUP, iam.statement(["ec2:StopInstances"], [f"arn:aws:ec2:*:*:instance/{machine}"]))
    for name, state in (("stop", "ENABLED"), ("asleep", "DISABLED")):
        scheduler.create_schedule(
            Name=name,
            GroupName=GROUP,
            State=state,
            ScheduleExpression="cron(30 1 2-6 3 ? 2027)",
            ScheduleExpressionTimezone="America/Los_Angeles",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={
                "Arn": "arn:aws:scheduler:::aws-sdk:ec2:stopInstances",
                "RoleArn": role,
                "Input": json.dumps({"InstanceIds": [machine]}),
            },
        )
    lab = LabScheduler(lab_aws, REGION, GROUP)
    firing, second = lab.firings(date(2027, 3, 1), date(2027, 3, 3))
    assert (firing.at, firing.name) == (datetime(2027, 3, 2, 9, 30, tzinfo=UTC), "stop")
    assert second.at - firing.at == timedelta(days=1)

    assert lab.fire(firing) is None
    [found] = ec2.describe_instances(InstanceIds=[machine])["Reservations"][0]["Instances"]
    assert found["State"]["Name"] == "stopped"
    ec2.terminate_instances(InstanceIds=[machine])


def test_a_target_s_role_that_may_not_do_it_does_nothing(lab_aws: LabAws) -> None:
    role = make_role(lab_aws, "may-stop", iam.statement(["ec2:StopInstances"], ["*"]))
    target = {
        "Arn": "arn:aws:scheduler:::aws-sdk:ec2:startInstances",
        "RoleArn": role,
        "Input": json.dumps({"InstanceIds": ["i-0123456789abcdef0"]}),
    }

    assert (
        LabScheduler(lab_aws, REGION, GROUP).fire(Firing(datetime.now(UTC), "start", target)) == "UnauthorizedOperation"
    )
