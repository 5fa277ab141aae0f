"""`pophub prices`: the price tables brought up to date. It needs credentials, costs nothing and changes no cloud."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from pophub.organizer.cli.arguments import Json


def prices(
    *,
    family: Annotated[
        list[str] | None, typer.Option(help="Add every size of this instance family. Can be repeated.")
    ] = None,
    json: Json = False,
) -> None:
    """Bring the price tables up to date from AWS.

    It asks what the machines and disks cost today, and writes the answers down with today's date.
    Estimates and reports count with these tables, which lie in pophub/organizer/plan/data.
    Prices of other things stay as they are. A machine that AWS no longer lists keeps its old price.

    Examples:
        pophub prices
        pophub prices --family r8i --family m8i
        AWS_PROFILE=hackweeks pophub prices --json
    """
    from pophub.aws.client import Aws
    from pophub.organizer.cli.terminal import organizer_errors, print_json
    from pophub.organizer.paths import PRICE_TABLES
    from pophub.organizer.plan.price_refresh import refresh

    with organizer_errors(as_json=json):
        changes = refresh(PRICE_TABLES, Aws(), today=datetime.now(UTC).date(), families=family or ())
    if json:
        print_json({"changes": [{key: str(value) for key, value in asdict(each).items()} for each in changes]})
        return
    for each in changes:
        print(
            f"{each.region}  {each.what}: {each.before or 'new'} → {each.now or 'no longer listed, the old price stays'}"
        )
    print(f"{len(changes)} changes; look at `git diff pophub/organizer/plan/data` and commit it")
