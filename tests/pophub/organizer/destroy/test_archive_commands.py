"""An organizer sees how far the archive is, hands out links, and brings a home back."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from html import escape
from pathlib import Path

import pytest

from pophub.aws.client import Aws
from pophub.core.errors import PophubError
from pophub.hub.archive.archive import archive
from pophub.organizer.destroy.archive_commands import restore_home, status, write_links
from pophub.organizer.event_context import EventContext, archive_of
from pophub.organizer.paths import EXAMPLE_EVENT
from tests.pophub.planted import NOW, event_context


@pytest.fixture
def context(aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EventContext]:
    """An event whose two homes are archived, and a folder to work in."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    context = event_context(aws, f"handed-{tmp_path.name[-5:].replace('_', '-').lower()}")
    for name in ("ada", "carol-2dx"):
        (tmp_path / "homes" / name).mkdir(parents=True)
        (tmp_path / "homes" / name / "notes").write_text(name)
    os.mkfifo(tmp_path / "homes" / "ada" / "new\nline")
    archive(archive_of(context), tmp_path / "homes", now=NOW)
    return context


def test_the_status_names_everybody_and_every_problem(context: EventContext) -> None:
    told = status(context)

    assert told.text.splitlines()[1:] == [
        r"  'new\nline': a fifo has no content",
        told.text.splitlines()[2],
        f"{context.event}: 2 homes archived; complete, every byte read back",
    ]
    assert told.text.startswith("ada: 1 files, 0.0 MB packed, read back\n")
    assert (told.facts["complete"], [home["user"] for home in told.facts["homes"]]) == (True, ["ada", "carol-x"])


def test_without_an_archive_the_status_says_so(aws: Aws) -> None:
    assert status(event_context(aws, "nothing")).text == "nothing: 0 homes archived; not complete"


def test_the_links_and_a_page_for_each_are_written_for_nobody_else(context: EventContext) -> None:
    told = write_links(context, None, 7, now=NOW)
    folder = Path(f"{context.event}-links")
    rows = list(csv.DictReader((folder / "links.csv").open()))

    assert [(row["participant"], row["page"]) for row in rows] == [("ada", "ada.html"), ("carol-x", "carol-x.html")]
    assert sorted(file.name for file in folder.iterdir()) == ["ada.html", "carol-x.html", "links.csv"]
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert all(escape(row["link"]) in (folder / row["page"]).read_text() for row in rows)
    assert "nothing was sent" in told.text
    assert "credentials" not in told.text


def test_links_that_were_written_before_stay(context: EventContext) -> None:
    write_links(context, None, 7, now=NOW)
    with pytest.raises(PophubError, match="cannot be made: File exists"):
        write_links(context, None, 7, now=NOW)


def test_the_page_names_the_event_where_its_file_is_there(
    context: EventContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_links(context, Path("without"), 7, now=NOW)
    monkeypatch.setenv("POPHUB_EVENTS", str(tmp_path))
    (tmp_path / f"{context.event}.yaml").write_text(EXAMPLE_EVENT.read_text())
    write_links(context, Path("with"), 7, now=NOW)

    assert f"<h1>{context.event}: your files</h1>" in Path("without/ada.html").read_text()
    assert "<h1>Geo Hackweek 2027: your files</h1>" in Path("with/ada.html").read_text()
    assert "19 March 2027, 11:00 PDT" in Path("with/ada.html").read_text()


def test_links_that_end_with_the_credentials_are_said_to(
    context: EventContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Aws, "has_passing_credentials", lambda self: True)
    told = write_links(context, Path("l"), 1, now=NOW)

    assert "your AWS credentials end by themselves, and the links with them" in told.text
    assert told.facts["end_with_credentials"] is True


def test_a_home_comes_back_by_the_real_name(context: EventContext) -> None:
    told = restore_home(context, "carol-x", None)

    assert Path(f"{context.event}-carol-x/notes").read_text() == "carol-2dx"
    assert told.facts["entries"] == 1


def test_a_disk_that_does_not_take_a_home_is_told_with_the_way(context: EventContext) -> None:
    Path("taken").touch()
    with pytest.raises(PophubError, match="taken/deeper: Not a directory") as refused:
        restore_home(context, "ada", Path("taken/deeper"))

    assert "name a new folder with --to" in refused.value.hint


@pytest.mark.parametrize("user", [None, "mallory"])
def test_a_home_that_is_not_archived_is_told_with_those_that_are(context: EventContext, user: str | None) -> None:
    with pytest.raises(PophubError, match="is archived for") as refused:
        restore_home(context, user, None)

    assert refused.value.hint == "archived: ada, carol-x"
