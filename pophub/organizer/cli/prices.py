"""`pophub prices`: the price tables brought up to date. It needs credentials, costs nothing and changes no cloud."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime

from pophub.organizer.cli.arguments import Json


def prices(*, json: Json = False) -> None:
    """Bring the price tables up to date from AWS.

    It asks what the machines and disks cost today, and writes it down with today's date.
    Estimates and reports count with these tables, which lie in pophub/organizer/plan/data.
    What is neither a machine nor gp3 keeps its price and its source; a machine AWS no longer tells keeps its old price.

    Examples:
        pophub prices
        AWS_PROFILE=hackweeks pophub prices --json
    """
    from pophub.aws.client import Aws
    from pophub.organizer.cli.terminal import organizer_errors, print_json
    from pophub.organizer.paths import PRICE_TABLES
    from pophub.organizer.plan.price_refresh import refresh

    with organizer_errors(as_json=json):
        changes = refresh(PRICE_TABLES, Aws(), today=datetime.now(UTC).date())
    if json:
        print_json({"changes": [{key: str(value) for key, value in asdict(each).items()} for each in changes]})
        return
    for each in changes:
        print(f"{each.region}  {each.what}: {each.before} → {each.now or 'not told, the old price stays'}")
    print(f"{len(changes)} prices are others now; look at `git diff pophub/organizer/plan/data`, and commit it")
