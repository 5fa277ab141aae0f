"""Everything that the doctor asks, as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pophub.doctor import account, laptop, quota, zone
from pophub.doctor.case import Case
from pophub.doctor.finding import Verdict


@dataclass(frozen=True, slots=True)
class Question:
    """`seconds` is how long an answer is waited for; `of_event`: only an event has one."""

    area: str
    title: str
    ask: Callable[[Case], Verdict]
    of_event: bool = True
    seconds: float = 15


LAPTOP, AWS, ADDRESS = "this computer", "AWS account", "address"

QUESTIONS = (
    Question(LAPTOP, "Python", laptop.python, of_event=False),
    Question(LAPTOP, "Node.js", laptop.node, of_event=False),
    Question(LAPTOP, "Terraform", laptop.terraform, of_event=False),
    Question(LAPTOP, "AWS provider", laptop.provider, of_event=False),
    Question(LAPTOP, "disk", laptop.disk, of_event=False),
    Question(LAPTOP, "name resolution", laptop.names, of_event=False),
    Question(LAPTOP, "clock", laptop.clock, of_event=False),
    Question(LAPTOP, "git", laptop.git, of_event=False),
    Question(AWS, "credentials", account.who, of_event=False),
    Question(AWS, "region", account.region, of_event=False),
    Question(AWS, "account bucket", account.bucket),
    Question(AWS, "vCPU quota", quota.processors),
    Question(AWS, "Elastic IPs", quota.addresses),
    Question(AWS, "VPCs", quota.networks),
    Question(ADDRESS, "zone", zone.zone),
    Question(ADDRESS, "delegation", zone.delegation),
    Question(ADDRESS, "record", zone.record),
    Question(ADDRESS, "certificates", zone.certificates),
)
