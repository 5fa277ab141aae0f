"""The budget beside the expected cost, and the cost tag, at accounts of several kinds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from lab.account_kinds import INSTITUTION, NEW, AccountKind
from pophub.aws.cost_tag import CostTag, TagState
from pophub.organizer.doctor import money
from pophub.organizer.doctor.finding import Colour
from tests.pophub.organizer.doctor.conftest import NOW, MakeCase


@pytest.mark.parametrize(
    ("budget", "colour", "words"),
    [
        (500, Colour.GREEN, "also covers the high case"),
        (400, Colour.YELLOW, "does not cover the high case of a deployment now"),
        (160, Colour.YELLOW, "does not cover the expected case of a deployment now"),
    ],
)
def test_the_budget_is_judged_by_a_deployment_now_too(
    make_case: MakeCase, example_in: Callable[[str, str], str], budget: int, colour: Colour, words: str
) -> None:
    verdict = money.budget(make_case(name=example_in("budget_usd: 400", f"budget_usd: {budget}")))

    assert verdict.colour is colour
    for part in ("if deployed on 2027-02-28", "if deployed now", words):
        assert part in verdict.answer
    assert not verdict.next_step or "deploy on 2027-02-28, or raise `budget_usd` to 44" in verdict.next_step


def test_a_budget_below_the_expected_cost_is_red(make_case: MakeCase, example_in: Callable[[str, str], str]) -> None:
    verdict = money.budget(make_case(name=example_in("budget_usd: 400", "budget_usd: 30")))

    assert verdict.colour is Colour.RED
    assert verdict.answer.startswith("the budget of 30 USD is less than the ")
    assert verdict.next_step.startswith("raise `budget_usd`")


def test_without_a_price_nothing_is_known(make_case: MakeCase, example_in: Callable[[str, str], str]) -> None:
    case = make_case(name=example_in("instance_type: null", "instance_type: m7i.48xlarge"))

    assert money.budget(case).colour is Colour.UNKNOWN


@pytest.mark.parametrize(
    ("state", "since", "colour"),
    [
        (TagState.ACTIVE, NOW - timedelta(days=2), Colour.GREEN),
        (TagState.ACTIVE, NOW, Colour.YELLOW),
        (TagState.UNSEEN, None, Colour.YELLOW),
        (TagState.PAYER_ONLY, None, Colour.YELLOW),
        (TagState.UNKNOWN, None, Colour.UNKNOWN),
    ],
)
def test_a_tag_that_does_not_count_stops_no_deploy(state: TagState, since: object, colour: Colour) -> None:
    found = CostTag(state, NOW, since=since, detail="busy")  # type: ignore[arg-type]

    assert money.judge_tag(found, "geo-hackweek").colour is colour


@pytest.mark.parametrize(
    ("kind", "words"), [(NEW, "Cost Explorer was never opened"), (INSTITUTION, "the account that")]
)
def test_each_kind_of_account_has_its_reason(make_case: MakeCase, kind: AccountKind, words: str) -> None:
    verdict = money.tag(make_case(kind))

    assert (verdict.colour, words in verdict.answer) == (Colour.YELLOW, True)
