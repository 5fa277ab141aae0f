"""The AWS account: who asks, the region, the bucket; judged from facts, and at the lab."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from lab.account_kinds import AccountKind
from pophub.core.errors import PophubError
from pophub.organizer.doctor import account, machine, quota
from pophub.organizer.doctor.finding import Colour
from tests.pophub.organizer.doctor.conftest import BUCKET, MakeCase

# a region that an account must switch on first
CLOSED = "eu-south-1"


@pytest.mark.parametrize(
    ("arn", "colour", "words"),
    [
        ("arn:aws:iam::123456789012:user/ada", Colour.GREEN, "user/ada of account 123456789012"),
        ("arn:aws:sts::123456789012:assumed-role/Admin/ada", Colour.GREEN, "assumed-role/Admin/ada of account"),
        ("arn:aws:iam::123456789012:root", Colour.YELLOW, "the root user of account 123456789012"),
    ],
)
def test_who_asks(arn: str, colour: Colour, words: str) -> None:
    verdict = account.judge_who("123456789012", arn)

    assert verdict.colour is colour
    assert words in verdict.answer


@pytest.mark.parametrize(
    ("status", "colour"),
    [
        ("opt-in-not-required", Colour.GREEN),
        ("opted-in", Colour.GREEN),
        ("not-opted-in", Colour.RED),
        (None, Colour.RED),
    ],
)
def test_a_region_must_be_there_and_on(status: str | None, colour: Colour) -> None:
    regions = {"us-west-2": "opt-in-not-required"} | ({"eu-south-1": status} if status else {})

    assert account.judge_region("eu-south-1", regions).colour is colour


@pytest.mark.parametrize(
    ("code", "colour"), [("", Colour.GREEN), ("404", Colour.RED), ("403", Colour.RED), ("503", Colour.UNKNOWN)]
)
def test_an_event_needs_the_account_bucket(code: str, colour: Colour) -> None:
    assert account.judge_bucket(BUCKET, code, "slow down").colour is colour


def test_what_s3_refuses_otherwise_keeps_its_next_step() -> None:
    verdict = account.judge_bucket(BUCKET, "503", "slow down", "the same command again")

    assert (verdict.answer, verdict.next_step) == ("slow down", "the same command again")


def test_in_the_lab_everything_is_as_it_should_be(make_case: MakeCase) -> None:
    case = make_case()

    assert [ask(case).colour for ask in (account.who, account.region, account.bucket)] == [Colour.GREEN] * 3


def test_a_region_that_is_switched_off_is_red_and_the_others_point_to_it(make_case: MakeCase) -> None:
    case = replace(make_case(AccountKind(name="closed", closed_regions=(CLOSED,))), region=CLOSED)
    case.facts.once("regions", lambda: {CLOSED: "not-opted-in"})

    assert [account.who(case).colour, account.region(case).colour] == [Colour.GREEN, Colour.RED]
    for ask in (quota.processors, quota.addresses, quota.networks, machine.disk_key, machine.offered):
        with pytest.raises(PophubError, match=rf"{CLOSED} is not switched on \(see region\)"):
            ask(case)


def test_an_account_that_is_not_deployed_has_its_next_step(
    make_case: MakeCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = make_case()
    monkeypatch.setattr("pophub.organizer.doctor.account.identity", lambda case: {"Account": "999999999999"})

    verdict = account.bucket(case)

    assert (verdict.colour, verdict.next_step) == (Colour.RED, "`pophub deploy account`, once for all events")


def test_without_credentials_one_finding_is_red_and_the_others_point_to_it(
    make_case: MakeCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = make_case()

    def refuse(*_: object, **__: object) -> Callable[..., object]:
        raise PophubError("there are no AWS credentials", hint="`aws configure`")

    monkeypatch.setattr(type(case.aws), "call", refuse)

    assert account.who(case).colour is Colour.RED
    with pytest.raises(PophubError, match="see credentials"):
        account.region(case)
