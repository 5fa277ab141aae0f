"""Questions to a provider: what counts as an answer, and that nobody waits for the ones that do not come."""

from __future__ import annotations

import threading

import pytest

from lab.hub import free_port
from pophub.organizer.outside.provider import (
    Answer,
    AnswerKind,
    Credentials,
    Question,
    Reply,
    Silent,
    answer_all,
    ask,
    yes,
)


def test_a_server_that_is_not_there_is_silent() -> None:
    with pytest.raises(Silent, match=r"^http://127\.0\.0\.1:\d+/x did not answer: "):
        ask(f"http://127.0.0.1:{free_port()}/x?client_id=1", seconds=1)


def test_an_address_that_is_none_is_silent() -> None:
    with pytest.raises(Silent):
        ask("http://[half")


@pytest.mark.parametrize(("body", "found"), [(b'{"a": 1}', {"a": 1}), (b"[1]", {}), (b"<html>", {}), (b"\xff", {})])
def test_a_body_that_is_no_json_object_is_an_empty_one(body: bytes, found: dict[str, int]) -> None:
    assert Reply(200, {}, body).json == found


def test_answers_come_in_the_order_of_the_questions_also_those_that_do_not_come() -> None:
    never = threading.Event()

    def hang() -> Answer:
        never.wait()
        raise AssertionError

    def break_off() -> Answer:
        raise Silent("it is ill")

    questions = [Question("a", hang), Question("b", lambda: yes("b", "it is")), Question("c", break_off)]
    late, good, ill = answer_all(questions, 0.1)
    never.set()

    assert (late.kind, late.words) == (AnswerKind.UNKNOWN, "there was no answer within 0.1 seconds")
    assert good == yes("b", "it is")
    assert (ill.subject, ill.kind, ill.words) == ("c", AnswerKind.UNKNOWN, "it is ill")


def test_many_late_answers_are_waited_for_together() -> None:
    never = threading.Event()
    questions = [Question(str(each), lambda: Answer(str(never.wait()), AnswerKind.YES, "")) for each in range(50)]
    waiting = threading.Thread(target=answer_all, args=(questions, 0.2), daemon=True)
    waiting.start()
    waiting.join(5)
    never.set()

    # one after the other they would take ten seconds
    assert not waiting.is_alive()


def test_a_bug_is_no_unknown_answer() -> None:
    def broken() -> Answer:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        answer_all([Question("a", broken)])


def test_a_secret_is_in_no_message() -> None:
    assert "hidden" not in f"{Credentials('id', 'hidden')!r}"
