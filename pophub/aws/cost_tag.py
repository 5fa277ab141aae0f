"""The cost-allocation tag `pophub:event`: AWS Billing must know it and have it active before an AWS Budget counts anything.

A new tag can be activated only after Billing has seen a charge with it, up to 24 hours after the first deployment, and
it counts up to 24 hours after that: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html
Terraform cannot wait that long, so every deployment requests it by one call. Each answered request costs one cent.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from pophub.aws.bucket import BucketPrefix
from pophub.aws.client import AwsRefusal
from pophub.core.contract import EVENT_TAG
from pophub.core.errors import PophubError

# https://docs.aws.amazon.com/cost-management/latest/userguide/ce-api.html: the only endpoint
REGION = "us-east-1"
BILLING_DELAY = timedelta(hours=24)
CONSOLE = "Billing and Cost Management → Cost allocation tags"
# all events of an account share one tag, so its state is noted once in the bucket
NOTE = "cost-tag.json"
# the payer may deactivate the tag at any time, and asking costs a cent
ASKED_AGAIN_AFTER = timedelta(days=7)
MINUTES = "%Y-%m-%d %H:%M"


class Caller(Protocol):
    """An `Aws`, or an object that counts its calls."""

    def call(self, service: str, region: str, operation: str, **arguments: Any) -> dict[str, Any]: ...


class TagState(StrEnum):
    """The state of the tag in Billing."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    UNSEEN = "unseen"
    PAYER_ONLY = "payer_only"
    COST_EXPLORER_OFF = "cost_explorer_off"
    DENIED = "denied"
    UNKNOWN = "unknown"


# a part of AWS's message → the state it means; the first match counts
REFUSALS = {
    # https://github.com/2i2c-org/infrastructure/pull/4932
    "Linked account doesn't have access": TagState.PAYER_ONLY,
    # https://github.com/aws-samples/aws-cost-explorer-report/issues/15
    "not enabled for cost explorer": TagState.COST_EXPLORER_OFF,
    # https://github.com/hashicorp/terraform-provider-aws/issues/31442
    "Tag keys not found": TagState.UNSEEN,
}
DENIED_CODES = {"AccessDeniedException", "AccessDenied", "UnauthorizedOperation"}


@dataclass(frozen=True, slots=True)
class CostTag:
    """The tag at one moment. `since` is when it was activated (None if Billing does not say); `detail` is AWS's own message."""

    state: TagState
    asked: datetime
    since: datetime | None = None
    detail: str = ""

    @property
    def counts(self) -> bool:
        """Whether AWS Budgets and bills already count the event's costs."""
        return self.state is TagState.ACTIVE and (self.since is None or self.asked >= self.since + BILLING_DELAY)

    @property
    def facts(self) -> dict[str, Any]:
        """The data for `--json`; times are in ISO 8601."""
        return {
            "state": str(self.state),
            "budget_counts": self.counts,
            "since": self.since and self.since.isoformat(timespec="seconds"),
            "asked": self.asked.isoformat(timespec="seconds"),
        }

    def sentence(self, event: str) -> str:
        """What this means for the event's AWS Budget, and what to do next."""
        if self.counts:
            return f"AWS budget: it counts this event's costs (the tag {EVENT_TAG} is active)"
        counts = (self.since or self.asked) + BILLING_DELAY
        reason, remedy = {
            TagState.ACTIVE: ("is active, and counts a day later", f"It counts from about {counts:{MINUTES}} UTC"),
            TagState.INACTIVE: ("is not active", f"`pophub deploy {event}` activates it"),
            TagState.UNSEEN: (
                "has not reached AWS Billing yet",
                f"`pophub deploy {event}` after {counts:{MINUTES}} UTC activates it",
            ),
            TagState.PAYER_ONLY: (
                "can be activated only by the account that pays for this one",
                f"Ask its owner: {CONSOLE} → {EVENT_TAG} → Activate",
            ),
            TagState.COST_EXPLORER_OFF: (
                "cannot be activated, because Cost Explorer was never opened in this account",
                f"Open it once (Billing and Cost Management → Cost Explorer); `pophub deploy {event}` after "
                f"{counts:{MINUTES}} UTC activates the tag",
            ),
            TagState.DENIED: (
                "cannot be managed with these credentials",
                f"They need ce:UpdateCostAllocationTagsStatus and ce:ListCostAllocationTags ({self.detail})",
            ),
            TagState.UNKNOWN: (f"could not be looked at ({self.detail})", f"`pophub status {event}` looks again"),
        }[self.state]
        return (
            f"AWS budget: it does not see this event's costs, because the tag {EVENT_TAG} {reason}. Until then only the "
            f"hub's own cost-watch keeps the budget; AWS sends no mail and stops nothing. {remedy}."
        )


def activate_cost_tag(aws: Caller, *, now: datetime) -> CostTag:
    """Activate the tag if it is not active, and return its state. A refusal becomes a state; nothing is raised.

    An active tag is left unchanged, because an update may count as a new activation.
    """
    found = read_cost_tag(aws, now=now)
    if found.state is not TagState.INACTIVE:
        return found
    entry = {"TagKey": EVENT_TAG, "Status": "Active"}
    try:
        answer = aws.call("ce", REGION, "update_cost_allocation_tags_status", CostAllocationTagsStatus=[entry])
    except PophubError as refusal:
        return _refused(refusal, now)
    # AWS reports an unknown key as an entry of `Errors`, and in other cases as a ValidationException
    for error in answer.get("Errors", ()):
        return CostTag(TagState.UNSEEN, now, detail=f"{error.get('Code')}: {error.get('Message')}")
    return read_cost_tag(aws, now=now)


def read_cost_tag(aws: Caller, *, now: datetime) -> CostTag:
    """The state of the tag in Billing; changes nothing and raises nothing."""
    try:
        answer = aws.call("ce", REGION, "list_cost_allocation_tags", TagKeys=[EVENT_TAG])
    except PophubError as refusal:
        return _refused(refusal, now)
    tags: list[Mapping[str, str]] = answer["CostAllocationTags"]
    if not tags:
        return CostTag(TagState.UNSEEN, now)
    updated = tags[0].get("LastUpdatedDate")
    if tags[0]["Status"] != "Active":
        return CostTag(TagState.INACTIVE, now)
    return CostTag(TagState.ACTIVE, now, since=datetime.fromisoformat(updated) if updated else None)


def watched_cost_tag(aws: Caller, bucket: BucketPrefix, *, now: datetime) -> CostTag:
    """Like `read_cost_tag`, but asks Billing (and pays) only once a week for a tag that counts.

    The account bucket remembers the last answer.
    """
    with suppress(PophubError):
        noted = bucket.look_up(NOTE)
        if noted and datetime.fromisoformat(noted["asked"]) > now - ASKED_AGAIN_AFTER:
            return CostTag(TagState.ACTIVE, now, since=datetime.fromisoformat(noted["since"]))
    tag = read_cost_tag(aws, now=now)
    if tag.counts and tag.since:
        with suppress(PophubError):
            bucket.put_json(NOTE, {"since": tag.since.isoformat(), "asked": now.isoformat()})
    return tag


def _refused(refusal: PophubError, now: datetime) -> CostTag:
    found = next((state for words, state in REFUSALS.items() if words in refusal.problem), None)
    if found is None:
        denied = isinstance(refusal, AwsRefusal) and refusal.aws_code in DENIED_CODES
        found = TagState.DENIED if denied else TagState.UNKNOWN
    return CostTag(found, now, detail=refusal.problem)
