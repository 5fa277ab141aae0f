"""Whether a rehearsal may begin and may go on: never beside real people, and only inside the budget. Pure.

None always means "not known", and an unknown fact forbids a rehearsal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from pophub.core.calendar import Window
from pophub.core.errors import ExitCode, PophubError

# no rehearsal so long before a session: people come early, and the schedule starts the machine before it
BEFORE_SESSION = timedelta(hours=1)
# a sentence has at most this many names
NAMED = 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """The requested rehearsal. `minutes` is the longest time that it may take, with the removal at its end."""

    people: int
    minutes: int
    near_session: bool = False


@dataclass(frozen=True, slots=True)
class Situation:
    """The event and its hub at one moment; `at_work` are the real people who have a server."""

    now: datetime
    timezone: str
    at_work: tuple[str, ...] | None
    sessions: tuple[Window, ...]
    stops: tuple[datetime, ...]
    spent_usd: Decimal | None
    budget_usd: Decimal
    usd_an_hour: Decimal | None
    closed: bool | None = False
    stop_at: str = ""
    accounts: bool = False

    def clock(self, moment: datetime) -> str:
        """A time for a sentence."""
        return f"{moment.astimezone(ZoneInfo(self.timezone)):%H:%M on %d %B}"


def objections(wanted: Wanted, there: Situation) -> tuple[str, ...]:
    """Every reason against the rehearsal; empty if it may begin."""
    return (*_people(there), *_time(wanted, there), *_money(wanted, there), *_hub(there))


def require_no_objection(wanted: Wanted, there: Situation) -> None:
    """Raises PophubError with every objection, if there is one."""
    if against := objections(wanted, there):
        hint = "--near-session allows it near a session; the rest has to change first"
        raise PophubError(f"no rehearsal now: {'; '.join(against)}", hint=hint, code=ExitCode.REFUSED)


def somebody_came(at_work: tuple[str, ...] | None) -> str:
    """Why a rehearsal that has begun must end now; empty if it goes on."""
    return f"somebody came to work: {named(at_work)}" if at_work else ""


def named(people: tuple[str, ...]) -> str:
    more = len(people) - NAMED
    return ", ".join(people[:NAMED]) + (f" and {more} more" if more > 0 else "")


def usd(wanted: Wanted, there: Situation) -> Decimal | None:
    """The machine's cost during the rehearsal; None if its price is not known."""
    return None if there.usd_an_hour is None else there.usd_an_hour * wanted.minutes / 60


def _people(there: Situation) -> Iterator[str]:
    if there.at_work is None:
        yield "whether somebody works is not known, because the hub does not answer"
    elif there.at_work:
        yield f"people work on the hub: {named(there.at_work)}"


def _time(wanted: Wanted, there: Situation) -> Iterator[str]:
    over = there.now + timedelta(minutes=wanted.minutes)
    on = next((it for it in there.sessions if it.start <= there.now < it.end), None)
    soon = next((it for it in there.sessions if there.now < it.start <= over + BEFORE_SESSION), None)
    if on and not wanted.near_session:
        yield f"a session is on until {there.clock(on.end)}"
    elif soon and not wanted.near_session:
        yield f"a session starts at {there.clock(soon.start)}, and the rehearsal may take until {there.clock(over)}"
    if stop := next((it for it in there.stops if there.now < it <= over), None):
        yield f"the schedule stops the hub at {there.clock(stop)}"


def _money(wanted: Wanted, there: Situation) -> Iterator[str]:
    cost = usd(wanted, there)
    if there.spent_usd is None or cost is None:
        yield "what the event has cost so far is not known"
    elif there.spent_usd + cost > there.budget_usd:
        yield (
            f"it may cost {cost:.2f} USD, and {there.spent_usd:.2f} of the budget of {there.budget_usd} USD are spent"
        )


def _hub(there: Situation) -> Iterator[str]:
    if there.closed is None or there.closed:
        yield "the hub is closed for its last archive" if there.closed else "whether the hub is closed is not known"
    if there.stop_at:
        yield f"a stop of the hub is announced for {there.stop_at}"
    if there.accounts:
        yield "people are Unix accounts of this machine, and a rehearsal makes no accounts"
