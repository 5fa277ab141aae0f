"""What an estimate takes for granted where the event file says nothing else: figures an organizer can change."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from pophub.organizer.event.fields import Count, Quantity, Strict, wrong

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
        raise wrong("the figures do not rise", f"write them as {', '.join(CASES[: len(figures)])}")
    return figures


# one number counts for every case; of hours there are two, because in the high case only the schedule stops the machine
Hours = Annotated[
    tuple[Annotated[Quantity, Field(le=24 * 366)], ...], BeforeValidator(_figures(2)), AfterValidator(_rising)
]
Share = Annotated[tuple[Annotated[Quantity, Field(le=1)], ...], BeforeValidator(_figures(3)), AfterValidator(_rising)]
Figure = Annotated[
    tuple[Annotated[Quantity, Field(le=10_000)], ...], BeforeValidator(_figures(3)), AfterValidator(_rising)
]


class Assumptions(Strict):
    """Each for the low, the expected and the high case. They are guesses, and the report says afterwards how good."""

    # how long before the first session the hub is deployed, where it is not told by a deployment
    deploy_days_before: Annotated[Count, Field(ge=0, le=366)] = Field(default=1, examples=["1"])
    # how long the machine runs to be tried out, and how long after each session people work on
    setup_hours: Hours = Field(default=(Decimal(1), Decimal(3)), examples=["[1, 3]"])
    after_hours: Hours = Field(default=(Decimal("0.25"), Decimal(1)), examples=["[0.25, 1]"])
    # of the participants, who comes; of a home, how much is filled
    present: Share = Field(default=(Decimal("0.6"), Decimal("0.8"), Decimal(1)), examples=["[0.6, 0.8, 1]"])
    home_used: Share = Field(default=(Decimal("0.05"), Decimal("0.3"), Decimal(1)), examples=["[0.05, 0.3, 1]"])
    # what one person takes out of AWS on a day with a session
    traffic_gb_a_day: Figure = Field(default=(Decimal("0.05"), Decimal("0.3"), Decimal(2)), examples=["[0.05, 0.3, 2]"])
    # how long the final snapshot is kept
    snapshot_days: Figure = Field(default=(Decimal(7), Decimal(30), Decimal(90)), examples=["[7, 30, 90]"])
