"""The watch killed at any of its lines, not only between its steps: at each line of the looks that matter, in turn."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from pophub.hub.watch.announce import FIRST_WARNING, LAST_WARNING
from pophub.hub.watch.metered import Meter
from pophub.organizer.paths import ROOT
from tests.pophub.hub.watch.evening import FAR, LEFT, MINUTE, Evening, Killed

# what one look runs, but for what it only reads or works out
OURS = tuple(str(ROOT / "pophub" / name) for name in ("hub/watch", "core/cost/meter.py", "core/cost/records.py"))
Line = tuple[str, int]


@contextmanager
def killed_at(count: int | None = None) -> Iterator[list[Line]]:
    """The lines that are run, and an end before one of them, by its place in their order.

    A process that is killed leaves no file open, and with it no lock.
    """
    lines: list[Line] = []

    def local(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            lines.append((frame.f_code.co_filename, frame.f_lineno))
            if len(lines) - 1 == count:
                raise Killed
        return local

    def entered(frame: FrameType, event: str, _: Any) -> Any:
        return local if frame.f_code.co_filename.startswith(OURS) else None

    before, opened = sys.gettrace(), files_open()
    sys.settrace(entered)
    try:
        yield lines
    finally:
        sys.settrace(before)
        for descriptor in files_open() - opened:
            with suppress(OSError):
                os.close(descriptor)


def files_open() -> set[int]:
    """By their numbers; the one with which they were listed is closed by then."""
    listed = [*Path("/proc/self/fd").iterdir()]
    return {int(it.name) for it in listed if it.exists()}


class Replayed:
    """An evening that can go back to before a look."""

    def __init__(self, evening: Evening, kept: Path) -> None:
        self.evening, self._kept = evening, kept
        self._state = (evening.minute, [*evening.shown])
        shutil.copytree(evening.paths.run.parent, kept)

    def back(self) -> Evening:
        """As it was."""
        folder = self.evening.paths.run.parent
        shutil.rmtree(folder)
        shutil.copytree(self._kept, folder)
        self.evening.minute, self.evening.off_at = self._state[0], None
        self.evening.shown = [*self._state[1]]
        return self.evening

    def kept(self) -> tuple[object, ...]:
        """All that the looks after this one depend on: each begins with what lies in the files."""
        folder = self.evening.paths.run.parent
        files = sorted((it, it.read_bytes() if it.is_file() else b"") for it in folder.rglob("*"))
        return self.evening.minute, self.evening.off_at, *self.evening.shown, *files


def first_of_each(lines: list[Line]) -> list[int]:
    """Where each line is run for the first time."""
    return sorted({line: place for place, line in reversed([*enumerate(lines)])}.values())


@pytest.mark.parametrize("look", ["the first", "the first warning", "the last warning", "the stop"])
def test_killed_at_any_line_the_watch_still_warns_and_stops(
    make_evening: Callable[..., Evening], meter: Meter, tmp_path: Path, look: str
) -> None:
    whole = make_evening(meter)
    whole.works_until = LEFT
    whole.until_off(45)
    off_at = whole.off_at
    assert off_at is not None
    minute = {
        "the first": 0,
        "the first warning": min(whole.shown),
        "the last warning": off_at - LAST_WARNING // MINUTE,
        "the stop": off_at,
    }[look]

    evening = make_evening(meter)
    evening.works_until = LEFT
    evening.until_off(minute - 1)
    assert evening.minute == minute
    replayed = Replayed(evening, tmp_path / "kept")
    with killed_at() as lines:
        replayed.back().look()
    paths = first_of_each(lines)
    assert len(paths) > 150

    left = set()
    for place in paths:
        with killed_at(place):
            replayed.back().look()
        # most lines only read: after them the evening goes on as after the line before
        if (kept := replayed.kept()) in left:
            continue
        left.add(kept)
        where = f"{lines[place]}, the {place}th of a look"
        evening.until_off(off_at + 15)
        assert evening.off_at is not None, where
        assert evening.off_at <= off_at + FIRST_WARNING // MINUTE + 1, where
        shown = [it for it in evening.shown if it < evening.off_at]
        assert {*range(evening.off_at - LAST_WARNING // MINUTE, evening.off_at)} <= {*shown}, where
        assert evening.off_at - min(shown) >= FIRST_WARNING // MINUTE, where


def test_killed_at_another_line_of_each_look_it_stops_nobody_who_works(
    make_evening: Callable[..., Evening], meter: Meter
) -> None:
    """Every third look comes to its end."""
    evening = make_evening(meter)
    evening.works_until = FAR
    for minute in range(300):
        with killed_at(minute * 7 % 1200 if minute % 3 else None):
            evening.look()

    assert evening.off_at is None
