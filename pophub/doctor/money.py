"""Questions about money: whether the budget is enough, and whether AWS can see what the event costs."""

from __future__ import annotations

from pophub.cost.estimate import Estimate
from pophub.doctor.account import require_region, signed_in
from pophub.doctor.case import Case
from pophub.doctor.finding import Verdict, green, red, unknown, yellow
from pophub.outside.cost_tag import CostTag, TagState, watched_cost_tag
from pophub.outside.shelf import ShelfPrefix


def budget(case: Case) -> Verdict:
    """The budget beside what the event is expected to cost."""
    return judge_budget(case.plan.cost, case.plan.instance_type)


def judge_budget(cost: Estimate | None, instance_type: str) -> Verdict:
    """`cost` is None if the machine has no known price."""
    if cost is None:
        return unknown(f"the price of {instance_type} is not known here", "`make prices` asks AWS for it")
    if too_small := cost.too_small_a_budget:
        answer, _, remedy = too_small.partition(". ")
        return red(answer, remedy[:1].lower() + remedy[1:])
    return green(
        f"{cost.expected.usd:.0f} USD expected, {cost.low.usd:.0f} to {cost.high.usd:.0f}: {cost.against_budget}"
    )


def tag(case: Case) -> Verdict:
    """The cost-allocation tag; where the account's bucket has no note that it counts, the question costs one cent."""
    bucket = case.account.shelf or f"pophub-shelf-{signed_in(case)['Account']}"
    require_region(case, case.account.region)
    noted = ShelfPrefix(case.aws, bucket, case.account.region, "account")
    return judge_tag(watched_cost_tag(case.aws, noted, now=case.clock()), case.event.name)


def judge_tag(found: CostTag, event: str) -> Verdict:
    """Without the tag a deploy works, but AWS's own budget does not."""
    if found.counts:
        return green(found.sentence(event))
    if found.state is TagState.UNKNOWN:
        return unknown(found.detail)
    answer, _, remedy = found.sentence(event).partition(" Until then ")
    return yellow(answer, f"until then {remedy}")
