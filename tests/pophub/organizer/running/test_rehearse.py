"""An organizer has the hub play a rehearsal: a machine of the lab AWS, whose bundle's program answers as the hub does."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lab.aws import LabAws
from lab.plans import plan_of
from pophub.aws.client import Aws
from pophub.core.contract import METER_FILE, REHEARSAL_PROGRESS_FILE, STARTED_FILE
from pophub.core.cost.records import Kind, Moment, as_line, of_hub
from pophub.core.errors import PophubError
from pophub.hub.rehearsal.result import summary
from pophub.organizer.destroy.run_command import Machine
from pophub.organizer.event.event import Event
from pophub.organizer.event_context import EventContext
from pophub.organizer.outcome import Outcome
from pophub.organizer.plan.plan import Plan
from pophub.organizer.running.rehearse import Play, rehearse, save
from tests.pophub.hub.rehearsal.test_result import result_of
from tests.pophub.organizer.destroy.hub_stand_in import launch
from tests.pophub.planted import REGION, event_context

PLAY = Play(people=4, idle_seconds=61, notebook="geo maps/first.ipynb", cells=2)
FOUND = {**summary(result_of({"starts": [1, 2, 3, 4]})), "stored": "rehearsals/now.json", "not_stored": ""}
PROGRAM = "opt/pophub/bundle/cloud-init/archive.sh"


@pytest.fixture(scope="module")
def plan(make_event: Callable[..., Event]) -> Plan:
    return plan_of(make_event(host={"instance_type": None}))


@pytest.fixture
def context(aws: Aws, request: pytest.FixtureRequest) -> EventContext:
    return event_context(aws, "r" + str(abs(hash(request.node.name)))[:12])


@pytest.fixture
def root(lab_aws: LabAws, context: EventContext) -> Path:
    found = launch(lab_aws, context.event, REGION)[1]
    answer(found, FOUND)
    return found


def answer(root: Path, said: dict[str, Any], code: int = 0) -> None:
    """Let the machine's program note its arguments, and say this."""
    told = shlex.quote(json.dumps(said))
    (root / PROGRAM).write_text(f'#!/bin/sh\nfor it; do echo "$it"; done >"$RUN/asked"\necho {told}\nexit {code}\n')


def play(context: EventContext, plan: Plan, wanted: Play = PLAY, **more: Any) -> Outcome:
    now = more.pop("now", plan.timetable.windows[0].start - timedelta(days=2))
    return rehearse(
        context, plan, wanted, more.pop("talk", lambda line: None), now=now, pause=lambda seconds: None, **more
    )


def test_the_figures_come_with_what_to_change(context: EventContext, plan: Plan, root: Path, tmp_path: Path) -> None:
    outcome = play(context, plan)

    options = ["rehearse", "--people", "4", "--minutes", "22", "--idle", "61", "--notebook", "geo maps/first.ipynb"]
    assert (root / "run/asked").read_text().splitlines() == [*options, "--cells", "2"]
    assert (outcome.facts["start_p50"], outcome.facts["advice"]["participants_held"]) == (2.5, 40)
    assert "click to JupyterLab               median 2.5 s, 95 of 100 within 4.0 s, the last 4.0 s" in outcome.text
    save(outcome, tmp_path / "saved.json")
    assert json.loads((tmp_path / "saved.json").read_text()) == outcome.facts
    with pytest.raises(PophubError, match="cannot be written"):
        save(outcome, tmp_path)


def test_what_the_hub_refuses_is_told_in_its_words(context: EventContext, plan: Plan, root: Path) -> None:
    answer(root, {"problem": "no rehearsal now: people work on the hub: ada", "hint": "later"}, code=3)
    with pytest.raises(PophubError, match="people work on the hub: ada") as refused:
        play(context, plan)

    assert refused.value.hint == "later"


def test_how_far_it_is_is_told(context: EventContext, plan: Plan, root: Path) -> None:
    said: list[str] = []

    def look(self: Machine, *_: Any, on_check: Callable[[], None], **__: Any) -> Any:
        context.reports.put_json(REHEARSAL_PROGRESS_FILE, {"what": "they leave"})
        on_check()
        return run(self, *_, on_check=on_check, **__)

    run = Machine.run
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Machine, "run", look)
        play(context, plan, talk=said.append)

    assert "they leave" in said


def test_a_stopped_machine_is_started_and_has_its_hour(context: EventContext, plan: Plan, root: Path) -> None:
    context.call("ec2", "stop_instances", InstanceIds=[root.name])
    dry = play(context, plan, dry_run=True)
    assert (dry.facts["state"], context.reports.look_up(STARTED_FILE)) == ("stopped", None)

    assert play(context, plan).facts["started"] == 4
    assert context.reports.get_json(STARTED_FILE)["at"]


def test_near_a_session_and_without_money_the_machine_is_not_asked(
    context: EventContext, plan: Plan, root: Path
) -> None:
    soon = plan.timetable.windows[0].start - timedelta(minutes=70)
    poor = replace(plan, event=plan.event.model_copy(update={"budget_usd": Decimal("0.01")}))

    with pytest.raises(PophubError, match="a session starts at 09:00"):
        play(context, plan, now=soon)
    with pytest.raises(PophubError, match="of the budget of 0"):
        play(context, poor)
    assert not (root / "run/asked").exists()
    play(context, plan, replace(PLAY, near_session=True), now=soon)
    assert "--near-session" in (root / "run/asked").read_text()


def test_what_was_spent_counts(context: EventContext, plan: Plan, root: Path) -> None:
    now = plan.timetable.windows[0].start - timedelta(days=2)
    start, beat = Moment(now - timedelta(days=30), "boot", 0), Moment(now, "boot", 30 * 24 * 3_600_000)
    records = [of_hub(Kind.START, start, machine=plan.instance_type, disk_gib=500), of_hub(Kind.BEAT, beat)]
    context.reports.put(METER_FILE, b"".join(map(as_line, records)))

    with pytest.raises(PophubError, match="of the budget of"):
        play(context, plan)


def test_a_dry_run_says_what_it_costs_and_who_works_and_asks_for_nothing(
    context: EventContext, plan: Plan, root: Path
) -> None:
    answer(root, {"at_work": ["ada"]})
    outcome = play(context, plan, dry_run=True)

    assert outcome.facts["refused_because"] == ["people work on the hub: ada"]
    assert (outcome.facts["most_minutes"], 0 < float(outcome.facts["most_usd"]) < 2) == (22, True)
    assert (root / "run/asked").read_text().split() == ["at-work"]


def test_without_a_machine_there_is_none(context: EventContext, plan: Plan) -> None:
    with pytest.raises(PophubError, match="has no machine"):
        play(context, plan)
