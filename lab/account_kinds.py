"""Kinds of AWS account that an organizer may have, as data: what each allows. The lab AWS is one of them."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

# this variable names the file from which the lab AWS's process reads the kind of its account
VARIABLE = "POPHUB_LAB_ACCOUNT"
# this variable names the file to which that process writes each call: access key and required IAM action
HEARD = "POPHUB_LAB_HEARD"
# moto's own account number, and the user who deploys
ACCOUNT_ID = "123456789012"
ORGANIZER = f"arn:aws:iam::{ACCOUNT_ID}:user/organizer"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountKind:
    """What AWS lets this account do. Quotas are per region, with AWS's own defaults."""

    name: str
    # running On-Demand standard instances (service quota L-1216C47A)
    vcpus: int = 256
    # running spot instances of these families (service quota L-34B43A08)
    spot_vcpus: int = 256
    # https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
    addresses: int = 5
    vpcs: int = 5
    # only small instance types are allowed
    free_plan: bool = False
    # somebody has opened Cost Explorer at least once
    cost_explorer_on: bool = True
    # Billing has seen the cost allocation tag, about a day after its first use
    cost_tag_seen: bool = True
    # another account pays, so this one may not manage cost allocation tags
    linked: bool = False
    # EBS encrypts by default with a customer-managed key instead of alias/aws/ebs
    customer_ebs_key: bool = False
    # regions that are not enabled
    closed_regions: tuple[str, ...] = ()
    # Local Zones that somebody has enabled
    local_zones: tuple[str, ...] = ()
    # zones in which AWS has no capacity for an instance now
    full_zones: tuple[str, ...] = ()
    # zones that do not offer the machine's instance type
    zones_without_type: tuple[str, ...] = ()
    # GuardDuty creates an endpoint and a security group in every VPC in which an instance runs
    guardduty: bool = False
    # iam:CreateRole is denied without this permissions boundary (a policy's name)
    boundary: str | None = None
    # actions that a service control policy denies (an asterisk stands for any text)
    denied: tuple[str, ...] = ()
    # how many calls of the Resource Groups Tagging API still return the state before a change
    tag_index_lag: int = 0
    # the time at which schedules are created, as ISO 8601; None means now
    moment: str | None = None

    def clock(self) -> datetime:
        """The current time for EventBridge Scheduler."""
        return datetime.fromisoformat(self.moment) if self.moment else datetime.now(UTC)

    def write(self, file: Path) -> None:
        """Write it for another process; that process never sees a half-written file."""
        unfinished = file.with_suffix(".new")
        unfinished.write_text(json.dumps(asdict(self)))
        unfinished.replace(file)

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read what `write` wrote."""
        fields: dict[str, Any] = json.loads(file.read_text())
        for name, value in fields.items():
            if isinstance(value, list):
                fields[name] = tuple(value)
        return cls(**fields)


def this_account() -> AccountKind:
    """The current kind of this process's account; it may change while the process runs."""
    name = os.environ.get(VARIABLE)
    if not name:
        return ORDINARY
    file = Path(name)
    found = file.stat()
    return _account(file, found.st_ino, found.st_mtime_ns)


@lru_cache(maxsize=1)
def _account(file: Path, *_version: int) -> AccountKind:
    """The content of one version of the file, which several rules need in each call."""
    return AccountKind.read(file)


# an account that has been in use for years
ORDINARY = AccountKind(name="ordinary")
# an ordinary account with quotas that AWS has raised: enough for many events, or for many tests
RAISED = replace(ORDINARY, name="raised quotas", vcpus=10_000, spot_vcpus=10_000, addresses=1000, vpcs=1000)
# an account opened this week, on the paid plan
NEW = AccountKind(name="new", vcpus=16, spot_vcpus=16, cost_explorer_on=False, cost_tag_seen=False)
# an account opened since July 2025 that is not on the paid plan:
# https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/free-tier-plans.html
FREE_PLAN = replace(NEW, name="free plan", free_plan=True)
# a university's account: the organization has rules, and another account pays
INSTITUTION = AccountKind(
    name="institution",
    linked=True,
    customer_ebs_key=True,
    local_zones=("us-west-2-lax-1a",),
    guardduty=True,
    boundary="institution-boundary",
    denied=("iam:CreateUser", "iam:CreateAccessKey", "organizations:*", "ec2:CreateDefaultVpc"),
)
