"""Cost Explorer, as it answers, and as it does not: the report goes on, and says what to do."""

from __future__ import annotations

import json
import urllib.request
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from lab.aws import LabAws
from pophub.aws.client import Aws, AwsRefusal
from pophub.aws.cost_explorer import MOST_PAGES, ask
from pophub.core.contract import EVENT_TAG
from pophub.core.cost.billed import Billed
from pophub.core.errors import PophubError
from tests.pophub.core.cost.test_billed import group, page
from tests.pophub.planted import Forbidden

NOW = datetime(2027, 3, 10, 15, tzinfo=UTC)
FIRST, LAST = date(2027, 3, 1), date(2027, 3, 9)


class Answers(Aws):
    """An AWS that answers in turn, and notes what it was asked."""

    def __init__(self, *answers: dict[str, Any] | PophubError) -> None:
        super().__init__()
        self._answers = list(answers)
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def call(self, service: str, region: str, operation: str, **arguments: Any) -> dict[str, Any]:
        assert (service, region) == ("ce", "us-east-1")
        self.asked.append((operation, dict(arguments)))
        answer = self._answers.pop(0)
        if isinstance(answer, PophubError):
            raise answer
        return answer


def _ask(aws: Aws) -> Billed:
    return ask(aws, "geo-hackweek", FIRST, LAST, as_of=NOW)


def test_every_page_is_asked_for_and_paid_for() -> None:
    answers = Answers(
        page("2027-03-01", group("a", "1")) | {"NextPageToken": "more"}, page("2027-03-02", group("a", "2"))
    )
    found = _ask(answers)

    assert (found.amount, found.requests, found.fee, found.notes) == (3, 2, Decimal("0.02"), ())
    assert [arguments.get("NextPageToken") for _, arguments in answers.asked] == [None, "more"]


def test_it_is_asked_for_the_events_own_usage_in_days() -> None:
    answers = Answers(page("2027-03-01", group("a", "1")))
    _ask(answers)
    [(operation, question)] = answers.asked

    assert operation == "get_cost_and_usage"
    # the last day is included, and AWS's end is not
    assert question["TimePeriod"] == {"Start": "2027-03-01", "End": "2027-03-10"}
    assert {"Tags": {"Key": EVENT_TAG, "Values": ["geo-hackweek"]}} in question["Filter"]["And"]
    kinds = ["Usage", "SavingsPlanCoveredUsage", "DiscountedUsage"]
    assert {"Dimensions": {"Key": "RECORD_TYPE", "Values": kinds}} in question["Filter"]["And"]


def test_it_is_not_asked_for_more_than_aws_tells() -> None:
    answers = Answers(page("2027-03-01", group("a", "1")))
    found = ask(answers, "geo-hackweek", date(1970, 1, 1), LAST, as_of=NOW)

    assert answers.asked[0][1]["TimePeriod"] == {"Start": "2026-02-12", "End": "2027-03-10"}
    assert found.notes == (
        "AWS tells no day that is more than a year ago: what it billed before 2026-02-12 is not known here",
    )
    assert found.amount == 1


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        (AwsRefusal("ce", "ThrottlingException", "slow down"), "the same command again in some minutes"),
        (AwsRefusal("ce", "LimitExceededException", "slow down"), "the same command again in some minutes"),
        (AwsRefusal("ce", "AccessDeniedException", "no"), "ce:GetCostAndUsage"),
        (AwsRefusal("ce", "DataUnavailableException", "no"), "it takes a day after it was first opened"),
        (PophubError("there are no AWS credentials"), "could not be asked: there are no AWS credentials"),
        (PophubError("no network", hint="is it up?"), "could not be asked: no network; next: is it up?"),
    ],
)
def test_a_refusal_is_a_note_and_no_figure(refusal: PophubError, told: str) -> None:
    found = _ask(Answers(refusal))

    assert (found.lines, found.requests) == ((), 0)
    assert told in found.notes[0]


def test_half_an_answer_is_none() -> None:
    first = page("2027-03-01", group("a", "1")) | {"NextPageToken": "more"}
    found = _ask(Answers(first, AwsRefusal("ce", "ThrottlingException", "slow down")))

    assert (found.lines, found.requests) == ((), 1)


def test_an_answer_that_never_ends_is_given_up() -> None:
    endless = page("2027-03-01", group("a", "1")) | {"NextPageToken": "more"}
    found = _ask(Answers(*[endless] * (MOST_PAGES + 1)))

    assert found.lines == ()
    assert "more than 100 pages" in found.notes[0]


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        ({"CostAllocationTags": [{"TagKey": EVENT_TAG, "Status": "Active"}]}, "come up to a day late"),
        (
            {"CostAllocationTags": [{"TagKey": EVENT_TAG, "Status": "Inactive"}]},
            "`pophub deploy geo-hackweek` activates it",
        ),
        ({"CostAllocationTags": []}, "has not reached AWS Billing yet"),
        (AwsRefusal("ce", "AccessDeniedException", "no"), "cannot be managed with these credentials"),
    ],
)
def test_where_nothing_was_billed_it_is_told_why(tags: dict[str, Any] | PophubError, told: str) -> None:
    found = _ask(Answers({"ResultsByTime": []}, tags))

    assert found.lines == ()
    assert told in found.notes[0]


def test_the_lab_aws_answers_as_aws_does(lab_aws: LabAws, aws: Aws) -> None:
    results = [
        {"TimePeriod": {"Start": "2027-03-01", "End": "2027-03-02"}, "Groups": [group("a", "4.2")], "Estimated": True}
    ]
    queued = json.dumps({"results": [{"ResultsByTime": results}]}).encode()
    request = urllib.request.Request(f"{lab_aws.url}/moto-api/static/ce/cost-and-usage-results", queued, method="POST")
    urllib.request.urlopen(request).close()

    assert ask(aws, "billed-event", FIRST, LAST, as_of=NOW).amount == Decimal("4.2")
    assert "is not active" in ask(aws, "another-event", FIRST, LAST, as_of=NOW).notes[0]


def test_what_aws_denies_comes_through_boto_as_a_note(aws: Aws) -> None:
    found = _ask(Forbidden("GetCostAndUsage", code="AccessDeniedException"))

    assert "ce:GetCostAndUsage" in found.notes[0]
