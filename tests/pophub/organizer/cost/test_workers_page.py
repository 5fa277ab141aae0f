"""docs/workers.md has the table that the program makes today, and says what the program assumes."""

from __future__ import annotations

from pathlib import Path

import pytest

from pophub.organizer.cost import workers_page
from pophub.organizer.cost.workers_page import PAGE, table, write
from pophub.organizer.plan.leaving import AT_NOON, AT_THE_END, LAST, LATER, OPEN_TABS, STAY
from pophub.organizer.plan.prices import AS_OF
from pophub.organizer.plan.workers import MOST_SLOTS, SPOT_OFF

TEXT = " ".join(PAGE.read_text().split())


def test_the_page_has_todays_table() -> None:
    assert table().strip() in PAGE.read_text(), "python -m pophub.organizer.cost.workers_page writes it anew"
    assert f"list prices of {AS_OF}" in TEXT


def test_the_table_shows_what_the_page_says() -> None:
    rows = {tuple(row.strip(" |").split(" | ")[:2]): row for row in table().splitlines()[2:]}

    assert "(10% more)" in rows["60", "4"]
    assert "(6% less)" in rows["180", "4"]
    assert "(38% less)" in rows["500", "4"]
    assert "none is large enough" in rows["1000", "8"]
    assert len(rows) == 15


def test_the_assumptions_on_the_page_are_those_of_the_program() -> None:
    assert (AT_NOON, AT_THE_END, LATER, LAST, STAY) == (0.2, 0.55, 0.2, 0.05, (0.5, 2.5, 5.5))
    for told in (
        "A fifth of them leaves at noon, more than half within half an hour of the session's end, a fifth half an hour to "
        "2½ hours later, and one in twenty up to 5½ hours later",
        f"{OPEN_TABS:.0%} leave a tab open".replace("%", " %"),
        f"Spot costs {SPOT_OFF:.0%} less than on demand".replace("%", " %"),
        f"at most {MOST_SLOTS} servers",
    ):
        assert told in TEXT


def test_only_the_table_is_written_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "workers.md"
    page.write_text(PAGE.read_text().replace("r7i.48xlarge", "r1.tiny"))
    monkeypatch.setattr(workers_page, "PAGE", page)
    write()

    assert page.read_text() == PAGE.read_text()
