"""`pophub mail` writes a folder for its owner alone, and says who is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from pophub.core.errors import PophubError
from pophub.organizer.paths import EXAMPLE_EVENT
from pophub.organizer.people.mail import write_letters
from pophub.organizer.people.occasion import Occasion
from tests.pophub.planted import NOW

ROSTER = "name,mail,account\nAda,ada@uni.example,octocat\nGrace,,ghopper\n"


@pytest.fixture
def event(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The example event with a roster of two."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "geo.yaml").write_text(EXAMPLE_EVENT.read_text().replace("roster: null", "roster: people.csv"))
    (tmp_path / "people.csv").write_text(ROSTER)
    return str(tmp_path / "geo.yaml")


def test_the_texts_are_for_nobody_else(event: str) -> None:
    outcome = write_letters(event, Occasion.INVITATION, None, 7, now=NOW)
    folder = Path("geo-mail-invitation")

    assert sorted(file.name for file in folder.iterdir()) == ["ghopper.txt", "mail.csv", "octocat.txt"]
    assert (folder.stat().st_mode & 0o777, (folder / "mail.csv").stat().st_mode & 0o777) == (0o700, 0o600)
    assert outcome.text.splitlines()[1] == "no mail address: Grace (ghopper)"
    assert outcome.facts["without_mail"] == ["Grace"]


def test_a_folder_of_an_earlier_run_is_left_alone(event: str) -> None:
    write_letters(event, Occasion.LAST_DAY, None, 7, now=NOW)
    with pytest.raises(PophubError, match="geo-mail-last-day cannot be made: File exists"):
        write_letters(event, Occasion.LAST_DAY, None, 7, now=NOW)


def test_without_a_roster_there_is_one_text_for_everybody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = write_letters(str(EXAMPLE_EVENT), Occasion.INVITATION, Path("all"), 7, now=NOW)

    assert sorted(file.name for file in Path("all").iterdir()) == ["everybody.txt", "mail.csv"]
    assert "has no roster" in outcome.text


def test_mistakes_of_the_roster_are_told_before_anything_is_written(event: str, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("mail\nnobody\n")
    with pytest.raises(PophubError, match=r"people\.csv:2: mail: not one mail address"):
        write_letters(event, Occasion.INVITATION, None, 7, now=NOW)
    assert not Path("geo-mail-invitation").exists()
