"""Terraform's lines become messages, and a diagnostic loses nothing on its way into words."""

from __future__ import annotations

import json

import pytest

from pophub.organizer.deploy.terraform.messages import TEXT, as_text, errors_in, parse

LINE = {"@level": "info", "@message": "aws_vpc.a: Creating...", "@timestamp": "2026-11-29T08:30:00.5Z"}


def _line(type_: str, **fields: object) -> str:
    return json.dumps(LINE | {"type": type_} | fields)


def _start(action: str) -> str:
    return _line("apply_start", hook={"resource": {"addr": "aws_vpc.a"}, "action": action})


def _error(summary: str, **more: str) -> str:
    return _line("diagnostic", **{"@level": "error"}, diagnostic={"severity": "error", "summary": summary, **more})


def test_a_message_has_its_resource_and_what_is_done_to_it() -> None:
    message = parse(_start("create"))

    assert (message.type, message.address, message.action) == ("apply_start", "aws_vpc.a", "create")
    assert message.text == "aws_vpc.a: Creating..."


@pytest.mark.parametrize("line", ["panic: runtime error", "", "{}", '["x"]', '{"type": "version"', "3"])
def test_a_line_that_is_no_message_is_text(line: str) -> None:
    message = parse(line)

    assert (message.type, message.text, message.seconds) == (TEXT, line, 0.0)


def test_an_error_is_worded_whole() -> None:
    detail = "Lock Info:\n  ID:        1-2\n  Who:       ada@laptop\n" + "a long story. " * 200
    text = as_text(parse(_error("Error acquiring the state lock", detail=detail, address="aws_vpc.a")))

    assert text.startswith("Error: Error acquiring the state lock\n\n  with aws_vpc.a\n\n")
    assert detail.strip() in text


def test_every_error_is_named_once_and_no_warning() -> None:
    warning = _line("diagnostic", **{"@level": "warn"}, diagnostic={"severity": "warning", "summary": "old"})
    lines = [_start("create"), warning, _error("one"), _error("two"), _error("one"), "text"]
    found = errors_in([parse(line) for line in lines])

    assert [line for line in found.splitlines() if line] == ["Error: one", "Error: two"]


def test_without_any_error_what_was_said_outside_of_messages_is_the_reason() -> None:
    assert errors_in([parse(_start("create")), parse("panic: it crashed")]) == "panic: it crashed"
