"""Questions about the roster: who cannot sign in yet, and whether everybody has a place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pophub.organizer.doctor.case import Case
from pophub.organizer.doctor.finding import Verdict, counted, green, unknown, yellow
from pophub.organizer.people.standing import Standing, named, with_standing

Named = tuple[str, Verdict]


def roster(case: Case) -> Sequence[Named]:
    """One verdict for each standing that needs something done; nothing if the event has no roster."""
    people = case.event.people
    if not people:
        return []
    return [("roster", verdict) for verdict in (*_places(case), *_standings(case))]


def _places(case: Case) -> Iterator[Verdict]:
    there, limit = len(case.event.people), case.plan.server_limit
    if there > limit:
        yield yellow(
            f"{there} people on the roster, and {counted(limit, 'server')} may run at once",
            f"`participants: {there}`, if all of them may come at once",
        )


def _standings(case: Case) -> Iterator[Verdict]:
    event = case.event
    provider, people = event.login.provider, event.people
    standings = provider.standings(people, case.environ)
    rows = [with_standing(people, standings, each) for each in Standing]
    admitted, not_admitted, no_account, no_name, not_known = rows
    if admitted:
        yield green(f"{len(admitted)} of {len(people)} can sign in")
    if not_admitted:
        yield yellow(f"not admitted yet: {named(not_admitted)}", provider.admitting)
    if no_account:
        yield yellow(f"no such account: {named(no_account)}", f"ask them, and correct {event.roster}")
    if no_name:
        yield yellow(f"no account in the roster: {named(no_name)}", f"ask them, and complete {event.roster}")
    if not_known:
        yield unknown(f"{len(not_known)} of {len(people)}: not known whether they can sign in", provider.showing)
