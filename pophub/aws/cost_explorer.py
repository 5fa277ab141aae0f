"""Cost Explorer: what AWS has billed under an event's tag. Each page costs one cent; a refusal becomes a note."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from pophub.aws.client import Aws, AwsRefusal
from pophub.aws.cost_tag import DENIED_CODES, REGION, read_cost_tag
from pophub.core.contract import EVENT_TAG
from pophub.core.cost.billed import COVERED, USAGE, Billed, billed_from
from pophub.core.errors import PophubError

THROTTLED = {"ThrottlingException", "LimitExceededException", "RequestLimitExceeded", "TooManyRequestsException"}
# more than any event needs: 13 months of 50 usage types
MOST_PAGES = 100
# https://docs.aws.amazon.com/cost-management/latest/userguide/ce-exploring-data.html: daily figures for 14 months at
# most
LONGEST = timedelta(days=13 * 30)


def ask(aws: Aws, event: str, first: date, last: date, *, as_of: datetime) -> Billed:
    """What was billed from the first to the last day, both included. If AWS returns nothing, the notes say why."""
    pages: list[dict[str, Any]] = []
    asked, earliest = _Counted(aws), last - LONGEST
    try:
        pages += _pages(asked, event, max(first, earliest), last)
        notes = (
            []
            if any(result.get("Groups") for page in pages for result in page["ResultsByTime"])
            else [_why_empty(asked, event, as_of)]
        )
    except PophubError as refusal:
        pages, notes = [], [_why_refused(refusal)]
    if first < earliest:
        notes.append(
            f"AWS tells no day that is more than a year ago: what it billed before {earliest} is not known here"
        )
    return billed_from(pages, as_of=as_of, requests=asked.requests, notes=notes)


class _Counted:
    """Calls Cost Explorer and counts the answered requests, which AWS bills."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        self.requests = 0

    def call(self, service: str, region: str, operation: str, **arguments: Any) -> dict[str, Any]:
        answer = self._aws.call(service, region, operation, **arguments)
        self.requests += 1
        return answer


def _pages(asked: _Counted, event: str, first: date, last: date) -> Iterator[dict[str, Any]]:
    question: dict[str, Any] = {
        # the end is exclusive
        "TimePeriod": {"Start": first.isoformat(), "End": (last + timedelta(days=1)).isoformat()},
        "Granularity": "DAILY",
        "Metrics": ["UnblendedCost", "UsageQuantity"],
        "GroupBy": [{"Type": "DIMENSION", "Key": "RECORD_TYPE"}, {"Type": "DIMENSION", "Key": "USAGE_TYPE"}],
        # only usage, however it is paid for: credits, taxes, support and commitments belong to the whole account
        "Filter": {
            "And": [
                {"Tags": {"Key": EVENT_TAG, "Values": [event]}},
                {"Dimensions": {"Key": "RECORD_TYPE", "Values": [USAGE, *COVERED]}},
            ]
        },
    }
    for _ in range(MOST_PAGES):
        page = asked.call("ce", REGION, "get_cost_and_usage", **question)
        yield page
        token = page.get("NextPageToken")
        if not token:
            return
        question["NextPageToken"] = token
    raise PophubError(f"Cost Explorer's answer has more than {MOST_PAGES} pages")


def _why_empty(asked: _Counted, event: str, now: datetime) -> str:
    tag = read_cost_tag(asked, now=now)
    if tag.counts:
        return "AWS has billed nothing under the event's tag yet: its figures come up to a day late"
    return (
        f"AWS has billed nothing under the event's tag. {tag.sentence(event)} What was spent before can be counted "
        "afterwards (Cost allocation tags → Backfill tags)"
    )


def _why_refused(refusal: PophubError) -> str:
    code = refusal.aws_code if isinstance(refusal, AwsRefusal) else ""
    if code in THROTTLED:
        return "Cost Explorer is busy: the same command again in some minutes"
    if code in DENIED_CODES:
        return (
            "these credentials may not ask Cost Explorer: they need ce:GetCostAndUsage, and in a member account the payer "
            "must allow linked accounts (Billing → Cost Management preferences)"
        )
    if code == "DataUnavailableException":
        return "Cost Explorer has no data yet: it takes a day after it was first opened"
    return f"Cost Explorer could not be asked: {refusal.sentence}"
