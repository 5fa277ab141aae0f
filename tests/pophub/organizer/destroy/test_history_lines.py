"""What history, in words: figures where there are some, and "not known" where nothing was noted."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from pophub.hub.archive.history import History, Servers, Spawns
from pophub.hub.archive.journal import MOST_STOPS, Incident, Stop
from pophub.organizer.destroy.history_lines import GIB, facts, sections

PACIFIC = ZoneInfo("America/Los_Angeles")
AT, LATER = "2027-03-02T01:00:00+00:00", "2027-03-02T03:00:00+00:00"
FULL = History(
    at=LATER,
    since=AT,
    servers=Servers(1200, 1100, 53, {"2027-03-01": 700, "2027-03-02": 500}),
    spawns=Spawns(1198, 2, 4.21, 9.04, 61.5),
    culls=35,
    stops=(Stop(AT, "no work since 16:30, the limit is 30 minutes"),),
    incidents=(Incident("pophub-hub.service failed: exit-code", 2, AT, LATER), Incident("once", 1, AT, AT)),
    disk=610 * GIB,
    disk_used=41 * GIB,
)
NOTHING = History(LATER)
QUIET = replace(NOTHING, servers=Servers(0, 1, 1, {}), spawns=Spawns(0, 0), culls=0, stops=(), incidents=())


def test_every_figure_has_its_line() -> None:
    assert dict(facts(FULL)) == {
        "servers": "1,200 starts by 53 people, 1,100 stops that the hub has noted",
        "time to start": "median 4.2 s, 95 % within 9.0 s, the slowest 61.5 s, of 1,198; 2 did not start",
        "stopped because nobody used them": "35 servers",
        "the home volume": "41.0 of 610.0 GiB used",
    }


def test_what_nobody_noted_is_not_known() -> None:
    assert set(dict(facts(NOTHING)).values()) == {"not known"}
    assert [line for line in sections(NOTHING, PACIFIC) if "##" not in line] == ["not known"] * 3


def test_that_nothing_happened_is_another_thing() -> None:
    assert dict(facts(QUIET))["time to start"] == "none was started"
    assert dict(facts(QUIET))["stopped because nobody used them"] == "0 servers"
    assert dict(facts(replace(QUIET, culls=1)))["stopped because nobody used them"] == "1 server"
    told = [line for line in sections(QUIET, PACIFIC) if "##" not in line]
    assert (told[0], told[1][:10], told[2]) == ("none", "It did not", "none")


def test_days_stops_and_incidents_are_listed_in_the_time_of_the_event() -> None:
    lines = list(sections(FULL, PACIFIC))

    assert "| 2027-03-01 | 700 |" in lines
    assert "- 2027-03-01 17:00: no work since 16:30, the limit is 30 minutes" in lines
    assert "\n## Incidents, since 2027-03-01 17:00\n" in lines
    assert lines[-2:] == [
        "- pophub-hub.service failed: exit-code, 2 times (2027-03-01 17:00 to 2027-03-01 19:00)",
        "- once (2027-03-01 17:00)",
    ]


@pytest.mark.parametrize(("stops", "more"), [(MOST_STOPS, True), (MOST_STOPS - 1, False)])
def test_a_list_that_may_be_cut_says_so(stops: int, more: bool) -> None:
    told = sections(replace(FULL, stops=(Stop(AT, "why"),) * stops), PACIFIC)

    assert ("- and perhaps more" in told) is more
