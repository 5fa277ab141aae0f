"""A worker may read what it is made of and end itself, and nothing else: strangers' code runs there."""

from __future__ import annotations

import json

from pophub.organizer.deploy.worker_role import permissions

STATEMENTS = json.loads(permissions("geo", region="us-west-2", account_id="123456789012", bucket="ours"))["Statement"]


def test_it_reads_its_bundle_and_no_other_event_s() -> None:
    [reading] = [each["Resource"] for each in STATEMENTS if "s3:GetObject" in each["Action"]]

    assert reading == ["arn:aws:s3:::ours/bundles/geo/*"]


def test_it_reads_the_token_and_no_secret_of_the_hub() -> None:
    [reading] = [each["Resource"] for each in STATEMENTS if "ssm:GetParameter" in each["Action"]]

    assert [each.rpartition(":")[2] for each in reading] == [
        "parameter/pophub/geo/bundle",
        "parameter/pophub/geo/worker-token",
    ]


def test_it_writes_nothing_and_reaches_no_other_group() -> None:
    actions = {action for each in STATEMENTS for action in each["Action"]}
    [ending] = [
        each["Resource"] for each in STATEMENTS if "autoscaling:TerminateInstanceInAutoScalingGroup" in each["Action"]
    ]

    assert {action.partition(":")[2][:3] for action in actions} == {"Get", "Ter"}
    assert ending[0].endswith(":autoScalingGroupName/pophub-geo-workers")
    assert not any("*" in each["Resource"] for each in STATEMENTS)
