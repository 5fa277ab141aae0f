"""The event's colour and logo, for pages that are made on this computer."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from pophub.core.errors import PophubError
from pophub.core.look import NO_BRAND, Brand, brand_with
from pophub.organizer.event.event import Event
from pophub.organizer.event.event_file import load_event
from pophub.organizer.event.logo import read_logo


def brand_of(event: Event) -> Brand:
    """The brand of an event that was read with its files; otherwise the logo is missing."""
    return brand_with(event.branding.colour, (event.logo.suffix, event.logo.content) if event.logo else None)


def brand_of_file(path: Path) -> Brand:
    """The brand of an event's file. A part that cannot be read is left out, so that a past event's report still works."""
    try:
        event = load_event(path)
    except PophubError:
        return NO_BRAND
    if event.branding.logo:
        with suppress(PophubError):
            event = event.with_logo(read_logo(path.parent / event.branding.logo))
    return brand_of(event)
