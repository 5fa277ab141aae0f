"""What people read while all workers are full, by what the workers' daemon knows (pophub/hub/workers)."""

from __future__ import annotations

from pathlib import Path

from pophub.core import contract
from sections.watch import read_watch_file

WORKERS = Path(contract.RUN_FOLDER, contract.WORKERS_FILE)
COMES = "All machines are full: another one starts, which takes a minute or two."
REFUSED = "All machines are full, and AWS has none for us just now. Your server starts as soon as one comes."
NONE_CAME = "All machines are full, and no other one came in time. Your files are safe: try again in some minutes."
TELL = "If it goes on, tell the organizers: `pophub status` shows them the reason."


def why_it_waits() -> str:
    """For the page that a person sees while the server waits."""
    return REFUSED if read_watch_file(WORKERS).get("trouble") else COMES


def none_came() -> str:
    """For the page after a start that waited too long."""
    return f"{NONE_CAME} {TELL}"
