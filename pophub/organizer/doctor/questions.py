"""All questions of the doctor, as data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pophub.organizer.doctor import (
    account,
    content,
    image,
    laptop,
    machine,
    money,
    placeholders,
    quota,
    rights,
    roster,
    sign_in,
    workers,
    zone,
)
from pophub.organizer.doctor.case import Case
from pophub.organizer.doctor.finding import Verdict


@dataclass(frozen=True, slots=True)
class Question:
    """One question. Its answer must come within `seconds`.

    Only an event has an answer to it if `of_event` is true; it needs no network if `offline` is true. If `ask` returns
    several verdicts, each has a title of its own.
    """

    area: str
    title: str
    ask: Callable[[Case], Verdict | Sequence[tuple[str, Verdict]]]
    of_event: bool = True
    offline: bool = False
    seconds: float = 15


LAPTOP, FILE, AWS, MACHINE = "this computer", "event file", "AWS account", "machine"
ADDRESS, SIGN_IN, SERVERS, MONEY = "address", "sign-in", "servers", "money"

QUESTIONS = (
    Question(LAPTOP, "Python", laptop.python, of_event=False, offline=True),
    Question(LAPTOP, "Node.js", laptop.node, of_event=False, offline=True),
    Question(LAPTOP, "Terraform", laptop.terraform, of_event=False, offline=True),
    Question(LAPTOP, "AWS provider", laptop.provider, of_event=False, offline=True),
    Question(LAPTOP, "disk", laptop.disk, of_event=False, offline=True),
    Question(LAPTOP, "name resolution", laptop.names, of_event=False, offline=True),
    Question(LAPTOP, "clock", laptop.clock, of_event=False),
    Question(LAPTOP, "git", laptop.git, of_event=False, offline=True),
    Question(FILE, "placeholders", placeholders.placeholders, offline=True),
    Question(AWS, "credentials", account.who, of_event=False),
    Question(AWS, "region", account.region, of_event=False),
    Question(AWS, "rights", rights.rights, of_event=False, seconds=18),
    Question(AWS, "account bucket", account.bucket),
    Question(AWS, "disk encryption", machine.disk_key),
    Question(AWS, "service-linked roles", workers.roles),
    Question(AWS, "workers' disks", workers.disk_key),
    Question(AWS, "Elastic IPs", quota.addresses),
    Question(AWS, "VPCs", quota.networks),
    Question(MACHINE, "vCPU quota", quota.processors),
    Question(MACHINE, "workers' vCPU quota", workers.processors),
    Question(MACHINE, "free plan", machine.plan),
    Question(MACHINE, "zones", machine.offered),
    Question(ADDRESS, "zone", zone.zone),
    Question(ADDRESS, "delegation", zone.delegation),
    Question(ADDRESS, "record", zone.record),
    Question(ADDRESS, "certificates", zone.certificates),
    Question(SIGN_IN, "secrets", sign_in.secrets, offline=True),
    Question(SIGN_IN, "people", sign_in.people),
    Question(SIGN_IN, "roster", roster.roster),
    Question(SERVERS, "image", image.image),
    Question(SERVERS, "content", content.content),
    Question(MONEY, "budget", money.budget, offline=True),
    Question(MONEY, "cost tag", money.tag),
)
