"""How many people had servers, by the hub's meter in the account bucket; it shows whether a disk without homes is wrong."""

from __future__ import annotations

from pophub.aws.reports import meter, reports
from pophub.core.cost.records import Kind, Reading
from pophub.core.errors import PophubError
from pophub.organizer.event_context import EventContext


def people_with_servers(context: EventContext) -> int:
    """0 if there is no meter, or only one of an earlier, destroyed event of this name."""
    try:
        copy = meter(reports(context.aws, context.bucket, context.bucket_region, context.event))
        if copy.gone is not None:
            return 0
        return len({record.user for record in Reading(copy.lines) if record.kind is Kind.SERVER_START})
    except PophubError:
        return 0
