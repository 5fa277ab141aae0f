"""What lies in the bucket of an event: a meter with its age, whether the hub is gone, in the lab AWS."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pophub.aws.bucket import MIB, BucketPrefix
from pophub.aws.client import Aws
from pophub.aws.reports import GONE, meter, note_that_it_is_gone, reports, settings
from pophub.core.contract import METER_FILE, WATCH_SETTINGS_FILE
from pophub.core.errors import PophubError
from tests.pophub.planted import BUCKET, REGION


@pytest.fixture
def there(aws: Aws) -> Iterator[BucketPrefix]:
    found = reports(aws, BUCKET, REGION, "reported")
    yield found
    for key in found.list():
        found.call("delete_object", key)


def test_a_meter_comes_line_by_line_with_its_age(there: BucketPrefix) -> None:
    lines = [b"a" * 700_000, b"", b"b" * MIB, b"c"]
    there.put(METER_FILE, b"\n".join(lines))
    copy = meter(there)

    assert list(copy.lines) == lines
    assert copy.heard == there.call("head_object", METER_FILE)["LastModified"]
    assert copy.gone is None


def test_without_a_meter_there_is_no_copy(there: BucketPrefix) -> None:
    with pytest.raises(PophubError):
        meter(there)


def test_a_hub_that_is_gone_is_gone_until_another_one_notes_something(there: BucketPrefix) -> None:
    note_that_it_is_gone(there)
    assert GONE not in there.list(), "a hub that never was is not gone"

    there.put(METER_FILE, b"")
    note_that_it_is_gone(there)
    assert GONE in there.list()


def test_what_the_hub_says_of_itself_may_be_missing_or_damaged(there: BucketPrefix) -> None:
    assert settings(there) is None
    there.put(WATCH_SETTINGS_FILE, b"[")
    assert settings(there) is None
    there.put_json(WATCH_SETTINGS_FILE, {"meter": None})
    assert settings(there) == {"meter": None}
