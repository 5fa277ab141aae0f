"""README, CONTRIBUTING and the pages of docs against what is there: files, targets, links, hints and figures."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from pophub.organizer.cost.estimate import Estimate, snapshot_usd_a_month
from pophub.organizer.event.event_file import load_event
from pophub.organizer.paths import EXAMPLE_EVENT, ROOT
from pophub.organizer.plan import prices
from pophub.organizer.plan.plan import make_plan
from pophub.organizer.plan.prices import region_prices

# those that a program writes are held by the tests of that program
MADE = ("commands", "event-file", "permissions", "refusals")
BY_HAND = tuple(f"docs/{page.name}" for page in sorted((ROOT / "docs").glob("*.md")) if page.stem not in MADE)
PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", *BY_HAND)
MAKEFILE = (ROOT / "Makefile").read_text()
LONGEST_README = 150
LARGEST_PICTURE_BYTES = 150_000


def _read(page: str) -> str:
    return (ROOT / page).read_text()


def _section(page: str, title: str) -> str:
    return _read(page).split(f"\n## {title}\n")[1].split("\n## ")[0]


def _rows(section: str) -> list[list[str]]:
    """The cells of a section's tables, without their heads."""
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in rows if not set("".join(row)) <= set("- ")]


def test_readme_is_short() -> None:
    assert len(_read("README.md").splitlines()) <= LONGEST_README


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_that_is_named_is_there(page: str) -> None:
    targets = set(re.findall(r"^([a-z_-]+):.*## ", MAKEFILE, re.MULTILINE))

    assert len(targets) > 10
    assert _targets(page) <= targets


def test_the_pages_name_the_targets_that_a_reader_needs() -> None:
    assert {"setup", "demo", "docs"} <= _targets("README.md")
    assert {"setup", "test", "lint"} <= _targets("CONTRIBUTING.md")
    assert {"setup", "test", "config", "docker", "bench"} <= set().union(*(_targets(page) for page in BY_HAND))


def _targets(page: str) -> set[str]:
    return set(re.findall(r"\bmake ([a-z_-]+)(?= |`|\n|$)", "\n".join(_commands(_read(page)))))


def _commands(text: str) -> list[str]:
    fenced = re.findall(r"^ *```[^\n]*\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)
    return [*re.findall(r"`([^`\n]+)`", text), *re.findall(r"^ {4,}(\S.*)$", text, re.MULTILINE), *fenced]


@pytest.mark.parametrize("page", PAGES)
def test_every_script_and_file_that_is_named_is_there(page: str) -> None:
    missing = [name for name in _files(page) if not any((ROOT / folder / name).exists() for folder in (".", "pophub"))]

    assert not missing


def test_the_pages_name_files() -> None:
    assert [page for page in ("CONTRIBUTING.md", "docs/how-it-works.md") if not _files(page)] == []


def _files(page: str) -> list[str]:
    """What is named like a file of the checkout; not what a command writes, or what lies elsewhere."""
    named = re.findall(r"`([\w.-]+(?:/[\w.-]+)+/?|[A-Za-z.][\w-]*\.(?:md|py|yaml|toml|json))`", _read(page))
    elsewhere = (".pophub", "terraform.", "event.json", "status.json", "bundles/", "config.d", "docs/_build")
    return [name for name in named if not name.startswith(elsewhere)]


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_every_page_that_is_linked_is_there(page: str) -> None:
    """`make docs` sees to the links between the pages of docs."""
    links = re.findall(r"\]\(([^)]+)\)|src=\"([^\"]+)\"", _read(page))
    named = [link or source for link, source in links]

    assert page != "README.md" or len(named) > 10
    assert not [link for link in named if not link.startswith("https://") and not _is_there(link)]


def _is_there(link: str) -> bool:
    path, _, heading = link.partition("#")
    if not (ROOT / path).exists():
        return False
    headings = re.findall(r"^#+ (.+)$", _read(path), re.MULTILINE) if heading else []
    return not heading or heading in {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}


def test_each_picture_is_small_and_shown() -> None:
    pictures = [*(ROOT / "docs" / "pictures").iterdir()]
    shown = "".join(_read(page) for page in PAGES)

    assert len(pictures) >= 3
    assert {picture.name for picture in pictures if picture.stat().st_size > LARGEST_PICTURE_BYTES} == set()
    assert {picture.name for picture in pictures if f"pictures/{picture.name}" not in shown} == set()


def test_the_titles_that_hints_name_are_there() -> None:
    sources = [*(ROOT / "pophub").rglob("*.py"), *(ROOT / "pophub").rglob("*.toml"), *(ROOT / "stacks").glob("*.py")]
    hint = re.compile(r"\b(README|docs/[\w-]+\.md), '([^']+)'")
    named = {found for source in sources for found in hint.findall(source.read_text())}
    pages = {page: "README.md" if page == "README" else page for page, _ in named}

    assert len(named) >= 3
    assert [(page, title) for page, title in named if f"\n## {title}\n" not in f"\n#{_read(pages[page])}"] == []


@pytest.fixture
def example_cost() -> Estimate:
    the_day_before = datetime(2027, 2, 28, 17, tzinfo=UTC)
    event = load_event(EXAMPLE_EVENT)
    cost = make_plan(event, region_prices(event.region), now=the_day_before).today
    assert cost is not None
    return cost


def test_the_costs_are_those_of_the_example(example_cost: Estimate) -> None:
    rows = _rows(_section("docs/costs.md", "What it costs"))[1:]
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

    assert [float(row[1]) for row in rows] == [pytest.approx(float(figure), rel=0.01) for figure in worked_out]
    assert f"list prices of {prices.AS_OF}" in _section("docs/costs.md", "What it costs")


def test_the_costs_in_readme_are_those_of_the_page() -> None:
    section = _section("README.md", "What it costs")
    rows = _rows(section)[1:]

    assert len(rows) >= 3
    assert [row for row in rows if row not in _rows(_section("docs/costs.md", "What it costs"))] == []
    assert f"list prices of {prices.AS_OF}" in section


def test_measured_figures_carry_a_date() -> None:
    chapters = _read("docs/figures.md").split("\n## ")[1:]

    assert len(chapters) == 7
    assert [chapter for chapter in chapters if not re.search(r"on 2 cores, 20\d\d-\d\d-\d\d", chapter)] == []
    assert re.search(r"All of them together, 20\d\d-\d\d-\d\d:", _section("docs/costs.md", "What stopping saves"))
