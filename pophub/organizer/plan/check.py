"""What follows from an event file, as data. It asks no cloud and no clock: `today` is an argument."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from pophub.core.calendar import Window
from pophub.core.figures import OLD_TABLE
from pophub.organizer.event.event import Event
from pophub.organizer.event.login import Login
from pophub.organizer.plan import prices
from pophub.organizer.plan.places import counted
from pophub.organizer.plan.prestart import prestart
from pophub.organizer.plan.schedule import Rule, schedule, windows
from pophub.organizer.plan.sizing import Sizing, size


@dataclass(frozen=True, slots=True)
class Check:
    """An event and its consequences."""

    event: Event
    sizing: Sizing
    windows: tuple[Window, ...]
    rules: tuple[Rule, ...]
    login: str
    prestart: str
    places: str
    prices_as_of: date
    warnings: tuple[str, ...]

    @property
    def session_hours(self) -> float:
        """How long people work, all windows together."""
        return sum((window.end - window.start for window in self.windows), timedelta()) / timedelta(hours=1)


def check(event: Event, *, today: date, deployed: date | None = None) -> Check:
    """Work out everything an organizer wants to know before a deployment.

    `deployed` is the day of the deployment; None: some days before the first session, as the event's assumptions say.

    Raises:
        PophubError: where there is no machine for the event; its `field` names the key to change.
    """
    sizing = size(event)
    found = windows(event)
    planned = (found[0].start - timedelta(days=event.assumptions.deploy_days_before)).date()
    budget = _about_budget(event, deployed or max(today, planned))
    warnings = (*sizing.warnings, *_about_event(event), *budget, *_about_prices(today))
    return Check(
        event,
        sizing,
        found,
        schedule(event),
        sign_in(event),
        prestart(event, sizing.machine)[1],
        counted(event, sizing.machine),
        prices.AS_OF,
        warnings,
    )


def sign_in(event: Event) -> str:
    """Who may sign in, as a sentence."""
    admins = event.login.admins
    return _people(event.login) + (f"; {_listed(admins, 'and')} can help as admins" if admins else "")


def _people(login: Login) -> str:
    if login.github is not None:
        return f"GitHub accounts that are members of {_listed(login.github.allow, 'or')}"
    if login.google is not None:
        return f"Google accounts of {_listed(login.google.hosted_domain, 'or')}"
    if login.shared_password is not None:
        return "everybody who has the password of the event, under any user name"
    created = login.system is not None and login.system.create_users
    return f"Unix accounts of the machine, {'made for whom a helper adds' if created else 'which must exist already'}"


def _about_event(event: Event) -> list[str]:
    checks = [
        (not event.contact, "`contact` is empty: nobody gets a mail when the budget runs out or the hub does not start"),
        (not event.login.admins, f"`login.{event.login.kind}.admins` is empty: nobody can help a participant in the hub"),
        (event.login.kind == "shared_password", "whoever learns the shared password is in: change it when it got around"),
        (event.tls.mode == "staging", "`tls.mode: staging` gives a certificate that browsers warn of"),
        (event.tls.mode == "none", "`tls.mode: none` sends passwords in the clear: for the lab only"),
    ]  # fmt: skip
    return [warning for holds, warning in checks if holds]


def _about_budget(event: Event, deployed: date) -> list[str]:
    """https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Budget.html, TimeUnit."""
    if deployed.year >= event.ends.year:
        return []
    return [
        f"from the deployment on {deployed} to `ends` on {event.ends} the year changes: AWS may count the budget anew from "
        f"{event.ends.year}-01-01 and stop the hub only at {event.budget_usd} USD of that year. The hub's own count goes "
        "on, and stops it in time"
    ]


def _about_prices(today: date) -> list[str]:
    tables = [
        ("the price table is", prices.AS_OF, "`pophub prices` asks AWS for today's"),
        ("prices of addresses, snapshots, archive and zone are", prices.OTHERS_AS_OF, "see pophub/organizer/plan/data"),
    ]  # fmt: skip
    return [
        f"{which} {(today - day).days} days old, of {day}: {remedy}"
        for which, day, remedy in tables
        if today - day > OLD_TABLE
    ]


def _listed(names: tuple[str, ...], word: str) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}"
