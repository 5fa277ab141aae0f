"""Every question is asked at once, waited for as long as it may take, and answered whatever becomes of it."""

from __future__ import annotations

from threading import Barrier, Event

import pytest

from lab.account_kinds import AccountKind
from pophub.core.errors import ExitCode, PophubError
from pophub.organizer.doctor import laptop
from pophub.organizer.doctor.case import Case
from pophub.organizer.doctor.examine import examine, exit_code
from pophub.organizer.doctor.finding import Colour, Finding, Verdict, green
from pophub.organizer.doctor.questions import QUESTIONS, Question
from tests.pophub.organizer.doctor.conftest import MakeCase


def test_all_are_asked_at_the_same_time(make_case: MakeCase) -> None:
    together = Barrier(3)

    def ask(_: Case) -> Verdict:
        together.wait(10)
        return green("met the others")

    findings = examine(make_case(), [Question("lab", name, ask) for name in "abc"])

    assert [(each.question, each.answer) for each in findings] == [(name, "met the others") for name in "abc"]


def test_who_does_not_answer_in_time_is_unknown(make_case: MakeCase) -> None:
    never = Event()

    def wait(_: Case) -> Verdict:
        never.wait()
        return green("at last")

    slow, quick = examine(
        make_case(), [Question("lab", "slow", wait, seconds=0.1), Question("lab", "quick", lambda _: green("here"))]
    )
    never.set()

    assert (slow.colour, slow.answer) == (Colour.UNKNOWN, "no answer within 0.1 seconds")
    assert quick.colour is Colour.GREEN


def test_what_cannot_be_asked_is_unknown_with_its_words(make_case: MakeCase) -> None:
    def refuse(_: Case) -> Verdict:
        raise PophubError("the door is closed", hint="knock")

    def break_down(_: Case) -> Verdict:
        raise KeyError("Arn")

    refused, broken = examine(make_case(), [Question("lab", "refuse", refuse), Question("lab", "break", break_down)])

    assert refused == Finding("lab", "refuse", Colour.UNKNOWN, "the door is closed", "knock")
    assert (broken.colour, broken.next_step) == (Colour.UNKNOWN, "report this as a bug")


def test_a_right_that_several_questions_lack_is_red_once(make_case: MakeCase) -> None:
    case = make_case(AccountKind(name="few rights", denied=("ec2:DescribeVpcs", "route53:ListHostedZonesByName")))
    wanted = {"rights", "VPCs", "zone", "record"}

    found = {each.question: each for each in examine(case, [each for each in QUESTIONS if each.title in wanted])}

    assert {name: each.colour for name, each in found.items()} == {
        "rights": Colour.RED,
        "VPCs": Colour.UNKNOWN,
        "zone": Colour.UNKNOWN,
        "record": Colour.UNKNOWN,
    }
    assert "ec2:DescribeVpcs, route53:ListHostedZonesByName" in found["rights"].answer
    assert found["zone"].answer == "not asked: AWS denies route53:ListHostedZonesByName (see rights)"


def test_without_a_network_one_finding_is_red(make_case: MakeCase, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_such_name(host: str) -> str:
        raise OSError(f"no such name: {host}")

    monkeypatch.setattr(laptop, "address_of", no_such_name)
    monkeypatch.setattr(laptop, "getproxies", dict)
    monkeypatch.setattr("pophub.organizer.deploy.toolchain.find_provider_mirror", lambda: None)
    findings = examine(make_case())

    assert [
        each.question for each in findings if "there is no network" in each.answer and each.colour is Colour.RED
    ] == ["name resolution"]
    silent = [each for each in findings if each.answer == "not asked: there is no network (see name resolution)"]
    assert {"AWS provider", "credentials", "zone", "people", "image"} <= {each.question for each in silent}


def test_the_account_alone_is_not_asked_about_an_event(make_case: MakeCase) -> None:
    case = make_case(name="account")
    questions = [
        Question("lab", "event", lambda case: green(case.event.name)),
        Question("lab", "region", lambda case: green(case.region), of_event=False),
    ]

    assert [(each.question, each.answer) for each in examine(case, questions)] == [("region", "us-west-2")]


@pytest.mark.parametrize(
    ("colours", "code"),
    [(["green", "yellow", "unknown"], ExitCode.DONE), (["green", "red"], ExitCode.FIX), ([], ExitCode.DONE)],
)
def test_only_red_is_an_error(colours: list[str], code: ExitCode) -> None:
    assert exit_code(Finding("lab", "x", Colour(colour), "y") for colour in colours) is code
