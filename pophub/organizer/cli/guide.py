"""`pophub guide`: what participants need to know, as Markdown for the event's website."""

from __future__ import annotations

from datetime import UTC, datetime

from pophub.organizer.cli.arguments import Event, Json


def guide(event: Event, *, json: Json = False) -> None:
    """Print what participants need to know, for the event's website.

    It is Markdown: address, times, sign-in, files, quota, when things stop. It asks no service and changes nothing.

    Examples:
        pophub guide geo-hackweek > guide.md
        pophub guide hub-config/example-event.yaml --json
    """
    from pophub.organizer.cli.terminal import organizer_errors, print_json
    from pophub.organizer.event.event_file import blamed_on, load_event
    from pophub.organizer.guide.guide_pages import as_json, as_markdown
    from pophub.organizer.paths import event_file
    from pophub.organizer.plan.plan import plan_elsewhere
    from pophub.organizer.plan.prices import region_prices

    path = event_file(event)
    with organizer_errors(as_json=json), blamed_on(path):
        loaded = load_event(path)
    plan = plan_elsewhere(loaded, region_prices(loaded.region), now=datetime.now(UTC))
    print_json(as_json(plan)) if json else print(as_markdown(plan), end="")
