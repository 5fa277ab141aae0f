"""The JSON Schema takes every good event file and refuses what a schema can see to be wrong."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from pophub.organizer.event import lined_yaml
from pophub.organizer.event.event import Event
from pophub.organizer.event.event_file import load_event
from pophub.organizer.event.json_schema import event_schema
from pophub.organizer.paths import EXAMPLE_EVENT, ROOT

GOOD = [
    EXAMPLE_EVENT,
    *(ROOT / "docs" / "finished-event").glob("*.yaml"),
    *(
        ROOT / "tests" / name
        for name in (
            "cloud_init/geoweek.yaml",
            "hub_config/hackweek.yaml",
            "hub_config/uni.yaml",
            "machine/diskweek.yaml",
            "stacks/winter-school.yaml",
        )
    ),
]
CASES = sorted(Path(__file__).with_name("event_cases").glob("*.yaml"))
# two values beside each other, which a schema cannot compare
SEEN_BY_THE_MODEL_ALONE = {
    "availability_zone_of_another_region_is_refused",
    "workers_without_the_accounts_of_people_are_refused",
    "choices_of_one_name_are_refused",
    "domain_outside_its_zone_is_refused",
    "event_of_more_than_a_year_is_refused",
    "homes_larger_than_any_disk_are_refused",
    "homes_larger_than_the_given_disk_are_refused",
    "server_that_is_too_old_before_it_is_idle_is_refused",
    "session_after_the_end_is_refused",
    "session_of_more_than_a_year_is_refused",
    "session_of_no_length_is_refused",
    "wake_that_never_opens_is_refused",
    "zone_that_is_only_a_suffix_of_the_text_is_refused",
}


@cache
def schema() -> dict[str, Any]:
    """Each process of the tests imports this file, and one of them needs it."""
    return event_schema()


def _objections(path: Path) -> list[str]:
    data = lined_yaml.read(path.read_bytes()).data
    return [error.message for error in Draft7Validator(schema()).iter_errors(data)]


def test_it_is_a_schema() -> None:
    Draft7Validator.check_schema(schema())


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_good_event_file_is_taken(path: Path) -> None:
    assert load_event(path)
    assert _objections(path) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_bad_event_file_is_refused_where_a_schema_can_see_why(case: Path) -> None:
    try:
        objections = _objections(case)
    except lined_yaml.UnreadableYaml:
        # an editor's own YAML reader says so
        return

    assert bool(objections) == (case.stem not in SEEN_BY_THE_MODEL_ALONE)


def test_no_key_of_a_map_is_free() -> None:
    environment = schema()["properties"]["server"]["properties"]["environment"]

    assert Draft7Validator(environment).is_valid({"COLOUR": "blue"})
    assert not Draft7Validator(environment).is_valid({"two words": "blue"})


def test_every_key_says_what_it_is_and_has_an_example() -> None:
    def keys(part: dict, place: str = "") -> list[tuple[str, dict]]:
        inner = part.get("items", part)
        found = [(f"{place}{key}", each) for key, each in inner.get("properties", {}).items()]
        return found + [below for key, each in found for below in keys(each, f"{key}.")]

    found = keys(schema())

    assert {key for key, _ in found if "." not in key} == Event.model_fields.keys() - {"name"}
    assert "server.choices.cpu_guarantee" in dict(found)
    assert [key for key, each in found if not each["description"].endswith(".") or not each["examples"]] == []
