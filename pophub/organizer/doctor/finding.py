"""The doctor's finding about one question: a colour, the answer, and the next step."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Colour(StrEnum):
    """Red stops a deploy. A question without an answer is `unknown`, never green."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A judgement about facts; `next_step` is empty if nothing is to be done.

    `denied` is a right that a deploy needs and that the caller does not have, so that the question could not be
    answered; usually it is empty.
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
    """Everything is in order."""
    return Verdict(Colour.GREEN, answer)


def yellow(answer: str, next_step: str) -> Verdict:
    """A deploy works, but something else may not."""
    return Verdict(Colour.YELLOW, answer, next_step)


def red(answer: str, next_step: str) -> Verdict:
    """A deploy fails, or its hub is of no use."""
    return Verdict(Colour.RED, answer, next_step)


def unknown(answer: str, next_step: str = "") -> Verdict:
    """The question could not be answered."""
    return Verdict(Colour.UNKNOWN, answer, next_step)


def counted(count: int, noun: str) -> str:
    """For example `1 machine` and `2 machines`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
