"""What an organizer sees and says of a hub from the laptop, with a machine in the lab AWS."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from lab.plans import plan_of
from pophub.aws.bucket import BucketPrefix
from pophub.aws.client import Aws
from pophub.core.contract import (
    EVENT_TAG,
    HUB_ROLE,
    KEEP_FILE,
    METER_FILE,
    REPORTS,
    ROLE_TAG,
    STARTED_FILE,
    WATCH_REPORT_FILE,
)
from pophub.core.errors import PophubError
from pophub.organizer.cost.cost_report import so_far
from pophub.organizer.event.event import Event
from pophub.organizer.event_context import EventContext
from pophub.organizer.outcome import Outcome
from pophub.organizer.running.cost_watch import keep, once, start, status, stop
from tests.pophub.core.cost import finished
from tests.pophub.planted import BUCKET, REGION

NOW = datetime(2027, 3, 2, 3, tzinfo=UTC)
SAID = {
    "at": "2027-03-01T18:00:00+00:00",
    "action": "keep",
    "reason": "a session is on until 17:30",
    "spent_usd": "12.5",
    "budget_usd": "400",
    "evidence": ["the hub answers"],
}


@pytest.fixture
def event(make_event: Callable[..., Event]) -> Event:
    return make_event()


@pytest.fixture
def context(aws: Aws) -> EventContext:
    return EventContext(aws, "1", "watched", REGION, bucket=BUCKET, bucket_region=REGION, archive_days=1)


@pytest.fixture
def instance(context: EventContext) -> Iterator[str]:
    tags = [
        {
            "ResourceType": "instance",
            "Tags": [{"Key": EVENT_TAG, "Value": context.event}, {"Key": ROLE_TAG, "Value": HUB_ROLE}],
        }
    ]
    made = context.aws.call(
        "ec2", REGION, "run_instances", ImageId="ami-12c6146b", MinCount=1, MaxCount=1, TagSpecifications=tags
    )
    (instance,) = made["Instances"]
    yield instance["InstanceId"]
    context.aws.call("ec2", REGION, "terminate_instances", InstanceIds=[instance["InstanceId"]])


def state(context: EventContext, event: Event) -> str:
    return str(status(context, plan_of(event), now=NOW).facts["state"])


def test_a_hub_is_stopped_and_started(context: EventContext, event: Event, instance: str) -> None:
    assert state(context, event) == "running"
    assert stop(context, dry_run=True).text == f"watched: {instance} would be stopped"
    assert state(context, event) == "running"
    stop(context, dry_run=False)
    assert state(context, event) == "stopped"
    would = start(context, plan_of(event), now=NOW, dry_run=True).text
    assert would == f"watched: {instance} would be started, and has until 20:00 on 01 March, at least"
    assert state(context, event) == "stopped"
    assert "is being started, and has until 20:00" in start(context, plan_of(event), now=NOW, dry_run=False).text
    assert state(context, event) == "running"


def test_a_blind_aws_budget_is_named_in_the_status(context: EventContext, event: Event, instance: str) -> None:
    found = status(context, plan_of(event), now=NOW)

    assert found.facts["cost_tag"]["budget_counts"] is False
    assert "AWS budget: it does not see this event's costs, because the tag pophub:event is not active" in found.text


def test_a_stop_takes_back_the_word_of_the_start_before_it(context: EventContext, event: Event, instance: str) -> None:
    reports = BucketPrefix(context.aws, BUCKET, REGION, f"{REPORTS}/{context.event}")
    start(context, plan_of(event), now=NOW, dry_run=False)
    stop(context, dry_run=True)
    assert STARTED_FILE in reports.list()
    stop(context, dry_run=False)
    assert STARTED_FILE not in reports.list()


def test_a_start_leaves_word_for_the_hub_also_where_it_runs_already(
    context: EventContext, event: Event, instance: str
) -> None:
    reports = BucketPrefix(context.aws, BUCKET, REGION, f"{REPORTS}/{context.event}")
    reports.delete(STARTED_FILE)
    before = status(context, plan_of(event), now=NOW).facts["since"]
    start(context, plan_of(event), now=NOW, dry_run=True)
    assert STARTED_FILE not in reports.list()
    late = NOW + timedelta(hours=6)
    told = start(context, plan_of(event), now=late, dry_run=False)
    assert told.text == (
        f"watched: {instance} runs already, and has until 02:00 on 02 March, at least; "
        "but the schedule stops it at 01:30 on 02 March all the same: start it again after that"
    )
    assert datetime.fromisoformat(reports.get_json(STARTED_FILE)["at"]) == late
    assert status(context, plan_of(event), now=NOW).facts["since"] == before


def test_the_status_says_what_the_hub_said_and_what_it_costs(
    context: EventContext, event: Event, instance: str
) -> None:
    assert "the hub has not reported yet" in status(context, plan_of(event), now=NOW).text
    reports = BucketPrefix(context.aws, BUCKET, REGION, f"{REPORTS}/{context.event}")
    reports.put_json(WATCH_REPORT_FILE, SAID)
    outcome = status(context, plan_of(event), now=NOW)

    assert "it reported: keep, a session is on until 17:30" in outcome.text
    assert "spent: no figures yet; the budget is 400 USD" in outcome.text
    # as docs/costs.md has it
    assert (outcome.facts["usd_an_hour_running"], outcome.facts["usd_a_month_stopped"]) == ("2.092", "55.17")


def test_the_status_says_what_today_has_cost_and_what_the_event_so_far(
    context: EventContext, event: Event, instance: str, tmp_path: Path
) -> None:
    """As the report counts, from the copy of the meter in the bucket: two days of the finished event."""
    wednesday = datetime(2027, 3, 3, 23, 30, tzinfo=UTC)
    reports = BucketPrefix(context.aws, BUCKET, REGION, f"{REPORTS}/{context.event}")
    lines = finished.METER.read_bytes().splitlines(keepends=True)
    meter = tmp_path / METER_FILE
    meter.write_bytes(b"".join(it for it in lines if json.loads(it)["at"] < wednesday.isoformat()))
    reports.put(METER_FILE, meter.read_bytes())
    facts = status(context, plan_of(event), now=wednesday).facts
    whole = so_far(str(finished.EVENT), context.aws, [meter], now=wednesday, ask=False, names=False, gone=None)

    reports.call("delete_object", METER_FILE)

    assert Decimal(facts["usd_so_far"]) > 30
    assert 10 < Decimal(facts["usd_today"]) < Decimal(facts["usd_so_far"]) / 2
    assert whole.usd is not None
    assert abs(whole.usd - Decimal(facts["usd_so_far"])) < Decimal("0.01")


def test_once_says_what_would_be_decided_and_does_nothing(context: EventContext, event: Event, instance: str) -> None:
    reports = BucketPrefix(context.aws, BUCKET, REGION, f"{REPORTS}/{context.event}")
    launched = status(context, plan_of(event), now=NOW).facts["since"]
    # the lab's machine was started by the clock of this computer
    started = datetime.fromisoformat(launched)
    reports.put_json(WATCH_REPORT_FILE, SAID | {"at": started.isoformat()})
    found = once(context, plan_of(event), now=started + timedelta(minutes=5))
    assert (found.facts["action"], found.facts["rule"]) == ("keep", "started_by_hand")
    assert f"at {started.isoformat()} the hub reported: keep, a session is on" in found.text
    assert once(context, plan_of(event), now=started + timedelta(minutes=50)).facts["rule"] == "clock_is_doubtful"
    assert state(context, event) == "running"


def test_once_of_a_machine_that_is_off_says_when_it_starts(context: EventContext, event: Event, instance: str) -> None:
    stop(context, dry_run=False)

    assert once(context, plan_of(event), now=NOW).text == (
        "watched: the machine is stopped: the schedule starts it at 08:45 on 02 March"
    )
    reports = BucketPrefix(context.aws, BUCKET, REGION, f"{REPORTS}/{context.event}")
    reports.put(METER_FILE, finished.METER.read_bytes())
    poor = event.model_copy(update={"budget_usd": Decimal(1)})
    assert (
        "its budget is used up, so it stops again after each scheduled start"
        in once(context, plan_of(poor), now=NOW).text
    )
    reports.delete(METER_FILE)
    later = datetime(2027, 3, 20, tzinfo=UTC)
    assert once(context, plan_of(event), now=later).facts["reason"].endswith("no start is scheduled any more")


def test_a_wish_lies_in_the_bucket_where_the_hub_looks_for_it(context: EventContext, event: Event) -> None:
    reports = BucketPrefix(context.aws, BUCKET, REGION, f"{REPORTS}/{context.event}")
    dry: Outcome = keep(context, plan_of(event), "22:00", now=NOW, dry_run=True)
    assert "would be asked to stay on until 22:00 on 01 March" in dry.text
    assert KEEP_FILE not in reports.list()
    keep(context, plan_of(event), "22:00", now=NOW, dry_run=False)
    assert reports.get_json(KEEP_FILE) == {"until": "2027-03-01T22:00:00-08:00"}
    # 19:00 there: six o'clock is tomorrow's
    assert (
        keep(context, plan_of(event), "06:00", now=NOW, dry_run=True).facts["keep_until"] == "2027-03-02T06:00:00-08:00"
    )


def test_a_wish_that_something_goes_before_says_so(context: EventContext, event: Event, instance: str) -> None:
    def told(until: str, now: datetime = NOW) -> str:
        return keep(context, plan_of(event), until, now=now, dry_run=True).text

    reports = BucketPrefix(context.aws, BUCKET, REGION, f"{REPORTS}/{context.event}")
    reports.put_json(WATCH_REPORT_FILE, SAID)
    assert told("22:00").endswith("it reads the request within ten minutes, or one while it warns people")
    assert "but the schedule stops it at 01:30 on 02 March all the same" in told("06:00")
    assert "but the schedule stops it at 23:59 on 12 March" in told("01:00", datetime(2027, 3, 13, 4, tzinfo=UTC))
    reports.put_json(WATCH_REPORT_FILE, SAID | {"spent_usd": "400"})
    assert "but its budget is used up" in told("22:00")
    stop(context, dry_run=False)
    assert "but it is stopped, and this request does not start it" in told("22:00")


def test_what_is_no_time_of_day_is_refused(context: EventContext, event: Event) -> None:
    with pytest.raises(PophubError, match="'tonight' is not a time of day"):
        keep(context, plan_of(event), "tonight", now=NOW, dry_run=False)
