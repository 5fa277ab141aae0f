"""What the sections share: the event from event.json, and the machine's folders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pophub.core import contract

Event = dict[str, Any]

HERE = Path(__file__).resolve().parent.parent
STATE = Path(contract.HUB_FOLDER)
HOMES = Path(contract.HOMES_FOLDER)


def gibibytes(amount: float) -> int:
    return int(amount * 1024**3)


def helpers(event: Event) -> list[str]:
    """The user names of the event's helpers, in the form that the hub uses."""
    (way,) = event["login"].values()
    first_domain = next(iter(way.get("hosted_domain", ())), "")
    return sorted({name.lower().removesuffix(f"@{first_domain}") for name in way["admins"]})
