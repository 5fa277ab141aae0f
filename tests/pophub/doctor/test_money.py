"""The budget beside the expected cost, and the cost tag, at accounts of several kinds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from pophub.doctor import money
from pophub.doctor.finding import Colour
from pophub.lab.account_kinds import INSTITUTION, NEW, AccountKind
from pophub.outside.cost_tag import CostTag, TagState
from tests.pophub.doctor.conftest import NOW, MakeCase


def test_a_budget_that_is_enough_is_green(make_case: MakeCase) -> None:
    verdict = money.budget(make_case())

    assert verdict.colour is Colour.GREEN
    assert " USD expected, " in verdict.answer


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
