"""The cost tag, in accounts of several kinds: when an AWS budget counts, and what an organizer does until then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lab.account_kinds import INSTITUTION, NEW, ORDINARY, AccountKind
from lab.aws import LabAws
from pophub.aws.bucket import BucketPrefix
from pophub.aws.client import Aws, AwsRefusal
from pophub.aws.cost_tag import NOTE, CostTag, TagState, activate_cost_tag, read_cost_tag, watched_cost_tag
from pophub.core.contract import EVENT_TAG
from tests.pophub.planted import BUCKET, REGION

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
OPENED = AccountKind(name="new, Cost Explorer opened", cost_tag_seen=False)


@contextmanager
def lab(folder: Path, kind: AccountKind) -> Iterator[tuple[LabAws, Aws]]:
    with LabAws(folder, kind) as running:
        yield running, running.as_scripts_see_it()


class Answers(Aws):
    """An AWS that gives one answer after the other."""

    def __init__(self, *answers: dict[str, Any] | AwsRefusal) -> None:
        super().__init__()
        self._answers = list(answers)

    def call(self, service: str, region: str, operation: str, **arguments: Any) -> dict[str, Any]:
        answer = self._answers.pop(0)
        if isinstance(answer, AwsRefusal):
            raise answer
        return answer


def test_a_tag_that_billing_has_not_seen_is_activated_by_the_next_deploy(tmp_path: Path) -> None:
    with lab(tmp_path, OPENED) as (running, aws):
        first = activate_cost_tag(aws, now=NOW)
        running.bill(EVENT_TAG)
        second = activate_cost_tag(aws, now=NOW)

    assert (first.state, first.counts) == (TagState.UNSEEN, False)
    assert "`pophub deploy geo` after 2027-03-02 09:00 UTC activates it" in first.sentence("geo")
    assert second.state is TagState.ACTIVE


def test_it_is_read_as_inactive_until_somebody_activates_it(tmp_path: Path) -> None:
    with lab(tmp_path, ORDINARY) as (_, aws):
        assert read_cost_tag(aws, now=NOW).state is TagState.INACTIVE
        activate_cost_tag(aws, now=NOW)
        assert read_cost_tag(aws, now=NOW).state is TagState.ACTIVE


@pytest.mark.parametrize(
    ("kind", "state", "remedy"),
    [
        (NEW, TagState.COST_EXPLORER_OFF, "Open it once (Billing and Cost Management → Cost Explorer)"),
        (INSTITUTION, TagState.PAYER_ONLY, "Ask its owner: Billing and Cost Management → Cost allocation tags"),
    ],
)
def test_an_account_that_may_not_activate_it_says_who_does_what(
    tmp_path: Path, kind: AccountKind, state: TagState, remedy: str
) -> None:
    with lab(tmp_path, kind) as (_, aws):
        found = [ask(aws, now=NOW) for ask in (activate_cost_tag, read_cost_tag)]

    assert [tag.state for tag in found] == [state, state]
    assert remedy in found[0].sentence("geo")
    assert "only the hub's own cost-watch keeps the budget" in found[0].sentence("geo")


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ({"Errors": [{"TagKey": EVENT_TAG, "Code": "TagKeyNotFound", "Message": "unknown"}]}, TagState.UNSEEN),
        (AwsRefusal("ce", "AccessDeniedException", "User x may not ce:Update…"), TagState.DENIED),
        (AwsRefusal("ce", "ThrottlingException", "Rate exceeded"), TagState.UNKNOWN),
        (AwsRefusal("ce", "Unreachable", "Connection refused"), TagState.UNKNOWN),
    ],
)
def test_other_answers_are_never_taken_for_an_active_tag(answer: dict[str, Any] | AwsRefusal, state: TagState) -> None:
    inactive = {"CostAllocationTags": [{"TagKey": EVENT_TAG, "Status": "Inactive"}]}
    found = activate_cost_tag(Answers(inactive, answer), now=NOW)

    assert (found.state, found.counts) == (state, False)
    assert found.detail in found.sentence("geo") or state is TagState.UNSEEN


def test_an_active_tag_is_not_activated_again() -> None:
    since = "2027-02-01T00:00:00Z"
    active = {"CostAllocationTags": [{"TagKey": EVENT_TAG, "Status": "Active", "LastUpdatedDate": since}]}

    assert activate_cost_tag(Answers(active), now=NOW).counts


def test_a_fresh_activation_counts_a_day_later() -> None:
    fresh = CostTag(TagState.ACTIVE, NOW, since=NOW - timedelta(hours=3))

    assert not fresh.counts
    assert "It counts from about 2027-03-02 06:00 UTC" in fresh.sentence("geo")
    assert CostTag(TagState.ACTIVE, NOW, since=NOW - timedelta(hours=24)).counts


def test_a_tag_that_counts_is_asked_for_once_a_week(tmp_path: Path) -> None:
    since = "2027-02-01T00:00:00Z"
    active = {"CostAllocationTags": [{"TagKey": EVENT_TAG, "Status": "Active", "LastUpdatedDate": since}]}
    with lab(tmp_path, ORDINARY) as (running, aws):
        running.client("s3", REGION).create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        bucket = BucketPrefix(aws, BUCKET, REGION, "account")
        first = watched_cost_tag(Answers(active), bucket, now=NOW)
        again = watched_cost_tag(Answers(), bucket, now=NOW)
        noted = bucket.list()
        deactivated = {"CostAllocationTags": [{"TagKey": EVENT_TAG, "Status": "Inactive"}]}
        later = watched_cost_tag(Answers(deactivated), bucket, now=NOW + timedelta(days=8))

    assert first.counts
    assert again == first
    assert set(noted) == {NOTE}
    assert later.state is TagState.INACTIVE


def test_without_a_bucket_it_is_asked_for_each_time(tmp_path: Path) -> None:
    with lab(tmp_path, ORDINARY) as (_, aws):
        bucket = BucketPrefix(aws, BUCKET, REGION, "account")

        assert watched_cost_tag(aws, bucket, now=NOW).state is TagState.INACTIVE
