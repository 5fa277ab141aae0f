"""The event's file tells where its resources are; without one a region is enough."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lab.aws import ACCOUNT_ID
from lab.wait import wait_until
from pophub.aws.bucket import BucketPrefix
from pophub.aws.client import Aws
from pophub.aws.reports import GONE, reports
from pophub.core.contract import METER_FILE
from pophub.core.cost.records import Kind, Moment, as_line, of_hub, of_server
from pophub.core.errors import PophubError
from pophub.hub.archive.archive import archive
from pophub.organizer.event_context import EventContext, archive_of, event_context, is_archived, people_with_servers
from pophub.organizer.paths import EXAMPLE_EVENT
from tests.pophub import planted
from tests.pophub.planted import BUCKET, NOW, Forbidden


@pytest.fixture(autouse=True)
def _events(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "geo-past.yaml").write_text(EXAMPLE_EVENT.read_text().replace("2027-", "2021-"))
    monkeypatch.setenv("POPHUB_EVENTS", str(tmp_path))


def test_a_past_event_s_file_tells_everything(aws: Aws) -> None:
    context = event_context("geo-past", aws)

    assert (context.event, context.region, context.account_id) == ("geo-past", "us-west-2", ACCOUNT_ID)
    assert (context.domain, context.zone) == ("hub.geohackweek.example.org", "geohackweek.example.org")
    assert (context.archive_days, context.bucket) == (90, BUCKET)


@pytest.mark.parametrize(
    ("login", "accounts"),
    [
        ("github: {allow: [geohackweek]}", False),
        ("github: {allow: [geohackweek], create_users: true}", True),
        ("system: {create_users: true, admins: [ada]}", True),
        ("system: {admins: [ada]}", True),
    ],
)
def test_whether_homes_may_lie_on_the_machine_s_own_disk_follows_from_the_login(
    aws: Aws, tmp_path: Path, login: str, accounts: bool
) -> None:
    text = re.sub(r"^login:\n( .*\n)+", f"login:\n  {login}\n", EXAMPLE_EVENT.read_text(), count=1, flags=re.MULTILINE)
    (tmp_path / "geo-accounts.yaml").write_text(text)

    assert event_context("geo-accounts", aws).accounts is accounts
    assert event_context("geo-accounts", aws, region="us-west-2").accounts is True, "nobody knows"


def test_without_its_file_the_region_is_enough(aws: Aws) -> None:
    context = event_context("lost", aws, region="eu-west-3")

    assert (context.event, context.region, context.domain, context.archive_days) == ("lost", "eu-west-3", "", 90)


def test_without_file_and_region_the_way_is_told(aws: Aws) -> None:
    with pytest.raises(PophubError) as refused:
        event_context("lost", aws)

    assert "--region" in refused.value.hint


@pytest.mark.parametrize("name", ["account", "Geo", "g*", "", "a" * 40])
def test_what_is_no_event_s_name_is_refused(aws: Aws, name: str) -> None:
    with pytest.raises(PophubError, match="is not the name of an event"):
        event_context(name, aws, region="us-west-2")


def test_an_event_is_archived_when_its_archive_is_verified(aws: Aws, tmp_path: Path) -> None:
    context = event_context("geo-past", aws)
    (tmp_path / "homes" / "ada").mkdir(parents=True)

    assert not is_archived(context)

    archive(archive_of(context), tmp_path / "homes", now=NOW)
    assert is_archived(context)


def test_without_a_bucket_nothing_is_archived(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pophub.organizer.event_context.load_account", lambda path: NoBucket())

    assert not is_archived(event_context("geo-past", aws))


class NoBucket:
    """An account that was never deployed."""

    bucket, region = "no-such-bucket", "us-west-2"


def note_servers(context: EventContext, *users: str) -> None:
    """As the hub's watch puts it into the bucket."""
    records = [of_hub(Kind.START, Moment(NOW, "boot", 0), machine="m7i.large", disk_gib=10)]
    for number, user in enumerate(users):
        records.append(of_server(Kind.SERVER_START, Moment(NOW, "boot", number), user, str(number), started=NOW))
    reports(context.aws, context.bucket, context.bucket_region, context.event).put(
        METER_FILE, b"".join(map(as_line, records))
    )


def test_each_person_counts_once(aws: Aws) -> None:
    context = planted.event_context(aws, "metered")
    note_servers(context, "ada", "grace", "ada")

    assert people_with_servers(context) == 2


def test_a_hub_that_nobody_came_to_has_nobody(aws: Aws) -> None:
    context = planted.event_context(aws, "metered-empty")
    note_servers(context)

    assert people_with_servers(context) == 0


def test_without_a_meter_nobody_is_known(aws: Aws) -> None:
    assert people_with_servers(planted.event_context(aws, "metered-never")) == 0
    note_servers(planted.event_context(aws, "metered-hidden"), "ada")
    assert people_with_servers(planted.event_context(Forbidden("GetObject"), "metered-hidden")) == 0


def test_the_meter_of_an_event_that_is_destroyed_says_nothing_of_the_next_one(aws: Aws) -> None:
    context = planted.event_context(aws, "metered-again")
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
