"""The assumptions of the cost estimate; the event file can change each figure."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from pophub.organizer.event.checks import Checked, Strict, wrong
from pophub.organizer.event.fields import Count, number

CASES = ("low", "expected", "high")


def _figures(count: int) -> Callable[[object], object]:
    def check(value: object) -> object:
        figures = list(value) if isinstance(value, (list, tuple)) else [value] * count
        if len(figures) != count:
            raise wrong(f"neither one number nor a list of {count}", f"write {', '.join(CASES[:count])}")
        return figures

    return check


def _rising(figures: tuple[Decimal, ...]) -> tuple[Decimal, ...]:
    if list(figures) != sorted(figures):
        raise wrong("the figures must rise", f"write them as {', '.join(CASES[: len(figures)])}")
    return figures


def _cases(count: int) -> tuple[Checked, AfterValidator]:
    """A list of `count` figures; a single number stands for all of them."""
    length = {"minItems": count, "maxItems": count}
    return Checked(
        BeforeValidator(_figures(count)), lambda inner: {"anyOf": [inner["items"], inner | length]}
    ), AfterValidator(_rising)


# low and expected only: in the high case the machine runs until the schedule stops it
Hours = Annotated[tuple[Annotated[Decimal, Field(ge=0, le=24 * 366, max_digits=12), number], ...], *_cases(2)]
Share = Annotated[tuple[Annotated[Decimal, Field(ge=0, le=1, max_digits=12), number], ...], *_cases(3)]
Figure = Annotated[tuple[Annotated[Decimal, Field(ge=0, le=10_000, max_digits=12), number], ...], *_cases(3)]


class Assumptions(Strict):
    """Figures for the low, the expected and the high case. They are guesses, which the cost report compares with the facts."""

    deploy_days_before: Annotated[Count, Field(ge=0, le=366)] = Field(
        default=1,
        examples=["1"],
        description="Days between the deployment and the first session, while nothing is deployed yet.",
    )
    setup_hours: Hours = Field(
        default=(Decimal(1), Decimal(3)),
        examples=["[1, 3]"],
        description="Hours for which the machine runs to be tried out: low and expected.",
    )
    after_hours: Hours = Field(
        default=(Decimal("0.25"), Decimal(1)),
        examples=["[0.25, 1]"],
        description="Hours for which people work on after each session: low and expected.",
    )
    present: Share = Field(
        default=(Decimal("0.6"), Decimal("0.8"), Decimal(1)),
        examples=["[0.6, 0.8, 1]"],
        description="Share of the participants who come, from 0 to 1.",
    )
    home_used: Share = Field(
        default=(Decimal("0.05"), Decimal("0.3"), Decimal(1)),
        examples=["[0.05, 0.3, 1]"],
        description="Share of each home that is filled, from 0 to 1.",
    )
    traffic_gb_a_day: Figure = Field(
        default=(Decimal("0.05"), Decimal("0.3"), Decimal(2)),
        examples=["[0.05, 0.3, 2]"],
        description="GB that one person moves out of AWS on a day with a session.",
    )
    snapshot_days: Figure = Field(
        default=(Decimal(7), Decimal(30), Decimal(90)),
        examples=["[7, 30, 90]"],
        description="Days for which the final snapshot of the homes is kept.",
    )
