"""README and CONTRIBUTING against what is there: commands, files, targets, keys, failures and figures."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from pophub.aws.refusals.catalogue import entries
from pophub.organizer.cost.estimate import Estimate, snapshot_usd_a_month
from pophub.organizer.event.event_file import load_event
from pophub.organizer.paths import EXAMPLE_EVENT, ROOT
from pophub.organizer.plan import prices
from pophub.organizer.plan.plan import make_plan
from pophub.organizer.plan.prices import region_prices

PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
README = (ROOT / "README.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()


def _section(title: str) -> str:
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def _rows(section: str) -> list[list[str]]:
    """The cells of a section's tables, without their heads."""
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in rows if not set("".join(row)) <= set("- ")]


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_that_is_named_is_there(page: str) -> None:
    text = (ROOT / page).read_text()
    named = set(re.findall(r"\bmake ([a-z]+)(?= |`|\n)", "\n".join(_commands(text))))
    targets = set(re.findall(r"^([a-z]+):.*## ", MAKEFILE, re.MULTILINE))

    assert named <= targets
    assert page == "CHANGELOG.md" or {"setup", "test"} <= named


def _commands(text: str) -> list[str]:
    return [*re.findall(r"`([^`\n]+)`", text), *re.findall(r"^ {4,}(\S.*)$", text, re.MULTILINE)]


@pytest.mark.parametrize("page", PAGES)
def test_every_script_and_file_that_is_named_is_there(page: str) -> None:
    named = re.findall(
        r"`([\w.-]+(?:/[\w.-]+)+/?|[A-Za-z.][\w-]*\.(?:md|py|yaml|toml|json))`", (ROOT / page).read_text()
    )
    ours = [name for name in named if not name.startswith((".lab", "terraform.", "event.json", "bundles/", "config.d"))]
    missing = [name for name in ours if not any((folder / name).exists() for folder in (ROOT, ROOT / "pophub"))]

    assert ours or page == "CHANGELOG.md"
    assert not missing


def test_every_page_that_is_linked_is_there() -> None:
    links = [link for page in PAGES for link in re.findall(r"\]\(([^)]+)\)", (ROOT / page).read_text())]

    assert links
    assert not [
        link for link in links if not link.startswith("https://") and not (ROOT / link.partition("#")[0]).exists()
    ]


def test_the_titles_that_hints_name_are_there() -> None:
    named = {title for entry in entries() for title in re.findall(r"README, '([^']+)'", entry.next_step)}

    assert named
    assert all(f"\n## {title}\n" in README for title in named)


@pytest.fixture
def example_cost() -> Estimate:
    the_day_before = datetime(2027, 2, 28, 17, tzinfo=UTC)
    event = load_event(EXAMPLE_EVENT)
    cost = make_plan(event, region_prices(event.region), now=the_day_before).today
    assert cost is not None
    return cost


def test_the_costs_are_those_of_the_example(example_cost: Estimate) -> None:
    told = [float(row[1]) for row in _rows(_section("What it costs"))[1:]]
    event = load_event(EXAMPLE_EVENT)
    worked_out = [
        example_cost.usd_an_hour_running,
        example_cost.usd_an_hour_stopped,
        example_cost.low.usd,
        example_cost.expected.usd,
        example_cost.high.usd,
        example_cost.usd_an_hour_stopped * 730,
        example_cost.usd_forgotten,
        snapshot_usd_a_month(event.region, event.disk_gib),
    ]

    assert told == [pytest.approx(float(figure), rel=0.01) for figure in worked_out]
    assert f"list prices of {prices.AS_OF}" in _section("What it costs")


def test_measured_figures_carry_a_date() -> None:
    assert len(re.findall(r"On 2 cores, 20\d\d-\d\d-\d\d|on 2 cores, 20\d\d-\d\d-\d\d", README)) == 4
