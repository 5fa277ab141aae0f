"""What the doctor found out about one question: a colour, the answer, and the next step."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Colour(StrEnum):
    """Red stops a deploy. What could not be asked is `unknown`, never green."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A judgement about facts; `next_step` is empty if there is nothing to do.

    `denied` is the right that a deploy needs and without which the question could not be asked.
    """

    colour: Colour
    answer: str
    next_step: str = ""
    denied: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict with the question that it answers."""

    area: str
    question: str
    colour: Colour
    answer: str
    next_step: str = ""


def green(answer: str) -> Verdict:
    """It is as it should be."""
    return Verdict(Colour.GREEN, answer)


def yellow(answer: str, next_step: str) -> Verdict:
    """A deploy works, but something else may not."""
    return Verdict(Colour.YELLOW, answer, next_step)


def red(answer: str, next_step: str) -> Verdict:
    """A deploy fails, or the hub that it makes is of no use."""
    return Verdict(Colour.RED, answer, next_step)


def unknown(answer: str, next_step: str = "") -> Verdict:
    """It could not be asked."""
    return Verdict(Colour.UNKNOWN, answer, next_step)


def counted(count: int, noun: str) -> str:
    """As in `1 machine` and `2 machines`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
