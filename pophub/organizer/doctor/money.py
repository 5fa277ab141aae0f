"""Questions about money: whether the budget is enough, and whether AWS can see the event's costs."""

from __future__ import annotations

import math

from pophub.aws.bucket import BucketPrefix
from pophub.aws.cost_tag import CostTag, TagState, watched_cost_tag
from pophub.core.contract import bucket_name
from pophub.organizer.cost.estimate_forms import cost_if_deployed_now, planned_cost
from pophub.organizer.doctor.account import require_region, signed_in
from pophub.organizer.doctor.case import Case
from pophub.organizer.doctor.finding import Verdict, green, red, unknown, yellow
from pophub.organizer.plan.plan import Plan


def budget(case: Case) -> Verdict:
    """The budget compared with the expected cost of the event."""
    return judge_budget(case.plan)


def judge_budget(plan: Plan) -> Verdict:
    """A deployment today may cost more than the planned one."""
    cost, today = plan.cost, plan.today
    if cost is None or today is None:
        return unknown(f"the price of {plan.instance_type} is not known here", "`pophub prices` asks AWS for it")
    if too_small := cost.too_small_a_budget:
        answer, _, remedy = too_small.partition(". ")
        return red(answer, remedy[:1].lower() + remedy[1:])
    extra = cost_if_deployed_now(cost, today)
    answer = ". ".join([planned_cost(cost), *extra])
    today = today if extra else cost
    budget = cost.event.budget_usd
    if budget >= today.high.usd:
        return green(f"{answer}. {cost.against_budget[:1].upper()}{cost.against_budget[1:]}")
    case = "expected" if budget < today.expected.usd else "high"
    when = f"deploy on {cost.deployed:%Y-%m-%d}, or raise" if extra else "raise"
    return yellow(
        f"{answer}. The budget of {budget} USD does not cover the {case} case{' of a deployment now' if extra else ''}",
        f"{when} `budget_usd` to {math.ceil(today.high.usd)}",
    )


def tag(case: Case) -> Verdict:
    """The cost allocation tag. This question costs one cent, unless the account bucket has a recent note that it is active."""
    bucket = case.account.bucket or bucket_name(signed_in(case)["Account"])
    require_region(case, case.account.region)
    noted = BucketPrefix(case.aws, bucket, case.account.region, "account")
    return judge_tag(watched_cost_tag(case.aws, noted, now=case.clock()), case.event.name)


def judge_tag(found: CostTag, event: str) -> Verdict:
    """Without the tag a deploy works, but AWS's own budget does not."""
    if found.counts:
        return green(found.sentence(event))
    if found.state is TagState.UNKNOWN:
        return unknown(found.detail)
    answer, _, remedy = found.sentence(event).partition(" Until then ")
    return yellow(answer, f"until then {remedy}")
