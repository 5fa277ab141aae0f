"""Every case of cases/ is explained: its kind, the words of the problem, the next step, and no wrong one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from pophub.aws.refusals import Kind, explain, explain_call, explain_log

CASES = sorted(Path(__file__).with_name("cases").glob("*.txt"))


@dataclass(frozen=True)
class Case:
    """A message (or, with `call`, the message of one call's refusal) and what is expected of its explanation."""

    raw: str
    kind: str
    says: tuple[str, ...]
    next: tuple[str, ...]
    never: tuple[str, ...]
    call: tuple[str, ...]


def read(path: Path) -> Case:
    head, _, raw = path.read_text().partition("---\n")
    given = dict(line.split(": ", 1) for line in head.splitlines())
    assert set(given) <= {"kind", "says", "next", "never", "call"}, path
    says, steps, never = (tuple(given.get(key, "").split("|")) for key in ("says", "next", "never"))
    return Case(raw, given["kind"], says, steps, tuple(filter(None, never)), tuple(given.get("call", "").split()))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_refusal_is_explained_with_its_next_step(path: Path) -> None:
    case = read(path)
    found = explain_call(*case.call, case.raw.strip()) if case.call else explain(case.raw)

    assert found is not None
    assert (found.kind, found.source.startswith(("https://", "hub-config"))) == (case.kind, True), found
    assert [words for words in case.says if words not in found.problem] == [], found
    assert [words for words in case.next if words not in found.next_step] == [], found
    assert [words for words in case.never if words in found.next_step] == [], found
    assert "{" not in found.problem + found.next_step


def test_cases_are_about_every_kind() -> None:
    assert {read(path).kind for path in CASES} == {str(kind) for kind in Kind} - {"unknown"}


def test_a_call_that_nobody_foresaw_is_told_by_name_and_as_not_known() -> None:
    found = explain_call("ec2", "run_instances", "MoonIsFull", "come back later")

    assert (found.kind, found.source) == (Kind.UNKNOWN, "")
    assert found.problem == "AWS refuses ec2 run_instances: MoonIsFull: come back later"
    assert "does not know this message" in found.next_step


def test_a_log_without_an_error_has_nothing_to_explain() -> None:
    log = "aws_vpc.a: Creating...\nWarning: Deprecated attribute\n\n  AccessDenied is only mentioned here\n"

    assert explain_log(log) == []
    assert explain("") is None


def test_errors_are_explained_in_their_order_each_once_with_its_line() -> None:
    twice = "Error: creating EC2 EIP: operation error EC2: AllocateAddress, https response error StatusCode: 400, " * 2
    one = f"{twice[: len(twice) // 2]}RequestID: 1, api error AddressLimitExceeded: The maximum has been reached.\n"
    log = f"aws_eip.a: Creating...\n{one}\nError: the moon is full\n\n{one}"

    assert [(each.kind, each.line) for each in explain_log(log)] == [(Kind.QUOTA, 2), (Kind.UNKNOWN, 4)]
