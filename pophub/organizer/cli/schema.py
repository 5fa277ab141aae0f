"""`pophub schema`: the JSON Schema of the event file, for editors and other programs."""

from __future__ import annotations


def schema() -> None:
    """Print the JSON Schema of the event file.

    The same text is in hub-config/event.schema.json. The first line of an event file names it, so that an editor
    with a YAML language server completes and checks the file.

    Examples:
        pophub schema > event.schema.json
    """
    from pophub.organizer.event.json_schema import as_text, event_schema

    print(as_text(event_schema()), end="")
