"""The lab's Free Tier service tells the plan of the account that the lab is."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.account_kinds import FREE_PLAN, ORDINARY, AccountKind
from lab.aws import LabAws


@pytest.mark.parametrize(("kind", "plan"), [(ORDINARY, "PAID"), (FREE_PLAN, "FREE")])
def test_the_plan_is_that_of_the_account(kind: AccountKind, plan: str, tmp_path: Path) -> None:
    with LabAws(tmp_path, kind) as aws:
        state = aws.client("freetier", "us-east-1").get_account_plan_state()

    assert (state["accountPlanType"], state["accountPlanStatus"]) == (plan, "ACTIVE")
