"""What is left, as people and programs read it; unknown is never told as nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pophub.core.errors import ExitCode
from pophub.organizer.leftovers.render import as_json, as_text, exit_code
from pophub.organizer.leftovers.resource import Findings, Resource, Unseen

SNAPSHOT = Resource("snapshot", "snap-1", Decimal("30.2"), "604 GiB, so at most", True, date(2027, 6, 10))
BUCKET = Resource("bucket", "s3://bucket/archive/geo/", Decimal("0.114"), "3 objects, 5.00 GB")
OTHER = Resource("other", "arn:aws:sqs:r:1:q", None)
DENIED = Unseen("role", "iam list_roles: AccessDenied: no")


def _findings(*left: Resource, unseen: tuple[Unseen, ...] = ()) -> Findings:
    return Findings("geo", "us-west-2", left, (BUCKET,), unseen)


def test_nothing_left_is_said_in_one_line() -> None:
    assert as_text(_findings()).splitlines()[-1] == "geo in us-west-2: 0 left, $0.00 a month"
    assert exit_code(_findings()) is ExitCode.DONE


def test_each_thing_has_its_price_and_its_last_day() -> None:
    assert as_text(_findings(SNAPSHOT)).splitlines() == [
        "snapshot            30.20 USD  snap-1; 604 GiB, so at most; to be removed by 2027-06-10",
        "bucket               0.11 USD  s3://bucket/archive/geo/; 3 objects, 5.00 GB; stays",
        "geo in us-west-2: 1 left, $30.20 a month",
    ]
    assert exit_code(_findings(SNAPSHOT)) is ExitCode.FIX


def test_what_is_not_known_is_said() -> None:
    text = as_text(_findings(OTHER, unseen=(DENIED,)), [(OTHER, "no")])

    assert "not known  arn:aws:sqs:r:1:q" in text
    assert "could not remove other arn:aws:sqs:r:1:q: no" in text
    assert "could not look at each role: iam list_roles: AccessDenied: no" in text
    assert text.endswith("at least 1 left, at least $0.00 a month; not everything could be looked at")
    assert exit_code(_findings(unseen=(DENIED,))) is ExitCode.REFUSED


def test_a_program_gets_the_same() -> None:
    told = as_json(_findings(SNAPSHOT, OTHER, unseen=(DENIED,)), [(OTHER, "no")])

    assert (told["usd_a_month"], told["clean"]) == ("30.20", False)
    assert [resource["usd_a_month"] for resource in told["left"]] == ["30.20", None]
    assert told["left"][0]["remove_by"] == "2027-06-10"
    assert [len(told[key]) for key in ("kept", "not_removed", "not_looked_at")] == [1, 1, 1]
