"""What the sections share: the event as event.json says it, and the places on the machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pophub.core import contract

Event = dict[str, Any]

HERE = Path(__file__).resolve().parent.parent
STATE = Path(contract.HUB_FOLDER)
HOMES = Path(contract.HOMES_FOLDER)


def gibibytes(amount: float) -> int:
    """GiB in bytes."""
    return int(amount * 1024**3)


def helpers(event: Event) -> list[str]:
    """The names of the event's helpers, as the hub writes them."""
    (way,) = event["login"].values()
    first_domain = next(iter(way.get("hosted_domain", ())), "")
    return sorted({name.lower().removesuffix(f"@{first_domain}") for name in way["admins"]})
