"""A decision made true: once where once is meant, taken back where nothing stands, and in an order that survives a kill."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pophub.core.contract import WORKERS_FILE
from pophub.core.cost.meter import lines_of
from pophub.core.cost.records import BudgetStep, Kind, Moment, Reading
from pophub.hub.watch import act as acting
from pophub.hub.watch.act import Effects, act
from pophub.hub.watch.decide import decide
from pophub.hub.watch.decision import Action, Decision
from pophub.hub.watch.facts import Announcement, BusyKernel, Facts, Server
from pophub.hub.watch.policy import Policy
from pophub.hub.watch.state import Paths, State, reached_from_json, read, recall

MakeFacts = Callable[..., Facts]


class Machine:
    """Decides and acts on facts, and remembers what it was asked to do."""

    def __init__(self, folder: Path, policy: Policy) -> None:
        self.paths, self.policy, self.state = Paths(folder, folder), policy, State()
        self.did: list[str] = []
        self.reported: list[str] = []
        self.contents: list[dict[str, Any]] = []
        self.said: list[dict[str, Any]] = []
        self.refuses: set[str] = set()
        self.effects = Effects(self.said.append, self.start, self.report, lambda: self.did.append("power off"))

    def start(self, users: tuple[str, ...]) -> Iterator[tuple[str, str | None]]:
        for user in users:
            if user not in self.refuses:
                self.did.append(f"start {user}")
            yield user, "500" if user in self.refuses else None

    def report(self, content: dict[str, Any]) -> None:
        self.reported.append(content["action"])
        self.contents.append(content)

    def look(self, facts: Facts) -> Decision:
        facts = replace(facts, announced=self.state.announced)
        decision = decide(facts, self.policy)
        moment = Moment(facts.now, "a", (facts.now - self.policy.starts[0]) // timedelta(milliseconds=1))
        act(decision, self.policy, paths=self.paths, state=self.state, effects=self.effects, moment=moment)
        return decision


@pytest.fixture
def machine(tmp_path: Path, policy: Policy) -> Machine:
    return Machine(tmp_path, policy)


def later(facts: Facts, minutes: float) -> Facts:
    now = facts.now + timedelta(minutes=minutes)
    return replace(facts, now=now, last_decision=now - timedelta(minutes=1))


def test_an_idle_hub_is_warned_of_twice_and_then_switched_off_with_its_state_on_the_disk(
    machine: Machine, make_facts: MakeFacts
) -> None:
    idle = make_facts()
    actions = [machine.look(later(idle, minute)).action for minute in range(11)]

    assert [it for it in actions if it is not Action.KEEP] == [Action.WARN, Action.WARN, Action.STOP]
    assert machine.did == ["power off"]
    assert (len(machine.reported), machine.reported[-1]) == (11, "stop")
    assert len(machine.state.announced) == 2
    stopped = json.loads(machine.paths.stopped.read_text())
    assert (stopped["action"], stopped["rule"], stopped["spent_usd"]) == ("stop", "nobody_works", "100")
    assert "no work since" in stopped["reason"]
    assert json.loads(machine.paths.banner.read_text())["stop_at"] == (idle.now + timedelta(minutes=10)).isoformat()


def test_who_comes_back_in_time_withdraws_the_stop(machine: Machine, make_facts: MakeFacts) -> None:
    idle = make_facts()
    machine.look(idle)
    assert machine.paths.banner.exists()
    machine.look(replace(later(idle, 3), last_activity=idle.now))

    assert not machine.paths.banner.exists()
    assert recall(machine.paths).announced == machine.state.announced == ()


def test_the_banner_says_what_a_participant_can_ask_for(machine: Machine, make_facts: MakeFacts) -> None:
    idle = make_facts()
    machine.look(idle)
    told = json.loads(machine.paths.banner.read_text())["keep"]
    assert told == {"until": (idle.now + timedelta(hours=1)).isoformat(), "clock": "18:47", "minutes": 60}

    machine.look(replace(later(idle, 1), spent_usd=machine.policy.budget_usd))
    assert json.loads(machine.paths.banner.read_text())["keep"] is None


def test_each_look_is_remembered_also_when_nothing_is_done(machine: Machine, make_facts: MakeFacts) -> None:
    facts = make_facts(last_decision=None)
    assert machine.look(facts).action is Action.KEEP

    assert recall(machine.paths).last_decision == facts.now
    assert machine.said[-1]["reason"] == "whether the clock is right is not known yet"
    assert machine.said[-1]["evidence"]


def test_the_organizer_is_told_once_of_a_step(machine: Machine, make_facts: MakeFacts) -> None:
    facts = make_facts(spent_usd=machine.policy.budget_usd * 9 / 10, last_activity=make_facts().now)
    machine.look(facts)
    assert machine.reported == ["tighten"]
    told = told_to(machine)
    machine.look(replace(later(facts, 1), told_steps=told))

    assert machine.reported == ["tighten"]
    assert told == (80, 90)


def test_a_step_is_in_the_meter_with_its_moment_and_the_spending_once(
    machine: Machine, make_facts: MakeFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    budget = machine.policy.budget_usd
    facts = make_facts(spent_usd=budget * 85 / 100, last_activity=make_facts().now)
    with monkeypatch.context() as full:
        full.setattr(acting.metered, "append", _no_space)
        machine.look(facts)
    # what could not be noted is told again, and so is what was noted but not remembered
    assert not machine.paths.told_steps.exists()
    machine.paths.told_steps.mkdir()
    machine.look(later(facts, 1))
    machine.paths.told_steps.rmdir()
    machine.look(replace(later(facts, 2), spent_usd=budget * 86 / 100))

    noted = [it for it in Reading(lines_of(machine.paths.meter)) if it.kind is Kind.STEP]
    assert [(it.at, it.step) for it in noted] == [(later(facts, 1).now, BudgetStep(80, budget * 85 / 100, budget))]
    assert machine.reported == ["warn"] * 3
    assert told_to(machine) == (80,)


def test_of_a_budget_that_was_raised_its_own_steps_are_told(machine: Machine, make_facts: MakeFacts) -> None:
    budget = machine.policy.budget_usd
    machine.look(make_facts(spent_usd=budget * 81 / 100))
    machine.policy = replace(machine.policy, budget_usd=budget * 2)
    machine.look(replace(later(make_facts(), 1), spent_usd=budget * 162 / 100, told_steps=told_to(machine)))

    noted = [it.step for it in Reading(lines_of(machine.paths.meter)) if it.kind is Kind.STEP]
    assert noted == [BudgetStep(80, budget * 81 / 100, budget), BudgetStep(80, budget * 162 / 100, budget * 2)]
    assert told_to(machine) == (80,)


def told_to(machine: Machine) -> tuple[int, ...] | None:
    return read(machine.paths.told_steps, lambda data: reached_from_json(data, machine.policy.budget_usd), nothing=())


def _no_space(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_the_terms_say_the_idle_time_the_door_and_who_is_protected(machine: Machine, make_facts: MakeFacts) -> None:
    now = make_facts().now
    servers = (
        # a cell of three hours, whose owner is away
        Server("ada", now, now - timedelta(hours=3), busy=(BusyKernel(now - timedelta(hours=3), 0.9),)),
        Server("bob", now, now - timedelta(hours=1)),
        Server("eve", now, now - timedelta(days=2), busy=(BusyKernel(now - timedelta(days=2), 0.9),)),
    )
    machine.look(make_facts(servers=servers, spent_usd=machine.policy.budget_usd * 96 / 100))

    terms = json.loads(machine.paths.terms.read_text())
    assert terms == {
        "at": now.isoformat(),
        "hub_idle": 900,
        "server_idle": 3600,
        "new_servers": False,
        "protected": ["ada"],
    }


def test_a_server_is_started_once_and_one_that_was_refused_again(machine: Machine, make_facts: MakeFacts) -> None:
    session = machine.policy.sessions[1]
    facts = make_facts(
        now=session.start - timedelta(minutes=10), roster=("ada", "bob"), booted=session.start - timedelta(minutes=14)
    )
    facts = replace(facts, last_decision=facts.now - timedelta(minutes=1))
    machine.refuses = {"bob"}
    assert machine.look(facts).action is Action.PRESTART
    assert (machine.did, machine.state.prestarted) == (["start ada"], ("ada",))
    machine.refuses = set()
    machine.look(replace(later(facts, 1), prestarted=machine.state.prestarted))

    assert machine.did == ["start ada", "start bob"]


def test_a_disk_that_is_full_does_not_leave_the_machine_on(machine: Machine, make_facts: MakeFacts) -> None:
    machine.paths.stopped.mkdir()
    idle = make_facts()
    for minute in range(11):
        machine.look(later(idle, minute))

    assert machine.did == ["power off"]


@pytest.mark.parametrize("broken", ["banner", "state"])
def test_a_warning_that_could_not_be_given_or_remembered_does_not_count(
    machine: Machine, make_facts: MakeFacts, broken: str
) -> None:
    getattr(machine.paths, broken).mkdir()
    with pytest.raises(OSError, match="directory"):
        machine.look(make_facts())

    assert recall(machine.paths).announced == ()


def test_a_stop_is_remembered_before_the_power_goes(machine: Machine, make_facts: MakeFacts) -> None:
    """Killed just there, the next look stops again."""
    idle = make_facts()
    machine.state.announced = (
        Announcement(idle.now, idle.now - timedelta(minutes=10)),
        Announcement(idle.now, idle.now - timedelta(minutes=2)),
    )
    for minute in (0, 1):
        assert machine.look(later(idle, minute)).action is Action.STOP
    assert machine.did == ["power off"] * 2
    assert machine.reported == ["stop"] * 2


def test_the_bucket_hears_every_ten_minutes_of_a_hub_on_which_nothing_happens(
    machine: Machine, make_facts: MakeFacts
) -> None:
    for minute in range(21):
        facts = later(make_facts(), minute)
        machine.look(replace(facts, last_activity=facts.now))

    assert machine.reported == ["keep"] * 3


def test_the_bucket_hears_of_each_worker_and_the_journal_does_not(machine: Machine, make_facts: MakeFacts) -> None:
    facts = make_facts()
    told = {"at": facts.now.isoformat(), "wanted": 1, "pending": 0, "workers": [{"id": "i-1"}]}
    (machine.paths.run / WORKERS_FILE).write_text(json.dumps(told))
    machine.look(facts)
    machine.look(later(facts, 11))

    # the second look has a list that is too old
    assert [it.get("workers") for it in machine.contents] == [told, None]
    assert not any("workers" in it for it in machine.said)
