"""The explanation of an error: its kind, the problem in plain words, the next step, and the source of the rule."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The kinds of errors. An error without an entry in the catalogue still has one of these kinds, or is `unknown`."""

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
    """One error in plain words; `source` is the address of the rule.

    `line` (starting at 1) and `message` are its place in a log and its original text; 0 and empty without a log.
    """

    kind: Kind
    problem: str
    next_step: str
    source: str
    line: int = 0
    message: str = ""
