"""What an organizer sees of the workers from the laptop, with machines in the lab AWS."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from lab.plans import plan_of
from pophub.aws.bucket import BucketPrefix
from pophub.aws.client import Aws
from pophub.core.contract import EVENT_TAG, HUB_ROLE, REPORTS, ROLE_TAG, WATCH_REPORT_FILE, WORKER_ROLE
from pophub.organizer.event.event import Event
from pophub.organizer.event_context import EventContext
from pophub.organizer.running.cost_watch import status
from pophub.organizer.running.workers_view import as_lines, workers_view
from tests.pophub.organizer.running.test_cost_watch import NOW, SAID
from tests.pophub.planted import BUCKET, REGION

TYPE = "r7i.2xlarge"


@pytest.fixture
def context(aws: Aws) -> EventContext:
    return EventContext(aws, "1", "crowded", REGION, bucket=BUCKET, bucket_region=REGION, archive_days=1)


@pytest.fixture
def worker(context: EventContext) -> Iterator[str]:
    yield from _started(context, WORKER_ROLE)


@pytest.fixture
def hub(context: EventContext) -> Iterator[str]:
    yield from _started(context, HUB_ROLE)


def _started(context: EventContext, role: str) -> Iterator[str]:
    tags = [{"Key": EVENT_TAG, "Value": context.event}, {"Key": ROLE_TAG, "Value": role}]
    made = context.aws.call(
        "ec2", REGION, "run_instances", ImageId="ami-12c6146b", InstanceType=TYPE, MinCount=1, MaxCount=1,
        TagSpecifications=[{"ResourceType": "instance", "Tags": tags}],
    )  # fmt: skip
    id_ = made["Instances"][0]["InstanceId"]
    yield id_
    context.aws.call("ec2", REGION, "terminate_instances", InstanceIds=[id_])


def _said(worker: str, **more: object) -> dict[str, object]:
    told = {
        "id": worker, "type": TYPE, "market": "on-demand", "usd_an_hour": "0.5", "born": SAID["at"], "state": "ready",
        "availability": "active", "servers": 12, "slots": 15, "clock_off": None,
        "notice": None,
    }  # fmt: skip
    return {**SAID, "workers": {"at": SAID["at"], "wanted": 1, "pending": 0, "workers": [told | more]}}


def test_a_worker_is_seen_with_what_the_hub_says_of_it(
    context: EventContext, make_event: Callable[..., Event], worker: str
) -> None:
    tariff = plan_of(make_event()).prices.tariff
    view = workers_view(context, _said(worker), tariff)
    (machine,) = view["machines"]
    first, second = as_lines(view)

    assert (machine["id"], machine["type"], machine["market"]) == (worker, TYPE, "on-demand")
    assert (machine["state"], machine["hub_state"], machine["servers"], machine["slots"]) == (
        "running",
        "ready",
        12,
        15,
    )
    around = 40 * tariff.disk_usd_a_gib_hour + tariff.address_usd_an_hour
    assert view["usd_an_hour"] == f"{around + 1 / type(around)(2):.3f}"
    assert first == f"workers: 1, 1 wanted, {view['usd_an_hour']} USD an hour together"
    assert second == f"  {worker} {TYPE} on-demand: running since {machine['since']}, ready, 12 of 15 servers"


def test_what_is_wrong_with_workers_is_said(
    context: EventContext, make_event: Callable[..., Event], worker: str
) -> None:
    said = _said(worker, availability="pause", notice=40, clock_off=-10_800)
    told = said["workers"]
    assert isinstance(told, dict)
    told |= {
        "wanted": 3,
        "pending": 2,
        "trouble": "Could not launch Spot Instances. UnfulfillableCapacity - Unable to fulfill capacity.",
    }
    view = workers_view(context, said, plan_of(make_event()).prices.tariff)
    first, trouble, each = as_lines(view)

    assert first.endswith("; 2 servers wait for room")
    assert trouble.startswith("  AWS started no worker: AWS has no spot instance of the workers' types free")
    assert [*as_lines({**view, "trouble": "the moon"})][1] == "  AWS started no worker: the moon"
    told["bad"] = {"worker_never_joined": "noon", "worker_s_clock_is_wrong": "one", "of_a_newer_hub": "two"}
    bad = [*as_lines(workers_view(context, said, plan_of(make_event()).prices.tariff))][2:5]
    assert bad[0].startswith(
        "  at noon the hub ended a worker that had not joined it ten minutes after its start; next: "
    )
    assert bad[1].startswith("  at one the hub ended a worker that had a clock that was wrong by more than a quarter")
    assert bad[2] == "  at two the hub ended a worker that of_a_newer_hub"
    assert each.endswith(
        "ready, takes no new servers, 12 of 15 servers, its clock is 180 minutes behind the hub's, AWS takes it back"
    )


def test_a_worker_of_which_the_hub_said_nothing_has_the_list_price(
    context: EventContext, make_event: Callable[..., Event], worker: str
) -> None:
    tariff = plan_of(make_event()).prices.tariff
    for said in (None, SAID, _said(worker, usd_an_hour="cheap")):
        view = workers_view(context, said, tariff)
        assert view["usd_an_hour"] == f"{sum(tariff.worker(tariff.machines[TYPE].usd_an_hour).values()):.3f}"
    (machine,) = workers_view(context, None, tariff)["machines"]
    assert (machine["servers"], machine["hub_state"]) == (None, None)


def test_the_status_of_an_event_with_workers_has_them(
    context: EventContext, make_event: Callable[..., Event], hub: str, worker: str
) -> None:
    reports = BucketPrefix(context.aws, BUCKET, REGION, f"{REPORTS}/{context.event}")
    plain = status(context, plan_of(make_event()), now=NOW)
    assert "workers" not in plain.facts
    assert "worker" not in plain.text
    reports.put_json(WATCH_REPORT_FILE, _said(worker))
    found = status(context, plan_of(make_event()), now=NOW)

    assert json.loads(json.dumps(found.facts))["workers"]["machines"][0]["id"] == worker
    assert "12 of 15 servers" in found.text
    assert found.facts["instance"] == hub
