"""`pophub roster`: who of the event's people can sign in, and who came."""

from __future__ import annotations

from datetime import UTC, datetime

from pophub.organizer.cli.arguments import Event, Json


def roster(event: Event, *, json: Json = False) -> None:
    """List the people of the roster: who can sign in, and who has worked on the hub for how long.

    The sign-in provider says who can sign in; GitHub shows its members only to members: GH_TOKEN=$(gh auth token).
    The hub's meter in the account bucket says who came.

    Examples:
        pophub roster geo-hackweek
        pophub roster geo-hackweek --json
    """
    from pophub.aws.client import Aws
    from pophub.organizer.cli.terminal import organizer_errors, print_json, put
    from pophub.organizer.people.attendance import as_json, as_text, attendance

    with organizer_errors(as_json=json):
        found = attendance(event, Aws(), now=datetime.now(UTC))
    print_json(as_json(found)) if json else put(as_text(found), None)
