"""The function's archive works where nothing else is, and its role may do what the function does and no more."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pophub.off_page.facts import FACTS_FILE, from_json
from pophub.organizer.deploy.off_page import HANDLER, archive, event_facts, key_arn, permissions
from pophub.organizer.event.event import Event
from pophub.organizer.plan.plan import Plan, make_plan
from pophub.organizer.plan.prices import region_prices
from tests.iam_data import problems

MakeEvent = Callable[..., Event]
NOW = datetime(2026, 11, 20, tzinfo=UTC)
ANSWER = """
import importlib, sys
module, _, name = sys.argv[1].rpartition(".")
handler = getattr(importlib.import_module(module), name)
print(handler({"requestContext": {"http": {"method": "GET"}}, "rawPath": "/", "headers": {}}, None)["statusCode"])
"""


def plan_of(event: Event) -> Plan:
    return make_plan(event, region_prices(event.region), now=NOW)


def test_the_archive_works_by_itself(make_event: MakeEvent, tmp_path: Path) -> None:
    """With Python and boto3 alone, as Lambda has them."""
    zipfile.ZipFile(io.BytesIO(archive(plan_of(make_event())))).extractall(tmp_path)
    settings = ("BUCKET", "INSTANCE_ID", "HUB_ADDRESS")
    environment = dict.fromkeys(settings, "x") | {"AWS_REGION": "us-west-2", "BUCKET_REGION": "us-west-2"}
    said = subprocess.run(
        [sys.executable, "-c", ANSWER, HANDLER],
        env=environment | {"SECONDS_TO_THE_HUB": "100", "PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (said.stdout, said.stderr) == ("503\n", "")


def test_equal_events_give_equal_bytes_and_others_others(make_event: MakeEvent) -> None:
    first, same, other = (archive(plan_of(make_event(**it))) for it in ({}, {}, {"title": "Another"}))

    assert first == same != other


def test_its_files_can_be_read_by_everybody(make_event: MakeEvent) -> None:
    entries = zipfile.ZipFile(io.BytesIO(archive(plan_of(make_event())))).infolist()

    assert {entry.external_attr >> 16 for entry in entries} == {0o644}
    assert FACTS_FILE in {entry.filename for entry in entries}
    assert not [entry.filename for entry in entries if "__pycache__" in entry.filename]


def test_its_facts_are_the_event_s(make_event: MakeEvent) -> None:
    plan = plan_of(make_event())
    facts = event_facts(plan)

    assert (facts.title, facts.contact, facts.budget_usd) == (plan.event.title, plan.event.contact, 400)
    assert facts.starts == plan.timetable.firings("start")
    assert facts.over == plan.timetable.firings("stop")[-1]
    assert facts.wake is not None
    assert facts.wake.times_a_day == 3
    assert event_facts(plan_of(make_event(wake=False))).wake is None
    assert json.loads(zipfile.ZipFile(io.BytesIO(archive(plan))).read(FACTS_FILE))
    assert from_json(json.loads(zipfile.ZipFile(io.BytesIO(archive(plan))).read(FACTS_FILE))) == facts


def policy_of(event: Event) -> str:
    return permissions(
        event,
        bucket="pophub-bucket",
        key_arn=key_arn(event.name, "us-west-2", "123456789012"),
        instance="arn:aws:ec2:us-west-2:123456789012:instance/i-0123456789abcdef0",
        disk_keys=["arn:aws:kms:us-west-2:123456789012:key/a-key"],
        log_group="arn:aws:logs:us-west-2:123456789012:log-group:a-log",
    )


@pytest.mark.parametrize("wake", [{"times_a_day": 3}, False])
def test_aws_knows_all_that_its_policy_names(make_event: MakeEvent, wake: object) -> None:
    assert list(problems(policy_of(make_event(wake=wake)))) == []


def test_an_event_that_forbids_it_gives_no_right_to_start_or_write(make_event: MakeEvent) -> None:
    statements = json.loads(policy_of(make_event(wake=False)))["Statement"]
    actions = {action for statement in statements for action in statement["Action"]}

    assert actions == {"s3:GetObject", "s3:ListBucket", "logs:CreateLogStream", "logs:PutLogEvents"}
