"""What is asked of whoever ends an event, and what is never done without an answer."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
import typer

from pophub.core.errors import PophubError
from pophub.organizer.destroy import organizer_answers as module
from pophub.organizer.destroy.organizer_answers import Answers, confirmed, organizer
from pophub.organizer.leftovers.resource import Resource

SNAPSHOT = [Resource("snapshot", "snap-1", Decimal("30.2"))]
Terminal = Callable[..., list[str]]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A person who answers so; what they were asked."""

    def answering(answer: str | bool) -> list[str]:
        asked: list[str] = []

        def ask(question: str, **_: object) -> str | bool:
            asked.append(question)
            return answer

        monkeypatch.setattr(module.sys.stdin, "isatty", lambda: True, raising=False)
        monkeypatch.setattr(module, "require_answer", lambda remedy: None)
        monkeypatch.setattr(typer, "prompt", ask)
        monkeypatch.setattr(typer, "confirm", ask)
        return asked

    return answering


def test_the_name_is_typed(terminal: Terminal) -> None:
    asked = terminal("geo")
    confirmed("geo", Answers())
    assert asked == ["Type the event's name to destroy it"]

    with pytest.raises(typer.Abort):
        confirmed("winter-school", Answers())


def test_a_destroy_without_archive_needs_the_events_own_name() -> None:
    confirmed("geo", Answers(without_archive="geo"))
    for other in ("yes", "geo2"):
        with pytest.raises(PophubError, match="--without-archive names"):
            confirmed("geo", Answers(yes=True, without_archive=other))


def test_yes_is_no_consent_to_close_it_over_peoples_heads() -> None:
    with pytest.raises(PophubError, match="nothing was done: at work: ada, grace") as refused:
        organizer(Answers(yes=True)).closes(["ada", "grace"])

    assert "--while-at-work" in refused.value.hint
    assert organizer(Answers(yes=True, while_at_work=True)).closes(["ada", "grace"])


@pytest.mark.parametrize("answer", [True, False])
def test_people_at_work_are_named_and_asked_about(
    terminal: Terminal, capsys: pytest.CaptureFixture[str], answer: bool
) -> None:
    asked = terminal(answer)

    assert organizer(Answers()).closes(["ada"]) is answer
    assert organizer(Answers()).closes(None) is answer
    assert len(asked) == 2
    assert capsys.readouterr().err == "at work: ada\nsomebody is at work, and the hub does not say who\n"


@pytest.mark.parametrize("answer", [True, False])
def test_the_snapshot_is_asked_for_with_its_price(
    terminal: Terminal, capsys: pytest.CaptureFixture[str], answer: bool
) -> None:
    terminal(answer)

    assert organizer(Answers()).removes(SNAPSHOT, ()) is answer
    assert "30.20 USD  snap-1" in capsys.readouterr().err


@pytest.mark.parametrize("answer", [True, False])
def test_what_could_not_be_read_is_named_and_asked_about_whatever_was_given(
    terminal: Terminal, capsys: pytest.CaptureFixture[str], answer: bool
) -> None:
    [asked] = [terminal(answer)]
    losses = ("ada: 2 times input/output error",)

    assert organizer(Answers(yes=True, remove_snapshot=True)).removes(SNAPSHOT, losses) is False
    assert asked == []
    assert organizer(Answers(remove_snapshot=True)).removes(SNAPSHOT, losses) is answer
    assert "but for what is named above" in asked[0]
    assert "  ada: 2 times input/output error" in capsys.readouterr().err


@pytest.mark.parametrize("answer", [True, False])
def test_missing_homes_are_asked_about(terminal: Terminal, answer: bool) -> None:
    terminal(answer)

    assert organizer(Answers()).has_none("0 homes are on the disk") is answer
    assert organizer(Answers(yes=True)).has_none("0 homes are on the disk") is False
    assert organizer(Answers(yes=True, homes_are_gone=True)).has_none("0 homes are on the disk") is True


def test_yes_is_no_consent_to_lose_the_snapshot() -> None:
    assert organizer(Answers(yes=True)).removes(SNAPSHOT, ()) is False
    assert organizer(Answers(yes=True, remove_snapshot=True)).removes(SNAPSHOT, ()) is True
