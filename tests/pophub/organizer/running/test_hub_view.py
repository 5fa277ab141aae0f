"""What the laptop can see of a hub that is not there, or has said nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pophub.aws.client import Aws
from pophub.core.contract import WATCH_REPORT_FILE
from pophub.core.errors import PophubError
from pophub.organizer.event_context import EventContext
from pophub.organizer.running.hub_view import last_report, require_hub_instance
from tests.pophub.planted import BUCKET, REGION


@pytest.fixture
def context(aws: Aws) -> EventContext:
    return EventContext(aws, "1", "unseen", REGION, bucket=BUCKET, bucket_region=REGION, archive_days=1)


def test_an_event_without_a_machine_is_told(context: EventContext) -> None:
    with pytest.raises(PophubError, match="unseen has no machine in us-west-2"):
        require_hub_instance(context)


def test_a_hub_has_said_nothing_where_there_is_no_word_or_no_bucket(context: EventContext) -> None:
    assert last_report(context) is None
    assert last_report(replace(context, bucket="no-such-bucket-of-anybody")) is None
    context.reports.put_json(WATCH_REPORT_FILE, {"action": "keep"})
    assert last_report(context) == {"action": "keep"}
