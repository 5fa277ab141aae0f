"""The meter in the bucket tells how many had servers; without one, or with an earlier event's, nobody is known."""

from __future__ import annotations

from lab.wait import wait_until
from pophub.aws.bucket import BucketPrefix
from pophub.aws.client import Aws
from pophub.aws.reports import GONE, reports
from pophub.core.contract import METER_FILE
from pophub.core.cost.records import Kind, Moment, as_line, of_hub, of_server
from pophub.organizer.destroy.metered_people import people_with_servers
from pophub.organizer.event_context import EventContext
from tests.pophub.planted import NOW, Forbidden, event_context


def note_servers(context: EventContext, *users: str) -> None:
    """As the hub's watch puts it into the bucket."""
    records = [of_hub(Kind.START, Moment(NOW, "boot", 0), machine="m7i.large", disk_gib=10)]
    for number, user in enumerate(users):
        records.append(of_server(Kind.SERVER_START, Moment(NOW, "boot", number), user, str(number), started=NOW))
    reports(context.aws, context.bucket, context.bucket_region, context.event).put(
        METER_FILE, b"".join(map(as_line, records))
    )


def test_each_person_counts_once(aws: Aws) -> None:
    context = event_context(aws, "metered")
    note_servers(context, "ada", "grace", "ada")

    assert people_with_servers(context) == 2


def test_a_hub_that_nobody_came_to_has_nobody(aws: Aws) -> None:
    context = event_context(aws, "metered-empty")
    note_servers(context)

    assert people_with_servers(context) == 0


def test_without_a_meter_nobody_is_known(aws: Aws) -> None:
    assert people_with_servers(event_context(aws, "metered-never")) == 0
    note_servers(event_context(aws, "metered-hidden"), "ada")
    assert people_with_servers(event_context(Forbidden("GetObject"), "metered-hidden")) == 0


def test_the_meter_of_an_event_that_is_destroyed_says_nothing_of_the_next_one(aws: Aws) -> None:
    context = event_context(aws, "metered-again")
    note_servers(context, "ada")
    there = reports(aws, context.bucket, context.bucket_region, context.event)
    # the bucket tells whole seconds
    wait_until(lambda: there.put_json(GONE, {}) and _is_later(there, GONE, METER_FILE), 10, "the event is gone")
    assert people_with_servers(context) == 0

    wait_until(
        lambda: note_servers(context, "grace", "carol") or _is_later(there, METER_FILE, GONE),
        10,
        "the next one is heard",
    )
    assert people_with_servers(context) == 2


def _is_later(there: BucketPrefix, one: str, other: str) -> bool:
    moments = [there.call("head_object", key)["LastModified"] for key in (one, other)]
    return bool(moments[0] > moments[1])
