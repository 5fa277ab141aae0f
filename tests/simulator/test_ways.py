"""The ways that are compared."""

from __future__ import annotations

from simulator.trace import Trace
from simulator.ways import ALWAYS, HOURS, SCHEDULE, STOCK, UNSEEN, WATCH, Culls, ways


def test_each_way_starts_and_stops_as_its_name_says(traces: dict[str, Trace]) -> None:
    trace = traces["nobody-comes"]
    found = {way.name: way for way in ways(trace)}
    last = trace.minutes

    assert list(found) == [WATCH, UNSEEN, SCHEDULE, HOURS, STOCK, ALWAYS]
    assert {way.starts for way in found.values()} == {frozenset({60})}
    assert (
        {it for it in found[SCHEDULE].stops if it > 0}
        == {it for it in found[WATCH].stops if it > 0}
        >= {555 + 480, last}
    )
    assert found[HOURS].stops == {555}
    assert found[STOCK].stops == found[ALWAYS].stops == {last}
    assert [way.name for way in found.values() if way.watched] == [WATCH, UNSEEN]
    assert (found[ALWAYS].culls, found[STOCK].culls) == (Culls.NOTHING, Culls.STOCK)
