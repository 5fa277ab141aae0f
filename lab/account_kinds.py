"""Kinds of AWS account that an organizer may have, as data: what each allows. The lab AWS is one of them."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

# the variable that names the file in which the lab AWS's process finds its account's kind
VARIABLE = "POPHUB_LAB_ACCOUNT"
# the variable that names the file in which it notes each call: the access key, and the IAM action that the call needs
HEARD = "POPHUB_LAB_HEARD"
# moto's own account number, and who deploys into it
ACCOUNT_ID = "123456789012"
ORGANIZER = f"arn:aws:iam::{ACCOUNT_ID}:user/organizer"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountKind:
    """What AWS lets this account do. Quotas are per region, with AWS's own defaults."""

    name: str
    # running On-Demand standard instances (service quota L-1216C47A)
    vcpus: int = 256
    # https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
    addresses: int = 5
    vpcs: int = 5
    # only small instance types may run
    free_plan: bool = False
    # somebody has opened Cost Explorer once
    cost_explorer_on: bool = True
    # billing has seen the cost-allocation tag, about a day after its first use
    cost_tag_seen: bool = True
    # another account pays: this one may not manage cost-allocation tags
    linked: bool = False
    # EBS encrypts by default with a customer-managed key instead of alias/aws/ebs
    customer_ebs_key: bool = False
    # regions that must be switched on first, and are not
    closed_regions: tuple[str, ...] = ()
    # Local Zones that somebody opted in
    local_zones: tuple[str, ...] = ()
    # zones in which no instance can be started just now
    full_zones: tuple[str, ...] = ()
    # zones that do not offer the machine's instance type
    zones_without_type: tuple[str, ...] = ()
    # GuardDuty puts an endpoint and a security group of its own into every VPC in which an instance runs
    guardduty: bool = False
    # iam:CreateRole is denied without this permissions boundary (a policy's name)
    boundary: str | None = None
    # actions that a service control policy denies (an asterisk stands for any text)
    denied: tuple[str, ...] = ()
    # calls of the Resource Groups Tagging API that still see what was there before
    tag_index_lag: int = 0
    # the moment of schedules that are made, as ISO 8601; None: now
    moment: str | None = None

    def clock(self) -> datetime:
        """What time it is for EventBridge Scheduler."""
        return datetime.fromisoformat(self.moment) if self.moment else datetime.now(UTC)

    def write(self, file: Path) -> None:
        """For another process, which never sees half of it."""
        unfinished = file.with_suffix(".new")
        unfinished.write_text(json.dumps(asdict(self)))
        unfinished.replace(file)

    @classmethod
    def read(cls, file: Path) -> Self:
        """The reverse of `write`."""
        fields: dict[str, Any] = json.loads(file.read_text())
        for name, value in fields.items():
            if isinstance(value, list):
                fields[name] = tuple(value)
        return cls(**fields)


def this_account() -> AccountKind:
    """The kind of account that this process of the lab AWS is now; it may change while the process runs."""
    file = os.environ.get(VARIABLE)
    return AccountKind.read(Path(file)) if file else ORDINARY


# an account in use for years
ORDINARY = AccountKind(name="ordinary")
# the same, with quotas that AWS has raised on request: enough for many events, or for many tests
RAISED = replace(ORDINARY, name="raised quotas", vcpus=10_000, addresses=1000, vpcs=1000)
# opened this week, on the paid plan
NEW = AccountKind(name="new", vcpus=16, cost_explorer_on=False, cost_tag_seen=False)
# opened since July 2025 without a switch to the paid plan:
# https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/free-tier-plans.html
FREE_PLAN = AccountKind(name="free plan", vcpus=16, free_plan=True, cost_explorer_on=False, cost_tag_seen=False)
# a university's: rules of the organization, somebody else pays
INSTITUTION = AccountKind(
    name="institution",
    linked=True,
    customer_ebs_key=True,
    local_zones=("us-west-2-lax-1a",),
    guardduty=True,
    boundary="institution-boundary",
    denied=("iam:CreateUser", "iam:CreateAccessKey", "organizations:*", "ec2:CreateDefaultVpc"),
)
