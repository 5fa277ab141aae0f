"""The table of docs/workers.md: one machine beside several. `python -m pophub.organizer.cost.workers_page` writes it anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time
from decimal import Decimal

from pophub.core.cost.money import shown
from pophub.organizer.event.event_file import load_event
from pophub.organizer.paths import EXAMPLE_EVENT, ROOT
from pophub.organizer.plan.comparison import Comparison, Way, difference
from pophub.organizer.plan.plan import make_plan
from pophub.organizer.plan.prices import AS_OF, region_prices

PAGE = ROOT / "docs" / "workers.md"
PEOPLE, SIZES_GIB = (60, 180, 300, 500, 1000), (2, 4, 8)
HEAD = """| people | GiB each | one machine | USD | workers | USD on demand | USD on spot | vCPU of workers |
| --- | --- | --- | --- | --- | --- | --- | --- |
"""


def table() -> str:
    """The Markdown table of the example event's days, with other numbers of people and sizes of servers."""
    return HEAD + "".join(_row(people, gib) for people in PEOPLE for gib in SIZES_GIB)


def write() -> None:
    """Bring the table of docs/workers.md up to date."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(HEAD)
    after = rest[rest.index("\n\n") :] if "\n\n" in rest else ""
    PAGE.write_text(before + table().rstrip("\n") + after, encoding="utf-8")


def _row(people: int, gib: int) -> str:
    found = _compared(people, gib)
    one, several = found.one, found.several
    assert several is not None
    on_demand, on_spot = several
    workers = on_demand.workers
    assert workers is not None
    cells = (
        str(people),
        str(gib),
        one.machine.name if one else "none is large enough",
        shown(one.usd, 0) if one else "",
        f"{workers.count} {workers.machine.name} of {workers.slots}",
        " ".join(_cost(found, on_demand)),
        " ".join(_cost(found, on_spot)),
        str(workers.vcpus),
    )
    return f"| {' | '.join(cells)} |\n"


def _cost(found: Comparison, way: Way) -> Iterator[str]:
    more = found.more(way)
    yield shown(way.usd, 0)
    if more is not None:
        yield f"({difference(more)})"


def _compared(people: int, gib: int) -> Comparison:
    event = load_event(EXAMPLE_EVENT)
    server = event.server.model_copy(update={"memory_gib": Decimal(gib)})
    changed = event.model_copy(update={"participants": people, "server": server})
    found = make_plan(changed, region_prices(event.region), now=datetime.combine(AS_OF, time(12), UTC)).comparison
    assert found is not None
    return found


if __name__ == "__main__":
    write()
