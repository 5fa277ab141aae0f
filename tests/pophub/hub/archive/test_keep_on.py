"""The hub stays on for an archive: for hours, not for ever, and never shorter than somebody wished."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pophub.aws.bucket import BucketPrefix
from pophub.aws.client import Aws
from pophub.core.contract import KEEP_FILE, REPORTS
from pophub.hub.archive.keep_on import keep_on
from tests.pophub.planted import BUCKET, REGION

NOW = datetime(2027, 3, 12, 18, tzinfo=UTC)


@pytest.fixture
def reports(aws: Aws, request: pytest.FixtureRequest) -> BucketPrefix:
    return BucketPrefix(aws, BUCKET, REGION, f"{REPORTS}/{request.node.name}")


def _until(reports: BucketPrefix) -> datetime:
    return datetime.fromisoformat(reports.get_json(KEEP_FILE)["until"])


def test_it_is_wished_for_some_hours_and_anew_while_it_goes_on(reports: BucketPrefix) -> None:
    keep_on(reports, NOW)
    assert _until(reports) == NOW + timedelta(hours=3)

    keep_on(reports, NOW + timedelta(minutes=29))
    assert _until(reports) == NOW + timedelta(hours=3)

    keep_on(reports, NOW + timedelta(minutes=31))
    assert _until(reports) == NOW + timedelta(hours=3, minutes=31)


def test_a_longer_wish_stays(reports: BucketPrefix) -> None:
    reports.put_json(KEEP_FILE, {"until": (NOW + timedelta(hours=9)).isoformat()})
    keep_on(reports, NOW)

    assert _until(reports) == NOW + timedelta(hours=9)


@pytest.mark.parametrize("spoilt", [{}, {"until": "soon"}, {"until": None}, {"until": "2027-03-13T09:00:00"}])
def test_a_wish_that_nobody_understands_is_none(reports: BucketPrefix, spoilt: dict[str, object]) -> None:
    reports.put_json(KEEP_FILE, spoilt)
    keep_on(reports, NOW)

    assert _until(reports) == NOW + timedelta(hours=3)
