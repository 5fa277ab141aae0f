"""The lock of the lab: the second one waits until the first one is done."""

from __future__ import annotations

import threading
from pathlib import Path

from lab.file_lock import exclusive_lock


def test_the_second_waits_for_the_first(tmp_path: Path) -> None:
    order: list[str] = []
    started = threading.Event()

    def second() -> None:
        started.set()
        with exclusive_lock(tmp_path / "lock"):
            order.append("second")

    thread = threading.Thread(target=second)
    with exclusive_lock(tmp_path / "lock"):
        thread.start()
        started.wait()
        # without a lock the thread ends here
        thread.join(0.2)
        order.append("first")
    thread.join()

    assert order == ["first", "second"]
