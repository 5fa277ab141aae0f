"""The facts of one look: what is there is told, what cannot be known is not known, and a look knows the one before."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pophub.core.cost.records import Moment
from pophub.hub.hub_api import HubRefused, HubSilent
from pophub.hub.watch.collect import AskUsers, Computed, collect
from pophub.hub.watch.facts import Announcement, BusyKernel, Facts
from pophub.hub.watch.policy import Policy
from pophub.hub.watch.state import Paths, State, reached_as_json, write

NOW = datetime(2027, 3, 2, 3, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
STAT = "cpu  1 2 3\nbtime 1772400000\nprocesses 1\n"
ADA = {
    "name": "ada",
    "last_activity": "2027-03-02T02:00:00.000000Z",
    "servers": {
        "": {"started": "2027-03-02T01:00:00.000000Z", "last_activity": "2027-03-02T02:00:00", "pending": None}
    },
}
BOB = {"name": "bob", "last_activity": "2027-03-02T02:30:00.000000Z", "servers": {}}
NEVER = {"name": "new", "last_activity": None, "servers": {}}


def test_the_size_that_was_chosen_is_known(paths: Paths, policy: Policy) -> None:
    def answer(options: object) -> list[dict[str, Any]]:
        return [ADA | {"servers": {"": ADA["servers"][""] | {"user_options": options}}}]

    look = Look(paths, policy)
    found = [look(lambda it=it: answer(it)).servers for it in ({"size": "large"}, {"size": ""}, {}, None)]

    assert [servers[0].size for servers in found if servers] == ["large", "", "", ""]


def test_servers_on_workers_compute_what_the_workers_report(paths: Paths, policy: Policy) -> None:
    reports = paths.run / "reports"
    reports.mkdir()
    look = Look(replace(paths, workers=reports), policy)
    assert look(lambda: [ADA]).computing is None
    write(paths.known_workers, {"at": look.now.isoformat(), "wanted": 1, "workers": [{"id": "i-1", "servers": 1}]})
    write(reports / "i-1.json", {"servers": {"ada": 0.9}})
    os.utime(reports / "i-1.json", (look.now.timestamp(),) * 2)
    facts = look(lambda: [ADA], minutes=0)

    assert facts.computing == (look.now,)
    assert facts.servers is not None
    assert facts.servers[0].busy == (BusyKernel(look.now, 0.9),)


def test_a_rehearsal_is_nobodys_work(paths: Paths, policy: Policy) -> None:
    look, pretended = Look(paths, policy), ADA | {"name": "~rehearsal-1", "last_activity": "2027-03-02T03:00:00Z"}
    look(lambda: [ADA, pretended])
    look.used = {"ada": 0.0, "~rehearsal-1": 500.0}
    facts = look(lambda: [ADA, pretended])

    assert [it.user for it in facts.servers or ()] == ["ada"]
    assert (facts.roster, facts.computing) == (("ada",), ())
    assert facts.last_activity == datetime(2027, 3, 2, 2, tzinfo=UTC)


def test_the_homes_disk_is_looked_at_as_df_does(look: Look, paths: Paths) -> None:
    told = subprocess.run(["df", "--output=pcent", paths.home], capture_output=True, text=True, check=True).stdout
    used = look(None).disk_used

    # df rounds up, and others write at the same time
    assert used is not None
    assert abs(used * 100 - int(told.split()[-1].strip("%"))) < 2
    paths.home.rmdir()
    assert look(None).disk_used is None


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    found = Paths(tmp_path / "run", tmp_path / "home", tmp_path / "proc")
    for folder in (found.run, found.home, found.proc):
        folder.mkdir()
    (found.proc / "stat").write_text(STAT)
    return found


class Look:
    """Looks at a hub, a minute apart each."""

    def __init__(self, paths: Paths, policy: Policy) -> None:
        self.paths, self.policy, self.state = paths, policy, State()
        self.now, self.was_set = NOW, timedelta()
        # the seconds of processor time that servers have taken
        self.used = {"ada": 0.0}

    def __call__(self, ask: AskUsers | None, *, minutes: float = 1) -> Facts:
        self.now += minutes * MINUTE
        moment = Moment(self.now, "a", int((self.now - self.was_set).timestamp() * 1000))
        self.state = State.from_json(self.state.as_json())
        facts = collect(
            self.paths, self.state, self.policy, meter=None, ask_users=ask, moment=moment, computed=self.computed
        )
        self.state.last_decision, self.state.up_ms = moment.at, moment.up_ms
        return facts

    def computed(self, _: Path) -> Computed:
        return {user: {"31@7": it} for user, it in self.used.items()}

    def set_clock(self, by: timedelta) -> None:
        """The machine's clock, which is not the time that passes."""
        self.now += by
        self.was_set += by


@pytest.fixture
def look(paths: Paths, policy: Policy) -> Look:
    return Look(paths, policy)


def silent() -> list[dict[str, Any]]:
    raise HubSilent("500")


def refused() -> list[dict[str, Any]]:
    raise HubRefused("403")


def hub(*users: dict[str, Any]) -> AskUsers:
    return lambda: list(users)


def test_what_is_there_is_told(look: Look) -> None:
    facts = look(hub(ADA, BOB, NEVER))
    (server,) = facts.servers or ()

    assert facts.booted == datetime.fromtimestamp(1772400000, UTC)
    assert (facts.answering, facts.silent_since, facts.last_decision) == (True, None, None)
    assert (server.user, server.pending) == ("ada", False)
    assert (server.started, server.last_activity) == (NOW - 2 * 60 * MINUTE, NOW - 60 * MINUTE)
    assert facts.last_activity == NOW - 30 * MINUTE
    assert facts.roster == ("ada", "bob")
    assert (facts.keeps, facts.told_steps, facts.announced, facts.prestarted) == ((), (), (), ())
    assert facts.spent_usd is None


def test_a_hub_that_is_closed_for_its_last_archive_says_so(look: Look) -> None:
    before = look(hub())
    look.paths.closed.touch()

    assert (before.closed, look(hub()).closed) == (False, True)


def test_where_nobody_was_ever_active_the_boot_is_the_last_activity(look: Look) -> None:
    facts = look(hub(NEVER))

    assert facts.last_activity == facts.booted


def test_a_silence_begins_with_its_first_look_and_ends_with_an_answer(look: Look) -> None:
    first, second = look(silent), look(silent)
    assert (first.answering, first.silent_since) == (False, NOW + MINUTE)
    assert (second.silent_since, second.servers, second.last_activity) == (NOW + MINUTE, None, None)
    assert second.roster is None
    assert look(hub()).silent_since is None


@pytest.mark.parametrize("by", [timedelta(minutes=16), timedelta(hours=-3)])
def test_a_silence_is_as_long_as_it_was_when_the_clock_is_set(look: Look, by: timedelta) -> None:
    look(silent)
    look.set_clock(by)
    later = look(silent)
    assert later.silent_since is not None
    assert later.now - later.silent_since == MINUTE


def test_so_is_a_computation(look: Look) -> None:
    look(hub(ADA))
    for _ in range(2):
        look.used["ada"] += 30
        look(hub(ADA))
    look.set_clock(timedelta(hours=5))
    look.used["ada"] += 30
    facts = look(hub(ADA))
    assert facts.servers is not None
    assert facts.servers[0].busy == (BusyKernel(facts.now - 2 * MINUTE, 0.5),)


@pytest.mark.parametrize("by", [8 * MINUTE, timedelta(hours=-3), timedelta(milliseconds=-1)])
def test_what_was_announced_is_as_far_ahead_as_it_was_and_stays_where_only_two_clocks_differ(
    look: Look, by: timedelta
) -> None:
    look(hub(ADA))
    given = Announcement(look.now + 9 * MINUTE, look.now - MINUTE)
    look.state.announced = (given,)
    look.set_clock(by)
    moved = by if abs(by) >= MINUTE else timedelta()

    assert look(hub(ADA)).announced == (Announcement(given.stop_at + moved, given.given + moved),)


def test_what_servers_compute_is_seen_also_while_the_hub_is_silent(look: Look) -> None:
    assert look(silent).computing is None
    for _ in range(2):
        look.used["ada"] += 30
        facts = look(silent)

    assert (facts.servers, facts.computing) == (None, (facts.now - MINUTE,))
    assert look(silent).computing == ()


@pytest.mark.parametrize("ask", [None, refused], ids=["no token", "another token"])
def test_a_hub_that_may_not_be_asked_is_not_silent(look: Look, ask: AskUsers | None) -> None:
    assert look(ask).answering is None


@pytest.mark.parametrize("broken", [{"name": "x"}, {**ADA, "last_activity": "soon"}, {**ADA, "servers": {"": {}}}])
def test_users_that_make_no_sense_are_not_known(look: Look, broken: dict[str, Any]) -> None:
    facts = look(hub(ADA, broken))

    assert (facts.servers, facts.last_activity, facts.roster) == (None, None, None)


def busy(facts: Facts) -> tuple[BusyKernel, ...] | None:
    (server,) = facts.servers or ()
    return server.busy


def test_a_computation_begins_when_it_is_first_seen_and_ends_when_it_no_longer_computes(look: Look) -> None:
    assert busy(look(hub(ADA))) is None
    assert busy(look(hub(ADA))) == ()
    look.used["ada"] = 30
    began = look.now + MINUTE
    assert busy(look(hub(ADA))) == (BusyKernel(began, 0.5),)
    look.used["ada"] = 90
    assert busy(look(hub(ADA))) == (BusyKernel(began, 1.0),)
    assert busy(look(hub(ADA))) == ()


def test_of_looks_that_are_too_close_the_one_before_counts(look: Look) -> None:
    look(hub(ADA))
    assert busy(look(hub(ADA), minutes=0.01)) is None
    assert busy(look(hub(ADA))) == ()
    assert busy(look(hub(ADA), minutes=0.01)) == ()
    look.used["ada"] = 30
    look(hub(ADA))
    assert busy(look(hub(ADA), minutes=0.01)) == (BusyKernel(look.now - 0.01 * MINUTE, None),)


def test_processes_that_cannot_be_seen_make_computations_unknown(look: Look) -> None:
    def unseen(_: Path) -> Computed:
        raise PermissionError

    look.computed = unseen  # type: ignore[method-assign]
    assert busy(look(hub(ADA))) is None


def test_a_server_without_a_process_may_compute(look: Look) -> None:
    look.used.clear()
    look(hub(ADA))
    assert busy(look(hub(ADA))) is None


def test_wishes_and_what_was_told_come_from_the_home_volume(look: Look) -> None:
    write(look.paths.keeps, [NOW.isoformat()])
    write(look.paths.told_steps, reached_as_json([80], look.policy.budget_usd))
    facts = look(hub())
    assert (facts.keeps, facts.told_steps) == ((NOW,), (80,))
    write(look.paths.asked, [(NOW + MINUTE).isoformat()])
    assert look(hub()).keeps == (NOW, NOW + MINUTE)

    look.paths.keeps.write_text('["2027-03-02T03:00:00"]')
    look.policy = replace(look.policy, budget_usd=look.policy.budget_usd * 2)
    assert look(hub()).told_steps == ()
    look.paths.told_steps.write_text("{")
    assert look(hub()).told_steps is None


@pytest.mark.parametrize("text", ["", "{", '["2027-03-02T03:00:00"]', "null"])
@pytest.mark.parametrize("whose", ["keeps", "asked"])
def test_a_damaged_wish_is_one_for_an_hour_from_when_it_was_written(look: Look, whose: str, text: str) -> None:
    file = getattr(look.paths, whose)
    file.write_text(text)
    written = (NOW - 3 * MINUTE).timestamp()
    os.utime(file, (written, written))
    assert [look(hub()).keeps for _ in range(2)] == [(NOW + 57 * MINUTE,)] * 2

    ahead = (NOW + 60 * 24 * MINUTE).timestamp()
    os.utime(file, (ahead, ahead))
    assert look(hub()).keeps == (look.now + 60 * MINUTE,)


def test_a_damaged_word_of_a_start_is_of_when_it_was_written(look: Look) -> None:
    look.paths.started.write_text("{")
    written = (NOW - 3 * MINUTE).timestamp()
    os.utime(look.paths.started, (written, written))

    assert look(hub()).started_by_hand == (NOW - 3 * MINUTE,)


def test_a_wish_out_of_reach_is_not_known(look: Look) -> None:
    look.paths.home.rmdir()
    look.paths.home.write_text("")
    assert look(hub()).keeps is None


def test_who_had_a_server_started_is_forgotten_when_the_session_begins(look: Look) -> None:
    look.state.prestarted = ("ada",)
    assert look(hub()).prestarted == ("ada",)
    look.now = look.policy.sessions[1].start
    assert look(hub()).prestarted == ()


def test_a_boot_that_cannot_be_seen_is_not_known(look: Look) -> None:
    (look.paths.proc / "stat").write_text("")
    facts = look(hub(NEVER))

    assert (facts.booted, facts.last_activity) == (None, None)


def test_who_is_expected_is_no_one_who_came(paths: Paths, policy: Policy) -> None:
    """A server that was started ahead tells of an activity, which is nobody's."""
    started = (NOW - MINUTE).isoformat()
    server = {"started": started, "last_activity": started, "pending": None}
    waiting = {"name": "cy", "last_activity": started, "groups": ["expected"], "servers": {"": server}}
    look = Look(paths, replace(policy, roster=("ada", "cy", "dot", "eve")))
    facts = look(hub(ADA, waiting, {"name": "dot", "last_activity": None, "servers": {}}))

    assert (facts.roster, facts.expected) == (("ada",), ("dot", "eve"))
    assert {it.user: it.ahead for it in facts.servers or ()} == {"ada": False, "cy": True}
    assert look(silent).expected is None
