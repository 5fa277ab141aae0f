"""What a refusal means: its kind, the problem in plain words, what to do next, and where the rule comes from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The kinds of refusals. A refusal that no entry of the catalogue knows still has one of these, or is `unknown`."""

    DENIED = "denied"
    QUOTA = "quota"
    EXISTS = "exists already"
    NOT_OFFERED = "not in this zone or region"
    CAPACITY = "no capacity"
    CLOCK = "clock"
    REGION_OFF = "region not enabled"
    SIGNED_OUT = "not signed in"
    PAYMENT = "payment or verification"
    IN_USE = "in use"
    THROTTLED = "throttled"
    NOT_FOUND = "not found"
    INVALID = "invalid"
    KMS = "encryption key"
    SERVICE = "failure of the service"
    NETWORK = "not reached"
    WAITING = "took too long"
    STATE = "Terraform's state"
    SETUP = "this computer"
    SETTINGS = "settings"
    MACHINE = "the hub's machine"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Explanation:
    """One refusal in plain words; `source` is the address of the rule.

    `line` (1-based) and `said` are where it stands in a log, and its own words; 0 and empty if no log was read.
    """

    kind: Kind
    problem: str
    next_step: str
    source: str
    line: int = 0
    said: str = ""
