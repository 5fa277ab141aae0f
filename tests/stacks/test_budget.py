"""The budget mails at steps of what was agreed."""

from __future__ import annotations

import pytest

from pophub.hub.watch.terms import STEPS
from tests.stacks.synthesis import Stack, Synthesis

pytestmark = pytest.mark.synth


def test_mail_comes_at_50_80_90_95_and_100_percent_of_what_was_spent(stack: Stack) -> None:
    steps = stack.only("aws_budgets_budget")["notification"]

    assert [step["threshold"] for step in steps] == [50, *STEPS] == [50, 80, 90, 95, 100]
    assert {step["notification_type"] for step in steps} == {"ACTUAL"}
    assert {tuple(step["subscriber_email_addresses"]) for step in steps} == {("organizers@geohackweek.example.org",)}


def test_an_event_without_a_contact_tells_the_topic_alone(other: Stack) -> None:
    for step in other.only("aws_budgets_budget")["notification"]:
        assert "subscriber_email_addresses" not in step
        assert step["subscriber_sns_topic_arns"] == [other.reference("alarms/topic", "arn")]


def test_the_limit_is_what_the_organizer_agreed_to(stack: Stack, other: Stack) -> None:
    assert stack.only("aws_budgets_budget")["limit_amount"] == "400.00"
    assert other.only("aws_budgets_budget")["limit_amount"] == "99.50"
    assert stack.only("aws_budgets_budget")["limit_unit"] == "USD"


def test_only_what_carries_this_event_s_tag_counts_and_no_credit_hides_it(stack: Stack) -> None:
    budget = stack.only("aws_budgets_budget")

    assert budget["cost_filter"] == [{"name": "TagKeyValue", "values": ["user:pophub:event$geo-hackweek"]}]
    assert budget["cost_types"] == {"include_credit": False, "include_refund": False}


def test_what_was_spent_in_one_month_is_not_forgotten_in_the_next(stack: Stack) -> None:
    assert stack.only("aws_budgets_budget")["time_unit"] == "ANNUALLY"


def test_its_year_begins_before_an_event_that_lies_across_new_year(stack: Stack, synth: Synthesis) -> None:
    assert synth.stacks["new-year"].only("aws_budgets_budget")["time_period_start"] == "2027-10-01_00:00"
    assert "time_period_start" not in stack.only("aws_budgets_budget")


def test_budgets_may_publish_to_the_topic_before_the_budget_names_it(stack: Stack) -> None:
    assert stack.only("aws_budgets_budget")["depends_on"] == [stack.addresses["alarms/publishers"]]
