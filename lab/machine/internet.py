"""A person on the internet: this process reaches a lab machine at its own name, as they do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from lab.machine.machine import LabMachine


@contextmanager
def on_the_internet(machine: LabMachine) -> Iterator[None]:
    """Send this process's `requests` and websockets to the machine."""
    before = {name: os.environ.get(name) for name in machine.environment}
    os.environ.update(machine.environment)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
