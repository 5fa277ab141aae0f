"""What people read about workers: why a start waits, by the report of pophub/hub/workers, and why it failed."""

from __future__ import annotations

from pathlib import Path

from pophub.core import contract
from sections.watch import read_watch_file

WORKERS = Path(contract.RUN_FOLDER, contract.WORKERS_FILE)
COMES = "All machines are full: another one starts, which takes a minute or two."
REFUSED = "All machines are full, and AWS has none for us just now. Your server starts as soon as one comes."
NONE_CAME = (
    "All machines are full, and no other one came in time. Your files are safe: try again in some minutes. "
    "If it goes on, tell the organizers: `pophub status` shows them the reason."
)
GONE = "The machine that it ran on is gone."
TAKEN = "Your server was lost while it started. Your files are safe: try again."


def why_it_waits() -> str:
    """The sentence that a person reads while the server waits."""
    return REFUSED if read_watch_file(WORKERS).get("trouble") else COMES
