"""What an organizer may have overlooked in an event file, as sentences. Pure."""

from __future__ import annotations

from datetime import date

from pophub.core.figures import OLD_TABLE
from pophub.organizer.event.event import Event
from pophub.organizer.plan.prices import RegionPrices
from pophub.organizer.plan.server_limit import server_limit

# the ports of a Linux bridge that Docker can use, measured in https://github.com/moby/moby/issues/44973
BRIDGE_SERVERS = 1000


def about_event(event: Event, *, several: bool) -> list[str]:
    """`several` means that the event has workers."""
    crowd, of_login = server_limit(event), event.login.provider.warning
    checks = [
        (
            not several and crowd > BRIDGE_SERVERS,
            f"one machine runs about {BRIDGE_SERVERS} servers, whatever its memory, and {crowd} may be started: "
            "`workers: {}` shares them out",
        ),
        (not event.contact, "`contact` is empty: nobody gets a mail when the budget runs out or the hub does not start"),
        (not event.login.admins, f"`login.{event.login.kind}.admins` is empty: nobody can help a participant in the hub"),
        (of_login, of_login),
        (event.tls.mode == "staging", "`tls.mode: staging` gives a certificate that browsers warn of"),
        (event.tls.mode == "none", "`tls.mode: none` sends passwords in the clear: for the lab only"),
    ]  # fmt: skip
    return [warning for holds, warning in checks if holds]


def about_budget(event: Event, deployed: date) -> list[str]:
    """Warn if the year changes between `deployed` and the end of the event.

    Source: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Budget.html, TimeUnit.
    """
    if deployed.year >= event.ends.year:
        return []
    return [
        f"from the deployment on {deployed} to `ends` on {event.ends} the year changes: AWS may count the budget anew from "
        f"{event.ends.year}-01-01 and stop the hub only at {event.budget_usd} USD of that year. The hub's own count goes "
        "on, and stops it in time"
    ]


def about_prices(prices: RegionPrices, today: date) -> list[str]:
    tables = [
        ("the price table is", prices.as_of, "`pophub prices` asks AWS for today's"),
        ("prices of addresses, snapshots, archive and zone are", prices.others_as_of, "see pophub/organizer/plan/data"),
    ]  # fmt: skip
    return [
        f"{which} {(today - day).days} days old, of {day}: {remedy}"
        for which, day, remedy in tables
        if today - day > OLD_TABLE
    ]
