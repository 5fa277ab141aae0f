"""How far Terraform is, from streams that it said in the lab AWS."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pophub.organizer.deploy.terraform.messages import Message, parse
from pophub.organizer.deploy.terraform.progress import Progress, in_words

STREAMS = Path(__file__).with_name("streams")
REFERENCES = {
    address: frozenset(needs) for address, needs in json.loads((STREAMS / "references.json").read_text()).items()
}


def _messages(stream: str) -> list[Message]:
    return [parse(line) for line in (STREAMS / f"{stream}.jsonl").read_text().splitlines()]


def _states(stream: str) -> Iterator[tuple[Message, Progress]]:
    progress = Progress(REFERENCES)
    for message in _messages(stream):
        progress.hear(message)
        yield message, progress


def _message(type_: str, second: int, **fields: object) -> Message:
    line = {"type": type_, "@message": "", "@timestamp": f"2026-11-29T08:{second // 60:02}:{second % 60:02}Z"}
    return parse(json.dumps(line | fields))


def _hook(type_: str, second: int, address: str, action: str) -> Message:
    return _message(type_, second, hook={"resource": {"addr": address}, "action": action})


def _planned(**counts: int) -> Message:
    return _message("change_summary", 0, changes={"operation": "plan", **counts})


@pytest.mark.parametrize("stream", ["deploy", "destroy"])
def test_at_the_end_all_of_the_plan_is_done(stream: str) -> None:
    *_, (_, progress) = _states(stream)

    assert (progress.done, progress.total) == (40, 40)
    assert progress.line() == "40 of 40"
    assert progress.remaining_seconds() == 0


@pytest.mark.parametrize("stream", ["deploy", "destroy"])
def test_what_is_expected_to_remain_is_near_to_what_remained(stream: str) -> None:
    begins = [(m.seconds, p.remaining_seconds()) for m, p in _states(stream) if m.type.startswith("apply_") and p.total]
    end = begins[-1][0]
    wrong = [abs(remaining - (end - now)) for now, remaining in begins]

    assert len(begins) > 50
    # of about a minute
    assert max(wrong) < 20


def test_before_the_plan_it_says_what_it_looks_at() -> None:
    lines = [progress.line() for _, progress in _states("destroy") if not progress.total]

    assert lines[0] == "comparing with what is there"
    assert lines[-1] == "comparing with what is there: 40 resources"


def test_in_the_middle_it_says_how_far_how_long_and_what() -> None:
    lines = [progress.line() for _, progress in _states("deploy") if progress.done == 23]

    assert lines[-1] == "23 of 40, about 40 seconds more: creating the DNS record, creating the machine"


def test_several_of_one_kind_do_not_hide_what_else_goes_on() -> None:
    progress = Progress()
    addresses = ("aws_route53_record.a", "aws_route53_record.b", "aws_ebs_volume.a", "aws_subnet.a")
    for message in (_planned(remove=4), *(_hook("apply_start", 1, each, "delete") for each in addresses)):
        progress.hear(message)

    assert progress.line().endswith(": removing the DNS record, removing the home volume and 1 more")


def test_a_plan_and_reading_data_have_begun_nothing() -> None:
    starts = [(m.action, p.has_begun) for m, p in _states("deploy") if m.type == "apply_start"]

    assert next(begun for action, begun in starts if action != "read") is True
    assert not any(p.has_begun for m, p in _states("deploy") if not p.total)


def test_a_replacement_is_two_steps() -> None:
    progress = Progress()
    for message in (
        _message("planned_change", 0, change={"resource": {"addr": "aws_s3_object.a"}, "action": "replace"}),
        _planned(add=1, change=0, remove=1),
        _hook("apply_start", 1, "aws_s3_object.a", "delete"),
        _hook("apply_complete", 2, "aws_s3_object.a", "delete"),
    ):
        progress.hear(message)

    assert (progress.done, progress.total) == (1, 2)


def test_a_step_that_failed_is_over() -> None:
    progress = Progress()
    for message in (_planned(add=2), _hook("apply_start", 1, "aws_vpc.a", "create"),
                    _hook("apply_errored", 2, "aws_vpc.a", "create")):  # fmt: skip
        progress.hear(message)

    assert progress.line() == "1 of 2, a few seconds more"


def test_it_says_for_what_it_waits_unusually_long_and_up_to_when() -> None:
    progress = Progress()
    for message in (_planned(remove=3), _hook("apply_start", 0, "aws_subnet.a", "delete"),
                    _hook("apply_start", 200, "aws_instance.a", "delete"),
                    _hook("apply_progress", 240, "aws_subnet.a", "delete")):  # fmt: skip
        progress.hear(message)

    assert progress.line() == (
        "0 of 3, 4 min so far for this step, 20 min at most: removing the subnet, removing the machine"
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "a few seconds more"), (11, "about 20 seconds more"), (50, "about 1 minute more"), (130, "about 2 minutes more")],
)  # fmt: skip
def test_a_time_is_told_in_round_figures(seconds: float, words: str) -> None:
    assert in_words(seconds) == words
