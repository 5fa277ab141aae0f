"""README and CONTRIBUTING against what is there: commands, files, targets, keys, failures and figures."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from pydantic import BaseModel

from pophub.diagnosis import KNOWN
from pophub.event import Event
from pophub.event_file import load_event
from pophub.paths import EXAMPLE_EVENT, ROOT
from pophub.plan import prices
from pophub.plan.check import check
from pophub.plan.running_cost import RunningCost, running_cost, snapshot_usd_a_month

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
    named = {title for _, _, hint in KNOWN for title in re.findall(r"README, '([^']+)'", hint)}

    assert named
    assert all(f"\n## {title}\n" in README for title in named)


def _keys(model: type[BaseModel]) -> dict[str, set[str]]:
    """Top-level key → the keys below it, as they are written in the file."""
    keys: dict[str, set[str]] = {}
    for name, field in model.model_fields.items():
        inner = [it for it in (field.annotation, *getattr(field.annotation, "__args__", ())) if isinstance(it, type)]
        models = [it for it in inner if issubclass(it, BaseModel)]
        keys[name] = {below.alias or key for it in models for key, below in it.model_fields.items()}
    return keys


def test_the_table_of_keys_is_the_model() -> None:
    told = {row[0].strip("`"): set(re.findall(r"`(\w+)`", row[1])) for row in _rows(_section("The event file"))[1:]}
    model = _keys(Event)
    # the file's stem, and so no key of the file
    del model["name"]

    assert told == model


def test_every_known_failure_stands_in_the_table() -> None:
    rows = {(row[0], row[1]) for row in _rows(_section("When something fails"))}
    known = {(_cell(problem), _cell(hint)) for _, problem, hint in KNOWN}

    assert known - rows == set()


def _cell(text: str) -> str:
    return text.replace("\n", " ").replace("{1}", "…").replace("<event>", "EVENT").replace("|", "\\|")


@pytest.fixture
def example_cost() -> RunningCost:
    first_morning = datetime(2027, 3, 1, 16, 45, tzinfo=UTC)
    cost = running_cost(check(load_event(EXAMPLE_EVENT), today=first_morning.date()), now=first_morning)
    assert cost is not None
    return cost


def test_the_costs_are_those_of_the_example(example_cost: RunningCost) -> None:
    told = [float(row[1]) for row in _rows(_section("What it costs"))[1:]]
    event = load_event(EXAMPLE_EVENT)
    worked_out = [
        example_cost.parts[0].usd_per_hour,
        example_cost.usd_an_hour_stopped,
        example_cost.usd_until_the_end,
        example_cost.usd_an_hour_stopped * 730,
        snapshot_usd_a_month(event.region, event.disk_gib),
    ]

    assert told == [pytest.approx(float(figure), rel=0.01) for figure in worked_out]
    assert f"list prices of {prices.AS_OF}" in _section("What it costs")


def test_measured_figures_carry_a_date() -> None:
    assert len(re.findall(r"On 2 cores, 20\d\d-\d\d-\d\d|on 2 cores, 20\d\d-\d\d-\d\d", README)) == 2
