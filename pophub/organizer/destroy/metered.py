"""How many people had servers, as the hub's meter on the shelf has it: what a disk without homes is held against."""

from __future__ import annotations

from pophub.aws.reports import meter, reports
from pophub.core.cost.records import Kind, Reading
from pophub.core.errors import PophubError
from pophub.organizer.leftovers.thing import Scope


def people_with_servers(scope: Scope) -> int:
    """None are known where there is no meter, or only that of an earlier event of this name, which is destroyed."""
    try:
        copy = meter(reports(scope.aws, scope.shelf, scope.shelf_region, scope.event))
        if copy.gone is not None:
            return 0
        return len({record.user for record in Reading(copy.lines) if record.kind is Kind.SERVER_START})
    except PophubError:
        return 0
